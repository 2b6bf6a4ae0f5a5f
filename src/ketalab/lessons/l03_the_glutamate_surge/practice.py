"""Practice of lesson 03: the glutamate surge."""

from ketalab.models import circuit, spiking
from ketalab.practice.exercise import Exercise, Judgement, Point, argument, number
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Option, Question

PREDICTIONS = (
    Prediction(
        "every_cell_alike",
        "NMDA receptors excite. Suppose ketamine blocks half of them on every cell of a cortical circuit "
        "alike, pyramidal cells and interneurons. What do the pyramidal cells do?",
        (
            (
                "They fall silent",
                "No: 3.0 Hz become 2.6 Hz in the model. Their interneurons lose excitation too, so less "
                "holds them back.",
            ),
            (
                "They fire a little less",
                "Right: 3.0 Hz become 2.6 Hz in the model. Two losses nearly cancel. So block alone makes "
                "no surge; something has to tip the balance.",
            ),
            (
                "They fire more",
                "Not when all cells are blocked alike: 3.0 Hz become 2.6 Hz. Interneurons must be hit "
                "harder than pyramidal cells.",
            ),
        ),
        "Set the selectivity to 1 and move the block. Then make the drug prefer interneurons.",
    ),
    Prediction(
        "ten_times_the_dose",
        "In rats 10, 20 and 30 mg/kg of ketamine raised glutamate in the prefrontal cortex. What did "
        "200 mg/kg do?",
        (
            (
                "Raised it more",
                "It fell, and at 50 mg/kg there was no change: more drug is not more surge.",
            ),
            ("Raised it just as much", "It fell; at 50 mg/kg there was no change. There is no plateau."),
            (
                "Lowered it",
                "Right: it fell, and at 50 mg/kg there was no change. The dose curve is an upside-down U.",
            ),
        ),
        "Look at the black marks above the curve.",
    ),
)


def two_blocks():
    occupancy, selectivity = 0.5, 4.0
    # your turn
    odds = occupancy / (1 - occupancy) * selectivity**0.5
    block = odds / (1 + odds)  # of the interneurons' receptors
    # done
    return block


def read_a_raster():
    marks, cells, seconds = 228, 40, 1.0
    # your turn
    rate = marks / cells / seconds  # Hz
    # done
    return rate


def break_even():
    def pyramidal_rate(selectivity):
        """Hz, with half of the receptors blocked."""
        return float(circuit.steady_state(*circuit.block_from_occupancy(0.5, selectivity)).pyramidal)

    print(f"selectivity 1: {pyramidal_rate(1):.1f} Hz, selectivity 2: {pyramidal_rate(2):.1f} Hz")
    # your turn
    low, high = 1.0, 2.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if pyramidal_rate(middle) < 3 else (low, middle)
    selectivity = low
    # done
    return selectivity


def worst_error():
    runs = list(spiking.stored_runs().values())  # each has blocks and rates
    first = runs[0]
    print(
        f"{len(runs)} runs; the first: {first.pyramidal.rate:.1f} Hz, blocked {first.block_pyramidal:.0%}"
    )
    # your turn
    errors = []
    for run in runs:
        state = circuit.steady_state(run.block_interneuron, run.block_pyramidal)
        errors.append(float(state.pyramidal) / run.pyramidal.rate - 1)
    worst = max(errors, key=abs)  # as a fraction of the rate in the run
    # done
    return worst


def is_it_proven():
    # your turn
    reply = (
        "Not proven. For it: in awake rats an NMDA antagonist silenced interneurons first and pyramidal "
        "cells fired more later, and in slices a low concentration of ketamine weakens inhibition. "
        "Against it: mice without NMDA receptors in parvalbumin cells still respond, and in patients "
        "GABA rose as much as glutamate. An experiment that blocks only one kind of cell during the "
        "surge, measuring glutamate itself, would decide more."
    )  # at least 25 words
    # done
    return reply


def _rests(answer) -> Judgement:
    """Judge a selectivity by what it does to the circuit with half of the receptors blocked."""
    selectivity = float(answer)
    if not 0.01 <= selectivity <= 100:
        return Judgement(False, "A selectivity is a factor between 0.01 and 100.")
    blocks = circuit.block_from_occupancy(0.5, selectivity)
    rate = float(circuit.steady_state(*blocks).pyramidal)
    if abs(rate - 3) <= 0.05:
        return Judgement(True, f"With {selectivity:.2f} they fire at {rate:.2f} Hz: a tie.")
    if rate < 3:
        return Judgement(
            False,
            f"With {selectivity:.2f} they fire at {rate:.2f} Hz, below 3: let it prefer interneurons more.",
        )
    return Judgement(
        False, f"With {selectivity:.2f} they fire at {rate:.2f} Hz, above 3: that is too selective."
    )


EXERCISES = (
    Exercise(
        key="two_blocks",
        title="One occupancy, two blocks",
        objective="O1",
        task=(
            "Half of the receptors of average affinity are blocked, and ketamine holds interneurons' "
            "receptors four times better than those of pyramidal cells. In the model the *odds* of being "
            "blocked, $b/(1-b)$, are $\\sqrt{4}$ times higher on interneurons. What fraction $b$ of their "
            "receptors is blocked?"
        ),
        hint="Odds of one half are 1. Multiply by the root of four, then turn odds back into a fraction.",
        solution=two_blocks,
        judge=number(
            2 / 3,
            "",
            "Two thirds on interneurons; on pyramidal cells the same step the other way leaves one third.",
            (
                (0.8, "You multiplied the odds by four. The factor is shared: half goes to each side."),
                (1 / 3, "That is the block on pyramidal cells."),
                (2.0, "Those are the odds. A fraction is odds / (1 + odds)."),
                (1.0, "You multiplied the fraction. Multiply the odds: a fraction can't pass 1."),
            ),
        ),
        wrong={"whole factor": 0.8, "pyramidal": 1 / 3, "odds": 2.0, "fraction": 1.0, "low": 0.5},
    ),
    Exercise(
        key="read_a_raster",
        title="Read a raster",
        objective="O2",
        task=(
            "A raster shows 40 pyramidal cells and 10 interneurons for one second. You count 228 marks in "
            "the rows of the pyramidal cells. How fast do they fire on average?"
        ),
        hint="Each row is a cell, each mark a spike. Spikes for each cell and second are hertz.",
        solution=read_a_raster,
        judge=number(
            5.7,
            "Hz",
            "Almost twice their rate at rest.",
            (
                (228, "Those are all spikes of all cells together. Divide by the cells."),
                (4.56, "You divided by all 50 rows. Only 40 of them are pyramidal cells."),
                (22.8, "You divided by the interneurons. The marks are the pyramidal cells'."),
                (0.1754, "That is the mean time between two spikes, in seconds; you want its inverse."),
            ),
            tolerance=0.01,
        ),
        wrong={"all": 228, "rows": 4.56, "interneurons": 22.8, "interval": 0.1754, "low": 3.0},
    ),
    Exercise(
        key="break_even",
        title="A tie",
        objective="O3",
        task=(
            "Change the code: with half of the receptors blocked, which selectivity leaves the pyramidal "
            "cells at exactly the 3 Hz they had without drug? Search between the two values printed. The "
            "check puts your number into the model."
        ),
        hint=(
            "At 1 they fire less than 3 Hz and at 2 more, and the rate only rises in between. Halve the "
            "interval, keep the half that holds the answer, and repeat."
        ),
        solution=break_even,
        judge=_rests,
        wrong={"none": 1.0, "default": 2.0, "large": 8.0, "nonsense": 1000},
        imports="from ketalab.models import circuit",
    ),
    Exercise(
        key="worst_error",
        title="Where the short cut fails",
        objective="O5",
        task=(
            "Change the code: compare the mean field with the rate of pyramidal cells in every stored run "
            "of the spiking network. What is the largest error, as a fraction of the rate in the run "
            "(+0.10 means that the mean field is a tenth too high)?"
        ),
        hint=(
            "Loop over the runs. `circuit.steady_state(run.block_interneuron, run.block_pyramidal)` gives "
            "the mean field; divide its `pyramidal` by `run.pyramidal.rate` and take away 1."
        ),
        solution=worst_error,
        judge=number(
            0.179,
            "",
            "About 0.18, where pyramidal cells fire fastest: there small errors feed on themselves.",
            (
                (1.179, "That is the ratio. The error is the ratio minus 1."),
                (17.9, "That is in percent. A fraction is asked for."),
                (0.152, "You divided by the mean field. The run is the thing to be matched."),
                (1.57, "That is in Hz. Divide by the rate of the run."),
            ),
            tolerance=0.03,
        ),
        wrong={"ratio": 1.179, "percent": 17.9, "wrong base": 0.152, "hertz": 1.57, "low": 0.1},
        imports="from ketalab.models import circuit, spiking",
    ),
    Exercise(
        key="is_it_proven",
        title="Is it proven?",
        objective="O4",
        task=(
            "A classmate says: *Ketamine works by blocking interneurons first. That is proven.* Write a "
            "reply that names one finding for it, one against it, and what would decide between them. Use "
            "the table."
        ),
        hint="Sort the table by what the findings say. Who was studied, and was glutamate measured at all?",
        solution=is_it_proven,
        judge=argument(
            (
                Point(
                    "a finding for it",
                    (
                        "awake rat",
                        "fast-spiking",
                        "somatostatin",
                        "slice",
                        "inhibit",
                        "fired more",
                        "glun2",
                    ),
                    "What did recordings from interneurons show?",
                ),
                Point(
                    "a finding against it",
                    (
                        "against",
                        "parvalbumin",
                        "gaba rose",
                        "gaba did not",
                        "thalam",
                        "hippocamp",
                        "however",
                    ),
                    "Sort the table by stance: four findings speak against it.",
                ),
                Point(
                    "what would decide",
                    ("decide", "experiment", "would", "need", "measure"),
                    "Which experiment could prove it wrong?",
                ),
            ),
            "You weighed it instead of believing it.",
        ),
        wrong={
            "too short": "It is not proven.",
            "only for": "Interneurons of awake rats fired less under the drug and pyramidal cells fired "
            "more after that, which is just what the explanation said before anyone had looked closely.",
            "no test": "For it speaks that interneurons of awake rats fell silent; against it speaks that "
            "mice lacking the receptor in parvalbumin cells still answered to the drug like the others.",
        },
    ),
)

QUESTIONS = (
    Question(
        "O1",
        "How can a drug that blocks an exciting receptor make pyramidal cells fire more?",
        (
            Option(
                "It opens the receptor for a moment before it blocks it",
                "No: ketamine does not open the channel; it sits in it.",
            ),
            Option(
                "Interneurons lose more excitation than pyramidal cells, so inhibition falls",
                "Yes: this is disinhibition. Whether interneurons really are hit harder is the question.",
                right=True,
            ),
            Option(
                "Blocked receptors send glutamate back into the cleft",
                "No: receptors do not hold a store of glutamate.",
            ),
            Option(
                "It blocks GABA receptors as well",
                "Not needed: fewer spikes of interneurons mean less GABA, with its receptors untouched.",
            ),
        ),
    ),
    Question(
        "O2",
        "In a raster, what is one mark in one row?",
        (
            Option("A cell", "A cell is a whole row."),
            Option(
                "One spike of one cell, at its time",
                "Yes, and marks in a row over a second are hertz.",
                True,
            ),
            Option("A synapse that is active", "Synapses are not drawn; only what the cells send."),
            Option("The mean of many trials", "No: a raster shows one run, nothing is averaged."),
        ),
    ),
    Question(
        "O3",
        "Why does the model's surge end at high doses?",
        (
            Option(
                "The receptors of the interneurons recover",
                "They do not: more drug never blocks less in this model.",
            ),
            Option(
                "Pyramidal cells' own receptors are then blocked as well",
                "Yes: the difference between the two blocks, which makes the surge, closes at both ends.",
                right=True,
            ),
            Option("Glutamate runs out", "The model has no store that could run out."),
            Option(
                "Ketamine turns into a metabolite",
                "There is no metabolism in this model; the curve turns over by itself.",
            ),
        ),
    ),
    Question(
        "O4",
        "Which finding speaks most directly against a start in the prefrontal cortex's own interneurons?",
        (
            Option(
                "MK-801 put into the prefrontal cortex excited none of its cells",
                "Yes: if the local interneurons were the trigger, the local drug should have done it.",
                right=True,
            ),
            Option(
                "Glutamate did not rise at 50 mg/kg",
                "That fits it: at high doses both kinds of cell are blocked.",
            ),
            Option(
                "In slices 1 µM ketamine lowered inhibition",
                "That speaks for it, in slices of mouse cortex.",
            ),
            Option(
                "Fast-spiking interneurons were inhibited most",
                "That speaks for it, in another part of the frontal lobe.",
            ),
        ),
    ),
    Question(
        "O5",
        "What can the mean field not tell you, however good its numbers are?",
        (
            Option(
                "The mean firing rate after the drug has settled",
                "That is the one thing it does tell.",
            ),
            Option(
                "Whether cells fire together, and in which order things happen",
                "Yes: it knows mean rates that have settled, no spikes and no time.",
                right=True,
            ),
            Option("What selectivity does", "It does: selectivity sets the two blocks."),
            Option("What magnesium does", "Magnesium is in its NMDA current."),
        ),
    ),
)
