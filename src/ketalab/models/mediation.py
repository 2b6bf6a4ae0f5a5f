"""Does the experience carry the benefit, or only travel with it? Trials whose truth is known.

A drug T (0 or 1, randomised) raises an experience M, such as dissociation. The benefit Y may come through
the experience, past it, or through the guess G the experience allows; and a trait U that nobody chose may
make people both more sensitive to the one and more likely to have the other. Everything is in standard
deviations; U, e, f are standard normal and independent:

    M = rise T + loading U + sqrt(1 - loading^2) e
    G = 1 where M > rise / 2, else 0              ("I had the drug", guessed from how it felt)
    Y = drug T + indirect M + expectancy G + confounder U + f

What the experience itself brings is rise x indirect. Four analyses try to find it:

    slope       slope of Y on M among the treated, times the rise of M
    product     rise of M times the coefficient of M in Y ~ T + M + P (product of coefficients); P is what
                was measured of U: P = measured U + sqrt(1 - measured^2) g
    masking     the effect awake minus the effect asleep: under anaesthesia M = 0 and G is a toss of a coin
    enriching   all have the drug and know it; a lot gives half `MORE` of M. Difference / MORE x rise

With d = rise / 2, phi and Phi the normal density and distribution, large trials find

    slope       rise (indirect + expectancy phi(d) + confounder loading)
    product     rise (indirect + expectancy phi(d)
                      + confounder loading (1 - measured^2) / (1 - loading^2 measured^2))
    masking     rise indirect + expectancy (2 Phi(d) - 1)
    enriching   rise indirect

So neither adjusting nor mediation finds the truth unless all of U was measured and nobody hopes: the
assumption called sequential ignorability [@imai2010]. `exact` gives these answers, `simulate` trials.
"""

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ketalab.checks import within

Array = NDArray[np.float64]
MORE = 1.0  # SD of extra experience that enriching the session gives
ANALYSES = ("slope", "product", "masking", "enriching")
RANGES = {
    "rise": (0, 5),
    "drug": (-3, 3),
    "indirect": (-3, 3),
    "expectancy": (-3, 3),
    "confounder": (-3, 3),
    "loading": (0, 0.99),
    "measured": (0, 1),
}


@dataclass(frozen=True)
class CausalModel:
    """How things are. All in standard deviations; `loading` and `measured` are correlations.

    Raises ValueError for a value outside its range.
    """

    rise: float = 2.0
    drug: float = 0.0
    indirect: float = 0.0
    expectancy: float = 0.0
    confounder: float = 0.0
    loading: float = 0.0
    measured: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            within(field.name, getattr(self, field.name), *RANGES[field.name])

    @property
    def truth(self) -> float:
        """Benefit that the experience itself brings (SD)."""
        return self.rise * self.indirect

    @property
    def by_expectancy(self) -> float:
        """Benefit that the guess brings: more people guess "drug" with the drug (SD)."""
        return self.expectancy * float(2 * ndtr(self.rise / 2) - 1)

    @property
    def total(self) -> float:
        """Effect of the drug in a trial of people who are awake (SD)."""
        return self.drug + self.truth + self.by_expectancy


def exact(world: CausalModel) -> dict[str, float]:
    """What each analysis finds in an endless trial (SD), and `correlation` of M and Y among the treated."""
    half = world.rise / 2
    bell, guessed = float(np.exp(-(half**2) / 2) / np.sqrt(2 * np.pi)), float(ndtr(half))
    tied = world.confounder * world.loading
    left = (1 - world.measured**2) / (1 - (world.loading * world.measured) ** 2)
    slope = world.indirect + world.expectancy * bell + tied
    variance = (
        1
        + world.indirect**2
        + world.confounder**2
        + world.expectancy**2 * guessed * (1 - guessed)
        + 2 * (world.indirect * tied + world.expectancy * bell * (world.indirect + tied))
    )
    return {
        "slope": world.rise * slope,
        "product": world.rise * (slope - tied + tied * left),
        "masking": world.truth + world.by_expectancy,
        "enriching": world.truth,
        "correlation": slope / variance**0.5,
    }


@dataclass(frozen=True)
class Trials:
    """Simulated trials and what each analysis finds in each: arrays of trials x arms x people (SD).

    Arms are 0 without and 1 with the drug.
    """

    experience: Array
    benefit: Array
    found: dict[str, Array]


def simulate(world: CausalModel, people: int, trials: int, seed: int = 1) -> Trials:
    """`trials` trials of `people` each, half with the drug, and the trials asleep and enriched beside them.

    Each of these has `people` people too. The same seed gives the same people in every world.
    Raises ValueError for fewer than 8 people, an odd number, or no trials.
    """
    if people < 8 or people % 2:
        raise ValueError(f"people: {people} is not allowed; it must be an even number, 8 or more")
    if trials < 1:
        raise ValueError(f"trials: {trials} is not allowed; it must be 1 or more")
    awake, asleep, enriched = _people(people, trials, seed)
    arm = np.array([[0.0], [1.0]])
    experience = world.rise * arm + _felt(world, awake)
    guess = (experience > world.rise / 2).astype(float)
    benefit = (
        world.drug * arm
        + world.indirect * experience
        + world.expectancy * guess
        + world.confounder * awake.trait
        + awake.rest
    )
    asleep_benefit = (
        world.drug * arm
        + world.expectancy * (asleep.felt > 0)
        + world.confounder * asleep.trait
        + asleep.rest
    )
    richer = world.rise + MORE * arm + _felt(world, enriched)
    enriched_benefit = world.indirect * richer + world.confounder * enriched.trait + enriched.rest
    proxy = world.measured * awake.trait + (1 - world.measured**2) ** 0.5 * awake.proxy
    effect = _difference(benefit)
    found = {
        "slope": world.rise * _slope(experience[:, 1:], benefit[:, 1:]),
        "product": _difference(experience) * _slope(experience, benefit, proxy),
        "masking": effect - _difference(asleep_benefit),
        "enriching": world.rise * _difference(enriched_benefit) / MORE,
    }
    return Trials(experience, benefit, found)


@dataclass(frozen=True)
class _People:
    """Standard normal draws: trait, rest of the experience, rest of the benefit, error of the proxy."""

    trait: Array
    felt: Array
    rest: Array
    proxy: Array


@cache
def _people(people: int, trials: int, seed: int) -> tuple[_People, _People, _People]:
    rng = np.random.default_rng(seed)
    shape = (trials, 2, people // 2)
    return tuple(_People(*rng.standard_normal((4, *shape))) for _ in range(3))


def _felt(world: CausalModel, people: _People) -> Array:
    return world.loading * people.trait + (1 - world.loading**2) ** 0.5 * people.felt


def _difference(values: Array) -> Array:
    """Mean with minus mean without, one for each trial."""
    with_mean, without = values[:, 1].mean(axis=-1), values[:, 0].mean(axis=-1)
    return with_mean - without


def _slope(x: Array, y: Array, beside: Array | None = None) -> Array:
    """Least-squares coefficient of y on x within the arms, one for each trial; `beside` is adjusted for."""
    x, y = _centred(x), _centred(y)
    if beside is not None:
        beside = _centred(beside)
        x = x - beside * (_dot(x, beside) / _dot(beside, beside))[:, None, None]
    return _dot(x, y) / _dot(x, x)


def _centred(values: Array) -> Array:
    return values - values.mean(axis=-1, keepdims=True)


def _dot(x: Array, y: Array) -> Array:
    return np.einsum("tap,tap->t", x, y)
