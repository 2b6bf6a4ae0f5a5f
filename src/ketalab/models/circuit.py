"""A small cortical circuit, and what NMDA block does to it: the mean field, fast enough for a slider.

Two populations, pyramidal cells (E) and interneurons (I), of leaky integrate-and-fire cells:

    C dV/dt = g_L (V_L - V) + (g_AMPA s_AMPA + (1 - b) g_NMDA s_NMDA B(V)) (V_E - V)
              + g_GABA s_GABA (V_I - V)
    B(V) = 1 / (1 + [Mg] / 3.57 mM  exp(-0.062 V/mV))                         (jahr1990)

b is the fraction of the NMDA receptors of that population that the drug blocks, 0 to 1. Constants are
those of brunelwang2001 (`data/circuit_parameters.csv`), with three changes, each a choice of ours:

- NMDA synapses carry `nmda_share` of the excitatory current at rest (in the published network, built to
  hold a memory, 0.28 and all of it local: there a block of a quarter of the interneurons' receptors
  alone ends in runaway firing);
- of those synapses `local_share` come from this circuit, the rest from distant cells that keep firing;
- the distant AMPA drive is set so that without drug the cells fire at `RESTING` (Hz).

The mean field replaces each population by its rate. A cell sees a steady current and white noise from
its distant AMPA synapses; NMDA current is made linear around the mean potential <V>. Then

    nu = 1 / (t_ref + tau int sqrt(pi) exp(u^2) (1 + erf u) du),   <V> = mu - (V_thr - V_reset) nu tau

with tau = C / sum(g), mu the potential at which currents cancel and sigma the noise; the integral runs
from (V_reset - mu) / sigma to (V_thr - mu) / sigma, the upper end corrected for the time constant of
AMPA. Rates set currents and currents set rates: `fixed_point` iterates until both agree.

Units: mV, ms, nS, pF, so currents are in pA and rates inside are in 1/ms; results are in Hz.
The spiking network behind it is `ketalab.models.spiking`.
"""

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.optimize import root
from scipy.special import erfcx

from ketalab.checks import within
from ketalab.data import table

Array = NDArray[np.float64]

PYRAMIDAL, INTERNEURON = POPULATIONS = ("pyramidal", "interneuron")
RESTING = {PYRAMIDAL: 3.0, INTERNEURON: 9.0}  # Hz, chosen; the published network's distant cells fire at 3
SHARE_LIMITS = {"nmda_share": (0.0, 0.15), "local_share": (0.0, 0.6)}

GRID = np.linspace(0, 1, 25)  # of block, for the tabulated answer
LOWEST, HIGHEST = -30.0, 9.0  # of the integral: from sure to fire to once in longer than a life
STEP, TOLERANCE, MOST_STEPS = 0.05, 1e-9, 5000  # short enough steps that strong feedback cannot overshoot
SETTLED_MV = 1e-6  # a potential that moves less is settled


@dataclass(frozen=True)
class Parameters:
    """What no source tells us about a circuit; see the module for the meaning of each.

    Raises ValueError outside 0 to 0.15 (`nmda_share`) and 0 to 0.6 (`local_share`): within these the
    circuit was found to settle in one state, wherever it starts.
    """

    nmda_share: float = 0.10
    local_share: float = 0.30

    def __post_init__(self) -> None:
        for name, (low, high) in SHARE_LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name}: {value} is not allowed; it must be {low:g} to {high:g}")


@dataclass(frozen=True)
class State:
    """Where the circuit settles: rates (Hz) and `glutamate` relative to no drug, arrays of one shape."""

    pyramidal: Array
    interneuron: Array
    glutamate: Array


@dataclass(frozen=True)
class Currents:
    """Mean currents (pA, all positive) into a cell of one population: through its NMDA receptors as they
    are and as they would be if the drug let go of them now, through AMPA receptors from the pyramidal cells
    of this circuit and from distant cells, and through GABA receptors, which hold the cell back."""

    nmda: float
    nmda_unblocked: float
    ampa: float
    distant: float
    gaba: float


# From receptor to block ---------------------------------------------------------------------------


def block_from_occupancy(occupancy: ArrayLike, selectivity: ArrayLike = 1.0) -> tuple[Array, Array]:
    """Block of the NMDA receptors of interneurons and of pyramidal cells (0 to 1 each), in this order.

    `occupancy` (0 to 1) is the block a receptor of average affinity would have, such as
    `receptor.equilibrium_block`. With selectivity s the odds b / (1 - b) are sqrt(s) times higher on
    interneurons and sqrt(s) times lower on pyramidal cells, which is what half-blocking concentrations
    that differ by the factor s do. s = 1: the drug does not care. Arrays broadcast.

    Raises ValueError for an occupancy outside 0 to 1 or a selectivity that is not positive.
    """
    theta = within("occupancy", occupancy, 0, 1)
    s = np.asarray(selectivity, dtype=float)
    if not (np.isfinite(s).all() and (s > 0).all()):
        raise ValueError(f"selectivity: {selectivity} is not allowed; it must be more than 0")
    root_s = np.sqrt(s)
    return theta * root_s / (1 - theta + theta * root_s), theta / (theta + (1 - theta) * root_s)


def occupancy_from_dose(dose: ArrayLike, half_dose: ArrayLike) -> Array:
    """Occupancy (0 to 1) at a dose, dose / (dose + half_dose), both in mg/kg.

    `half_dose` blocks half of the receptors when the measurement is made. It depends on species, route
    and time and no source gives it for the rat studies here: it is a slider, not a constant.
    Raises ValueError for a negative dose or a half_dose that is not positive.
    """
    given, half = np.asarray(dose, dtype=float), np.asarray(half_dose, dtype=float)
    if not (given >= 0).all():
        raise ValueError(f"dose: {dose} is not allowed; it must be 0 mg/kg or more")
    if not (half > 0).all():
        raise ValueError(f"half_dose: {half_dose} is not allowed; it must be more than 0 mg/kg")
    return given / (given + half)


# The answer ---------------------------------------------------------------------------------------


def steady_state(
    block_interneuron: ArrayLike, block_pyramidal: ArrayLike, parameters: Parameters | None = None
) -> State:
    """Where the circuit settles when these fractions (0 to 1) of NMDA receptors are blocked.

    Arrays broadcast against each other. The first call for a set of parameters solves a table (about
    a quarter of a second), later ones interpolate it (some 30 microseconds, within 1% of
    `fixed_point`). `glutamate` is what all excitatory endings in the tissue release, relative to no
    drug: local_share of them belong to cells of this circuit, the others fire on as before.

    Raises ValueError for a block outside 0 to 1.
    """
    parameters = parameters or Parameters()
    both = blocks(block_interneuron, block_pyramidal)
    ratio = [
        np.exp(np.reshape(spline.ev(*map(np.ravel, both)), both[0].shape)) for spline in _table(parameters)
    ]
    return _state(*ratio, parameters)


def fixed_point(
    block_interneuron: ArrayLike, block_pyramidal: ArrayLike, parameters: Parameters | None = None
) -> State:
    """The same as `steady_state`, solved and not interpolated (relative tolerance 1e-8).

    Iterates from the resting state, so it finds the state that is reached when the drug comes in.
    """
    parameters = parameters or Parameters()
    both = blocks(block_interneuron, block_pyramidal)
    rates = _settle(*map(np.ravel, both), parameters)
    ratio = [np.reshape(rates[p] / RESTING[p] * 1000, both[0].shape) for p in POPULATIONS]
    return _state(*ratio, parameters)


def _state(pyramidal: Array, interneuron: Array, parameters: Parameters) -> State:
    """Rates and glutamate from the two rates relative to rest."""
    glutamate = 1 + parameters.local_share * (pyramidal - 1)
    return State(pyramidal * RESTING[PYRAMIDAL], interneuron * RESTING[INTERNEURON], glutamate)


@cache
def _table(parameters: Parameters) -> tuple[RectBivariateSpline, RectBivariateSpline]:
    """Logarithm of both rates relative to rest, over block of interneurons and of pyramidal cells."""
    solved = fixed_point(GRID[:, None], GRID[None, :], parameters)
    ratio = (solved.pyramidal / RESTING[PYRAMIDAL], solved.interneuron / RESTING[INTERNEURON])
    return tuple(RectBivariateSpline(GRID, GRID, np.log(r)) for r in ratio)


def blocks(interneuron: ArrayLike, pyramidal: ArrayLike) -> tuple[Array, Array]:
    """The two blocks, checked and of one shape."""
    return tuple(
        np.broadcast_arrays(
            within("block_interneuron", interneuron, 0, 1), within("block_pyramidal", pyramidal, 0, 1)
        )
    )


# The mean field -----------------------------------------------------------------------------------


@cache
def constants(group: str) -> SimpleNamespace:
    """The published constants of a population, or the ones that both share (group "shared")."""
    rows = table("circuit_parameters").query("group == @group")
    return SimpleNamespace(**dict(zip(rows.symbol, rows.value, strict=True)))


def gate(rate: ArrayLike) -> Array:
    """Mean opening of the NMDA gate (0 to 1) of a synapse whose cell fires at random at `rate` (1/ms).

    Each spike closes the distance to full opening by the share 1 - exp(-alpha tau_rise).
    """
    k = constants("shared")
    gain = np.asarray(rate) * k.tau_decay * (1 - np.exp(-k.alpha * k.tau_rise))
    return gain / (1 + gain)


@dataclass(frozen=True)
class Drive:
    """What holds a population at rest: distant AMPA spikes (1/ms), NMDA conductance (nS), voltage (mV)."""

    distant: float
    nmda: float
    voltage: float


@cache
def resting_circuit(parameters: Parameters) -> dict[str, Drive]:
    """The drive that makes each population fire at its resting rate without drug."""
    return {population: _resting(population, parameters) for population in POPULATIONS}


def _resting(population: str, parameters: Parameters) -> Drive:
    rates = {p: rate / 1000 for p, rate in RESTING.items()}
    at_rest = float(gate(rates[PYRAMIDAL]))

    def drive(log_distant: float, voltage: float) -> Drive:
        own, k = constants(population), constants("shared")
        ampa = (own.g_distant * np.exp(log_distant) + own.g_ampa * own_inputs(rates)) * k.tau_ampa
        open_nmda = parameters.nmda_share / (1 - parameters.nmda_share) * ampa
        return Drive(np.exp(log_distant), open_nmda / magnesium_free(voltage) / at_rest, voltage)

    def misfit(unknown: Array) -> list[float]:
        at = drive(*unknown)
        rate, voltage = _response(population, rates, at.voltage, 0.0, at, at_rest)
        return [float(np.log(rate / rates[population])), float(voltage - at.voltage)]

    found = root(misfit, [1.1, -53.0])
    if not found.success:
        raise RuntimeError(f"no resting state of the {population} population: {found.message}")
    return drive(*found.x)


def opening(rate: ArrayLike, local_share: float) -> Array:
    """Mean opening (0 to 1) of the NMDA gates on a cell when this circuit's pyramidal cells fire at `rate`.

    The other cells that reach it lie elsewhere and keep their resting rate (1/ms).
    """
    return local_share * gate(rate) + (1 - local_share) * gate(RESTING[PYRAMIDAL] / 1000)


def own_inputs(rates: dict[str, Array]) -> Array:
    """Spikes (1/ms) that reach a cell from all pyramidal cells of the circuit."""
    return constants(PYRAMIDAL).cells * rates[PYRAMIDAL]


def magnesium_free(voltage: ArrayLike) -> Array:
    """Fraction of open NMDA channels without magnesium at a potential (mV)."""
    k = constants("shared")
    return 1 / (1 + k.magnesium / k.mg_constant * np.exp(-k.mg_slope * np.asarray(voltage)))


def _response(
    population: str, rates: dict[str, Array], voltage: Array, block: Array, drive: Drive, gates: Array
) -> tuple[Array, Array]:
    """Rate (1/ms) and mean potential (mV) that these inputs give a population."""
    own, k = constants(population), constants("shared")
    distant = own.g_distant * drive.distant * k.tau_ampa
    ampa = distant + own.g_ampa * own_inputs(rates) * k.tau_ampa
    gaba = own.g_gaba * constants(INTERNEURON).cells * rates[INTERNEURON] * k.tau_gaba
    free = magnesium_free(voltage)
    nmda = (1 - block) * drive.nmda * gates
    # The NMDA current near <V>: a conductance and, because magnesium leaves as V rises, a slope.
    steady, slope = nmda * free, nmda * k.mg_slope * (voltage - k.excitatory_reversal) * free * (1 - free)
    total = own.leak + ampa + gaba + steady + slope
    mu = (
        own.leak * k.leak_reversal
        + gaba * k.inhibitory_reversal
        + (ampa + steady) * k.excitatory_reversal
        + slope * voltage
    ) / total
    tau = own.capacitance / total
    kick = own.g_distant * (voltage - k.excitatory_reversal) * k.tau_ampa / own.capacitance
    sigma = np.abs(kick) * np.sqrt(drive.distant * tau)
    return _firing(mu, sigma, tau, own.refractory)


def _firing(mu: Array, sigma: Array, tau: Array, refractory: float) -> tuple[Array, Array]:
    """Rate (1/ms) and mean potential of a cell with noise: the first-passage time to threshold."""
    k = constants("shared")
    slow = np.sqrt(k.tau_ampa / tau)
    top = (k.threshold - mu) / sigma * (1 + 0.5 * slow**2) + 1.03 * slow - 0.5 * slow**2
    bottom = (k.reset - mu) / sigma
    rate = 1 / (refractory + tau * (_passage(top) - _passage(bottom)))
    return rate, mu - (k.threshold - k.reset) * rate * tau


def _passage(upper: Array) -> Array:
    """The integral of sqrt(pi) exp(u^2) (1 + erf u) from `LOWEST` up to `upper`."""
    return np.exp(_log_passage()(np.clip(upper, LOWEST, HIGHEST)))


@cache
def _log_passage() -> CubicSpline:
    """Its logarithm, tabulated by Gauss and Legendre; exp(u^2) (1 + erf u) = erfcx(-u)."""
    nodes, weights = np.polynomial.legendre.leggauss(5)
    ends = np.linspace(LOWEST, HIGHEST, 4001)
    half = np.diff(ends)[:, None] / 2
    inside = erfcx(-(ends[:-1, None] + half * (nodes + 1)))
    pieces = np.sqrt(np.pi) * (inside * weights * half).sum(axis=1)
    return CubicSpline(ends, np.log(np.concatenate([[1.0], 1 + np.cumsum(pieces)])))


def _settle(block_i: Array, block_e: Array, parameters: Parameters) -> dict[str, Array]:
    """Iterate rates and potentials from rest until they reproduce themselves."""
    drives = resting_circuit(parameters)
    block = {PYRAMIDAL: block_e, INTERNEURON: block_i}
    rates = {p: np.full(block_e.shape, RESTING[p] / 1000) for p in POPULATIONS}
    voltage = {p: np.full(block_e.shape, drives[p].voltage) for p in POPULATIONS}
    for _ in range(MOST_STEPS):
        gates = opening(rates[PYRAMIDAL], parameters.local_share)
        furthest = 0.0
        for p in POPULATIONS:
            rate, potential = _response(p, rates, voltage[p], block[p], drives[p], gates)
            change = np.log(rate / rates[p])
            furthest = max(furthest, np.abs(change).max(), np.abs(potential - voltage[p]).max())
            rates[p] = rates[p] * np.exp(STEP * np.clip(change, -1, 1))
            voltage[p] = voltage[p] + STEP * (potential - voltage[p])
        if furthest < TOLERANCE:
            return rates
    raise RuntimeError(f"the circuit did not settle in {MOST_STEPS} steps (last change {furthest:.1e})")


# What flows ---------------------------------------------------------------------------------------


def currents(
    block_interneuron: float,
    block_pyramidal: float,
    parameters: Parameters | None = None,
    settled: State | None = None,
) -> dict[str, Currents]:
    """What flows into a cell of each population where the circuit settles with these blocks (0 to 1):
    `settled`, if that is known already."""
    parameters = parameters or Parameters()
    state = settled or steady_state(block_interneuron, block_pyramidal, parameters)
    rates = {p: float(getattr(state, p)) / 1000 for p in POPULATIONS}
    gates = opening(rates[PYRAMIDAL], parameters.local_share)
    block = {PYRAMIDAL: block_pyramidal, INTERNEURON: block_interneuron}
    drives = resting_circuit(parameters)
    return {p: _currents(p, rates, block[p], drives[p], gates) for p in POPULATIONS}


def _currents(
    population: str, rates: dict[str, float], block: float, drive: Drive, gates: Array
) -> Currents:
    own, k = constants(population), constants("shared")
    voltage = drive.voltage
    for _ in range(MOST_STEPS):
        _, potential = _response(population, rates, voltage, block, drive, gates)
        voltage += (potential - voltage) / 2
        if abs(potential - voltage) < SETTLED_MV:
            break
    inward, outward = k.excitatory_reversal - voltage, voltage - k.inhibitory_reversal
    unblocked = drive.nmda * gates * magnesium_free(voltage) * inward
    return Currents(
        nmda=float((1 - block) * unblocked),
        nmda_unblocked=float(unblocked),
        ampa=float(own.g_ampa * own_inputs(rates) * k.tau_ampa * inward),
        distant=float(own.g_distant * drive.distant * k.tau_ampa * inward),
        gaba=float(own.g_gaba * constants(INTERNEURON).cells * rates[INTERNEURON] * k.tau_gaba * outward),
    )
