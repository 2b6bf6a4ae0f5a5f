"""Dose in a rat to glutamate, by the mean field, below the directions that were measured."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.ticker import NullFormatter, NullLocator

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import SELECTIVITY
from ketalab.lessons.l03_the_glutamate_surge.figures import SIGN, SIGN_WORD, rat_signs
from ketalab.lessons.l03_the_glutamate_surge.shared import signed
from ketalab.models import circuit
from ketalab.models.circuit import Parameters
from ketalab.plots.style import BLACK, GREY, LEVEL, PALE, figure, legend_above
from ketalab.text import grouped

DOSES = np.geomspace(1, 300, 121)  # mg/kg
NONE_BELOW = 3.0  # %, a change we call none, since no experiment would see it
SHARES = {"5%": 0.05, "10%": 0.10, "15%": 0.15}
CHANGES = (-40.0, 2000.0)  # %, the ends of the axis: what the model gives at all settings
LOCAL = {"0%": 0.0, "30%": 0.30, "60%": 0.60}
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
                "The dose that blocks half of the receptors. It is not known for these rats; we chose "
                "the range.",
                (6, 12, 20, 60),
            ),
            Steps(
                "share",
                "NMDA share of excitation",
                tuple(SHARES),
                "10%",
                "The share of the excitatory current at rest that NMDA receptors carry. It is not known; "
                "we chose the range.",
                ("5%", "10%", "15%"),
            ),
            Steps(
                "local",
                "Synapses from this circuit",
                tuple(LOCAL),
                "30%",
                "How many of the NMDA synapses, and of the endings that release glutamate, belong to cells "
                "of this circuit. It is not known; we chose the range.",
                ("30%",),
            ),
        ),
        stage=_surge_stage,
        view=_surge_view,
        presets={
            "A start: selectivity 2, half at 20 mg/kg": {},
            "All five directions": {"selectivity": 3.0, "half_dose": 6},
            "No selectivity": {"selectivity": 1.0},
            "Pyramidal cells preferred": {"selectivity": 0.5},
            "Only distant synapses": {"local": "0%", "selectivity": 4.0},
            "Strong feedback": {"local": "60%", "share": "15%", "selectivity": 4.0},
        },
    )


def _surge_stage() -> Stage:
    fig = figure(7.6, 4.6)
    signs, main = fig.subplots(2, 1, sharex=True, height_ratios=(1, 3.4))
    main.set(xscale="log", xlim=(1, 300), xlabel="dose (mg/kg)", ylabel="glutamate,\nchange (%)")
    main.set_xticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
    main.xaxis.set_minor_formatter(NullFormatter())
    main.set_yscale("symlog", linthresh=10, linscale=0.8)  # one axis for small changes and for large ones
    main.set_ylim(CHANGES)
    changes = {-30: "\N{MINUS SIGN}30", 0: "0", 10: "10", 100: "100", 1000: "1,000"}
    main.set_yticks(list(changes), list(changes.values()))
    main.yaxis.set_minor_locator(NullLocator())
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
        "surge": main.plot([], [], color=LEVEL["circuit"], linewidth=3, label="model of mean rates")[0],
        "met": signs.plot([], [], "o", color=LEVEL["circuit"], **ring, label="the model agrees")[0],
    }
    legend_above(fig, [*reversed(measured), *artists.values(), none], columns=3)
    return Stage(fig, {"main": main, "signs": signs}, artists)


@cache
def _signs() -> pd.DataFrame:
    return rat_signs(table("surge_observations"))


@cache
def _observed() -> tuple[np.ndarray, ...]:
    """Doses (mg/kg), directions, the rows of the picture, and which were measured by microdialysis."""
    rows = _signs()
    heights = rows.method.map(ROWS).to_numpy()
    return rows.dose.to_numpy(), rows.direction.to_numpy(), heights, heights == ROWS["microdialysis"]


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
    doses, direction, height, dialysis = _observed()
    met = _sign(change(doses)) == direction
    matched, asked = int(met[dialysis].sum()), int(dialysis.sum())
    best = int(np.argmax(curve))
    surge = curve[best] >= NONE_BELOW
    artists = {
        "surge": (DOSES, curve),
        "met": (doses[met], height[met]),
    }
    readings = [
        Reading("highest change", signed(1 + curve[best] / 100)),
        Reading("at a dose of", float(DOSES[best]), "mg/kg", 2)
        if surge
        else Reading("at a dose of", "no surge"),
        Reading("at 30 mg/kg", signed(1 + float(change(np.array([30.0]))[0]) / 100)),
        Reading("at 200 mg/kg", signed(1 + float(change(np.array([200.0]))[0]) / 100)),
        Reading("blocked at 30 mg/kg", 100 * float(circuit.occupancy_from_dose(30, half_dose)), "%", 2),
        Reading("microdialysis results matched", f"{matched} of {asked}"),
    ]
    rise = f"Glutamate rises by up to {grouped(curve[best])}%" if surge else "No surge at any dose"
    sentence = f"{rise}; the model agrees with {matched} of the {asked} microdialysis results."
    return View(artists, readings, sentence)
