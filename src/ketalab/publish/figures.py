"""Rebuild `figures/`: every figure the lessons show, and the moving picture of the README."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ketalab.explorables.description import Explorable, Values
from ketalab.lessons import explorable
from ketalab.paths import FIGURES, write_atomically
from ketalab.plots.style import BLACK, BLUE, FOLDER, PALE

MOVING = FIGURES / "route_to_plasma.gif"
PHONE = FIGURES / "on_a_phone.png"  # made by tests/browser/phone.py, which needs a browser
FRAME_MS = 90
FONT = "AtkinsonHyperlegibleNext-Regular.ttf"


def main(lessons: Sequence[str] = ()) -> None:
    from ketalab.publish.refresh import chosen, execute

    with tempfile.TemporaryDirectory() as folder:
        for path in chosen(lessons):
            execute(nbformat.read(path, as_version=4), Path(folder))
        for made in sorted(Path(folder).iterdir()):
            with write_atomically(FIGURES / made.name) as file:
                file.write(made.read_bytes())
        if not lessons:
            for stale in set(FIGURES.iterdir()) - {FIGURES / p.name for p in Path(folder).iterdir()}:
                if stale not in (MOVING, PHONE):
                    stale.unlink()
    moving_picture(MOVING)


def moving_picture(path: Path) -> None:
    """The first explorable while a hand drags its dose, then its infusion time, and back."""
    shown = explorable("route_to_plasma")
    doses = np.linspace(0.2, 1.0, 17)
    minutes = np.linspace(40, 10, 11)
    settings = [{"dose": float(dose)} for dose in doses]
    settings += [{"dose": 1.0, "minutes": round(float(value))} for value in minutes]
    settings += settings[-2::-1]
    frames = [_frame(shown, values) for values in settings]
    palette = frames[0].quantize(64, dither=Image.Dither.NONE)
    few = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    with write_atomically(path) as file:
        few[0].save(
            file,
            "GIF",
            save_all=True,
            append_images=few[1:],
            duration=FRAME_MS,
            loop=0,
            optimize=True,
        )


def _frame(shown: Explorable, values: Values) -> Image.Image:
    """The picture and, below it, the two sliders that move and the sentence that follows them."""
    picture = shown.still(**values).resize((760, 460), Image.Resampling.LANCZOS)
    frame = Image.new("RGB", (760, 560), "white")
    frame.paste(picture, (0, 0))
    pen, font = ImageDraw.Draw(frame), ImageFont.truetype(FOLDER / "fonts" / FONT, 17)
    pen.text((16, 470), shown.at(**values).sentence, BLACK, font)
    for left, control in zip((16, 396), shown.controls[1:3], strict=True):
        value = values.get(control.name, control.start)
        at = left + 150 + 110 * (value - control.low) / (control.high - control.low)
        pen.text((left, 514), control.label, BLACK, font)
        pen.line((left + 150, 525, left + 260, 525), PALE, 6)
        pen.ellipse((at - 10, 515, at + 10, 535), BLUE)
        pen.text((left + 278, 514), control.text(value), BLACK, font)
    return frame
