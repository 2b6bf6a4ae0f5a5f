"""What the pictures, frames and explorables of this lesson share: measured numbers, colours, the ladder."""

from functools import cache

import pandas as pd
from matplotlib.axes import Axes

from ketalab.data import table
from ketalab.plots.style import BLACK, DRUG, LEVEL, ORANGE, VERMILION

DRUG_COLOUR = {
    "racemic ketamine": DRUG["ketamine"],
    "ketamine": DRUG["ketamine"],
    "esketamine": DRUG["esketamine"],
    "etomidate": BLACK,
    "thiopental": ORANGE,
    "propofol": VERMILION,
}
HOLLOW = {"markerfacecolor": "white", "markeredgewidth": 2}


# Numbers ------------------------------------------------------------------------------------------


@cache
def fact(name: str) -> float:
    """The value of a fact about the drug."""
    return float(table("drug_facts").set_index("fact").value[name])


@cache
def injection() -> float:
    """How long the label takes to inject the first dose (min)."""
    return float(label().value["time to inject"]) / 60


def label() -> pd.DataFrame:
    """What the label says of ketamine into a vein, by quantity."""
    rows = table("induction_drugs").query("reference == 'ketalarus' and route == 'intravenous'")
    return rows.set_index("quantity")


@cache
def half_lives() -> dict[str, float]:
    """Half-life of the delay between blood and effect (min), by effect."""
    effects = table("anaesthetic_effects").dropna(subset=["delay_s"]).set_index("effect")
    brain = {name: row.delay_s / 60 for name, row in effects.iterrows()}
    return brain | {"pain relief": fact("ke0_half_life")}


def orders_followed() -> pd.Series:
    """When volunteers followed simple orders again after 2 mg/kg of racemate (min)."""
    rows = table("induction_drugs")
    return rows[(rows.quantity == "simple orders followed") & (rows.drug == "racemic ketamine")].iloc[0]


# One axis of concentration --------------------------------------------------------------------------

# The states named beside the axis: row of `concentration_effects`, where its name stands (ng/mL).
STATES = {
    "pain relief and perception, half of the largest effect": ("pain relief,\nperception", 115),
    "waking after anaesthesia": ("waking", 540),
    "return of response, estimated in the brain": ("response back", 960),
    "loss of response, estimated in the brain": ("response lost", 1560),
    "surgical anaesthesia": ("surgery", 2650),
}


@cache
def _states() -> pd.DataFrame:
    return table("concentration_effects").set_index("state").loc[list(STATES)]


@cache
def level(state: str) -> float:
    """The mean concentration (ng/mL) of the state whose name begins so."""
    rows = _states()
    return float(rows[rows.index.str.startswith(state)]["mean"].iloc[0])


def ladder(axes: Axes, main: Axes) -> None:
    """The concentrations of five states: bars with names beside the axis, pale bands behind the curves."""
    axes.axis("off")
    for i, (state, row) in enumerate(_states().iterrows()):
        label, at = STATES[state]
        main.axhspan(
            row.low, row.high, color=LEVEL["person"], alpha=0.26 if i % 2 else 0.13, linewidth=0, zorder=0
        )
        axes.plot(
            [0.04, 0.04], [row.low, row.high], color=LEVEL["person"], linewidth=5, solid_capstyle="butt"
        )
        axes.annotate(label, (0.12, at), va="center", fontsize=12, annotation_clip=False)
    axes.set_xlim(0, 1)
