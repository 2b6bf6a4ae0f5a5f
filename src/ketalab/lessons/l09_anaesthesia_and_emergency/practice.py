"""Practice of lesson 09: anaesthesia and emergency."""

from math import log

import numpy as np

from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "pressure_after",
        "A planned operation. A calm adult with a systolic pressure of 130 mmHg gets 2 mg/kg ketamine. "
        "What will the pressure be a few minutes later, on average?",
        (
            (
                "About 100 mmHg: anaesthetics lower pressure",
                "That is what propofol did: -30 mmHg. After ketamine 52 patients went up by 15 mmHg.",
            ),
            (
                "About 130 mmHg: ketamine keeps it stable",
                "It did not stay: in 52 patients it rose by 15 mmHg on average, and the heart "
                "rate by 22 a minute.",
            ),
            (
                "About 145 mmHg",
                "Right: +15 mmHg on average in 52 patients. But hold on for those who are near shock.",
            ),
            (
                "About 190 mmHg",
                "A monograph gives a rise of 10 to 50 %, so some people come near; the mean was +15 mmHg.",
            ),
        ),
        "In section 4, set the pressure before to 130 mmHg and read the first line.",
    ),
    Prediction(
        "slow_delay",
        "For pain relief, the effect of ketamine ran behind the blood with a half-life of 8.3 "
        "min. If sleep "
        "ran behind as slowly, when would a person lose response after 2 mg/kg in a minute?",
        (
            (
                "Within a minute",
                "Not with that delay: the effect site would only have begun to fill. So sleep "
                "must follow faster.",
            ),
            (
                "After about three minutes",
                "Not even then. In the model the site peaks at 6.0 min, just below the level for it.",
            ),
            (
                "Never",
                "Right: in the model the site peaks at 6.0 min with 1,600 ng/mL, just short of "
                "the 1,640 at which "
                "response was lost. People do fall asleep within a minute, so the delay of sleep "
                "is another one.",
            ),
        ),
        "Choose the preset *Induction, with the slow delay* and read *response lost*.",
    ),
)


def lag_of_a_ramp():
    half_life = 8.3  # min, delay of pain relief and perception
    # your turn
    lag = half_life / log(2)  # min
    # done
    return lag


def shock_index():
    heart_rate, systolic = 112, 95  # beats/min, mmHg
    # your turn
    index = heart_rate / systolic
    # done
    return index


def extra_collapse():
    ketamine = 260 / 1176  # collapsed around intubation
    etomidate = 202 / 1189
    # your turn
    patients = 1 / (ketamine - etomidate)  # for one more collapse
    # done
    return patients


def keep_asleep():
    patient = pk.published("simons2022").typical()
    print(f"clearance {pk.clearance(patient, 'ketamine')[0]:.2f} L/min")
    # your turn
    doses = [pk.Dose(140, "iv", duration=1), pk.Dose(200, "iv", time=4, duration=26)]  # a list of doses
    # done
    return doses


def stable_and_safe():
    # your turn
    reply = (
        "In planned surgery ketamine raises pressure and heart rate, so stable is the wrong word to begin "
        "with. In septic shock the rise can fail: in the randomised trial of 2025 collapse was more "
        "frequent with ketamine than with etomidate, and the gap was widest in sepsis. Deaths by "
        "day 28 did "
        "not differ, so it is not the safest drug, nor proven to be a deadly one."
    )  # at least 25 words
    # done
    return reply


HALF_LIFE = 23 / 60  # min, slow waves of the EEG
LOST, TOO_HIGH = 1640, 9000  # ng/mL
MINUTES = np.arange(2, 30.01, 0.25)


def _asleep(answer) -> Judgement:
    """Judge a list of doses by the effect site: response lost from 2 to 30 min, without excess."""
    doses = list(answer)
    if not doses or not all(isinstance(dose, pk.Dose) for dose in doses):
        return Judgement(False, "Give a list of doses, such as [pk.Dose(140, 'iv', duration=1)].")
    patient = es.with_effect_site(pk.published("simons2022").typical(), HALF_LIFE)
    site = pk.concentration(patient, doses, MINUTES, es.EFFECT_SITE)[0]
    low, high = site.min(), site.max()
    if low >= LOST and high <= TOO_HIGH:
        return Judgement(
            True, f"The effect site stays between {low:,.0f} and {high:,.0f} ng/mL from 2 to 30 min."
        )
    if high > TOO_HIGH:
        return Judgement(False, f"The effect site reaches {high:,.0f} ng/mL: give less, or more slowly.")
    if site[0] < LOST:
        return Judgement(
            False, f"At 2 min the site has only {site[0]:,.0f} ng/mL: an infusion alone is too slow."
        )
    wakes = MINUTES[np.argmax(site < LOST)]
    if site[-1] > site.min():
        return Judgement(
            False, f"It dips below 1,640 ng/mL at {wakes:.0f} min and recovers: start the infusion earlier."
        )
    return Judgement(
        False,
        f"It falls below 1,640 ng/mL at {wakes:.0f} min: the first dose needs an infusion, or a "
        f"faster one, behind it.",
    )


EXERCISES = (
    Exercise(
        key="lag_of_a_ramp",
        title="How far behind?",
        objective="O2",
        task=(
            "During a long infusion the plasma level rises almost steadily. The effect follows with a "
            "half-life of 8.3 min. After a while it runs behind by a constant time, $1/k_{e0}$. How many "
            "minutes?"
        ),
        hint="$k_{e0} = \\ln 2 / t_{1/2}$, so $1/k_{e0} = t_{1/2} / \\ln 2$.",
        solution=lag_of_a_ramp,
        judge=number(
            11.974,
            "min",
            "Twelve minutes. For the slow waves of sleep, at 23 s, it would be about half a minute.",
            (
                (8.3, "That is the half-life itself. The lag behind a ramp is longer: divide by ln 2."),
                (5.753, "You multiplied by ln 2; divide by it."),
                (0.0835, "That is the rate ke0, per minute. The lag is one over it."),
                (718.4, "That is in seconds. The answer is asked for in minutes."),
            ),
        ),
        wrong={"half-life": 8.3, "times ln 2": 5.753, "rate": 0.0835, "seconds": 718.4, "low": 10.0},
        imports="from math import log",
    ),
    Exercise(
        key="shock_index",
        title="A number before the drug",
        objective="O3",
        task=(
            "The shock index is heart rate over systolic pressure. A patient has 112 beats/min "
            "and 95 mmHg. "
            "What is the index, and in which of the two groups of Miller 2016 would the patient be?"
        ),
        hint="One division. The border is 0.9.",
        solution=shock_index,
        judge=number(
            1.179,
            "",
            "Above 0.9: people like this did not gain pressure after ketamine, and a quarter of "
            "them fell below "
            "90 mmHg.",
            (
                (0.848, "You divided the other way round. Heart rate stands on top."),
                (17.0, "That is the difference. An index is a ratio."),
                (117.9, "That is in percent. Give the plain ratio."),
            ),
        ),
        wrong={"upside down": 0.848, "difference": 17.0, "percent": 117.9, "low": 0.9},
    ),
    Exercise(
        key="extra_collapse",
        title="One more collapse for every ...",
        objective="O5",
        task=(
            "In the trial of 2025, 260 of 1176 people collapsed with ketamine and 202 of 1189 "
            "with etomidate. "
            "How many people have to be intubated with ketamine instead of etomidate for one more collapse?"
        ),
        hint="Take the difference of the two risks, as fractions. Then one over it.",
        solution=extra_collapse,
        judge=number(
            19.53,
            "",
            "About twenty. The interval of the difference, 1.9 to 8.3 in a hundred, makes that 12 to 53.",
            (
                (5.12, "That is the difference in percentage points. Take one over the fraction."),
                (0.0512, "That is the difference as a fraction. The number is one over it."),
                (4.523, "That is one over the risk with ketamine. You need the difference."),
                (1.301, "That is the ratio of the risks. You need their difference."),
                (0.1953, "Percentage points again: use fractions, such as 0.221."),
            ),
            tolerance=0.035,
        ),
        wrong={
            "points": 5.12,
            "fraction": 0.0512,
            "one risk": 4.523,
            "ratio": 1.301,
            "percent": 0.1953,
            "high": 30.0,
        },
    ),
    Exercise(
        key="keep_asleep",
        title="Keep the effect site up",
        objective="O2",
        task=(
            "Change the code: write a list of doses that keeps the effect site of the arterial "
            "patient (70 kg, "
            "delay 23 s) at 1,640 ng/mL or more from 2 to 30 min, and never above 9,000. A bolus "
            "over a minute "
            "is `pk.Dose(mg, 'iv', duration=1)`; an infusion may start later, with `time`. The "
            "check runs your "
            "list through the model and accepts every list that works. (An exercise in the "
            "model, not a way to "
            "treat anyone.)"
        ),
        hint=(
            "After 140 mg in a minute the site falls below 1,640 ng/mL at about seven minutes. Begin the "
            "infusion before that. Clearance times 1.64 mg/L is the least it must give each minute; tissue "
            "takes more."
        ),
        solution=keep_asleep,
        judge=_asleep,
        wrong={
            "bolus only": [pk.Dose(140, "iv", duration=1)],
            "infusion only": [pk.Dose(210, "iv", duration=30)],
            "too late": [pk.Dose(140, "iv", duration=1), pk.Dose(220, "iv", time=12, duration=18)],
            "too much": [pk.Dose(280, "iv", duration=1), pk.Dose(200, "iv", time=4, duration=26)],
            "not doses": [140, 200],
        },
        imports="from ketalab.models import pharmacokinetics as pk",
    ),
    Exercise(
        key="stable_and_safe",
        title="The safest drug in septic shock?",
        objective="O4",
        task=(
            "A colleague says: *Ketamine keeps blood pressure stable, so in septic shock it is "
            "the safest drug "
            "to intubate with.* Write a reply that uses one measured result from planned surgery "
            "and one from a "
            "randomised trial in the critically ill, and says what that trial did not find."
        ),
        hint="What did pressure do in planned surgery? What happened more often in 2025? What "
        "about deaths?",
        solution=stable_and_safe,
        judge=argument(
            (
                Point(
                    "that pressure rises in planned surgery",
                    ("rise", "raise", "rose", "increase", "higher", "goes up", "went up"),
                    "Look at the first lines of the pressure explorable.",
                ),
                Point(
                    "the collapse in the trial",
                    ("collapse",),
                    "What was more frequent with ketamine than with etomidate in 2025?",
                ),
                Point(
                    "what happened to deaths",
                    ("death", "died", "mortality", "surviv", "day 28", "deadl"),
                    "A trial has a primary outcome: did it differ?",
                ),
            ),
            "You corrected a word and kept the evidence in proportion.",
        ),
        wrong={
            "too short": "No, it is not.",
            "only planned": "In planned surgery ketamine raises the pressure and the heart rate of almost "
            "everyone, so the word stable is wrong, and nobody should say that it is a stable drug at all.",
            "no deaths": "It raises pressure in planned surgery, but in the randomised trial of "
            "the critically "
            "ill there was more cardiovascular collapse with ketamine than there was with "
            "etomidate in 2025.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "Ketamine and propofol both put a person to sleep within a minute or so. What does "
        "ketamine do that "
        "propofol does not?",
        (
            Option(
                "It wakes people sooner",
                "No: the sources give 3 to 7 min for propofol, 5 to 10 for ketamine.",
            ),
            Option(
                "It removes the need to watch breathing",
                "No: breathing stopped in some, with any sedative.",
            ),
            Option("It never causes agitation", "The reverse: agitation on waking is its own problem."),
            Option(
                "It usually raises blood pressure",
                "Yes: up by 15 mmHg in one study of 52, against 30 mmHg down after propofol in another.",
                right=True,
            ),
        ),
    ),
    Question(
        "O2",
        "The effect-site concentration is highest at the moment when",
        (
            Option("the injection ends", "Plasma is highest then; the site is still filling."),
            Option(
                "it meets the falling plasma concentration",
                "Yes: before, plasma is higher and the site fills; after, plasma is lower and it empties.",
                right=True,
            ),
            Option("half of the drug is cleared", "Clearance has hardly begun in the first minutes."),
            Option("one half-life of the delay has passed", "That holds for no particular reason."),
        ),
    ),
    Question(
        "O3",
        "In people intubated before hospital, ketamine raised the pressure of one group and not "
        "of the other. "
        "What told them apart?",
        (
            Option(
                "Heart rate over systolic pressure, before the drug",
                "Yes, the shock index. Where it was 0.9 or more, pressure did not rise (2 mmHg, -4 to 7).",
                right=True,
            ),
            Option("Their dose", "The abstract does not give doses; groups were made before induction."),
            Option("Whether they had pain", "That was not how they were grouped."),
            Option("Randomisation", "Nobody was randomised; it was an observational study."),
        ),
    ),
    Question(
        "O4",
        "One study reports emergence reactions in 1.4 % and another in 25 %. The most likely "
        "reason is that",
        (
            Option("one of them is wrong", "Both may be right about what they counted."),
            Option(
                "they counted different things in different people",
                "Yes: clinically important agitation in children against every sign of distress in adults.",
                right=True,
            ),
            Option("the drug has changed since", "It is the same molecule."),
            Option("25 % were given no ketamine", "No: the 25 % had ketamine without midazolam."),
        ),
    ),
    Question(
        "O5",
        "The trial of 2365 critically ill adults compared ketamine with etomidate. Which sentence is fair?",
        (
            Option(
                "Ketamine saves lives", "Deaths differed by -0.8 points, with an interval from -4.5 to 2.9."
            ),
            Option(
                "Deaths did not differ clearly; collapse was more frequent with ketamine; trauma "
                "was not studied",
                "Yes: -0.8 points (-4.5 to 2.9) for death and +5.1 (1.9 to 8.3) for collapse.",
                right=True,
            ),
            Option(
                "Ketamine should never be used for intubation",
                "The trial does not show that: by day 28 as many had survived.",
            ),
            Option(
                "It proves that ketamine is worse in trauma",
                "People with a primary diagnosis of trauma were excluded.",
            ),
        ),
    ),
)
