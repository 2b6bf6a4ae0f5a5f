"""A reminder opens a memory, and what is open must be stored again: what would ketamine do, and when?

A cue without the old outcome does two things, the longer the more of the second: it opens the old memory,
or it starts a new one that says "safe now" (extinction) [@osan2011]. What is open or new has to be stored,
which takes hours. In rats opening and storing need NMDA receptors of two kinds [@milton2013], and storing
the new one needs them too [@neuron2007]. Against that stands the account that ketamine makes a reminder
surprising, so that the memory opens more and comes back stronger [@honsberger2015]. An `Hypothesis` says
which of these is taken as true.

Time in hours, the session starts at 0 and lasts T. With b(t) the share of receptors blocked (0 to 1),

    a = 2^(-T / turn)                    how far the session is a reminder, not something new
    b0 = mean of b over the session      f = integral of k exp(-k (t - T)) b(t) dt from T on
    opened   L = a (1 - opening b0)
    stronger G = surprise b0 L
    strength M = 1 - L + (1 - storing f) (L + G) - (1 - storing f) (1 - a)

M is the strength at a test a day later, as a share of that before the session; without drug M = a. Storing
runs with k = ln(20) / 6 h, so that 95% is done after 6 h, where the window is said to close [@duek2023].
The drug follows the plasma: at a level c with peak c_max, b = x / (x + (1 - B) / B) with x = c / c_max,
where B is the block at the peak. `opening`, `storing`, `surprise`, `turn` and B have no measured value in
people: they are for moving, not for believing. The memory opens and changes as much as it possibly can.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketalab.checks import within
from ketalab.models import pharmacokinetics as pk

Array = NDArray[np.float64]
STORING_RATE = float(np.log(20) / 6)  # per hour
STEP = 1 / 60  # h
LASTING = 24.0  # h after which the drug and the storing are over
INFUSION = pk.Dose(35.0, "iv", duration=40.0)  # 0.5 mg/kg for 70 kg over 40 min
SOURCE = "otto2021"  # of the plasma curve


@dataclass(frozen=True)
class Hypothesis:
    """How far blocked receptors keep a memory from opening and from being stored (0 to 1 each), and how
    much stronger an open memory gets when all are blocked (share of itself, 0 to 2)."""

    opening: float
    storing: float
    surprise: float

    def __post_init__(self) -> None:
        for name, most in (("opening", 1), ("storing", 1), ("surprise", 2)):
            within(name, getattr(self, name), 0, most)


@dataclass(frozen=True)
class MemoryTrace:
    """What a session leaves, for each start of the infusion; shares of the memory before it.

    `opened` by the reminder, `blocked` the share of what had to be stored that met blocked receptors,
    `strength` at a test a day later, `without` the same without drug.
    """

    opened: Array
    blocked: Array
    strength: Array
    without: float

    @property
    def change(self) -> Array:
        """Strength with the drug minus strength without."""
        return self.strength - self.without


def remembered(
    account: Hypothesis, start: ArrayLike, length: float, peak: float, turn: float
) -> MemoryTrace:
    """The memory a day after a session, for infusions that start at `start` (h, 0 is the session's start).

    `length` of the session (min, 1 to 180), `peak` block at the peak (0 to 0.99), `turn` the length at
    which a session is half reminder, half something new (min, 1 to 240). Start: -48 to 48 h.
    Raises ValueError for anything else.
    """
    within("length", length, 1, 180, "min")
    within("turn", turn, 1, 240, "min")
    starts = np.atleast_1d(np.asarray(start, dtype=float))
    within("start", starts, -48, 48, "h")
    ends = length / 60
    during = np.linspace(0, ends, 13)
    b0 = block(during - starts[:, None], peak).mean(axis=1)
    after = np.arange(0, LASTING, 2 * STEP) + STEP  # middles of steps of two minutes
    weight = STORING_RATE * np.exp(-STORING_RATE * after)
    f = block(ends + after - starts[:, None], peak) @ (weight / weight.sum())
    reminder = 2.0 ** (-length / turn)
    opened = reminder * (1 - account.opening * b0)
    kept = 1 - account.storing * f
    strength = 1 - opened + kept * (opened * (1 + account.surprise * b0) - (1 - reminder))
    return MemoryTrace(opened, f, np.maximum(strength, 0.0), reminder)


def block(hours: ArrayLike, peak: float) -> Array:
    """Share of receptors blocked so many hours after the start of the infusion; 0 before it."""
    within("peak", peak, 0, 0.99, "of the receptors")
    times, level = _plasma()
    x = np.interp(hours, times, level, left=0.0, right=0.0)
    return x / (x + (1 - peak) / peak) if peak > 0 else np.zeros_like(x)


@cache
def _plasma() -> tuple[Array, Array]:
    """Hours after the start of the infusion, and the plasma level as a share of its peak."""
    hours = np.arange(0, LASTING + STEP, STEP)
    level = pk.concentration(pk.published(SOURCE).typical(70.0), [INFUSION], hours * 60, "ketamine")[0]
    return hours, level / level.max()
