"""The depression trials that can be pooled: response and points after a day, points after 28 days.

Each function gives the rows of `data/` behind a pool as a `Comparison`: one line a trial, with what a
reader may filter by. Arms that share a control group are joined first, so that nobody counts twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import (
    MEAN_DIFFERENCE,
    Effects,
    against_one_control,
    from_standard_error,
    join,
    odds_ratio,
    standard_error_from_interval,
)

INACTIVE, ACTIVE, HIDDEN = "saline or placebo spray", "midazolam", "anaesthesia"
CONTROLS = {
    "saline": INACTIVE,
    "placebo spray": INACTIVE,
    "placebo spray + antidepressant": INACTIVE,
    "placebo spray + standard care": INACTIVE,
    "midazolam": ACTIVE,
    "anaesthesia + saline": HIDDEN,
}
LATEST_RESPONSE_H = 96  # the widest window that still speaks of the first days
DAY_28_H = 648


@dataclass(frozen=True, eq=False)
class Comparison:
    """Trials ready to be pooled: `about` has one row a trial, in the order of `effects`.

    Its columns are trial, label, control (inactive, active or hidden), comparator, drug, design, n,
    reference and what else a comparison can be narrowed by.
    """

    about: pd.DataFrame
    effects: Effects

    def where(self, **wanted: str | bool | Sequence[str]) -> NDArray[np.bool_]:
        """Which trials have these values; a list of values means any of them."""
        inside = np.ones(len(self.about), bool)
        for column, value in wanted.items():
            values = value if isinstance(value, list | tuple) else [value]
            inside &= self.about[column].isin(values).to_numpy()
        return inside


def response_after_a_day() -> Comparison:
    """Response (score halved) in the first days, as odds ratios of ketamine over control.

    `confirmed` is true for complete counts exactly 24 hours after one dose; the others have a wider
    window, lump two trials, or rest on inferred arms. `printed` is false where the counts were computed
    from percentages. Crossover trials are counted as if their periods were separate groups.
    """
    rows = table("trial_counts")
    rows = rows[
        (rows.domain == "depression")
        & (rows.outcome == "response")
        & rows.poolable.isin(["yes", "sensitivity"])
        & (rows.time_h >= 24)
        & (rows.time_h <= LATEST_RESPONSE_H)
    ]
    rows = rows.sort_values(["time_h", "dose"], ascending=[True, False]).drop_duplicates("trial")
    about = _about(rows).assign(
        confirmed=((rows.strict_24h == "yes") & (rows.poolable == "yes")).to_numpy(),
        printed=rows.counts_source.isin(["printed", "sum of printed counts"]).to_numpy(),
        time_h=rows.time_h.to_numpy(),
    )
    counts = (rows[name] for name in ("events_active", "n_active", "events_control", "n_control"))
    return Comparison(about, odds_ratio(*counts, study=about.label))


def points_after_a_day() -> Comparison:
    """MADRS points a day after the first dose, ketamine minus control: below zero favours ketamine."""
    rows = table("trial_differences")
    return _points(rows[rows.strict_24h == "yes"])


def points_after_four_weeks() -> Comparison:
    """MADRS points on day 28 of nasal esketamine twice a week, esketamine minus placebo spray."""
    rows = table("trial_differences")
    sprays = table("trials").query("route == 'nasal'").trial
    return _points(rows[(rows.time_h == DAY_28_H) & rows.trial.isin(sprays)])


def _points(rows: pd.DataFrame) -> Comparison:
    """Poolable differences in MADRS points, one comparison a trial."""
    rows = rows[
        (rows.scale == "MADRS") & (rows.measure == "mean difference") & (rows.poolable == "yes")
    ].copy()
    unknown = rows.se.isna()
    level = rows.level.astype(float) / 100
    rows.loc[unknown, "se"] = [
        float(standard_error_from_interval(row.low, row.high, level[row.Index])[0])
        for row in rows[unknown].itertuples()
    ]
    about = _about(rows.drop_duplicates("trial"))
    arms = [rows[rows.trial == trial] for trial in about.trial]
    effects = join(*map(_joined, arms, about.label, about.n))
    return Comparison(about.assign(n=effects.n), effects)


def _joined(arms: pd.DataFrame, label: str, people: float) -> Effects:
    """One comparison from the arms of one trial."""
    if len(arms) > 1:
        return against_one_control(
            arms.value, arms.se, arms.n_active, int(arms.n_control.iloc[0]), study=label
        )
    return from_standard_error(arms.value, arms.se, MEAN_DIFFERENCE, n=people, study=[label])


def _about(rows: pd.DataFrame) -> pd.DataFrame:
    """What is known of the trials of these rows, with the people compared."""
    trials = table("trials").set_index("trial").loc[rows.trial]
    compared = (rows.n_active.astype(float) + rows.n_control.astype(float)).to_numpy()
    randomised = trials.n_randomised.astype(float).to_numpy()
    return pd.DataFrame(
        {
            "trial": rows.trial.to_numpy(),
            "label": trials.label.str.replace(r" \(.*\)", "", regex=True).to_numpy(),
            "control": trials.comparator.map(CONTROLS).to_numpy(),
            "comparator": trials.comparator.to_numpy(),
            "drug": trials.drug.to_numpy(),
            "design": trials.design.to_numpy(),
            "n": np.where(np.isnan(compared), randomised, compared),
            "reference": rows.reference.to_numpy(),
        }
    )


@cache
def masked_scores() -> pd.DataFrame:
    """Scores of the trial under anaesthesia, a row an arm and day, with 95% intervals of the means."""
    rows = table("trial_scores").query("trial == 'lii2023' and scale == 'MADRS' and kind == 'score'")
    people = rows.n.astype(float)
    half = stdtrit(people - 1, 0.975) * rows.sd / np.sqrt(people)
    return rows.assign(day=rows.time_h / 24, low=rows["mean"] - half, high=rows["mean"] + half)
