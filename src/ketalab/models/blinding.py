"""What a trial shows when people can guess their arm: arithmetic of what could be, not evidence that it is.

Each person has the effect of the drug, if they got it, and the effect of believing that they did:

    y = base + d [got it] + e [believes it] + noise

With a share p of the treated and a share q of the controls guessing right, the two groups differ by

    D = d + e (p + q - 1)

where J = p + q - 1 is the unblinding: 1 when everybody knows, 0 when guesses are as common in both
groups, below 0 when more of the controls believe that they got it. D, d and e are in points of the
rating scale, counted as improvement: above zero is better.

The model takes belief as a cause. The arrow can point the other way: people who feel better guess that
they got the drug, and then p + q - 1 is above 0 with e = 0. A guess asked for after the outcome cannot
tell the two apart.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from ketalab.checks import within

Array = NDArray[np.float64]


def unblinding(right_treated: ArrayLike, right_control: ArrayLike) -> Array:
    """J = p + q - 1, from -1 to 1: how much more common the belief in the drug is among the treated.

    `right_treated` and `right_control` are the shares (0 to 1) that guess their arm; shapes broadcast.
    Raises ValueError for a share outside 0 to 1.
    """
    return within("right_treated", right_treated, 0, 1) + within("right_control", right_control, 0, 1) - 1


def drug_effect_left(
    observed: ArrayLike, belief: ArrayLike, right_treated: ArrayLike, right_control: ArrayLike
) -> Array:
    """d = D - e J (points): what is left for the drug, if belief were worth e."""
    return np.asarray(observed, float) - np.asarray(belief, float) * unblinding(
        right_treated, right_control
    )


def belief_that_explains(observed: float, right_treated: float, right_control: float) -> float:
    """e = D / J (points): what belief must be worth for the drug to have done nothing.

    Infinite where the groups believe alike (J = 0) or the wrong way round (J of the other sign): then
    no belief explains the difference.
    """
    gap = round(float(unblinding(right_treated, right_control)), 12)  # 0.4 + 0.8 - 1 is a little over 0.2
    if observed == 0:
        return 0.0
    if abs(gap) < 1e-12 or (gap < 0) != (observed < 0):
        return np.inf
    return observed / gap


@dataclass(frozen=True, eq=False)
class Trial:
    """Simulated people: who got the drug, who believes it, and by how many points each improved."""

    treated: NDArray[np.bool_]
    believes: NDArray[np.bool_]
    improvement: Array

    @cached_property
    def difference(self) -> float:
        """Mean improvement of the treated minus that of the controls (points)."""
        return float(self.improvement[self.treated].mean() - self.improvement[~self.treated].mean())

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the difference (points), by Welch: each arm has its own spread."""
        arms = self.improvement[self.treated], self.improvement[~self.treated]
        parts = [arm.var(ddof=1) / arm.size for arm in arms]
        error = sum(parts)
        if error == 0:
            return self.difference, self.difference
        freedom = error**2 / sum(part**2 / (arm.size - 1) for part, arm in zip(parts, arms, strict=True))
        margin = float(stdtrit(freedom, 0.975) * np.sqrt(error))
        return self.difference - margin, self.difference + margin

    @property
    def right(self) -> tuple[float, float]:
        """The shares of treated and controls that guessed their arm."""
        return float(self.believes[self.treated].mean()), float(1 - self.believes[~self.treated].mean())


def simulate(
    people: int | tuple[int, int],
    seed: int,
    *,
    drug: float,
    belief: float,
    right_treated: float,
    right_control: float,
    base: float = 8.0,
    spread: float | tuple[float, float] = 10.0,
) -> Trial:
    """A trial of `people` in each arm, person by person; the same seed gives the same people.

    `base` is what the controls who do not believe improve by, `spread` the standard deviation between
    people who believe alike (points). Of `people` and `spread` a pair is that of the treated and that of
    the controls. Raises ValueError for fewer than 2 people, a share outside 0 to 1, or a spread below 0.
    """
    arms = _pair(people)
    for size in arms:
        if not size >= 2:
            raise ValueError(f"people: {size} is not allowed; it must be 2 or more in each arm")
    spreads = _pair(spread)
    for size in spreads:
        if not size >= 0:
            raise ValueError(f"spread: {size:g} is not allowed; it must be 0 points or more")
    p, q = (
        float(within("right_treated", right_treated, 0, 1)),
        float(within("right_control", right_control, 0, 1)),
    )
    rng = np.random.default_rng(seed)
    treated = np.repeat([True, False], arms)
    believes = rng.random(treated.size) < np.where(treated, p, 1 - q)
    noise = np.repeat(spreads, arms) * rng.standard_normal(treated.size)
    return Trial(treated, believes, base + drug * treated + belief * believes + noise)


def spread_beside_belief(spread: float, belief: float, believing: float) -> float:
    """What differs between people for other reasons (points), if they differ by `spread` in all and a
    share `believing` of them improves by `belief` more. ValueError where belief alone spreads them more."""
    left = spread**2 - belief**2 * believing * (1 - believing)
    if left < 0:
        raise ValueError(f"belief: {belief:g} is not allowed; it must spread people by {spread:g} or less")
    return float(np.sqrt(left))


def _pair(value: float | tuple[float, float]) -> tuple[float, float]:
    return value if isinstance(value, tuple) else (value, value)
