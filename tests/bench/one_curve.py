"""The same picture in six ways, for `lab_speed.py`: a plasma curve of 600 points and a slider for its dose.

Each function is what a notebook's cell calls: the same slider, numbers and size; the axes are fixed.
"""

from functools import cache

import ipywidgets as widgets
import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.models import pharmacokinetics as pk
from ketalab.plots.style import figure

DOSE = Slider("dose", "Dose", "mg", 5, 100, 1, 35, "Given into a vein over 40 minutes.")
MINUTES = np.linspace(0, 360, 600)
HOURS = MINUTES / 60
WIDTH, HEIGHT = 7.6, 4.7  # inches of 100 pixels
ACROSS, UPWARDS = "hours after the start", "plasma concentration (ng/mL)"
BLUE = "#0072B2"


def curve(dose: float) -> NDArray:
    """ng/mL at `MINUTES`."""
    return pk.concentration(patient(), [pk.Dose(dose, "iv", duration=40)], MINUTES, "ketamine")[0]


@cache
def patient():
    return pk.published("otto2021").typical()


@cache
def top() -> float:
    return 1.05 * float(curve(DOSE.high).max())


def slider() -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=DOSE.start, min=DOSE.low, max=DOSE.high, step=DOSE.step, description=DOSE.title
    )


def axes_of(fig):
    axes = fig.subplots()
    axes.set(xlabel=ACROSS, ylabel=UPWARDS, xlim=(0, 6), ylim=(0, top()))
    return axes


def ours() -> Explorable:
    def stage() -> Stage:
        fig = figure(WIDTH, HEIGHT)
        axes = axes_of(fig)
        return Stage(fig, {"main": axes}, {"curve": axes.plot([], [], color=BLUE)[0]})

    def view(dose: float) -> View:
        values = curve(dose)
        peak = Reading("peak", float(values.max()), "ng/mL")
        return View({"curve": (HOURS, values)}, [peak], f"{dose:g} mg lead to {peak.text}.")

    return Explorable("one_curve", "One curve", (DOSE,), stage, view)


def echo() -> widgets.Widget:
    """Nothing is computed and nothing is drawn: what the way to the kernel and back takes by itself."""
    hand, label = slider(), widgets.Label(f"{DOSE.start:g}").add_class("one-curve-echo")

    def answer(change) -> None:
        label.value = f"{change['new']:g}"

    hand.observe(answer, "value")
    return widgets.VBox([hand, label])


def with_bqplot() -> widgets.Widget:
    import bqplot as bq

    hand = slider()
    across, upwards = bq.LinearScale(min=0, max=6), bq.LinearScale(min=0, max=top())
    line = bq.Lines(x=HOURS, y=curve(DOSE.start), scales={"x": across, "y": upwards}, colors=[BLUE])
    axes = [
        bq.Axis(scale=across, label=ACROSS),
        bq.Axis(scale=upwards, label=UPWARDS, orientation="vertical"),
    ]
    picture = bq.Figure(marks=[line], axes=axes, layout=layout())

    def answer(change) -> None:
        line.y = curve(change["new"])

    hand.observe(answer, "value")
    return widgets.VBox([hand, picture])


def with_plotly() -> widgets.Widget:
    from plotly import graph_objects as go

    hand = slider()
    picture = go.FigureWidget(go.Scatter(x=HOURS, y=curve(DOSE.start), mode="lines", line={"color": BLUE}))
    picture.update_layout(width=100 * WIDTH, height=100 * HEIGHT)
    picture.update_xaxes(range=[0, 6], title=ACROSS)
    picture.update_yaxes(range=[0, top()], title=UPWARDS)

    def answer(change) -> None:
        picture.data[0].y = curve(change["new"])

    hand.observe(answer, "value")
    return widgets.VBox([hand, picture])


def with_ipympl() -> widgets.Widget:
    """As after `%matplotlib widget`, and without changing what the notebook's other cells draw with."""
    drawn_by = matplotlib.get_backend()
    from ipympl.backend_nbagg import Canvas, FigureManager  # which makes itself everyone's backend

    matplotlib.use(drawn_by)
    hand = slider()
    fig = Figure((WIDTH, HEIGHT), dpi=100, layout="constrained")
    canvas = Canvas(fig)
    canvas.header_visible = canvas.footer_visible = canvas.toolbar_visible = False
    FigureManager(canvas, 0)
    (line,) = axes_of(fig).plot(HOURS, curve(DOSE.start), color=BLUE)

    def answer(change) -> None:
        line.set_data(HOURS, curve(change["new"]))
        canvas.draw_idle()

    hand.observe(answer, "value")
    return widgets.VBox([hand, canvas])


def with_interact() -> None:
    import matplotlib.pyplot as plt

    def draw(dose: float) -> None:
        fig = plt.figure(figsize=(WIDTH, HEIGHT), dpi=100)
        axes_of(fig).plot(HOURS, curve(dose), color=BLUE)
        plt.show()

    widgets.interact(draw, dose=slider())


def layout() -> widgets.Layout:
    return widgets.Layout(width=f"{100 * WIDTH:.0f}px", height=f"{100 * HEIGHT:.0f}px")
