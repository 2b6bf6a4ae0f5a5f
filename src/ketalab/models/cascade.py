"""From glutamate to spines: the signalling cascade as seven states on clocks from minutes to weeks.

Each state is relative to its value without drug and rests at 1. Times are in hours. With extra(x) for
what exceeds 1, and k = ln 2 / half-life,

    ampa'    = rate_ampa (1 + (1 - b_ampa) drive - ampa)
    bdnf'    = k_bdnf (1 + (1 - b_bdnf) gain_bdnf release - bdnf)
    release  = (1 - resting) e/(e + half_bdnf) + resting d/(d + half_bdnf)
               with e = extra(ampa), d = max(drive, 0)
    bound    = bdnf (1 + saturation)/(bdnf + saturation)
    surface' = k_surface (1 - surface) - loss_surface extra(bound)/saturation surface
    trkb'    = rate_trkb (surface bound - trkb)
    mtorc1'  = k_mtorc1 (1 + (1 - b_mtorc1) gain_mtorc1 e/(e + half_mtorc1) - mtorc1),  e = extra(trkb)
    protein' = k_protein (1 + (1 - b_protein) gain_protein extra(mtorc1) - protein)
    spines'  = (1 + gain_spine extra(protein) - spines)/life_spine

`drive` is how far glutamate is above its resting value (0 without drug). A blocker b takes away a share
of a step's *extra* activity, 0 to 1; the resting activity is left alone, so without drug every state
stays at 1 whatever is blocked. That is an assumption of the model, not a finding.

`cascade.ant` beside this file is the same model in Antimony, which Tellurium and COPASI open;
`by_roadrunner` runs it, for lesson 04's table of the steps. `simulate` solves each step exactly for a drive
that is straight between two times (exponential integrator): no stepping error but that of the grid, and
many parameter sets at once.
Values, ranges and sources: `data/cascade_parameters.csv`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from ketalab.checks import within
from ketalab.data import table
from ketalab.data.tables import data_folder

Array = NDArray[np.float64]

STEPS = ("ampa", "bdnf", "surface", "trkb", "mtorc1", "protein", "spines")
ANTIMONY = Path(__file__).with_suffix(".ant")
DAY = 24.0  # h
WIDEST = 1e4  # a rate or gain may be this much larger or smaller than 1


@dataclass(frozen=True)
class Parameters:
    """Rates (1/h), half-lives and lifetimes (h), gains and half-saturations (relative to rest).

    A value may be an array, one entry for each virtual brain. `surge` is -1 to 100 (extra glutamate at
    its height), `resting` a share from 0 to 1; all others lie between 0.0001 and 10,000.
    Raises ValueError outside these ranges.
    """

    surge: Array | float
    given: Array | float
    fade: Array | float
    rate_ampa: Array | float
    gain_bdnf: Array | float
    half_bdnf: Array | float
    resting: Array | float
    life_bdnf: Array | float
    saturation: Array | float
    rate_trkb: Array | float
    loss_surface: Array | float
    life_surface: Array | float
    gain_mtorc1: Array | float
    half_mtorc1: Array | float
    life_mtorc1: Array | float
    gain_protein: Array | float
    life_protein: Array | float
    gain_spine: Array | float
    life_spine: Array | float

    def __post_init__(self) -> None:
        limits = {"surge": (-1, 100), "resting": (0, 1)}
        for field in fields(self):
            low, high = limits.get(field.name, (1 / WIDEST, WIDEST))
            within(field.name, getattr(self, field.name), low, high)

    def with_values(self, **values: ArrayLike) -> "Parameters":
        """A copy with some values changed; ValueError for a name that is not a parameter."""
        known = [field.name for field in fields(self)]
        for name in values:
            if name not in known:
                raise ValueError(f"parameter: {name!r} is not one of {', '.join(known)}")
        return replace(self, **values)


@dataclass(frozen=True)
class Blocked:
    """The share of each step's extra activity that is taken away, 0 (none) to 1 (all)."""

    ampa: float = 0.0
    bdnf: float = 0.0
    mtorc1: float = 0.0
    protein: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            within(f"blocked {field.name}", getattr(self, field.name), 0, 1)


NOTHING = Blocked()


def parameters() -> Parameters:
    """The course's values, from `data/cascade_parameters.csv`."""
    return _parameters(data_folder())


@cache
def _parameters(_folder: Path) -> Parameters:
    rows = table("cascade_parameters").set_index("parameter").value
    return Parameters(**{field.name: float(rows[field.name]) for field in fields(Parameters)})


def timeline(days: float, starts: Sequence[float] = (0.0,)) -> Array:
    """Hours at which to look: minutes apart while a session acts, hours apart later.

    `starts` are the hours at which sessions begin, `days` how long to watch after the last one.
    """
    after = np.concatenate([
        np.linspace(0, 1, 21),
        [2 / 3],  # the usual session ends here, and the surge has a corner
        np.linspace(1.1, 6, 50),
        np.linspace(6.2, 12, 30),
        np.linspace(13, 24, 12),
        np.arange(28, days * DAY + 4, 4),
    ])  # fmt: skip
    starts = np.sort(np.asarray(starts, dtype=float))
    gaps = np.append(np.diff(starts), days * DAY)
    return np.unique(
        np.concatenate([start + after[after <= gap] for start, gap in zip(starts, gaps, strict=True)])
    )


def surge(times: ArrayLike, p: Parameters, starts: Sequence[float] = (0.0,)) -> Array:
    """Glutamate above rest after sessions at `starts` (h), times (x virtual brains).

    It rises while the drug is given and then halves every `fade` hours, as plasma ketamine does in the
    first hours; `surge` is its height at the end of a session.
    """
    times = _column(times, p)
    quick = np.log(2) / p.fade
    total = np.zeros(np.broadcast_shapes(times.shape, np.shape(p.surge), np.shape(p.fade)))
    for start in starts:
        since = np.maximum(times - start, 0.0)
        rising = np.expm1(-quick * np.minimum(since, p.given)) / np.expm1(-quick * p.given)
        total += p.surge * rising * np.exp(-quick * np.maximum(since - p.given, 0.0))
    return total


def simulate(
    times: ArrayLike, drive: ArrayLike, p: Parameters, blocked: Blocked = NOTHING
) -> dict[str, Array]:
    """Every state by name, times (x virtual brains), for this `drive` (glutamate above rest).

    `times` (h) must increase; between them the drive is taken to be straight.
    Raises ValueError for times that do not increase or a drive below -1.
    """
    hours = _increasing(times)
    drive = np.asarray(drive, dtype=float)
    within("drive", drive, -1, 1e6)
    step = _column(np.diff(hours), p)

    ampa = _relax(p.rate_ampa * step, 1 + (1 - blocked.ampa) * drive)
    release = (1 - p.resting) * _saturating(ampa - 1, p.half_bdnf)
    release = release + p.resting * _saturating(drive, p.half_bdnf)
    bdnf = _relax(_rate(p.life_bdnf) * step, 1 + (1 - blocked.bdnf) * p.gain_bdnf * release)
    bound = bdnf * (1 + p.saturation) / (bdnf + p.saturation)
    surface = _surface(step, np.maximum(bound - 1, 0) / p.saturation, p)
    trkb = _relax(p.rate_trkb * step, surface * bound)
    answer = p.gain_mtorc1 * _saturating(trkb - 1, p.half_mtorc1)
    mtorc1 = _relax(_rate(p.life_mtorc1) * step, 1 + (1 - blocked.mtorc1) * answer)
    made = p.gain_protein * (mtorc1 - 1)
    protein = _relax(_rate(p.life_protein) * step, 1 + (1 - blocked.protein) * made)
    spines = _relax(step / p.life_spine, 1 + p.gain_spine * (protein - 1))
    states = (ampa, bdnf, surface, trkb, mtorc1, protein, spines)
    return dict(zip(STEPS, states, strict=True))


def _column(values: ArrayLike, p: Parameters) -> Array:
    """Values down the first axis, ready to meet one parameter set for each virtual brain."""
    values = np.asarray(values, dtype=float)
    many = any(np.ndim(getattr(p, field.name)) for field in fields(p))
    return values[:, None] if many else values


def _rate(half_life: ArrayLike) -> Array | float:
    return np.log(2) / half_life


def _saturating(extra: Array, half: ArrayLike) -> Array:
    """0 at rest and below, towards 1 as the extra activity grows."""
    extra = np.maximum(extra, 0.0)
    return extra / (extra + half)


def _relax(z: Array, target: Array) -> Array:
    """x' = k (target - x) from 1, exactly, for a target that is straight within steps of z = k h."""
    decay = np.exp(-z)
    slope = -np.expm1(-z) / z
    gain = (1 - slope) * target[1:] + (slope - decay) * target[:-1]
    return _recur(np.broadcast_to(decay, gain.shape), gain)


def _surface(step: Array, crowding: Array, p: Parameters) -> Array:
    """Receptors at the surface: lost while crowded, renewed otherwise (mean rate within a step)."""
    renew = _rate(p.life_surface)
    rate = renew + p.loss_surface * (crowding[1:] + crowding[:-1]) / 2
    decay = np.exp(-rate * step)
    return _recur(decay, (1 - decay) * renew / rate)


def _recur(decay: Array, gain: Array) -> Array:
    """x[0] = 1, x[i + 1] = decay[i] x[i] + gain[i], down the first axis."""
    if decay.ndim == 1:  # numbers of Python are three times faster here than arrays of one
        found = [x := 1.0]
        found += [x := d * x + g for d, g in zip(decay.tolist(), gain.tolist(), strict=True)]
        return np.array(found)
    pairs = zip(decay, gain, strict=True)
    return np.stack(
        list(accumulate(pairs, lambda x, dg: dg[0] * x + dg[1], initial=np.ones_like(decay[0])))
    )


def after_sessions(
    days: float,
    p: Parameters,
    blocked: Blocked = NOTHING,
    starts: Sequence[float] = (0.0,),
) -> tuple[Array, dict[str, Array]]:
    """Hours and states after sessions at `starts` (h), watched for `days` after the last."""
    hours = timeline(days, starts)
    return hours, simulate(hours, surge(hours, p, starts), p, blocked)


def slopes(states: ArrayLike, drive: float, p: Parameters, blocked: Blocked = NOTHING) -> list[float]:
    """Time derivatives (1/h) of the seven states, in the order of STEPS: the equations as they stand."""
    ampa, bdnf, surface, trkb, mtorc1, protein, spines = states
    release = (1 - p.resting) * _saturating(ampa - 1, p.half_bdnf)
    release = release + p.resting * _saturating(drive, p.half_bdnf)
    bound = bdnf * (1 + p.saturation) / (bdnf + p.saturation)
    crowding = max(bound - 1, 0.0) / p.saturation
    answer = p.gain_mtorc1 * _saturating(trkb - 1, p.half_mtorc1)
    made = (1 - blocked.protein) * p.gain_protein * (mtorc1 - 1)
    return [
        p.rate_ampa * (1 + (1 - blocked.ampa) * drive - ampa),
        _rate(p.life_bdnf) * (1 + (1 - blocked.bdnf) * p.gain_bdnf * release - bdnf),
        _rate(p.life_surface) * (1 - surface) - p.loss_surface * crowding * surface,
        p.rate_trkb * (surface * bound - trkb),
        _rate(p.life_mtorc1) * (1 + (1 - blocked.mtorc1) * answer - mtorc1),
        _rate(p.life_protein) * (1 + made - protein),
        (1 + p.gain_spine * (protein - 1) - spines) / p.life_spine,
    ]


def by_roadrunner(times: ArrayLike, p: Parameters, blocked: Blocked = NOTHING) -> dict[str, Array]:
    """The same states for one session at hour 0, from `cascade.ant` by libRoadRunner.

    Slower (about 0.4 s to import, 10 ms to run), but it knows nothing of the shortcuts taken above. On
    machines that have no package of libRoadRunner or Antimony `by_scipy` takes its place, and says so.
    Raises ValueError for times that do not increase.
    """
    times = _increasing(times)
    if not roadrunner_is_here():
        print("libRoadRunner has no package for this machine, so SciPy solves the same equations here.")
        return by_scipy(times, p, blocked)
    engine = _engine()
    engine.resetAll()
    for field in fields(p):
        engine[field.name] = float(getattr(p, field.name))
    for field in fields(blocked):
        engine[f"block_{field.name}"] = float(getattr(blocked, field.name))
    result = np.asarray(engine.simulate(times=times.tolist(), selections=["time", *STEPS]))
    return dict(zip(STEPS, result[:, 1:].T.copy(), strict=True))


def roadrunner_is_here() -> bool:
    """Whether this machine has libRoadRunner and Antimony."""
    try:
        _engine()
    except ImportError:
        return False
    return True


def by_scipy(times: ArrayLike, p: Parameters, blocked: Blocked = NOTHING) -> dict[str, Array]:
    """The same states for one session at hour 0, by SciPy's LSODA on the equations as they stand.

    `times` (h) must increase, and the first is the hour of rest from which it starts: 0. It is as exact as
    libRoadRunner, to some 1e-8. Raises ValueError for times that do not increase.
    """
    times = _increasing(times)
    states, corner = np.ones((len(STEPS), 1)), float(p.given)  # the drive has a corner where it ends
    found = {times[0]: states[:, 0]}
    for low, high in ((times[0], min(corner, times[-1])), (max(corner, times[0]), times[-1])):
        if low >= high:
            continue
        solved = solve_ivp(
            lambda t, y: slopes(y, float(surge(t, p)), p, blocked),
            (low, high),
            states[:, -1],
            method="LSODA",
            t_eval=np.unique(np.append(times[(times > low) & (times <= high)], high)),
            rtol=1e-10,
            atol=1e-12,
        )
        states = solved.y
        found |= zip(solved.t.tolist(), states.T, strict=True)
    return dict(zip(STEPS, np.array([found[time] for time in times]).T, strict=True))


def _increasing(times: ArrayLike) -> Array:
    hours = np.asarray(times, dtype=float)
    if hours.ndim != 1 or hours.size < 2 or not (np.diff(hours) > 0).all():
        raise ValueError("times: they must be two or more hours in increasing order")
    return hours


@cache
def _engine():
    import antimony
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(ANTIMONY.read_text(encoding="utf-8")) < 0:
        raise RuntimeError(antimony.getLastError())
    engine = roadrunner.RoadRunner(antimony.getSBMLString("cascade"))
    engine.integrator.relative_tolerance = 1e-10
    engine.integrator.absolute_tolerance = 1e-12
    return engine


def window(times: ArrayLike, extra: ArrayLike, share: float = 0.5) -> tuple[float, float, float]:
    """When a single hump opens, peaks and closes (h): where it passes `share` of its height.

    A hump that has not come down by the last time closes at the last time; a flat line gives 0, 0, 0.
    """
    times, extra = np.asarray(times, dtype=float), np.asarray(extra, dtype=float)
    top = int(np.argmax(extra))
    if extra[top] <= 0:
        return 0.0, 0.0, 0.0
    above = np.flatnonzero(extra >= share * extra[top])
    return (
        _crossing(times, extra, above[0] - 1, share * extra[top]),
        float(times[top]),
        _crossing(times, extra, above[-1], share * extra[top]),
    )


def _crossing(times: Array, extra: Array, at: int, level: float) -> float:
    """Where the line from point `at` to the next passes the level."""
    if at < 0 or at + 1 >= len(times):
        return float(times[min(max(at, 0), len(times) - 1)])
    part = (level - extra[at]) / (extra[at + 1] - extra[at])
    return float(times[at] + part * (times[at + 1] - times[at]))
