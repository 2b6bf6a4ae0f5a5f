"""Practice of lesson 13: the article on trial."""

import numpy as np

from ketalab import table
from ketalab.data.certainty import surviving
from ketalab.practice.exercise import Exercise, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "how_many_hold",
        "The article makes 61 claims by our count. How many are supported in full by the sources we found?",
        (
            ("Fewer than 10", "It did better than that: 14 are supported in full, 24 more in part."),
            ("Between 10 and 20", "Right: 14 in full, and 24 more in part. 23 are not."),
            ("Between 20 and 40", "With those that hold in part it is 38. In full it is 14."),
            ("More than 40", "No: 14 in full, 24 in part. 23 are contested, overstated or unsupported."),
        ),
        "The picture of the whole verdict counts them.",
    ),
    Prediction(
        "sceptic",
        "A reader is quite sure that ketamine does nothing beyond its control: 0 points, give or take 1. "
        "She then takes ten trials at their word. What does she believe about the benefit after a day?",
        (
            ("Still about 0 points", "No: ten trials outweigh her. She ends at about 3 points."),
            (
                "About 3 points",
                "Right: 3.3. She ends between her belief and the trials, and believes in a benefit.",
            ),
            ("About 5 points", "That is what the trials say alone. Her belief pulls her to about 3."),
            ("About 8 points", "Nobody ends beyond both belief and trials. She ends at about 3."),
        ),
        "Choose the sceptic below and read her new belief.",
    ),
)


def middle_of_a_ratio():
    low, high, printed = 0.57, 17.02, 0.25
    print(f"printed: {printed}, 95 % interval {low} to {high}")
    # your turn
    middle = np.exp((np.log(low) + np.log(high)) / 2)
    # done
    return middle


def kappa_of_two_readers():
    # rows: your verdict, columns: the ledger's (holds, holds in part, does not hold)
    counts = np.array([[3, 2, 0], [0, 1, 1], [0, 0, 5]])
    shares = counts / counts.sum()
    print(f"they agree on {np.trace(counts)} of {counts.sum()}")
    # your turn
    chance = shares.sum(axis=1) @ shares.sum(axis=0)
    kappa = (np.trace(shares) - chance) / (1 - chance)
    # done
    return kappa


def people_kept_well():
    relapsed, relapsed_control = 0.267, 0.453
    print(f"relative: {100 * (1 - relapsed / relapsed_control):.0f} % fewer relapses")
    # your turn
    people = 1 / (relapsed_control - relapsed)
    # done
    return people


def weeks_until_ten():
    claims = table("claims")
    benefit = (claims.comparator != "not needed").to_numpy()
    standing = surviving(claims, comparison="active", weeks=0) & benefit
    print(f"{standing.sum()} claims of benefit have beaten an active treatment")
    # your turn
    weeks = 0
    while (surviving(claims, comparison="active", weeks=weeks) & benefit).sum() >= 10:
        weeks += 1
    # done
    return weeks


def conclusion():
    # your turn
    text = (
        "In treatment-resistant depression ketamine lowers scores within a day more than placebo or "
        "midazolam does, and the effect of one dose fades within days. The blind is poor, so part of it "
        "may "
        "be hope. Against ECT two open trials disagree. Whether it saves lives, lasts without further "
        "doses, or works better with therapy is not known. It needs supervision."
    )  # at least 40 words
    # done
    return text


EXERCISES = (
    Exercise(
        key="kappa_of_two_readers",
        title="More than luck?",
        objective="O1",
        task=(
            "A reader graded twelve claims; the table counts her verdicts against the ledger's. Change the "
            "code: compute Cohen's kappa, the agreement beyond chance."
        ),
        hint="Chance agreement: for each verdict multiply both judges' shares, then add up.",
        solution=kappa_of_two_readers,
        judge=number(
            0.6129,
            "",
            "0.61. She agrees on nine of twelve, but four of them would have come by luck.",
            (
                (0.75, "That is the plain share of agreement. Take off what luck would give."),
                (0.3542, "That is the agreement by chance alone."),
                (0.3958, "You took off chance. Now divide by what was left to gain, 1 minus chance."),
                (0.625, "You took chance as one in three. Use how often each judge uses each verdict."),
            ),
            tolerance=0.005,
        ),
        wrong={"share": 0.75, "chance": 0.3542, "undivided": 0.3958, "third": 0.625, "none": 0.0},
        imports="import numpy as np",
    ),
    Exercise(
        key="people_kept_well",
        title="Relative and absolute",
        objective="O4",
        task=(
            "On continued esketamine 26.7 % relapsed, on placebo 45.3 %. A press office writes: *41 % "
            "fewer "
            "relapses*. Change the code: how many people must go on for one relapse to be spared?"
        ),
        hint="The absolute difference is a share of all people treated. Its inverse is a number of people.",
        solution=people_kept_well,
        judge=number(
            5.376,
            "people",
            "5.4, so six people go on for one relapse fewer. That is a large effect; but all of them had "
            "been "
            "well on the drug before they were randomised.",
            (
                (0.186, "That is the absolute difference. Turn it over."),
                (0.4106, "That is the relative reduction, as a share."),
                (2.4355, "You turned over the relative reduction. People count in absolute terms."),
                (3.745, "You turned over the risk on the drug. It is the difference that counts."),
                (
                    18.6,
                    "That is the difference in percentage points. Turn the share over, not the percent.",
                ),
            ),
        ),
        wrong={"difference": 0.186, "relative": 0.4106, "inverse": 2.4355, "one": 3.745, "points": 18.6},
    ),
    Exercise(
        key="middle_of_a_ratio",
        title="The interval that cannot hold its estimate",
        objective="O4",
        task=(
            "A meta-analysis prints an effect of 0.25 with a 95 % interval of 0.57 to 17.02. Say that the "
            "interval is that of a ratio. Change the code: which estimate would lie in its middle, on the "
            "scale on which ratios are symmetrical?"
        ),
        hint="Ratios are symmetrical on the logarithmic scale: take logs, take the middle, go back.",
        solution=middle_of_a_ratio,
        judge=number(
            3.115,
            "",
            "3.1, and not 0.25. A ratio of 3.1 with this interval includes 1, so it would not go with the "
            "printed P = 0.0363 either. One number in the sentence is about something else.",
            (
                (
                    8.795,
                    "That is the middle on the plain scale. Ratios are symmetrical in their logarithms.",
                ),
                (1.136, "That is the logarithm of the middle. Go back with `np.exp`."),
                (0.25, "That is the printed estimate: it lies below its own lower limit."),
                (16.45, "That is the width of the interval."),
            ),
        ),
        wrong={"plain": 8.795, "log": 1.136, "printed": 0.25, "width": 16.45, "one": 1.0},
        imports="import numpy as np",
    ),
    Exercise(
        key="weeks_until_ten",
        title="Raise the bar",
        objective="O3",
        task=(
            "You ask that every claim of benefit has beaten an active treatment. Change the code: from "
            "which "
            "whole week on do fewer than ten of them stand, if the benefit must have lasted that long?"
        ),
        hint="Raise `weeks` by one until fewer than ten are left.",
        solution=weeks_until_ten,
        judge=number(
            5,
            "weeks",
            "From 5 weeks on. Most trials stop at four weeks, so this is where our knowledge thins out.",
            (
                (4, "At 4 weeks ten still stand. Fewer than ten are asked for."),
                (33, "You asked for no active treatment."),
                (27, "You counted to fewer than seven."),
                (2, "At 2 weeks ten are left. Fewer than ten are asked for."),
            ),
            tolerance=0.001,
        ),
        wrong={"four": 4, "any": 33, "seven": 27, "two": 2, "year": 52},
        imports="from ketalab import table\nfrom ketalab.data.certainty import surviving",
    ),
    Exercise(
        key="conclusion",
        title="Write the conclusion again",
        objective="O2",
        task=(
            "The article ends: *rapid, life-saving relief*, *proven benefits*. Rewrite its conclusion so "
            "that "
            "every sentence would stand in the ledger. Say for whom and how long, against what and who was "
            "blind, and what is not known."
        ),
        hint="Filter the ledger for the conclusion, and read C14, C44, C55 and C59.",
        solution=conclusion,
        judge=argument(
            (
                Point(
                    "for how long",
                    ("day", "week", "hour", "fade", "short", "month"),
                    "How long does the effect of one dose last?",
                ),
                Point(
                    "against what",
                    ("placebo", "midazolam", "saline", "control", "compar", " ect "),
                    "Better than what? Name a comparison.",
                ),
                Point(
                    "the blind",
                    ("blind", "mask", "hope", "expect", "guess"),
                    "Could people tell what they got?",
                ),
                Point(
                    "what is not known",
                    ("not known", "unknown", "uncertain", "not shown", "nobody knows", "don't know"),
                    "Name something that no trial has shown.",
                ),
            ),
            "A conclusion that a careful reader can sign.",
            least_words=40,
        ),
        wrong={
            "too short": "Ketamine works fast in depression, but it fades and lives saved are not shown.",
            "no comparison": (
                "Ketamine works within hours in people whose depression was not helped by other drugs. "
                "The effect "
                "fades within days. People can tell what they got, so hope may play a part. Whether it "
                "saves "
                "lives is unknown, and so is how long it can go on safely."
            ),
            "no blind": (
                "Ketamine beats midazolam within a day in depression that other drugs did not help, and "
                "the "
                "benefit fades within days or a few weeks. Whether it saves any lives is not known, and "
                "whether "
                "adding therapy to it makes a difference is not known either."
            ),
            "no doubt": (
                "Ketamine beats placebo and midazolam within hours, and the effect lasts for days. The "
                "blind is "
                "poor, as people feel the drug. With more sessions the effect lasts for weeks, and "
                "trained people "
                "watch over everyone who is treated, so it is a useful drug in good hands."
            ),
        },
    ),
)

QUESTIONS = (
    Question(
        "O2",
        "The ledger says of a claim: unsupported, very low. What does that mean?",
        (
            Option("It was shown to be false", "Then we would be sure, and certainty would be higher."),
            Option(
                "Nothing we found speaks for it, and hardly anyone looked",
                "Yes. The verdict says which way, the certainty how hard.",
                right=True,
            ),
            Option("Good studies disagree", "That would be contested."),
            Option("It is true of some people", "That would be partly supported."),
        ),
    ),
    Question(
        "O4",
        "In 24 people, the main outcome was suicidal thoughts after 24 hours: P = 0.32. After 48 hours "
        "it was "
        "P = 0.047. A headline says: ketamine reduces suicidal thoughts in two days. What is wrong?",
        (
            Option("Nothing: 0.047 is below 0.05", "One look of several will be, now and then."),
            Option(
                "It reports the look that came out, not the one that was planned",
                "Yes. Look often enough and one P is small.",
                right=True,
            ),
            Option("48 hours is too short", "It may be, but that is not what went wrong here."),
            Option("P cannot rise and fall", "It can, and with 24 people it will."),
        ),
    ),
    Question(
        "O4",
        "Esketamine lowered a depression score in people with suicidal thoughts. Which conclusion is safe?",
        (
            Option("It prevents suicide", "A score is not a death. The label says this was not shown."),
            Option("It will be found to prevent suicide", "A hope. No trial was large enough."),
            Option(
                "Their depression score fell more than with placebo",
                "Yes. The outcome that was measured, in the people who were in.",
                right=True,
            ),
            Option("It treats suicidal thoughts", "Their rating did not differ beyond doubt."),
        ),
    ),
    Question(
        "O5",
        "You may run one trial to find out how much of the effect after a day is hope. Which?",
        (
            Option("Ketamine against saline, 1,000 people", "They will feel which one they got."),
            Option("Ketamine against no treatment", "Now hope is in one group only."),
            Option(
                "Ketamine against saline in people asleep, who are then asked what they think they got",
                "Yes. Nobody feels the drug, and the guess shows whether the blind held.",
                right=True,
            ),
            Option("A survey of satisfied patients", "No comparison, so no answer."),
        ),
    ),
)
