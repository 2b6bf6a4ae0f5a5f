"""One look for the course: font, sizes, and a colour for each drug and each level of explanation.

Colours are Okabe and Ito's, which people with any colour vision can tell apart. The pictures keep a
white ground in dark mode too, so that they read the same on a projector, on paper and at night.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.figure import Figure

BLACK, GREY, PALE = "#1b1b1b", "#6b6b6b", "#d9d9d9"
BLUE, SKY, GREEN, ORANGE = "#0072B2", "#56B4E9", "#009E73", "#E69F00"
VERMILION, PURPLE, YELLOW = "#D55E00", "#CC79A7", "#F0E442"

DRUG = {
    "ketamine": BLUE,
    "esketamine": SKY,
    "arketamine": PURPLE,
    "norketamine": ORANGE,
    "hydroxynorketamine": GREEN,
    "oral antidepressant": VERMILION,
    "comparator": GREY,
}
LEVEL = {
    "dose": GREY,
    "plasma": BLUE,
    "receptor": VERMILION,
    "circuit": ORANGE,
    "synapse": GREEN,
    "person": PURPLE,
}

OPEN = {"linestyle": "none", "markerfacecolor": "white", "markeredgewidth": 2.4}  # marks that are hollow

FOLDER = Path(__file__).parent
PIXELS_PER_INCH = 100  # a figure 9 inches wide is 900 pixels wide on the page
DIRECTION_ONLY = "direction only"  # gid of marks whose place is no number, and what a table says of them
MARKS_A_PLACE = "marks_a_place"  # gid of polygons such as a forest plot's squares; others are bars


@cache
def settings() -> dict[str, object]:
    """matplotlib's settings for the course, with the course font made known to it."""
    for font in sorted((FOLDER / "fonts").glob("*.ttf")):
        font_manager.fontManager.addfont(font)
    return dict(mpl.rc_params_from_file(FOLDER / "ketalab.mplstyle", use_default_template=False))


def use() -> None:
    """Draw everything from here on in the course's look."""
    mpl.rcParams.update(settings())


@contextmanager
def course_look() -> Iterator[None]:
    """Draw in the course's look for the length of a `with` block, on matplotlib's own defaults."""
    with mpl.rc_context():
        mpl.rcdefaults()
        use()
        yield


def figure(width: float = 9.0, height: float = 4.4) -> Figure:
    """An empty figure, in inches; 100 pixels to the inch on the page."""
    return Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, layout="constrained")


def legend_above(fig: Figure, artists: Sequence[Artist], columns: int) -> None:
    """A legend over the axes, where nothing that moves can run into it."""
    fig.legend(
        handles=list(artists),
        loc="outside upper left",
        ncols=columns,
        columnspacing=1.2,
        handletextpad=0.6,
        borderaxespad=0.2,
    )
