"""Every figure of the lessons is the one in `figures/`, in pixels and in words."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from conftest import ROOT
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images
from nbformat import NotebookNode
from PIL import Image

from ketalab.data.lessons import lesson_files
from ketalab.lessons import CATALOGUE, explorable
from ketalab.plots.style import FOLDER as STYLE
from ketalab.plots.style import course_look
from ketalab.publish import figures

showing = import_module("ketalab.plots.show")  # `ketalab.show` itself is the function of that name
FIGURES = ROOT / "figures"
SHOWN = sorted({path.stem for path in FIGURES.glob("[0-9][0-9]_*.png")})
BASELINE = ROOT / "tests" / "explorables" / "baseline"
LOOK = {"style": str(STYLE / "ketalab.mplstyle"), "savefig_kwargs": {"dpi": 100}, "tolerance": 4}


def test_every_figure_of_a_lesson_is_the_one_in_figures(
    lesson_name: str, run_again: Callable[[str], tuple[NotebookNode, Path]]
):
    _, folder = run_again(lesson_name)
    shown = sorted(FIGURES.glob(f"{lesson_name[:2]}_*.png"))
    assert shown
    different = [compare_images(str(path), str(folder / path.name), LOOK["tolerance"]) for path in shown]
    assert not list(filter(None, different))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(
            name,
            marks=pytest.mark.mpl_image_compare(baseline_dir=str(BASELINE), filename=f"{name}.png", **LOOK),
        )
        for name in CATALOGUE
    ],
)
def test_an_explorable_starts_with_the_picture_it_should(name: str) -> Figure:
    shown = explorable(name)
    canvas = shown.canvas(100)
    view = shown.at()
    canvas.draw(view.artists, view.limits)
    for artist, value in view.artists.items():
        canvas.stage.artists[artist].set_visible(value is not None)
    return canvas.stage.figure


def test_every_figure_comes_as_svg_png_and_words():
    for stem in SHOWN:
        assert (FIGURES / f"{stem}.svg").read_text("utf-8").startswith("<?xml")
        assert len((FIGURES / f"{stem}.txt").read_text("utf-8")) >= 40
    assert {p.suffix for p in FIGURES.iterdir()} == {".svg", ".png", ".txt", ".gif"}


@pytest.mark.parametrize("stem", SHOWN)
def test_nothing_is_cut_at_the_edge_of_a_figure(stem: str):
    """The outermost pixels are all ground: a word that reaches them goes on beyond them."""
    with Image.open(FIGURES / f"{stem}.png") as image:
        grey = np.asarray(image.convert("L"))
    edge = np.concatenate([grey[:2].ravel(), grey[-2:].ravel(), grey[:, :2].ravel(), grey[:, -2:].ravel()])
    assert edge.min() >= 200


@pytest.mark.parametrize("stem", SHOWN)
def test_a_drawing_says_what_it_shows(stem: str):
    """As the XML parser reads it: role, title and description as in the words beside it, each id once."""
    svg = ElementTree.parse(FIGURES / f"{stem}.svg").getroot()
    words = (FIGURES / f"{stem}.txt").read_text("utf-8").strip()
    found = {part: svg.find(f"{{http://www.w3.org/2000/svg}}{part}") for part in ("title", "desc")}
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby").split() == [part.get("id") for part in found.values()]
    assert found["desc"].text == words
    assert words.startswith(found["title"].text)
    ids = [element.get("id") for element in svg.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert not [name for name in ids if re.search(r"\s", name)]


def test_no_lesson_is_without_a_figure():
    assert {stem[:2] for stem in SHOWN} == {path.name[:2] for path in lesson_files()}


@pytest.mark.parametrize("lesson_name", ["00_start_here"])
def test_rebuilding_gives_the_same_bytes(
    lesson_name: str,
    run_again: Callable[[str], tuple[NotebookNode, Path]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """As another run of the lesson, in a kernel of its own."""
    monkeypatch.setattr(figures, "moving_picture", lambda path: None)
    monkeypatch.setattr(figures, "FIGURES", tmp_path)
    figures.main([lesson_name[:2]])
    one, two = (
        {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in (tmp_path, run_again(lesson_name)[1])
    )
    assert len(one) >= 9
    assert one == two


def test_the_moving_picture_moves_and_is_small(tmp_path: Path):
    figures.moving_picture(tmp_path / "one.gif")
    figures.moving_picture(tmp_path / "two.gif")
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "two.gif").read_bytes()
    with Image.open(FIGURES / "route_to_plasma.gif") as moving:
        assert moving.n_frames > 20
    assert (FIGURES / "route_to_plasma.gif").stat().st_size < 1_000_000


def test_too_short_a_description_is_refused():
    with course_look():
        figure = Figure()
    with pytest.raises(ValueError, match="alt: 9 characters do not describe x; write 40 or more"):
        showing.show(figure, "x", "a picture")
