"""A map of the evidence: indication by design by size, with a mark for every trial that says its result.

Rows are indications, columns designs, and across each cell runs the number of people. What a trial
found is told by shape and by colour, and where the trials have a column `interval` that is False, the mark
is hollow: the trial says which way, but not how sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ketalab.plots.style import GREEN, GREY, ORANGE, SKY, VERMILION, figure
from ketalab.text import grouped

NO_COMPARISON = "no comparison"  # everyone had the drug
COLUMNS = ("trial", "indication", "design", "n", "direction", "reference")
# What a trial found: its marker and its colour.
DIRECTIONS = {
    "benefit": ("^", GREEN),
    "mixed": ("D", ORANGE),
    "no clear difference": ("o", GREY),
    "harm": ("v", VERMILION),
    NO_COMPARISON: ("s", SKY),
}
HOLLOW = "hollow: no interval"
TICKS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000)
# All lengths in inches.
WIDTH, EDGE, NAMES, HEAD, FOOT = 9.6, 0.15, 1.95, 0.78, 0.62
MARK = 0.18  # a mark and its breathing space
LETTERS = 0.2  # height of a line of text
PAD = 0.14  # above and below the marks of a row


@dataclass(frozen=True)
class Map:
    """Where everything stands, in inches from the top left: marks, columns, rows, ticks."""

    marks: pd.DataFrame
    columns: dict[str, tuple[float, float]]
    rows: dict[str, tuple[float, float]]
    ticks: tuple[int, ...]
    span: tuple[float, float]
    height: float

    def x(self, n: float, design: str) -> float:
        """Where a number of people stands in the column of a design."""
        left, right = self.columns[design]
        low, high = self.span
        return left + (np.log(n) - low) / (high - low) * (right - left)


def arranged(trials: pd.DataFrame, designs: Sequence[str] | None = None) -> Map:
    """Place every trial: indications as rows in their order, designs as columns, marks side by side.

    Raises ValueError for a missing column, no trials, an unknown direction or design, or n below 1.
    """
    trials = _checked(trials, designs)
    designs = list(designs or dict.fromkeys(trials.design))
    low, high = trials.n.min(), trials.n.max()
    span = (np.log(low / 1.35), np.log(high * 1.35))
    wide = (WIDTH - EDGE - NAMES) / len(designs)
    columns = {
        name: (NAMES + i * wide + 0.08, NAMES + (i + 1) * wide - 0.08) for i, name in enumerate(designs)
    }
    places = Map(trials, columns, {}, (), span, 0.0)
    across = [places.x(row.n, row.design) for row in trials.itertuples()]
    marks = trials.assign(x=across, level=0)
    for _, cell in marks.groupby(["indication", "design"], sort=False):
        marks.loc[cell.index, "level"] = _levels(cell.sort_values(["n", "trial"]).x)
    rows, top = {}, HEAD
    for name in dict.fromkeys(trials.indication):
        reach = marks.level[marks.indication == name]
        lines = _folded(name).count("\n") + 1
        tall = max((reach.max() - reach.min() + 1) * MARK + 2 * PAD, lines * LETTERS + 0.1)
        rows[name] = (top, top + tall)
        middle = top + tall / 2 - (reach.max() + reach.min()) / 2 * MARK
        marks.loc[reach.index, "y"] = middle + reach * MARK
        top += tall
    per_inch = (span[1] - span[0]) / (wide - 0.16)
    ticks = TICKS if np.log(3) / per_inch > 0.45 else TICKS[::2]
    shown = tuple(tick for tick in ticks if span[0] <= np.log(tick) <= span[1])
    return Map(marks, columns, rows, shown, span, top + FOOT)


def _checked(trials: pd.DataFrame, designs: Sequence[str] | None) -> pd.DataFrame:
    missing = [name for name in COLUMNS if name not in trials]
    if missing:
        raise ValueError(f"trials: column {missing[0]} is missing; a map needs {', '.join(COLUMNS)}")
    if trials.empty:
        raise ValueError("trials: 0 rows are not allowed; a map needs 1 or more")
    known = trials["interval"].astype(bool) if "interval" in trials else True
    trials = trials[list(COLUMNS)].assign(interval=known).reset_index(drop=True)
    trials["n"] = pd.to_numeric(trials.n, errors="coerce").astype(float)
    for row in trials.itertuples():
        if row.direction not in DIRECTIONS:
            known = ", ".join(DIRECTIONS)
            raise ValueError(
                f"direction of {row.trial}: {row.direction!r} is not allowed; it must be one of {known}"
            )
        if not row.n >= 1:
            raise ValueError(f"n of {row.trial}: {row.n:g} is not allowed; it must be 1 or more")
        if designs is not None and row.design not in designs:
            raise ValueError(
                f"design of {row.trial}: {row.design!r} is not allowed; "
                f"it must be one of {', '.join(designs)}"
            )
    return trials


def _levels(across: pd.Series) -> pd.Series:
    """How far above or below the middle each mark goes so that no two touch: 0, -1, 1, -2, ..."""
    placed: list[tuple[float, int]] = []
    levels = []
    for x in across:
        level = next(
            step
            for i in range(2 * len(across) + 1)
            for step in [(i + 1) // 2 * (-1 if i % 2 else 1)]
            if all(step != other or abs(x - there) >= MARK for there, other in placed)
        )
        placed.append((x, level))
        levels.append(level)
    return pd.Series(levels, index=across.index)


def evidence_map(trials: pd.DataFrame, *, designs: Sequence[str] | None = None, title: str = "") -> Figure:
    """The map as a picture. `trials` has trial, indication, design, n, direction and reference."""
    places = arranged(trials, designs)
    head = 0.4 if title else 0.0
    fig = figure(WIDTH, places.height + head)
    fig.set_layout_engine("none")
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(places.height, -head))
    axes.axis("off")
    if title:
        axes.text(EDGE, -head / 2 + 0.05, title, fontsize=14, weight="bold", va="center")
    bottom = places.height - FOOT
    for i, (name, (top, end)) in enumerate(places.rows.items()):
        if i % 2 == 0:
            axes.add_patch(
                Rectangle((EDGE / 2, top), WIDTH - EDGE, end - top, facecolor="#f5f5f5", zorder=0)
            )
        axes.text(EDGE, (top + end) / 2, _folded(name), fontsize=12, va="center", linespacing=1.05)
    for name, (left, right) in places.columns.items():
        axes.text(
            (left + right) / 2, HEAD - 0.16, name, fontsize=12, weight="bold", ha="center", va="center"
        )
        axes.plot([left, right], [bottom, bottom], color=GREY, linewidth=1)
        for tick in places.ticks:
            x = places.x(tick, name)
            axes.plot([x, x], [HEAD, bottom], color="#e0e0e0", linewidth=0.8, zorder=0.5)
            axes.text(x, bottom + 0.14, grouped(tick), fontsize=12, ha="center", va="center")
    for direction, (marker, colour) in DIRECTIONS.items():
        for sure in (True, False):
            chosen = places.marks[(places.marks.direction == direction) & (places.marks.interval == sure)]
            style = {"markersize": _size(marker) - (not sure), "zorder": 3, **_fill(colour, sure)}
            axes.plot(chosen.x, chosen.y, marker, gid=f"trials_{direction.replace(' ', '_')}", **style)
    middle = (NAMES + WIDTH - EDGE) / 2
    axes.text(middle, bottom + 0.42, "people in the trial", fontsize=12, ha="center", va="center")
    _legend(fig, places, head)
    return fig


def _fill(colour: str, sure: bool) -> dict[str, object]:
    """A mark of this colour, full or hollow."""
    if sure:
        return {"color": colour, "markeredgecolor": "white"}
    return {"color": "white", "markeredgecolor": colour, "markeredgewidth": 2}


def _shown(marks: pd.DataFrame) -> list[str]:
    """The directions of the legend: all four a comparison can have, and the fifth where it occurs."""
    return [name for name in DIRECTIONS if name != NO_COMPARISON or (marks.direction == name).any()]


def _legend(fig: Figure, places: Map, head: float) -> None:
    names = _shown(places.marks)
    handles = [
        Line2D([], [], marker=marker, linestyle="none", markersize=10, **_fill(colour, True))
        for marker, colour in (DIRECTIONS[name] for name in names)
    ]
    labels = [f"{name} ({(places.marks.direction == name).sum()})" for name in names]
    if not places.marks.interval.all():
        handles.append(Line2D([], [], marker="o", linestyle="none", markersize=9, **_fill(GREY, False)))
        labels.append(HOLLOW)
    y = 1 - (head + 0.26) / (places.height + head)
    fig.legend(
        handles,
        labels,
        loc="center left",
        bbox_to_anchor=((NAMES - 0.05 if len(labels) < 5 else 0.0) / WIDTH, y),
        ncols=len(labels),
        handletextpad=0.1,
        columnspacing=1.1 if len(labels) < 5 else 0.7,
    )


def _size(marker: str) -> float:
    """Points at which the markers look equally large."""
    return {"^": 12.5, "v": 12.5, "D": 9.5}.get(marker, 11)


def _folded(name: str, width: int = 20) -> str:
    """A name on lines short enough for its column."""
    lines = [""]
    for word in name.split():
        joined = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], joined] if len(joined) <= width else [*lines, word]
    return "\n".join(line for line in lines if line)
