"""An explorable where no kernel runs: frames drawn in advance, chosen by the browser.

Each control becomes a slider or menu over its few `stops`, linked in the browser (`jslink`) to the
selected child of nested `Stack`s whose leaves are frames. Equal frames are stored once. A scenario
menu stands above: its first entry is the sliders, the others show the preset itself, exactly.
"""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets
from PIL import Image

from ketalab.explorables.controls import Control, Slider, Steps
from ketalab.explorables.description import Explorable, Values, slider_stops
from ketalab.explorables.widget import OWN_SETTINGS
from ketalab.plots.png import small_webp

MAX_BYTES = 3_000_000


class KernelFree:
    """The widgets of one explorable with all its frames."""

    def __init__(self, explorable: Explorable) -> None:
        self.explorable = explorable
        self._frames: dict[bytes, widgets.Image] = {}
        moving = [c for c in explorable.controls if len(slider_stops(c)) > 1]
        self.pickers = {control.name: _picker(control) for control in moving}
        free = self._stack(moving, {})
        fixed = [c for c in explorable.controls if c not in moving]
        note = "; ".join(f"{c.label}: {c.text(c.start)}" for c in fixed)
        panel = [*self.pickers.values()]
        if note:
            panel.append(widgets.HTML(f"<p class='ketalab-fixed'>Held fixed: {note}</p>"))
        self.box = self._with_presets(free, panel)
        self.bytes = sum(len(image.value) for image in self._frames.values())

    def _with_presets(self, free: widgets.Widget, panel: Sequence[widgets.Widget]) -> widgets.Box:
        controls = widgets.VBox(panel).add_class("ketalab-pickers")
        if not self.explorable.presets:
            hands, frames = [controls], free
        else:
            presets = list(self.explorable.presets.items())
            self.preset = widgets.Dropdown(
                options=[OWN_SETTINGS, *(name for name, _ in presets)], description="Scenario"
            )
            frames = widgets.Stack([free, *(self._leaf(values) for _, values in presets)])
            notes = [
                widgets.HTML(f"<p class='ketalab-fixed'>{self.explorable.setting(**values)}</p>")
                for _, values in presets
            ]
            either = widgets.Stack([controls, *notes])
            for stack in (frames, either):
                stack.selected_index = 0
                widgets.jslink((self.preset, "index"), (stack, "selected_index"))
            hands = [self.preset, either]
        sides = [
            widgets.VBox([frames]).add_class("ketalab-picture"),
            widgets.VBox(hands).add_class("ketalab-panel"),
        ]
        return widgets.Box(sides).add_class("ketalab-explorable").add_class("ketalab-kernel-free")

    def _stack(self, controls: Sequence[Control], chosen: Values) -> widgets.Widget:
        if not controls:
            return self._leaf(chosen)
        control, *rest = controls
        stops = slider_stops(control)
        stack = widgets.Stack([self._stack(rest, chosen | {control.name: s}) for s in stops])
        stack.selected_index = stops.index(_nearest(stops, control.start))
        widgets.jslink((self.pickers[control.name], "index"), (stack, "selected_index"))
        return stack

    def _leaf(self, values: Values) -> widgets.Widget:
        readout = widgets.HTML(self.explorable.readout(self.explorable.at(**values)))
        image = self._image(self.explorable.still(**values))
        return widgets.VBox([image, readout]).add_class("ketalab-frame")

    def _image(self, picture: Image.Image) -> widgets.Image:
        pixels = picture.tobytes()
        if pixels not in self._frames:
            self._frames[pixels] = widgets.Image(value=small_webp(picture), format="webp")
        return self._frames[pixels]


class _StopSlider(widgets.SelectionSlider):
    """A slider that writes its place into a page even where it is the first: a stack is linked to it."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        return super().get_state(key, drop_defaults) | {"index": self.index}


def _nearest(stops: Sequence[Any], start: Any) -> Any:
    """The stop that shows the start; for numbers the closest one."""
    return start if start in stops else min(stops, key=lambda stop: abs(stop - start))


def _picker(control: Control) -> widgets.Widget:
    stops = slider_stops(control)
    slides = isinstance(control, Slider | Steps)
    kind = _StopSlider if slides else widgets.Dropdown
    options = [(control.text(stop), stop) for stop in stops]
    return kind(
        options=options,
        value=_nearest(stops, control.start),
        description=control.label,
        tooltip=control.help,
    )
