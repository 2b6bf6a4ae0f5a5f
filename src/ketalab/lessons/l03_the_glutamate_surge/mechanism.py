"""The circuit as a picture that moves: two cells, what drives them and what holds the pyramidal cells back.

All is drawn from the mean field at one setting. A disc's area is a firing rate, a band's width a mean
current, both on one scale each; dotted lines show the same without drug. What drives both cells from
outside alike (distant AMPA synapses, which the drug leaves alone) and each population's hold on itself are
left out.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from ketalab.explorables.datatable import tabbed
from ketalab.lessons.l03_the_glutamate_surge.figures import CELL, NAME
from ketalab.lessons.l03_the_glutamate_surge.shared import signed
from ketalab.models import circuit
from ketalab.models.circuit import INTERNEURON, POPULATIONS, PYRAMIDAL, RESTING, Currents, State
from ketalab.plots.arrow import arrow
from ketalab.plots.style import BLACK, GREY
from ketalab.text import significant, with_real_minus

# Places: a hundredth of an inch, or a little less where the figure is narrow.
WIDTH, HEIGHT = 420, 250
RADIUS, FULL_HZ = 54, 12.0  # a cell that fires at this rate is full
PLACE = {INTERNEURON: (62, 104), PYRAMIDAL: (356, 104)}
PER_PA = 0.26  # width of a band
GATE, TIP, PLATE = 192, 164, 14  # where the drug sits, where the arrow ends, how thick the drug is drawn
INHIBITION, EXCITATION = 62, 54  # the lower edge of one band, the upper edge of the other
BAR = PLACE[PYRAMIDAL][0] - RADIUS - 5  # where inhibition ends
HEAD = 11  # length of an arrow's head
AROUND = np.linspace(0, 2 * np.pi, 37)
DOTTED = {"color": BLACK, "linewidth": 1.2, "linestyle": (0, (1, 1.6))}


@cache
def _without_drug() -> dict[str, Currents]:
    return circuit.currents(0.0, 0.0)


def _ring(population: str, rate: float) -> tuple[np.ndarray, np.ndarray]:
    (x, y), radius = PLACE[population], RADIUS * np.sqrt(rate / FULL_HZ)
    return x + radius * np.cos(AROUND), y + radius * np.sin(AROUND)


def _block(x0: float, x1: float, y0: float, y1: float) -> list[tuple[float, float]]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _arrow(along: tuple[float, float], across: tuple[float, float]) -> list[tuple[float, float]]:
    """An arrow downwards from one height to another, as wide as told, wider at its head."""
    (start, tip), (low, high) = along, across
    return arrow((start, tip + HEAD, tip), across, wider=min(4.0, (high - low) / 2))


def prepare(axes: Axes) -> dict[str, Any]:
    """Draw what stands still, and give the artists that move."""
    axes.set(xlim=(0, WIDTH), ylim=(-14, HEIGHT), aspect="equal")
    axes.axis("off")
    rest, artists = _without_drug(), {}

    def shapes(colour: str, alpha: float = 1.0) -> PolyCollection:
        found = PolyCollection([], facecolors=colour, alpha=alpha, linewidths=0)
        return axes.add_collection(found, autolim=False)

    for p in POPULATIONS:
        x = PLACE[p][0]
        artists[f"{p} cell"] = shapes(CELL[p])
        artists[f"{p} rest"] = axes.plot([], [], **DOTTED)[0]
        axes.plot(*_ring(p, FULL_HZ), color=CELL[p], linewidth=1.6)
        half = PER_PA * rest[p].nmda / 2
        for side in (-half, half):
            axes.plot([x + side] * 2, [TIP + 4, HEIGHT], **DOTTED)
        artists[f"{p} NMDA"] = shapes(GREY, 0.55)
        artists[f"{p} drug"] = shapes(BLACK)
        side = "left" if p == INTERNEURON else "right"
        artists[f"{p} blocked"] = axes.text(0, 0, "", fontsize=12, ha=side, va="center")
        axes.text(x, 2, NAME[p], color=BLACK, weight="bold", fontsize=12, ha="center", va="bottom")
    # On a phone words are a sixth larger: what stands side by side leaves room for that.
    middle = (PLACE[INTERNEURON][0] + PLACE[PYRAMIDAL][0]) / 2
    axes.text(middle, 222, "NMDA\nreceptors\nblocked", color=BLACK, fontsize=12, ha="center", va="center")
    start = PLACE[INTERNEURON][0] + RADIUS + 3
    axes.plot([start, BAR], [INHIBITION + PER_PA * rest[PYRAMIDAL].gaba] * 2, **DOTTED)
    axes.plot([start, BAR], [EXCITATION - PER_PA * rest[INTERNEURON].ampa] * 2, **DOTTED)
    top = INHIBITION + 1.08 * PER_PA * rest[PYRAMIDAL].gaba
    axes.plot([BAR, BAR], [INHIBITION - 2, top], color=CELL[INTERNEURON], linewidth=4)
    artists["inhibition"] = shapes(CELL[INTERNEURON], 0.45)
    artists["excitation"] = shapes(CELL[PYRAMIDAL], 0.75)
    artists["inhibition says"] = axes.text(0, 0, "", fontsize=12, ha="center", va="center")
    artists["excitation says"] = axes.text(0, 0, "", fontsize=12, ha="center", va="top")
    return artists


class Moved(NamedTuple):
    """The artists' places, by name how currents differ from no drug, and all of it as a table."""

    artists: dict[str, Any]
    change: dict[str, str]
    numbers: str


def moved(blocks: tuple[float, float], state: State) -> Moved:
    """The picture at these blocks, with which the circuit settles in this state."""
    now, rest = circuit.currents(*blocks, settled=state), _without_drug()
    rates = {p: float(getattr(state, p)) for p in POPULATIONS}
    block = dict(zip((INTERNEURON, PYRAMIDAL), blocks, strict=True))
    artists: dict[str, Any] = {}
    for p in POPULATIONS:
        x = PLACE[p][0]
        half = PER_PA * now[p].nmda_unblocked / 2
        passes = x - half + 2 * half * block[p]  # the drug holds the left, the rest flows past it
        artists[f"{p} cell"] = [np.column_stack(_ring(p, rates[p]))]
        artists[f"{p} rest"] = _ring(p, RESTING[p])  # over the cell, so that growth is seen, too
        artists[f"{p} NMDA"] = [
            _block(x - half, x + half, GATE, HEIGHT),
            *([_arrow((GATE, TIP), (passes, x + half))] if block[p] < 1 else []),
        ]
        artists[f"{p} drug"] = [_block(x - half, passes, GATE, GATE + PLATE)]
        side = 24 if p == INTERNEURON else -24
        artists[f"{p} blocked"] = (x + side, 224, f"{100 * block[p]:.0f}%")
    change = {
        "inhibition": signed(now[PYRAMIDAL].gaba / rest[PYRAMIDAL].gaba),
        "excitation": signed(now[INTERNEURON].ampa / rest[INTERNEURON].ampa),
    }
    says = {name: with_real_minus(percent) for name, percent in change.items()}
    start, end = PLACE[INTERNEURON][0] + RADIUS + 3, BAR
    height = PER_PA * now[PYRAMIDAL].gaba
    artists["inhibition"] = [_block(start, end, INHIBITION, INHIBITION + height)]
    thick = PER_PA * now[INTERNEURON].ampa
    along = _arrow((end, start - 14), (EXCITATION - thick, EXCITATION))
    artists["excitation"] = [[(x, y) for y, x in along]]
    centre = (start + end) / 2
    artists["inhibition says"] = (centre, INHIBITION + 46, f"inhibition\n{says['inhibition']}")
    artists["excitation says"] = (centre, 36, f"excitation\n{says['excitation']}")
    return Moved(artists, change, _numbers(block, rates, now, says))


def _numbers(
    block: dict[str, float], rates: dict[str, float], now: dict[str, Currents], says: dict[str, str]
) -> str:
    rest = _without_drug()
    other = {
        INTERNEURON: f"excitation, {says['excitation']}",
        PYRAMIDAL: f"inhibition, {says['inhibition']}",
    }
    rows = {
        "NMDA receptors blocked": [f"{100 * block[p]:.0f}%" for p in POPULATIONS],
        "current through NMDA receptors, of that without drug": [
            f"{100 * now[p].nmda / rest[p].nmda:.0f}%" for p in POPULATIONS
        ],
        "firing rate": [f"{significant(rates[p], 2)} Hz" for p in POPULATIONS],
        "firing rate without drug": [f"{significant(RESTING[p], 2)} Hz" for p in POPULATIONS],
        "from the other cells, change by the drug": [other[p] for p in POPULATIONS],
    }
    return tabbed("the circuit", [NAME[p] for p in POPULATIONS], rows)
