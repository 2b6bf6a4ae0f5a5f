"""Practice of lesson 08: chronic pain."""

from math import exp

import numpy as np

from ketalab.models import sensitisation as s
from ketalab.practice.exercise import Exercise, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "half_blocked",
        "A spinal cell gets 16 equal pulses from the skin, one every 2 s. Without a drug its answer "
        "climbs to 2.6 times the first. Now half of its NMDA channels are blocked. What happens to the "
        "first answer and to the sixteenth?",
        (
            (
                "Both fall by half",
                "Neither does. The first answer is the same as without the drug. The sixteenth falls "
                "from 2.6 to 1.5 times the first.",
            ),
            (
                "The first stays, and the growth falls by about half",
                "The first stays, yes. The growth falls by more: from 2.6 to 1.5 times the first, about "
                "two thirds. The cell has a threshold, and less depolarisation also means less NMDA "
                "current.",
            ),
            (
                "The first stays, and the growth falls by clearly more than half",
                "Right, in this model: pulse 1 is as before, pulse 16 falls from 2.6 to 1.5 times the "
                "first. That is two thirds of the growth, for half of the channels.",
            ),
            (
                "The first falls, the sixteenth stays",
                "The other way round. The slow part has not built up at the first pulse, so there is "
                "little for the drug to take. By pulse 16 it falls from 2.6 to 1.5.",
            ),
        ),
        "Set one pulse every 2 s and 50 %, and compare the two lines at both ends.",
    ),
    Prediction(
        "half_life",
        "Relief comes and goes with a half-life of 10.9 days. An infusion of 4 days lifts it to 24 % of "
        "its ceiling. How much is left 12 weeks after the start?",
        (
            (
                "About a third of the peak: twelve weeks are not so long",
                "Far less: 0.17 % of the ceiling. More than seven half-lives have passed.",
            ),
            (
                "A few percent of the ceiling",
                "Less still: 0.17 % of the ceiling. Each 10.9 days take away half of what is left.",
            ),
            (
                "Practically nothing",
                "Right: 0.17 % of the ceiling. And the trial, too, saw no significant difference at week "
                "12. But it saw its best score days after the model's peak.",
            ),
        ),
        "Choose the 100-hour trial and read the last number. Then try the ends of the half-life.",
    ),
    Prediction(
        "what_it_buys",
        "Ketamine saves 12.9 mg of morphine in the day after surgery. Of 1,000 people, 180 would have "
        "had nausea without it. How many fewer have nausea with it?",
        (
            (
                "About 80 fewer",
                "That is what the review of pain pumps says: 79 fewer (108 to 40). A larger review over "
                "all comparisons says 9 fewer, with an interval from 23 fewer to 7 more.",
            ),
            (
                "About 10 fewer",
                "That is what the larger review says over all comparisons: 9 fewer, 23 fewer to 7 more. "
                "In pain pumps it would be 79 fewer.",
            ),
            (
                "None, or even more",
                "So it is against techniques without opioids: 83 more. In pain pumps, 79 fewer. The "
                "question is what the others got.",
            ),
        ),
        "Change only the review and read the number of people.",
    ),
)


def climb():
    fade, interval = 5.0, 2.0  # s, time constant and time between pulses
    jump = 3.0  # mV left by each pulse
    # your turn
    kept = exp(-interval / fade)  # share left when the next pulse comes
    highest = jump * kept / (1 - kept)  # mV, just before a pulse
    # done
    return highest


def fade():
    difference = 5.45 - 2.68  # points, at day 7
    half_life = 10.9  # days
    # your turn
    later = difference * 0.5 ** ((28 - 7) / half_life)  # points, at day 28
    # done
    return later


def spared():
    without = 180  # of 1,000 people have nausea
    risk_ratio = 0.95
    # your turn
    fewer = without * (1 - risk_ratio)  # people of 1,000
    # done
    return fewer


def halve_it():
    blocks = np.linspace(0, 1, 1001)  # share of the NMDA channels
    growth = s.wind_up(s.Neurone(), 2.0, 16, blocks)[:, -1] - 1  # of pulse 16, one pulse every 2 s
    # your turn
    enough = 100 * blocks[np.argmax(growth <= growth[0] / 2)]  # %
    # done
    return enough


def reset_argument():
    # your turn
    reply = (
        "The trial behind it had 60 people and pain fell by almost three points in week 1. But at week "
        "12 the difference was no longer significant, and function had not improved, so nothing was "
        "reset. Effects on the mind in 76 against 18 % mean that most could guess what they got, which "
        "can inflate the relief. Other trials, such as the one in nerve pain, found no difference at "
        "all."
    )  # at least 25 words
    # done
    return reply


EXERCISES = (
    Exercise(
        key="climb",
        title="How high does it climb?",
        objective="O1",
        task=(
            "Leave NMDA channels and the driving force out. Each pulse leaves 3 mV, which fade with a "
            "time constant of 5 s; one pulse comes every 2 s. How far above rest is the cell just before "
            "a pulse, when the train goes on for ever? Sum $J e + J e^2 + J e^3 + \\dots$ with $e = "
            "\\exp(-T/\\tau)$."
        ),
        hint="A geometric series: the sum is J e / (1 - e). First find e; it is about two thirds.",
        solution=climb,
        judge=number(
            6.0998,
            "mV",
            "6.1 mV, just below the 6.5 mV at which our neurone answers more: without its NMDA channels "
            "it would not wind up at this rate.",
            (
                (9.0998, "That is right after a pulse. Just before the next one, a part has faded."),
                (2.011, "That is what one pulse leaves. The ones before have left something, too."),
                (0.2683, "Time constant and interval are swapped: it should be the interval over tau."),
                (9.394, "That treats 5 s as a half-life. It is a time constant: use e, not 2."),
            ),
        ),
        wrong={"after": 9.0998, "one": 2.011, "swapped": 0.2683, "half-life": 9.394, "low": 5.0},
        imports="from math import exp",
    ),
    Exercise(
        key="fade",
        title="What week 4 should show",
        objective="O2",
        task=(
            "At day 7 the trial in complex regional pain syndrome saw 2.68 against 5.45 points. Suppose "
            "that difference fades with a half-life of 10.9 days. How large is it at day 28?"
        ),
        hint="Count the days from day 7. Each half-life takes away half of what is left.",
        solution=fade,
        judge=number(
            0.7286,
            "points",
            "0.73 points: below what the reviews pool at four weeks. Either relief fades more slowly "
            "than this model says, or other things are in those numbers.",
            (
                (2.2890, "You counted weeks. The half-life is in days."),
                (0.4034, "That is e to the minus t over the half-life. Use a half to that power."),
                (0.4669, "You counted 28 days. Only 21 have passed since day 7."),
                (0.1017, "A straight line reaches nought. A half-life never does."),
            ),
        ),
        wrong={"weeks": 2.289, "e": 0.4034, "28": 0.4669, "line": 0.1017, "high": 1.1},
    ),
    Exercise(
        key="spared",
        title="People, not ratios",
        objective="O4",
        task=(
            "Of 1,000 people 180 would have nausea. The larger review gives a risk ratio of 0.95. How "
            "many people fewer have nausea with ketamine?"
        ),
        hint="The risk with ketamine is the ratio times the risk without. Subtract.",
        solution=spared,
        judge=number(
            9.0,
            "people",
            "9 of 1,000. And with the ends of its interval, 0.87 and 1.04: from 23 fewer to 7 more.",
            (
                (171.0, "That many still have nausea. The question is how many fewer."),
                (50.0, "5 % of everybody. But only 180 of the 1,000 have anything to lose."),
                (0.009, "That is a share. Multiply by 1,000 people."),
                (950.0, "That is the ratio times 1,000. It must act on the 180."),
            ),
        ),
        wrong={"still": 171, "of all": 50, "share": 0.009, "ratio": 950, "low": 6},
    ),
    Exercise(
        key="halve_it",
        title="How much block halves the growth?",
        objective="O1",
        task=(
            "Change the code: `growth` holds how much pulse 16 exceeds the first, for each share of "
            "blocked channels in `blocks`, with one pulse every 2 s. Find the smallest block (%) that "
            "takes away half of the growth or more."
        ),
        hint="Compare growth with half of its first value, and take the first place where it is no larger.",
        solution=halve_it,
        judge=number(
            36.6,
            "%",
            "About 37 %: in this model the growth goes faster than the channels. The threshold and the "
            "feedback through magnesium do it together.",
            (
                (0.366, "That is a share. The question asks for percent."),
                (50.0, "Half of the channels take more than half of the growth. Ask the array."),
                (64.7, "That halves the answer. The growth is what the answer has above 1."),
                (366.0, "That is the place in the array. Look up the block that stands there."),
            ),
        ),
        wrong={"share": 0.366, "half": 50, "answer": 64.7, "index": 366, "high": 45},
        imports="import numpy as np\n\nfrom ketalab.models import sensitisation as s",
    ),
    Exercise(
        key="reset_argument",
        title="Was it reset?",
        objective="O3 and O5",
        task=(
            "A clinic writes: *Ketamine resets the sensitised nervous system. A study in Pain showed "
            "lasting relief in complex regional pain syndrome.* Write a fair reply. Name what the trial "
            "found, how long it lasted, and what weakens it."
        ),
        hint="Week 1, week 12, function. Who could guess the treatment? What did other trials find?",
        solution=reset_argument,
        judge=argument(
            (
                Point(
                    "how long it lasted",
                    ("week 12", "twelve weeks", "12 weeks", "week twelve", "faded", "fades", "lost"),
                    "What was left at the end of the trial?",
                ),
                Point(
                    "whether people could guess the treatment",
                    ("guess", "mask", "blind", "knew", "effects on the mind", "76", "expect"),
                    "Who could tell what was in the infusion?",
                ),
                Point(
                    "what was found at its best, or elsewhere",
                    (
                        "three points",
                        "points",
                        "first week",
                        "function",
                        "no difference",
                        "other trial",
                        "cochrane",
                        "review",
                    ),
                    "Say what the trial found in numbers, or what other trials found.",
                ),
            ),
            "You named the effect, its end, and the reason to doubt its size.",
        ),
        wrong={
            "too short": "It was not reset.",
            "only duration": "At week 12 nothing significant was left of the difference, so the word "
            "reset is wrong, because a nervous system that was reset would stay that way, and this one "
            "did not at all.",
            "only masking": "Most people could guess what they had been given, since the drug is felt at "
            "once, and so their hopes may have done a part of the work that the clinic credits to the "
            "drug alone.",
            "no masking": "Pain was almost three points lower in week 1, which is a lot, but by week 12 "
            "the difference was no longer significant, and function did not improve, so it was not a "
            "reset.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "Why does a blocker of NMDA channels hardly change the answer to the first pulse?",
        (
            Option(
                "The drug needs time to reach the cord",
                "In the experiments it was there long before the first pulse.",
            ),
            Option(
                "At rest magnesium keeps most of these channels shut, so there is little to take",
                "Yes. They count once the cell is depolarised, and that builds up along the train.",
                right=True,
            ),
            Option(
                "The first pulse is carried by faster fibres only",
                "The slow fibres fire as well. It is the cell that has not yet built anything up.",
            ),
            Option(
                "Ketamine acts on the brain, not on the cord",
                "It acts on both. But a blocker put onto the cord alone took wind-up away in rats.",
            ),
        ),
    ),
    Question(
        "O2",
        "In the model of relief, which change adds most to a 100-hour infusion at 20 mg/h?",
        (
            Option(
                "Run it for twice as many hours",
                "Yes: the level is far above the C50 already, so time is what is missing.",
                right=True,
            ),
            Option(
                "Raise the rate to 70 mg/h",
                "It adds almost nothing: at 20 mg/h the level is many times the C50.",
            ),
            Option(
                "Give the same amount in an hour",
                "Then the drug is gone within a day, and relief has no time to rise.",
            ),
        ),
    ),
    Question(
        "O3",
        "Six trials pooled: at four weeks -1.12 points of 10, interval -2.33 to 0.09. What is fair to say?",
        (
            Option(
                "Ketamine does not work in chronic pain",
                "The interval reaches to -2.33. An interval with nought in it is not proof of nothing.",
            ),
            Option(
                "Ketamine works: the estimate is below nought",
                "The interval includes nought and slightly more pain. The estimate alone says too little.",
            ),
            Option(
                "Anything from a useful effect to none fits; more people, better masked, are needed",
                "Yes. And this was the main question of the review, fixed beforehand.",
                right=True,
            ),
            Option(
                "It works at 8 and 12 weeks, so it must at four",
                "They were not the main question. Picking the weeks that please is how errors are made.",
            ),
        ),
    ),
    Question(
        "O4",
        "One review says that ketamine lowers nausea after surgery, another that it does not. Why can "
        "both be right?",
        (
            Option(
                "One of them counted wrongly",
                "Nothing points to that. Look at what the control groups got.",
            ),
            Option(
                "Nausea is a matter of opinion",
                "It is reported by the person, and still it can be counted.",
            ),
            Option(
                "Risk ratios cannot be compared",
                "They can. What differs is the question each of them answers.",
            ),
            Option(
                "It lowers nausea where it replaces an opioid, not where there is none to replace",
                "Yes: against an opioid the ratio is 0.50, against other drugs 1.46.",
                right=True,
            ),
        ),
    ),
    Question(
        "O5",
        "Which finding speaks most directly against the claim that ketamine reverses central "
        "sensitisation?",
        (
            Option(
                "In the best trial the difference was no longer significant at week 12",
                "Yes: what is reversed stays reversed. This faded.",
                right=True,
            ),
            Option(
                "Volunteers had side effects",
                "True, and it matters for masking, but it says nothing about sensitisation.",
            ),
            Option(
                "Morphine made wind-up-like pain worse",
                "That is a result about morphine, in eight people.",
            ),
            Option(
                "Guideline limits are grade C",
                "That is about the dose, not about what the dose does to sensitisation.",
            ),
        ),
    ),
)
