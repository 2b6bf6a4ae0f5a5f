"""A map of the evidence: indication by design by size, with a mark for every trial that says its result.

Rows are indications, columns designs, and across each cell runs the number of people. What a trial
found is told by shape and by colour, and where the trials have a column `interval` that is False, the mark
is hollow: the trial says which way, but not how sure. `evidence_map` draws a picture; `EvidenceMap` is
the same map as HTML, where every mark is a link to its citation, reached with the Tab key as well as the
mouse, and the same facts stand under it as a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ketalab.data.bibliography import bibliography, link
from ketalab.plots.forest import study_name
from ketalab.plots.style import GREEN, GREY, ORANGE, PALE, SKY, VERMILION, figure

NO_COMPARISON = "no comparison"  # everyone had the drug
COLUMNS = ("trial", "indication", "design", "n", "direction", "reference")
# What a trial found: the marker for matplotlib, the same as an SVG path of radius 1, the colour.
DIRECTIONS = {
    "benefit": ("^", "M0,-1.1 L1,0.75 L-1,0.75 Z", GREEN),
    "mixed": ("D", "M0,-1.1 L1.1,0 L0,1.1 L-1.1,0 Z", ORANGE),
    "no clear difference": ("o", "M-0.9,0 A0.9,0.9 0 1 0 0.9,0 A0.9,0.9 0 1 0 -0.9,0 Z", GREY),
    "harm": ("v", "M0,1.1 L1,-0.75 L-1,-0.75 Z", VERMILION),
    NO_COMPARISON: ("s", "M-0.85,-0.85 H0.85 V0.85 H-0.85 Z", SKY),
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
            axes.text(x, bottom + 0.14, f"{tick:,}", fontsize=12, ha="center", va="center")
    for direction, (marker, _, colour) in DIRECTIONS.items():
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
        for marker, _, colour in (DIRECTIONS[name] for name in names)
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


# As HTML ------------------------------------------------------------------------------------------

PIXELS = 100
STYLE = (
    ".ketalab-map svg{width:100%;max-width:960px;height:auto;background:#fff}"
    ".ketalab-map text{font-size:16px;fill:#1b1b1b}"
    ".ketalab-map a:focus{outline:none}"
    ".ketalab-map a:focus path,.ketalab-map a:hover path{stroke:#1b1b1b;stroke-width:.3}"
    ".ketalab-map table{border-collapse:collapse}"
    ".ketalab-map th,.ketalab-map td{text-align:left;padding:2px 10px 2px 0}"
)


@dataclass(frozen=True, eq=False)
class EvidenceMap:
    """The map as HTML: every mark a link to its citation, and the same as a table.

    It needs no script and asks for nothing from the network until a link is followed.
    """

    trials: pd.DataFrame
    designs: Sequence[str] | None = None
    title: str = "Map of the evidence"

    def __post_init__(self) -> None:
        arranged(self.trials, self.designs)

    def __repr__(self) -> str:
        """The table in words, for everyone who sees no HTML."""
        return "\n".join([self.title, *(f"  {_label(row)}" for row in self.trials.itertuples())])

    def _repr_html_(self) -> str:
        places = arranged(self.trials, self.designs)
        title = escape(self.title)
        return (
            f'<figure class="ketalab-map" role="group" aria-label="{title}"><style>{STYLE}</style>'
            f"{_svg(places, title)}{_table(places.marks)}</figure>"
        )


def _label(row) -> str:
    sure = "" if getattr(row, "interval", True) else "; no interval"
    facts = f"{row.indication}; {row.design}; {row.n:.0f} people{sure}"
    return f"{study_name(row.trial)}: {row.direction}; {facts}"


def _address(row) -> str:
    return link(row.reference) if row.reference in bibliography().entries else ""


def _svg(places: Map, title: str) -> str:
    width, height = WIDTH * PIXELS, places.height * PIXELS
    bottom = (places.height - FOOT) * PIXELS
    parts = [
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="group" aria-label="{title}: one mark a trial">'
    ]
    names = _shown(places.marks)
    labels = {name: f"{name} ({int((places.marks.direction == name).sum())})" for name in names}
    keys = [(*DIRECTIONS[name][1:], True, label) for name, label in labels.items()]
    if not places.marks.interval.all():
        keys.append((DIRECTIONS["no clear difference"][1], GREY, False, HOLLOW))
    x = NAMES * PIXELS if len(keys) < 5 else 0
    for path, colour, sure, label in keys:
        parts.append(_mark(x + 12, 26, path, colour, sure) + _text(x + 24, 31, label))
        x += (52 if len(keys) < 5 else 38) + 8.1 * len(label)
    for i, (name, (top, end)) in enumerate(places.rows.items()):
        if i % 2 == 0:
            parts.append(
                f'<rect x="{EDGE * 50:.0f}" y="{top * PIXELS:.1f}" width="{(WIDTH - EDGE) * PIXELS:.0f}" '
                f'height="{(end - top) * PIXELS:.1f}" fill="#f5f5f5"/>'
            )
        lines = _folded(name).split("\n")
        for j, line in enumerate(lines):
            y = (top + end) / 2 * PIXELS + 5 + 18 * (j - (len(lines) - 1) / 2)
            parts.append(_text(EDGE * PIXELS, y, line))
    for name, (left, right) in places.columns.items():
        middle = (left + right) / 2 * PIXELS
        parts.append(_text(middle, (HEAD - 0.1) * PIXELS, name, 'text-anchor="middle" font-weight="bold"'))
        for tick in places.ticks:
            at = places.x(tick, name) * PIXELS
            parts.append(f'<path d="M{at:.1f},{HEAD * PIXELS:.0f} V{bottom:.1f}" stroke="{PALE}"/>')
            parts.append(_text(at, bottom + 19, f"{tick:,}", 'text-anchor="middle"'))
        parts.append(f'<path d="M{left * PIXELS:.1f},{bottom:.1f} H{right * PIXELS:.1f}" stroke="{GREY}"/>')
    middle = (NAMES + WIDTH - EDGE) / 2 * PIXELS
    parts.append(_text(middle, bottom + 48, "people in the trial", 'text-anchor="middle"'))
    parts += [_linked_mark(row) for row in places.marks.itertuples()]
    return "".join([*parts, "</svg>"])


def _text(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(words)}</text>'


def _mark(x: float, y: float, path: str, colour: str, sure: bool = True) -> str:
    place = f'transform="translate({x:.1f},{y:.1f}) scale({8 if sure else 7})"'
    fill, edge, width = (colour, "#fff", 0.12) if sure else ("#fff", colour, 0.3)
    return f'<path {place} d="{path}" fill="{fill}" stroke="{edge}" stroke-width="{width}"/>'


def _linked_mark(row) -> str:
    """A mark that opens the trial's citation; one without an address can still be reached and read."""
    _, path, colour = DIRECTIONS[row.direction]
    mark = _mark(row.x * PIXELS, row.y * PIXELS, path, colour, row.interval)
    label, address = escape(_label(row)), escape(_address(row))
    goes = f'href="{address}" target="_blank" rel="noopener"' if address else 'tabindex="0" role="img"'
    return f'<a {goes} aria-label="{label}"><title>{label}</title>{mark}</a>'


def _table(marks: pd.DataFrame) -> str:
    rows = "".join(
        f"<tr><td>{_table_link(row)}</td><td>{escape(row.indication)}</td><td>{escape(row.design)}</td>"
        f"<td>{row.n:.0f}</td><td>{escape(row.direction)}</td>"
        f"<td>{'known' if row.interval else 'not read'}</td></tr>"
        for row in marks.itertuples()
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("trial", *COLUMNS[1:5], "interval"))
    return (
        "<details><summary>The same as a table</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _table_link(row) -> str:
    address, name = escape(_address(row)), escape(study_name(row.trial))
    return f'<a href="{address}" target="_blank" rel="noopener">{name}</a>' if address else name
