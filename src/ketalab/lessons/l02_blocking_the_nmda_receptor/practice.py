"""Practice of lesson 02: blocking the NMDA receptor."""

from math import exp

from ketalab.models import receptor as r
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "where_it_blocks",
        "A brain's magnesium sits in the pore and is pushed out as the membrane depolarises. Ketamine "
        "wants the same place. Of the current that magnesium leaves, where does a fixed amount of "
        "ketamine take the largest share?",
        (
            (
                "At rest, -70 mV: there it is drawn in hardest",
                "It is drawn in hardest there, but so is magnesium, and more. 2 µM take 11 % of what is "
                "left at rest and 23 % at -20 mV. Without magnesium you would be right.",
            ),
            (
                "In between, near -20 mV",
                "Right: the share peaks at -21 mV, with 23 % for 2 µM against 11 % at rest. Below, "
                "magnesium wins; above, the field pushes both out.",
            ),
            (
                "At positive potentials: there magnesium is gone",
                "Magnesium is gone, but the field pushes ketamine out as well. The share peaks at -21 mV.",
            ),
            (
                "It is the same everywhere",
                "Both blockers are charged, so both feel the field: 11 % at rest, 23 % at -20 mV.",
            ),
        ),
        "Drag magnesium to nought and back, and watch where the dashed line stands.",
    ),
    Prediction(
        "after_a_minute",
        "In a dish, thirty pulses in 2 µM ketamine have cut the synaptic current to 32 %. Now the drug is "
        "washed away completely, and the synapse is left alone for a minute, without a single pulse. How "
        "large is the next current?",
        (
            (
                "Nearly full: there is no drug left",
                "There is none around the cell, but there is in the channels: the next current is 33 %. "
                "Closed gates let nothing out.",
            ),
            (
                "About halfway back",
                "It is 33 %: practically nothing left in a minute of silence. Pulses are what brings the "
                "current back, 40 of them to 73 %.",
            ),
            (
                "Practically unchanged",
                "Right: 33 %. The drug is trapped behind closed gates and leaves only when they open: 40 "
                "pulses bring the current to 73 %.",
            ),
        ),
        "Move the pause from nothing to two minutes. Then compare the three drugs.",
    ),
    Prediction(
        "how_much_of_it",
        "0.5 mg/kg of ketamine over 40 minutes is enough to change perception (lesson 01). In the model, "
        "how much of the NMDA current of a resting membrane does it take at the peak, with a brain's "
        "magnesium?",
        (
            (
                "Most of it",
                "2.2 % in the model. Even without magnesium it would be 33 %, so the word *blocker* says "
                "more than the dose does.",
            ),
            (
                "About a third",
                "That is the answer without magnesium: 33 %. With it, 2.2 %. Most numbers you will read "
                "were measured without.",
            ),
            (
                "A few percent",
                "Right, in this model: 2.2 %. Measurements in rats would put it at 14 to 26 %. That gap "
                "is the honest answer of this lesson.",
            ),
        ),
        "Drag magnesium to nought, then the potential to -20 mV.",
    ),
)


def free_level():
    plasma = 185  # ng/mL, all of it
    unbound = 0.53  # fraction
    molar_mass = 237.73  # g/mol
    # your turn
    free_um = plasma * unbound / molar_mass  # µM
    # done
    return free_um


def half_block_at_rest():
    ic50 = 0.71  # µM, without magnesium, at -70 mV
    magnesium, constant, slope = 1.0, 3.57, 0.062  # mM, mM, 1/mV
    voltage = -70  # mV
    # your turn
    magnesium_half = constant * exp(slope * voltage)  # mM that block half
    half = ic50 * (1 + magnesium / magnesium_half)  # µM
    # done
    return half


def mirror_images():
    k_s, k_r = 0.3, 1.4  # µM, Ki of S- and R-ketamine
    # your turn
    k_racemate = 2 / (1 / k_s + 1 / k_r)  # µM, of both together
    # done
    return k_racemate


def tell_them_apart():
    # your turn
    phases = [r.Train(5, 0.0), r.Train(30, 2.0), r.Train(30, 0.0, rest=60)]  # a list of phases
    # done
    return phases


def memantine_argument():
    # your turn
    reply = (
        "Not by itself. The two memantine trials were small, 32 and 31 people, so they could miss a "
        "modest effect. Magnesium weakens memantine at rest as much as ketamine, and one study found "
        "that at rest, in magnesium, memantine did not block at all. It was also swallowed daily and "
        "slowly, not infused. But lanicemine, another channel blocker, failed in 302 people, so blocking "
        "the channel is not enough on its own."
    )  # at least 25 words
    # done
    return reply


def _tells_apart(answer) -> Judgement:
    """Judge a protocol by running it: the last pulse must differ by 20 points between the drugs."""
    phases = list(answer)
    if not phases or not all(isinstance(phase, r.Train) for phase in phases):
        return Judgement(False, "Give a list of phases, such as [r.Train(5, 0.0), r.Train(30, 2.0)].")
    if sum(phase.pulses for phase in phases) > 300 or any(phase.free_um > 20 for phase in phases):
        return Judgement(False, "Keep to 300 pulses in all and to 20 µM: cells do not live for ever.")
    if not any(phase.free_um > 0 for phase in phases):
        return Judgement(False, "No drug is ever there: the second number of a phase is its µM.")
    last = [100 * r.pulse_train(phases, r.published(n), 1.0, -70, 0.0)[1][-1] for n in NAMES]
    apart = abs(last[0] - last[1])
    shown = f"the last current is {last[0]:.0f} % with ketamine and {last[1]:.0f} % with memantine"
    if apart >= 20:
        return Judgement(True, f"You see trapping and speed at work: {shown}.")
    if phases[-1].free_um > 0:
        return Judgement(False, f"In the drug they look alike: {shown}. What differs is how they leave.")
    if phases[-1].rest >= 300:
        return Judgement(False, f"Silence lets nothing out of closed channels: {shown}. Add pulses.")
    return Judgement(False, f"On the right track: {shown}. Give the drug longer to get in, or to leave.")


NAMES = ("ketamine", "memantine")

EXERCISES = (
    Exercise(
        key="free_level",
        title="What is left to bind",
        objective="O2",
        task=(
            "A plasma level of 185 ng/mL counts all ketamine, also what is bound to protein. Derive the "
            "free concentration in µM from $C = f_u\\, C_\\text{total} / M$. One ng/mL over one g/mol is "
            "one µM."
        ),
        hint="Multiply by the fraction that is free, divide by the molar mass. The units work out.",
        solution=free_level,
        judge=number(
            0.4124,
            "µM",
            "About 0.41 µM. Keep this number: the rest of the lesson asks what it can do.",
            (
                (0.7782, "That is all of the ketamine. Only the unbound part can reach a receptor."),
                (0.3658, "That is the part which is bound. You want the other part."),
                (412.4, "That is in nM. The answer is asked for in µM."),
                (2.4246, "You divided the other way round: mass over molar mass gives moles."),
            ),
        ),
        wrong={"total": 0.7782, "bound": 0.3658, "nM": 412.4, "upside down": 2.4246, "low": 0.3},
    ),
    Exercise(
        key="half_block_at_rest",
        title="The number in the brain",
        objective="O1",
        task=(
            "Ketamine's IC50 of 0.71 µM was measured without magnesium. Compute the concentration that "
            "takes half of the current at rest with 1 mM magnesium, from "
            "$K\\,(1 + [\\text{Mg}]/K_\\text{Mg})$, where "
            "$K_\\text{Mg} = 3.57\\,\\text{mM}\\; e^{0.062\\,V}$."
        ),
        hint=(
            "First $K_\\text{Mg}$ at -70 mV: it should come out far below 1 mM, because at rest little "
            "magnesium is enough."
        ),
        solution=half_block_at_rest,
        judge=number(
            15.966,
            "µM",
            "16 µM: magnesium makes ketamine look more than twenty times weaker at rest.",
            (
                (
                    0.7126,
                    "Hardly changed: check the sign. At -70 mV the exponent is negative, so K_Mg is small.",
                ),
                (22.487, "That is the factor by which magnesium weakens it. Multiply it by the IC50."),
                (15.256, "You left out the 1: part of the channels have nothing in them."),
                (22.197, "You added the IC50. Competition multiplies it."),
            ),
            tolerance=0.004,
        ),
        wrong={"sign": 0.7126, "factor": 22.487, "no one": 15.256, "added": 22.197, "low": 9.0},
        imports="from math import exp",
    ),
    Exercise(
        key="mirror_images",
        title="Two hands at one site",
        objective="O4",
        task=(
            "One study found a Ki of 0.3 µM for S- and 1.4 µM for R-ketamine at the pore site. An infusion "
            "holds both in equal parts. What Ki would the same study have found for the mixture? Each "
            "half competes with its own strength, $1/K = \\tfrac12 (1/K_S + 1/K_R)$."
        ),
        hint="Strength is one over K. Average the strengths, then turn the average round.",
        solution=mirror_images,
        judge=number(
            0.4941,
            "µM",
            "About 0.49 µM, nearer to S than the average of the two: the stronger hand does most of it.",
            (
                (0.85, "That averages the constants. What adds up is one over the constant."),
                (0.2471, "Each enantiomer is only half of the mixture: the average needs the factor 2."),
                (2.0238, "That is the average strength, in 1/µM. Turn it round."),
                (0.6481, "That is the geometric mean. What adds up is one over the constant."),
            ),
            tolerance=0.01,
        ),
        wrong={"mean": 0.85, "no two": 0.2471, "strength": 2.0238, "geometric": 0.6481, "low": 0.3},
    ),
    Exercise(
        key="tell_them_apart",
        title="Design the experiment",
        objective="O3",
        task=(
            "Change the code: write a list of phases that tells ketamine from memantine. A phase is "
            "`r.Train(pulses, free_um, rest=seconds)`: first the rest, then pulses one second apart, with "
            "this much free drug. The check runs your list for both drugs at -70 mV without magnesium, and "
            "wants the last currents to differ by 20 percentage points. It accepts every design that works."
        ),
        hint="Pulse a few times without drug, load the channels, then wash. What differs is leaving.",
        solution=tell_them_apart,
        judge=_tells_apart,
        wrong={
            "not phases": [5, 30],
            "no drug": [r.Train(5, 0.0), r.Train(30, 0.0)],
            "drug only": [r.Train(5, 0.0), r.Train(30, 2.0)],
            "silence": [r.Train(5, 0.0), r.Train(30, 2.0), r.Train(1, 0.0, rest=600)],
            "too short": [r.Train(5, 0.0), r.Train(30, 2.0), r.Train(5, 0.0, rest=60)],
        },
        imports="from ketalab.models import receptor as r",
    ),
    Exercise(
        key="memantine_argument",
        title="Does memantine settle it?",
        objective="O5",
        task=(
            "A classmate says: *Memantine blocks the same channel and does not help depression. So "
            "ketamine cannot work through NMDA receptors.* Write a fair reply that names at least three "
            "things to weigh, for or against."
        ),
        hint=(
            "How large were the trials? What does magnesium do to each drug at rest? How was it given? "
            "What did other channel blockers do?"
        ),
        solution=memantine_argument,
        judge=argument(
            (
                Point(
                    "how large the memantine trials were",
                    ("small", "32", "31", "few people", "people in"),
                    "Look at the number of people in each trial.",
                ),
                Point(
                    "how the two differ at the receptor or in the way they are given",
                    (
                        "magnesium",
                        "at rest",
                        "resting",
                        "trap",
                        "oral",
                        "swallow",
                        "infus",
                        "dose",
                        "concentration",
                        "subunit",
                    ),
                    "Same channel, but the same block, at the same speed, by the same route?",
                ),
                Point(
                    "what other channel blockers did",
                    ("lanicemine", "dextromethorphan", "other blocker", "other channel blocker"),
                    "Memantine is not the only other blocker that was tried.",
                ),
            ),
            "You weighed the size of the trials, the pharmacology and the other blockers.",
        ),
        wrong={
            "too short": "It settles it.",
            "only size": "The two trials of memantine were small, with 32 and 31 people, so they might "
            "have missed an effect of modest size, and nobody should conclude anything from them at all.",
            "only pharmacology": "Memantine leaves faster and magnesium weakens it at rest, so the same "
            "site does not mean the same block, and it is taken as a tablet every day and not by a drip.",
            "no pharmacology": "The trials were small, 32 and 31 people, and lanicemine was tried in 302 "
            "people and failed as well, so I would say that nobody can tell yet and more work is needed.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "Ketamine's IC50 is 0.71 µM in one experiment. Why is that not the number for a resting synapse "
        "in a brain?",
        (
            Option(
                "The experiment had no magnesium, which competes for the same pore",
                "Yes: with 1 mM magnesium at rest the model needs 16 µM for the same half.",
                right=True,
            ),
            Option("The cells came from people", "Human receptors are what you would want here."),
            Option(
                "An IC50 is only valid for enzymes",
                "It is used for any inhibition; what matters is the condition it was measured in.",
            ),
            Option(
                "The brain is warmer",
                "The model leaves temperature out. But magnesium alone changes it more than twentyfold.",
            ),
        ),
    ),
    Question(
        "O2",
        "Plasma holds 185 ng/mL ketamine. Which step does not belong between this number and a block?",
        (
            Option("Take the part that is not bound to protein", "It belongs: only free drug can bind."),
            Option("Divide by the molar mass", "It belongs: constants are in µM, levels in ng/mL."),
            Option(
                "Multiply by the total concentration in brain over plasma",
                "Right, it does not: most of the brain's ketamine is bound to tissue, and only the free "
                "part counts.",
                right=True,
            ),
            Option(
                "Ask how depolarised the membrane is and how much magnesium there is",
                "It belongs: the same free level blocks differently at rest and at a busy synapse.",
            ),
        ),
    ),
    Question(
        "O3",
        "Ketamine was washed away a minute ago, and the synapse was silent since. The next current is "
        "still small. Why?",
        (
            Option(
                "Washing takes longer than a minute",
                "In the model the drug around the cell is gone at once.",
            ),
            Option(
                "The drug sits behind closed gates and leaves only when they open",
                "Yes: that is trapping, and pulses are what releases it.",
                right=True,
            ),
            Option("The receptors were destroyed", "They recover when they are used."),
            Option("Magnesium has taken its place", "Magnesium comes and goes far faster than that."),
        ),
    ),
    Question(
        "O4",
        "A table lists a Ki of 3.1 µM at the pore site and an IC50 of 0.71 µM for the current. Which "
        "conclusion is fair?",
        (
            Option(
                "One laboratory made a mistake",
                "Both can be right: the assays differ in species, temperature, activity and what they see.",
            ),
            Option(
                "The two cannot be compared: one is binding, the other a change of function",
                "Yes. Compare within an assay, and say which it is.",
                right=True,
            ),
            Option(
                "The true value is their mean", "A mean of two different quantities is neither of them."
            ),
            Option(
                "The smaller is always the better", "Smaller is tighter, in its own assay and no other."
            ),
        ),
    ),
    Question(
        "O5",
        "Which result speaks most directly against calling every channel blocker an antidepressant?",
        (
            Option(
                "Lanicemine did not differ from saline in 302 people",
                "Yes: it blocks the same channel, was infused, and the trial was a large one.",
                right=True,
            ),
            Option(
                "Ketamine beat midazolam at 24 hours",
                "That is a result for one blocker, not against the others.",
            ),
            Option(
                "A scan saw ketamine push out a tracer",
                "It shows that ketamine reaches the pore, not what that does.",
            ),
            Option(
                "Dizocilpine is trapped almost for good",
                "True, but it says nothing about depression.",
            ),
        ),
    ),
)
