"""Do small trials show larger effects, and what would be left if some never reached print?

Egger's regression [@egger1997] looks for it, trim-and-fill [@duval2000] and a step-function selection
model [@vevea1995] say how far the pooled effect would move under one story each. None proves that
trials are missing: small trials can also differ in their patients, doses and blinding. With fewer than
ten trials all three mostly read noise, and say so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr, ndtri, stdtr

from ketalab.metaanalysis.effect_size import Effects, Measure, join, normal_quantile, shown, shown_p
from ketalab.metaanalysis.pooling import Method, Pooled, between_variance, pool, pooled_mean

Array = NDArray[np.float64]
ENOUGH = 10
CONVERGED = 1e-10


def _few(k: int) -> tuple[str, ...]:
    if k >= ENOUGH:
        return ()
    return (f"Only {k} trials: with fewer than {ENOUGH} this can hardly be told from chance.",)


def _at_least(effects: Effects, least: int, what: str) -> Effects:
    """The trials that say something; ValueError when they are fewer than `least`."""
    use = effects[effects.informative]
    if len(use) < least:
        raise ValueError(f"effects: {len(use)} trials are not allowed; {what} needs {least} or more")
    return use


# Egger's regression -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Egger:
    """The intercept of estimate / SE on 1 / SE: 0 when small and large trials agree.

    `slope` is what the line makes of a trial without sampling error, on the analysis scale.
    """

    intercept: float
    low: float
    high: float
    t: float
    p: float
    slope: float
    k: int
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        line = (
            f"Egger's intercept {shown(self.intercept)} ({shown(self.low)} to {shown(self.high)}), "
            f"t {shown(self.t)} on {self.k - 2} df, {shown_p(self.p)}"
        )
        return "\n".join([line, *(f"  note: {warning}" for warning in self.warnings)])


def egger(effects: Effects, level: float = 0.95) -> Egger:
    """Egger's test for small-study effects, by least squares; three trials or more."""
    use = _at_least(effects, 3, "Egger's test")
    k, freedom = len(use), len(use) - 2
    precision, z = 1 / use.se, use.estimate / use.se
    away = precision - precision.mean()
    if np.abs(away).max() < 1e-9 * precision.mean():
        raise ValueError(
            "standard errors: all the same is not allowed; Egger's test needs small and large trials"
        )
    slope = away @ z / (away @ away)
    intercept = z.mean() - slope * precision.mean()
    residual = z - intercept - slope * precision
    error = np.sqrt((residual @ residual) / freedom * (1 / k + precision.mean() ** 2 / (away @ away)))
    t = intercept / error if error > 0 else 0.0
    margin = normal_quantile(level, freedom) * error
    return Egger(
        float(intercept),
        float(intercept - margin),
        float(intercept + margin),
        float(t),
        float(2 * stdtr(freedom, -abs(t))),
        float(slope),
        k,
        _few(k),
    )


# Trim and fill ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TrimAndFill:
    """How many trials would make the funnel symmetric, on which side, and the pool with them filled in.

    `effects` holds the trials followed by the `missing` imagined ones.
    """

    missing: int
    side: str
    effects: Effects
    pooled: Pooled
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        n, text = self.pooled.natural, self.pooled.measure.text
        lines = [
            f"Trim and fill: {self.missing} trials imagined on the {self.side}",
            f"  {self.pooled.measure.name} with them {text(n.estimate)} ({text(n.low)} to {text(n.high)})",
        ]
        return "\n".join(lines + [f"  note: {warning}" for warning in self.warnings])


def trim_and_fill(
    effects: Effects, side: str | None = None, method: Method = "paule-mandel", **options
) -> TrimAndFill:
    """Duval and Tweedie's trim-and-fill with their estimator L0.

    The k0 most extreme trials on the crowded side are trimmed until k0, from the signed ranks of the
    distances to the trimmed mean (T their positive sum), settles at L0 = (4 T - k (k + 1)) / (2 k - 1).
    Their mirror images then fill the other `side` ("left" or "right"; unless given, the one Egger's
    line says is empty). Three trials or more.
    """
    use = _at_least(effects, 3, "trim-and-fill")
    if side is None:
        side = "left" if egger(use).intercept > 0 else "right"
    if side not in ("left", "right"):
        raise ValueError(f"side: {side!r} is not allowed; it must be left or right")
    sign = 1 if side == "left" else -1
    order = np.argsort(sign * use.estimate, kind="stable")
    y, v = sign * use.estimate[order], use.se[order] ** 2
    missing, centre = _missing(y, v, method)
    k = len(use)
    copied = use[order[k - missing :]]
    images = Effects(
        use.measure,
        sign * (2 * centre - y[k - missing :]),
        copied.se,
        tuple(f"imagined, mirror of {study}" for study in copied.study),
        copied.treated,
        copied.control,
        copied.n,
        ("",) * missing,
    )
    filled = join(use, images)
    return TrimAndFill(missing, side, filled, pool(filled, method, **options), _few(k))


def _missing(y: Array, v: Array, method: Method) -> tuple[int, float]:
    """How many trials are missing on the left of sorted estimates, and the trimmed mean."""
    from scipy.stats import rankdata

    k, missing = len(y), 0
    seen: set[int] = set()
    while True:
        kept = slice(0, k - missing)
        tau2 = between_variance(y[kept], v[kept], method)
        centre = float(pooled_mean(y[kept], v[kept], tau2, "normal")[0])
        if missing in seen:  # settled, or going round in a circle
            return missing, centre
        seen.add(missing)
        distance = y - centre
        positive = rankdata(np.abs(distance))[distance > 0].sum()
        missing = max(0, min(round((4 * positive - k * (k + 1)) / (2 * k - 1)), k - 2))


# A selection model ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Selection:
    """The pooled effect if a trial's chance of being printed depended on its P value.

    `chance` is the relative chance of print in each band of one-sided P values, 1 in the first;
    `lr_p` tests whether they are all 1. Estimate and limits are on the analysis scale.
    """

    measure: Measure
    estimate: float
    low: float
    high: float
    tau2: float
    steps: tuple[float, ...]
    chance: tuple[float, ...]
    lr: float
    lr_p: float
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        estimate, low, high = (float(self.measure.natural(x)) for x in (self.estimate, self.low, self.high))
        bands = ", ".join(f"{c:.2f}" for c in self.chance)
        lines = [
            f"Selection model: {self.measure.name} {estimate} ({low} to {high})",
            f"  relative chance of print with one-sided P up to {', '.join(f'{s:g}' for s in self.steps)}: "
            f"{bands}; test against no selection {shown_p(self.lr_p)}",
        ]
        return "\n".join(lines + [f"  note: {warning}" for warning in self.warnings])


def selection_model(
    effects: Effects, steps: tuple[float, ...] = (0.025, 1.0), towards: int | None = None
) -> Selection:
    """Vevea and Hedges' step-function selection model, fitted by maximum likelihood.

    One-sided P values are for effects `towards` +1 or -1 (unless given, the side of the pooled effect).
    In each band of P values up to `steps` (rising, the last 1) print has a chance relative to the first
    band, from 0 to 100. A band without a trial in it tells nothing, so it is refused.
    """
    use = _at_least(effects, 3 + len(steps) - 1, "this selection model")
    if not (len(steps) > 1 and steps[-1] == 1 and np.all(np.diff((0.0, *steps)) > 0)):
        raise ValueError(f"steps: {steps} is not allowed; it must rise from above 0 and end at 1")
    if towards is None:
        towards = 1 if pool(use).estimate >= 0 else -1
    if towards not in (-1, 1):
        raise ValueError(f"towards: {towards!r} is not allowed; it must be 1 or -1")
    y, se = towards * use.estimate, use.se
    band = np.searchsorted(steps, ndtr(-y / se))
    counts = np.bincount(band, minlength=len(steps))
    if counts.min() == 0:
        empty = steps[int(np.argmin(counts))]
        raise ValueError(
            f"steps: {empty:g} is not allowed; no trial's P value lies in the band that ends there"
        )
    fit, height = _fitted(y, se, band, np.asarray(steps), free=True)
    _, without = _fitted(y, se, band, np.asarray(steps), free=False)
    lr = 2 * max(height - without, 0.0)
    error = _error_of_mean(fit, y, se, band, np.asarray(steps))
    margin = normal_quantile(0.95) * error
    ends = sorted((towards * (fit[0] - margin), towards * (fit[0] + margin)))
    return Selection(
        use.measure,
        float(towards * fit[0]),
        *map(float, ends),
        float(fit[1]),
        tuple(steps),
        (1.0, *(float(chance) for chance in fit[2:])),
        float(lr),
        float(chdtrc(len(steps) - 1, lr)),
        _few(len(use)),
    )


def _log_likelihood(parameters: Array, y: Array, se: Array, band: NDArray[np.intp], steps: Array) -> float:
    """Of mean, tau^2 and the chances of print after the first band."""
    mean, tau2, *chances = parameters
    chances = np.array([1.0, *chances])
    spread = np.sqrt(se**2 + tau2)
    # A P value of s needs an estimate of -ndtri(s) se: the bands' edges, from infinity down.
    edges = (-np.outer(se, ndtri(np.concatenate([[0], steps]))) - mean) / spread[:, None]
    inside = ndtr(edges[:, :-1]) - ndtr(edges[:, 1:])
    z = (y - mean) / spread
    density = -0.5 * z**2 - np.log(spread) - 0.5 * np.log(2 * np.pi)
    return float(np.sum(density + np.log(chances[band]) - np.log(inside @ chances)))


def _fitted(y: Array, se: Array, band: NDArray[np.intp], steps: Array, free: bool) -> tuple[Array, float]:
    """The parameters of greatest likelihood and its logarithm; without selection when not `free`."""
    from scipy.optimize import minimize

    extra = len(steps) - 1 if free else 0
    tau2 = float(between_variance(y, se**2, "reml"))
    mean = float(pooled_mean(y, se**2, tau2, "normal")[0])

    def parameters(x: Array) -> Array:
        chances = np.exp(x[2:]) if free else np.ones(len(steps) - 1)
        return np.array([x[0], x[1] ** 2, *np.minimum(chances, 100.0)])

    def loss(x: Array) -> float:
        value = _log_likelihood(parameters(x), y, se, band, steps)
        return -value if np.isfinite(value) else 1e10

    start = np.array([mean, np.sqrt(tau2) + 0.1 * np.median(se), *([-0.1] * extra)])
    exact = {"xatol": CONVERGED, "fatol": CONVERGED, "maxiter": 20_000, "maxfev": 20_000}
    for _ in range(3):  # a simplex that has collapsed is set up again at its best corner
        found = minimize(loss, start, method="Nelder-Mead", options=exact)
        start = found.x
    return parameters(found.x), -float(found.fun)


def _error_of_mean(fit: Array, y: Array, se: Array, band: NDArray[np.intp], steps: Array) -> float:
    """Standard error of the mean from the curvature of the likelihood; a tau^2 of 0 is held there."""
    held = fit[1] < 1e-4 * np.min(se) ** 2
    moving = [i for i in range(len(fit)) if not (i == 1 and held)]
    size = np.array([1e-4 * max(abs(fit[i]), float(np.median(se)) if i < 2 else 0.1) for i in moving])
    size = np.minimum(size, [fit[i] / 2 if i else np.inf for i in moving])

    def height(shift: Array) -> float:
        at = fit.copy()
        at[moving] += shift
        return _log_likelihood(at, y, se, band, steps)

    eye = np.diag(size)
    curve = np.empty((len(moving), len(moving)))
    for i in range(len(moving)):
        for j in range(len(moving)):
            corners = (height(a * eye[i] + b * eye[j]) * a * b for a in (1, -1) for b in (1, -1))
            curve[i, j] = sum(corners) / (4 * size[i] * size[j])
    return float(np.sqrt(np.linalg.inv(-curve)[0, 0]))
