"""Solutions and judges of lesson 07: PTSD, anxiety, OCD and alcohol (words: practice.toml)."""

from math import ceil

from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.trials import mapped_trials
from ketalab.metaanalysis import next_trial
from ketalab.metaanalysis.effect_size import HEDGES_G
from ketalab.practice.answers import whole, written
from ketalab.practice.exercise import Judgement


def how_sure():
    low, high = -0.08, 0.48
    # your turn
    standard_error = (high - low) / (2 * 1.96)
    # done
    return standard_error


def people_not_votes():
    rows = mapped_trials()
    rows = rows[(rows.indication == "PTSD") & (rows.direction != "no comparison")]
    print(rows[["trial", "n", "direction"]].to_string(index=False))
    # your turn
    without = rows[rows.direction == "no clear difference"]
    share = without.n.sum() / rows.n.sum()
    # done
    return share


def at_least_too_large():
    people, true = 20, 0.2
    standard_error = (2 / people) ** 0.5  # of a difference in standard deviations, nearly
    # your turn
    times = 1.96 * standard_error / true
    # done
    return times


def enough_people():
    def power(group):
        """Chance that a trial with this many in each group finds a true effect of 0.2."""
        se = next_trial.standard_error_of_trial(HEDGES_G, group, effect=0.2)
        return next_trial.power(0.2, se)

    print(f"50 in each group: {power(50):.2f}")
    # your turn
    group = 2
    while power(group) < 0.8:
        group += 1
    # done
    return group


def a_window():
    # your turn
    reply = (
        "Perhaps, but no trial has shown it. In the one controlled trial, people with PTSD recalled their "
        "trauma, had ketamine or midazolam and then exposure therapy; both groups improved. And a "
        "memory recalled while ketamine was in the blood came back stronger in healthy volunteers "
        "and rats. "
        "So timing matters. The larger trial against midazolam, with therapy in all arms, would "
        "decide more."
    )  # at least 25 words
    # done
    return reply


def judge_enough_people(answer) -> Judgement:
    """Judge a group size by the power it gives."""
    group = whole(answer, "people")
    if not 2 <= group <= 1_000_000:
        return Judgement(False, "People in each group: a number between 2 and a million.")
    power = next_trial.power(0.2, next_trial.standard_error_of_trial(HEDGES_G, group, effect=0.2))
    if group == 790 or group == 788:
        return Judgement(False, "That is both groups together. The question asks for one group.")
    before = next_trial.power(
        0.2, next_trial.standard_error_of_trial(HEDGES_G, ceil(group) - 2, effect=0.2)
    )
    shown = f"{written(group)} in each group give a power of {100 * power:.2f}%"
    if power < 0.8 - 1e-9:
        return Judgement(
            False, f"{shown}: too few, if only just." if power > 0.79 else f"{shown}: too few."
        )
    if before >= 0.8:
        return Judgement(False, f"{shown}: more than you need.")
    return Judgement(True, f"{shown}. All trials together had 221.")


def wrong_enough_people():
    return {"as today": 110, "both": 790, "one too few": 394, "guess": 50, "far": 2000, "nonsense": -3}
