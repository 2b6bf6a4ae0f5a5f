"""A ground that is put together from its pieces is the one that matplotlib draws at once."""

from io import StringIO

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG

from ketalab.explorables import ground
from ketalab.explorables.drawing import Drawing
from ketalab.explorables.flat import flat
from ketalab.lessons import explorable
from ketalab.lessons.l09_anaesthesia_and_emergency.pressure_at_induction import EMERGENCY
from ketalab.plots.style import course_look

SETTINGS = {  # of explorables of one to five axes; each but the first changes some limits
    "dose_to_synapse": ({}, {"dose": 1.0}, {"dose": 2.0, "minutes": 2}),
    "wind_up": ({}, {"fade": 20.0}),
    "relief_over_weeks": ({}, {"days": 14, "rate": 30}),
    "pressure_at_induction": ({}, {"who": EMERGENCY}),
    "hundred_people": ({},),
    "pulse_train": ({},),
}


def drawn_at_once(drawing: Drawing) -> str:
    figure, size, file = drawing.stage.figure, drawing.size, StringIO()
    style = {"svg.fonttype": "none", "svg.hashsalt": drawing.name, "path.simplify": True}
    with course_look(), mpl.rc_context(style):
        svg = RendererSVG(*size, file, image_dpi=144, metadata={"Date": None})
        renderer = MixedModeRenderer(figure, *size, 144, svg)
        figure.draw(renderer)
        renderer.finalize()
    return flat(ground._bare(file.getvalue()))


def pieces(svg: str) -> list[str]:
    """Lines of a drawing in their order, without those that begin and end a list of definitions."""
    return [line for line in svg.split("\n") if line not in ("<defs>", "</defs>")]


@pytest.mark.parametrize("name", SETTINGS)
def test_pieces_put_together_are_the_drawing(name: str):
    shown = explorable(name)
    with course_look():
        drawing = Drawing(shown.stage(), name)
    limits = [shown.at(**values).limits for values in SETTINGS[name]]
    assert len({tuple(each.items()) for each in limits}) == len(limits), (
        "every setting has limits of its own"
    )
    for each in limits:
        assert pieces(drawing.ground(each)) == pieces(drawn_at_once(drawing))


def test_an_axes_is_drawn_again_only_when_its_own_limits_change(monkeypatch: pytest.MonkeyPatch):
    shown = explorable("dose_to_synapse")
    with course_look():
        drawing = Drawing(shown.stage(), shown.name)
    begin = shown.at().limits
    drawing.ground(begin)
    drawn: list[Axes] = []
    draw = Axes.draw
    monkeypatch.setattr(Axes, "draw", lambda axes, renderer: (drawn.append(axes), draw(axes, renderer)))
    drawing.ground(dict(begin) | {"block.y": (0.0, 100.0)})
    assert drawn == [drawing.stage.axes["block"]]
    drawing.ground(begin)
    assert len(drawn) == 1, "and never twice for the same"
