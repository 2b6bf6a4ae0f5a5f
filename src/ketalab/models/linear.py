"""Exact solution of linear compartment models.

    dA/dt = K A + input(t)

A is the amount in each compartment (mg), K the matrix of rate constants (1/min). Every patient has
a K of its own, so the arrays carry a leading patient axis. With K = V diag(λ) V⁻¹ a dose D into
compartment j at time 0 leaves, at a later time t,

    bolus                 A(t) = D V exp(λ t) V⁻¹ e_j
    infusion lasting T    A(t) = D/T V [∫ exp(λ s) ds from max(t - T, 0) to t] V⁻¹ e_j

and doses add up (superposition). Nothing is stepped, so nothing drifts and any time can be asked.
Where eigenvectors nearly coincide (two equal rates in a chain) V cannot be inverted safely; those
patients are solved with the matrix exponential instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

Array = NDArray[np.float64]

# Above this condition number of the eigenvectors, rounding would cost more than 1e-9 of the dose.
WORST_CONDITION = 1e6
# Patients are solved in blocks of about this many numbers, which keeps memory low and caches warm.
BLOCK = 1_000_000


@dataclass(frozen=True)
class Dose:
    """A dose: `amount` (mg), `route`, `time` (min) it starts, `duration` (min; 0 is a bolus).

    Raises ValueError for a negative or non-finite amount, time or duration.
    """

    amount: float
    route: str = "iv"
    time: float = 0.0
    duration: float = 0.0

    def __post_init__(self) -> None:
        for name, unit in (("amount", "mg"), ("time", "min"), ("duration", "min")):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise ValueError(f"dose {name}: {value} is not allowed; it must be 0 {unit} or more")


@dataclass(frozen=True)
class Entry:
    """One way a dose enters: the `fraction` of it that reaches `compartment`, over `duration` (min).

    `fraction` may differ between patients. A duration of None means the duration of the dose itself.
    """

    compartment: str
    fraction: Array | float = 1.0
    duration: float | None = None


@dataclass(frozen=True)
class LinearModel:
    """Compartments, their rate matrices (patients x n x n, 1/min) and how doses enter.

    `observed` gives for each measured compound its compartment and its volume (L, one a patient).
    """

    compartments: tuple[str, ...]
    K: Array
    entries: Mapping[str, tuple[Entry, ...]]
    observed: Mapping[str, tuple[str, Array]] = field(default_factory=dict)

    @property
    def patients(self) -> int:
        return self.K.shape[0]

    def index(self, compartment: str) -> int:
        return self.compartments.index(compartment)

    def upstream(self, compartments: Sequence[str]) -> "LinearModel":
        """The part of the model that `compartments` depend on: they and all that feeds them."""
        return self._parts.get(tuple(compartments)) or self._parts.setdefault(
            tuple(compartments), self._upstream(compartments)
        )

    @cached_property
    def _parts(self) -> dict[tuple[str, ...], "LinearModel"]:
        return {}

    def _upstream(self, compartments: Sequence[str]) -> "LinearModel":
        feeds = (self.K != 0).any(axis=0)
        keep = np.isin(self.compartments, compartments)
        while (wider := keep | feeds[keep].any(axis=0)).sum() > keep.sum():
            keep = wider
        names = tuple(np.array(self.compartments)[keep])
        entries = {
            route: tuple(entry for entry in entries if entry.compartment in names)
            for route, entries in self.entries.items()
        }
        return LinearModel(names, self.K[:, keep][:, :, keep], entries)

    @cached_property
    def modes(self) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """λ, V and V⁻¹ of every patient, and who can be solved with them safely."""
        rates, vectors = np.linalg.eig(self.K)
        safe = (np.linalg.cond(vectors) < WORST_CONDITION) & (np.abs(rates.imag).max(axis=-1) == 0)
        vectors = np.where(safe[:, None, None], vectors.real, np.eye(self.K.shape[-1]))
        return rates.real, vectors, np.linalg.inv(vectors), safe

    def doses_by_entry(self, doses: Sequence[Dose]) -> "Inputs":
        """For each entry point the doses that use it, as rows of amount, start and duration."""
        for dose in doses:
            if dose.route not in self.entries:
                routes = ", ".join(sorted(self.entries))
                raise ValueError(f"dose route: {dose.route!r} is not in this model; it has {routes}")
        used = []
        for route in dict.fromkeys(dose.route for dose in doses):
            rows = [(d.amount, d.time, d.duration) for d in doses if d.route == route]
            for entry in self.entries[route]:
                table = np.array(rows, dtype=float)
                if entry.duration is not None:
                    table[:, 2] = entry.duration
                used.append((entry, table))
        return used


Inputs = list[tuple[Entry, Array]]


def amounts(
    model: LinearModel,
    doses: Sequence[Dose],
    times: ArrayLike,
    compartments: Sequence[str] | None = None,
) -> Array:
    """Amounts (mg), patients x times x compartments, after the doses; times in min, in any order.

    Raises ValueError for a time that is not finite or a route the model does not have.
    """
    times = np.atleast_1d(np.asarray(times, dtype=float))
    if not np.isfinite(times).all():
        raise ValueError("times: every time must be a finite number of minutes")
    compartments = tuple(compartments or model.compartments)
    model = model.upstream(compartments)
    wanted = [model.index(name) for name in compartments]
    inputs = model.doses_by_entry(doses)
    result = np.zeros((model.patients, times.size, len(wanted)))
    safe = model.modes[3]
    busiest = max((rows.shape[0] for _, rows in inputs), default=1)
    block = max(1, BLOCK // (times.size * busiest * len(model.compartments)))
    for chosen in np.array_split(np.flatnonzero(safe), max(1, -(-int(safe.sum()) // block))):
        if chosen.size:
            result[chosen] = _by_modes(model, chosen, inputs, times, wanted)
    for patient in np.flatnonzero(~safe):
        result[patient] = _by_exponential(model, patient, inputs, times)[..., wanted]
    return result


def concentration(model: LinearModel, doses: Sequence[Dose], times: ArrayLike, compound: str) -> Array:
    """Plasma concentration (ng/mL), patients x times, of one of the model's compounds."""
    compartment, volume = _observed(model, compound)
    return amounts(model, doses, times, [compartment])[..., 0] / volume[:, None] * 1000


def _observed(model: LinearModel, compound: str) -> tuple[str, Array]:
    if compound not in model.observed:
        raise ValueError(f"compound: {compound!r} is not in this model; it has {', '.join(model.observed)}")
    return model.observed[compound]


def _windows(rows: Array, times: Array) -> tuple[Array, Array]:
    """Start and end (min since it entered) of what each dose has given by each time: doses x times."""
    end = np.maximum(times[None, :] - rows[:, 1, None], 0.0)
    start = np.maximum(end - rows[:, 2, None], 0.0)
    return start, end


def _by_modes(
    model: LinearModel, chosen: NDArray[np.intp], inputs: Inputs, times: Array, wanted: list[int]
) -> Array:
    rates, vectors, inverse = (part[chosen] for part in model.modes[:3])
    total = np.zeros((chosen.size, times.size, rates.shape[-1]))
    for entry, rows in inputs:
        start, end = _windows(rows, times)
        given = times[None, :] >= rows[:, 1, None]
        scaled = rows[:, 0, None] * given
        weight = inverse[:, :, model.index(entry.compartment)]
        weight = weight * np.broadcast_to(entry.fraction, model.patients)[chosen, None]
        λ = rates[:, None, None, :]
        bolus = rows[:, 2] == 0
        if bolus.any():
            response = np.exp(λ * end[bolus][None, ..., None])
            total += weight[:, None, :] * np.einsum("dt,pdtn->ptn", scaled[bolus], response)
        if not bolus.all():
            lasting = ~bolus
            rate = scaled[lasting] / rows[lasting, 2, None]
            response = _integral(λ, start[lasting][None, ..., None], end[lasting][None, ..., None])
            total += weight[:, None, :] * np.einsum("dt,pdtn->ptn", rate, response)
    return total @ vectors[:, wanted].transpose(0, 2, 1)


def _integral(λ: Array, start: Array, end: Array) -> Array:
    """∫ exp(λ s) ds from start to end, also at λ = 0."""
    width = end - start
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.expm1(λ * width) / λ
    if not λ.all():
        growth = np.where(λ == 0, width, growth)
    return np.exp(λ * start) * growth


def _by_exponential(model: LinearModel, patient: int, inputs: Inputs, times: Array) -> Array:
    """The same answer from the matrix exponential, for patients whose modes nearly coincide."""
    K = model.K[patient]
    n = K.shape[0]
    total = np.zeros((times.size, n))
    for entry, rows in inputs:
        fraction = np.broadcast_to(entry.fraction, model.patients)[patient]
        at = model.index(entry.compartment)
        start, end = _windows(rows, times)
        for (amount, begin, duration), earlier, later in zip(rows, start, end, strict=True):
            response = _exponential(K, later)[:, :, at] * fraction
            if duration > 0:
                response -= _exponential(K, earlier)[:, :, at] * fraction
                response = np.linalg.solve(K, response.T).T / duration
            total += amount * response * (times >= begin)[:, None]
    return total


def _exponential(K: Array, times: Array) -> Array:
    """exp(K t) for every time.

    SciPy has a shortcut for triangular matrices that loses digits when diagonal entries nearly
    coincide. Two idle compartments that only exchange with each other keep it on the safe path.
    """
    n = K.shape[0]
    wider = np.zeros((n + 2, n + 2))
    wider[:n, :n] = K
    wider[n:, n:] = np.abs(K).max() * np.array([[-1.0, 0.5], [0.5, -1.0]])
    return expm(wider * times[:, None, None])[:, :n, :n]


def clearance(model: LinearModel, compound: str) -> Array:
    """Clearance of the compound (L/min, one a patient): the dose over the area under its curve."""
    compartment, volume = _observed(model, compound)
    at = model.index(compartment)
    return volume / -np.linalg.inv(model.K)[:, at, at]


def steady_state_volume(model: LinearModel, compound: str, compartments: Sequence[str]) -> Array:
    """Volume at steady state (L): what a constant infusion leaves in these compartments, over C."""
    compartment, volume = _observed(model, compound)
    held = -np.linalg.inv(model.K)[:, :, model.index(compartment)]
    inside = held[:, [model.index(name) for name in compartments]].sum(axis=1)
    return inside / held[:, model.index(compartment)] * volume
