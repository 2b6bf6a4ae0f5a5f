"""An explorable in JupyterLab: controls, picture and read-out that follow the hand."""

import asyncio
import time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from ketalab.explorables.controls import Choice, Control, Steps

if TYPE_CHECKING:
    from ketalab.explorables.description import Explorable

OWN_SETTINGS = "Your own settings"


@cache
def stylesheet() -> str:
    return files("ketalab.explorables").joinpath("static/explorable.css").read_text(encoding="utf-8")


class Live:
    """The widgets of one explorable and the loop that redraws it.

    Redrawing never queues: changes that arrive while a frame is being drawn, or right after it, are
    answered by one frame with the newest values.
    """

    def __init__(self, explorable: "Explorable") -> None:
        self.explorable = explorable
        self.frames_drawn = 0
        self._waiting = False
        self._frame_cost = self._last_frame = 0.0
        self.controls = {control.name: _widget(control) for control in explorable.controls}
        self.image = widgets.Image(format="png").add_class("ketalab-image")
        self.readout = widgets.HTML()
        self.preset = widgets.Dropdown(options=[OWN_SETTINGS, *explorable.presets], description="Scenario")
        self.reset = widgets.Button(description="Reset", tooltip="Back to the first setting")
        self.box = self._layout()
        for widget in self.controls.values():
            widget.observe(self._changed, "value")
        self.preset.observe(self._choose_preset, "value")
        self.reset.on_click(lambda _: self.set(**explorable.start))
        self._show()

    def _layout(self) -> widgets.Box:
        panel = [*self.controls.values()]
        if self.explorable.presets:
            panel.insert(0, self.preset)
        sides = [
            widgets.VBox([self.image, self.readout]).add_class("ketalab-picture"),
            widgets.VBox([*panel, self.reset]).add_class("ketalab-panel"),
        ]
        return widgets.VBox(
            [
                widgets.HTML(f"<style>{stylesheet()}</style><h4>{self.explorable.title}</h4>"),
                widgets.Box(sides).add_class("ketalab-body"),
                widgets.HTML(self.explorable.legend()),
            ]
        ).add_class("ketalab-explorable")

    @property
    def values(self) -> dict[str, Any]:
        """Where the controls stand."""
        return {c.name: c.snap(self.controls[c.name].value) for c in self.explorable.controls}

    def set(self, **values: Any) -> None:
        """Move controls, as a hand would. ValueError when a value is outside its range."""
        self.explorable.check(values)
        for name, value in values.items():
            self.controls[name].value = value

    def _choose_preset(self, change: dict[str, Any]) -> None:
        preset = self.explorable.presets.get(change["new"])
        if preset is not None:
            self.set(**(self.explorable.start | preset))

    def _changed(self, _change: dict[str, Any]) -> None:
        """Draw now where nothing runs beside us, else as soon as the last frame has been paid for."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._show()
            return
        if not self._waiting:
            self._waiting = True
            rest = self._last_frame + self._frame_cost - time.perf_counter()
            loop.call_later(max(0.0, rest), self._show)

    def _show(self) -> None:
        started = time.perf_counter()
        self._waiting = False
        view = self.explorable.at(**self.values)
        self.image.value = self.explorable.picture(view)
        self.readout.value = self.explorable.readout(view)
        self.preset.value = self._preset_shown()
        self.frames_drawn += 1
        self._last_frame = time.perf_counter()
        self._frame_cost = self._last_frame - started

    def _preset_shown(self) -> str:
        for name, preset in self.explorable.presets.items():
            if self.values == self.explorable.start | preset:
                return name
        return OWN_SETTINGS


def _widget(control: Control) -> widgets.Widget:
    if isinstance(control, Choice):
        kind = widgets.SelectionSlider if isinstance(control, Steps) else widgets.Dropdown
        return kind(
            options=control.options,
            value=control.start,
            description=control.title,
            tooltip=control.help,
        )
    return widgets.FloatSlider(
        value=control.start,
        min=control.low,
        max=control.high,
        step=control.step,
        description=control.title,
        tooltip=control.help,
        readout_format=f".{control.decimals}f",
    )
