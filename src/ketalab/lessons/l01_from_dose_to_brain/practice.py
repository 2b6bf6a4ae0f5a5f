"""Practice of lesson 01: from dose to brain."""

from math import log

import numpy as np

from ketalab.models import pharmacokinetics as pk
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "faster_infusion",
        "The usual dose for depression is 0.5 mg/kg over 40 minutes. Suppose the same dose runs in "
        "over 10 minutes, and blood is drawn from an artery. What happens to the peak?",
        (
            (
                "It stays the same: the dose is the same",
                "The dose is the same, but the tissues have less time to soak it up: the arterial "
                "model goes from 289 to 780 ng/mL.",
            ),
            (
                "It rises a little, by a third or so",
                "More than that in an artery: 289 becomes 780 ng/mL. In the venous model 158 becomes 224, "
                "which is a third or so: where you sample matters.",
            ),
            (
                "It more than doubles",
                "Right for arterial blood: 289 becomes 780 ng/mL. The venous model says 158 becomes 224: "
                "where you sample matters.",
            ),
            (
                "It falls, because the drug is cleared faster",
                "Clearance does not depend on how fast you infuse. The arterial peak rises from 289 to "
                "780 ng/mL.",
            ),
        ),
        "Set the infusion time to 10 min, once with the venous and once with the arterial model.",
    ),
    Prediction(
        "six_sessions",
        "Six infusions, two a week. How much ketamine is left in the blood just before the sixth?",
        (
            (
                "About half of the peak",
                "Far less: below 0.01 ng/mL, after a peak of 289. Half is gone within the first hours.",
            ),
            (
                "About a tenth of the peak",
                "Less still: below 0.01 ng/mL, after a peak of 289. A tenth is passed on the first day.",
            ),
            (
                "Practically nothing",
                "Right: below 0.01 ng/mL. Nothing accumulates at this spacing, so a course of infusions "
                "is not a slow filling of the body with drug.",
            ),
        ),
        "Read the number below the picture; then bring the sessions closer together.",
    ),
)


def loading_dose():
    target = 150 / 1000  # mg/L, which is 150 ng/mL
    central_volume = 133  # L, from Otto 2021
    # your turn
    dose = target * central_volume  # mg
    # done
    return dose


def half_life():
    early, late = 36.6, 13.0  # ng/mL, at 3 h and at 6 h
    hours_between = 3.0
    # your turn
    halvings = log(early / late) / log(2)
    half_life_h = hours_between / halvings  # hours
    # done
    return half_life_h


def three_devices():
    first, later = 0.622, 0.453  # fraction of a 28-mg device that reaches the blood
    # your turn
    fraction = (first + 2 * later) / 3  # of the 84 mg
    # done
    return fraction


def hold_the_level():
    patient = pk.published("otto2021").typical()
    print(f"clearance {pk.clearance(patient, 'ketamine')[0]:.2f} L/min")
    # your turn
    doses = [pk.Dose(23, "iv"), pk.Dose(0.44 * 60, "iv", duration=60)]  # a list of doses
    # done
    return doses


def two_papers():
    # your turn
    reply = (
        "One group drew blood from an artery and the other from a vein. During an infusion the arm's "
        "own tissue takes up drug before the venous blood comes back, so the vein shows less. They "
        "may also not have measured the same thing: one gave S-ketamine and the other the racemate, "
        "and people were healthy volunteers in one study and patients in the other."
    )  # at least 25 words
    # done
    return reply


MINUTES = np.arange(10, 61)


def _holds(answer) -> Judgement:
    """Judge a list of doses by what it does: 150 ng/mL within a tenth from 10 to 60 min."""
    doses = list(answer)
    if not doses or not all(isinstance(dose, pk.Dose) for dose in doses):
        return Judgement(False, "Give a list of doses, such as [pk.Dose(20, 'iv')].")
    patient = pk.published("otto2021").typical()
    curve = pk.concentration(patient, doses, MINUTES, "ketamine")[0]
    low, high = curve.min(), curve.max()
    if low >= 135 and high <= 165:
        return Judgement(True, f"Your level stays between {low:.0f} and {high:.0f} ng/mL.")
    if high > 165 and low >= 135:
        return Judgement(False, f"It is never too low, but it reaches {high:.0f} ng/mL: give less.")
    if curve[0] < 135 and curve[-1] > curve[0]:
        return Judgement(
            False,
            f"At 10 min there are only {curve[0]:.0f} ng/mL: begin with a bolus (duration 0).",
        )
    if curve[-1] < 135 and curve[0] > curve[-1] * 1.5:
        return Judgement(
            False,
            f"At 60 min only {curve[-1]:.0f} ng/mL are left: the bolus needs an infusion behind it.",
        )
    return Judgement(
        False,
        f"The level runs from {low:.0f} to {high:.0f} ng/mL. The tissues are still filling, so the "
        "infusion has to give more than clearance alone takes.",
    )


EXERCISES = (
    Exercise(
        key="loading_dose",
        title="A loading dose",
        objective="O2",
        task=(
            "You want 150 ng/mL in plasma at once, before anything has been distributed. Derive the "
            "dose from $C = D / V_1$. Mind the units: ng/mL, mg/L and litres."
        ),
        hint="Solve $C = D/V_1$ for $D$. A thousand ng/mL are one mg/L, so `target` is in mg/L already.",
        solution=loading_dose,
        judge=number(
            19.95,
            "mg",
            "About 20 mg fills the central volume to 150 ng/mL; a minute later it is already falling.",
            (
                (19950, "That is a thousand times too much: 150 ng/mL is 0.150 mg/L."),
                (
                    62.8,
                    "That fills all compartments at once. At time zero only the central one is full.",
                ),
                (1.13, "You divided. The larger the volume, the more drug it takes: multiply."),
                (887, "You divided the other way round. Dose is concentration times volume."),
            ),
        ),
        wrong={
            "unit": 19950,
            "all volumes": 62.8,
            "divided": 1.13,
            "upside down": 887,
            "low": 15.0,
        },
    ),
    Exercise(
        key="half_life",
        title="A half-life from a straight line",
        objective="O3",
        task=(
            "Set the explorable to 0.5 mg/kg over 40 min with the Otto model and the logarithmic "
            "scale. Between 3 h and 6 h the line is almost straight: 36.6 ng/mL becomes 13.0 ng/mL. "
            "How long does it take to halve?"
        ),
        hint=(
            "Halving $n$ times multiplies by $2^{-n}$. How many halvings take you from 36.6 to 13.0? "
            "That number times the half-life is three hours."
        ),
        solution=half_life,
        judge=number(
            2.009,
            "h",
            "Two hours. Later it looks longer, because a slower phase lies beneath.",
            (
                (6.68, "You used the logarithm to base ten without dividing by log10(2)."),
                (1.49, "You counted halvings but did not divide the three hours by them."),
                (2.9, "Your number is 3 h over ln(early/late): multiply by ln 2."),
                (
                    1.07,
                    "That is the ratio of the concentrations taken as halvings; take its logarithm.",
                ),
                (120.5, "That is in minutes. The answer is asked for in hours."),
            ),
            tolerance=0.03,
        ),
        wrong={
            "log10": 6.68,
            "halvings": 1.49,
            "no ln 2": 2.9,
            "ratio": 1.07,
            "minutes": 120.5,
            "low": 1.6,
        },
        imports="from math import log",
    ),
    Exercise(
        key="three_devices",
        title="Three devices are not three times one",
        objective="O2",
        task=(
            "A nasal dose of 84 mg comes in three devices of 28 mg. Of the first, a fraction 0.622 "
            "reaches the blood in the model; of each later one 0.453. What fraction of the 84 mg does?"
        ),
        hint="Average over the three devices: one is `first`, two are `later`.",
        solution=three_devices,
        judge=number(
            0.5093,
            "",
            "The paper itself states 0.51: the model, as coded here, gives back its source.",
            (
                (0.622, "That is the first device only. The other two lose more."),
                (0.5375, "That is two devices. Here there are three."),
                (
                    1.528,
                    "You added the fractions. A fraction of the whole dose needs their average.",
                ),
                (0.453, "That treats all three as later ones. The first is absorbed better."),
            ),
            tolerance=0.01,
        ),
        wrong={"first only": 0.622, "two": 0.5375, "sum": 1.528, "later only": 0.453, "low": 0.4},
    ),
    Exercise(
        key="hold_the_level",
        title="Hold the level",
        objective="O4",
        task=(
            "Change the code: write a list of doses that keeps the typical Otto patient between 135 "
            "and 165 ng/mL from 10 to 60 min. A bolus is `pk.Dose(mg, 'iv')`, an infusion "
            "`pk.Dose(mg, 'iv', duration=minutes)`. The check runs your list through the model and "
            "accepts every list that works. (An exercise in the model, not a way to treat anyone.)"
        ),
        hint=(
            "Start from your loading dose. Clearance times level (0.150 mg/L) is what the body removes "
            "each minute; the tissues take some too, so give more than that."
        ),
        solution=hold_the_level,
        judge=_holds,
        wrong={
            "bolus only": [pk.Dose(20, "iv")],
            "infusion only": [pk.Dose(14.3, "iv", duration=60)],
            "bolus and clearance only": [pk.Dose(20, "iv"), pk.Dose(14.3, "iv", duration=60)],
            "too much": [pk.Dose(30, "iv"), pk.Dose(40, "iv", duration=60)],
            "not doses": [20, 14],
        },
        imports="from ketalab.models import pharmacokinetics as pk",
    ),
    Exercise(
        key="two_papers",
        title="Two papers, two peaks",
        objective="O5",
        task=(
            "For 35 mg over 40 min one published model gives 158 ng/mL and another 289. A classmate "
            "says: *One of them must be wrong.* Write a reply that names at least two reasons why "
            "both may be right."
        ),
        hint="Where was the blood drawn? What exactly was given and measured? In whom?",
        solution=two_papers,
        judge=argument(
            (
                Point(
                    "where the blood was drawn",
                    ("arter", "vein", "venous", "sampling site"),
                    "Look at the label of each model: it names a vessel.",
                ),
                Point(
                    "what was given or who was studied",
                    (
                        "s-ketamine",
                        "racem",
                        "enantiomer",
                        "volunteers",
                        "patients",
                        "population",
                        "base",
                        "salt",
                        "hydrochloride",
                        "assay",
                    ),
                    "Were the drug, the assay and the people the same?",
                ),
            ),
            "You read the Methods before you judged the Results.",
        ),
        wrong={
            "too short": "They differ.",
            "only people": "The people in one study were healthy volunteers and in the other they were "
            "patients, so they will differ in weight and age and in how fast they clear the drug.",
            "only site": "One of the two groups drew blood from an artery and the other one from a "
            "vein, so the two numbers are not the same quantity at all, and both may well be right.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "What does the single chiral centre of ketamine change?",
        (
            Option(
                "Nothing: both forms have the same formula",
                "Same formula, but receptors and enzymes are chiral themselves and tell them apart.",
            ),
            Option(
                "How strongly it acts and how fast it is cleared",
                "Yes: S-ketamine is the stronger anaesthetic, and is cleared somewhat faster.",
                right=True,
            ),
            Option("Its molar mass", "No: mirror images weigh the same."),
            Option("Whether it can cross into the brain", "Both do: they are equally soluble in fat."),
        ),
    ),
    Question(
        "O2",
        "Why does so little swallowed ketamine reach the circulation?",
        (
            Option("It is destroyed by stomach acid", "No: it is lost later, in gut wall and liver."),
            Option(
                "Gut wall and liver turn most of it into metabolites on the first pass",
                "Yes, and so swallowed doses give more norketamine and hydroxynorketamine.",
                right=True,
            ),
            Option("It is not absorbed", "It is absorbed well; it does not survive the first pass."),
            Option("It binds to food", "No: first-pass metabolism is the reason."),
        ),
    ),
    Question(
        "O3",
        "When an infusion ends, the concentration falls fast at first, long before much of the drug has "
        "been cleared. Why?",
        (
            Option(
                "The drug moves into tissue",
                "Yes: distribution ends the first phase, clearance the last one.",
                right=True,
            ),
            Option(
                "The liver works hardest at first",
                "Clearance is constant here: it cannot explain a fall that fast.",
            ),
            Option("The assay loses sensitivity", "No: the fall is seen with every assay."),
            Option("It is breathed out", "No: ketamine is not volatile."),
        ),
    ),
    Question(
        "O4",
        "A colleague gives the usual dose in 2 minutes instead of 40. Which statement is true?",
        (
            Option(
                "The brain sees the same, because the dose is the same",
                "Arterial blood, which the brain sees, peaks several times higher.",
            ),
            Option(
                "Arterial blood peaks several times higher, up to levels that anaesthetise",
                "Yes: the arterial model goes from 289 to about 2,000 ng/mL.",
                right=True,
            ),
            Option("The drug is cleared faster", "Clearance does not depend on the rate of infusion."),
            Option("The area under the curve doubles", "The area is dose over clearance: unchanged."),
        ),
    ),
    Question(
        "O5",
        "A model from venous blood predicts too little one minute after a bolus. What is the best "
        "explanation?",
        (
            Option("The patients were heavier", "Weight would shift all times, not the first minutes."),
            Option(
                "Its central volume is large, because the early arterial peak was never sampled",
                "Yes: what was not sampled cannot be predicted.",
                right=True,
            ),
            Option("The model has a bug", "It gives back its own source's numbers."),
            Option(
                "Ketamine is not linear at this dose",
                "Possible in principle, but the arterial linear model fits these points.",
            ),
        ),
    ),
    Question(
        "O5",
        "In 300 virtual people given 0.5 mg/kg by weight, the highest and the lowest concentrations at "
        "the end differ about twofold. What does that mean at the bedside?",
        (
            Option("The dose is wrong", "No dose removes this: people differ in volume and clearance."),
            Option(
                "The same order gives different exposures, so you watch the person, not the number",
                "Yes: that is one reason for supervision.",
                right=True,
            ),
            Option(
                "Dosing by weight is useless",
                "It removes the part that weight explains; the rest remains.",
            ),
            Option("Everyone should get the highest dose", "That would expose some to twice the level."),
        ),
    ),
)
