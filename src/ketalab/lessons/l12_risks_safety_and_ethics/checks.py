"""Solutions and judges of lesson 12: risks, safety and ethics (words: practice.toml)."""

from collections.abc import Mapping

from scipy.stats import norm

from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.models import benefit_harm
from ketalab.practice.answers import instance, whole
from ketalab.practice.exercise import Judgement
from ketalab.text import decimals


def largest_risk():
    n = 1709  # people, none of them with the harm
    # your turn
    in_1000 = 1000 * (1 - 0.05 ** (1 / n))
    # done
    return in_1000


def week_against_week():
    clinic = 2 * 0.084  # g of esketamine in a week of the first month: 84 mg, twice
    addicted = 2.0  # g of ketamine in a day, mean of people who say they are addicted
    # your turn
    ratio = 7 * addicted / clinic  # weeks compared
    # done
    return ratio


def spread_of_rises():
    mean, threshold, share = 12.61, 40, 0.084  # mmHg, mmHg, people at or above it
    # your turn
    spread = (threshold - mean) / norm.ppf(1 - share)  # mmHg
    # done
    return spread


def two_readers():
    first = {
        "depression halved": 10,
        "dissociation": 3,
        "nausea": 1,
        "pressure up 40 mmHg": 1,
        "severe or serious reaction": 1,
    }
    # your turn
    second = first | {"dissociation": 4}  # one weight changed
    # done
    return second


def an_honest_page():
    # your turn
    page = (
        "Ketamine infusions are not approved for depression; that is off-label use, and only the "
        "esketamine spray has a licence. You will be watched after each dose, because many people "
        "dissociate and blood pressure rises. It can be misused and some people become dependent. "
        "Bladder harm is known from heavy use outside medicine; for years of treatment nobody knows the "
        "risk yet."
    )  # at least 25 words
    # done
    return page


FIRST = two_readers() | {"dissociation": 3}


def judge_two_readers(answer) -> Judgement:
    """Judge weights that differ from the first reader's in one place and turn the balance round."""
    instance(answer, Mapping, "weights by name, as the first reader's are")
    if set(answer) != set(FIRST):
        return Judgement(False, f"Give weights for exactly these: {', '.join(FIRST)}.")
    answer = {name: whole(weight) for name, weight in answer.items()}
    if not all(0 <= weight <= 10 for weight in answer.values()):
        return Judgement(False, "Keep every weight between 0 and 10.")
    changed = [name for name, weight in answer.items() if weight != FIRST[name]]
    if not changed:
        return Judgement(False, "These are the first reader's weights. Change one.")
    if len(changed) > 1:
        return Judgement(False, f"You changed {len(changed)} weights; one is enough.")
    net = benefit_harm.expected_net(risks.outcomes(risks.YOUNGER), dict(answer))
    if round(net) == 0:
        return Judgement(False, "The balance is 0, on neither side. Change the weight a little more.")
    if net > 0:
        return Judgement(
            False, f"The balance is still {decimals(net, 0, sign=True)}, on the first reader's side."
        )
    return Judgement(
        True,
        f"With another weight for {changed[0]} the balance is {decimals(net, 0, sign=True)}. "
        "Both readers saw the same data.",
    )


def wrong_two_readers():
    return {
        "unchanged": FIRST,
        "the same side": FIRST | {"dissociation": 2},
        "on neither side": FIRST | {"dissociation": 3.14},
        "two changed": FIRST | {"dissociation": 5, "nausea": 3},
        "too large": FIRST | {"dissociation": 40},
        "not weights": 4,
    }
