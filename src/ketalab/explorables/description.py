"""A picture with controls: predict, move, see, and read the numbers it shows.

An `Explorable` is described once, by its controls, its stage (what is drawn once) and its view (a
pure function from control values to what moves and the numbers that go with it). From that one
description it can be shown live in JupyterLab, without a kernel in slides and HTML, and as a plain
picture with alt text anywhere else.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image

from ketalab.explorables.canvas import Canvas, Limits, Stage
from ketalab.explorables.controls import Choice, Control, Slider
from ketalab.explorables.datatable import Numbers
from ketalab.explorables.drawing import Drawing
from ketalab.explorables.packed import Frame
from ketalab.plots.png import STILL_DPI, small_png
from ketalab.plots.style import PIXELS_PER_INCH, course_look
from ketalab.text import significant, unbroken, with_real_minus, with_unit

if TYPE_CHECKING:
    from ketalab.explorables.widget import Live

EXPLORABLE_MIME = "application/vnd.ketalab.explorable+json"
VIEW_MIME = "application/vnd.jupyter.widget-view+json"

AT_START = "As it starts"

Values = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One number of the read-out: what it is, its value, its unit, its meaningful digits.

    A value smaller than `least` is shown as below it.
    """

    label: str
    value: float | str
    unit: str = ""
    digits: int = 3
    least: float = 0.0

    @property
    def text(self) -> str:
        if isinstance(self.value, str):
            return with_real_minus(self.value)
        if self.value < self.least:
            return f"below {with_unit(f'{self.least:g}', self.unit)}"
        return with_unit(significant(self.value, self.digits), self.unit)


@dataclass(frozen=True)
class View:
    """What one setting of the controls shows: artists' data, readings, a sentence."""

    artists: Mapping[str, Any]
    readings: Sequence[Reading]
    sentence: str
    limits: Limits = field(default_factory=dict)
    numbers: str = ""  # tables as `Numbers.write` makes them, for a picture it cannot read
    beside: str = ""  # and for the part of a picture that it cannot read


class Ground(NamedTuple):
    """What stands still: the picture as SVG, and box, scale and limits of each axes."""

    svg: str
    axes: dict[str, dict[str, Any]]


@dataclass
class Explorable:
    """See the module. `name` is its key in the catalogue and in file names."""

    name: str
    title: str
    controls: Sequence[Control]
    stage: Callable[[], Stage]
    view: Callable[..., View]
    presets: Mapping[str, Values] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for preset in self.presets.values():
            self.check(preset)

    @cached_property
    def start(self) -> Values:
        """The values the controls have when the explorable appears."""
        return {control.name: control.start for control in self.controls}

    @property
    def scenarios(self) -> Mapping[str, Values]:
        """The presets, and one that is called as it starts where none of them is the start."""
        begins = any(self.start | preset == self.start for preset in self.presets.values())
        return self.presets if begins or not self.presets else {AT_START: {}} | self.presets

    def check(self, values: Values) -> None:
        """ValueError in one sentence when a control is unknown or a value is outside its range."""
        known = {control.name: control for control in self.controls}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"control: {name!r} is not one of {', '.join(known)}")
            known[name].check(value)

    def at(self, **values: Any) -> View:
        """The view with these values, the other controls as they start."""
        self.check(values)
        view = self.view(**(self.start | values))
        return replace(view, sentence=with_real_minus(view.sentence))

    def extremes(self) -> Iterator[Values]:
        """Every combination of the controls' ends, then the presets."""
        names = [control.name for control in self.controls]
        for ends in itertools.product(*(control.extremes for control in self.controls)):
            yield dict(zip(names, ends, strict=True))
        for preset in self.presets.values():
            yield self.start | preset

    def canvas(self, dpi: float) -> Canvas:
        with course_look():
            return Canvas(self.stage(), dpi)

    # For the browser --------------------------------------------------------------------------------

    @cached_property
    def drawing(self) -> Drawing:
        """The stage as a browser draws it."""
        with course_look():
            return Drawing(self.stage(), self.name)

    @cached_property
    def grounds(self) -> list["Ground"]:
        """What stands still under the frames so far, for each set of limits once."""
        return []

    @cached_property
    def _ground_of(self) -> dict[tuple, int]:
        return {}

    def _ground(self, limits: Limits) -> int:
        key = tuple(limits.items())
        if key not in self._ground_of:
            svg = self.drawing.ground(limits)
            self._ground_of[key] = len(self.grounds)
            self.grounds.append(Ground(svg, self.drawing.axes()))
        return self._ground_of[key]

    def frame(self, values: Values) -> Frame:
        """One setting as numbers and words."""
        drawing, setting = self.drawing, self.start | values
        view = self.at(**setting)
        ground = self._ground(view.limits)
        drawing.canvas.limit(view.limits)
        return Frame(ground, drawing.trace(view.artists), self.words(view, setting))

    def words(self, view: View, values: Values) -> str:
        """All that is said about a view: the sentence, the readings, the tables, and for each control why
        it changes nothing here."""
        readings = "\x1f".join(f"{reading.label}\x1d{reading.text}" for reading in view.readings)
        said = unbroken(f"{view.sentence}\x1e{readings}")
        return "\x1e".join((said, self.numbers(view), self.greyed(values)))

    def greyed(self, values: Values) -> str:
        """For each control why it changes nothing at this setting: the end of `words`."""
        return "\x1f".join(control.greyed_by(values) for control in self.controls)

    @cached_property
    def spec(self) -> dict[str, Any]:
        """What the browser is told once."""
        return {
            "name": self.name,
            "title": self.title,
            "size": self.drawing.size,
            "looks": self.drawing.looks,
            "controls": [control.spec for control in self.controls],
            "presets": self.scenarios,
            "start": self.start,
            "reads": self._numbers[1].reads,
            "marks": {
                name: [mark.spec for mark in marks] for name, marks in self.drawing.stage.marks.items()
            },
        }

    @cached_property
    def _still_canvas(self) -> Canvas:
        return self.canvas(STILL_DPI)

    @cached_property
    def _numbers(self) -> tuple[Canvas, Numbers]:
        canvas = self.drawing.canvas if "drawing" in self.__dict__ else self._still_canvas
        return canvas, Numbers(canvas.stage)

    def numbers(self, view: View) -> str:
        """The numbers behind the picture as tables of tab-separated lines."""
        if view.numbers:
            return view.numbers
        canvas, numbers = self._numbers
        canvas.limit(view.limits)
        return "\n\n".join(filter(None, (numbers.write(view.artists), view.beside)))

    def still(self, **values: Any) -> Image.Image:
        """The view as an image, for paper, GitHub and the kernel-free decks."""
        view = self.at(**values)
        return Image.fromarray(self._still_canvas.draw(view.artists, view.limits)).convert("RGB")

    @property
    def width(self) -> int:
        """Width on the page, in pixels."""
        return round(self._still_canvas.stage.figure.get_figwidth() * PIXELS_PER_INCH)

    def alt(self, view: View) -> str:
        """What the picture shows, in words."""
        numbers = "; ".join(f"{r.label}: {r.text}" for r in view.readings)
        end = "" if self.title.endswith("?") else "."
        return f"{self.title}{end} {view.sentence} {numbers}."

    def setting(self, **values: Any) -> str:
        """The controls' values in words."""
        values = self.start | values
        return "; ".join(f"{c.label}: {c.text(values[c.name])}" for c in self.controls)

    def describe(self, **values: Any) -> str:
        """Plain-text equivalent: the setting, the sentence and the table of numbers."""
        view = self.at(**values)
        width = max(len(reading.label) for reading in view.readings)
        lines = [f"  {reading.label:<{width}}  {reading.text}" for reading in view.readings]
        return "\n".join([self.title, f"  [{self.setting(**values)}]", f"  {view.sentence}", *lines])

    def legend(self) -> str:
        """What each control means, as HTML."""
        rows = "".join(f"<dt>{escape(c.title)}</dt><dd>{escape(c.help)}</dd>" for c in self.controls)
        title = "<summary>What the controls mean</summary>"
        return f"<details class='ketalab-legend'>{title}<dl>{rows}</dl></details>"

    @cached_property
    def live(self) -> "Live":
        """The live widget, made once."""
        from ketalab.explorables.widget import Live

        return Live(self)

    def __repr__(self) -> str:
        return self.describe()

    def _repr_mimebundle_(self, include=None, exclude=None):
        """The live widget for JupyterLab, and beside it a picture with alt text for everyone else."""
        view = self.at()
        data = self.live.box._repr_mimebundle_(include={VIEW_MIME}) | {
            "text/plain": self.describe(),
            "image/png": small_png(self.still()),
            EXPLORABLE_MIME: {"name": self.name},
        }
        return data, {"image/png": {"alt": self.alt(view), "width": self.width}}


__all__ = ["Choice", "Explorable", "Reading", "Slider", "Stage", "View", "significant"]
