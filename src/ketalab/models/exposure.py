"""Two small models of harm and exposure: odds that grow with days, and a tail behind a mean."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


def share_after_days(days: ArrayLike, baseline: float, odds_per_day: float) -> Array:
    """Share (0 to 1) with a symptom after so many days of use, when each day multiplies the odds.

        odds(d) = odds(0) r^d,  share = odds / (1 + odds)

    `days` is 0 or more, `baseline` the share without use (above 0, below 1), `odds_per_day` r above 0. The
    rates of `bladder_odds` [@cpmc2013] are for days in the last 180 and were adjusted for other things; to
    carry one along a whole axis is to believe that every day counts the same. Raises ValueError outside
    these ranges.
    """
    days = np.asarray(days, float)
    if not (days >= 0).all():
        raise ValueError(f"days: {days.min():g} is not allowed; it must be 0 or more")
    if not 0 < baseline < 1:
        raise ValueError(
            f"baseline: {baseline:g} is not allowed; it must be between 0 and 1, both excluded"
        )
    if not odds_per_day > 0:
        raise ValueError(f"odds_per_day: {odds_per_day:g} is not allowed; it must be more than 0")
    odds = baseline / (1 - baseline) * np.power(odds_per_day, days)
    return odds / (1 + odds)


def share_above(threshold: ArrayLike, mean: float, spread: float) -> Array:
    """Share of people beyond a threshold when rises are normal: Phi((mean - threshold) / spread).

    All in mmHg; `spread` is the standard deviation between people. Raises ValueError unless it is above 0.
    """
    if not spread > 0:
        raise ValueError(f"spread: {spread:g} is not allowed; it must be more than 0 mmHg")
    return ndtr((mean - np.asarray(threshold, float)) / spread)


def spread_behind(threshold: float, mean: float, share: float) -> float:
    """The standard deviation (mmHg) at which this share of people lies beyond the threshold.

    The inverse of `share_above`. Raises ValueError when no spread can do it: a threshold above the mean
    needs a share between 0 and one half.
    """
    if not threshold > mean:
        raise ValueError(f"threshold: {threshold:g} is not allowed; it must be more than {mean:g} mmHg")
    if not 0 < share < 0.5:
        raise ValueError(f"share: {share:g} is not allowed; it must be between 0 and 0.5, both excluded")
    return float((mean - threshold) / ndtri(share))
