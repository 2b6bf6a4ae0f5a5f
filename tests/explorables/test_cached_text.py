"""A stamped text shows what a plain text would, again and again, wherever it is put."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from ketalab.explorables.cached_text import KEPT, stamp
from ketalab.explorables.canvas import Canvas, Stage
from ketalab.plots.style import course_look, figure

LOOK = {"fontsize": 14, "color": "#D55E00", "ha": "center"}


def canvas(stamped: bool) -> Canvas:
    with course_look():
        fig = figure(4, 2)
        axes = fig.subplots()
        axes.set(xlim=(0, 10), ylim=(0, 10))
        text = stamp(axes, 5, 5, **LOOK) if stamped else axes.text(5, 5, "", **LOOK)
        return Canvas(Stage(fig, {"main": axes}, {"text": text}), 100)


@pytest.mark.parametrize(
    "value", [(5, 5, "vertigo"), (2, 8, "two\nlines"), (9.9, 5, "over the edge"), (5, 5, "")]
)
def test_it_looks_like_plain_text_at_first_and_when_it_comes_back(value):
    plain, stamped = canvas(False), canvas(True)
    expected = plain.draw({"text": value}, {}).astype(int)
    for _ in range(2):
        assert np.abs(stamped.draw({"text": value}, {}).astype(int) - expected).max() <= 3
        stamped.draw({"text": (1, 1, "something else")}, {})


def test_it_is_laid_out_once_and_forgets_the_oldest(monkeypatch):
    shown = canvas(True)
    text = shown.stage.artists["text"]
    drawn = []
    made = type(text)._printed
    monkeypatch.setattr(type(text), "_printed", lambda self, page: drawn.append(1) or made(self, page))
    for words in ("one", "two", "one", "two"):
        shown.draw({"text": words}, {})
    assert len(drawn) == 2
    for i in range(KEPT + 5):
        shown.draw({"text": f"{i}"}, {})
    assert len(text._prints) == KEPT


def test_another_resolution_is_another_print():
    shown = canvas(True)
    shown.draw({"text": "sharp"}, {})
    small = shown.stage.figure
    small.set_dpi(50)
    page = FigureCanvasAgg(small)
    shown.stage.artists["text"].set_animated(False)
    page.draw()
    assert np.asarray(page.buffer_rgba()).shape[:2] == (100, 200)
    assert len(shown.stage.artists["text"]._prints) == 2
