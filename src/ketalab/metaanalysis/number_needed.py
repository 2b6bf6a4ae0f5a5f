"""How many people must be treated for one more to gain, or to be harmed, with the uncertainty in words.

The number needed is one over the risk difference, so its interval turns inside out when the difference
may be zero: it then runs from a number needed for benefit up to infinity and back down to a number
needed for harm (Altman 1998 [@altman1998]). Limits of the difference are Newcombe's, from Wilson's
intervals of the two risks, which hold in small trials where the usual ones do not (Bender 2001
[@bender2001]).
"""

from dataclasses import dataclass

import numpy as np

from ketalab.metaanalysis.effect_size import (
    normal_quantile,
    risk_difference,
)


@dataclass(frozen=True)
class NumberNeeded:
    """A risk difference and its interval, signed so that above zero is good, and what they mean.

    `estimate` is the number needed (infinite when the difference is zero); `benefit` and `harm` are
    the ends of the interval on either side, None for the side it does not reach.
    """

    difference: float
    low: float
    high: float
    level: float = 0.95

    @property
    def estimate(self) -> float:
        return 1 / abs(self.difference) if self.difference else np.inf

    @property
    def benefit(self) -> float | None:
        return 1 / self.high if self.high > 0 else None

    @property
    def harm(self) -> float | None:
        return -1 / self.low if self.low < 0 else None

    @property
    def name(self) -> str:
        return "NNTH" if self.difference < 0 else "NNTB"

    @property
    def interval(self) -> str:
        """The interval in the form Altman proposed."""
        if self.low > 0:
            return f"NNTB {people(1 / self.high)} to {people(1 / self.low)}"
        if self.high < 0:
            return f"NNTH {people(-1 / self.low)} to {people(-1 / self.high)}"
        sides = ((self.benefit, "NNTB"), (self.harm, "NNTH"))
        ends = [f"{name} {people(end)}" for end, name in sides if end is not None]
        if len(ends) == 2 and self.difference < 0:
            ends.reverse()
        return " to infinity to ".join(ends) if len(ends) == 2 else f"{ends[0]} to infinity"

    def __repr__(self) -> str:
        level = f"{100 * self.level:g}% interval {self.interval}"
        return f"{self.name} {people(self.estimate)} ({level}): {self.words}"

    @property
    def words(self) -> str:
        """What the number means to somebody who has never met one."""
        if self.difference == 0:
            return "the two groups fared the same, so no number of people makes a difference of one."
        kind = "gains" if self.difference > 0 else "is harmed"
        meaning = (
            f"for every {people(self.estimate)} people treated, one more {kind} than without the treatment"
        )
        if self.low > 0 or self.high < 0:
            return f"{meaning}."
        return f"{meaning}; the data also fit no difference at all, and one in the other direction."


def people(number: float) -> str:
    """A number of people: one decimal below ten, whole above."""
    if np.isinf(number):
        return "infinity"
    return f"{number:.1f}".removesuffix(".0") if number < 9.95 else f"{number:.0f}"


def number_needed_to_treat(
    events_treated: int,
    n_treated: int,
    events_control: int,
    n_control: int,
    *,
    wanted: bool = True,
    level: float = 0.95,
) -> NumberNeeded:
    """The number needed to treat from one trial's counts; `wanted` says if the event is a good one."""
    difference = float(risk_difference(events_treated, n_treated, events_control, n_control).estimate[0])
    low, high = newcombe_interval(events_treated, n_treated, events_control, n_control, level)
    return number_needed_from_difference(difference, low, high, wanted=wanted, level=level)


def number_needed_from_difference(
    difference: float, low: float, high: float, *, wanted: bool = True, level: float = 0.95
) -> NumberNeeded:
    """The number needed to treat from a risk difference and its limits, each from -1 to 1."""
    for name, value in (("low", low), ("difference", difference), ("high", high)):
        if not -1 <= value <= 1:
            raise ValueError(f"{name}: {value:g} is not allowed; a risk difference must be from -1 to 1")
    if not low <= difference <= high:
        raise ValueError(
            f"difference: {difference:g} is not allowed; it must be from low to high, {low:g} to {high:g}"
        )
    if wanted:
        return NumberNeeded(difference, low, high, level)
    return NumberNeeded(-difference, -high, -low, level)


def newcombe_interval(
    events_treated: int, n_treated: int, events_control: int, n_control: int, level: float = 0.95
) -> tuple[float, float]:
    """Limits of the risk difference from the Wilson intervals of the two risks (Newcombe's hybrid)."""
    p1, low1, high1 = wilson_interval(events_treated, n_treated, level)
    p2, low2, high2 = wilson_interval(events_control, n_control, level)
    down = np.hypot(p1 - low1, high2 - p2)
    up = np.hypot(high1 - p1, p2 - low2)
    return float(p1 - p2 - down), float(p1 - p2 + up)


def wilson_interval(events: int, n: int, level: float = 0.95) -> tuple[float, float, float]:
    """A risk and its limits by Wilson's score method, which holds for rare events and few people."""
    if not (n > 0 and 0 <= events <= n):
        raise ValueError(f"events: {events} is not allowed; it must be from 0 to n, which is {n}")
    z, p = normal_quantile(level), events / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return float(p), max(float(centre - half), 0.0), min(float(centre + half), 1.0)
