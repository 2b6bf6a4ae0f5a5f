"""Solutions and judges of lesson 09: anaesthesia and emergency (words: practice.toml)."""

from math import log

import numpy as np

from ketalab.lessons.l09_anaesthesia_and_emergency.shared import half_lives, level
from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.practice.answers import listed
from ketalab.practice.exercise import Judgement, number
from ketalab.text import grouped


def lag_of_a_ramp():
    half_life = 8.3  # min, delay of pain relief and perception
    # your turn
    lag = half_life / log(2)  # min
    # done
    return lag


def shock_index():
    heart_rate, systolic = 112, 95  # beats/min, mmHg
    # your turn
    answer = (heart_rate / systolic, "0.9 or more")  # the index, and "0.9 or more" or "below 0.9"
    # done
    return answer


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
        "day 28 did not clearly differ, so it is not the safest drug, nor proven to be a deadly one."
    )  # at least 25 words
    # done
    return reply


TOO_HIGH = 9000  # ng/mL: what the task allows
MINUTES = np.arange(2, 30.001, 0.05)


def judge_keep_asleep(answer) -> Judgement:
    """Judge a list of doses by the effect site: response lost from 2 to 30 min, without excess."""
    lost = level("loss of response")
    doses = listed(answer, pk.Dose, "[pk.Dose(140, 'iv', duration=1)]")
    patient = es.with_effect_site(pk.published("simons2022").typical(), half_lives()["slow_waves"])
    ends = (end for dose in doses for end in (dose.time, dose.time + dose.duration))
    minutes = np.unique([*MINUTES, *(end for end in ends if 2 <= end <= 30)])
    site = pk.concentration(patient, doses, minutes, es.EFFECT_SITE)[0]
    low, high = site.min(), site.max()
    if low >= lost - 1e-6 and high <= TOO_HIGH + 1e-6:
        return Judgement(
            True,
            f"The effect site stays between {grouped(low)} and {grouped(high)} ng/mL from 2 to 30 min.",
        )
    if high > TOO_HIGH:
        return Judgement(
            False, f"The effect site reaches {grouped(high)} ng/mL: give less, or more slowly."
        )
    if site[0] < lost:
        return Judgement(
            False, f"At 2 min the site has only {grouped(site[0])} ng/mL: an infusion alone is too slow."
        )
    wakes = minutes[np.argmax(site < lost)]
    if site[-1] > site.min():
        return Judgement(
            False,
            f"It dips below {grouped(lost)} ng/mL at {wakes:.0f} min and recovers: start the infusion "
            "earlier.",
        )
    return Judgement(
        False,
        f"It falls below {grouped(lost)} ng/mL at {wakes:.0f} min: the first dose needs an infusion, or a "
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


GROUPS = ("0.9 or more", "below 0.9")


def judge_shock_index(answer) -> Judgement:
    """Judge both halves: the index, and the group it puts the patient into."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return Judgement(
            False, 'Give both, the index and the group: (1.0, "0.9 or more") or (1.0, "below 0.9").'
        )
    index, group = answer
    says = (
        "1.18, which is 0.9 or more: pressure did not clearly rise in such people after "
        "ketamine, and it fell "
        "below 90 mmHg in a quarter of them."
    )
    mistakes = (
        (95 / 112, "You divided the other way round. Heart rate comes first."),
        (112 - 95, "That is the difference. An index is a ratio."),
    )
    judged = number(112 / 95, "", says, ("1.18",), mistakes)(index)
    if not judged.right:
        return judged
    named = str(group).strip().lower()
    if named not in GROUPS:
        return Judgement(
            False, f"The index is right. Name the group as the task does: {' or '.join(GROUPS)}."
        )
    return (
        judged
        if named == GROUPS[0]
        else Judgement(False, "The index is right. Now compare it with 0.9 again.")
    )


def wrong_shock_index():
    return {
        "upside down": (0.848, "below 0.9"),
        "difference": (17, "0.9 or more"),
        "percent": (117.9, "0.9 or more"),
        "other group": (1.18, "below 0.9"),
        "index alone": 1.18,
        "no group": (1.18, "high"),
    }
