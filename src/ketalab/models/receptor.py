"""The pore of the NMDA receptor and what stands in it: magnesium, ketamine and their relatives.

Two blockers share one pore, so the channels that glutamate has opened are free, hold magnesium or
hold the drug, in proportion to

    1 : [Mg] / K_Mg(V) : C / K(V)
    K_Mg(V) = 3.57 mM exp(0.062 V / mV)                      (Jahr and Stevens 1990)
    K(V)    = IC50 exp(delta (V - V0) F / RT)                (one charge, electrical distance delta)

V is the membrane potential (mV), C the free concentration of the drug (µM), V0 the potential at which
its IC50 was measured without magnesium. The drug enters and leaves open channels only, and the gate
can close behind it (trapping). In time:

    U -- C1 -- C2 -- O ====== OB -- C2B -- C1B -- UB
                |    |         |
                D    OS        DB

U, C1, C2 carry no, one, two glutamates, O is open, D desensitised; B marks a drug behind the gate. OS
holds the drug further out, where the channel cannot close until it has left: the part of memantine
that is not trapped. The scheme is a tree, so every step is balanced by its reverse at equilibrium.
Magnesium is so fast that it is taken at equilibrium within O. Times are in s, rates in 1/s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import R, physical_constants, zero_Celsius

from ketalab.checks import at_least, within
from ketalab.data import table
from ketalab.data.tables import data_folder

Array = NDArray[np.float64]
FARADAY = physical_constants["Faraday constant"][0]  # C/mol

ROOM_C = 22.0  # °C: our choice, cells are measured at room temperature and the abstracts say no more
THERMAL_MV = round(1000 * R * (zero_Celsius + ROOM_C) / FARADAY, 1)  # RT/F
REST_MV, PHYSIOLOGICAL_MM = -70.0, 1.0
SATURATING_UM = 1000.0  # glutamate in the cleft: our choice, enough to bind every receptor
GATING = "destexhe1996"

STATES = ("U", "C1", "C2", "O", "D", "UB", "C1B", "C2B", "OB", "DB", "OS")
FREE, TRAPPED, UNTRAPPED = slice(0, 5), slice(5, 10), slice(10, 11)
PLACE = {state: place for place, state in enumerate(STATES)}
OPEN = PLACE["O"]


# Equilibrium ---------------------------------------------------------------------------------------


def free_concentration(
    plasma_ng_per_ml: ArrayLike, unbound_fraction: float, molar_mass: float
) -> NDArray[np.float64]:
    """Free concentration (µM) of a drug whose total concentration in plasma is given in ng/mL.

    C = f_u C_total / M. That the brain's water holds the same free concentration is an assumption.
    `molar_mass` in g/mol. Raises ValueError for a negative concentration, a fraction outside 0 to 1,
    or a mass that is not positive.
    """
    total = at_least("plasma_ng_per_ml", plasma_ng_per_ml, 0, "ng/mL")
    if not 0 <= unbound_fraction <= 1:
        raise ValueError(f"unbound_fraction: {unbound_fraction} is not allowed; it must be 0 to 1")
    if not molar_mass > 0:
        raise ValueError(f"molar_mass: {molar_mass} is not allowed; it must be more than 0 g/mol")
    return total * unbound_fraction / molar_mass


def magnesium_constant(voltage_mv: ArrayLike) -> Array:
    """Magnesium (mM) that blocks half of the current at these potentials (mV, -120 to 80)."""
    constant, slope = _jahr_stevens()
    return constant * np.exp(slope * _voltage(voltage_mv))


@cache
def _jahr_stevens() -> tuple[float, float]:
    value = table("nmda_biophysics").set_index("constant").value
    return float(value["mg_constant"]), float(value["mg_slope"])


def magnesium_free(voltage_mv: ArrayLike, magnesium_mm: ArrayLike = PHYSIOLOGICAL_MM) -> Array:
    """Fraction of the open channels without magnesium, B = 1 / (1 + [Mg] / K_Mg(V)).

    Source jahr1990. Raises ValueError for a potential outside -120 to 80 mV or negative magnesium.
    """
    magnesium = at_least("magnesium_mm", magnesium_mm, 0, "mM")
    return 1 / (1 + magnesium / magnesium_constant(voltage_mv))


@dataclass(frozen=True)
class Blocker:
    """A channel blocker and its constants.

    `ic50_um` (µM) halves the current at `reference_mv` (mV) without magnesium; `off_rate` (1/s) is how
    fast it leaves there while the channels are kept active; `delta` is the fraction of the field it
    senses; of the channels it blocks it is `trapped` in a share when they close, and leaves the rest
    with the time constant `escape` (s). `borrowed` names what no source printed for it and ketamine lends.
    """

    name: str
    ic50_um: float
    off_rate: float
    delta: float
    trapped: float = 1.0
    escape: float = np.inf
    reference_mv: float = REST_MV
    borrowed: str = ""

    def __post_init__(self) -> None:
        for field, unit in (("ic50_um", "uM"), ("off_rate", "1/s"), ("escape", "s")):
            value = getattr(self, field)
            if not value > 0:
                raise ValueError(f"{field}: {value} is not allowed; it must be more than 0 {unit}")
        for field, low in (("delta", 0.0), ("trapped", 0.5)):
            value = getattr(self, field)
            if not low <= value <= 1:
                raise ValueError(f"{field}: {value} is not allowed; it must be {low:g} to 1")

    @property
    def on_rate(self) -> float:
        """What rate and potency imply for binding, k_on = k_off / IC50 (1/(µM s))."""
        return self.off_rate / self.ic50_um

    def voltage_factor(self, voltage_mv: ArrayLike) -> Array:
        """How much looser it sits at these potentials than at `reference_mv` (factor on K)."""
        return np.exp(self.delta * (_voltage(voltage_mv) - self.reference_mv) / THERMAL_MV)


def half_block(
    blocker: Blocker, voltage_mv: ArrayLike = REST_MV, magnesium_mm: ArrayLike = PHYSIOLOGICAL_MM
) -> Array:
    """Free concentration (µM) that takes half of the current left by magnesium: K(V) (1 + [Mg]/K_Mg(V))."""
    return blocker.ic50_um * blocker.voltage_factor(voltage_mv) / magnesium_free(voltage_mv, magnesium_mm)


def equilibrium_block(
    free_um: ArrayLike,
    blocker: Blocker,
    voltage_mv: ArrayLike = REST_MV,
    magnesium_mm: ArrayLike = PHYSIOLOGICAL_MM,
) -> Array:
    """Fraction of the current blocked by the drug, 0 to 1; arrays broadcast against one another.

    It is also the share of the channels that hold the drug, theta = C / (C + K(V) (1 + [Mg]/K_Mg(V))).
    The current it is a fraction of is the one magnesium leaves. `free_um` is the free concentration
    (µM). Raises ValueError for a negative concentration or magnesium, or a potential out of range.
    """
    free = at_least("free_um", free_um, 0, "uM")
    return free / (free + half_block(blocker, voltage_mv, magnesium_mm))


def relative_current(
    voltage_mv: ArrayLike,
    magnesium_mm: ArrayLike = PHYSIOLOGICAL_MM,
    free_um: ArrayLike = 0.0,
    blocker: Blocker | None = None,
    reversal_mv: float = 0.0,
) -> Array:
    """Steady current through the channels, in units of the unblocked current per 100 mV of drive.

    I = (V - V_rev) / 100 mV x B(V) x (1 - theta). Inward current is negative.
    """
    current = (_voltage(voltage_mv) - reversal_mv) / 100 * magnesium_free(voltage_mv, magnesium_mm)
    if blocker is None:
        return current
    return current * (1 - equilibrium_block(free_um, blocker, voltage_mv, magnesium_mm))


# Published constants -------------------------------------------------------------------------------

KETAMINE = "ketamine"
# Ki of S and R at the same site in one study: they split the potency of the racemate between them.
ENANTIOMERS = {"esketamine": "S-ketamine", "arketamine": "R-ketamine"}
BLOCKERS = (KETAMINE, *ENANTIOMERS, "memantine", "phencyclidine", "dizocilpine")


def published(name: str) -> Blocker:
    """The blocker of this name with its published constants; ValueError when there is none.

    What no source prints is borrowed from ketamine and said so in `borrowed`: the forward rate of
    phencyclidine and dizocilpine (their source found one range for all three) and the electrical
    distance of memantine and phencyclidine. S- and R-ketamine differ from the racemate by Ki alone.
    """
    return _published(data_folder(), name)


@cache
def _published(_folder: Path, name: str) -> Blocker:
    if name not in BLOCKERS:
        raise ValueError(f"blocker: {name!r} is not one of {', '.join(BLOCKERS)}")
    if name in ENANTIOMERS:
        return _enantiomer(name)
    rows = table("nmda_biophysics").query("ligand == @name and role == 'model'").set_index("symbol")
    value = rows.value.to_dict()
    if name == KETAMINE:
        return Blocker(name, value["ic50"], value["off_rate"], value["delta"], value["trapped"])
    lender = published(KETAMINE)
    if "ic50" not in value:
        ic50, delta = value["off_rate"] / lender.on_rate, electrical_distance(name)
        lent = "rate of entry" if delta else "rate of entry and voltage sensing"
        return Blocker(name, ic50, value["off_rate"], delta or lender.delta, borrowed=lent)
    blocker = Blocker(
        name,
        value["ic50"],
        value["off_rate"],
        lender.delta,
        value["trapped"],
        value["escape"],
        float(rows.holding_mv["ic50"]),
        "voltage sensing",
    )
    return replace(
        blocker, off_rate=blocker.off_rate / float(blocker.voltage_factor(rows.holding_mv["off_rate"]))
    )


def electrical_distance(name: str) -> float | None:
    """delta = (RT/F) ln(tau_1 / tau_2) / (V_2 - V_1), from recovery from block at two potentials."""
    rows = table("nmda_biophysics").query("ligand == @name and symbol == 'recovery'")
    if len(rows) != 2:
        return None
    slow, fast = rows.sort_values("value", ascending=False).itertuples()
    return float(THERMAL_MV * np.log(slow.value / fast.value) / (fast.holding_mv - slow.holding_mv))


def _enantiomer(name: str) -> Blocker:
    """1/K = (1/K_S + 1/K_R) / 2, with the ratio K_R / K_S from one binding study (ebert1997)."""
    racemate = published(KETAMINE)
    rows = table("receptor_binding").query("reference == 'ebert1997'").set_index("ligand").value_um
    mean = 2 / (1 / rows["S-ketamine"] + 1 / rows["R-ketamine"])
    factor = float(rows[ENANTIOMERS[name]] / mean)
    return replace(
        racemate,
        name=name,
        ic50_um=racemate.ic50_um * factor,
        off_rate=racemate.off_rate * factor,
        borrowed="all but the IC50",
    )


@dataclass(frozen=True)
class Gating:
    """Rates at which a receptor binds glutamate (1/(µM s)), opens, closes and desensitises (1/s)."""

    bind: float
    unbind: float
    open: float
    close: float
    desensitise: float
    resensitise: float

    def weights(self, glutamate_um: float) -> Array:
        """Relative shares of U, C1, C2, O, D at equilibrium, U being 1."""
        one = 2 * self.bind * glutamate_um / self.unbind
        two = one * self.bind * glutamate_um / (2 * self.unbind)
        return np.array(
            [1.0, one, two, two * self.open / self.close, two * self.desensitise / self.resensitise]
        )

    def open_probability(self, glutamate_um: float = SATURATING_UM) -> float:
        """Share of channels that are open at equilibrium with this much glutamate."""
        weights = self.weights(glutamate_um)
        return float(weights[3] / weights.sum())


def gating(name: str = GATING) -> Gating:
    """A published set of gating rates; ValueError when there is none of that name."""
    return _gating(data_folder(), name)


@cache
def _gating(_folder: Path, name: str) -> Gating:
    rows = table("nmda_biophysics")
    rows = rows[rows.preparation.str.startswith("gating set ")]
    sets = sorted(rows.preparation.str.removeprefix("gating set ").unique())
    if name not in sets:
        raise ValueError(f"gating: {name!r} is not one of {', '.join(sets)}")
    return Gating(**rows[rows.preparation == f"gating set {name}"].set_index("symbol").value.to_dict())


# In time -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bath:
    """What surrounds the receptor: glutamate (µM), free drug (µM), potential (mV), magnesium (mM)."""

    glutamate_um: float = 0.0
    free_um: float = 0.0
    voltage_mv: float = REST_MV
    magnesium_mm: float = PHYSIOLOGICAL_MM

    def __post_init__(self) -> None:
        for field, unit in (("glutamate_um", "uM"), ("free_um", "uM"), ("magnesium_mm", "mM")):
            at_least(field, getattr(self, field), 0, unit)
        _voltage(self.voltage_mv)


def rates_of_block(gates: Gating, blocker: Blocker, bath: Bath) -> tuple[float, float, float, float]:
    """Rates (1/s) from open to trapped-block and back, from open to untrapped block and back.

    Published rates are those of a cell kept active, whose channels are open part of the time. An open
    channel exchanges its drug faster, by one over the open probability.
    """
    activity = gates.open_probability()
    within = blocker.ic50_um * float(blocker.voltage_factor(bath.voltage_mv)) / blocker.trapped
    off = blocker.off_rate * float(blocker.voltage_factor(bath.voltage_mv)) / activity
    at_pore = bath.free_um * float(magnesium_free(bath.voltage_mv, bath.magnesium_mm))
    escape = 1 / blocker.escape
    loose = (1 - blocker.trapped) / blocker.trapped / activity
    return off * at_pore / within, off, escape * loose * at_pore / within, escape


def rate_matrix(gates: Gating, blocker: Blocker, bath: Bath) -> Array:
    """K of dp/dt = K p over STATES (11 x 11, 1/s); every column sums to nought."""
    K = np.zeros((len(STATES), len(STATES)))

    def step(here: str, there: str, forth: float, back: float) -> None:
        i, j = PLACE[here], PLACE[there]
        K[j, i] += forth
        K[i, j] += back

    binding = gates.bind * bath.glutamate_um
    for drug in ("", "B"):
        step("U" + drug, "C1" + drug, 2 * binding, gates.unbind)
        step("C1" + drug, "C2" + drug, binding, 2 * gates.unbind)
        step("C2" + drug, "O" + drug, gates.open, gates.close)
        step("C2" + drug, "D" + drug, gates.desensitise, gates.resensitise)
    enter, leave, stick, escape = rates_of_block(gates, blocker, bath)
    step("O", "OB", enter, leave)
    step("O", "OS", stick, escape)
    return K - np.diag(K.sum(axis=0))


TERMS = 17  # of the series below: the next would be smaller than rounding


def advance(gates: Gating, blocker: Blocker, bath: Bath, seconds: ArrayLike) -> Array:
    """What a bath does to the shares in these times: exp(K t), one 11 x 11 matrix for each time.

    By uniformisation: with q the fastest rate, P = I + K/q holds probabilities, and

        exp(K t) = (exp(-q s) sum over n of (q s)^n / n! P^n)^(t / s),   q s at most 1, t/s a power of two.

    Nothing is subtracted, so no probability turns negative. Raises ValueError for a negative time.
    """
    seconds = at_least("seconds", seconds, 0, "s")
    moved = _moved(gates, blocker, bath, tuple(seconds.ravel().tolist()))
    return moved.reshape(*seconds.shape, *moved.shape[1:]).copy()


@lru_cache(512)
def _moved(gates: Gating, blocker: Blocker, bath: Bath, seconds: tuple[float, ...]) -> Array:
    """One after the other; the same times in the same bath come back whenever something else is moved."""
    powers, fastest = _powers(gates, blocker, bath)
    return np.array([_exponential(powers, fastest * t) for t in seconds])


@lru_cache(512)
def _powers(gates: Gating, blocker: Blocker, bath: Bath) -> tuple[Array, float]:
    """The powers of P, and q; the same bath comes back in many pulses and many experiments."""
    K = rate_matrix(gates, blocker, bath)
    fastest = -K.diagonal().min()
    powers = [np.eye(len(STATES))]
    one_step = powers[0] + K / fastest
    for _ in range(TERMS):
        powers.append(powers[-1] @ one_step)
    found = np.array(powers)
    found.flags.writeable = False
    return found, float(fastest)


def _exponential(powers: Array, steps: float) -> Array:
    """The sum over n of Poisson(steps) weights times P^n, squared up from a small part of the steps."""
    halvings = max(0, int(np.ceil(np.log2(steps)))) if steps else 0
    small = steps / 2**halvings
    weights = np.cumprod([np.exp(-small), *(small / np.arange(1, TERMS + 1))])
    moved = np.tensordot(weights, powers, 1)
    for _ in range(halvings):
        moved = moved @ moved
    return moved / moved.sum(axis=0)


@dataclass(frozen=True)
class PulsePhase:
    """Phases of a pulse experiment: how many pulses, with how much free drug (µM), after what rest (s)."""

    pulses: int
    free_um: float
    rest: float = 0.0


PULSE_S, PEAK_S = 0.001, 0.018  # glutamate is there for 1 ms; the current peaks 18 ms after it came


def pulse_train(
    phases: Sequence[PulsePhase],
    blocker: Blocker,
    interval: float = 1.0,
    voltage_mv: float = REST_MV,
    magnesium_mm: float = PHYSIOLOGICAL_MM,
    gates: Gating | None = None,
) -> tuple[Array, Array, Array]:
    """Synaptic pulses one `interval` (s, 0.1 or more) apart: times (s), current, share holding the drug.

    The current is the peak after each pulse as a fraction of the first pulse of the experiment; the
    share is taken just before each pulse. Raises ValueError for an interval below 0.1 s.
    """
    if not interval >= 0.1:
        raise ValueError(f"interval: {interval} is not allowed; it must be 0.1 s or more")
    gates = gates or gating()
    state = np.eye(len(STATES))[0]
    clock, times, before, peaks = 0.0, [], [], []
    for phase in phases:
        quiet = Bath(0.0, phase.free_um, voltage_mv, magnesium_mm)
        pulse = advance(gates, blocker, replace(quiet, glutamate_um=SATURATING_UM), PULSE_S)
        rise, decay = advance(gates, blocker, quiet, [PEAK_S - PULSE_S, interval - PEAK_S])
        rest = advance(gates, blocker, quiet, phase.rest)
        to_peak = rise @ pulse
        to_next = decay @ to_peak
        state = rest @ state
        starts = []
        for _ in range(phase.pulses):
            starts.append(state)
            state = to_next @ state
        before += starts
        peaks += [to_peak[OPEN] @ start for start in starts]
        times.append(clock + phase.rest + interval * np.arange(phase.pulses))
        clock += phase.rest + interval * phase.pulses
    held = 1 - np.array(before)[:, FREE].sum(axis=1)
    return np.concatenate(times), np.array(peaks) / peaks[0], held


# Checks --------------------------------------------------------------------------------------------


def _voltage(voltage_mv: ArrayLike) -> Array:
    return within("voltage_mv", voltage_mv, -120, 80, "mV")
