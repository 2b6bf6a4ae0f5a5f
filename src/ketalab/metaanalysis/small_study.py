"""Do small trials show larger effects, and what would be left if some never reached print?

Egger's regression [@egger1997] looks for it, trim-and-fill [@duval2000] says how far the pooled effect
would move under one story. Neither proves that trials are missing: small trials can also differ in their
patients, doses and blinding. With fewer than ten trials both mostly read noise, and say so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from ketalab.metaanalysis.effect_size import Effects, join, normal_quantile, shown, shown_p
from ketalab.metaanalysis.pooling import Method, Pooled, between_variance, pool, pooled_mean

Array = NDArray[np.float64]
ENOUGH = 10


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
