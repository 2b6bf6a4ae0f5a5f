"""How many more patients would settle this?

Power asks what a trial would find if the true effect were known. It is not: what the trials so far
allow is spread with variance SE^2 around the pooled estimate, and a new trial's own true effect with
tau^2 around that. Assurance averages the power over both:

    estimate of a new trial ~ Normal(mu, SE^2 + tau^2 + s^2),   s its standard error

so the chance that its own interval leaves out "no effect" has a closed form. SE and tau^2 are taken as they
are estimated, which with few trials promises a little too much.

Where only one estimate with its interval is known (a single trial, a pool that someone else published),
the update has a closed form: a mean weighted by precision, whose standard error is known beforehand.

    1 / SE_new^2 = 1 / SE^2 + 1 / (s^2 + tau^2)

A trial too small for the true effect, when it does find "significance", prints an effect that is too
large, and at times of the wrong sign [@gelman2014]: `significance_filter` says by how much and how often.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from ketalab.checks import above
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    MEAN_DIFFERENCE,
    ODDS_RATIO,
    RISK_DIFFERENCE,
    RISK_RATIO,
    Measure,
    normal_quantile,
    treated_risk,
)
from ketalab.metaanalysis.pooling import Pooled

Array = NDArray[np.float64]
QUANTILES = 400


@dataclass(frozen=True)
class Chances:
    """What may come out, as probabilities that add up to 1.

    `same` the interval leaves out "no effect" on the side of today's estimate, `opposite` on the other
    side, `undecided` it includes it.
    """

    same: float
    opposite: float

    @property
    def undecided(self) -> float:
        return 1 - self.same - self.opposite

    def __repr__(self) -> str:
        each = ", ".join(
            f"{100 * chance:.0f} {what}"
            for chance, what in (
                (self.same, "settle it the way it looks now"),
                (self.opposite, "settle it the other way"),
                (self.undecided, "leave it open"),
            )
        )
        return f"Of 100 such trials, {each}."


def standard_error_of_trial(
    measure: Measure,
    n_per_group: float,
    *,
    effect: float = 0.0,
    sd: float | None = None,
    control_risk: float | None = None,
) -> float:
    """The standard error a trial with two groups of this size would have, on the analysis scale.

    `effect` is the one it is planned for, on the analysis scale. A mean difference needs the `sd`
    of the scale, ratios and differences of risks the `control_risk`. The number may be a fraction.
    """
    if not n_per_group >= 2:
        raise ValueError(f"n_per_group: {n_per_group:g} is not allowed; it must be 2 or more")
    if measure is MEAN_DIFFERENCE:
        if sd is None or not sd > 0:
            raise ValueError(f"sd: {sd} is not allowed; a mean difference needs one above 0")
        return float(sd * np.sqrt(2 / n_per_group))
    if measure is HEDGES_G:
        return float(np.sqrt(2 / n_per_group + effect**2 / (4 * n_per_group)))
    if measure not in (ODDS_RATIO, RISK_RATIO, RISK_DIFFERENCE):
        raise ValueError(f"measure: a {measure.name} is not allowed; it must compare means or risks")
    if control_risk is None or not 0 < control_risk < 1:
        raise ValueError(
            f"control_risk: {control_risk} is not allowed; it must be between 0 and 1, both excluded"
        )
    risks = np.array([treated_risk(measure, effect, control_risk), control_risk])
    spread = {
        ODDS_RATIO.short: 1 / (risks * (1 - risks)),
        RISK_RATIO.short: (1 - risks) / risks,
        RISK_DIFFERENCE.short: risks * (1 - risks),
    }[measure.short]
    return float(np.sqrt(spread.sum() / n_per_group))


def power(effect: float, se: float, level: float = 0.95) -> float:
    """Chance that a trial with this standard error finds a known true effect, on either side of none.

    Power = Phi(|effect| / SE - z) + Phi(-|effect| / SE - z).
    """
    above("se", se, 0)
    z, size = normal_quantile(level), abs(effect) / se
    return float(ndtr(size - z) + ndtr(-size - z))


def assurance(pooled: Pooled, se: float, level: float = 0.95) -> Chances:
    """What the next trial by itself would say, averaged over what the trials so far leave open."""
    above("se", se, 0)
    centre, spread = abs(pooled.estimate), _spread(pooled, se)
    edge = normal_quantile(level) * se
    return Chances(float(ndtr((centre - edge) / spread)), float(ndtr((-centre - edge) / spread)))


@dataclass(frozen=True)
class SignificanceFilter:
    """What a trial prints when it finds "significance", for a known true effect.

    `power` how often that happens, `type_s` the share of those on the wrong side of no effect,
    `type_m` how many times too large they are on average (NaN where there is no true effect).
    """

    power: float
    type_s: float
    type_m: float


def significance_filter(effect: float, se: float, level: float = 0.95) -> SignificanceFilter:
    """Power, wrong sign and type_m of the estimates that leave out "no effect" [@gelman2014].

    With x ~ Normal(m, 1), m = |effect| / SE and z the quantile, the mean size of those beyond z is
    [phi(z - m) + phi(z + m) + m (Phi(m - z) - Phi(-m - z))] / power.
    """
    above("se", se, 0)
    z, m = normal_quantile(level), abs(effect) / se
    right, wrong = float(ndtr(m - z)), float(ndtr(-m - z))
    size = (_density(z - m) + _density(z + m) + m * (right - wrong)) / (right + wrong)
    return SignificanceFilter(right + wrong, wrong / (right + wrong), size / m if m > 0 else np.nan)


def _density(x: float) -> float:
    return float(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def predictive(pooled: Pooled, effect: float | None = None, tau: float = 0.0) -> Pooled:
    """What is believed about the next trial's true effect, in the form of a pool.

    As open as the trials so far leave it, or with `effect` a known one. `tau` is how far true effects
    differ between trials (analysis scale), to be assumed where one estimate alone is known.
    """
    if not tau >= 0:
        raise ValueError(f"tau: {tau:g} is not allowed; it must be 0 or more")
    if effect is None:
        return replace(pooled, tau2=tau**2)
    return replace(pooled, estimate=float(effect), se=0.0, tau2=tau**2)


@dataclass(frozen=True)
class Posterior:
    """Where an estimate may stand once the next trial is in, on the analysis scale.

    It is normal with `mean` and `sd`; its standard error `se` is known before the trial.
    """

    mean: float
    sd: float
    se: float
    level: float

    def intervals(self, count: int = QUANTILES) -> tuple[Array, Array]:
        """Lower and upper limits at this many equally likely outcomes, from the lowest up."""
        centre = self.mean + self.sd * ndtri((np.arange(count) + 0.5) / count)
        margin = normal_quantile(self.level) * self.se
        return centre - margin, centre + margin

    @property
    def chances(self) -> tuple[float, float]:
        """Chances that the interval lies wholly below and wholly above "no effect"."""
        edge = normal_quantile(self.level) * self.se
        return tuple(float(ndtr((side * self.mean - edge) / self.sd)) for side in (-1, 1))


def add_trial(pooled: Pooled, belief: Pooled, se: float) -> Posterior:
    """The pool with the next trial in it, in closed form; see the module for what it takes as known.

    `pooled` is today's estimate, `belief` what is believed about the next trial (`predictive`).
    """
    above("se", se, 0)
    tau2 = 0.0 if np.isnan(belief.tau2) else belief.tau2
    now, new = pooled.se**2, se**2 + tau2
    weight = now / (now + new)
    mean = pooled.estimate + weight * (belief.estimate - pooled.estimate)
    return Posterior(mean, weight * _spread(belief, se), float(np.sqrt(weight * new)), pooled.level)


def _spread(pooled: Pooled, se: float) -> float:
    """Standard deviation of what the next trial may find; the spread between trials of one is not known."""
    tau2 = 0.0 if np.isnan(pooled.tau2) else pooled.tau2
    return float(np.sqrt(pooled.se**2 + tau2 + se**2))
