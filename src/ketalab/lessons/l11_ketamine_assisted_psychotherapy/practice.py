"""Practice of lesson 11: ketamine-assisted psychotherapy."""

import numpy as np
from scipy import stats

from ketalab import table
from ketalab.models.mediation import World, exact
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "therapy_adds",
        "People with severe alcohol use disorder had three infusions of ketamine. They were randomised "
        "to relapse prevention therapy or alcohol education. What did the therapy add over six months?",
        (
            (
                "Fifteen or more days in a hundred without alcohol",
                "15.9 is what the headline says, but it compares ketamine with therapy to neither. Therapy "
                "alone added 4.2, with an interval from -6.7 to 15.2.",
            ),
            (
                "About ten days in a hundred",
                "That is what ketamine added, 10.1. Therapy added 4.2, with an interval from -6.7 to 15.2.",
            ),
            (
                "About four days in a hundred, and perhaps none",
                "Right: 4.2, with an interval from -6.7 to 15.2. A loss fits, and so does a large gain.",
            ),
            (
                "Fewer days without alcohol",
                "No, though the interval from -6.7 to 15.2 allows it. The estimate is 4.2.",
            ),
        ),
        "Section 3 draws this comparison beside every other one that changes a single thing.",
    ),
    Prediction(
        "clear_after",
        "0.5 mg/kg of ketamine into a vein over 40 min. Say that people are clear enough to talk below "
        "50 ng/mL. When are half of 150 virtual people clear?",
        (
            ("At the end of the infusion", "Then the level is at its highest. It takes over two hours."),
            ("About an hour after it began", "At that time nobody is. It takes over two hours."),
            (
                "Between two and three hours after it began",
                "Right. A debriefing at the end of the infusion meets people at their highest level.",
            ),
            (
                "The next morning",
                "By then everyone has been clear for long. Half are after over two hours.",
            ),
        ),
        "Move your hour along the clock and read how many people are clear.",
    ),
    Prediction(
        "asleep",
        "Forty people with depression had an operation under general anaesthesia. Half of them, at "
        "random, got ketamine while they slept. Nobody felt anything. What happened to their depression?",
        (
            (
                "It fell after ketamine and hardly after saline",
                "That would mean that the experience is not needed. But it fell in both groups.",
            ),
            (
                "It fell a great deal in both groups, about equally",
                "Right. Both halves fell by over ten points within a day. Something else than ketamine did "
                "that: perhaps hope, the care, the operation, the anaesthetic or time.",
            ),
            (
                "It fell in neither group",
                "That would mean that the experience is everything. But both groups improved.",
            ),
            ("It rose", "No. Both groups improved within a day."),
        ),
        "The scores of both groups are drawn below.",
    ),
)


def people_on_day_seven():
    r, printed_p = 0.41, 0.01

    def p_value(people):
        """P of a correlation of r among this many people."""
        t = r * np.sqrt((people - 2) / (1 - r**2))
        return 2 * stats.t.sf(t, people - 2)

    print(f"108 people would give P = {p_value(108):.6f}")
    # your turn
    people = 4
    while p_value(people) > printed_p:
        people += 1
    # done
    return people


def lowest_link():
    r, people = 0.35, 58
    # your turn
    z = np.arctanh(r)
    low = np.tanh(z - 1.96 / np.sqrt(people - 3))
    # done
    return low


def talking_people():
    rows = table("therapy_contrasts").query("isolates == 'therapy'")
    print(rows[["label", "added", "n", "finding", "reference"]].to_string(index=False))
    # your turn
    talk = rows[(rows.finding != "under way") & (rows.added != "computer training of self-worth")]
    people = talk.groupby("reference").n.first().sum()
    # done
    return people


def a_false_mediator():
    print(
        f"cause: {exact(World(through=0.4))['product']:.2f} credited, {World(through=0.4).truth:.2f} true"
    )
    # your turn
    world = World(trait=0.6, shared=0.8)  # a World(...)
    # done
    return world


def leaflet():
    # your turn
    reply = (
        "Perhaps, but no trial compared two times for therapy after ketamine, so nobody knows the best. "
        "The window comes from rodents and a model. Your follow-up had no comparison group, and nearly all "
        "patients were lost by six months. Where therapy was randomised, the interval included no "
        "difference."
    )  # at least 30 words
    # done
    return reply


def _false_mediator(answer) -> Judgement:
    """Judge a world by what mediation and masking say of it."""
    if not isinstance(answer, World):
        return Judgement(False, "Give a World(...), such as World(trait=0.2, shared=0.5).")
    found = exact(answer)
    if answer.truth != 0:
        return Judgement(
            False, f"Here the experience does bring {answer.truth:.2f} SD. Set `through` back to 0."
        )
    if found["slope"] >= 0.5 > found["product"]:
        return Judgement(
            False,
            f"The slope is fooled, but mediation credits {found['product']:.2f} SD: you measured the tie.",
        )
    if found["product"] < 0.5:
        return Judgement(
            False,
            f"Mediation credits {found['product']:.2f} SD. What else could tie experience and benefit?",
        )
    if abs(found["masking"]) > 0.1:
        return Judgement(
            False,
            f"Masking still finds {found['masking']:.2f} SD: hope works only in people who feel the drug.",
        )
    return Judgement(
        True,
        f"Mediation credits {found['product']:.2f} SD to an experience that does nothing; putting people "
        f"to sleep shows {found['masking']:.2f} SD.",
    )


EXERCISES = (
    Exercise(
        key="people_on_day_seven",
        title="How many people?",
        objective="O3",
        task=(
            "The abstract names 108 people. For day 7 it prints a correlation of 0.41 with P = 0.01. "
            "Change the code: how many people does that imply? The function gives P for any number."
        ),
        hint="Start at 4 and add one person until P has fallen to what was printed.",
        solution=people_on_day_seven,
        judge=number(
            39,
            "people",
            "39, not 108. Printed digits leave it uncertain by a few, but not by seventy.",
            (
                (108, "That is the number in the abstract. P would then be far below 0.01."),
                (58, "That is the correlation at 230 minutes. Day 7 is asked for."),
                (24, "You let P fall to 0.05 only. It was printed as 0.01."),
                (37, "These are the degrees of freedom. Two more people are needed."),
            ),
            tolerance=0.03,
        ),
        wrong={"abstract": 108, "other time": 58, "five percent": 24, "half": 20, "many": 60},
        imports="import numpy as np\nfrom scipy import stats",
    ),
    Exercise(
        key="lowest_link",
        title="The smallest link that fits",
        objective="O3",
        task=(
            "A correlation of 0.35 in 58 people. Give the lower end of its 95 % interval, by way of "
            "Fisher's z: turn r into z, go down 1.96 standard errors, turn back."
        ),
        hint="z is `np.arctanh(r)`, its standard error one over the root of n minus 3. Back: `np.tanh`.",
        solution=lowest_link,
        judge=number(
            0.1009,
            "",
            "0.10: the data fit a link so weak that it explains one part in a hundred.",
            (
                (0.1724, "You took 108 people. The P value implies 58."),
                (0.1077, "The standard error of z has n minus 3 under the root."),
                (0.5579, "That is the upper end."),
                (0.0857, "You left out Fisher's z: near the ends of the scale that goes wrong."),
            ),
            tolerance=0.015,
        ),
        wrong={
            "printed n": 0.1724,
            "root of n": 0.1077,
            "upper": 0.5579,
            "no z": 0.0857,
            "zero": 0.0,
            "large": 0.3,
        },
        imports="import numpy as np",
    ),
    Exercise(
        key="talking_people",
        title="Who was ever randomised to talk?",
        objective="O2",
        task=(
            "Change the code: count the people in finished trials that isolate therapy *given by a "
            "person*. All of them had ketamine. Count nobody twice."
        ),
        hint="Leave out what is under way and what a computer did. Two rows belong to one trial.",
        solution=talking_people,
        judge=number(
            76,
            "people",
            "76 people, 28 of them with depression. What we know of therapy added rests on them.",
            (
                (104, "You counted one trial twice: it has two scales, not two groups of people."),
                (179, "The computer training is still among them. Nobody talked there."),
                (
                    333,
                    "The computer training is still among them, and what became of it in the year after.",
                ),
                (566, "Some of these trials have no results yet."),
            ),
            tolerance=0.001,
        ),
        wrong={"twice": 104, "computer": 179, "both": 282, "one": 48, "planned": 566},
        imports="from ketalab import table",
    ),
    Exercise(
        key="a_false_mediator",
        title="A mediator that does nothing",
        objective="O4",
        task=(
            "Change the code: build a `World` in which the experience does nothing (`through` stays 0), "
            "mediation still credits it with 0.5 SD or more, and awake minus asleep finds less than 0.1. "
            "Its arguments are `drug`, `through`, `hope`, `trait`, `shared` and `measured`."
        ),
        hint="Who dissociates more? Who gains more? Tie the two, and don't measure the tie.",
        solution=a_false_mediator,
        judge=_false_mediator,
        wrong={
            "a cause": World(through=0.4),
            "nothing": World(),
            "hope": World(hope=1.5),
            "measured": World(trait=0.6, shared=0.8, measured=1),
            "not a world": 0.8,
        },
        imports="from ketalab.models.mediation import World, exact",
    ),
    Exercise(
        key="leaflet",
        title="Answer a leaflet",
        objective="O5",
        task=(
            "A clinic writes: *Ketamine opens a window of neuroplasticity. Our guided sessions use it at "
            "the ideal time, and our patients are still better after six months.* Write a friendly reply. "
            "Say what no trial has compared, and what is missing in the six months."
        ),
        hint="Sections 2 and 3, and the bars under what the evidence says.",
        solution=leaflet,
        judge=argument(
            (
                Point(
                    "that no trial compared times",
                    ("time", "timing", "when", "hour"),
                    "What would you have to compare to call a time ideal?",
                ),
                Point(
                    "the missing comparison group",
                    ("comparison", "control", "random"),
                    "Better than what? Name the group that is missing.",
                ),
                Point(
                    "the people lost to follow-up",
                    ("lost", "follow", "dropped", "missing", "left"),
                    "Who was still there after six months?",
                ),
            ),
            "You asked for a comparison, not for faith.",
        ),
        wrong={
            "too short": "There was no control group.",
            "no comparison": (
                "The best time for therapy after ketamine is not known, and most people had been lost when "
                "the clinic looked again after six months, so this says very little about anyone here."
            ),
            "no losses": (
                "No trial compared one time with another, so the ideal time is unknown. Your clinic has no "
                "control group, so nobody can say what would have happened to these patients without it."
            ),
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "Several protocols put the first talk about a day after the dose. How do we know that this is the "
        "best time?",
        (
            Option(
                "The model's window of protein is open then", "A model says when; not whether it helps."
            ),
            Option("People are clear by then", "They have been for most of a day. It is no proof of best."),
            Option(
                "We don't: no trial found here compared two times",
                "Yes. It was chosen, for good reasons, and never tested against another time.",
                right=True,
            ),
            Option("Mice grow spines on that day", "Mice, and their spines come later in the model."),
        ),
    ),
    Question(
        "O2",
        "Ketamine with therapy gave 15.9 percentage points more days abstinent than saline with education. "
        "What does this isolate?",
        (
            Option("The therapy", "Then both groups would need ketamine: 4.2 points."),
            Option("The drug", "Then both would need the same talk: 10.1 points."),
            Option(
                "Nothing: two things differ at once",
                "Yes. It is the sum of both, and whatever they do together.",
                right=True,
            ),
            Option("How well the two work together", "That needs all four groups, not two of them."),
        ),
    ),
    Question(
        "O4",
        "A mediation analysis finds that awe carries ketamine's effect. Which study would test it hardest?",
        (
            Option("A larger mediation analysis", "More people make the same confusion more precise."),
            Option(
                "Half of the patients randomised to more awe, all with ketamine",
                "Yes. One such trial made the experience richer, and depression fell alike.",
                right=True,
            ),
            Option("A review of all correlations", "They cannot tell a cause from a companion."),
            Option("Interviews about what patients felt", "They tell what was felt, not what it did."),
        ),
    ),
    Question(
        "O5",
        "Of 1806 people treated in eleven clinics, 94 were measured at six months. They were much better "
        "than before. What may you conclude?",
        (
            Option("Ketamine with therapy lasts six months", "In whom? Nineteen of twenty are unknown."),
            Option(
                "Little: most were lost, and there was nobody to compare them with",
                "Yes. Those who stay may be those who are well.",
                right=True,
            ),
            Option("It lasts in one of twenty", "Nor that: the others were not seen, not ill."),
            Option("That therapy adds to ketamine", "Everyone had both; there is nothing to compare."),
        ),
    ),
)
