"""The trials that would change a verdict, each with the size that its question asks for.

Every row is a proposal of this course and not a registered trial. Sizes are people in each of two groups
for a chance of 80 % to tell them apart, from `next_trial.power` or, for events, from
`rare_events.people_needed`. The effect that is worth finding is a judgement and stands in its row.
"""

from collections.abc import Callable

import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import HEDGES_G, MEAN_DIFFERENCE, Measure
from ketalab.metaanalysis.next_trial import power, standard_error_of_trial
from ketalab.metaanalysis.rare_events import people_needed
from ketalab.models.suicide_risk import measured_risks

CHANCE = 0.8
DISCHARGE = "death, 3 months after discharge"


def people_for_power(effect: float, se_of: Callable[[int], float], chance: float = CHANCE) -> int:
    """Fewest people in each group for this chance to find a known true effect.

    Raises ValueError for an effect of 0, which no number finds, or a chance outside 0.05 to 1.
    """
    if effect == 0:
        raise ValueError(
            "effect: 0 is not allowed; no number of people finds a difference that is not there"
        )
    if not 0.05 < chance < 1:
        raise ValueError(f"chance: {chance:g} is not allowed; it must be between 0.05 and 1, both excluded")
    few, many = 1, 2
    while power(effect, se_of(many)) < chance:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if power(effect, se_of(middle)) >= chance else (middle, many)
    return many


def spread_of_points() -> float:
    """Standard deviation of MADRS points a day after the dose, from the trial under anaesthesia."""
    rows = table("trial_differences")
    row = rows[(rows.trial == "lii2023") & (rows.time_h == 24) & (rows.scale == "MADRS")].iloc[0]
    return float(row.se / (1 / row.n_active + 1 / row.n_control) ** 0.5)


COLUMNS = ("claim", "question", "groups", "check of the blind", "outcome", "effect", "people in each group")
# The measure of the effect worth finding and its size; without a measure, the share of the risk left.
PROPOSALS: tuple[tuple[str, str, str, str, str, Measure | None, float], ...] = (
    (
        "C14",
        "Is it the drug or the hope?",
        "ketamine or saline, both asleep under anaesthesia",
        "guesses of patients and raters, printed",
        "MADRS after a day",
        MEAN_DIFFERENCE,
        3.0,
    ),
    (
        "C16",
        "Does a course still help at six months?",
        "eight infusions of ketamine or midazolam",
        "guesses after the first and the last infusion",
        "MADRS at 26 weeks",
        MEAN_DIFFERENCE,
        3.0,
    ),
    (
        "C22",
        "Does it help in PTSD?",
        "repeated ketamine or midazolam, same therapy",
        "guesses; raters who never see the patient",
        "CAPS-5 at 12 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C27",
        "Do fewer people relapse?",
        "three infusions, ketamine or a felt placebo",
        "guesses; drinking checked in blood",
        "relapse at 12 months",
        HEDGES_G,
        0.3,
    ),
    (
        "C29",
        "Is chronic pain better after three months?",
        "a long infusion, ketamine or midazolam",
        "guesses each week",
        "pain at 12 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C49",
        "Does therapy add to ketamine?",
        "ketamine with therapy or as much friendly talk",
        "raters blind; patients not told which is hoped for",
        "MADRS at 26 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C54",
        "Is there a best hour?",
        "the same therapy one day or seven days after",
        "raters blind to the day",
        "MADRS at 26 weeks",
        HEDGES_G,
        0.2,
    ),
    (
        "C55",
        "Does it save lives?",
        "esketamine or usual care, at discharge from hospital",
        "registers count deaths, which need no blind",
        "deaths by suicide in three months",
        None,
        0.5,
    ),
)


def next_decade() -> pd.DataFrame:
    """What would have to be shown: claim, question, groups, check of the blind, outcome, effect, people."""
    rows = [(*said, *_effect_and_people(measure, size)) for *said, measure, size in PROPOSALS]
    return pd.DataFrame(rows, columns=COLUMNS)


def _effect_and_people(measure: Measure | None, size: float) -> tuple[str, int]:
    """The effect in words, and the people it takes in each group."""
    if measure is None:
        # Deaths in three months after discharge: the highest risk for which this course has a source.
        return "risk halved", int(round(people_needed(measured_risks()[DISCHARGE], size), -2))
    sd = spread_of_points() if measure is MEAN_DIFFERENCE else None
    people = people_for_power(size, lambda n: standard_error_of_trial(measure, n, effect=size, sd=sd))
    return f"{size:g} points" if measure is MEAN_DIFFERENCE else f"g {size:g}", people
