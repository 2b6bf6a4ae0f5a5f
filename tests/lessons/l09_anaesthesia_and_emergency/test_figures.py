"""Pictures of lesson 09: what is drawn is what stands in the tables."""

import numpy as np
import pytest
from matplotlib.lines import Line2D

from ketalab.data import table
from ketalab.lessons.l09_anaesthesia_and_emergency import figures as draw
from ketalab.lessons.l09_anaesthesia_and_emergency import shared


def points(figure, marker: str = "o") -> list[tuple[float, float]]:
    lines = (line for axes in figure.axes for line in axes.get_lines() if line.get_marker() == marker)
    return [(float(x), float(y)) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def test_a_hundred_paramedics_are_a_hundred_squares_in_the_survey_s_shares():
    squares = draw.ambulance().figure.axes[0].get_lines()
    assert [len(line.get_xdata()) for line in squares] == [11, 10, 11, 68]
    allowed = 3421 / 10737
    assert len(squares[3].get_xdata()) == pytest.approx(100 * (1 - allowed), abs=0.5)
    assert len(squares[2].get_xdata()) == pytest.approx(100 * allowed * 1107 / 3350, abs=0.5)
    places = [(x, y) for line in squares for x, y in zip(*line.get_data(), strict=True)]
    assert len(set(places)) == 100


def test_harms_of_sedation_are_the_pooled_rates():
    harms = table("sedation_harms").query("study == 'bellolio2016' and drug in ('ketamine', 'propofol')")
    drawn = sorted(x for x, _ in points(draw.sedation().figure))
    assert drawn == sorted(harms.value)


def test_emergence_is_drawn_as_printed():
    assert sorted(x for x, _ in points(draw.emergence().figure)) == [
        1.4,
        7.6,
        8,
        12,
        21.3,
        25,
    ]


def test_the_large_trial_is_drawn_as_printed():
    assert [x for x, _ in points(draw.collapse().figure)] == [-0.8, 5.1, 9.7, 10.7]


def test_the_clock_runs_from_the_earliest_onset_to_the_latest_end():
    bars = draw.induction_clock().figure.axes[0].patches
    ends = {(bar.get_y(), x) for bar in bars for x in (bar.get_x(), bar.get_x() + bar.get_width())}
    spans = [sorted(x for y, x in ends if np.isclose(y, row - 0.21)) for row in range(5)]
    assert [(span[0], span[-1]) for span in spans] == [
        (30, 420),  # propofol
        (30, 300),  # etomidate
        (30, 600),  # thiopental
        (30, 600),  # ketamine
        (180, 1500),  # ketamine into a muscle
    ]


def test_a_state_is_found_by_the_start_of_its_name():
    assert shared.level("loss of response") == 1640
    assert shared.level("return of response") == 1060


def test_the_axis_names_its_states_inside_their_ranges_or_close_by():
    rows = table("concentration_effects").set_index("state")
    for state, (_, at) in shared.STATES.items():
        assert rows.low[state] / 1.3 < at < rows.high[state] * 1.3, state


def test_models_are_lines_and_the_measurement_a_marker():
    minutes = np.linspace(0, 20, 41)
    drugs = table("induction_drugs")
    waited = drugs[drugs.quantity == "simple orders followed"].iloc[0]
    curve = 1000 * np.exp(-minutes / 5)
    figure = draw._delays(minutes, curve, {"a": curve, "b": curve, "c": curve}, waited)
    lines = [line for line in figure.axes[0].get_lines() if isinstance(line, Line2D)]
    models = [line for line in lines if "model" in line.get_label()]
    assert len(models) == 4
    assert all(line.get_marker() in ("None", None, "") for line in models)
    assert points(figure) == [(waited.value, 1060.0)]
