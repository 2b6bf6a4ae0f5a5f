"""An explorable in JupyterLab: the browser draws, and asks Python only for what it does not have.

The controls are ordinary widgets. The picture listens to them in the browser. When a hand comes near a
control, Python computes that control's whole row, the nearest positions first, and sends it piece by piece;
what has arrived needs nobody. A setting that has not arrived is asked for by itself.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import ipywidgets as widgets
import traitlets

from ketalab.explorables.controls import Choice, Control, Steps
from ketalab.explorables.nodes import places
from ketalab.explorables.packed import Frame, Words, parcel, row

if TYPE_CHECKING:
    from ketalab.explorables.description import Explorable, Values

OWN_SETTINGS = "Your own settings"
FONTS = Path(__file__).parents[1] / "plots" / "style" / "fonts"
PIECE = 8  # frames in one message of a row
A_MOMENT, MOST_MOMENTS = 0.001, 25  # seconds without a message, before the next frame of a row
MOST_FRAMES, MOST_BYTES, MOST_SECONDS = 400, 1_000_000, 8.0  # of one row


@cache
def stylesheet() -> str:
    return _static("explorable.css")


@cache
def _static(name: str) -> str:
    return files("ketalab.explorables").joinpath("static", name).read_text(encoding="utf-8")


class Picture(anywidget.AnyWidget):
    """The picture and its read-out: `static/stage.js` in a notebook."""

    _esm = _static("stage.js")
    spec = traitlets.Dict().tag(sync=True)  # what the browser is told once
    hands = traitlets.Dict().tag(sync=True)  # of each control: its widget
    first = traitlets.Bytes().tag(sync=True)  # the frame of the start


class Live:
    """The widgets of one explorable, and the answers to what its picture asks for.

    Answers never queue: of single settings only the newest is answered, of rows only the last.
    """

    def __init__(self, explorable: "Explorable") -> None:
        self.explorable = explorable
        self.frames_sent = 0
        self._wanted: Mapping[str, Any] | None = None
        self._row: asyncio.Task | None = None
        self._setting = False
        self.controls = {
            control.name: _widget(control).add_class(f"ketalab-c-{control.name}")
            for control in explorable.controls
        }
        self.picture = Picture(
            spec=explorable.spec,
            hands={name: widget.model_id for name, widget in self.controls.items()},
            first=self._parcel([explorable.frame(explorable.start)], ()),
        )
        self.post = self.picture.layout  # is heard where the picture's own model is not (`stage.js`)
        self.post.on_msg(lambda _post, asked, _buffers: self.asked(asked))
        # `static/stage.js` finds both by these classes and moves the controls before Python has answered.
        self.preset = widgets.Dropdown(options=self._menu(), description="Scenario")
        self.preset.add_class("ketalab-scenario")
        self.reset = widgets.Button(description="Reset", tooltip="Back to the first setting")
        self.reset.add_class("ketalab-reset")
        self.box = self._layout()
        for widget in self.controls.values():
            widget.observe(self._changed, "value")
        self.preset.observe(self._choose_preset, "value")
        self.reset.on_click(lambda _: self.set(**explorable.start))
        self._changed()

    def _menu(self) -> list[str]:
        return [OWN_SETTINGS, *self.explorable.scenarios]

    def _layout(self) -> widgets.Box:
        panel = [*self.controls.values()]
        if self.explorable.presets:
            panel.insert(0, self.preset)
        sides = [
            widgets.VBox([self.picture]).add_class("ketalab-picture"),
            widgets.VBox([*panel, self.reset]).add_class("ketalab-panel"),
        ]
        return (
            widgets.VBox(
                [
                    widgets.HTML(
                        f"<style>{stylesheet()}\n{self._room()}</style><h4>{self.explorable.title}</h4>"
                    ),
                    widgets.Box(sides).add_class("ketalab-body"),
                    widgets.HTML(self.explorable.legend()),
                ]
            )
            .add_class("ketalab-explorable")
            .add_class(f"ketalab-x-{self.explorable.name}")
        )

    def _room(self) -> str:
        """Rules that keep as much room for the word beside a slider as its longest word needs: else the
        slider would grow and shrink under the hand that moves it."""
        rules = []
        for control in self.explorable.controls:
            if isinstance(control, Steps):
                words = "\\a ".join(control.options).replace('"', '\\"')
                of = f".ketalab-x-{self.explorable.name} .ketalab-c-{control.name}"
                rules.append(f'{of} .widget-readout::after {{ content: "{words}"; }}')
        return "\n".join(rules)

    # Where the controls stand -----------------------------------------------------------------------

    @property
    def values(self) -> "Values":
        """Where the controls stand."""
        return {c.name: c.snap(self.controls[c.name].value) for c in self.explorable.controls}

    def set(self, **values: Any) -> None:
        """Move controls, as a hand would. ValueError when a value is outside its range."""
        self.explorable.check(values)
        self._setting = True  # what is passed on the way is no scenario
        try:
            for name, value in values.items():
                self.controls[name].value = value
        finally:
            self._setting = False
        self._changed()

    def _choose_preset(self, change: dict[str, Any]) -> None:
        preset = self.explorable.scenarios.get(change["new"])
        if preset is not None:
            self.set(**(self.explorable.start | preset))

    def _changed(self, _change: Any = None) -> None:
        if not self._setting:
            self.preset.value = self._preset_shown()

    def _preset_shown(self) -> str:
        values = self.values
        for name, preset in self.explorable.scenarios.items():
            if values == self.explorable.start | preset:
                return name
        return OWN_SETTINGS

    # What the picture asks for -----------------------------------------------------------------------

    def asked(self, asked: Mapping[str, Any]) -> None:
        """One setting, a whole row, or the fonts; what cannot be given is refused in words."""
        try:
            if asked.get("ask") == "fonts":
                faces = sorted(FONTS.glob("*.ttf"))
                self.post.send(
                    {"fonts": [path.stem for path in faces]}, [path.read_bytes() for path in faces]
                )
                return
            if asked.get("ask") == "stop":
                self._stop_row()
                return
            values = self._read(asked.get("values") or {})
            asked = {**asked, "have": set(asked.get("have") or ())}
            if asked.get("ask") == "row":
                self._start_row(asked, values)
            elif asked.get("ask") == "one":
                self._start_one(asked, values)
        except ValueError as refused:
            self.post.send({"refused": str(refused), "id": asked.get("id")})

    def _read(self, values: Mapping[str, Any]) -> "Values":
        self.explorable.check(values)
        known = {control.name: control for control in self.explorable.controls}
        return self.explorable.start | {name: known[name].snap(value) for name, value in values.items()}

    def _start_one(self, asked: Mapping[str, Any], values: "Values") -> None:
        """Answer at once where nothing runs beside us, else when the messages that wait have been read."""
        waiting, self._wanted = self._wanted, {"asked": asked, "values": values}
        loop = _loop()
        if loop is None:
            self._answer()
        elif waiting is None:
            loop.call_soon(self._answer)

    def _answer(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._send([wanted["values"]], [self.explorable.frame(wanted["values"])], wanted["asked"])

    def _start_row(self, asked: Mapping[str, Any], values: "Values") -> None:
        name = asked.get("control")
        self.explorable.check({name: values.get(name)} if name in values else {str(name): None})
        self._stop_row()
        pieces = self._pieces(name, values, asked.get("missing"))
        loop = _loop()
        if loop is None:
            for piece in pieces:
                self._send(piece, map(self.explorable.frame, piece), asked)
        else:
            self._row = loop.create_task(self._send_row(pieces, asked))

    def _stop_row(self) -> None:
        if self._row is not None:
            self._row.cancel()
            self._row = None

    async def _send_row(self, pieces: Iterator[list["Values"]], asked: Mapping[str, Any]) -> None:
        """Piece by piece; between two frames everything else may happen, such as the answer to a hand that
        does not wait, and the row may be cancelled."""
        began, sent = time.perf_counter(), 0
        for piece in pieces:
            frames = []
            for values in piece:
                await _quiet()
                frames.append(self.explorable.frame(values))
            sent += self._send(piece, frames, asked)
            if sent > MOST_BYTES or time.perf_counter() - began > MOST_SECONDS:
                return

    def _pieces(
        self, name: str, values: "Values", missing: Sequence[int] | None
    ) -> Iterator[list["Values"]]:
        """The positions of a row in runs, the nearest first, to and fro."""
        control = next(c for c in self.explorable.controls if c.name == name)
        every = places(control)
        here = min(range(len(every)), key=lambda i: _apart(every[i], values[name]))
        wanted = set(range(len(every)) if missing is None else missing)
        order = sorted((i for i in range(len(every)) if i in wanted), key=lambda i: abs(i - here))
        near = sorted(order[:MOST_FRAMES])
        after, before = [i for i in near if i >= here], [i for i in near if i < here][::-1]
        while after or before:
            for side in (after, before):
                piece, side[:] = side[:PIECE], side[PIECE:]
                if piece:
                    yield [values | {name: every[i]} for i in piece]

    def _send(self, settings: Sequence["Values"], frames: Iterable[Frame], asked: Mapping[str, Any]) -> int:
        frames = list(frames)
        data = self._parcel(frames, asked["have"])
        asked["have"].update(frame.ground for frame in frames)
        places_of = [self._place(values) for values in settings]
        self.post.send({"frames": places_of, "id": asked.get("id")}, [data])
        self.frames_sent += len(settings)
        return len(data)

    def _place(self, values: "Values") -> list[int]:
        """The number of each control's position."""
        return [control.place(values[control.name]) for control in self.explorable.controls]

    def _parcel(self, frames: Sequence[Frame], have: Iterable[int]) -> bytes:
        """These frames, with the grounds that the browser does not have yet."""
        words = Words()
        packed = row(frames, words)
        needed = {frame.ground for frame in frames} - set(have)
        grounds = {index: self.explorable.grounds[index]._asdict() for index in sorted(needed)}
        return parcel({"grounds": grounds} | words.header, [packed], level=6)


def _apart(one: Any, other: Any) -> float:
    return abs(one - other) if not isinstance(one, str) else float(one != other)


async def _quiet() -> None:
    """Wait until nothing else has run for a moment: the kernel reads a message in several steps, and with a
    frame between each two of them a hand would wait for ten frames. On a machine that is busy with other
    things every moment is late, and the row goes on all the same."""
    for _ in range(MOST_MOMENTS):
        began = time.perf_counter()
        await asyncio.sleep(A_MOMENT)
        if time.perf_counter() - began <= 2 * A_MOMENT:
            return


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


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
