"""Fast drawing: keep what stands still, redraw only what moves."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import (
    FillBetweenPolyCollection,
    LineCollection,
    PathCollection,
    PolyCollection,
)
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from numpy.typing import NDArray

from ketalab.plots.axes import plain_numbers
from ketalab.plots.png import STILL_DPI
from ketalab.plots.style import course_look

KEPT_GROUNDS = 12
Limits = Mapping[str, tuple[float, float] | str]


@dataclass(frozen=True)
class Mark:
    """What a hand on one mark of an artist is told beside its place; `link` is opened with Enter."""

    label: str = ""
    people: str = ""
    source: str = ""
    link: str = ""

    @property
    def spec(self) -> dict[str, str]:
        about = (self.label, self.people, self.source, self.link)
        return {
            name: text
            for name, text in zip(("label", "people", "source", "link"), about, strict=True)
            if text
        }


@dataclass
class Stage:
    """A figure, its axes by name, and by name the artists that move on it; of an artist whose marks are
    always the same ones, `marks` may say what each is, in their order."""

    figure: Figure
    axes: dict[str, Axes]
    artists: dict[str, Artist] = field(default_factory=dict)
    marks: dict[str, Sequence[Mark]] = field(default_factory=dict)
    limits: Limits | None = field(default=None, init=False)  # those it has now


@singledispatch
def place(artist: Artist, value: Any) -> None:
    """Give an artist its new data: the one obvious form for each kind of artist."""
    raise TypeError(f"an explorable cannot move a {type(artist).__name__}")


@place.register
def _(artist: Line2D, value: Any) -> None:
    artist.set_data(*value)


@place.register
def _(artist: FillBetweenPolyCollection, value: Any) -> None:
    artist.set_data(*value)


@place.register
def _(artist: PolyCollection, value: Any) -> None:
    artist.set_verts(value)


@place.register
def _(artist: LineCollection, value: Any) -> None:
    artist.set_segments(value)


@place.register
def _(artist: PathCollection, value: Any) -> None:
    artist.set_offsets(np.column_stack(value))


@place.register
def _(artist: Rectangle, value: Any) -> None:
    artist.set_bounds(*value)


@place.register
def _(artist: Text, value: Any) -> None:
    """Text alone, or (x, y, text)."""
    if isinstance(value, str):
        artist.set_text(value)
    else:
        artist.set_position(value[:2])
        artist.set_text(value[2])


def set_scale(axes: Axes, direction: str, scale: str) -> None:
    """Linear or logarithmic, labelled with plain numbers in either case."""
    getattr(axes, f"set_{direction}scale")(scale)
    plain_numbers(getattr(axes, f"{direction}axis"))


def set_limits(axes: Mapping[str, Axes], limits: Limits) -> None:
    """Give axes the scales and limits of a view, in the order they are named."""
    for name, value in limits.items():
        which, what = name.rsplit(".", 1)
        if isinstance(value, str):
            set_scale(axes[which], what[0], value)
        else:
            getattr(axes[which], f"set_{what}lim")(*value)


class Canvas:
    """Draws views of one stage; the background is drawn again only when an axis changes."""

    def __init__(self, stage: Stage, dpi: float) -> None:
        self.stage = stage
        for artist in stage.artists.values():
            artist.set_animated(True)
        stage.figure.set_dpi(STILL_DPI)  # words are a little wider or narrower at another resolution
        FigureCanvasAgg(stage.figure).draw()  # settles the layout; afterwards nothing shifts
        stage.figure.set_layout_engine("none")
        stage.figure.set_dpi(dpi)
        self.dpi = dpi
        self._agg = FigureCanvasAgg(stage.figure)
        self._grounds: OrderedDict[tuple, Any] = OrderedDict()
        self.grounds_drawn = 0

    def draw(self, artists: Mapping[str, Any], limits: Limits) -> NDArray[np.uint8]:
        """The picture as rows x columns x RGBA; an artist whose value is None is left out.

        `limits` are of the form {"main.yscale": "log", "main.y": (1, 10)}: axes name, dot, what to
        set. Scales come before limits.
        """
        self._agg.restore_region(self._ground(limits))
        for name, value in artists.items():
            if value is not None:
                artist = self.stage.artists[name]
                place(artist, value)
                (artist.axes or self.stage.figure).draw_artist(artist)
        return np.asarray(self._agg.buffer_rgba())

    def limit(self, limits: Limits) -> None:
        """Give the axes these limits and the figure this canvas's resolution, if they have others: a stage
        may be shown by several canvases."""
        if self.stage.figure.dpi != self.dpi:
            self.stage.figure.set_dpi(self.dpi)
        if limits != self.stage.limits:
            set_limits(self.stage.axes, limits)
            self.stage.limits = dict(limits)

    def _ground(self, limits: Limits) -> Any:
        """The background for these limits: drawn once, then kept while it is among the last few."""
        key = tuple(limits.items())
        self.limit(limits)
        if key not in self._grounds:
            with course_look():  # how many numbers an axis has room for depends on it
                self._agg.draw()
            self._grounds[key] = self._agg.copy_from_bbox(self.stage.figure.bbox)
            self.grounds_drawn += 1
            if len(self._grounds) > KEPT_GROUNDS:
                self._grounds.popitem(last=False)
        self._grounds.move_to_end(key)
        return self._grounds[key]
