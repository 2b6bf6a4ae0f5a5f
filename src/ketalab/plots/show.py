"""Show a figure in a lesson: with alt text, at page width, and exported when figures are rebuilt."""

import os
from dataclasses import dataclass
from pathlib import Path

from IPython.display import display
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.text import Text

from ketalab.paths import write_atomically
from ketalab.plots import style
from ketalab.plots.png import figure_image, small_png

style.use()

EXPORT_TO = "KETALAB_FIGURES"  # set by `make figures`: the folder that receives every figure


@dataclass(frozen=True)
class Picture:
    """A figure with the name of its file and the words for who cannot see it, made where it is drawn.

    Raises ValueError when the alt text is too short to say anything.
    """

    figure: Figure
    name: str
    alt: str

    def __post_init__(self) -> None:
        if len(self.alt) < 40:
            raise ValueError(
                f"alt: {len(self.alt)} characters do not describe {self.name}; write 40 or more"
            )


def show(figure: Figure | Picture, name: str = "", alt: str = "") -> None:
    """Display a picture, or a figure under a name with alt text that says what it shows.

    Raises ValueError when the alt text is too short to say anything.
    """
    picture = figure if isinstance(figure, Picture) else Picture(figure, name, alt)
    figure, name, alt = picture.figure, picture.name, picture.alt
    settle(figure)
    folder = os.environ.get(EXPORT_TO)
    if folder:
        export(figure, Path(folder) / name, alt)
    data = {"image/png": small_png(figure_image(figure)), "text/plain": f"Figure {name}: {alt}"}
    width = round(figure.get_figwidth() * style.PIXELS_PER_INCH)
    details = {"alt": alt, "width": width, "smallest": smallest_label(figure)}
    display(data, raw=True, metadata={"image/png": details})
    _forget(figure)


def settle(figure: Figure) -> None:
    """Lay the figure out once and for all, so that every drawing of it is the same."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def smallest_label(figure: Figure) -> float:
    """Height of the smallest text of a figure (pixels at its width on the page)."""
    texts = figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_visible())
    points = min((text.get_fontsize() for text in texts if text.get_text().strip()), default=0.0)
    return round(points / 72 * style.PIXELS_PER_INCH, 1)


def export(figure: Figure, stem: Path, alt: str) -> None:
    """Write a figure as SVG, PNG and alt text; the same figure always gives the same bytes."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    for kind, metadata in (("svg", {"Date": None}), ("png", {"Software": None})):
        with write_atomically(stem.with_suffix(f".{kind}")) as file:
            figure.savefig(file, format=kind, metadata=metadata, dpi=rcParams["savefig.dpi"])
    with write_atomically(stem.with_suffix(".txt")) as file:
        file.write((alt + "\n").encode())


def _forget(figure: Figure) -> None:
    """Keep pyplot, where it made the figure, from showing it a second time."""
    if figure.number if hasattr(figure, "number") else None:
        import matplotlib.pyplot as plt

        plt.close(figure)
