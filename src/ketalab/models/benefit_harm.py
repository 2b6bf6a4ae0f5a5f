"""Benefits and harms of a treatment in 1,000 people, from the counts of trials and a reader's own weights.

A risk p behind x events in n people is drawn from Beta(x + 1/2, n - x + 1/2) (Jeffreys' prior), for each
arm and each outcome on its own. In 1,000 people the drug then brings

    extra = 1000 (p_drug - p_control)

more (or, below zero, fewer) people with the outcome. With a weight w for one person with each outcome,

    net = sum over wanted outcomes of w c extra - sum over harms of w extra - 1000 b

where c (0 to 1) is the share of the extra benefit that the reader credits to the drug rather than to
belief in it, and b is a burden that falls on everybody, such as hours in a clinic. The unit of `net` is
the weight's: with w = 1 for remission it counts remissions.

The mean of `net` does not depend on who gets several outcomes at once; its spread does, and here outcomes
are taken as unrelated. Nothing is known about outcomes that no trial counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
PEOPLE = 1000


@dataclass(frozen=True)
class Outcome:
    """An outcome counted in both arms of a trial; `wanted` says if it is a good one.

    Raises ValueError when an arm is empty or holds more events than people.
    """

    name: str
    wanted: bool
    events_drug: int
    n_drug: int
    events_control: int
    n_control: int

    def __post_init__(self) -> None:
        for arm in ("drug", "control"):
            events, n = getattr(self, f"events_{arm}"), getattr(self, f"n_{arm}")
            if n < 1:
                raise ValueError(f"n_{arm}: {n} is not allowed; it must be 1 or more people")
            if not 0 <= events <= n:
                raise ValueError(f"events_{arm}: {events} is not allowed; it must be from 0 to {n}")


@dataclass(frozen=True)
class OutcomePartition:
    """What becomes of 1,000 people; the four numbers add up to 1,000.

    `doomed` have the outcome with or without the drug, `caused` only with it, `prevented` only without it,
    `immune` in no case. One of `caused` and `prevented` is zero: counts of arms cannot show that the drug
    moved some people one way and some the other.
    """

    doomed: float
    caused: float
    prevented: float
    immune: float


def outcome_partition(outcome: Outcome) -> OutcomePartition:
    """The 1,000 people behind the observed shares of both arms."""
    drug = PEOPLE * outcome.events_drug / outcome.n_drug
    control = PEOPLE * outcome.events_control / outcome.n_control
    return OutcomePartition(
        doomed=min(drug, control),
        caused=max(drug - control, 0.0),
        prevented=max(control - drug, 0.0),
        immune=PEOPLE - max(drug, control),
    )


@dataclass(frozen=True, eq=False)
class Simulation:
    """Extra people per 1,000 in each simulated world: rows are worlds, columns outcomes."""

    outcomes: tuple[Outcome, ...]
    extra: Array

    def interval(self, level: float = 0.95) -> Array:
        """Lower and upper limits of the extra people per 1,000, one row an outcome."""
        tail = 50 * (1 - level)
        return np.percentile(self.extra, [tail, 100 - tail], axis=0).T

    def net(self, weights: Mapping[str, float], credit: float = 1.0, burden: float = 0.0) -> Array:
        """The weighted sum in every world; see the module. Outcomes without a weight count nothing.

        Raises ValueError for an unknown outcome, a negative weight or burden, or a credit outside 0 to 1.
        """
        return self.extra @ _signed(self.outcomes, weights, credit, burden) - PEOPLE * burden


def simulate(outcomes: Sequence[Outcome], worlds: int = 4000, seed: int = 12) -> Simulation:
    """Draw the risks of all outcomes `worlds` times; the same seed gives the same worlds.

    An outcome's draws depend on its place in the list only, not on the others.
    Raises ValueError for fewer than 2 worlds.
    """
    if worlds < 2:
        raise ValueError(f"worlds: {worlds} is not allowed; it must be 2 or more")
    extra = np.empty((worlds, len(outcomes)))
    for i, one in enumerate(outcomes):
        rng = np.random.default_rng([seed, i])
        drug = rng.beta(one.events_drug + 0.5, one.n_drug - one.events_drug + 0.5, worlds)
        control = rng.beta(one.events_control + 0.5, one.n_control - one.events_control + 0.5, worlds)
        extra[:, i] = PEOPLE * (drug - control)
    return Simulation(tuple(outcomes), extra)


def expected_net(
    outcomes: Sequence[Outcome], weights: Mapping[str, float], credit: float = 1.0, burden: float = 0.0
) -> float:
    """The weighted sum at the observed shares, without any drawing."""
    extra = np.array([outcome_partition(one).caused - outcome_partition(one).prevented for one in outcomes])
    return float(extra @ _signed(outcomes, weights, credit, burden) - PEOPLE * burden)


def break_even(
    outcomes: Sequence[Outcome], weights: Mapping[str, float], harm: str, credit: float = 1.0
) -> float:
    """The weight of one harm at which the expected net is zero, the others as given.

    Infinite when no weight of this harm can tip the balance. Raises ValueError for an unknown outcome or
    one that is wanted.
    """
    chosen = next((one for one in outcomes if one.name == harm), None)
    if chosen is None or chosen.wanted:
        raise ValueError(
            f"harm: {harm!r} is not one of {', '.join(o.name for o in outcomes if not o.wanted)}"
        )
    rest = expected_net(outcomes, {**weights, harm: 0.0}, credit)
    extra = outcome_partition(chosen).caused - outcome_partition(chosen).prevented
    return rest / extra if extra and rest / extra >= 0 else np.inf


def _signed(
    outcomes: Sequence[Outcome], weights: Mapping[str, float], credit: float, burden: float
) -> Array:
    """Weights with their signs, in the order of the outcomes, after checking them."""
    names = [one.name for one in outcomes]
    for name, weight in weights.items():
        if name not in names:
            raise ValueError(f"weights: {name!r} is not one of {', '.join(names)}")
        if not weight >= 0:
            raise ValueError(f"weights: {weight:g} for {name} is not allowed; it must be 0 or more")
    if not 0 <= credit <= 1:
        raise ValueError(f"credit: {credit:g} is not allowed; it must be a share from 0 to 1")
    if not burden >= 0:
        raise ValueError(f"burden: {burden:g} is not allowed; it must be 0 or more")
    return np.array([(credit if one.wanted else -1.0) * weights.get(one.name, 0.0) for one in outcomes])
