"""Solutions and judges of lesson 01: from dose to brain (words: practice.toml)."""

from math import log

import numpy as np

from ketalab.models import pharmacokinetics as pk
from ketalab.practice.answers import listed
from ketalab.practice.exercise import Judgement


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
        "own tissue takes up drug before the venous blood comes back, so the vein shows less. The people "
        "differ, too: both models are of S-ketamine in healthy volunteers, but not in the same ones. So "
        "both can be right, and the Methods say which vessel and which people a number belongs to."
    )  # at least 25 words
    # done
    return reply


SLACK = 1e-6  # ng/mL, what rounding may move
MINUTES = np.arange(10, 60.001, 0.05)


def watched(doses) -> np.ndarray:
    """Minutes at which a level is looked at: every 3 s, and just before and after a dose begins or ends."""
    ends = [
        end + just
        for dose in doses
        for end in (dose.time, dose.time + dose.duration)
        for just in (-1e-6, 1e-6)
    ]
    return np.unique([*MINUTES, *(end for end in ends if 10 <= end <= 60)])


def judge_hold_the_level(answer) -> Judgement:
    """Judge a list of doses by what it does: 150 ng/mL within a tenth from 10 to 60 min."""
    doses = listed(answer, pk.Dose, "[pk.Dose(20, 'iv')]")
    patient = pk.published("otto2021").typical()
    curve = pk.concentration(patient, doses, watched(doses), "ketamine")[0]
    low, high = curve.min(), curve.max()
    if low >= 135 - SLACK and high <= 165 + SLACK:
        return Judgement(True, f"Your level stays between {low:.0f} and {high:.0f} ng/mL.")
    if high > 165 and low >= 135 - SLACK:
        return Judgement(False, f"It is never too low, but it reaches {high:.1f} ng/mL: give less.")
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


def wrong_hold_the_level():
    return {
        "bolus only": [pk.Dose(20, "iv")],
        "infusion only": [pk.Dose(14.3, "iv", duration=60)],
        "bolus and clearance only": [pk.Dose(20, "iv"), pk.Dose(14.3, "iv", duration=60)],
        "too much": [pk.Dose(30, "iv"), pk.Dose(40, "iv", duration=60)],
        "not doses": [20, 14],
    }
