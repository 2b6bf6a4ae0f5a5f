"""Worked examples whose answers are in print: their data as effects, and the printed results; and the
answers of statsmodels.

`examples/` holds both, each row with the key of its source and the place in it.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.meta_analysis import CombineResults, combine_effects

from ketalab.metaanalysis import effect_size as es

FOLDER = Path(__file__).parent / "examples"
COUNTS = ("events_treated", "n_treated", "events_control", "n_control")


@cache
def data(name: str) -> pd.DataFrame:
    """The data of an example, as typed."""
    return pd.read_csv(FOLDER / f"{name}.csv")


@cache
def effects(name: str, measure: str) -> es.Effects:
    """The effects of an example as its source computed them."""
    rows = data(name)
    if measure in ("OR", "RR", "RD"):
        function = {"OR": es.odds_ratio, "RR": es.risk_ratio, "RD": es.risk_difference}[measure]
        return function(*(rows[column] for column in COUNTS), study=rows.study)
    if measure == "pooled MD":  # Normand takes one standard deviation for both groups
        n1, n2 = rows.n_treated, rows.n_control
        sd = np.sqrt(((n1 - 1) * rows.sd_treated**2 + (n2 - 1) * rows.sd_control**2) / (n1 + n2 - 2))
        gap, se = rows.mean_treated - rows.mean_control, sd * np.sqrt(1 / n1 + 1 / n2)
        return es.from_standard_error(gap, se, es.MEAN_DIFFERENCE, study=rows.study)
    if measure == "interval OR":
        return es.from_interval(rows.estimate, rows.low, rows.high, es.ODDS_RATIO, study=rows.study)
    se = rows.se if "se" in rows else np.sqrt(rows.variance)
    return es.from_standard_error(rows.estimate, se, es.MEAN_DIFFERENCE, study=rows.study)


def by_statsmodels(effects: es.Effects, method: str = "paule-mandel") -> CombineResults:
    """The same trials pooled by statsmodels."""
    use, names = effects[effects.informative], {"paule-mandel": "iterated", "dersimonian-laird": "dl"}
    # Its search takes a residue below zero as tau^2 = 0. Asked for more than its own five decimals, it goes
    # on until rounding makes one, and every tenth heterogeneous data set is reported as without variance.
    return combine_effects(use.estimate, use.se**2, method_re=names[method], row_names=list(use.study))


def half_a_unit(printed: str) -> float:
    """Half a unit of the last printed decimal: how far rounding alone may have moved a number."""
    return 0.5 * 10.0 ** -len(printed.partition(".")[2])
