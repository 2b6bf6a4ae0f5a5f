"""Explorables of the lesson on the glutamate surge: who is blocked first, and how dose makes a surge."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.ticker import NullFormatter

from ketalab.draw.circuit import CELL, LINE, NAME, SIGN, SIGN_WORD, raster_points, rat_signs
from ketalab.evidence import table
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.explore.plasma import ceiling
from ketalab.models import circuit, spiking
from ketalab.models.circuit import INTERNEURON, POPULATIONS, PYRAMIDAL, RESTING, Parameters
from ketalab.style import BLACK, GREY, LEVEL, PALE, figure, legend_above

SELECTIVITY = Slider(
    "selectivity",
    "Selectivity",
    "times",
    0.5,
    8.0,
    0.5,
    2.0,
    "By what factor ketamine holds interneurons' NMDA receptors better than those of pyramidal cells. "
    "1: it does not care. Not known; 0.5 to 8 is our range.",
    (0.5, 1.0, 2.0, 4.0, 8.0),
)


# Who is blocked first -----------------------------------------------------------------------------

PERCENT = np.linspace(0, 100, 101)


def interneurons_first() -> Explorable:
    """Selectivity and occupancy to the two firing rates, and the spikes of the nearest stored run."""
    return Explorable(
        name="interneurons_first",
        title="Interneurons first?",
        controls=(
            SELECTIVITY,
            Slider(
                "occupancy",
                "NMDA receptors blocked",
                "%",
                0,
                100,
                5,
                50,
                "Of receptors of average affinity; interneurons' and pyramidal cells' lie to both sides.",
                (0, 20, 40, 50, 60, 80, 100),
            ),
        ),
        stage=_cells_stage,
        view=_cells_view,
        presets={
            "Interneurons a little better, half blocked": {},
            "No selectivity, half blocked": {"selectivity": 1.0},
            "Interneurons far better": {"selectivity": 8.0},
            "Pyramidal cells better": {"selectivity": 0.5},
            "All receptors blocked": {"occupancy": 100},
            "No drug": {"occupancy": 0},
        },
    )


def _cells_stage() -> Stage:
    fig = figure(7.6, 4.6)
    rates, raster = fig.subplots(1, 2, width_ratios=(1, 1.15))
    rates.set(xlim=(0, 100), xlabel="NMDA receptors blocked (%)", ylabel="firing rate (Hz)")
    artists = {
        p: rates.plot([], [], color=CELL[p], linestyle=LINE[p], label=f"{NAME[p]}, mean-field model")[0]
        for p in POPULATIONS
    }
    artists["here"] = rates.plot([], [], "o", color=BLACK, markersize=8, label="your setting")[0]
    square = {"marker": "s", "linestyle": "none", "markerfacecolor": "white", "markersize": 5.5}
    for p in POPULATIONS:
        artists[f"{p} runs"] = rates.plot([], [], color=CELL[p], **square)[0]
        artists[f"{p} spikes"] = raster.plot([], [], "|", color=CELL[p], markersize=4.5)[0]
    raster.set(xlim=(0, 1), ylim=(-1, 52), xlabel="time (s), spiking model")
    raster.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    raster.set_yticks([])
    raster.grid(False)
    artists["run"] = raster.set_title("stored run", loc="center", fontsize=12, weight="normal")
    runs = rates.plot([], [], color=GREY, label="spiking model, where stored", **square)
    legend_above(fig, [artists[p] for p in POPULATIONS] + [artists["here"], *runs], columns=2)
    return Stage(fig, {"rates": rates, "raster": raster}, artists)


def _cells_view(selectivity: float, occupancy: float) -> View:
    curve = circuit.steady_state(*circuit.block_from_occupancy(PERCENT / 100, selectivity))
    blocks = circuit.block_from_occupancy(occupancy / 100, selectivity)
    state = circuit.steady_state(*blocks)
    key = spiking.nearest_stored(occupancy / 100, selectivity)
    run = spiking.stored_runs()[key]
    rates = {p: float(getattr(state, p)) for p in POPULATIONS}
    artists = {p: (PERCENT, getattr(curve, p)) for p in POPULATIONS}
    artists |= {f"{p} spikes": raster_points(run, p) for p in POPULATIONS}
    artists |= {
        f"{p} runs": _stored_rates(p, key[1]) if key[1] == selectivity else None for p in POPULATIONS
    }
    artists["here"] = ([occupancy] * 2, list(rates.values()))
    artists["run"] = f"stored run: {100 * key[0]:.0f} % blocked, selectivity {key[1]:g}"
    readings = [
        Reading("blocked on interneurons", 100 * float(blocks[0]), "%", 2),
        Reading("blocked on pyramidal cells", 100 * float(blocks[1]), "%", 2),
        Reading("pyramidal cells", rates[PYRAMIDAL], "Hz", 2),
        Reading("interneurons", rates[INTERNEURON], "Hz", 2),
        Reading("pyramidal, stored run", run.pyramidal.rate, "Hz", 2),
        Reading("glutamate against no drug", _signed(state.glutamate)),
    ]
    change = {p: rates[p] / RESTING[p] for p in POPULATIONS}
    sentence = (
        f"Pyramidal cells fire {change[PYRAMIDAL]:.1f} times as often as at rest, "
        f"interneurons {change[INTERNEURON]:.1f} times."
    )
    top = max(12.0, ceiling(1.02 * max(np.max(curve.pyramidal), np.max(curve.interneuron))))
    return View(artists, readings, sentence, {"rates.y": (0, top)})


@cache
def _stored_rates(population: str, selectivity: float) -> tuple[list[float], list[float]]:
    """Occupancy (%) and rate (Hz) of the stored runs with this selectivity."""
    runs = {o: run for (o, s), run in spiking.stored_runs().items() if s == selectivity}
    return [100 * o for o in runs], [getattr(run, population).rate for run in runs.values()]


def _signed(glutamate: float) -> str:
    """A change in percent with its sign."""
    percent = round(100 * (float(glutamate) - 1))
    return f"{percent:+d} %" if percent else "0 %"


# Dose to surge ------------------------------------------------------------------------------------

DOSES = np.geomspace(1, 300, 121)  # mg/kg
NONE_BELOW = 3.0  # %, a change we call none, since no experiment would see it
SHARES = {"5 %": 0.05, "10 %": 0.10, "15 %": 0.15}
LOCAL = {"0 %": 0.0, "30 %": 0.30, "60 %": 0.60}
ROWS = {"microdialysis": 1, "carbon-13 spectroscopy": 0}


def dose_to_surge() -> Explorable:
    """Dose in a rat to glutamate, by the mean field, below the directions that were measured."""
    return Explorable(
        name="dose_to_surge",
        title="From dose to surge",
        controls=(
            SELECTIVITY,
            Slider(
                "half_dose",
                "Half-blocking dose",
                "mg/kg",
                2,
                100,
                1,
                20,
                "The dose that blocks half of the receptors when glutamate is measured. Not known for "
                "these rats; 2 to 100 is our range.",
                (6, 20, 60),
            ),
            Steps(
                "share",
                "NMDA share of excitation",
                tuple(SHARES),
                "10 %",
                "How much of the excitatory current at rest NMDA receptors carry. Not known; our range.",
                ("5 %", "10 %", "15 %"),
            ),
            Steps(
                "local",
                "Synapses from this circuit",
                tuple(LOCAL),
                "30 %",
                "How many of the NMDA synapses, and of the endings that release glutamate, belong to cells "
                "of this circuit. Not known; our range.",
                ("30 %",),
            ),
        ),
        stage=_surge_stage,
        view=_surge_view,
        presets={
            "A start: selectivity 2, half at 20 mg/kg": {},
            "All five directions": {"selectivity": 3.0, "half_dose": 6},
            "No selectivity": {"selectivity": 1.0},
            "Pyramidal cells better": {"selectivity": 0.5},
            "Only distant synapses": {"local": "0 %", "selectivity": 4.0},
            "Strong feedback": {"local": "60 %", "share": "15 %", "selectivity": 4.0},
        },
    )


def _surge_stage() -> Stage:
    fig = figure(7.6, 4.6)
    signs, main = fig.subplots(2, 1, sharex=True, height_ratios=(1, 3.4))
    main.set(xscale="log", xlim=(1, 300), xlabel="dose (mg/kg)", ylabel="glutamate,\nchange (%)")
    main.set_xticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
    main.xaxis.set_minor_formatter(NullFormatter())
    measured = []
    for direction, rows in _signs().groupby("direction", sort=True):
        y = rows.method.map(ROWS)
        label = f"measured: {SIGN_WORD[direction]}"
        measured += signs.plot(rows.dose, y, SIGN[direction], color=BLACK, markersize=10, label=label)
    signs.set(ylim=(-0.6, 1.6), title="rats, direction only")
    signs.title.set_fontsize(12)
    signs.set_yticks(list(ROWS.values()), ["microdialysis", "carbon-13"], fontsize=12)
    signs.tick_params(labelbottom=False)
    main.axhline(0, color=GREY, linewidth=1)
    none = main.axhspan(-NONE_BELOW, NONE_BELOW, color=PALE, zorder=0, label="counts as no change")
    ring = {"markersize": 19, "markerfacecolor": "none", "markeredgewidth": 2.5}
    artists = {
        "surge": main.plot([], [], color=LEVEL["circuit"], linewidth=3, label="mean-field model")[0],
        "met": signs.plot([], [], "o", color=LEVEL["circuit"], **ring, label="met by the model")[0],
    }
    legend_above(fig, [*reversed(measured), *artists.values(), none], columns=3)
    return Stage(fig, {"main": main, "signs": signs}, artists)


@cache
def _signs() -> pd.DataFrame:
    return rat_signs(table("surge_observations"))


def _sign(change: np.ndarray) -> np.ndarray:
    """Up, down, or too small to be seen."""
    return np.where(np.abs(change) < NONE_BELOW, 0, np.sign(change))


def _surge_view(selectivity: float, half_dose: float, share: str, local: str) -> View:
    parameters = Parameters(SHARES[share], LOCAL[local])

    def change(doses: np.ndarray) -> np.ndarray:
        occupancy = circuit.occupancy_from_dose(doses, half_dose)
        blocks = circuit.block_from_occupancy(occupancy, selectivity)
        return 100 * (circuit.steady_state(*blocks, parameters).glutamate - 1)

    curve = change(DOSES)
    rows = _signs()
    met = _sign(change(rows.dose.to_numpy())) == rows.direction.to_numpy()
    dialysis = rows.method == "microdialysis"
    matched, asked = int(met[dialysis].sum()), int(dialysis.sum())
    best = int(np.argmax(curve))
    surge = curve[best] >= NONE_BELOW
    bottom = -max(10.0, ceiling(-1.05 * min(curve.min(), -1)))
    top = max(20.0, ceiling(1.05 * max(curve.max(), 1)))
    artists = {
        "surge": (DOSES, curve),
        "met": (rows.dose[met], rows.method[met].map(ROWS)),
    }
    readings = [
        Reading("highest change", _signed(1 + curve[best] / 100)),
        Reading("at a dose of", float(DOSES[best]), "mg/kg", 2)
        if surge
        else Reading("at a dose of", "no surge"),
        Reading("at 30 mg/kg", _signed(1 + float(change(np.array([30.0]))[0]) / 100)),
        Reading("at 200 mg/kg", _signed(1 + float(change(np.array([200.0]))[0]) / 100)),
        Reading("blocked at 30 mg/kg", 100 * float(circuit.occupancy_from_dose(30, half_dose)), "%", 2),
        Reading("microdialysis directions met", f"{matched} of {asked}"),
    ]
    rise = f"Glutamate rises by up to {curve[best]:.0f} %" if surge else "No surge at any dose"
    sentence = f"{rise}; the model meets {matched} of {asked} directions."
    return View(artists, readings, sentence, {"main.y": (bottom, top)})
