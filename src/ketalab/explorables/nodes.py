"""An explorable where no kernel runs: every setting that can stand still, computed by its model.

The settings are a grid over all controls, none frozen. Where few settings exist, all of them are in it;
else each slider keeps the places that its start, its ends and its presets name, its `stops` where they fit,
and others between them until the grid is full. A slider that notes and tasks move keeps all its stops and
has at least `LED` places. What a hand passes on the way may be blended; where it rests
is one of these.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import prod
from typing import Any

from ketalab.explorables.controls import Choice, Control, Slider
from ketalab.explorables.description import Explorable
from ketalab.explorables.packed import Frame, Words, parcel, row

MOST_BYTES = 3_000_000  # of one explorable, as it stands in a page
MOST_SETTINGS = 800  # of one explorable: all decks are cut in less than a minute
LED = 7  # places of a slider that notes and tasks move
WHOLE = 2_500  # an explorable with no more settings than these is computed whole

Positions = Mapping[str, Sequence[Any]]


def places(control: Control) -> list[Any]:
    """Every value a control can have."""
    if isinstance(control, Choice):
        return list(control.options)
    steps = round((control.high - control.low) / control.step)
    return [control.snap(control.low + i * control.step) for i in range(steps + 1)]


def named(explorable: Explorable, control: Control, stops: bool = False) -> list[Any]:
    """The values of a control that its start, its ends, its presets and perhaps its `stops` name."""
    if isinstance(control, Choice):
        return list(control.options)
    presets = (preset[control.name] for preset in explorable.presets.values() if control.name in preset)
    values = (control.start, control.low, control.high, *presets, *(control.stops if stops else ()))
    return sorted({control.snap(value) for value in values})


def positions(explorable: Explorable, most: int = MOST_SETTINGS) -> dict[str, list[Any]]:
    """For each control the values that are computed: all of them where they make at most `WHOLE` settings,
    else at most `most` settings in all, where that holds everything that is named."""
    every = {control.name: places(control) for control in explorable.controls}
    if prod(map(len, every.values())) <= max(most, WHOLE):
        return every
    chosen = {c.name: named(explorable, c, stops=getattr(c, "led", False)) for c in explorable.controls}
    for control in explorable.controls:
        if getattr(control, "led", False):
            _fill(chosen, control.name, every[control.name], LED)
    for control in explorable.controls:
        more = chosen | {control.name: _both(chosen[control.name], named(explorable, control, stops=True))}
        if prod(map(len, more.values())) <= most:
            chosen = more
    sliders = [control.name for control in explorable.controls if isinstance(control, Slider)]
    full: set[str] = set()
    while rest := [name for name in sliders if name not in full]:
        name = min(rest, key=lambda one: len(chosen[one]))
        size = prod(map(len, chosen.values()))
        more = _between(chosen[name], every[name])
        if more is None or size // len(chosen[name]) * (len(chosen[name]) + 1) > most:
            full.add(name)
        else:
            chosen[name] = sorted([*chosen[name], more])
    return chosen


def _both(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    return (
        [*one, *(value for value in other if value not in one)]
        if isinstance(one[0], str)
        else sorted({*one, *other})
    )


def _fill(chosen: dict[str, list[Any]], name: str, every: Sequence[float], least: int) -> None:
    """Give a slider places until it has so many."""
    while len(chosen[name]) < least and (more := _between(chosen[name], every)) is not None:
        chosen[name] = sorted([*chosen[name], more])


def _between(chosen: Sequence[float], every: Sequence[float]) -> float | None:
    """The value in the middle of the widest gap; None where no value is left."""
    index = {value: i for i, value in enumerate(every)}
    at = [index[value] for value in chosen if value in index]
    gaps = [(b - a, -a) for a, b in pairwise(at) if b - a > 1]
    if not gaps:
        return None
    gap, start = max(gaps)
    return every[-start + gap // 2]


class Nodes:
    """All frames of one explorable as one parcel."""

    def __init__(self, explorable: Explorable, most: int = MOST_SETTINGS) -> None:
        self.explorable = explorable
        self.positions = positions(explorable, most)
        self.axes = sorted(
            self.positions, key=lambda name: len(self.positions[name])
        )  # the longest is last
        self.words = Words()
        self._frames: dict[tuple, Frame] = {}
        rows = [row(frames, self.words) for frames in self._rows()]
        self.parcel = parcel(self._header(), rows)
        self._frames.clear()

    @property
    def settings(self) -> int:
        return prod(map(len, self.positions.values()))

    def _rows(self) -> Iterator[Iterator[Frame]]:
        """Frames row by row; along a row only the last axis moves."""
        *others, along = self.axes
        for values in product(*(self.positions[name] for name in others)):
            setting = dict(zip(others, values, strict=True))
            yield (self._frame(setting | {along: value}) for value in self.positions[along])

    def _frame(self, setting: Mapping[str, Any]) -> Frame:
        """What differs in greyed controls only is one picture, computed once."""
        alike = dict(setting)
        for control in self.explorable.controls:
            if control.greyed_by(alike):
                alike[control.name] = control.start
        key = tuple(alike[name] for name in self.axes)
        if key not in self._frames:
            self._frames[key] = self.explorable.frame(alike)
        seen = self._frames[key]
        said = seen.words.rpartition("\x1e")[0]
        return seen._replace(words=f"{said}\x1e{self.explorable.greyed(setting)}")

    def _header(self) -> dict[str, Any]:
        lines = Words()
        grounds = [
            {"lines": [lines.index(line) for line in ground.svg.split("\n")], "axes": ground.axes}
            for ground in self.explorable.grounds
        ]
        return (
            self.explorable.spec
            | {
                "controls": [
                    about | {"positions": self.positions[control.name], "texts": self._texts(control)}
                    for about, control in zip(
                        self.explorable.spec["controls"], self.explorable.controls, strict=True
                    )
                ],
                "axes": self.axes,
                "lines": list(lines.places),
                "grounds": grounds,
            }
            | self.words.header
        )

    def _texts(self, control: Control) -> list[str]:
        return [control.text(value) for value in self.positions[control.name]]
