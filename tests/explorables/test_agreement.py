"""The browser's module puts every artist where matplotlib draws it, and draws what matplotlib draws."""

import base64
import random
import re
from collections.abc import Iterable
from functools import singledispatch

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ketalab.explorables.canvas import Stage, place
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Values
from ketalab.explorables.packed import Words, parcel, row
from ketalab.lessons import CATALOGUE, explorable
from ketalab.text import breakable

RANDOM = 50
DPI = 100  # a picture 7.6 inches wide stands 760 pixels wide on a slide
NEAR = 0.75  # pixels
ROUNDING = re.compile(r"0\.000000|\de[-+−]\d|\bnan\b|\binf\b")  # what a computer has to do with it
COUNTED = "people|points|trials|weeks|days|minutes|hours|sessions|studies|doses|events|years|months"
STUMBLES = re.compile(rf"(?<![\d.,])1 (?:{COUNTED})\b|  |\b([a-z]+) \1\b|−0(?:\.0+)?(?![\d.])")
OUTSIDE = 5000.0  # pixels from the picture: what lies farther out is not drawn


def settings(shown: Explorable) -> list[Values]:
    """Every preset and 50 random settings."""
    chance = random.Random(shown.name)
    found = [shown.start | preset for preset in shown.presets.values()]
    for _ in range(RANDOM):
        found.append(
            {
                c.name: c.snap(chance.uniform(c.low, c.high))
                if isinstance(c, Slider)
                else chance.choice(c.options)
                for c in shown.controls
            }
        )
    return found


def sent(shown: Explorable, rows: list[list[Values]], on: int | None = None) -> dict:
    """A parcel of these settings, as a page holds it."""
    words = Words()
    packed = [row((shown.frame(values) for values in one), words) for one in rows]
    grounds = [{"axes": ground.axes} for ground in shown.grounds]
    header = shown.spec | words.header | {"grounds": grounds}
    data = base64.b64encode(parcel(header, packed)).decode()
    return {"data": data, "counts": [len(one) for one in rows], "on": on}


@singledispatch
def drawn(artist: Artist) -> NDArray:
    """Where matplotlib draws an artist, in pixels from the lower left corner."""
    raise TypeError(type(artist).__name__)


@drawn.register
def _(artist: Line2D) -> NDArray:
    artist.recache(always=True)
    return artist.get_transform().transform(artist.get_xydata())


@drawn.register
def _(artist: Collection) -> NDArray:
    paths = [artist.get_transform().transform_path(path) for path in artist.get_paths()]
    return np.concatenate([path.vertices for path in paths]) if paths else np.empty((0, 2))


@drawn.register
def _(artist: PathCollection) -> NDArray:
    return artist.get_offset_transform().transform(artist.get_offsets())


@drawn.register
def _(artist: Rectangle) -> NDArray:
    return artist.get_transform().transform(artist.get_path().vertices[[0, 2]])


@drawn.register
def _(artist: Text) -> NDArray:
    return artist.get_transform().transform([artist.get_position()])


def apart(page: dict, artist: Artist, height: float, kind: str) -> float:
    """The largest distance in pixels between the page's places and matplotlib's that could be seen."""
    own = drawn(artist)
    found = np.column_stack((page["x"], page["y"])).astype(float) * DPI / 72
    found[:, 1] = height - found[:, 1]
    if kind in ("band", "shapes"):  # matplotlib repeats corners to close a polygon
        return farthest(found, own)
    assert found.shape == own.shape
    seen = np.isfinite(own).all(axis=1) & (np.abs(own) < OUTSIDE).all(axis=1)
    return float(np.abs(found - own)[seen].max(initial=0.0))


def farthest(some: NDArray, others: NDArray) -> float:
    """The largest distance from a corner of either to the nearest corner of the other."""
    some, others = (each[(np.abs(each) < OUTSIDE).all(axis=1)] for each in (some, others))
    if not len(some) or not len(others):
        assert len(some) == len(others)
        return 0.0
    ways = ((some, others), (others, some))
    return float(max(cKDTree(these).query(those, p=np.inf)[0].max() for these, those in ways))


def struck_through(stage: Stage, present: Iterable[str]) -> list[str]:
    """Words inside axes that a line of the picture runs through, which nobody reads then."""
    unseen = {id(artist) for name, artist in stage.artists.items() if name not in present}
    found = []
    for axes in stage.figure.axes:
        lines = [line for line in axes.lines if line.get_linestyle() != "None"]
        shown = [
            artist
            for artist in [*lines, *(some for some in axes.collections if isinstance(some, LineCollection))]
            if id(artist) not in unseen
        ]
        for text in axes.texts:
            inside = Bbox.intersection(text.get_window_extent().padded(-3), axes.bbox)
            if id(text) in unseen or not text.get_text() or text.get_bbox_patch() or inside is None:
                continue
            for artist in shown:
                paths = [artist.get_path()] if isinstance(artist, Line2D) else artist.get_paths()
                seen = (
                    artist.get_transform().transform_path(path).cleaned(remove_nans=True) for path in paths
                )
                if any(path.intersects_bbox(inside, filled=False) for path in seen):
                    found.append(f"{text.get_text()!r} by {artist.get_label() or type(artist).__name__}")
    return found


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_artist_lies_where_matplotlib_draws_it_and_no_line_runs_through_words(name: str, node):
    shown = explorable(name)
    rows = [settings(shown)]
    (pages,) = node([sent(shown, rows)])
    canvas = shown.canvas(DPI)
    height = canvas.stage.figure.bbox.height
    for values, page in zip(rows[0], pages, strict=True):
        view = shown.at(**values)
        canvas.limit(view.limits)
        present = {artist: value for artist, value in view.artists.items() if value is not None}
        assert list(page["artists"]) == list(present), "the order of drawing"
        for artist, value in present.items():
            place(canvas.stage.artists[artist], value)
            kind = shown.drawing.looks[artist]["kind"]
            off = apart(page["artists"][artist], canvas.stage.artists[artist], height, kind)
            assert off <= NEAR, f"{artist} at {values}: {off:.2f} pixels"
            if kind == "text":
                assert page["artists"][artist]["text"] == canvas.stage.artists[artist].get_text()
                assert not ROUNDING.search(page["artists"][artist]["text"]), values
        assert page["words"] == shown.words(view, values)
        assert not ROUNDING.search(page["words"]), values
        for said in (view.sentence, *(f"{reading.label}: {reading.text}" for reading in view.readings)):
            assert not STUMBLES.search(breakable(said)), (said, values)
        assert struck_through(canvas.stage, present) == [], values


HELD = ("route_to_plasma", "dose_to_synapse", "repeated_sessions", "balance_of_1000")


@pytest.mark.parametrize("name", HELD)
def test_while_axes_are_held_an_artist_lies_where_it_would_on_them(name: str, node):
    """The page moves artists from the axes they were computed for to the axes that stay under the hand."""
    shown = explorable(name)
    some = settings(shown)[:12]
    frames = [shown.frame(values).ground for values in some]
    held = max(set(frames), key=frames.count)
    (pages,) = node([sent(shown, [some], held)])
    limits = next(shown.at(**v).limits for v, ground in zip(some, frames, strict=True) if ground == held)
    canvas = shown.canvas(DPI)
    canvas.limit(limits)
    frame = {axes: (a.get_xscale(), a.get_yscale()) for axes, a in canvas.stage.axes.items()}
    height, compared = canvas.stage.figure.bbox.height, 0
    for values, page in zip(some, pages, strict=True):
        view = shown.at(**values)
        canvas.limit(view.limits)
        if {axes: (a.get_xscale(), a.get_yscale()) for axes, a in canvas.stage.axes.items()} != frame:
            continue
        canvas.limit(limits)
        for artist, value in view.artists.items():
            if value is not None:
                place(canvas.stage.artists[artist], value)
                kind = shown.drawing.looks[artist]["kind"]
                grown = _growth(canvas, view.limits, limits)
                off = apart(page["artists"][artist], canvas.stage.artists[artist], height, kind)
                assert off <= NEAR * max(1.0, grown), (artist, values, off)
                compared += 1
    assert compared > 10


def _growth(canvas, own, held) -> float:
    """How many times larger a length is on the held axes."""
    sizes = []
    for limits in (own, held):
        canvas.limit(limits)
        sizes.append(
            np.array(
                [
                    np.ptp(np.log10(ends) if s == "log" else ends)
                    for a in canvas.stage.axes.values()
                    for ends, s in ((a.get_xlim(), a.get_xscale()), (a.get_ylim(), a.get_yscale()))
                ]
            )
        )
    return float((sizes[0] / sizes[1]).max())
