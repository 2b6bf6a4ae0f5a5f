"""How long a response lasts, and what further sessions would do, if relapse struck at a steady rate.

Without further sessions a responder relapses at the hazard h (1/day). A session lowers it to r h for the
w days that follow (r is a hazard ratio, w a window nobody has measured). With sessions every s days the
chance to be still well after t days is

    S(t) = exp(-h (t - (1 - r) P(t)))
    P(t) = floor(t / s) min(w, s) + min(t mod s, w)         days under protection so far

People may differ: if each person's hazard is h times a factor of their own (gamma distributed with mean
1 and variance v), those who relapse easily go first, and with H(t) = h (t - (1 - r) P(t))

    S(t) = (1 + v H(t)) ** (-1 / v)                         exp(-H(t)) where v = 0

so that relapse is fast at first and slow later. Times are in days, hazards in 1/day, v has no unit.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketalab.checks import above

Array = NDArray[np.float64]
TINY = 1e-12  # a variance too small to tell from none
NEVER = np.inf  # days between sessions when there are none


def hazard_from_median(median_days: float, spread: float = 0.0) -> float:
    """h that makes half relapse in this many days (above 0): ln 2 / median where `spread` v is 0."""
    return _half(spread) / float(above("median_days", median_days, 0, "days"))


def protected_days(days: ArrayLike, spacing: float, window: float) -> Array:
    """P(t): how many of the first t days lie within `window` days after a session.

    Sessions come at day 0 and every `spacing` days; `NEVER` means none, not even at day 0.
    """
    t = np.asarray(days, float)
    if np.any(~(t >= 0)):
        raise ValueError(f"days: {np.min(t):g} is not allowed; it must be 0 or more")
    if not window >= 0:
        raise ValueError(f"window: {window:g} is not allowed; it must be 0 days or more")
    if spacing == NEVER:
        return np.zeros_like(t)
    gap = float(above("spacing", spacing, 0, "days"))
    whole = np.floor(t / gap)
    return whole * min(window, gap) + np.minimum(t - whole * gap, window)


def still_well(
    days: ArrayLike,
    hazard: float,
    ratio: float = 1.0,
    spacing: float = NEVER,
    window: float = 0.0,
    spread: float = 0.0,
) -> Array:
    """S(t): the share of responders that has not relapsed after t days.

    `hazard` in 1/day (0 or more), `ratio` the hazard ratio under protection (0 to 1), `spread` the
    variance v of people's own factors (0 or more). Raises ValueError for any value outside its range.
    """
    if not hazard >= 0:
        raise ValueError(f"hazard: {hazard:g} is not allowed; it must be 0 per day or more")
    if not 0 <= ratio <= 1:
        raise ValueError(f"ratio: {ratio:g} is not allowed; it must be a hazard ratio from 0 to 1")
    _half(spread)  # refuses a spread out of range
    protected = protected_days(days, spacing, window)
    summed = hazard * (np.asarray(days, float) - (1 - ratio) * protected)
    return np.exp(-summed if spread < TINY else -np.log1p(spread * summed) / spread)


def median_days(
    hazard: float,
    ratio: float = 1.0,
    spacing: float = NEVER,
    window: float = 0.0,
    spread: float = 0.0,
) -> float:
    """The day at which half have relapsed; infinite when the hazard is 0.

    The cumulative hazard rises in straight pieces, so the day is found exactly: whole rounds of
    sessions first, then the rest of the last round.
    """
    still_well(0.0, hazard, ratio, spacing, window)  # refuses what is out of range
    target = _half(spread)
    if hazard == 0:
        return np.inf
    if spacing == NEVER:
        return target / hazard
    shielded = min(window, spacing)
    slow, fast = hazard * ratio * shielded, hazard * (spacing - shielded)
    if slow + fast == 0:
        return np.inf
    rounds = np.floor(target / (slow + fast) * (1 + 1e-15))
    rest = target - rounds * (slow + fast)
    if rest <= slow and slow > 0:
        return float(rounds * spacing + rest / (hazard * ratio))
    return float(rounds * spacing + shielded + (rest - slow) / hazard)


def sessions_given(days: float, spacing: float) -> int:
    """How many sessions fall into the first t days, the one at day 0 included."""
    return 0 if spacing == NEVER else int(np.floor(days / float(above("spacing", spacing, 0, "days")))) + 1


def _half(spread: float) -> float:
    """The H at which half have relapsed: (2^v - 1) / v."""
    if not spread >= 0:
        raise ValueError(f"spread: {spread:g} is not allowed; it must be 0 or more")
    return float(np.log(2) if spread < TINY else np.expm1(spread * np.log(2)) / spread)
