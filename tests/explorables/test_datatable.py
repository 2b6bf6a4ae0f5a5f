"""The plain-text equivalent: the numbers behind every picture, read from what is drawn."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from ketalab.explorables.canvas import Stage
from ketalab.explorables.datatable import Numbers, duration, quantity, written
from ketalab.lessons import CATALOGUE, explorable
from ketalab.plots.style import DIRECTION_ONLY

WITHOUT = {"hundred_people"}  # a grid of people: its counts are its readings


def tables(text: str) -> list[list[list[str]]]:
    return [[line.split("\t") for line in one.split("\n")] for one in text.split("\n\n")]


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_picture_has_its_numbers_in_few_bytes(name: str):
    shown = explorable(name)
    texts = {shown.numbers(shown.at(**values)) for values in shown.presets.values()}
    assert (len(texts) > 1) != (name in WITHOUT)
    for text in texts - {""}:
        assert len(text) <= 2500
        for (unit, *more), heads, *rows in tables(text):
            assert not more
            assert rows, unit
            assert {len(row) for row in rows} == {len(heads)}
            assert all(heads[1:])
            assert not any(
                word in cell for row in rows for cell in row for word in ("nan", "inf", "e+", "e-")
            )


def test_a_curve_is_written_as_it_is_drawn():
    shown = explorable("route_to_plasma")
    view = shown.at()
    hours, level = view.artists["ketamine"]
    ((unit,), heads, *rows) = next(
        t for t in tables(shown.numbers(view)) if t[1][1].startswith("ketamine, model")
    )
    assert unit == "plasma concentration (ng/mL)"
    assert heads[0] == "hours after the start"
    for at, value in rows:
        assert float(value) == pytest.approx(np.interp(float(at), hours, level), rel=0.02, abs=0.2)
    assert max(float(value) for _, value in rows) == pytest.approx(max(level), rel=0.01)


def test_a_forest_is_written_trial_by_trial():
    shown = explorable("which_trials")
    named = {row[0]: row[1] for one in tables(shown.numbers(shown.at())) for row in one[2:]}
    assert named["Daly 2018, spray"].count(" to ") == 1
    assert "All that are counted" in named


def test_a_mark_that_shows_a_direction_is_never_written_as_a_number():
    shown = explorable("pressure_at_induction")
    directed = [t for t in tables(shown.numbers(shown.at())) if DIRECTION_ONLY in t[1][1]]
    assert len(directed) >= 4
    assert {row[1] for one in directed for row in one[2:]} == {"yes"}


def test_words_on_an_axis_are_read_as_what_they_say():
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlim=(0, 3), ylim=(0, 2), xlabel="time")
    axes.set_xticks([0, 1, 2], ["1 h", "10 h", "100 h"])
    axes.set_yticks([0, 1], ["left", "right"])
    marks = axes.plot([], [], "o", label="seen")[0]
    numbers = Numbers(Stage(figure, {"main": axes}, {"seen": marks}))
    assert numbers.write({"seen": ([0, 0.5, 2], [0, 1, 0])}) == (
        "time\n\tseen\nleft\t1 h\nright\t3.2 h\nleft\t100 h"
    )
    assert numbers.write({"seen": None}) == ""


def test_numbers_are_short_and_never_scientific():
    assert [written(x) for x in (0, 1e-17, 4e-5, 0.0123, -3.14159, 158.24, 1976, 123456)] == [
        *("0", "0", "below 0.001", "0.0123", "−3.14", "158", "1976", "123500"),
    ]
    assert quantity("−½") == (-0.5, "")
    assert quantity("2 weeks") == (20160.0, "min")
    assert quantity("ketamine") is None
    assert [duration(m) for m in (40, 150, 4000, 1e6)] == ["40 min", "2.5 h", "2.8 days", "1.9 years"]
