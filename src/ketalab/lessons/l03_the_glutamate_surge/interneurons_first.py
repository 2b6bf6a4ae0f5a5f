"""Selectivity and occupancy to the two firing rates, and the spikes of the nearest stored run."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import SELECTIVITY
from ketalab.lessons.l03_the_glutamate_surge import mechanism
from ketalab.lessons.l03_the_glutamate_surge.figures import CELL, LINE, NAME, raster_points
from ketalab.lessons.l03_the_glutamate_surge.shared import signed
from ketalab.models import circuit, spiking
from ketalab.models.circuit import INTERNEURON, POPULATIONS, PYRAMIDAL, RESTING
from ketalab.plots.style import BLACK, GREY, figure, legend_above

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
                "Between the two kinds of cell: if ketamine prefers interneurons, more is blocked on them "
                "and less on pyramidal cells.",
                (0, 20, 40, 50, 60, 80, 100),
            ),
        ),
        stage=_cells_stage,
        view=_cells_view,
        presets={
            "Interneurons preferred a little, half blocked": {},
            "No selectivity, half blocked": {"selectivity": 1.0},
            "Interneurons strongly preferred": {"selectivity": 8.0},
            "Pyramidal cells preferred": {"selectivity": 0.5},
            "All receptors blocked": {"occupancy": 100},
            "No drug": {"occupancy": 0},
        },
    )


def _cells_stage() -> Stage:
    fig = figure(7.6, 4.9)
    grid = fig.add_gridspec(2, 2, width_ratios=(1, 1.3), height_ratios=(2.8, 1))
    rates, wires, raster = (fig.add_subplot(grid[at]) for at in (np.s_[:, 0], np.s_[0, 1], np.s_[1, 1]))
    rates.set(
        xlim=(0, 100),
        ylim=(0, mechanism.FULL_HZ),
        xlabel="NMDA receptors blocked (%)",
        ylabel="firing rate (Hz)",
    )
    rates.set_title("curves: model of mean rates", fontsize=12, weight="normal")
    artists = {
        p: rates.plot([], [], color=CELL[p], linestyle=LINE[p], label=NAME[p])[0] for p in POPULATIONS
    }
    artists["here"] = rates.plot([], [], "o", color=BLACK, markersize=8, label="your setting")[0]
    square = {"marker": "s", "linestyle": "none", "markerfacecolor": "white", "markersize": 5.5}
    for p in POPULATIONS:
        artists[f"{p} runs"] = rates.plot([], [], color=CELL[p], **square)[0]
        artists[f"{p} spikes"] = raster.plot([], [], "|", color=CELL[p], markersize=2.4)[0]
    raster.set(xlim=(0, 1), ylim=(-1, 52), xlabel="time (s), cell-by-cell model")
    raster.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    raster.set_yticks([])
    raster.grid(False)
    artists |= mechanism.prepare(wires)
    artists["run"] = raster.set_title("stored run", loc="center", fontsize=12, weight="normal")
    runs = rates.plot([], [], color=GREY, label="cell-by-cell runs", **square)
    rest = rates.plot([], [], label="without drug", **mechanism.DOTTED)
    drug = rates.plot([], [], "s", color=BLACK, markersize=8, label="blocked")
    keys = [artists[p] for p in POPULATIONS] + [artists["here"], *runs, *rest, *drug]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"rates": rates, "circuit": wires, "raster": raster}, artists)


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
    wires = mechanism.moved((float(blocks[0]), float(blocks[1])), state)
    artists |= wires.artists
    artists["run"] = f"stored run: {100 * key[0]:.0f}% blocked, selectivity {key[1]:g}"
    readings = [
        Reading("blocked on interneurons", 100 * float(blocks[0]), "%", 2),
        Reading("blocked on pyramidal cells", 100 * float(blocks[1]), "%", 2),
        Reading("pyramidal cells", rates[PYRAMIDAL], "Hz", 2),
        Reading("interneurons", rates[INTERNEURON], "Hz", 2),
        Reading("inhibition, change", wires.change["inhibition"]),
        Reading("pyramidal cells, stored run", run.pyramidal.rate, "Hz", 2),
        Reading("glutamate, change by the drug", signed(state.glutamate)),
    ]
    change = {p: rates[p] / RESTING[p] for p in POPULATIONS}
    sentence = (
        f"Pyramidal cells fire {change[PYRAMIDAL]:.1f} times as often as without drug, and "
        f"interneurons {change[INTERNEURON]:.1f} times as often."
    )
    return View(artists, readings, sentence, beside=wires.numbers)


@cache
def _stored_rates(population: str, selectivity: float) -> tuple[list[float], list[float]]:
    """Occupancy (%) and rate (Hz) of the stored runs with this selectivity."""
    runs = {o: run for (o, s), run in spiking.stored_runs().items() if s == selectivity}
    return [100 * o for o in runs], [getattr(run, population).rate for run in runs.values()]
