"""Show a figure in a lesson: with alt text, at page width, and exported when figures are rebuilt."""

import os
import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

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
    drawn = BytesIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    with write_atomically(stem.with_suffix(".svg")) as file:
        file.write(_described(drawn.getvalue().decode(), stem.name, alt).encode())
    with write_atomically(stem.with_suffix(".png")) as file:
        figure.savefig(file, format="png", metadata={"Software": None}, dpi=rcParams["savefig.dpi"])
    with write_atomically(stem.with_suffix(".txt")) as file:
        file.write((alt + "\n").encode())


def _described(svg: str, name: str, alt: str) -> str:
    """A drawing that says what it shows where it stands in a page, with each id once."""
    title = re.split(r"(?<=[.?!]) ", alt)[0]
    head = f' role="img" aria-labelledby="{name}-title {name}-desc">'
    words = (
        f'\n <title id="{name}-title">{escape(title)}</title>\n <desc id="{name}-desc">{escape(alt)}</desc>'
    )
    svg = re.sub(r"(<svg\b[^>]*)>", lambda opening: opening[1] + head + words, svg, count=1)
    # matplotlib names a clip by its place to the last bit, which differs from one processor to the next.
    clips = dict.fromkeys(re.findall(r'<clipPath id="(\w+)"', svg))
    for number, clip in enumerate(clips, 1):
        svg = re.sub(rf"\b{clip}\b", f"clip{number}", svg)
    met: Counter[str] = Counter()

    def once(found: re.Match[str]) -> str:
        met[found[1]] += 1
        again = f"_{met[found[1]]}" if met[found[1]] > 1 else ""
        return f' id="{found[1]}{again}"'

    return re.sub(r' id="([^"]+)"', once, svg)


def _forget(figure: Figure) -> None:
    """Keep pyplot, where it made the figure, from showing it a second time."""
    if figure.number if hasattr(figure, "number") else None:
        import matplotlib.pyplot as plt

        plt.close(figure)
