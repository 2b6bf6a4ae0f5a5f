"""Benchmarks, not tests: `make bench` prints each fast way beside the naive one in one table."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.integrate import solve_ivp

from ketalab.explore import CATALOGUE, explorable
from ketalab.explore.canvas import place, set_limits
from ketalab.explore.controls import Slider
from ketalab.explore.explorable import LIVE_DPI
from ketalab.models import pharmacokinetics as pk
from ketalab.style import course_look

TIMES = np.linspace(0, 360, 600)
INFUSION = [pk.Dose(35, "iv", duration=40)]


def settings(name: str):
    """Values that move the first slider, or else the first control, to and fro for as long as asked."""
    controls = explorable(name).controls
    moved = next((control for control in controls if isinstance(control, Slider)), controls[0])
    if isinstance(moved, Slider):
        stops = [moved.snap(x) for x in np.linspace(moved.low, moved.high, 23)]
    else:
        stops = list(moved.options)
    while True:
        yield from ({moved.name: stop} for stop in [*stops, *stops[::-1]])


@pytest.mark.parametrize("name", CATALOGUE)
def test_explorable_redrawn(benchmark, name: str):
    """From a control's change to the encoded picture and the read-out, in the kernel."""
    benchmark.group = f"explorable: {name}"
    live, moves = explorable(name).live, settings(name)
    next(moves)

    def move() -> None:
        live.set(**next(moves))

    drawn = live.frames_drawn
    benchmark(move)
    assert live.frames_drawn > drawn


@pytest.mark.parametrize("name", CATALOGUE)
def test_explorable_recreated_as_interact_does(benchmark, name: str):
    """The usual way: build the figure again for each move, draw all of it, encode it."""
    benchmark.group = f"explorable: {name}"
    shown, moves = explorable(name), settings(name)

    def recreate() -> bytes:
        view = shown.at(**next(moves))
        with course_look():
            stage = shown.stage()
            stage.figure.set_dpi(LIVE_DPI)
            set_limits(stage.axes, view.limits)
            for artist, value in view.artists.items():
                stage.artists[artist].set_visible(value is not None)
                if value is not None:
                    place(stage.artists[artist], value)
            file = io.BytesIO()
            FigureCanvasAgg(stage.figure).print_png(file)
        return file.getvalue()

    assert benchmark(recreate).startswith(b"\x89PNG")


def test_pharmacokinetics_exact(benchmark):
    benchmark.group = "pharmacokinetics: one patient, 600 times"
    patient = pk.published("otto2021").typical()
    curve = benchmark(pk.concentration, patient, INFUSION, TIMES, "ketamine")
    assert curve.shape == (1, 600)


def test_pharmacokinetics_stepped_by_scipy(benchmark):
    benchmark.group = "pharmacokinetics: one patient, 600 times"
    patient = pk.published("otto2021").typical()
    K, at = patient.K[0], patient.index("ketamine")

    def slope(t: float, a: np.ndarray) -> np.ndarray:
        da = K @ a
        da[at] += (35 / 40) * (t < 40)
        return da

    def step() -> np.ndarray:
        return solve_ivp(slope, (0, 360), np.zeros(len(K)), method="LSODA", t_eval=TIMES, rtol=1e-8).y

    assert benchmark(step).shape == (len(K), 600)


@pytest.mark.filterwarnings("ignore")
def test_pharmacokinetics_by_libroadrunner(benchmark):
    import antimony
    import roadrunner
    from models.test_pharmacokinetics import ANTIMONY, body

    benchmark.group = "pharmacokinetics: one patient, 600 times"
    antimony.clearPreviousLoads()
    text = (ANTIMONY / "otto2021.ant").read_text().replace("\nend", "\n  at time >= 40: R = 0\nend")
    antimony.loadAntimonyString(text)
    engine = roadrunner.RoadRunner(antimony.getSBMLString("otto2021"))

    def simulate():
        engine.resetAll()
        for name, value in (body("otto2021") | {"R": 35 / 40}).items():
            engine[name] = value
        return engine.simulate(0, 360, 600)

    assert benchmark(simulate).shape[0] == 600


def test_pharmacokinetics_of_a_thousand_people(benchmark):
    benchmark.group = "pharmacokinetics: 1,000 patients, 600 times"
    people = pk.published("otto2021").population(1000, seed=1)
    curves = benchmark(pk.concentration, people, INFUSION, TIMES, "ketamine")
    assert curves.shape == (1000, 600)
