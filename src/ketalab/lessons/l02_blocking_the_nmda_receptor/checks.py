"""Solutions and judges of lesson 02: blocking the NMDA receptor (words: practice.toml)."""

from math import exp

from ketalab.models import receptor as r
from ketalab.practice.answers import listed
from ketalab.practice.exercise import Judgement


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
    phases = [
        r.PulsePhase(5, 0.0),
        r.PulsePhase(30, 2.0),
        r.PulsePhase(30, 0.0, rest=60),
    ]
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


def judge_tell_them_apart(answer) -> Judgement:
    """Judge a protocol by running it: the last pulse must differ by 20 points between the drugs."""
    phases = listed(answer, r.PulsePhase, "[r.PulsePhase(5, 0.0), r.PulsePhase(30, 2.0)]")
    if sum(phase.pulses for phase in phases) > 300 or any(phase.free_um > 20 for phase in phases):
        return Judgement(False, "Keep to 300 pulses in all and to 20 µM: cells do not live for ever.")
    if not any(phase.free_um > 0 for phase in phases):
        return Judgement(False, "There is never any drug: the second number of a phase is its µM.")
    last = [100 * r.pulse_train(phases, r.published(n), 1.0, -70, 0.0)[1][-1] for n in NAMES]
    apart = abs(last[0] - last[1])
    shown = f"the last current is {last[0]:.0f}% with ketamine and {last[1]:.0f}% with memantine"
    if apart >= 20 - 1e-9:
        return Judgement(True, f"You see trapping and speed at work: {shown}.")
    if phases[-1].free_um > 0:
        return Judgement(
            False, f"While the drug is present they are too close: {shown}. What differs is how they leave."
        )
    if phases[-1].rest >= 300:
        return Judgement(False, f"Silence lets nothing out of closed channels: {shown}. Add pulses.")
    return Judgement(False, f"On the right track: {shown}. Give the drug longer to get in, or to leave.")


NAMES = ("ketamine", "memantine")


def wrong_tell_them_apart():
    return {
        "not phases": [5, 30],
        "no drug": [r.PulsePhase(5, 0.0), r.PulsePhase(30, 0.0)],
        "drug only": [r.PulsePhase(5, 0.0), r.PulsePhase(30, 2.0)],
        "silence": [r.PulsePhase(5, 0.0), r.PulsePhase(30, 2.0), r.PulsePhase(1, 0.0, rest=600)],
        "too short": [r.PulsePhase(5, 0.0), r.PulsePhase(30, 2.0), r.PulsePhase(5, 0.0, rest=60)],
    }
