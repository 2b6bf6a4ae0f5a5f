"""Practice of lesson 05: hours, not weeks."""

from ketalab.metaanalysis.pooling import pool
from ketalab.models import depression_trials as depression
from ketalab.practice.exercise import Exercise, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "the_other_group",
        "In a trial of 2013 the depression score of the ketamine group fell by 16.5 points within a day. "
        "The other group got midazolam, a sedative. By how much did its score fall?",
        (
            (
                "Hardly at all: 0 to 2 points",
                "It fell by 8.8 points. More than half of what the ketamine group gained, the control "
                "group gained as well.",
            ),
            (
                "By about half as much: 7 to 10 points",
                "Right: by 8.8 points. The drug's share is the difference, adjusted 7.95 points.",
            ),
            (
                "By about the same: 15 points or more",
                "It fell by 8.8 points, clearly less: the difference, adjusted, is 7.95 points.",
            ),
        ),
        'Set the clock to one day. Compare "each group alone" with "points better than control".',
    ),
    Prediction(
        "asleep",
        "Forty people with depression were about to have an operation. Under anaesthesia half of them got "
        "ketamine, half saline; nobody could notice. In the saline group, how many of 100 had their "
        "depression score halved the next day?",
        (
            (
                "About 5, as with saline in other trials",
                "Fifty. In the ketamine group it was 60. With awake people, saline groups reach far less: "
                "1 of 18 in one trial of this lesson.",
            ),
            (
                "About 25, as with midazolam",
                "Fifty, far more than that. In the ketamine group it was 60.",
            ),
            (
                "About 50",
                "Right: 50, against 60 with ketamine. What made so many better can't be told from this "
                "trial: hope, rest, the operation behind them, or the anaesthetic.",
            ),
        ),
        "Look at the two groups on day 1, and then at where they started.",
    ),
    Prediction(
        "a_year_later",
        "In a Swedish trial some inpatients became free of depression after up to twelve ketamine "
        "infusions. How many of 100 of them had relapsed within a year?",
        (
            (
                "About 30",
                "Seventy. After ECT it was 63, no clear difference: the problem is not ketamine's alone.",
            ),
            (
                "About 50",
                "Seventy; half had relapsed after 57 days.",
            ),
            (
                "About 70",
                "Right: 70, against 63 after ECT. Half had relapsed after 57 days.",
            ),
        ),
        "Find the green triangles at the right edge. Then ask how many sessions a year would change them.",
    ),
)


def one_more_responder():
    better_ketamine, all_ketamine = 30, 47  # people, day 1
    better_midazolam, all_midazolam = 7, 25
    # your turn
    extra = better_ketamine / all_ketamine - better_midazolam / all_midazolam
    needed = 1 / extra  # people
    # done
    return needed


def only_the_spray():
    day = depression.points_after_a_day()
    # your turn
    chosen = day.where(drug="esketamine")
    difference = pool(day.effects[chosen]).estimate  # points, below zero is better
    # done
    return difference


def belief_needed():
    difference = 7.95  # points, ketamine better than midazolam
    right_ketamine = 1 - 0.50  # half of this group guessed wrong
    right_midazolam = 1 - 0.107
    # your turn
    unblinding = right_ketamine + right_midazolam - 1
    belief = difference / unblinding  # points
    # done
    return belief


def weekly_sessions():
    median_alone = 18  # days until half relapse, without sessions
    hazard_ratio = 0.49  # while protected
    # your turn
    median_weekly = median_alone / hazard_ratio  # days
    # done
    return median_weekly


def as_good_as_ect():
    # your turn
    reply = (
        "Not so fast. In ELEKT-D response was 55 against 41 percent, but everybody knew the treatment, "
        "and 33 people left before their first ECT against 5 before ketamine. Nobody with psychosis "
        "took part. KetECT, also open, took inpatients and found the opposite: remission 46 percent "
        "with ketamine and 63 with ECT."
    )  # at least 25 words
    # done
    return reply


EXERCISES = (
    Exercise(
        key="one_more_responder",
        title="One more who responds",
        objective="O1",
        task=(
            "A day after one infusion 30 of 47 people had responded to ketamine, and 7 of 25 to "
            "midazolam. How many people must get ketamine instead of midazolam for one more response?"
        ),
        hint="First the two shares, then their difference, then one over it.",
        solution=one_more_responder,
        judge=number(
            2.7910,
            "people",
            "About 2.8, so 3 people. But the interval is wide: read it before you quote this.",
            (
                (1.5667, "That ignores the control group: 7 of its 25 people responded as well."),
                (0.3583, "That is the difference. The number of people is one over it."),
                (35.83, "That is the difference in 100 people. The number needed is one over the share."),
                (4.5378, "That is the odds ratio. It counts odds, not people."),
            ),
            tolerance=0.01,
        ),
        wrong={"no control": 1.5667, "difference": 0.3583, "percent": 35.83, "odds": 4.5378, "high": 3.2},
    ),
    Exercise(
        key="only_the_spray",
        title="Only the spray",
        objective="O2",
        task=(
            "Change the code: pool only the trials of esketamine spray, a day after the first dose. "
            '`day.where(drug="...")` says which trials have a drug, `day.effects[chosen]` takes them, '
            "`pool(...).estimate` pools them."
        ),
        hint="The two names of a drug in the table are racemic ketamine and esketamine.",
        solution=only_the_spray,
        judge=number(
            -4.7025,
            "points",
            "−4.7 points. Racemic ketamine gives −7.1, from far fewer people and other kinds of control.",
            (
                (-5.2308, "That is all ten trials. Choose before you pool."),
                (-7.0700, "That is racemic ketamine. You want the other drug."),
                (4.7025, "Right size, but below zero means that the drug group scores lower."),
                (-5.2910, "That is the plain mean. Large trials must count for more: use pool."),
            ),
            tolerance=0.003,
        ),
        wrong={"all": -5.2308, "racemic": -7.0700, "sign": 4.7025, "mean": -5.2910, "near": -4.0},
        imports=(
            "from ketalab.models import depression_trials as depression\n"
            "from ketalab.metaanalysis.pooling import pool"
        ),
    ),
    Exercise(
        key="belief_needed",
        title="How strong must belief be?",
        objective="O3",
        task=(
            "In one trial half of the ketamine group and 10.7 percent of the midazolam group guessed "
            "their treatment wrong. Suppose people guessed so in the trial that found 7.95 points. How "
            "many points must belief be worth to explain all of it? Use $D = d + e\\,(p + q - 1)$ with "
            "$d = 0$."
        ),
        hint="$p$ and $q$ are the shares that guess right. With $d = 0$ only $e$ is left to find.",
        solution=belief_needed,
        judge=number(
            20.229,
            "points",
            "About 20 points: more than the whole improvement of the ketamine group. With these guesses "
            "belief alone is an unlikely explanation. With perfect guesses 7.95 would do.",
            (
                (5.7071, "You left out the minus 1: guessing has a baseline."),
                (-20.229, "You used the share that guessed wrong for midazolam."),
                (3.1244, "You multiplied by the unblinding. Solve for e: divide."),
                (7.95, "That would be so if everybody knew. Half of the ketamine group did not."),
                (8.9026, "That uses only the midazolam group. Unblinding needs both."),
            ),
            tolerance=0.01,
        ),
        wrong={"no one": 5.7071, "wrong way": -20.229, "times": 3.1244, "all know": 7.95, "one": 8.9026},
    ),
    Exercise(
        key="weekly_sessions",
        title="Weekly sessions",
        objective="O4",
        task=(
            "Half of the responders had relapsed 18 days after up to six infusions. Suppose relapse is "
            "steady, and weekly sessions, each protecting for a week, bring its hazard down to 0.49 "
            "times. After how many days would half have relapsed?"
        ),
        hint="Under a steady hazard the median is the logarithm of 2 over the hazard.",
        solution=weekly_sessions,
        judge=number(
            36.735,
            "days",
            "37 days. Halving the hazard doubles the time; it does not stop relapse. And the 0.49 is from "
            "people who had been stable for weeks, so it may not hold here.",
            (
                (8.82, "A smaller hazard means later relapse, not earlier."),
                (18.0, "That would be so if the sessions did nothing."),
                (35.294, "Divide by the ratio itself, not by 1 minus it."),
                (27.18, "Relapse does not shift by a share of the median: divide by the ratio."),
            ),
            tolerance=0.01,
        ),
        wrong={"times": 8.82, "nothing": 18.0, "one minus": 35.294, "added": 27.18, "high": 45.0},
    ),
    Exercise(
        key="as_good_as_ect",
        title="As good as ECT?",
        objective="O5",
        task=(
            "A clinic writes: *A large randomised trial proved that ketamine is at least as good as ECT.* "
            "Write a fair reply that names at least three things to weigh, for or against."
        ),
        hint="Who knew what they got? Who left before it began? What did the other trial find?",
        solution=as_good_as_ect,
        judge=argument(
            (
                Point(
                    "that nobody was blind",
                    ("open", "blind", "mask", "knew", "expect"),
                    "Could people tell which treatment they had?",
                ),
                Point(
                    "who took part or left early",
                    ("left", "drop", "33", "outpatient", "inpatient", "psycho", "referred"),
                    "Look at who was in the trial, and who left before it began.",
                ),
                Point(
                    "the trial that found the opposite",
                    ("ketect", "opposite", "other trial", "swedish", "63", "46"),
                    "One more randomised trial compared the two.",
                ),
            ),
            "You weighed the blinding, the people and the trial that found the opposite.",
        ),
        wrong={
            "too short": "It did not.",
            "only blinding": "The trial was open label, so everybody could tell what they had got, and "
            "hopes for a new drug may have moved the answers on a scale that people fill in themselves.",
            "only people": "Many who were randomised to ECT left before the first session, and nobody "
            "had psychosis, so we can't be sure that the groups were alike when treatment began.",
            "only the other": "A Swedish trial, KetECT, found the opposite, with 46 against 63 percent "
            "in remission, so one may not simply say that the question has been settled by a single study.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "A leaflet says that the score fell by 16.5 points within a day. What is missing most?",
        (
            Option(
                "What the control group's score did in the same day",
                "Yes: it fell by 8.8 points. The effect is the difference, not the fall.",
                right=True,
            ),
            Option("The name of the scale", "Useful, but it would not tell you what the drug did."),
            Option(
                "The dose",
                "Good to know, but without a control group no dose tells you what would have happened "
                "anyway.",
            ),
        ),
    ),
    Question(
        "O2",
        "You pool all ten trials, then only the two against midazolam. The estimate grows from 5.2 to 8.2 "
        "points. What is the fair reading?",
        (
            Option(
                "Ketamine works better against midazolam",
                "Two small trials can't show that: their honest interval includes everything from great "
                "harm to great benefit.",
            ),
            Option(
                "Too few trials to tell; drugs, people and controls changed together",
                "Yes. The eight others are mostly sprays beside a new tablet, in other people.",
                right=True,
            ),
            Option(
                "Midazolam worsens depression",
                "The midazolam group of one of them improved by 8.8 points.",
            ),
            Option(
                "The ten should never be pooled",
                "They answer one question, how much a day later; what matters is to show how they differ.",
            ),
        ),
    ),
    Question(
        "O3",
        "Most people in a trial guessed their arm rightly. Does this prove that belief did it?",
        (
            Option(
                "Yes: if they know, the result is worthless",
                "No: people who feel better guess that they got the drug. Then the guess is a result.",
            ),
            Option(
                "No: those who improve guess the drug, so guesses follow also from a true effect",
                "Yes. Ask early, before the effect can show, or hide the drug altogether.",
                right=True,
            ),
            Option(
                "No: belief never changes a depression score",
                "Control groups improve a lot; how much of it is belief nobody has measured.",
            ),
        ),
    ),
    Question(
        "O4",
        "SUSTAIN-1 found fewer relapses with continued esketamine. For whom does that hold?",
        (
            Option("For everyone with depression", "It randomised only part of those who entered."),
            Option(
                "For people who had become stable on it after 16 weeks",
                "Yes: 297 of 705 were randomised. It says nothing about those who never got there.",
                right=True,
            ),
            Option("For people after one infusion", "They had a course of spray for 16 weeks."),
            Option("For people on quetiapine", "That was another trial, ESCAPE-TRD."),
        ),
    ),
    Question(
        "O5",
        "Which of these trials had people who could not know what they got?",
        (
            Option("ELEKT-D, ketamine or ECT", "It was open: nobody mixes up a drip and an ECT session."),
            Option("ESCAPE-TRD, spray or quetiapine", "Only the raters were blind."),
            Option(
                "Lii 2023, in anaesthesia",
                "Yes: everybody slept, and both groups guessed alike afterwards.",
                right=True,
            ),
            Option(
                "Jelovac 2025, ketamine or midazolam",
                "Meant to be blind, but most are reported to have guessed their group.",
            ),
        ),
    ),
)
