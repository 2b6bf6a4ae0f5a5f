"""Practice of lesson 00: start here."""

from ketalab.data import table
from ketalab.practice.exercise import Exercise, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "one_day_later",
        "Forty people with depression had surgery. Half got ketamine with the anaesthetic, half got "
        "saline, and nobody knew who got which. One day later the drug is almost gone from the "
        "blood. What happened to the average depression score of the ketamine group?",
        (
            (
                "Back to where it was before",
                "It was not back: it had fallen from 25.1 to 12.7 points although the blood was "
                "almost empty. Whatever helps outlasts the drug. Now press on: look at the other group.",
            ),
            (
                "Lower, by about half",
                "Right: from 25.1 to 12.7 points. Before you credit the drug, choose both groups in "
                "the menu: the saline group fell from 29.9 to 16.4.",
            ),
            (
                "Higher, because of a rebound",
                "No rebound: the score fell from 25.1 to 12.7 points. Now compare with the saline "
                "group before you say why.",
            ),
        ),
        "Move the time slider to 1 day, then choose both groups.",
    ),
)


def years_to_depression():
    timeline = table("timeline")
    years = timeline.date.str[:4].astype(int)
    made = years[timeline.event.str.contains("first makes ketamine")].iloc[0]
    report = years[timeline.event.str.contains("Berman")].iloc[0]
    # your turn
    waited = report - made  # years
    # done
    return waited


def overstated_efficacy():
    claims = table("claims")
    example = claims[(claims.kind == "mechanism") & (claims.verdict == "contested")]
    print(len(example), "claims of mechanism are contested")
    # your turn
    chosen = claims[(claims.kind == "efficacy") & (claims.verdict == "overstated")]
    count = len(chosen)  # a whole number
    # done
    return count


def what_it_shows():
    # your turn
    reply = (
        "In this one trial both groups improved, also the people who got saline, so the fall after "
        "ketamine cannot all be the drug. But the trial was small, forty people, and the interval of "
        "the difference is wide: a real effect could hide in it. And it was given under anaesthesia, "
        "where nobody felt it, which is not how ketamine is used for depression."
    )  # at least 25 words
    # done
    return reply


def _judge_count(answer):
    """Judge the count against the ledger as it is, so that a changed verdict changes the answer."""
    claims = table("claims")
    efficacy, overstated = claims.kind == "efficacy", claims.verdict == "overstated"
    unsupported = claims.verdict == "unsupported"
    count = int((efficacy & overstated).sum())
    mistakes = (
        (
            overstated.sum(),
            "That counts overstated claims of every kind. Add the condition on kind.",
        ),
        (efficacy.sum(), "That counts all efficacy claims. Add the condition on verdict."),
        ((efficacy & unsupported).sum(), "That counts unsupported claims, not overstated ones."),
        ((efficacy | overstated).sum(), "That joins the conditions with | (or). You want both: &."),
    )
    right = "These claims of benefit say more than the trials do. Each has a lesson that shows why."
    return number(count, "claims", right, mistakes, tolerance=0.001)(answer)


EXERCISES = (
    Exercise(
        key="years_to_depression",
        title="How long did depression wait?",
        objective="O1",
        task=(
            "Ketamine was made long before anyone reported that it lifts depression. Work out how "
            "many years lie between the two events. `made` and `report` are the two years."
        ),
        hint="Subtract the earlier year from the later one. Print both if you want to see them.",
        solution=years_to_depression,
        judge=number(
            38,
            "years",
            "Thirty-eight years, and for thirty of them it was an approved anaesthetic.",
            (
                (
                    -38,
                    "The right size with the wrong sign: subtract the earlier year from the later.",
                ),
                (30, "That counts from the approval, not from the year it was made."),
                (44, "That counts to the trial of Zarate, not to the first report."),
                (36, "That counts from the first dose in a person, not from the synthesis."),
            ),
            tolerance=0.001,
        ),
        wrong={
            "reversed": -38,
            "from approval": 30,
            "to 2006": 44,
            "from first dose": 36,
            "half": 19,
        },
        imports="from ketalab import table",
    ),
    Exercise(
        key="overstated_efficacy",
        title="Read the ledger",
        objective="O4",
        task=(
            "The table `claims` holds every claim of the article with our verdict. `example` keeps "
            "the contested claims of mechanism. Change a copy of it to count the claims whose `kind` "
            "is efficacy **and** whose `verdict` is overstated."
        ),
        hint='`claims[(claims.kind == "efficacy") & (claims.verdict == ...)]` keeps the rows you want.',
        solution=overstated_efficacy,
        judge=_judge_count,
        wrong={"no kind": 9, "no verdict": 26, "unsupported": 5, "or": 29, "one": 1},
        imports="from ketalab import table",
    ),
    Exercise(
        key="what_it_shows",
        title="What one picture can and cannot show",
        objective="O2 and O3",
        task=(
            "A friend looks at the picture of the drug and the mood and says: *So ketamine does "
            "nothing.* Write a fair reply of a few sentences. The check looks for four points, not "
            "for one wording."
        ),
        hint=(
            "What happened in the saline group? How many people were there? How wide is the interval "
            "of the difference? Where were the patients when they got the drug?"
        ),
        solution=what_it_shows,
        judge=argument(
            (
                Point(
                    "what the saline group did",
                    ("saline", "placebo", "both groups"),
                    "The ketamine group alone cannot tell you what the drug did.",
                ),
                Point(
                    "how small the trial was",
                    ("small", "forty", "40", "few people", "twenty", "20"),
                    "How many people stand behind each point?",
                ),
                Point(
                    "how uncertain the difference is",
                    ("interval", "uncertain", "wide", "could hide", "not exclude", "imprecise"),
                    "Not finding a difference is not the same as showing that there is none.",
                ),
                Point(
                    "that it was given under anaesthesia",
                    ("anaesthe", "anesthe", "asleep", "unconscious", "surgery"),
                    "Could the patients feel what they were given?",
                ),
            ),
            "You used the comparison, the size, the uncertainty and the setting: that is how every "
            "trial in this course is read.",
        ),
        wrong={
            "too short": "It does nothing.",
            "no comparison": "The trial had forty people under anaesthesia and the interval is wide "
            "so we can not be sure at all about any of it and should wait for more trials.",
            "no size": "Both groups improved, also with saline, and the interval is wide, and they "
            "were under anaesthesia when they got it, so we can not be sure about any of it yet.",
            "no uncertainty": "Both groups improved, also those with saline, in forty people who were "
            "under anaesthesia when they got it, so it does nothing at all for depression, I agree.",
            "no setting": "Both groups improved, also those with saline, in only forty people, and "
            "the interval of the difference is wide, so we can not be sure about any of it yet.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "What was ketamine first approved for?",
        (
            Option("Depression", "No: the first report on depression came thirty years after approval."),
            Option("General anaesthesia", "Yes, in the United States in 1970.", right=True),
            Option("Chronic pain", "No: it has never had that approval, though it is used for pain."),
            Option(
                "Nothing: it was a street drug first",
                "No: it was made and tested as an anaesthetic; recreational use came later.",
            ),
        ),
    ),
    Question(
        "O2",
        "In a picture of this course you see a smooth blue line and a few hollow circles with bars. "
        "Which of them was measured?",
        (
            Option("The line", "No: a line is always a model, and its label says so."),
            Option(
                "The circles with bars",
                "Yes: a marker is a measurement, and the bar says how uncertain it is.",
                right=True,
            ),
            Option("Both", "No: a model's curve and a measured point are never drawn alike here."),
            Option("Neither", "No: markers are measurements, each with a source."),
        ),
    ),
    Question(
        "O3",
        "Why does the course ask you to predict before you move a slider?",
        (
            Option("To grade you", "No: predictions are never graded."),
            Option(
                "Because a guess that fails is easier to learn from than a picture that is admired",
                "Yes: committing first is what makes the surprise useful.",
                right=True,
            ),
            Option("To slow you down", "It does, but that is not the point."),
            Option("Because the sliders need time to load", "No: they follow your hand."),
        ),
    ),
    Question(
        "O4",
        "A claim in the ledger is marked contested. What does that mean?",
        (
            Option("Somebody dislikes it", "No: verdicts follow results, not tastes."),
            Option(
                "There are real results for it and real results against it",
                "Yes, and both are cited.",
                right=True,
            ),
            Option("It is false", "No: a claim with only results against it is marked unsupported."),
            Option("It has no source", "No: every claim has at least one source."),
        ),
    ),
    Question(
        "O5",
        "The installation check says that a table is damaged. What is the first thing to do?",
        (
            Option(
                "Read the sentence: it names file, row and column",
                "Yes: every error of this course is one sentence that says where to look.",
                right=True,
            ),
            Option("Reinstall everything", "Rarely needed: read the sentence first."),
            Option("Delete the row", "That would lose a fact: look at the row first."),
            Option("Carry on", "The lessons would show numbers you cannot trust."),
        ),
    ),
)
