"""The plain-text equivalent: the numbers behind every picture, read from what is drawn."""

import re
from collections import Counter

import numpy as np
import pytest
from matplotlib.figure import Figure

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.datatable import Numbers, says_a_number, written
from ketalab.lessons import CATALOGUE, explorable
from ketalab.lessons.l00_start_here.figures import decimal_years
from ketalab.plots.axes import ReadAs, read_as
from ketalab.plots.style import DIRECTION_ONLY
from ketalab.text import duration

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


@pytest.mark.parametrize("later", [1 - 1e-15, 1 + 1e-15])
def test_of_two_peaks_of_one_height_the_first_is_written_on_every_machine(later: float):
    """Sessions alike have peaks alike, up to the last digit, which differs from machine to machine."""
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel="days", ylabel="level", xlim=(0, 100), ylim=(0, 10))
    (line,) = axes.plot([], [])
    level = np.ones(100)
    level[[10, 47, 88]] = 3, 7, 7 * later
    text = Numbers(Stage(figure, {"main": axes}, {"level": line})).write({"level": (np.arange(100), level)})
    assert ["47", "7"] in tables(text)[0]
    assert "88" not in dict(tables(text)[0][2:])


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
    read_as(axes.xaxis, ReadAs(value=lambda place: 10**place))
    axes.set_yticks([0, 1], ["left", "right"])
    marks = axes.plot([], [], "o", label="seen")[0]
    numbers = Numbers(Stage(figure, {"main": axes}, {"seen": marks}))
    assert numbers.write({"seen": ([0, 0.5, 2], [0, 1, 0])}) == (
        "time\n\tseen\nleft\t1 h\nright\t3.16\nleft\t100 h"
    )
    assert numbers.write({"seen": None}) == ""


def test_numbers_are_short_and_never_scientific():
    assert [written(x) for x in (0, 1e-17, 4e-5, 0.0123, -3.14159, 158.24, 1976, 123456)] == [
        *("0", "0", "below 0.001", "0.0123", "−3.14", "158", "1,976", "123,500"),
    ]
    assert [written(x) for x in (999.4, 999.7, -1000, 9999.9)] == ["999", "1,000", "−1,000", "10,000"]
    assert says_a_number("−½")
    assert says_a_number("2 weeks")
    assert not says_a_number("ketamine")


def test_a_hand_on_a_picture_is_told_what_the_tables_say(in_node):
    chance = np.random.default_rng(13)
    numbers = [0.0, 5e-4, -5e-4, 999.7, *(chance.choice([-1, 1], 300) * 10 ** chance.uniform(-4, 6, 300))]
    assert in_node("written", numbers) == [written(value) for value in numbers]
    times = [1.0, 119.0, 120.0, 2879.0, 525960.0, *10 ** chance.uniform(0, 7, 300)]
    assert in_node("lasting", times) == [duration(value) for value in times]


def test_a_year_is_no_count_and_ends_in_december(in_node):
    """August 2006 stood in the table as 2007, and the line at the end of 1975 as 1976."""
    history = explorable("history_so_far")
    found = [row for one in tables(history.numbers(history.at(year=2026))) for row in one[2:]]
    assert [row[-1] for row in found if row[0] == ""] == ["2026"]
    dates = table("timeline").date.sort_values(kind="stable")
    rows = Counter(tuple(row) for row in found if row[0])
    assert rows <= Counter(zip(table("timeline").kind, table("timeline").date.str[:4], strict=True))
    assert sum(rows.values()) >= 10
    places = [*decimal_years(dates), 1976.0 - 1e-3, 1975.99, 1975.5]
    years = [*dates.str[:4], "1976", "1975", "1975"]
    assert in_node("measured", [[{"name": "year"}, place] for place in places]) == years


def test_a_bar_is_written_from_end_to_end_and_a_mark_as_its_middle():
    """Bars of going_home were halved: they were taken for markers."""
    shown = explorable("going_home")
    rows = [row for one in tables(shown.numbers(shown.at())) for row in one[2:]]
    ends = {
        "dissociation": 90,
        "slower thinking": 120,
        "raised pressure": 240,
        "watched": 120,
        "no driving": 300,
    }
    for name, end in ends.items():
        assert any(row[0] == name and f"0 to {end}" in row for row in rows), (name, rows)
    forest = explorable("which_trials")
    (squares,) = [t for t in tables(forest.numbers(forest.at())) if any("squares" in h for h in t[1])]
    column = next(i for i, head in enumerate(squares[1]) if "squares" in head)
    assert not any(" to " in row[column] for row in squares[2:])


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_minus_is_that_of_print_and_zero_has_none(name: str):
    shown = explorable(name)
    for values in list(shown.extremes())[:60]:
        view = shown.at(**values)
        said = [view.sentence, *(reading.text for reading in view.readings), shown.numbers(view)]
        for text in said:
            assert not re.search(r"(?<![\w.,)])-[\d.]", text), text
            assert not re.search(r"\u22120(\.0+)?(?![\d.])", text), text


def test_mechanisms_have_their_numbers():
    """What the tanks, the pores, the circuit and the chain say in words stands in the tables, too."""

    def cells(name: str, measures: str, **values) -> tuple[object, dict[str, list[str]]]:
        view = explorable(name).at(**values)
        (found,) = [t for t in tables(explorable(name).numbers(view)) if t[0][0].startswith(measures)]
        return view, {row[0]: row[1:] for row in found[2:]}

    view, rows = cells("route_to_plasma", "ketamine in the two tanks", dose=1.0)
    for letter, row in zip("ABC", rows.values(), strict=True):
        said = [view.artists[f"{letter} {part}"] for part in ("blood", "tissue", "in", "back", "out")]
        assert row == [*said[:2], *(f"{flow} mg/h" for flow in said[2:])]
    view, rows = cells("pore_block", "50 open channels", voltage=-20)
    assert sum(int(count) for (count,) in rows.values()) == 50
    assert view.artists["ions"] == f"{rows['hold magnesium'][0]} magnesium"
    view, rows = cells("interneurons_first", "the circuit", selectivity=4.0, occupancy=60)
    said = [view.artists[f"{p} blocked"][2].split("\n")[0] for p in ("pyramidal", "interneuron")]
    assert rows["NMDA receptors blocked"] == said
    assert rows["from the other cells, change by the drug"][0].startswith("inhibition, ")
    view, rows = cells("cascade_knockout", "highest, above rest")
    assert rows["mTORC1"][0] == view.artists["mtorc1 says"][2]
    assert rows["TrkB"][0] == rows["TrkB"][1]  # before the block nothing changes
