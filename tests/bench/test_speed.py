"""Benchmarks, not tests: `make bench` prints each fast way beside the naive one in one table."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from metaanalysis.worked import by_statsmodels
from scipy.integrate import solve_ivp

from ketalab.explorables.canvas import Stage, place, set_limits
from ketalab.explorables.controls import Slider
from ketalab.explorables.drawing import Drawing
from ketalab.explorables.packed import Frame, Words, parcel, row
from ketalab.lessons import CATALOGUE, explorable
from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import pooling as ma
from ketalab.models import pharmacokinetics as pk
from ketalab.plots import forest
from ketalab.plots.style import course_look

LIVE_DPI = 150  # as sharp as a screen: what a picture sent for each move needs
TIMES = np.linspace(0, 360, 600)
INFUSION = [pk.Dose(35, "iv", duration=40)]


def settings(name: str):
    """Values that move the first slider, or else the first control, to and fro for as long as asked."""
    controls = explorable(name).controls
    moved = next((control for control in controls if isinstance(control, Slider)), controls[0])
    if isinstance(moved, Slider):
        stops = list(dict.fromkeys(moved.snap(x) for x in np.linspace(moved.low, moved.high, 23)))
    else:
        stops = list(moved.options)
    while True:
        yield from ({moved.name: stop} for stop in [*stops, *stops[-2:0:-1]])


@pytest.mark.parametrize("name", CATALOGUE)
def test_explorable_redrawn(benchmark, name: str):
    """From a setting that is asked for to the bytes that answer it, in the kernel."""
    benchmark.group = f"explorable: {name}"
    live, moves, sizes = explorable(name).live, settings(name), []
    live.post.send = lambda _content, buffers: sizes.append(len(buffers[0]))

    def move() -> None:
        have = range(len(live.explorable.grounds))
        live.asked({"ask": "one", "id": 0, "values": next(moves), "have": have})

    move()
    benchmark(move)
    benchmark.extra_info["median bytes"] = int(np.median(sizes))
    assert len(sizes) > 1


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
    text = (ANTIMONY / "otto2021.ant").read_text("utf-8").replace("\nend", "\n  at time >= 40: R = 0\nend")
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


# Pooling: a reader takes trials in and out -----------------------------------------------------------


def twenty_trials() -> es.Effects:
    rng = np.random.default_rng(2)
    se = rng.uniform(0.15, 0.6, 20)
    names = [f"Author et al. {2000 + i}" for i in range(20)]
    return es.from_standard_error(np.exp(0.4 + rng.normal(size=20) * se), se, es.ODDS_RATIO, study=names)


def test_pooling_twenty_trials(benchmark):
    """Paule-Mandel and Hartung-Knapp with every interval; it must stay well under 2 ms."""
    benchmark.group = "pooling: 20 trials"
    assert benchmark(ma.pool, twenty_trials()).k == 20


@pytest.mark.filterwarnings("ignore")
def test_pooling_twenty_trials_by_statsmodels(benchmark):
    benchmark.group = "pooling: 20 trials"
    trials = twenty_trials()

    def combine():
        found = by_statsmodels(trials)
        return found.conf_int(use_t=True), found.test_homogeneity()

    assert len(benchmark(combine)[0]) == 4


def masks():
    """Each trial out in turn."""
    while True:
        yield from ~np.eye(20, dtype=bool)


def test_forest_trial_taken_out(benchmark):
    """From the choice to the bytes that show it: pool again, trace the artists, pack them."""
    benchmark.group = "forest plot: one of 20 trials taken out"
    trials, choices = twenty_trials(), masks()
    with course_look():
        parts = forest.forest_parts(trials, ma.pool(trials), live=True)
        drawing = Drawing(Stage(parts.figure, parts.axes, parts.artists), "forest")

    def move() -> bytes:
        inside, words = next(choices), Words()
        traces = drawing.trace(parts.view(ma.pool(trials[inside]), inside))
        return parcel({}, [row([Frame(0, traces, "")], words)], level=6)

    assert benchmark(move)


def test_forest_trial_taken_out_and_drawn_again(benchmark):
    benchmark.group = "forest plot: one of 20 trials taken out"
    trials, choices = twenty_trials(), masks()

    def recreate() -> bytes:
        chosen = trials[next(choices)]
        with course_look():
            figure = forest.forest(chosen, ma.pool(chosen))
            figure.set_dpi(LIVE_DPI)
            file = io.BytesIO()
            FigureCanvasAgg(figure).print_png(file)
        return file.getvalue()

    assert benchmark(recreate).startswith(b"\x89PNG")
