"""The forest plot: every trial with its interval, and what they say together.

`forest` gives a finished picture. `forest_parts` gives the same picture with its artists by name, and
`ForestParts.view` the data that move when trials are taken in or out, so that an explorable redraws only
those. Positions are on the analysis scale; ticks and texts are on the natural scale.
"""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory
from numpy.typing import NDArray

from ketalab.checks import one_of
from ketalab.data.bibliography import bibliography, short_name
from ketalab.metaanalysis.effect_size import Effects, Measure
from ketalab.metaanalysis.pooling import Pooled, Subgroups
from ketalab.plots.axes import effect_limits, set_effect_axis
from ketalab.plots.style import (
    BLACK,
    BLUE,
    GREY,
    MARKS_A_PLACE,
    PALE,
    figure,
)
from ketalab.text import real_minus

Size = Literal["slide", "phone"]
Order = Literal["effect", "weight", "given"]
Mask = NDArray[np.bool_]

TEXT = 12  # points, at the size the figure is shown
MARKS = ("*", "†", "‡", "§", "¶")
BAND = "#f5f5f5"
# All lengths in inches.
WIDTH = {"slide": 9.6, "phone": 4.2}
EDGE = {"slide": 0.15, "phone": 0.2}
LINE = {"slide": 0.275, "phone": 0.5}
PRINT_LINES = {"slide": 2, "phone": 5}
CROWDED, CROWD = 0.235, 12  # height of a line where more trials than this share a slide
PRINT = 0.21  # height of a line of small print
GAP = 0.17  # between columns
SIDES = (0.06, 0.2)  # the smallest square, and that of the heaviest trial
TALL = 0.085  # half the height of a diamond


def forest(effects: Effects, pooled: Pooled | None = None, **options: Any) -> Figure:
    """A forest plot; see `forest_parts` for the options."""
    return forest_parts(effects, pooled, **options).figure


def forest_parts(
    effects: Effects,
    pooled: Pooled | None = None,
    *,
    by: Subgroups | None = None,
    favours: tuple[str, str] = ("", ""),
    groups: tuple[str, str] = ("Treated", "Control"),
    names: Callable[[str], str] | None = None,
    order: Order = "effect",
    size: Size = "slide",
    limits: tuple[float, float] | None = None,
    title: str = "",
    headings: Mapping[str, str] | None = None,
    width: float | None = None,
    live: bool = False,
) -> "ForestParts":
    """A forest plot of trials, with the diamond and the prediction interval of `pooled`.

    `by` puts the trials into blocks with a diamond each. `favours` says what lies left and right of no
    effect, `groups` heads the two columns. `names` turns a trial's name into its label: unless given, a
    reference key becomes author and year. Trials stand in the `order` of their effect, of their weight,
    or as given. `limits` (natural scale) cut the axis; an interval that goes on gets an arrow head.
    `size` is "slide" (9.6 inches wide, with columns) or "phone" (4.2 inches, text above each line).
    `headings` renames columns (name, treated, control, people, weight, estimate). `width` (inches) is for
    places that ask for another one, such as an explorable's 7.6. `live` leaves out the column of weights,
    the small print and the number of trials, which change with every redrawing and take most of its time:
    an explorable's read-out says the numbers and the squares show the weights.

    Raises ValueError for no trials, an unknown order or size, or limits the wrong way round.
    """
    if len(effects) == 0:
        raise ValueError("effects: 0 trials are not allowed; a forest plot needs 1 or more")
    one_of("order", order, ("effect", "weight", "given"))
    one_of("size", size, tuple(WIDTH))
    if pooled is not None and pooled.level != 0.95:
        raise ValueError(
            f"level: {pooled.level:g} is not allowed; a forest plot shows 95% intervals (0.95)"
        )
    marks = _marks(effects.notes)
    label = names or study_name
    labels = [
        label(study) + marks.get(note, "") for study, note in zip(effects.study, effects.notes, strict=True)
    ]
    rows = _rows(effects, pooled, by, labels, order, size, live)
    pools = [*(by.pooled.values() if by else ()), *([pooled] if pooled else [])]
    span = _given(effects.measure, limits) if limits else effect_limits(effects, pools)
    columns = _columns(effects, pools, labels, groups, size, has_weights=pooled is not None and not live)
    for column in columns:
        column.heading = (headings or {}).get(column.key, column.heading)
    footnotes = [f"{mark} {note}" for note, mark in marks.items()]
    footnotes += [f"Difference between the groups: {by.words}"] if by and by.freedom else []
    feet = [line for note in footnotes for line in _wrapped(note, size)]
    prints = 0 if live or pooled is None else len(small_print(None, size))
    sheet = _Sheet(size, rows, title, bool(any(favours)), prints, len(feet), width)
    left, right = sheet.arrange(columns)
    parts = ForestParts(sheet, sheet.plot(left, right, span, effects.measure), effects, span)
    parts.per_inch = (span[1] - span[0]) / (right - left)
    parts.draw(rows, columns, by, pooled)
    sheet.favours(parts.axes["main"], favours, left, right)
    sheet.frame(parts.axes["main"], columns, title, feet)
    parts.settle(parts.view(pooled) | parts.group_views(by))
    return parts


def study_name(study: str) -> str:
    """A reference key as it stands in running text; any other name as it is."""
    return short_name(study) if study in bibliography().entries else study


def interval_text(measure: Measure, estimate: float, low: float, high: float) -> str:
    """An estimate and its interval as a column prints them."""
    if np.isnan(estimate):
        return "no estimate"
    return real_minus(f"{measure.text(estimate)} [{measure.text(low)}, {measure.text(high)}]")


def small_print(pooled: Pooled | None, size: Size) -> list[str]:
    """How the pool was made and how far the trials differ, always the same number of lines."""
    lines = [] if pooled is None else ["One trial: there is nothing to pool."]
    if pooled is not None and pooled.k > 1:
        one = "all trials share one true effect" if pooled.method == "fixed" else "true effects may differ"
        told = (f"Pooled so that {one} ({pooled.how})", f"Spread beyond chance: {pooled.spread}")
        lines = [line for text in told for line in _wrapped(text, size)]
    return (lines + [""] * PRINT_LINES[size])[: PRINT_LINES[size]]


def _given(measure: Measure, limits: tuple[float, float]) -> tuple[float, float]:
    if not limits[0] < limits[1] or (measure.ratio and limits[0] <= 0):
        above = ", both above 0" if measure.ratio else ""
        raise ValueError(f"limits: {limits} is not allowed; the first must be below the second{above}")
    low, high = measure.analysis(np.asarray(limits, float))
    return float(low), float(high)


def _wrapped(text: str, size: Size) -> list[str]:
    return textwrap.wrap(text, 110 if size == "slide" else 44)


def _marks(notes: Sequence[str]) -> dict[str, str]:
    """A footnote mark for each different note."""
    different = [note for note in dict.fromkeys(notes) if note]
    return {note: MARKS[i % len(MARKS)] * (1 + i // len(MARKS)) for i, note in enumerate(different)}


# Rows and columns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of the plot: what it shows, its label, the trial or group it is about, its height."""

    kind: Literal["trial", "heading", "pool", "prediction", "gap"]
    label: str = ""
    trial: int = -1
    group: str = ""
    height: float = 0.0


@dataclass
class Column:
    """A column of text: its heading, a text for each trial, other texts it must hold, where it stands."""

    key: str
    heading: str
    texts: Sequence[str]
    also: Sequence[str] = ()
    x: float = 0.0

    @property
    def side(self) -> str:
        return "left" if self.key == "name" else "right"


def _rows(
    effects: Effects,
    pooled: Pooled | None,
    by: Subgroups | None,
    labels: Sequence[str],
    order: Order,
    size: Size,
    live: bool,
) -> list[Row]:
    line = CROWDED if size == "slide" and len(effects) > CROWD else LINE[size]
    position = _position(effects, pooled, order)

    def trials(chosen: Mask) -> list[Row]:
        wrapped = {
            i: textwrap.fill(labels[i], 34 if size == "slide" else 25) for i in position if chosen[i]
        }
        return [Row("trial", text, i, height=line + 0.22 * text.count("\n")) for i, text in wrapped.items()]

    if by is None:
        rows = trials(np.ones(len(effects), bool))
    else:
        rows = []
        for name, part in by.pooled.items():
            heading = name[:1].upper() + name[1:]
            rows += [Row("heading", heading, group=name, height=0.27), *trials(by.members(name))]
            if part.k > 1:
                rows.append(Row("pool", f"{heading}, {part.k} trials", group=name, height=line))
            rows.append(Row("gap", height=0.08))
    if pooled is not None and pooled.k > 1:
        rows += [
            Row("gap", height=0.08),
            Row("pool", "All that are counted" if live else f"All {pooled.k} trials", height=line),
            Row("prediction", "True effect in a new trial", height=line),
        ]
    return rows


def _position(effects: Effects, pooled: Pooled | None, order: Order) -> list[int]:
    """The trials from top to bottom; those that say nothing come last."""
    if order == "given":
        return list(range(len(effects)))
    key = effects.estimate if order == "effect" or pooled is None else -pooled.weights
    return [int(i) for i in np.argsort(np.where(effects.informative, key, np.inf), kind="stable")]


def _columns(
    effects: Effects,
    pools: Sequence[Pooled],
    labels: Sequence[str],
    groups: tuple[str, str],
    size: Size,
    has_weights: bool,
) -> list[Column]:
    measure = effects.measure
    frame = effects.frame()[["estimate", "low", "high"]].to_numpy()
    estimates = [interval_text(measure, *each) for each in frame]
    also = [interval_text(measure, *each.natural[:3]) for each in pools]
    name = Column("name", "Trial", labels, ["True effect in a new trial"] if pools else [])
    estimate = Column("estimate", f"{measure.short} [95% interval]", estimates, also)
    if size == "phone":
        return [name, estimate]
    columns = [name]
    if any(effects.treated):
        texts = ([real_minus(text) for text in side] for side in (effects.treated, effects.control))
        columns += [Column("treated", groups[0], next(texts)), Column("control", groups[1], next(texts))]
    elif not np.isnan(effects.n).all():
        columns.append(Column("people", "n", ["" if np.isnan(n) else f"{n:.0f}" for n in effects.n]))
    if has_weights:
        columns.append(Column("weight", "Weight", [""] * len(effects), ["100%"]))
    return [*columns, estimate]


class _Sheet:
    """A figure of fixed width whose height follows from its rows; everything is placed in inches."""

    def __init__(
        self,
        size: Size,
        rows: Sequence[Row],
        title: str,
        favours: bool,
        prints: int,
        feet: int,
        width: float | None,
    ) -> None:
        self.size, self.width, self.edge = size, width or WIDTH[size], EDGE[size]
        self.prints, self.feet = prints, feet
        self.title = textwrap.fill(title, 90 if size == "slide" else 38)
        above = 0.36 if size == "slide" else 0.12
        above += 0.12 + 0.24 * (self.title.count("\n") + 1) if title else 0.0
        self.axis = 0.36 + (0.26 if favours else 0.0)  # ticks and what lies on either side
        self.below = self.axis + PRINT * (prints + feet) + 0.1
        self.tall = sum(row.height for row in rows)
        self.height = above + self.tall + self.below
        self.figure = figure(self.width, self.height)
        self.figure.set_layout_engine("none")
        self._renderer = FigureCanvasAgg(self.figure).get_renderer()

    def extent(self, text: str, weight: str) -> float:
        """Width of a text."""
        font = FontProperties(size=TEXT, weight=weight)
        measured = (
            self._renderer.get_text_width_height_descent(line, font, ismath=False)[0]
            for line in text.split("\n")
        )
        return max(measured) / self.figure.dpi

    def arrange(self, columns: Sequence[Column]) -> tuple[float, float]:
        """Give the columns their places; what they leave free is for the plot."""
        left, right = self.edge, self.width - self.edge
        if self.size == "phone":
            columns[0].x, columns[-1].x = left, right
            return left, right
        wrap = 34
        for column in columns:
            weight = "bold" if column.key in ("name", "estimate") else "normal"
            texts = [textwrap.fill(text, wrap) for text in (column.heading, *column.texts, *column.also)]
            wide = max(self.extent(text, weight) for text in texts if text)
            if column.key in ("weight", "estimate"):
                continue
            column.x = left if column.key == "name" else left + wide
            left += wide + GAP
        for column in reversed(columns):
            if column.key in ("weight", "estimate"):
                column.x = right
                weight = "bold" if column.key == "estimate" else "normal"
                right -= (
                    max(self.extent(text, weight) for text in (column.heading, *column.texts, *column.also))
                    + GAP
                )
        return left, right

    def plot(self, left: float, right: float, span: tuple[float, float], measure: Measure) -> Axes:
        """The plot between two x; its y runs in inches downwards from 0 at the top of the rows."""
        w, h = self.width, self.height
        axes = self.figure.add_axes((left / w, self.below / h, (right - left) / w, self.tall / h))
        axes.set(ylim=(-self.tall, 0), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.grid(False)
        set_effect_axis(axes, measure, span, most=7 if right - left > 2.6 else 5)
        return axes

    def write(self, axes: Axes, x: float, y: float, text: str, **style: Any) -> Text:
        place = blended_transform_factory(self.figure.transFigure, axes.transData)
        style = {"fontsize": TEXT, "va": "center", "clip_on": False, "linespacing": 1.1} | style
        return axes.text(x / self.width, y, text, transform=place, **style)

    def band(self, axes: Axes, y: float, height: float) -> None:
        """A pale band behind a row, for the eye to follow."""
        place = blended_transform_factory(self.figure.transFigure, axes.transData)
        style = {"facecolor": BAND, "edgecolor": "none", "zorder": -5, "clip_on": False}
        axes.add_patch(Rectangle((0.01, y - height / 2), 0.98, height, transform=place, **style))

    def favours(self, axes: Axes, words: tuple[str, str], left: float, right: float) -> None:
        """What lies on either side of no effect: at the ends of the axis, or further out for long words."""
        texts = [f"← {words[0]}" if words[0] else "", f"{words[1]} →" if words[1] else ""]
        need = sum(self.extent(text, "normal") for text in texts if text) + 0.3
        out = max(0.0, need - (right - left)) / 2
        y = -self.tall - 0.42
        self.write(axes, left - out, y, texts[0])
        self.write(axes, right + out, y, texts[1], ha="right")

    def print_line(self, axes: Axes, i: int, text: str = "") -> Text:
        """A line of small print under the axis, counted from the top."""
        y = -self.tall - self.axis - 0.1 - PRINT * i
        return self.write(axes, self.edge, y, text, color=GREY)

    def frame(self, axes: Axes, columns: Sequence[Column], title: str, feet: Sequence[str]) -> None:
        """Title, headings of the columns, footnotes."""
        if title:
            y = 1 - 0.1 / self.height
            style = {"fontsize": 14, "weight": "bold", "va": "top", "linespacing": 1.15}
            self.figure.text(self.edge / self.width, y, self.title, **style)
        if self.size == "slide":
            for column in columns:
                self.write(axes, column.x, 0.17, column.heading, ha=column.side, color=GREY)
        for i, line in enumerate(feet):
            self.print_line(axes, i, line)


# What moves -----------------------------------------------------------------------------------------


@dataclass
class ForestParts:
    """A forest plot in parts: its figure, its axes and moving artists by name, and what moves them.

    `places` is the y of each trial, `lines` that of the pools ("pool", group) and of the prediction.
    """

    sheet: _Sheet
    main: Axes
    effects: Effects
    limits: tuple[float, float]
    artists: dict[str, Artist] = field(default_factory=dict)
    places: dict[int, float] = field(default_factory=dict)
    lines: dict[tuple[str, str], float] = field(default_factory=dict)
    per_inch: float = 1.0

    @property
    def figure(self) -> Figure:
        return self.sheet.figure

    @property
    def axes(self) -> dict[str, Axes]:
        return {"main": self.main}

    def view(self, pooled: Pooled | None, included: Mask | None = None) -> dict[str, Any]:
        """The data of every moving artist for this pool of the included trials.

        `pooled` is the pool of `effects[included]`, None when there is nothing to pool. A trial that is
        out keeps its place, pale.
        """
        inside = np.ones(len(self.effects), bool) if included is None else np.asarray(included, bool)
        weights = np.zeros(len(self.effects))
        weights[inside] = 1 / max(inside.sum(), 1) if pooled is None else pooled.weights
        moving: dict[str, Any] = {
            "intervals": self._segments(inside),
            "excluded": self._segments(~inside),
            "squares": self._squares(weights, inside),
        }
        for i in self.places:
            moving[f"weight {i}"] = f"{100 * weights[i]:.0f}%" if inside[i] else "out"
        for i, line in enumerate(small_print(pooled, self.sheet.size)):
            moving[f"print {i}"] = line
        moving |= self._pool("", pooled) | self._prediction(pooled)
        return {name: value for name, value in moving.items() if name in self.artists}

    def group_views(self, by: Subgroups | None) -> dict[str, Any]:
        """The data of the diamonds of blocks."""
        moving: dict[str, Any] = {}
        for name, part in by.pooled.items() if by else ():
            moving |= self._pool(name, part)
        return {name: value for name, value in moving.items() if name in self.artists}

    def _pool(self, group: str, pooled: Pooled | None) -> dict[str, Any]:
        tail = f" {group}" if group else ""
        if pooled is None or pooled.k < 2 or ("pool", group) not in self.lines:
            return {f"diamond{tail}": [], f"estimate{tail}": "", f"line{tail}": ([], [])}
        y = self.lines["pool", group]
        low, middle, high = pooled.low, pooled.estimate, pooled.high  # the axes cut off what is outside
        tops = [y0 for span in self._spans() for y0 in (*span, np.nan)][:-1]
        return {
            f"diamond{tail}": [[(low, y), (middle, y + TALL), (high, y), (middle, y - TALL)]],
            f"estimate{tail}": interval_text(pooled.measure, *pooled.natural[:3]),
            f"line{tail}": ([pooled.estimate] * len(tops), tops),
        }

    def _prediction(self, pooled: Pooled | None) -> dict[str, Any]:
        if ("prediction", "") not in self.lines:
            return {}
        if pooled is None or np.isnan(pooled.prediction_low):
            return {"prediction": [], "prediction text": "needs 3 trials"}
        y, ends = self.lines["prediction", ""], (pooled.prediction_low, pooled.prediction_high)
        caps = [[(x, y - 0.06), (x, y + 0.06)] for x in ends if self.limits[0] <= x <= self.limits[1]]
        low, high = (pooled.measure.text(x) for x in pooled.natural[3:])
        return {
            "prediction": [*self._bar(*ends, y), *caps],
            "prediction text": real_minus(f"{low} to {high}"),
        }

    def _segments(self, which: Mask) -> list[list[tuple[float, float]]]:
        """The intervals of some trials."""
        low, high = self.effects.interval()
        use = which & self.effects.informative
        return [
            segment for i, y in self.places.items() if use[i] for segment in self._bar(low[i], high[i], y)
        ]

    def _bar(self, low: float, high: float, y: float) -> list[list[tuple[float, float]]]:
        """A line from low to high, cut at the edge, with an arrow head where it goes on."""
        start, stop = self.limits
        segments = [[(np.clip(low, start, stop), y), (np.clip(high, start, stop), y)]]
        for beyond, edge, inward in ((low < start, start, 1), (high > stop, stop, -1)):
            if beyond:
                back = edge + inward * 0.09 * self.per_inch
                segments += [[(edge, y), (back, y + 0.05)], [(edge, y), (back, y - 0.05)]]
        return segments

    def _squares(self, weights: NDArray, inside: Mask) -> list[list[tuple[float, float]]]:
        """A square for each trial, its area like its weight."""
        squares = []
        for i, y in self.places.items():
            x = self.effects.estimate[i]
            if inside[i] and self.limits[0] <= x <= self.limits[1]:
                half = max(SIDES[0], SIDES[1] * np.sqrt(weights[i] / weights.max())) / 2
                wide = half * self.per_inch
                corners = ((-1, -1), (-1, 1), (1, 1), (1, -1))
                squares.append([(x + a * wide, y + b * half) for a, b in corners])
        return squares

    def _spans(self) -> list[tuple[float, float]]:
        """Where vertical lines may run: everywhere, or on a phone only where no text stands."""
        if self.sheet.size == "slide":
            return [(0.0, -self.sheet.tall)]
        return [(y + 0.12, y - 0.12) for y in (*self.places.values(), *self.lines.values())]

    def draw(
        self, rows: Sequence[Row], columns: Sequence[Column], by: Subgroups | None, pooled: Pooled | None
    ) -> None:
        """Everything once: texts in their rows, and the moving artists, still empty."""
        top = 0.0
        for row in rows:
            middle, top = top - row.height / 2, top - row.height
            text_y = line_y = middle
            if self.sheet.size == "phone" and row.kind != "heading":
                text_y, line_y = middle + 0.1, top + 0.13
            if row.kind == "trial":
                self._trial(row, columns, middle, text_y, line_y, indent=by is not None)
            elif row.kind != "gap":
                self._summary(row, columns, text_y, line_y)
        axes, start = self.main, [(0.0, 0.0), (0.0, 0.0)]
        null = [[(0, y0), (0, y1)] for y0, y1 in self._spans()]
        axes.add_collection(LineCollection(null, colors=GREY, linewidths=1.4, zorder=1), autolim=False)
        for name, colour, z in (("excluded", PALE, 2), ("intervals", BLACK, 3), ("prediction", BLUE, 5)):
            if name != "prediction" or pooled is not None:
                lines = LineCollection([start], colors=colour, linewidths=1.9, zorder=z)
                self.artists[name] = axes.add_collection(lines, autolim=False)
        solid = {"squares": (BLACK, 1.0)} | ({"diamond": (BLUE, 1.0)} if pooled is not None else {})
        solid |= {f"diamond {name}": (BLUE, 0.6) for name in (by.pooled if by else ())}
        for name, (colour, alpha) in solid.items():
            shape = PolyCollection([start], facecolors=colour, edgecolors="none", alpha=alpha, zorder=4)
            self.artists[name] = axes.add_collection(shape, autolim=False)
        self.artists["squares"].set_gid(MARKS_A_PLACE)
        if pooled is not None:
            style = {"color": BLUE, "linewidth": 1.2, "linestyle": (0, (4, 3)), "zorder": 1.5}
            self.artists["line"] = axes.plot([], [], **style)[0]
        for i in range(self.sheet.prints):
            self.artists[f"print {i}"] = self.sheet.print_line(axes, self.sheet.feet + i)

    def _trial(
        self, row: Row, columns: Sequence[Column], middle: float, text_y: float, line_y: float, indent: bool
    ) -> None:
        if len(self.places) % 2 == 0:
            self.sheet.band(self.main, middle, row.height)
        self.places[row.trial] = line_y
        for column in columns:
            text = row.label if column.key == "name" else column.texts[row.trial]
            x = column.x + (0.1 if indent and column.key == "name" else 0)
            artist = self.sheet.write(self.main, x, text_y, text, ha=column.side)
            if column.key == "weight":
                self.artists[f"weight {row.trial}"] = artist

    def _summary(self, row: Row, columns: Sequence[Column], text_y: float, line_y: float) -> None:
        """The heading of a block, or the row of a diamond or of the prediction."""
        weight = "normal" if row.kind == "prediction" else "bold"
        self.sheet.write(self.main, columns[0].x, text_y, row.label, weight=weight)
        if row.kind == "heading":
            return
        self.lines[row.kind, row.group] = line_y
        tail = f" {row.group}" if row.group else ""
        name = "prediction text" if row.kind == "prediction" else f"estimate{tail}"
        style = {"ha": "right", "weight": weight}
        self.artists[name] = self.sheet.write(self.main, columns[-1].x, text_y, "", **style)

    def settle(self, moving: dict[str, Any]) -> None:
        """Put the moving artists into a position, where no explorable does."""
        for name, value in moving.items():
            artist = self.artists[name]
            if isinstance(artist, LineCollection):
                artist.set_segments(value)
            elif isinstance(artist, PolyCollection):
                artist.set_verts(value)
            elif isinstance(artist, Text):
                artist.set_text(value)
            else:
                artist.set_data(*value)
