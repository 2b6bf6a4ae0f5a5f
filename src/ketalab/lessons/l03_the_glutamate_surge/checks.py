"""Solutions and judges of lesson 03: the glutamate surge (words: practice.toml)."""

from ketalab.models import circuit, spiking
from ketalab.practice.answers import whole
from ketalab.practice.exercise import Judgement


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
        "Not proven. For it: in awake rats an NMDA antagonist slowed interneurons first and pyramidal "
        "cells fired more later, and in slices a low concentration of ketamine weakens inhibition. "
        "Against it: mice without NMDA receptors in parvalbumin cells still respond, and in patients "
        "GABA rose as much as glutamate. An experiment that blocks only one kind of cell during the "
        "surge, measuring glutamate itself, would decide more."
    )  # at least 25 words
    # done
    return reply


def judge_break_even(answer) -> Judgement:
    """Judge a selectivity by what it does to the circuit with half of the receptors blocked."""
    selectivity = whole(answer)
    if not 0.01 <= selectivity <= 100:
        return Judgement(False, "A selectivity is a factor between 0.01 and 100.")
    blocks = circuit.block_from_occupancy(0.5, selectivity)
    rate = float(circuit.steady_state(*blocks).pyramidal)
    if abs(rate - 3) <= 0.05:
        return Judgement(True, f"With {selectivity:.2f} they fire at {rate:.1f} Hz: a tie.")
    if rate < 3:
        return Judgement(
            False,
            f"With {selectivity:.2f} they fire at {rate:.2f} Hz, below 3: let it prefer interneurons more.",
        )
    return Judgement(
        False, f"With {selectivity:.2f} they fire at {rate:.2f} Hz, above 3: that is too selective."
    )


def wrong_break_even():
    return {"none": 1.0, "default": 2.0, "large": 8.0, "nonsense": 1000}
