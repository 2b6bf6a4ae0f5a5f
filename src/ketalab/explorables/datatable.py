"""The numbers behind a picture: the plain-text equivalent of what moves on it.

They are read from the artists' own data, so that no explorable describes itself twice. Lines over the
same places share a table; a long line is thinned to a few places and its highest point. Where an axis
has no scale, its rows are named by the words that stand beside them; where it has neither (a grid of
people), it has no numbers either, and the read-out says what it shows.
"""

from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, singledispatch
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import (
    FillBetweenPolyCollection,
    LineCollection,
    PathCollection,
    PolyCollection,
)
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, ScalarFormatter
from numpy.typing import NDArray

from ketalab.explorables.canvas import Stage
from ketalab.plots.axes import reading_of
from ketalab.plots.style import DIRECTION_ONLY, MARKS_A_PLACE
from ketalab.text import CALENDAR, duration, grouped, real_minus

LINE_POINTS, MARKS, CLOUD = 8, 12, 60  # a longer line is thinned, a larger cloud is summed up
A_DAY = 0.003  # of a year: so much may be lost of the first of January on the way to a page
EQUALLY_HIGH = 1e-9  # of its reach: two peaks that differ by less are one height, the first is written
COLLECTIONS = (PathCollection, PolyCollection, LineCollection)
Spans = tuple[NDArray, NDArray, NDArray, NDArray]  # from and to across, from and to upwards


def written(value: float) -> str:
    """A number with three meaningful digits, four from a thousand on; never in scientific notation."""
    if abs(value) < 0.001:
        return "below 0.001" if value > 1e-9 else "0"
    if abs(value) < 999.5:
        return real_minus(f"{value:.3g}")
    return grouped(float(f"{value:.4g}"))


def tabbed(measures: str, columns: Sequence[str], rows: Mapping[str, Sequence[str]]) -> str:
    """A table as `Numbers.write` makes them: what it measures, its columns, and by name its rows."""
    lines = [["", *columns], *([name, *cells] for name, cells in rows.items())]
    return "\n".join([measures, *("\t".join(line) for line in lines)])


def says_a_number(text: str) -> bool:
    """Whether a piece of text is a number with its unit, not the name of a row."""
    return text.lstrip("+\u2212-")[:1] in tuple("0123456789½¼")


class Scale:
    """One direction of one axes: its name, and how a place on it is read."""

    def __init__(self, stage: Stage, axes: Axes, direction: str) -> None:
        axis = getattr(axes, f"{direction}axis")
        family = getattr(axes, f"get_shared_{direction}_axes")().get_siblings(axes)
        labels = [getattr(other, f"get_{direction}label")() for other in (axes, *family)]
        labels.append(getattr(stage.figure, f"get_sup{direction}label")())
        self.name = " ".join(next(filter(None, labels), "").split())
        self.words = _named_ticks(axis)
        shown = axes.axison and axis.get_visible()
        numbered = shown and any(t.get_visible() and t.get_text() for t in axis.get_ticklabels())
        self.beside = bool(not self.words and not self.name and direction == "y" and not numbered)
        self.read = bool(self.words or self.name or numbered)
        self.how = next(
            filter(None, (reading_of(getattr(a, f"{direction}axis")) for a in (axes, *family))), None
        )
        self.rows = bool(self.words) and not self.how
        self.text = lru_cache(4096)(self._text)

    def name_rows(self, words: list[tuple[float, str]]) -> None:
        """Rows without a scale are read by the words that stand beside them in this view."""
        if words != self.words:
            self.words, self.rows, self.read = words, bool(words), bool(words)
            self.text.cache_clear()

    def _text(self, value: float) -> str:
        """A place on this scale, in the words of the axis where it has words."""
        if not self.words:
            return self._measured(value)
        after = bisect(self.words, (value,))
        around = self.words[max(0, after - 1) : after + 1]
        near = min(around, key=lambda word: abs(word[0] - value))
        gap = around[1][0] - around[0][0] if len(around) == 2 else 1.0
        if abs(near[0] - value) <= (0.01 if self.how else 0.4) * gap:
            return near[1]
        if self.how:
            return self._measured(value)
        return "" if self.beside or len(around) == 1 else f"{around[0][1]} to {around[1][1]}"

    def _measured(self, value: float) -> str:
        """The number that stands for a place, as the axis says it is to be read."""
        if self.name in CALENDAR:
            return str(int(value + A_DAY))
        if self.how is None:
            return written(value)
        if self.how.minutes:
            return duration(value * self.how.minutes)
        if self.how.ratio:
            return written(np.exp(value))
        return written(self.how.value(value) if self.how.value else value)

    def texts(self, low: list[float], high: list[float]) -> list[str]:
        return list(map(self.text, low)) if low is high else list(map(self.span, low, high))

    def span(self, low: float, high: float) -> str:
        if low == high:
            return self.text(low)
        one, other = self.text(low), self.text(high)
        return one if one == other else f"{one} to {other}"


def _named_ticks(axis: Any) -> list[tuple[float, str]]:
    """Ticks that carry words, or numbers other than their own place."""
    if not isinstance(axis.get_major_locator(), FixedLocator) or not axis.get_visible():
        return []
    if isinstance(axis.get_major_formatter(), ScalarFormatter):
        return []
    places = axis.get_majorticklocs()
    texts = axis.get_major_formatter().format_ticks(places)
    ticks = sorted((float(at), _one_line(str(t))) for at, t in zip(places, texts, strict=True) if t)
    return [] if all(text.replace(",", "") == real_minus(f"{at:g}") for at, text in ticks) else ticks


def _one_line(text: str) -> str:
    return " ".join(text.replace("-\n", "").split())


class RowNames:
    """For each height on an axes without a scale, the leftmost words of the figure that stand there."""

    def __init__(self, stage: Stage, axes: Axes) -> None:
        furniture = {
            text
            for other in stage.figure.axes
            for axis in (other.xaxis, other.yaxis)
            for text in (axis.label, *axis.get_ticklabels())
        }
        moving = {artist: name for name, artist in stage.artists.items() if isinstance(artist, Text)}
        fixed = [text for text in stage.figure.findobj(Text) if text not in furniture]
        self.axes = axes
        self.fixed = [text for text in fixed if text not in moving]
        self.placed: dict[tuple, list[tuple[float, float, str]]] = {}
        self.moving = moving

    def _place(self, artist: Text, text: str, at: Any = None) -> tuple[float, float, str]:
        """Height on the axes, place across the figure, words."""
        x, y = artist.get_transform().transform(at or artist.get_position())
        return round(float(self.axes.transData.inverted().transform((x, y))[1]), 2), x, _one_line(text)

    def beside(self, artists: Mapping[str, Any]) -> list[tuple[float, str]]:
        limits = tuple(self.axes.get_ylim())
        if limits not in self.placed:
            self.placed = {limits: [self._place(text, text.get_text()) for text in self.fixed]}
        found = list(self.placed[limits])
        for artist, name in self.moving.items():
            value = artists.get(name)
            if value is not None:
                text, at = (value, None) if isinstance(value, str) else (value[2], value[:2])
                found.append(self._place(artist, text, at))
        low, high = sorted(limits)
        rows: dict[float, tuple[float, str]] = {}
        for place, x, text in found:
            if text and not says_a_number(text) and low <= place <= high:
                rows[place] = min(rows.get(place, (x, text)), (x, text))
        return sorted((place, text) for place, (_, text) in rows.items())


@singledispatch
def spans(artist: Artist, value: Any) -> Spans | None:
    """What an artist covers, across and upwards; None where it holds no numbers."""
    return None


@spans.register(Line2D)
@spans.register(PathCollection)
def _(artist: Artist, value: Any) -> Spans:
    x, y = (np.atleast_1d(np.asarray(part, dtype=float)) for part in value)
    return x, x, y, y


@spans.register
def _(artist: FillBetweenPolyCollection, value: Any) -> Spans:
    x, low, high = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in value[:3]))
    return x, x, low, high


@spans.register(LineCollection)
@spans.register(PolyCollection)
def _(artist: Artist, value: Any) -> Spans:
    """A stroke, a bar or a diamond is an interval: from its least to its greatest, at its middle height; a
    polygon that marks a place is its middle."""
    parts = [np.asarray(part, dtype=float) for part in value]
    if artist.get_gid() == MARKS_A_PLACE:
        parts = [part[:4].mean(axis=0, keepdims=True) for part in parts]
    if not parts:
        return (np.empty(0),) * 4
    together, begin = np.concatenate(parts), np.cumsum([0, *map(len, parts[:-1])])
    (x_low, y_low), (x_high, y_high) = (end.reduceat(together, begin).T for end in (np.minimum, np.maximum))
    if isinstance(artist, PolyCollection):
        y_low = y_high = (y_low + y_high) / 2
    return x_low, x_high, y_low, y_high


@spans.register
def _(artist: Rectangle, value: Any) -> Spans:
    x, y, width, height = (np.array([part], dtype=float) for part in value)
    return x, x + width, y, y + height


def is_line(artist: Artist) -> bool:
    """Whether points are joined, so that a few of them stand for the others."""
    return isinstance(artist, FillBetweenPolyCollection) or (
        isinstance(artist, Line2D) and artist.get_linestyle() != "None"
    )


def each(found: Spans, do: Callable[[NDArray], Any]) -> tuple:
    """The same done to each of the four, once where a point begins where it ends."""
    x0, x1, y0, y1 = found
    across, upwards = do(x0), do(y0)
    return across, across if x1 is x0 else do(x1), upwards, upwards if y1 is y0 else do(y1)


def reach(found: Spans) -> Spans:
    """The least and the greatest of all, as one span."""
    x0, x1, y0, y1 = found
    return tuple(np.array([end]) for end in (x0.min(), x1.max(), y0.min(), y1.max()))


@dataclass(frozen=True)
class Part:
    """What is always so of an artist: whether its axes read it across and upwards, and whether points of it
    are joined."""

    artist: Artist
    in_data: tuple[bool, bool]
    line: bool

    @classmethod
    def of(cls, artist: Artist) -> "Part":
        if isinstance(
            artist, COLLECTIONS
        ):  # their data are offsets or vertices, always in data coordinates
            return cls(artist, (True, True), is_line(artist))
        across, upwards = artist.get_transform().contains_branch_seperately(artist.axes.transData)
        return cls(artist, (bool(across), bool(upwards)), is_line(artist))


Ends = tuple[tuple[float, float], tuple[float, float]]  # of an axes, across and upwards, the lower first


def ends_of(axes: Axes) -> Ends:
    """Where the axes end, with a little room."""
    found = []
    for one, other in (axes.get_xlim(), axes.get_ylim()):
        first, last = (one, other) if one <= other else (other, one)
        room = 1e-6 * (last - first)
        found.append((first - room, last + room))
    return found[0], found[1]


def within(part: Part, found: Spans, ends: Ends) -> Spans:
    """What of it lies on the axes: the picture shows no more. Of a line between two points, both ends."""
    if isinstance(part.artist, Line2D) and found[0].size == 2:
        return found
    seen = None
    for low, high, (first, last), read in zip(found[::2], found[1::2], ends, part.in_data, strict=True):
        if read:
            on = (high >= first) & (low <= last)
            if not on.all():
                seen = on if seen is None else seen & on
    return found if seen is None else each(found, lambda ends: ends[seen])


@lru_cache(256)
def _evenly(count: int) -> tuple[int, ...]:
    return tuple(np.linspace(0, count - 1, LINE_POINTS).round().astype(int).tolist())


def chosen(artist: Artist, found: Spans, line: bool) -> Spans:
    """The places that are written: a few of a line and its highest, the first marks, a cloud's reach."""
    count = found[0].size
    x0, _, y0, y1 = found
    if line:
        if count == 2 and isinstance(artist, Line2D) and (np.ptp(x0) == 0 or np.ptp(y0) == 0):
            return reach(found)
        if count <= LINE_POINTS:
            return found
        highest = np.argmax(y1 >= y1.max() - EQUALLY_HIGH * np.ptp(y1))
        places = sorted({*_evenly(count), int(highest)})
    elif count > CLOUD:
        return reach(found)
    elif count <= MARKS:
        return found
    else:
        places = range(MARKS)
    at = np.fromiter(places, np.intp)
    return each(found, lambda ends: ends[at])


class Column(NamedTuple):
    """What one artist adds to a table: which table it belongs to, what that measures and what its rows are
    called, the title of the column, the names of its rows (None where only one direction says something: a
    line across the picture), its values."""

    table: tuple
    measures: str
    head: str
    title: str
    names: list[str] | None
    values: list[str]


class Numbers:
    """Writes the tables of one stage's views."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scales = {
            axes: (Scale(stage, axes, "x"), Scale(stage, axes, "y")) for axes in stage.axes.values()
        }
        unread = [axes for axes, (across, up) in self.scales.items() if across.read and up.beside]
        self.rows = {axes: RowNames(stage, axes) for axes in unread}
        self.parts = {
            name: Part.of(artist) for name, artist in stage.artists.items() if artist.axes in self.scales
        }
        self._last: dict[str, tuple[tuple, Column | None]] = {}

    @property
    def reads(self) -> dict[str, dict[str, Any]]:
        """For the hand on a picture: of each direction of each axes its name, its words, how it is read."""
        found = {}
        for name, axes in self.stage.axes.items():
            for direction, scale in zip("xy", self.scales[axes], strict=True):
                about: dict[str, Any] = {"name": scale.name}
                if not scale.read:
                    about["silent"] = True
                if scale.words:
                    about["words"] = scale.words
                if scale.how:
                    how = scale.how
                    about |= (
                        {"minutes": how.minutes} if how.minutes else {"ratio": True} if how.ratio else {}
                    )
                    about["near"] = 0.01
                found[f"{name}.{direction}"] = about
        return found

    def write(self, artists: Mapping[str, Any]) -> str:
        """Tables parted by an empty line, each of tab-separated lines: what it measures, the column
        headings, the rows."""
        for axes, names in self.rows.items():
            self.scales[axes][1].name_rows(names.beside(artists))
        tables: dict[tuple, list[list[str]]] = {}
        ends = {axes: ends_of(axes) for axes in self.scales}
        for name, value in artists.items():
            part = self.parts.get(name)
            found = None if value is None or part is None else spans(part.artist, value)
            if found is not None and found[0].size:
                column = self._kept(name, part, found, ends[part.artist.axes])
                if column is not None:
                    _put(tables, column)
        return "\n\n".join("\n".join("\t".join(row) for row in table) for table in tables.values())

    def _kept(self, name: str, part: Part, found: Spans, ends: Ends) -> Column | None:
        """An artist that lies where it lay reads as it read."""
        rows = self.scales[part.artist.axes][1].words
        asked = (ends, rows, *each(found, np.ndarray.tobytes))
        kept = self._last.get(name)
        if kept is None or kept[0] != asked:
            kept = self._last[name] = asked, self._column(part, name, found, ends)
        return kept[1]

    def _column(self, part: Part, name: str, found: Spans, ends: Ends) -> Column | None:
        found = within(part, found, ends)
        if not found[0].size or _only_shades(part.artist, found):
            return None
        artist, (x_read, y_read), title = part.artist, part.in_data, _title(part.artist, name)
        across, upwards = self.scales[artist.axes]
        x0, x1, y0, y1 = each(chosen(artist, found, part.line), np.ndarray.tolist)
        x = across.texts(x0, x1) if across.read and x_read else []
        y = upwards.texts(y0, y1) if upwards.read and y_read else []
        if across.rows and isinstance(artist, Rectangle):
            x = [across.text((x0[0] + x1[0]) / 2)]
        if across.rows and upwards.rows and x1 != x0:
            return None  # a stroke in a grid of words is a picture, not a number
        if upwards.rows and y:  # a picture of rows: each row is named first
            x, y, across, upwards = y, x, upwards, across
        if x and y and (upwards.beside or across.beside):  # what has no name lies outside the picture
            named = [i for i, row in enumerate(x) if row]
            x, y = [x[i] for i in named], [y[i] for i in named]
        if not x and not y:
            return None
        if artist.get_gid() == DIRECTION_ONLY:
            title, y = f"{title}, {DIRECTION_ONLY}", ["yes"] * len(y)
        if len(x0) < found[0].size and not (part.line and len(x0) == 1):
            title += (
                f" ({len(x0)} of {grouped(found[0].size)})"
                if len(x0) > 1
                else f" ({grouped(found[0].size)} marks)"
            )
        if x and y:
            return Column((artist.axes, *x), upwards.name, across.name, title, x, y)
        measures, values = (across.name, x) if x else (upwards.name, y)
        return Column((artist.axes, measures), measures, "", title, None, values)


def _put(tables: dict[tuple, list[list[str]]], column: Column) -> None:
    key, names = column.table, column.names
    if names is None:
        names = [""] * len(column.values)
        if key in tables and len(tables[key]) - 2 != len(names):
            key = (*key, column.title)
    table = tables.setdefault(key, [[column.measures], [column.head], *([name] for name in names)])
    table[1].append(column.title)
    for row, text in zip(table[2:], column.values, strict=True):
        row.append(text)


def _only_shades(artist: Artist, found: Spans) -> bool:
    """Whether an area only fills the ground under a line that has its own numbers."""
    filled = isinstance(artist, FillBetweenPolyCollection)
    return filled and str(artist.get_label()).startswith("_") and not found[2].any()


def _title(artist: Artist, name: str) -> str:
    """The name in the picture's key, or the artist's own."""
    label = str(artist.get_label())
    return " ".join(name.replace("_", " ").split()) if not label or label.startswith("_") else label
