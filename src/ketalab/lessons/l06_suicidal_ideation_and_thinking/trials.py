"""What the trials on suicidal thoughts counted, ready to be drawn, moved and pooled."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import ODDS_RATIO, Effects, from_interval, join, odds_ratio
from ketalab.metaanalysis.number_needed import NumberNeeded, number_needed_to_treat

DEPRESSIVE = "ketamine x 2, depressive"
BASE_SHARE = 0.2  # free of thoughts without ketamine: 12 of 82 to 25 of 79 in the trials; for what-ifs only
COUNTED = (("murrough2013", 24.0), ("grunebaum2018", 24.0), ("su2023", 24.0), ("domany2022", 4.0))
SILENT = ("grunebaum2017", "murrough2015", "ionescu2019", "barzkar2025", "aspire12")


@cache
def course() -> pd.DataFrame:
    """People free of suicidal thoughts in one trial (su2023), by time, and the `gain` over midazolam."""
    rows = table("trial_counts").query("trial == 'su2023' and outcome == 'remission of ideation'")
    rows = rows.sort_values("time_h").reset_index(drop=True)
    return rows.assign(gain=[_gain(row) for row in rows.itertuples()])


def _gain(row) -> NumberNeeded:
    counts = (row.events_active, row.n_active, row.events_control, row.n_control)
    return number_needed_to_treat(*map(int, counts))


@cache
def counted() -> pd.DataFrame:
    """The trials whose people can be counted, one row each, with their comparator."""
    counts = table("trial_counts").query("domain == 'suicidal ideation'")
    about = table("trials").set_index("trial")
    rows = [counts[(counts.trial == trial) & (counts.time_h == hour)].iloc[0] for trial, hour in COUNTED]
    found = pd.DataFrame(rows).reset_index(drop=True)
    return found.assign(comparator=found.trial.map(about.comparator))


@cache
def effects() -> Effects:
    """Odds ratios: the counted trials, then Abbar 2022 whole and in its depressive stratum, as printed."""
    rows = counted()
    numbers = rows[["events_active", "n_active", "events_control", "n_control"]].to_numpy(float).T
    printed = table("trial_differences").query("trial == 'abbar2022' and time_h == 72")
    printed = printed.set_index("active").loc[["ketamine x 2", DEPRESSIVE]]
    names = ["abbar2022", "abbar2022, depressive disorder"]
    abbar = from_interval(printed.value, printed.low, printed.high, ODDS_RATIO, study=names)
    return join(odds_ratio(*numbers, study=list(rows.reference)), abbar)


@cache
def silent() -> Effects:
    """What if: trials that printed no counts, each as if it had found no difference at all.

    Their size is real, their result is not: the odds ratio is 1 by decree, and the standard error is that
    of two equal groups in which a fifth is free of suicidal thoughts.
    """
    people = table("trials").set_index("trial").n_randomised.loc[list(SILENT)].to_numpy(float)
    variance = 2 * (1 / (BASE_SHARE * people / 2) + 1 / ((1 - BASE_SHARE) * people / 2))
    half = 1.959964 * np.sqrt(variance)
    return from_interval(np.ones(len(people)), np.exp(-half), np.exp(half), ODDS_RATIO, study=SILENT)
