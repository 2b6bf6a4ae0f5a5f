"""The effect site: a place where the drug acts, which follows the blood with a delay.

    dCe/dt = ke0 (Cp - Ce),   ke0 = ln 2 / half-life

Cp is the concentration in plasma and Ce that at the effect site (ng/mL), the half-life (min) that of
equilibration between the two. The compartment is so small that it takes nothing from the rest
[@olofsen2022], so a linear model stays linear and is still solved exactly. Published half-lives run
from seconds (slow waves of the EEG [@sleigh2019]) to minutes (pain and perception [@olofsen2022]).

Three facts need no computer: a plasma level that has just become constant is reached by a fraction
1 - 2^(-t / half-life); a level that has risen steadily for long is followed 1 / ke0 behind; and Ce
is highest at the moment when it meets the falling Cp.
"""

from dataclasses import replace
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketalab.models.linear import LinearModel

Array = NDArray[np.float64]

EFFECT_SITE = "effect site"
HALF_LIFE_MIN = (0.001, 120.0)  # allowed half-lives, min


def with_effect_site(model: LinearModel, half_life: float, compound: str = "ketamine") -> LinearModel:
    """The model with an effect site that follows `compound`; ask it for the compound "effect site".

    `half_life` (min, 0.001 to 120). Raises ValueError outside, or for a compound the model lacks.
    """
    ke0 = _rate(half_life)
    if compound not in model.observed:
        raise ValueError(f"compound: {compound!r} is not in this model; it has {', '.join(model.observed)}")
    source, volume = model.observed[compound]
    n = len(model.compartments)
    K = np.zeros((model.patients, n + 1, n + 1))
    K[:, :n, :n] = model.K
    K[:, n, model.index(source)] = ke0 / volume
    K[:, n, n] = -ke0
    observed = {**model.observed, EFFECT_SITE: (EFFECT_SITE, np.ones(model.patients))}
    return replace(model, compartments=(*model.compartments, EFFECT_SITE), K=K, observed=observed)


def minutes_to_reach(fraction: float, half_life: float) -> float:
    """Minutes until the effect site is at this fraction (0 to below 1) of a constant plasma level."""
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction: {fraction} is not allowed; it must be 0 to below 1")
    return -log(1 - fraction) / _rate(half_life)


def steady_ramp_lag(half_life: float) -> float:
    """How far (min) the effect site runs behind a plasma level that has long risen steadily."""
    return 1 / _rate(half_life)


def minutes_above(minutes: ArrayLike, curve: ArrayLike, level: float) -> float:
    """How long a sampled curve is at or above `level`; between samples it is taken as straight."""
    minutes, curve = np.asarray(minutes, dtype=float), np.asarray(curve, dtype=float)
    high, low = np.maximum(curve[1:], curve[:-1]), np.minimum(curve[1:], curve[:-1])
    rise = np.where(high > low, high - low, 1.0)
    share = np.where(high > low, np.clip((high - level) / rise, 0, 1), low >= level)
    return float(np.sum(np.diff(minutes) * share))


def first_minute_above(minutes: ArrayLike, curve: ArrayLike, level: float) -> float:
    """When a sampled curve first reaches `level` (min); NaN when it never does."""
    minutes, curve = np.asarray(minutes, dtype=float), np.asarray(curve, dtype=float)
    above = np.flatnonzero(curve >= level)
    if not above.size:
        return float("nan")
    at = int(above[0])
    if at == 0:
        return float(minutes[0])
    share = (level - curve[at - 1]) / (curve[at] - curve[at - 1])
    return float(minutes[at - 1] + share * (minutes[at] - minutes[at - 1]))


def last_minute_above(minutes: ArrayLike, curve: ArrayLike, level: float) -> float:
    """When a sampled curve falls below `level` for good (min); NaN when it never was above it.

    A curve that ends above it gives the last minute.
    """
    minutes, curve = np.asarray(minutes, dtype=float), np.asarray(curve, dtype=float)
    above = np.flatnonzero(curve >= level)
    if not above.size:
        return float("nan")
    at = int(above[-1])
    if at + 1 == minutes.size:
        return float(minutes[-1])
    share = (curve[at] - level) / (curve[at] - curve[at + 1])
    return float(minutes[at] + share * (minutes[at + 1] - minutes[at]))


def _rate(half_life: float) -> float:
    low, high = HALF_LIFE_MIN
    if not low <= half_life <= high:
        raise ValueError(f"half_life: {half_life} is not allowed; it must be {low:g} to {high:g} min")
    return log(2) / half_life
