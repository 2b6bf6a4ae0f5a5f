"""Can a trial of this size show that something rare became rarer?

Two groups of n people, followed for the same time. A control risk p0 and a relative risk r leave
n p0 and n r p0 people with an event to be expected, and the numbers that turn up scatter around that:

    X0 ~ Poisson(n p0),   X1 ~ Poisson(n r p0)

If the treatment does nothing, each of the T = X0 + X1 events is as likely to fall into either group, so
X1 given T is Binomial(T, 1/2). The test asks whether X1 is too small or too large for that, with half
of the error on either side. Two things follow. What counts is the number of events, not of people. And
with fewer than six events no split at all reaches P < 0.05, for 2 (1/2)^5 is 0.06.

Rule of thumb for the events needed in both groups together, with the normal quantiles z of the level
and of the wanted chance:

    T = (z_level + z_chance)^2 (1 + r)^2 / (r ln(r)^2)

Counts of people with an event scatter a little less than Poisson's when the event is common: up to a
risk of 0.3 the chances given here are then slightly too low. Risks are fractions, rates are per
100 000 person-years, times in years. The chances follow from the two lines above and from nothing else.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc, gammaln, ndtr, ndtri

from ketalab.checks import at_least
from ketalab.metaanalysis.effect_size import normal_quantile

Array = NDArray[np.float64]

MOST_EVENTS = 6000  # in both groups together; above, the normal approximation is as good
GRID = np.geomspace(0.2, 5000, 200)  # expected events in both groups
HIGHEST_RISK = 0.3


def risk_of_rate(rate: float, years: float) -> float:
    """Share of people with an event by the end of the follow-up, 1 - exp(-rate years / 100 000).

    Raises ValueError for a negative rate (per 100 000 person-years) or a negative time (years).
    """
    at_least("rate", rate, 0, "per 100 000 person-years")
    at_least("years", years, 0, "years")
    return float(-np.expm1(-rate * years / 1e5))


def chance_to_show(expected_control: ArrayLike, relative: float, level: float = 0.95) -> Array:
    """Chance that a trial with so many events expected in its control group tells the groups apart.

    `relative` is the risk under treatment over that of the control group. Raises ValueError for negative
    expected events, or for a relative risk outside 0.01 to 0.99.
    """
    expected = np.asarray(expected_control, dtype=float)
    if not (np.isfinite(expected) & (expected >= 0)).all():
        raise ValueError(
            f"expected_control: {expected.min():g} is not allowed; it must be 0 or more events"
        )
    _checked(relative)
    total = expected * (1 + relative)
    within = np.interp(total, GRID, _chances(relative, level), left=0.0)
    return np.where(total <= GRID[-1], within, _normal_chance(expected, relative, level))


def expected_needed(relative: float, chance: float = 0.8, level: float = 0.95) -> float:
    """Events that must be expected in the control group for this chance to tell the groups apart."""
    _checked(relative, chance)
    chances = _chances(relative, level)
    if chances[-1] < chance:
        return events_rule(relative, chance, level) / (1 + relative)
    return float(np.exp(np.interp(chance, chances, np.log(GRID)))) / (1 + relative)


def people_needed(control_risk: float, relative: float, chance: float = 0.8, level: float = 0.95) -> float:
    """People in each group for this chance to tell the groups apart; see the module for the test.

    Raises ValueError for a control risk that is not above 0 and up to 0.3.
    """
    if not 0 < control_risk <= HIGHEST_RISK:
        raise ValueError(
            f"control_risk: {control_risk:g} is not allowed; it must be above 0 and up to {HIGHEST_RISK}"
        )
    return expected_needed(relative, chance, level) / control_risk


def events_rule(relative: float, chance: float = 0.8, level: float = 0.95) -> float:
    """Rule of thumb for the events needed in both groups together."""
    _checked(relative, chance)
    z = normal_quantile(level) + ndtri(chance)
    return float(z**2 * (1 + relative) ** 2 / (relative * np.log(relative) ** 2))


@cache
def _critical(level: float) -> tuple[Array, Array]:
    """For 0 to `MOST_EVENTS` events: the most in one group that is too few for chance; -1 where none is."""
    from scipy.stats import binom  # half a second, which only who asks should wait for

    total = np.arange(MOST_EVENTS + 1)
    tail = (1 - level) / 2
    most = binom.ppf(tail, total, 0.5)
    return total, np.where(bdtr(most, total, 0.5) <= tail, most, most - 1)


@cache
def _weights() -> Array:
    """Poisson's probabilities of 0 to `MOST_EVENTS` events at each point of the grid."""
    total = np.arange(MOST_EVENTS + 1)
    return np.exp(total * np.log(GRID)[:, None] - GRID[:, None] - gammaln(total + 1))


@cache
def _chances(relative: float, level: float) -> Array:
    """The chance of a verdict at each point of the grid, averaged over the events that may turn up."""
    total, most = _critical(level)
    share = relative / (1 + relative)
    known = most >= 0
    verdict = np.zeros(len(total))
    verdict[known] = bdtr(most[known], total[known], share)
    verdict[known] += bdtrc(total[known] - most[known] - 1, total[known], share)
    return np.maximum.accumulate(_weights() @ verdict)


def _normal_chance(expected: Array, relative: float, level: float) -> Array:
    """The chance from the standard error of the log ratio of two large counts."""
    error = np.sqrt(np.maximum(expected, 1e-9) * relative / (1 + relative))
    return ndtr(abs(np.log(relative)) * error - normal_quantile(level))


def _checked(relative: float, chance: float = 0.8) -> None:
    if not 0.01 <= relative <= 0.99:
        raise ValueError(f"relative: {relative:g} is not allowed; it must be 0.01 to 0.99")
    if not 0.05 < chance < 1:
        raise ValueError(f"chance: {chance:g} is not allowed; it must be above 0.05 and below 1")
