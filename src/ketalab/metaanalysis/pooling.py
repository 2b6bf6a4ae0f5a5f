"""Pooling: what several trials say together, how far they differ, and what the next may show.

Each trial's estimate y_i differs from its own true effect by chance (variance v_i), and the true
effects differ between trials (variance tau^2):

    y_i = mu + u_i + e_i,   Var(u_i) = tau^2,   Var(e_i) = v_i
    mu = sum(w_i y_i) / sum(w_i),   w_i = 1 / (v_i + tau^2)

Paule and Mandel's tau^2 [@paule1982] makes the weighted squared distances from the mean as large as
chance would make them, sum(w_i (y_i - mu)^2) = k - 1. Hartung and Knapp's interval [@knapp2003]
takes the spread from the trials themselves and Student's t for its width, so that few trials give an
honestly wide one. Everything is on the analysis scale (`effect_size`); `Pooled.natural` and its
text are on the reader's.

The arithmetic is vectorised: `pool` of 20 trials takes well under a millisecond, and a whole batch of
data sets (last axis: trials) is pooled in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, chdtri, ndtr, stdtr

from ketalab.checks import one_of
from ketalab.metaanalysis.effect_size import Effects, Measure, normal_quantile, shown, shown_p

Array = NDArray[np.float64]
Method = Literal["paule-mandel", "reml", "dersimonian-laird", "fixed"]
IntervalKind = Literal["hartung-knapp", "hartung-knapp plain", "normal"]
METHODS = ("paule-mandel", "reml", "dersimonian-laird", "fixed")
INTERVALS = ("hartung-knapp", "hartung-knapp plain", "normal")
NAMES = {
    "paule-mandel": "Paule-Mandel",
    "reml": "REML",
    "dersimonian-laird": "DerSimonian-Laird",
    "fixed": "fixed effect",
    "hartung-knapp": "Hartung-Knapp",
    "hartung-knapp plain": "plain Hartung-Knapp",
    "normal": "normal",
}


class Natural(NamedTuple):
    """A pooled effect on the natural scale."""

    estimate: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float


@dataclass(frozen=True, eq=False)
class Pooled:
    """What the trials say together, on the analysis scale, and what to beware of in plain words.

    `se` is the standard error behind the interval, `weight_se` the one that the weights alone give
    (the same, unless Hartung and Knapp's factor differs from 1). `tau2` is the variance of the true
    effects with its Q-profile interval [@veroniki2016], `i2` the share of the spread that chance does
    not explain (0 to 1) with its test-based interval [@higgins2002], `q` Cochran's Q with `q_p`. The
    prediction interval holds the true effect of a new trial, with t on k - 2 degrees of freedom
    [@riley2011]. `weights` (a share of 1 for each trial, 0 for one that was left out) are in the order
    of the trials. What cannot be known is NaN.
    """

    measure: Measure
    k: int
    estimate: float
    se: float
    weight_se: float
    low: float
    high: float
    p: float
    prediction_low: float
    prediction_high: float
    tau2: float
    tau2_low: float
    tau2_high: float
    i2: float
    i2_low: float
    i2_high: float
    q: float
    q_p: float
    weights: Array = field(repr=False)
    method: str
    interval: str
    level: float
    warnings: tuple[str, ...]

    @property
    def natural(self) -> Natural:
        """Estimate, interval and prediction interval on the natural scale."""
        ends = (self.estimate, self.low, self.high, self.prediction_low, self.prediction_high)
        return Natural(*(float(self.measure.natural(end)) for end in ends))

    @property
    def excludes_null(self) -> bool:
        """Whether the interval leaves out "no effect"."""
        return self.low > 0 or self.high < 0

    @property
    def how(self) -> str:
        """The methods in words."""
        if self.k == 1:
            return "one trial"
        return f"{NAMES[self.method]}, {NAMES[self.interval]} interval"

    @property
    def spread(self) -> str:
        """How far the trials differ, in one line."""
        i2 = f"I² {100 * self.i2:.0f}%"
        if not np.isnan(self.i2_low):
            i2 += f" ({100 * self.i2_low:.0f} to {100 * self.i2_high:.0f}%)"
        tau2 = f"tau² {shown(self.tau2)} ({shown(self.tau2_low)} to {shown(self.tau2_high)})"
        if self.method == "fixed":
            tau2 = "tau² taken as 0"
        return f"{tau2}, {i2}, Q {shown(self.q)} on {self.k - 1} df, {shown_p(self.q_p)}"

    def __repr__(self) -> str:
        n, level, text = self.natural, f"{100 * self.level:g}%", self.measure.text
        trials = "1 trial" if self.k == 1 else f"{self.k} trials ({self.how})"
        name = self.measure.name.capitalize()
        lines = [f"{name} {text(n.estimate)}, {level} interval {text(n.low)} to {text(n.high)}; {trials}"]
        if self.k > 1:
            lines.append(f"  spread between trials: {self.spread}")
        if not np.isnan(n.prediction_low):
            lines.append(
                f"  true effect in a new trial: {text(n.prediction_low)} to {text(n.prediction_high)}"
            )
        return "\n".join(lines + [f"  note: {warning}" for warning in self.warnings])


def pool(
    effects: Effects,
    method: Method = "paule-mandel",
    interval: IntervalKind | None = None,
    level: float = 0.95,
) -> Pooled:
    """Pool trials by inverse variance.

    `method` says where tau^2 comes from; "fixed" takes it as zero. `interval` is "hartung-knapp" unless
    said otherwise ("normal" with the fixed effect). Where trials agree more closely than chance would
    make them, Hartung and Knapp's factor is held at 1, as Knapp and Hartung propose [@knapp2003], so
    that agreement by luck cannot make the interval absurdly narrow; "hartung-knapp plain" does not.

    Raises ValueError when no trial is left, or for an unknown method, interval or level.
    """
    interval = _checked(method, interval)
    normal_quantile(level)
    use = effects.informative
    y, v = effects.estimate[use], effects.se[use] ** 2
    k = len(y)
    if k == 0:
        raise ValueError("effects: 0 trials are not allowed; pooling needs 1 or more that say something")
    if k == 1:
        return _alone(effects, use, method, level)
    tau2 = float(between_variance(y, v, method))
    mean, se, factor = pooled_mean(y, v, tau2, interval)
    freedom = None if interval == "normal" else k - 1
    margin = normal_quantile(level, freedom) * se
    score = -abs(mean) / se if se > 0 else -np.inf
    p = 2 * (ndtr(score) if freedom is None else stdtr(freedom, score))
    w0 = 1 / v
    q = float(w0 @ (y - (w0 @ y) / w0.sum()) ** 2)
    i2, i2_low, i2_high = _i2(q, k, level)
    tau2_low, tau2_high = _tau2_interval(y, v, level)
    ahead = np.nan
    if method != "fixed" and k > 2:
        ahead = normal_quantile(level, k - 2) * np.sqrt(tau2 + se**2)
    weights = np.zeros(len(effects))
    weights[use] = 1 / (v + tau2)
    total = weights.sum()
    return Pooled(
        measure=effects.measure,
        k=k,
        estimate=float(mean),
        se=float(se),
        weight_se=float(total**-0.5),
        low=float(mean - margin),
        high=float(mean + margin),
        p=float(p),
        prediction_low=float(mean - ahead),
        prediction_high=float(mean + ahead),
        tau2=tau2,
        tau2_low=tau2_low,
        tau2_high=tau2_high,
        i2=i2,
        i2_low=i2_low,
        i2_high=i2_high,
        q=q,
        q_p=float(chdtrc(k - 1, q)),
        weights=weights / total,
        method=method,
        interval=interval,
        level=level,
        warnings=_warnings(effects, method, interval, k, float(factor)),
    )


def _checked(method: str, interval: str | None) -> str:
    one_of("method", method, METHODS)
    if interval is None:
        return "normal" if method == "fixed" else "hartung-knapp"
    return one_of("interval", interval, INTERVALS)


def _alone(effects: Effects, use: NDArray[np.bool_], method: str, level: float) -> Pooled:
    """One trial: its own estimate and interval, and nothing about differences between trials."""
    y, se = float(effects.estimate[use][0]), float(effects.se[use][0])
    margin = normal_quantile(level) * se
    unknown = dict.fromkeys(
        ("prediction_low", "prediction_high", "tau2", "tau2_low", "tau2_high", "i2", "i2_low", "i2_high"),
        np.nan,
    )
    return Pooled(
        measure=effects.measure,
        k=1,
        estimate=y,
        se=se,
        weight_se=se,
        low=y - margin,
        high=y + margin,
        p=float(2 * ndtr(-abs(y) / se)),
        **unknown,
        q=np.nan,
        q_p=np.nan,
        weights=use.astype(float),
        method=method,
        interval="normal",
        level=level,
        warnings=_warnings(effects, method, "normal", 1, 1.0),
    )


def _warnings(effects: Effects, method: str, interval: str, k: int, factor: float) -> tuple[str, ...]:
    """What a reader must know before trusting the numbers, one plain sentence each."""
    said = []
    if k == 1:
        said.append(
            "One trial only: this is that trial's own interval. How much trials differ, and what a new "
            "one may show, cannot be known."
        )
    elif k == 2:
        said.append(
            "Two trials: the spread between trials rests on a single difference, and a prediction "
            "interval needs three."
        )
    elif k < 5 and method != "fixed":
        said.append(f"Only {k} trials: the spread between them is poorly known.")
    if k > 1 and method == "fixed":
        said.append("Fixed effect: this takes for granted that all trials have the same true effect.")
    if factor < 1 and interval == "hartung-knapp":
        said.append(
            f"The trials agree more closely than chance would make them (factor {factor:.2f}); the "
            "Hartung-Knapp factor is held at 1, so that the interval is not too narrow."
        )
    notes = zip(effects.study, effects.notes, strict=True)
    return tuple(said + [f"{study}: {note}." for study, note in notes if note])


# The arithmetic: arrays whose last axis runs over trials ---------------------------------------------


def between_variance(y: Array, v: Array, method: Method = "paule-mandel") -> Array:
    """tau^2 of one data set, or of each in a batch (estimates y and variances v, last axis trials)."""
    k = y.shape[-1]
    if method == "fixed":
        return np.zeros(y.shape[:-1])
    if method == "paule-mandel":
        return variance_where_q_is(y, v, k - 1.0)
    w = 1 / v
    total, squares = w.sum(-1), (w * w).sum(-1)
    mean = (w * y).sum(-1) / total
    q = (w * (y - mean[..., None]) ** 2).sum(-1)
    moments = np.maximum((q - (k - 1)) / (total - squares / total), 0.0)
    return moments if method == "dersimonian-laird" else _reml(y, v, moments)


def variance_where_q_is(y: Array, v: Array, target: float) -> Array:
    """The tau^2 at which sum((y - mu)^2 / (v + tau^2)) equals `target`; 0 where it is smaller at 0.

    The sum falls and is convex in tau^2, so Newton's steps from the left never overshoot; from the left
    its reciprocal, nearly a straight line, gets there in a handful.
    """
    tau2 = np.zeros(np.broadcast_shapes(y.shape, v.shape)[:-1])
    for _ in range(200):
        w = 1 / (v + tau2[..., None])
        mean = (w * y).sum(-1) / w.sum(-1)
        terms = w * (y - mean[..., None]) ** 2
        q = terms.sum(-1)
        slope = (w * terms).sum(-1)
        excess = q - target
        left = excess > 0
        stretch = np.where(left, q / target, 1.0)
        step = np.divide(excess * stretch, slope, out=np.zeros_like(q), where=left | (tau2 > 0))
        new = np.maximum(tau2 + step, 0.0)
        if np.all(np.abs(new - tau2) <= 1e-12 * (new + v.min(-1))):
            return new
        tau2 = new
    raise ValueError(
        f"tau2: no solution for Q = {target:g} was found; estimates and standard errors must be finite"
    )


def _reml(y: Array, v: Array, start: Array) -> Array:
    """tau^2 of greatest restricted likelihood: doubled until past the top, then closed in on by halves.

    The slope of the likelihood says on which side the top lies. Fisher's scoring, the usual way, can
    swing from side to side of it for hundreds of rounds.
    """
    tau2, low, high = start, np.zeros_like(start), np.full_like(start, np.inf)
    small = 1e-12 * v.min(-1)
    for _ in range(300):
        w = 1 / (v + tau2[..., None])
        total, squares = w.sum(-1), (w**2).sum(-1)
        mean = (w * y).sum(-1) / total
        slope = (w**2 * (y - mean[..., None]) ** 2).sum(-1) - (total - squares / total)
        low, high = np.where(slope >= 0, tau2, low), np.where(slope <= 0, tau2, high)
        new = np.where(np.isinf(high), 2 * tau2 + v.min(-1), (low + np.minimum(high, 1e300)) / 2)
        if np.all(np.abs(new - tau2) <= 1e-12 * new + small):
            break
        tau2 = new
    return np.where(new < 10 * small, 0.0, new)


def pooled_mean(y: Array, v: Array, tau2: Array | float, interval: IntervalKind) -> tuple[Array, ...]:
    """The weighted mean, its standard error and Hartung and Knapp's factor (of one set or of a batch)."""
    k = y.shape[-1]
    w = 1 / (v + np.asarray(tau2)[..., None])
    total = w.sum(-1)
    mean = (w * y).sum(-1) / total
    factor = (w * (y - mean[..., None]) ** 2).sum(-1) / (k - 1)
    # Paule and Mandel solve for a factor of exactly 1: what is left is rounding, not agreement.
    factor = np.where(np.abs(factor - 1) < 1e-9, 1.0, factor)
    scale = {
        "normal": 1.0,
        "hartung-knapp plain": factor,
        "hartung-knapp": np.maximum(factor, 1.0),
    }[interval]
    return mean, np.sqrt(scale / total), factor


def _tau2_interval(y: Array, v: Array, level: float) -> tuple[float, float]:
    """The tau^2 that Cochran's Q does not speak against (its profile, between two chi-square quantiles)."""
    tail = (1 - level) / 2
    ends = (chdtri(len(y) - 1, chance) for chance in (tail, 1 - tail))
    low, high = (float(variance_where_q_is(y, v, end)) for end in ends)
    return low, high


def _i2(q: float, k: int, level: float) -> tuple[float, float, float]:
    """I^2 = (Q - (k - 1)) / Q, not below 0, and its interval from that of log H, H^2 = Q / (k - 1)."""
    freedom = k - 1
    i2 = max(0.0, (q - freedom) / q) if q > 0 else 0.0
    if q > k:
        error = 0.5 * (np.log(q) - np.log(freedom)) / (np.sqrt(2 * q) - np.sqrt(2 * k - 3))
    elif k > 2:
        error = np.sqrt(1 / (2 * (k - 2)) * (1 - 1 / (3 * (k - 2) ** 2)))
    else:
        return i2, np.nan, np.nan
    h = max(1.0, np.sqrt(q / freedom))
    low, high = (max(1.0, h * np.exp(sign * normal_quantile(level) * error)) for sign in (-1, 1))
    return i2, 1 - 1 / low**2, 1 - 1 / high**2


# Looking at the pool from several sides ---------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Subgroups:
    """Each group of trials pooled by itself, and the test whether the groups differ.

    `q` is the spread of the group estimates around their weighted mean, each with the standard error
    of its own random-effects mean; under no difference chi-square on `freedom` degrees of freedom.
    """

    effects: Effects
    group: tuple[str, ...]
    pooled: dict[str, Pooled]
    q: float
    freedom: int
    p: float

    def members(self, name: str) -> NDArray[np.bool_]:
        """Which trials belong to a group."""
        return np.array([group == name for group in self.group])

    def difference(self, first: str, second: str, level: float = 0.95) -> Natural:
        """How far the first group lies from the second (for ratios: how many times as large).

        This compares trials, not patients: the groups were not randomised against each other.
        """
        one, other = self._group(first), self._group(second)
        gap = one.estimate - other.estimate
        margin = normal_quantile(level) * np.hypot(one.weight_se, other.weight_se)
        natural = one.measure.natural
        ends = (float(natural(gap + side * margin)) for side in (0, -1, 1))
        return Natural(*ends, np.nan, np.nan)

    def _group(self, name: str) -> Pooled:
        if name not in self.pooled:
            raise ValueError(f"group: {name!r} is not one of {', '.join(self.pooled)}")
        return self.pooled[name]

    def __repr__(self) -> str:
        lines = [f"{name}: {pooled!r}" for name, pooled in self.pooled.items()]
        return "\n".join([*lines, f"Do the groups differ? {self.words}"])

    @property
    def words(self) -> str:
        if self.freedom == 0:
            return "There is only one group."
        return f"Q {shown(self.q)} on {self.freedom} df, {shown_p(self.p)}."


def by_subgroup(effects: Effects, group: Sequence[str], **options: Any) -> Subgroups:
    """Pool each group of trials (saline, active placebo) and test for a difference between the groups."""
    names = tuple(map(str, group))
    if len(names) != len(effects):
        raise ValueError(f"group: {len(names)} values are not allowed; it must have {len(effects)}")
    heard = [name for name, says in zip(names, effects.informative, strict=True) if says]
    pooled = {
        name: pool(effects[np.array([each == name for each in names])], **options)
        for name in dict.fromkeys(heard)
    }
    if not pooled:
        raise ValueError("effects: 0 trials are not allowed; pooling needs 1 or more that say something")
    means = np.array([each.estimate for each in pooled.values()])
    w = np.array([each.weight_se**-2.0 for each in pooled.values()])
    q = float(w @ (means - (w @ means) / w.sum()) ** 2)
    freedom = len(means) - 1
    p = float(chdtrc(freedom, q)) if freedom else np.nan
    return Subgroups(effects, names, pooled, q, freedom, p)
