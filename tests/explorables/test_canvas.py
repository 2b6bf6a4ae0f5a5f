"""Drawing: axes rescale without repainting every time, and pictures keep their look."""

import io

import numpy as np
import pytest
from PIL import Image

from ketalab.explorables.canvas import place
from ketalab.lessons import explorable
from ketalab.plots.png import figure_image, small_png, small_webp
from ketalab.plots.style import course_look


@pytest.mark.parametrize("encode", [small_png, small_webp])
def test_small_pictures_keep_their_look(encode):
    picture = explorable("route_to_plasma").still()
    decoded = Image.open(io.BytesIO(encode(picture))).convert("RGB")
    assert decoded.size == picture.size
    difference = np.abs(np.asarray(decoded, int) - np.asarray(picture, int))
    assert difference.mean() < 1.5


def test_the_background_is_repainted_only_when_an_axis_changes():
    shown = explorable("route_to_plasma")
    canvas = shown.canvas(100)
    for dose in np.linspace(0.5, 0.6, 11):
        view = shown.at(dose=round(float(dose), 2))
        canvas.draw(view.artists, view.limits)
    assert canvas.grounds_drawn <= 2
    view = shown.at(dose=2.0)
    canvas.draw(view.artists, view.limits)
    assert canvas.stage.axes["main"].get_ylim() == view.limits["main.y"]


def test_an_artist_of_no_value_is_left_out():
    shown = explorable("drug_and_mood")
    alone, both = shown.still(clock="14 days"), shown.still(clock="14 days", arms="ketamine and saline")
    assert alone.tobytes() != both.tobytes()


def test_artists_that_cannot_move_are_refused():
    with course_look():
        stage = explorable("route_to_plasma").stage()
    with pytest.raises(TypeError, match="an explorable cannot move a Figure"):
        place(stage.figure, 1)


def test_the_figure_keeps_its_own_resolution():
    shown = explorable("route_to_plasma")
    with course_look():
        figure = shown.stage().figure
    before = figure.get_dpi()
    image = figure_image(figure, dpi=50)
    assert figure.get_dpi() == before
    assert image.size == tuple(np.round(figure.get_size_inches() * 50))
