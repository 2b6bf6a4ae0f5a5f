"""A belief as a normal distribution, and what new evidence makes of it.

Two independent normal judgements of one quantity combine by their precisions:

    1 / s^2 = 1 / s1^2 + 1 / s2^2,     m = s^2 (m1 / s1^2 + m2 / s2^2)

which is Bayes' rule for a normal prior and a normal likelihood with known standard deviation. All
quantities carry the unit of the effect. A pool's standard error is taken as known, which with few trials
promises a little too much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Belief:
    """A normal belief with this mean and standard deviation `sd` > 0, in the unit of the effect."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.mean):
            raise ValueError(f"mean: {self.mean} is not allowed; it must be a finite number")
        if not 0 < self.sd < np.inf:
            raise ValueError(f"sd: {self.sd:g} is not allowed; it must be above 0 and finite")

    def density(self, x: ArrayLike) -> Array:
        """Probability density at `x`, per unit of the effect."""
        z = (np.asarray(x, float) - self.mean) / self.sd
        return np.exp(-(z**2) / 2) / (self.sd * np.sqrt(2 * np.pi))

    def above(self, limit: float) -> float:
        """Chance that the effect is above `limit`."""
        return float(ndtr((self.mean - limit) / self.sd))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The central interval that holds the effect with this chance, between 0 and 1."""
        if not 0 < level < 1:
            raise ValueError(f"level: {level:g} is not allowed; it must be between 0 and 1, both excluded")
        margin = float(ndtri((1 + level) / 2)) * self.sd
        return self.mean - margin, self.mean + margin


def weight(prior: Belief, evidence: Belief) -> float:
    """Share of the prior in the combined mean: 1 when the evidence says nothing, 0 when it says all."""
    return evidence.sd**2 / (prior.sd**2 + evidence.sd**2)


def combine(prior: Belief, evidence: Belief) -> Belief:
    """What to believe after the evidence."""
    share = weight(prior, evidence)
    mean = share * prior.mean + (1 - share) * evidence.mean
    return Belief(mean, float(np.sqrt(share) * prior.sd))
