"""The same circuit as a thousand spiking cells in Brian2, and the runs stored for the pictures.

Every cell is one of `ketalab.models.circuit`; what the mean field averages is drawn here spike by
spike. Each pyramidal cell reaches all cells of the circuit, through AMPA and NMDA synapses, each
interneuron reaches all through GABA synapses, with one strength a kind, as in brunelwang2001. So all
cells see the same local conductance: it is computed once, in the group `field`, which all of them read.
Distant cells send Poisson spikes, independent for every cell, through AMPA synapses; their NMDA part,
an average over 800 slow synapses, is constant.

    dV/dt as in `circuit`;  s_AMPA, s_GABA: +1 with each spike, decay in 2 and 10 ms
    ds/dt = -s / 100 ms + 0.5 / ms x (1 - s),  dx/dt = -x / 2 ms,  x: +1 with each spike of that cell
    s_NMDA = local_share mean(s) + (1 - local_share) s(3 Hz)

Euler steps of 0.1 ms. A small displacement of a membrane fades within a few of its time constants, and
cells miss or pass their threshold by far more than rounding: another order of summing gives the same
spikes (a test moves every membrane by a billionth of a millivolt and finds none changed).
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ketalab.models import circuit
from ketalab.models.circuit import INTERNEURON, POPULATIONS, PYRAMIDAL, Parameters
from ketalab.paths import write_atomically

Array = NDArray[np.float64]

STEP_MS, SETTLE_S, SEED = 0.1, 0.4, 1
PARTS = 10  # in which a run reports that it is under way
STORE = Path(__file__).with_name("spiking_runs.npz")
STORED_OCCUPANCY = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
STORED_SELECTIVITY = (0.5, 1.0, 2.0, 4.0, 8.0)
# What lesson 03 runs itself, for a second each: no drug; half of the receptors blocked, more of them on
# interneurons; everything; and what no drug can do, the interneurons alone.
LESSON_S, LESSON_BLOCKS = 1.0, ((0.0, 0.0), circuit.block_from_occupancy(0.5, 4), (1.0, 1.0), (1.0, 0.0))
STORED_S, SHOWN = 2.0, {PYRAMIDAL: 40, INTERNEURON: 10}  # length of a run; cells whose spikes are kept

FIELD = """
dampa/dt = -ampa / tau_ampa : 1
dgaba/dt = -gaba / tau_gaba : 1
opening : 1
nmda = local_share * opening + (1 - local_share) * far : 1
local_share : 1
far : 1
"""
CELL = """
dv/dt = (leak * (leak_reversal - v) + excitation * (excitatory_reversal - v)
         + g_gaba * gaba * (inhibitory_reversal - v)) / capacitance : volt (unless refractory)
excitation = g_distant * s_distant + g_ampa * ampa + (1 - block) * g_nmda * nmda * free : siemens
free = 1 / (1 + magnesium / mg_constant * exp(-mg_slope * v)) : 1
ds_distant/dt = -s_distant / tau_ampa : 1
ampa : 1 (linked)
nmda : 1 (linked)
gaba : 1 (linked)
"""
GATE = """
ds/dt = -s / tau_decay + alpha * x * (1 - s) : 1
dx/dt = -x / tau_rise : 1
"""


@dataclass(frozen=True)
class Spikes:
    """What a population did: which `cell` (0, 1, ...) fired at which `time` (s), and the mean rate (Hz)."""

    cell: NDArray[np.intp]
    time: Array
    rate: float


@dataclass(frozen=True)
class Run:
    """One run of the network: the two blocks (0 to 1), how long it was watched (s), and the spikes."""

    block_interneuron: float
    block_pyramidal: float
    seconds: float
    pyramidal: Spikes
    interneuron: Spikes

    def __str__(self) -> str:
        """What was simulated, in one line."""
        blocked = f"interneurons {self.block_interneuron:.0%}, pyramidal cells {self.block_pyramidal:.0%}"
        return f"Simulated: {self.seconds:g} s. NMDA receptors blocked: {blocked}."


Progress = Callable[[int, int], None]


def simulate(
    block_interneuron: float,
    block_pyramidal: float,
    parameters: Parameters | None = None,
    seconds: float = 1.0,
    seed: int = SEED,
    progress: Progress | None = None,
    nudge: float = 0.0,
) -> Run:
    """Run the network with these fractions of NMDA receptors blocked; the first 0.4 s are thrown away.

    `progress(part, parts)` is called ten times on the way. `nudge` (mV) moves every membrane at the
    start; it is there to ask whether rounding matters. A second of the network takes some three
    seconds of one core. Raises ValueError for a block outside 0 to 1, or seconds outside 0.1 to 20.

    Where Brian2 has no package, the stored run of this setting is given in its place and said to be so;
    it holds the rates of all cells and the spikes of those that pictures show. Raises RuntimeError if
    there is none.
    """
    parameters = parameters or Parameters()
    both = circuit.blocks(block_interneuron, block_pyramidal)
    if not 0.1 <= seconds <= 20:
        raise ValueError(f"seconds: {seconds} is not allowed; it must be 0.1 to 20 s")
    block = dict(zip((INTERNEURON, PYRAMIDAL), map(float, both), strict=True))
    if not _brian_is_here():
        default = parameters == Parameters() and seed == SEED and nudge == 0
        return _stored_instead(*block.values(), seconds if default else np.nan, progress)
    with _quiet_brian() as b2:
        network, monitors = _build(b2, block, parameters, seed, nudge)
        total = (SETTLE_S + seconds) * b2.second
        if progress:
            network.add(_teller(b2, network, total, progress))
        network.run(total)  # in one piece: Brian2 would write and compile its code anew for each
        spikes = {p: _watched(b2, monitors[p], p, seconds) for p in POPULATIONS}
    return Run(block[INTERNEURON], block[PYRAMIDAL], seconds, spikes[PYRAMIDAL], spikes[INTERNEURON])


def _brian_is_here() -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import brian2  # noqa: F401
    except ImportError:
        return False
    return True


def _stored_instead(interneuron: float, pyramidal: float, seconds: float, progress: Progress | None) -> Run:
    for run in (*lesson_runs(), *stored_runs().values()):
        same = (run.block_interneuron, run.block_pyramidal, run.seconds)
        if np.allclose(same, (interneuron, pyramidal, seconds), rtol=0, atol=1e-9):
            for part in range(PARTS if progress else 0):
                progress(part + 1, PARTS)
            _say_once("Brian2 has no package for this Python, so its stored runs are shown here.")
            return run
    raise RuntimeError(
        f"blocks {interneuron:g} and {pyramidal:g}: Brian2, which has no package for this Python, "
        "is needed for a run that is not stored"
    )


@cache
def _say_once(sentence: str) -> None:
    print(sentence)


@contextmanager
def _quiet_brian() -> Iterator:
    """Brian2 without a compiler and without remarks; numpy's own random state is given back."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the packages Brian2 builds on
        import brian2

        before = brian2.prefs.codegen.target
        state = np.random.get_state()  # noqa: NPY002 (Brian2 draws from it)
        brian2.BrianLogger.suppress_hierarchy("brian2")
        brian2.prefs.codegen.target = "numpy"
        try:
            yield brian2
        finally:
            brian2.prefs.codegen.target = before
            np.random.set_state(state)  # noqa: NPY002


def _build(b2, block: dict[str, float], parameters: Parameters, seed: int, nudge: float) -> tuple:
    """The network and its spike monitors. Named objects, so that Brian2 always takes the same order."""
    shared = _with_units(b2, "shared")
    clock = b2.Clock(STEP_MS * b2.ms)  # one for all: Brian2 need not ask at each step whose turn it is
    field = b2.NeuronGroup(1, FIELD, method="exact", namespace=shared, name="field", clock=clock)
    field.local_share = parameters.local_share
    field.far = circuit.gate(circuit.RESTING[PYRAMIDAL] / 1000)
    objects, monitors = [field], {}
    start = np.random.default_rng(seed)
    for population, drive in circuit.resting_circuit(parameters).items():
        own = _with_units(b2, population) | {"g_nmda": drive.nmda * b2.nS, "block": block[population]}
        excites = population == PYRAMIDAL
        many = int(own.pop("cells"))
        cells = b2.NeuronGroup(
            many,
            CELL + (GATE if excites else ""),
            threshold="v > threshold",
            reset="v = reset" + ("\nx += 1" if excites else ""),
            refractory=own["refractory"],
            method="euler",
            namespace=shared | own,
            name=population,
            clock=clock,
        )
        for name in ("ampa", "nmda", "gaba"):
            setattr(cells, name, b2.linked_var(field, name))
        low, high = (circuit.constants("shared").leak_reversal, circuit.constants("shared").threshold)
        cells.v = (start.uniform(low, high, many) + nudge) * b2.mV
        if excites:
            cells.s = circuit.gate(circuit.RESTING[PYRAMIDAL] / 1000)
        sources = int(circuit.constants("shared").distant_cells)
        rate = drive.distant / sources / b2.ms
        distant = b2.PoissonInput(cells, "s_distant", sources, rate, 1, order=1 if excites else 2)
        synapses = b2.Synapses(
            cells,
            field,
            model=f"opening_post = s_pre / {many} : 1 (summed)" if excites else "",
            on_pre=("ampa" if excites else "gaba") + "_post += 1",
            name=f"from_{population}",
            clock=clock,
        )
        synapses.connect()
        monitors[population] = b2.SpikeMonitor(cells, name=f"spikes_{population}")
        objects += [cells, distant, synapses, monitors[population]]
    b2.seed(seed)
    return b2.Network(objects), monitors


def _teller(b2, network, total, progress: Progress):
    """What goes along with a network and tells when a tenth of its steps has been made."""
    clock = network["field"].clock
    steps = round(float(total / clock.dt))
    tenths = {round(part * steps / PARTS): part for part in range(1, PARTS + 1)}
    made = count(1)

    def tell() -> None:
        if part := tenths.get(next(made)):
            progress(part, PARTS)

    return b2.NetworkOperation(tell, clock=clock, when="end", name="teller")


def _with_units(b2, group: str) -> dict:
    """The published constants of a group as Brian2 quantities."""
    rows = circuit.table("circuit_parameters").query("group == @group")
    units = {"pF": b2.pF, "nS": b2.nS, "ms": b2.ms, "mV": b2.mV, "1/ms": 1 / b2.ms, "1/mV": 1 / b2.mV}
    return {r.symbol: r.value * units.get(r.unit, 1) for r in rows.itertuples()}


def _watched(b2, monitor, population: str, seconds: float) -> Spikes:
    """The spikes after settling, their times counted from there."""
    time, cell = np.asarray(monitor.t / b2.second) - SETTLE_S, np.asarray(monitor.i)
    late = time >= 0
    count = circuit.constants(population).cells
    return Spikes(cell[late], time[late], float(late.sum() / count / seconds))


# Stored runs --------------------------------------------------------------------------------------


@cache
def stored_runs() -> dict[tuple[float, float], Run]:
    """The stored runs by occupancy and selectivity: rates over 2 s of all cells, the first second's
    spikes of the first 40 pyramidal cells and 10 interneurons. Default parameters, seed 1."""
    return {
        key: _unpacked(index, circuit.block_from_occupancy(*key), STORED_S)
        for index, key in enumerate(_points())
    }


@cache
def lesson_runs() -> tuple[Run, ...]:
    """The runs of lesson 03, one for each of LESSON_BLOCKS, stored in the same way."""
    first = len(_points())
    return tuple(_unpacked(first + i, blocks, LESSON_S) for i, blocks in enumerate(LESSON_BLOCKS))


def _unpacked(index: int, blocks: tuple, seconds: float) -> Run:
    packed = _store()
    spikes = [
        Spikes(*_unpack(packed[population], index), float(packed["rates"][index, place]))
        for place, population in enumerate(POPULATIONS)
    ]
    return Run(*map(float, blocks), seconds, *spikes)


@cache
def _store() -> dict[str, NDArray]:
    with np.load(STORE) as store:
        return {name: store[name] for name in store.files}


def nearest_stored(occupancy: float, selectivity: float) -> tuple[float, float]:
    """The stored point closest to a setting (selectivity on a logarithmic scale)."""
    close = min(STORED_SELECTIVITY, key=lambda s: abs(np.log(s / selectivity)))
    return min(STORED_OCCUPANCY, key=lambda o: abs(o - occupancy)), close


def _points() -> Sequence[tuple[float, float]]:
    return [(o, s) for s in STORED_SELECTIVITY for o in STORED_OCCUPANCY]


def run_of(occupancy: float, selectivity: float) -> Run:
    """The run that is stored for this point."""
    return simulate(*map(float, circuit.block_from_occupancy(occupancy, selectivity)), seconds=STORED_S)


def main() -> None:
    """Run and store every point again: `python -m ketalab.models.spiking`, a few minutes."""
    if not _brian_is_here():
        raise RuntimeError("Brian2 is missing: nothing can be run and stored here")
    runs = []
    for key in _points():
        runs.append(run_of(*key))
        print(f"occupancy {key[0]}, selectivity {key[1]}: {runs[-1].pyramidal.rate:.2f} Hz")
    runs += [simulate(*map(float, blocks), seconds=LESSON_S) for blocks in LESSON_BLOCKS]
    packed = {"rates": np.array([[run.pyramidal.rate, run.interneuron.rate] for run in runs])}
    for population in POPULATIONS:
        packed[population] = np.concatenate(
            [_pack(index, getattr(run, population), population) for index, run in enumerate(runs)]
        )
    with write_atomically(STORE) as file:
        np.savez_compressed(file, **packed)


def _pack(index: int, spikes: Spikes, population: str) -> NDArray[np.uint16]:
    """Rows of run, cell and time (0.1 ms) of the cells that are kept, in the first second."""
    kept = (spikes.cell < SHOWN[population]) & (spikes.time < 1)
    ticks = np.round(spikes.time[kept] * 10_000)
    return np.column_stack([np.full(kept.sum(), index), spikes.cell[kept], ticks]).astype(np.uint16)


def _unpack(rows: NDArray[np.uint16], index: int) -> tuple[NDArray[np.intp], Array]:
    mine = rows[rows[:, 0] == index]
    return mine[:, 1].astype(int), mine[:, 2] / 10_000


if __name__ == "__main__":
    main()
