"""Solutions and judges of lesson 06: suicidal ideation and thinking (words: practice.toml)."""

from scipy.stats import norm

from ketalab.metaanalysis import rare_events as r
from ketalab.models.suicide_risk import measured_risks
from ketalab.practice.answers import instance, whole, written
from ketalab.practice.exercise import Judgement
from ketalab.text import grouped


def two_cut_offs():
    scores = [0, 0, 1, 2, 3, 3, 5, 8, 12, 19]  # ten invented people, a week after treatment
    # your turn
    more = sum(s <= 3 for s in scores) - sum(s == 0 for s in scores)  # people
    # done
    return more


def one_more_free():
    ketamine, midazolam, people = 14, 4, 42  # free of suicidal thoughts on day 2; people in each group
    # your turn
    treated = 1 / (ketamine / people - midazolam / people)  # people
    # done
    return treated


def p_from_interval():
    difference, low, high = -0.20, -0.43, 0.04  # points on the clinician's scale, 95% interval
    # your turn
    error = (high - low) / (2 * 1.96)
    p = 2 * norm.cdf(-abs(difference) / error)  # two-sided
    # done
    return p


def a_trial_that_can_answer():
    # your turn
    plan = {"event": "any event, 1 year (lithium trial)", "left": 0.7, "people": 700}  # your trial
    # done
    return plan


def fairer_sentence():
    # your turn
    sentence = (
        "In a randomised trial of 78 depressed people, suicidal thoughts had fallen more a day after one "
        "ketamine infusion than after midazolam, and two of the tests of thinking improved. The gain in "
        "thinking did not go with the fall in suicidal thoughts. Feeling safe and being impulsive were "
        "not reported, and attempts or deaths were not studied."
    )  # at least 25 words
    # done
    return sentence


MOST_PEOPLE, LEAST_LEFT, WANTED = 2000, 0.7, 0.8


def judge_a_trial_that_can_answer(answer) -> Judgement:
    """Judge a plan by the model: any event, effect and size within reach that gives 80%."""
    instance(answer, dict, 'a dictionary, such as {"event": "...", "left": 0.8, "people": 500}')
    if set(answer) != {"event", "left", "people"}:
        return Judgement(False, 'The plan needs exactly these three: "event", "left" and "people".')
    risks = measured_risks()
    if answer["event"] not in risks:
        return Judgement(False, f"The event must be one of: {'; '.join(risks)}.")
    people, left = whole(answer["people"], "people"), whole(answer["left"])
    if people < 2:
        return Judgement(False, f"{written(people, 'people')} in each group are too few to be a trial.")
    if left >= 1:
        return Judgement(
            False, f"A share of {written(left)} leaves all of the risk: a share below 1 is asked for."
        )
    if people > MOST_PEOPLE:
        return Judgement(
            False, f"{grouped(people)} in a group are more than the {grouped(MOST_PEOPLE)} you can recruit."
        )
    if left < LEAST_LEFT:
        return Judgement(
            False,
            f"Leaving {100 * left:.0f}% of the risk is too much to hope for: plan for "
            f"{100 * LEAST_LEFT:.0f}% or more. In the clozapine trial 76% was left.",
        )
    chance = float(r.chance_to_show(people * risks[answer["event"]], left))
    expected = people * risks[answer["event"]]
    if chance >= WANTED - 1e-9:
        return Judgement(True, f"Your trial has a chance of {100 * chance:.0f}% of detecting the effect.")
    if answer["event"].startswith("death"):
        return Judgement(
            False,
            f"You would expect {expected:.1f} deaths without the treatment: far too few. Count something "
            "that happens more often.",
        )
    return Judgement(False, f"The chance is {100 * chance:.1f}%. More people, or a more frequent event.")


def wrong_a_trial_that_can_answer():
    return {
        "not a dict": 700,
        "unknown event": {"event": "death", "left": 0.7, "people": 700},
        "too many": {"event": "death, 1 year after discharge", "left": 0.7, "people": 32_000},
        "a miracle": {"event": "death, 1 year after discharge", "left": 0.1, "people": 2000},
        "deaths": {"event": "death, 1 year after discharge", "left": 0.7, "people": 2000},
        "too few": {"event": "any event, 1 year (lithium trial)", "left": 0.7, "people": 230},
    }
