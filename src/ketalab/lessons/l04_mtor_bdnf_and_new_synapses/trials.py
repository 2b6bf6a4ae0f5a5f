"""Spine counts of single dendrites, made comparable: from a mouse's first day, and mouse by mouse."""

import numpy as np
import pandas as pd
from scipy import stats

FIRST_DAY = -3
FLAGGED_UNTIL = 5  # the authors left out dendrites with damage in one of the first five sessions
FEWEST = 5  # mice a group from which on an interval is worth giving


def from_first_day(spines: pd.DataFrame) -> pd.DataFrame:
    """Each dendrite's spine density in percent above the mean of its mouse on the first day (`change`).

    `spines` is the table `dendritic_spines`; as in the source, dendrites flagged as damaged in one of
    the first five sessions are left out.
    """
    flagged = spines[(spines.damaged == 1) & (spines.day <= FLAGGED_UNTIL)]
    marked = spines.merge(flagged[["mouse", "branch"]].drop_duplicates(), how="left", indicator=True)
    kept = marked[marked["_merge"] == "left_only"].drop(columns="_merge")
    first = kept[kept.day == FIRST_DAY].groupby("mouse").spines_per_um.mean()
    return kept.assign(change=100 * (kept.spines_per_um / kept.mouse.map(first) - 1))


def by_mouse(dendrites: pd.DataFrame) -> pd.DataFrame:
    """The mean change of each mouse and day: treatment, mouse, day, change."""
    return dendrites.groupby(["treatment", "mouse", "day"]).change.mean().reset_index()


def ketamine_minus_saline(mice: pd.DataFrame) -> pd.DataFrame:
    """By day: mice with ketamine, mice with saline, difference of their means (points).

    Where each group has five mice or more, also Welch's 95 % interval (the groups may vary
    differently); with fewer an interval would promise more than two mice can hold.
    """
    rows = []
    for day, group in mice[mice.day > FIRST_DAY].groupby("day"):
        ketamine = group[group.treatment == "ketamine"].change
        saline = group[group.treatment == "saline"].change
        low = high = np.nan
        if min(len(ketamine), len(saline)) >= FEWEST:
            low, high = stats.ttest_ind(ketamine, saline, equal_var=False).confidence_interval()
        rows.append((int(day), len(ketamine), len(saline), ketamine.mean() - saline.mean(), low, high))
    return pd.DataFrame(rows, columns=["day", "ketamine", "saline", "difference", "low", "high"])
