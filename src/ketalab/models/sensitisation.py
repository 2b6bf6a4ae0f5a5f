"""Pain that grows: wind-up in a spinal neurone, and relief that comes and goes over weeks.

Wind-up. C-fibres fire once every T seconds. Each volley leaves a slow depolarisation that fades with
the time constant tau, so volleys that come fast enough stand on the shoulders of the last. Before
volley k the neurone is at V_k = V_rest + x_k (mV), x_1 = 0, and

    x_(k+1) = [x_k + J D_k (1 - m + m (1 - b) B(V_k) / B(V_rest))] exp(-T / tau)
    D_k     = V_k / V_rest                               (what is left of the driving force to 0 mV)
    B(V)    = 1 / (1 + [Mg] / K_Mg(V))                   (jahr1990: NMDA channels free of magnesium)
    R_k     = 1 + g max(x_k - theta, 0)                  (the answer to volley k; the first is 1)

J (mV) is the depolarisation one volley leaves at rest, m the part of it that comes through NMDA
channels, b the share of them that a drug blocks, theta (mV) the depolarisation from which the neurone
answers more, g (1/mV) how much more. That a part of the slow potential is taken away by NMDA blockers,
and another by tachykinin blockers, is nagy1994; the tachykinin part lasts 1 to 20 s, the range of tau.
J, m, theta and g were not found in any source: they are for the reader to move. Calcium currents, which
a fuller model needs as well [@aguiar2010], are left out: this is the smallest model that winds up.

Relief. The chance of relief, or the share of the most relief, E (0 to 1) follows the plasma level C
(ng/mL) with a delay,

    dE/dt = k [C / (C + C50) - E],  k = ln 2 / half-life                (constants: dahan2011)

so relief comes and goes with one half-life. The paper's own equations were not seen; this is the
simplest form its two constants fit.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketalab.checks import within
from ketalab.data import table
from ketalab.models.receptor import PHYSIOLOGICAL_MM, REST_MV, magnesium_free

Array = NDArray[np.float64]

MOST_VOLLEYS = 200


@dataclass(frozen=True)
class Neurone:
    """A wide-dynamic-range neurone of the dorsal horn; see the module for the symbols.

    `fade` is tau (s, 0.1 to 60), `jump` J (mV, 0 to 6), `nmda_share` m (0 to 0.6), `threshold` theta
    (mV, 0 to 40), `gain` g (1/mV, 0 to 2), `magnesium` (mM, 0 to 5).
    """

    fade: float = 5.0
    jump: float = 5.0
    nmda_share: float = 0.4
    threshold: float = 6.5
    gain: float = 0.3
    magnesium: float = PHYSIOLOGICAL_MM

    def __post_init__(self) -> None:
        for field, low, high, unit in (
            ("fade", 0.1, 60, "s"),
            ("jump", 0, 6, "mV"),
            ("nmda_share", 0, 0.6, ""),
            ("threshold", 0, 40, "mV"),
            ("gain", 0, 2, "1/mV"),
            ("magnesium", 0, 5, "mM"),
        ):
            within(field, getattr(self, field), low, high, unit)


def depolarisation(neurone: Neurone, interval: ArrayLike, volleys: int, block: ArrayLike = 0.0) -> Array:
    """Slow depolarisation (mV above rest) just before each volley.

    `interval` between volleys in s (0.05 to 600), `block` the share of the NMDA channels blocked (0 to
    1); the two broadcast, and the volleys (1 to 200) are the last axis of the answer. Raises ValueError
    for a value out of range.
    """
    gap = within("interval", interval, 0.05, 600, "s")
    blocked = within("block", block, 0, 1)
    if not 1 <= volleys <= MOST_VOLLEYS:
        raise ValueError(f"volleys: {volleys} is not allowed; it must be 1 to {MOST_VOLLEYS}")
    before = np.zeros((*np.broadcast_shapes(gap.shape, blocked.shape), volleys))
    kept = np.exp(-gap / neurone.fade)
    for k in range(1, volleys):
        before[..., k] = kept * after_volley(neurone, before[..., k - 1], blocked)
    return before


def after_volley(neurone: Neurone, before: ArrayLike, block: ArrayLike = 0.0) -> Array:
    """Slow depolarisation (mV above rest) right after a volley that met `before` (mV above rest)."""
    volts = REST_MV + np.asarray(before, dtype=float)
    opened = magnesium_free(volts, neurone.magnesium) / _free_at_rest(neurone.magnesium)
    through = 1 - neurone.nmda_share + neurone.nmda_share * (1 - np.asarray(block)) * opened
    return before + neurone.jump * volts / REST_MV * through


@cache
def _free_at_rest(magnesium: float) -> float:
    """Share of the channels without magnesium (mM) at rest."""
    return float(magnesium_free(REST_MV, magnesium))


def wind_up(neurone: Neurone, interval: ArrayLike, volleys: int, block: ArrayLike = 0.0) -> Array:
    """The answer to each volley, the first being 1. Arguments and shape as for `depolarisation`."""
    return answers(neurone, depolarisation(neurone, interval, volleys, block))


def answers(neurone: Neurone, before: Array) -> Array:
    """The answer to volleys that meet these depolarisations (mV above rest), that at rest being 1."""
    return 1 + neurone.gain * np.maximum(before - neurone.threshold, 0)


# Relief over weeks ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Relief:
    """How relief follows the plasma level: `c50` (ng/mL, 0.1 to 1000), `half_life` (days, 0.1 to 100)."""

    c50: float
    half_life: float

    def __post_init__(self) -> None:
        within("c50", self.c50, 0.1, 1000, "ng/mL")
        within("half_life", self.half_life, 0.1, 100, "days")

    @property
    def rate(self) -> float:
        """k, per day."""
        return float(np.log(2) / self.half_life)


def published_relief() -> Relief:
    """The constants of dahan2011: S-ketamine over 100 hours in complex regional pain syndrome."""
    value = table("pain_constants").set_index("constant").value
    return Relief(float(value["relief_c50"]), float(value["relief_half_life"]))


def relief(model: Relief, days: ArrayLike, level: ArrayLike) -> Array:
    """Share of the most relief (0 to 1) at `days`, of a plasma `level` (ng/mL) at the same times.

    Exact where C / (C + C50) is linear between the times. There is no relief at the first of the `days`,
    which must rise and span at most 400 half-lives. Levels may have the shape (..., times). Raises
    ValueError for days that do not rise or are fewer than two, and for a level outside 0 to 1e6 ng/mL.
    """
    time, plasma = np.asarray(days, dtype=float), np.asarray(level, dtype=float)
    if time.ndim != 1 or len(time) < 2 or not (np.diff(time) > 0).all():
        raise ValueError("days: they must be 2 or more and rise from one to the next")
    within("level", plasma, 0, 1e6, "ng/mL")
    within("days", time[-1] - time[0], 0, 400 * model.half_life, "days")
    drive = plasma / (plasma + model.c50)
    step = model.rate * np.diff(time)
    kept = np.exp(-step)
    mean = -np.expm1(-step) / step
    gained = drive[..., :-1] * (mean - kept) + drive[..., 1:] * (1 - mean)
    grown = np.exp(model.rate * (time[1:] - time[0]))
    reached = np.zeros(plasma.shape)
    reached[..., 1:] = np.cumsum(gained * grown, axis=-1) / grown
    return reached
