"""The two tanks of the lesson at three moments: what the model holds in each, and what flows.

Tank 1 is the model's central compartment, and the liver where the model has one; tank 2 is its peripheral
compartments together. Levels are amounts of ketamine (mg), a full tank is the whole dose; flows are mg/h,
and the arrows of one moment are as wide as its flows are large.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from ketalab.explorables.cached_text import stamp
from ketalab.explorables.datatable import tabbed
from ketalab.models.linear import Dose, LinearModel, amounts
from ketalab.plots.arrow import arrow
from ketalab.plots.style import BLACK, DRUG, GREY
from ketalab.text import significant

LETTERS = "ABC"
NAMES = ("the peak", "tissue is fullest", "the end")
WIDTH, HEIGHT = 72.0, 144.0
STARTS = (-9.0, 18.2, 45.4)  # where the three moments begin; the first under the names of the curve's axis
TANKS = ((6.5, 11.0), (20.0, 24.5))  # left and right wall of each, from where its moment begins
FLOOR, BRIM = 24.0, 92.0
UPPER, LOWER, WIDEST = 70.0, 32.0, 11.0  # where the arrows lie and how wide one may be

Polygon = list[tuple[float, float]]


@dataclass(frozen=True)
class Moment:
    """What the tanks hold (mg) at a time (min), and what flows in, back and out (mg/h)."""

    minute: float
    blood: float
    tissue: float
    into_tissue: float
    back: float
    out: float

    @property
    def when(self) -> str:
        """Its time: in minutes while the curve is young enough for them to tell moments apart."""
        return f"{self.minute:g} min" if self.minute < 240 else f"{self.minute / 60:.3g} h"


def held_in_tanks(model: LinearModel, doses: Sequence[Dose], times: NDArray) -> NDArray:
    """What the first patient's compartments of ketamine hold (mg), times x compartments: plasma first, the
    liver where there is one, then those of the tissue."""
    return amounts(model, doses, times, [name for tank in _tanks(model) for name in tank])[0]


def _tanks(model: LinearModel) -> tuple[list[str], list[str]]:
    first = [name for name in ("ketamine", "liver") if name in model.compartments]
    return first, [name for name in model.compartments if name.startswith("ketamine peripheral")]


def moments(model: LinearModel, held: NDArray, times: NDArray) -> tuple[Moment, Moment, Moment]:
    """The tanks at the peak in plasma, when tank 2 is fullest, and at the last time, from what is
    `held_in_tanks`."""
    first, second = _tanks(model)
    held = held.round(9)  # what is less is rounding
    at = [model.index(name) for name in (*first, *second)]
    rates = 60 * model.K[0][np.ix_(at, at)]  # 1/h, to a row from a column
    n = len(first)
    tissue = held[:, n:].sum(axis=1)
    found = [int(np.argmax(held[:, 0])), int(np.argmax(tissue)), len(times) - 1]
    return tuple(
        Moment(
            float(times[i]),
            float(held[i, :n].sum()),
            float(tissue[i]),
            _flow(rates[n:, :n], held[i, :n]),
            _flow(rates[:n, n:], held[i, n:]),
            _flow(-rates, held[i]),
        )
        for i in found
    )


def _flow(rates: NDArray, held: NDArray) -> float:
    """What leaves these compartments (mg/h) by these rates (1/h); what cancels out is no flow."""
    return round(float(rates.sum(axis=0) @ held), 9)


def tanks_stage(axes: Axes) -> dict[str, Artist]:
    """Draw what stands still, the tanks and their pipes, and make what moves."""
    axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.set_axis_off()
    walls = [
        [(start + left, BRIM), (start + left, FLOOR), (start + right, FLOOR), (start + right, BRIM)]
        for start in STARTS
        for left, right in TANKS
    ]
    found: dict[str, Artist] = {
        "levels": PolyCollection([], facecolor=DRUG["ketamine"], linewidth=0, clip_on=False),
        "flows": PolyCollection([], facecolor=BLACK, linewidth=0, clip_on=False),
    }
    axes.add_collection(found["levels"])
    axes.add_collection(LineCollection(walls, colors=GREY, linewidths=2, clip_on=False))
    axes.add_collection(found["flows"])
    about = (
        "Left tank: blood and fast organs; right: slower tissue. "
        "Full is the whole dose; arrows: mg per hour."
    )
    axes.text(STARTS[0], HEIGHT, about, fontsize=12, va="top")
    middle = (TANKS[0][1] + TANKS[1][0]) / 2
    for letter, start in zip(LETTERS, STARTS, strict=True):
        words = {
            "name": (0, 100, "left", "bold"),
            "blood": (sum(TANKS[0]) / 2, 1, "center", "normal"),
            "tissue": (sum(TANKS[1]) / 2, 1, "center", "normal"),
            "in": (middle, UPPER + 6, "center", "normal"),
            "back": (middle, LOWER + 6, "center", "normal"),
            "out": (2.8, LOWER + 6, "center", "normal"),
        }
        for name, (x, y, ha, weight) in words.items():
            look = {"fontsize": 12, "ha": ha, "va": "bottom", "weight": weight}
            found[f"{letter} {name}"] = stamp(axes, start + x, y, **look)
    return found


def tanks_view(seen: Sequence[Moment], given: float) -> dict[str, object]:
    """Levels, arrows and words of three moments."""
    levels, flows = [], []
    found: dict[str, object] = {}
    for letter, start, moment, name in zip(LETTERS, STARTS, seen, NAMES, strict=True):
        for (left, right), held in zip(TANKS, (moment.blood, moment.tissue), strict=True):
            top = FLOOR + (BRIM - FLOOR) * held / given
            sides = start + left, start + right
            levels.append([(sides[0], FLOOR), (sides[1], FLOOR), (sides[1], top), (sides[0], top)])
        wide = WIDEST / max(moment.into_tissue, moment.back, moment.out)
        inner, outer = start + TANKS[0][1] + 0.6, start + TANKS[1][0] - 0.6
        flows += _arrow(inner, outer, UPPER, wide * moment.into_tissue)
        flows += _arrow(outer, inner, LOWER, wide * moment.back)
        flows += _arrow(start + TANKS[0][0] - 0.6, start + 0.5, LOWER, wide * moment.out)
        found |= {
            f"{letter} name": f"{letter}  {moment.when}: {name}",
            f"{letter} blood": f"{significant(moment.blood, 2)} mg",
            f"{letter} tissue": f"{significant(moment.tissue, 2)} mg",
            f"{letter} in": significant(moment.into_tissue, 2),
            f"{letter} back": significant(moment.back, 2),
            f"{letter} out": significant(moment.out, 2),
        }
    return {"levels": levels, "flows": flows} | found


def tanks_numbers(seen: Sequence[Moment]) -> str:
    """The same three moments as a table."""
    columns = ("blood and fast organs", "slower tissue", "into tissue", "back", "out")
    units = ("mg", "mg", *["mg/h"] * 3)
    rows = {}
    for letter, moment, name in zip(LETTERS, seen, NAMES, strict=True):
        held = moment.blood, moment.tissue, moment.into_tissue, moment.back, moment.out
        rows[f"{letter}, {name}, {moment.when}"] = [
            f"{significant(amount, 2)} {unit}" for amount, unit in zip(held, units, strict=True)
        ]
    return tabbed("ketamine in the two tanks and what flows", columns, rows)


def _arrow(tail: float, tip: float, y: float, width: float) -> list[Polygon]:
    """An arrow along a pipe, as one polygon; none where nothing flows."""
    if width <= 0:
        return []
    neck = tip - np.sign(tip - tail) * 1.6
    half = width / 2
    return [[(x, y) for y, x in arrow((tail, neck, tip), (y - half, y + half), 2)]]
