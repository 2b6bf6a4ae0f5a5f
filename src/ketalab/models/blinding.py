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

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
    gap = float(unblinding(right_treated, right_control))
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

    @property
    def difference(self) -> float:
        """Mean improvement of the treated minus that of the controls (points)."""
        return float(self.improvement[self.treated].mean() - self.improvement[~self.treated].mean())

    @property
    def right(self) -> tuple[float, float]:
        """The shares of treated and controls that guessed their arm."""
        return float(self.believes[self.treated].mean()), float(1 - self.believes[~self.treated].mean())


def simulate(
    people: int,
    seed: int,
    *,
    drug: float,
    belief: float,
    right_treated: float,
    right_control: float,
    base: float = 8.0,
    spread: float = 10.0,
) -> Trial:
    """A trial of `people` in each arm, person by person; the same seed gives the same people.

    `base` is what the controls who do not believe improve by, `spread` the standard deviation between
    people (points). Raises ValueError for fewer than 2 people, a share outside 0 to 1, or a spread below 0.
    """
    if not people >= 2:
        raise ValueError(f"people: {people} is not allowed; it must be 2 or more in each arm")
    if not spread >= 0:
        raise ValueError(f"spread: {spread:g} is not allowed; it must be 0 points or more")
    p, q = (
        float(within("right_treated", right_treated, 0, 1)),
        float(within("right_control", right_control, 0, 1)),
    )
    rng = np.random.default_rng(seed)
    treated = np.repeat([True, False], people)
    believes = rng.random(2 * people) < np.where(treated, p, 1 - q)
    noise = spread * rng.standard_normal(2 * people)
    return Trial(treated, believes, base + drug * treated + belief * believes + noise)
