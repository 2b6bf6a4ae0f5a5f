"""What the trials outside depression left open, each as one estimate on one scale.

A row is an estimate with its interval as a standardised mean difference g, above 0 where ketamine was
better, so that a response counted, a score measured and days abstinent can stand beside each other. How it
came to that scale is said in `how`: printed so, from an odds ratio [@chinn2000], or from a printed
difference and its interval. Two rows on depression are there as a yardstick.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    ODDS_RATIO,
    Effects,
    from_interval,
    odds_ratio,
    standardised,
    standardised_from_difference,
)

YARDSTICK = "depression"
CONDITIONS = ("PTSD", "anxiety", "OCD", "alcohol", YARDSTICK)
PRINTED, ODDS, DIFFERENCE = "printed", "from an odds ratio", "from a difference"


@dataclass(frozen=True, eq=False)
class OpenQuestion:
    """One estimate: `effects` holds it on the scale of g; `n` people behind it (NaN where not printed).

    `printed` is the interval of its paper, where that is on this scale: made anew from the estimate and the
    width it can differ in the last digit.
    """

    key: str
    name: str
    condition: str
    n: float
    effects: Effects
    how: str
    reference: str
    printed: tuple[float, float] | None = None

    @property
    def estimate(self) -> float:
        return float(self.effects.estimate[0])

    @property
    def interval(self) -> tuple[float, float]:
        if self.printed is not None:
            return self.printed
        low, high = self.effects.interval()
        return float(low[0]), float(high[0])

    @property
    def width(self) -> float:
        """From one end of the 95% interval to the other, in g."""
        low, high = self.interval
        return high - low


@cache
def open_questions() -> dict[str, OpenQuestion]:
    """The estimates by key, in the order of `CONDITIONS`."""
    found = [
        _pooled("ptsd_corrected", "PTSD, all trials, bias-corrected", "PTSD", "borgogna_corrected"),
        _pooled("ptsd_passive", "PTSD, against inactive controls", "PTSD", "borgogna_24h_passive"),
        _pooled("ptsd_active", "PTSD, against active controls", "PTSD", "borgogna_24h_active"),
        _difference("ptsd_repeated", "PTSD, six infusions", "PTSD", "feder2021", "CAPS-5", "Cohen d"),
        _counts("anxiety_rater", "social anxiety, as rated", "anxiety", "taylor2018", "rater"),
        _counts("anxiety_self", "social anxiety, as felt", "anxiety", "taylor2018", "self"),
        _counts("ocd_response", "OCD, response at a week", "OCD", "rodriguez2013", "Y-BOCS"),
        _difference(
            "alcohol_days", "alcohol, days abstinent", "alcohol", "grabski2022", "days abstinent", ""
        ),
        _difference(
            "alcohol_relapse", "alcohol, no relapse", "alcohol", "grabski2022", "confirmed relapse", ""
        ),
        _counts("alcohol_abstinent", "alcohol, abstinent 3 weeks", "alcohol", "dakwar2020", "alcohol"),
        _pooled("depression_placebo", "depression, against placebo", YARDSTICK, "dean_placebo_score"),
        _pooled("depression_midazolam", "depression, against midazolam", YARDSTICK, "dean_midazolam_score"),
    ]
    return {question.key: question for question in found}


def _pooled(key: str, name: str, condition: str, estimate_id: str) -> OpenQuestion:
    """A published pool; where below 0 favours the drug, turned round."""
    row = table("pooled_estimates").set_index("estimate_id").loc[estimate_id]
    numbers = [row.estimate, row.low, row.high]
    if row.favours_drug == "below":
        numbers = [-row.estimate, -row.high, -row.low]
    n = float(row.n) if pd.notna(row.n) else float("nan")
    effects = from_interval(*numbers, HEDGES_G, study=[row.reference])
    return OpenQuestion(
        key, name, condition, n, effects, PRINTED, row.reference, (float(numbers[1]), float(numbers[2]))
    )


def _difference(key: str, name: str, condition: str, trial: str, scale: str, measure: str) -> OpenQuestion:
    """A difference a trial printed: standardised already, an odds ratio, or in the units of the scale."""
    rows = table("trial_differences")
    rows = rows[(rows.trial == trial) & (rows.scale == scale) & rows.low.notna()]
    row = next(r for r in rows.itertuples() if measure in r.measure and r.poolable == "yes")
    n, printed = float(row.n_active + row.n_control), None
    if row.measure == "Cohen d":
        effects, how = from_interval(row.value, row.low, row.high, HEDGES_G, study=[trial]), PRINTED
        printed = (float(row.low), float(row.high))
    elif row.measure == "odds ratio":  # of an event nobody wants, so turned round
        ratio = from_interval(1 / row.value, 1 / row.high, 1 / row.low, ODDS_RATIO, study=[trial])
        effects, how = standardised(ratio), ODDS
    else:
        people = int(row.n_active), int(row.n_control)
        effects = standardised_from_difference(row.value, row.low, row.high, *people, study=trial)
        how = DIFFERENCE
    return OpenQuestion(key, name, condition, n, effects, how, row.reference, printed)


def _counts(key: str, name: str, condition: str, trial: str, definition: str) -> OpenQuestion:
    """Responders counted in both groups; people in both arms of a crossover count once."""
    rows = table("trial_counts")
    row = next(
        r
        for r in rows.itertuples()
        if r.trial == trial and definition in r.definition and pd.notna(r.n_control)
    )
    counts = (row.events_active, row.n_active, row.events_control, row.n_control)
    effects = standardised(odds_ratio(*([float(value)] for value in counts), study=[trial]))
    people = row.n_active if row.crossover == "yes" else row.n_active + row.n_control
    return OpenQuestion(key, name, condition, float(people), effects, ODDS, row.reference)
