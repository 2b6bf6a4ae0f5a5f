"""Solutions and judges of lesson 09: anaesthesia and emergency (words: practice.toml)."""

from math import log

import numpy as np

from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.practice.exercise import Judgement


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


def judge_keep_asleep(answer) -> Judgement:
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


def wrong_keep_asleep():
    return {
        "bolus only": [pk.Dose(140, "iv", duration=1)],
        "infusion only": [pk.Dose(210, "iv", duration=30)],
        "too late": [pk.Dose(140, "iv", duration=1), pk.Dose(220, "iv", time=12, duration=18)],
        "too much": [pk.Dose(280, "iv", duration=1), pk.Dose(200, "iv", time=4, duration=26)],
        "not doses": [140, 200],
    }
