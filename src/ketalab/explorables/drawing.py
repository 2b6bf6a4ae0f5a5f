"""A stage as a browser can draw it: how each moving artist looks, where it lies, what stands still.

matplotlib styles and Python describes, once per stage; after that only places travel. All lengths are
points of the figure (1/72 inch), counted from its upper left corner, as a browser counts.
"""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import (
    Collection,
    FillBetweenPolyCollection,
    LineCollection,
    PathCollection,
    PolyCollection,
)
from matplotlib.colors import to_hex
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.hatch import get_path as hatch_path
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.scale import SymmetricalLogTransform
from matplotlib.text import Text
from matplotlib.transforms import Transform
from numpy.typing import NDArray

from ketalab.explorables.canvas import Stage
from ketalab.explorables.ground import POINTS_PER_INCH, Pieces

PARTS_OF_A_POINT = 8  # places are whole numbers of these: an eighth of a point, a sixth of a screen pixel
FAR = 1 << 22  # as far outside the picture as a place may lie
BREAK = 1 << 23  # a place that is none: the line is broken here

Look = dict[str, Any]


class Trace(NamedTuple):
    """Where one artist lies: the lengths of its parts, places (channels x points), and its words."""

    parts: tuple[int, ...]
    places: NDArray[np.int32]
    text: str | None = None


# How it looks ----------------------------------------------------------------------------------------


@singledispatch
def look(artist: Artist) -> Look:
    """How an artist is drawn. TypeError for one that the browser cannot draw."""
    raise TypeError(f"an explorable cannot move a {type(artist).__name__}")


@look.register
def _(artist: Line2D) -> Look:
    if artist.get_drawstyle() != "default" or artist.get_markevery() is not None:
        raise TypeError("a moving line is drawn from point to point and marked at every point")
    found: Look = {"kind": "line"}
    if artist.get_linestyle() != "None":
        dashed = artist.is_dashed()
        found["stroke"] = {
            "colour": colour(artist.get_color(), artist.get_alpha()),
            "width": artist.get_linewidth(),
            "dash": list(artist._dash_pattern[1] or ()),
            "cap": artist.get_dash_capstyle() if dashed else artist.get_solid_capstyle(),
            "join": artist.get_dash_joinstyle() if dashed else artist.get_solid_joinstyle(),
        }
    marker = artist._marker
    if marker.get_marker() not in ("None", None, "", " "):
        size, filled = artist.get_markersize(), marker.is_filled()
        scale = marker.get_transform().scale(size)
        found["marker"] = {
            "path": commands(marker.get_path().transformed(scale)),
            "face": colour(artist.get_markerfacecolor(), artist.get_alpha()) if filled else None,
            "edge": colour(artist.get_markeredgecolor(), artist.get_alpha()),
            "width": artist.get_markeredgewidth(),
            "cap": str(marker.get_capstyle()),
            "join": str(marker.get_joinstyle()),
            "reach": size / 2,
        }
    return found


@look.register
def _(artist: FillBetweenPolyCollection) -> Look:
    if artist.t_direction != "x" or artist._step is not None:
        raise TypeError("a moving band is filled between two lines over the same places")
    return {"kind": "band"} | _painted(artist)


@look.register
def _(artist: PolyCollection) -> Look:
    return {"kind": "shapes"} | _painted(artist)


@look.register
def _(artist: LineCollection) -> Look:
    return {"kind": "strokes"} | _painted(artist)


@look.register
def _(artist: PathCollection) -> Look:
    sizes, paths = artist.get_sizes(), artist.get_paths()
    if len(set(sizes)) != 1 or len(paths) != 1:
        raise TypeError("moving dots have one shape and one size")
    side = float(np.sqrt(sizes[0]))
    path = commands(paths[0].transformed(mpl.transforms.Affine2D().scale(side)))
    return {"kind": "dots", "path": path, "reach": side / 2} | _painted(artist)


@look.register
def _(artist: Rectangle) -> Look:
    return {
        "kind": "box",
        "faces": [colour(artist.get_facecolor())] if artist.get_fill() else [],
        "edges": [colour(artist.get_edgecolor())],
        "widths": [artist.get_linewidth()],
    }


@look.register
def _(artist: Text) -> Look:
    font = artist.get_fontproperties()
    if (
        font.get_style() != "normal"
        or artist.get_rotation()
        or artist.get_va() not in ("top", "center", "bottom", "baseline")
    ):
        raise TypeError("moving words are upright and stand at their top, centre, bottom or baseline")
    found: Look = {
        "kind": "text",
        "colour": colour(artist.get_color(), artist.get_alpha()),
        "size": artist.get_fontsize(),
        "bold": font.get_weight() in ("bold", 700),
        "across": artist.get_ha(),
        "upwards": artist.get_va(),
        "line": line_height(font),
        "spacing": artist._linespacing,
    }
    box = artist.get_bbox_patch()
    if box is not None:
        pad = box.get_boxstyle().pad * box.get_mutation_scale()
        edge = colour(box.get_edgecolor()) if box.get_linewidth() else None
        found["box"] = {"face": colour(box.get_facecolor()), "edge": edge, "width": box.get_linewidth()}
        found["box"]["pad"] = pad
    return found


def line_height(font: FontProperties) -> list[float]:
    """Height above and depth below the baseline of a line of words and the gap between two, in points:
    what matplotlib reads in the font."""
    face = get_font(findfont(font))
    table = face.get_sfnt_table("OS/2")
    scale = font.get_size_in_points() / face.get_sfnt_table("head")["unitsPerEm"]
    above, below, gap = (table[key] for key in ("sTypoAscender", "sTypoDescender", "sTypoLineGap"))
    return [above * scale, -below * scale, gap * scale]


def _painted(artist: Collection) -> Look:
    found: Look = {
        "faces": [colour(face) for face in artist.get_facecolor()],
        "edges": [colour(edge) for edge in artist.get_edgecolor()],
        "widths": [float(width) for width in artist.get_linewidth()],
    }
    _, dash = artist.get_linestyle()[0]
    if dash is not None:
        found["dash"] = [float(part) for part in dash]
    if artist.get_hatch():
        path = hatch_path(artist.get_hatch(), 6)
        scale = mpl.transforms.Affine2D().scale(POINTS_PER_INCH)
        found["hatch"] = {
            "path": commands(path.transformed(scale)),
            "colour": colour(artist.get_hatchcolor()[0]),
            "width": mpl.rcParams["hatch.linewidth"],
            "side": POINTS_PER_INCH,
        }
    return found


def colour(value: Any, alpha: float | None = None) -> str:
    """#rrggbbaa"""
    return to_hex(mpl.colors.to_rgba(value, alpha), keep_alpha=True)


def commands(path: Path) -> list[list[float]]:
    """A path as a browser draws it: each step its kind (0 move, 1 line, 2 and 3 curves, 4 close) and
    its places; up is up, as in matplotlib."""
    kinds = {Path.MOVETO: 0, Path.LINETO: 1, Path.CURVE3: 2, Path.CURVE4: 3, Path.CLOSEPOLY: 4}
    steps = path.iter_segments(simplify=False, curves=True)
    return [
        [kinds[code], *np.round(places if code != Path.CLOSEPOLY else [], 3).tolist()]
        for places, code in steps
    ]


def clip_of(stage: Stage, artist: Artist) -> bool:
    """Whether the artist ends at the edge of its axes."""
    if artist.get_clip_path() is not None:
        raise TypeError("a moving artist is cut off at the edge of its axes or not at all")
    return bool(artist.get_clip_on() and artist.get_clip_box() is not None and artist.axes is not None)


def in_data(artist: Artist) -> tuple[bool, bool]:
    """Whether its places across and upwards are read on the axes, or are shares of them."""
    if artist.axes is None:
        return False, False
    if isinstance(artist, Collection):
        return True, True
    transform = artist.get_data_transform() if isinstance(artist, Rectangle) else artist.get_transform()
    across, upwards = transform.contains_branch_seperately(artist.axes.transData)
    return bool(across), bool(upwards)


def looks(stage: Stage) -> dict[str, Look]:
    """By name, how each moving artist looks, what it is called in the key, and its axes."""
    names = {axes: name for name, axes in stage.axes.items()}
    found = {}
    for name, artist in stage.artists.items():
        label = str(artist.get_label())
        about = look(artist)
        about["axes"] = names.get(artist.axes, "")
        about["clip"] = clip_of(stage, artist)
        about["data"] = in_data(artist)
        about["label"] = label if label and not label.startswith("_") else ""
        found[name] = about
    return found


# Where it is -----------------------------------------------------------------------------------------


@singledispatch
def points(artist: Artist, value: Any) -> tuple[Transform, tuple[int, ...], NDArray, str | None]:
    """Transform, lengths of the parts, places (n x 2) and words of an artist with this value."""
    raise TypeError(f"an explorable cannot move a {type(artist).__name__}")


@points.register
def _(artist: Line2D, value: Any):
    x, y = (np.asarray(part, dtype=float).reshape(-1) for part in value)
    places = np.empty((max(x.size, y.size), 2))
    places[:, 0], places[:, 1] = x, y
    return artist.get_transform(), (len(places),), places, None


@points.register
def _(artist: FillBetweenPolyCollection, value: Any):
    if len(value) != 3:
        raise ValueError("a moving band is given as places, lower line, upper line")
    x, low, high = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, dtype=float)) for part in value))
    both = np.concatenate((np.column_stack((x, low)), np.column_stack((x[::-1], high[::-1]))))
    return artist.get_transform(), (len(both),), both, None


@points.register(PolyCollection)
@points.register(LineCollection)
def _(artist: Artist, value: Any):
    parts = [np.asarray(part, dtype=float).reshape(-1, 2) for part in value]
    together = np.concatenate(parts) if parts else np.empty((0, 2))
    return artist.get_transform(), tuple(map(len, parts)), together, None


@points.register
def _(artist: PathCollection, value: Any):
    places = np.column_stack([np.asarray(part, dtype=float) for part in value])
    return artist.get_offset_transform(), (len(places),), places, None


@points.register
def _(artist: Rectangle, value: Any):
    x, y, width, height = value
    corners = np.array([[x, y], [x + width, y + height]], dtype=float)
    return artist.get_data_transform(), (2,), corners, None  # its own transform begins with its bounds


@points.register
def _(artist: Text, value: Any):
    x, y, text = (*artist.get_position(), value) if isinstance(value, str) else value
    return artist.get_transform(), (1,), np.array([[x, y]], dtype=float), text


class Drawing:
    """Traces the views of one stage and keeps its grounds."""

    def __init__(self, stage: Stage, name: str) -> None:
        from ketalab.explorables.canvas import Canvas

        self.name, self.stage = name, stage
        self.canvas = Canvas(stage, POINTS_PER_INCH)
        self.looks = looks(stage)
        width, height = stage.figure.get_size_inches() * POINTS_PER_INCH
        self.size = float(width), float(height)
        self._ground = Pieces(stage.figure, self.size, name)

    def trace(self, artists: Mapping[str, Any]) -> dict[str, Trace]:
        """Places of the artists that are shown, in the order they are drawn; limits as they are set."""
        shown = [
            (name, *points(self.stage.artists[name], value))
            for name, value in artists.items()
            if value is not None
        ]
        together: dict[int, list[int]] = {}
        for i, (_name, transform, *_rest) in enumerate(shown):
            together.setdefault(id(transform), []).append(i)
        places: list[NDArray] = [np.empty((2, 0), np.int32)] * len(shown)
        for members in together.values():  # one transform for all that share it
            all_points = np.concatenate([shown[i][3] for i in members])
            whole = self._whole(shown[members[0]][1], all_points)
            end = 0
            for i in members:
                begin, end = end, end + len(shown[i][3])
                places[i] = whole[:, begin:end]
        return {name: Trace(parts, places[i], text) for i, (name, _t, parts, _p, text) in enumerate(shown)}

    def _whole(self, transform: Transform, places: NDArray) -> NDArray[np.int32]:
        with np.errstate(all="ignore"):
            whole = transform.transform(places).reshape(-1, 2).T * PARTS_OF_A_POINT
        whole[1] = self.size[1] * PARTS_OF_A_POINT - whole[1]
        if not (abs(whole) <= FAR).all():
            whole = np.clip(np.nan_to_num(whole, nan=BREAK, posinf=FAR, neginf=-FAR), -FAR, BREAK)
            whole[(whole > FAR) & (whole < BREAK)] = FAR
        return np.rint(whole).astype(np.int32)

    def axes(self) -> dict[str, Look]:
        """Box, scales and limits of each axes as they are now."""
        return {name: self._frame(axes) for name, axes in self.stage.axes.items()}

    def _frame(self, axes: Axes) -> Look:
        box = axes.get_window_extent()  # the figure has 72 points to the inch
        height = self.size[1]
        return {
            "box": [round(float(at), 3) for at in (box.x0, height - box.y1, box.x1, height - box.y0)],
            "x": [axes.get_xscale(), *map(float, axes.get_xlim()), *_bend(axes.xaxis)],
            "y": [axes.get_yscale(), *map(float, axes.get_ylim()), *_bend(axes.yaxis)],
        }

    def ground(self, limits: Mapping[str, Any]) -> str:
        """What stands still with these limits, as SVG with words that the page's own font writes."""
        self.canvas.limit(limits)
        return self._ground.together()


def _bend(axis: Axis) -> list[float]:
    """Where and how an axis turns from straight to logarithmic, of one that does both."""
    how = axis.get_transform()
    if not isinstance(how, SymmetricalLogTransform):
        return []
    return [float(how.linthresh), float(how.linscale), float(how.base)]
