"""Axes serve every setting: no hand moves them, or the picture says so; nothing leaves them unsaid."""

from collections.abc import Iterator

import numpy as np
import pytest
from explorables.test_catalogue import BARE_THOUSAND
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, LineCollection, PathCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from ketalab.explorables.canvas import Canvas
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Values, View
from ketalab.explorables.drawing import in_data, points
from ketalab.lessons import explorable

# A slider moves these axes, between few ends, and the picture then says which they were (`newAxes` of
# stage.js). Levels go with the dose over two orders of magnitude and more; a course lasts days or months.
# One axis for all would flatten the settings that the lesson is about.
FEW_ENDS = {
    "population_fan": "levels of 0.1 mg/kg in two hours and of 1 mg/kg in two minutes",
    "route_to_plasma": "levels of all routes and doses; its own menu makes the axis logarithmic",
    "infusion_to_block": "the free level of all doses",
    "repeated_sessions": "one session or three months",
    "plasticity_window": "hours after one session or ten weeks",
    "cascade_fan": "all known or a hundredfold unknown",
    "dose_to_synapse": "five steps of a chain that each may fade to nothing",
    "relief_over_weeks": "a half-hour of 5 mg/h or two weeks of 70 mg/h",
    "wind_up": "no build-up or 14 times the first response",
    "how_many_more": "estimates of 20 people or of 2,000",
    "small_trials_shine": "intervals of 10 people a group and a large effect",
    "reminder_and_drug": "memories that fade and memories that grow",
    "opioid_sparing": "5 or 60 in 100 who are sick",
    "four_steps": "more than 60 in 100 well at the far end of one slider",
}
MOST_ENDS = 6
# A menu moves these: what it chooses is another measure, another group of rows, another stretch of time.
BY_MENU = {"onset_race", "pressure_at_induction", "infusion_designer", "session_planner"}
# What may go on beyond its axes, and why that is said or seen.
GOES_ON = {
    ("which_trials", "diamond"): "the row says the whole interval in numbers",
    ("infusion_designer", "given"): "its menu chooses the first 20 minutes of an infusion",
    ("pressure_at_induction", "*"): "the other group's rows; its menu chooses",
}


def settings(shown: Explorable) -> Iterator[Values]:
    """The start and every preset, with every control at each of its ends."""
    for preset in ({}, *shown.presets.values()):
        yield shown.start | preset
        for control in shown.controls:
            for end in control.extremes:
                yield shown.start | preset | {control.name: end}


def by_a_hand(shown: Explorable, values: Values) -> Iterator[Values]:
    """The same with every slider at its ends."""
    for control in shown.controls:
        if isinstance(control, Steps) or not isinstance(control, Choice):
            for end in control.extremes:
                yield values | {control.name: end}


@pytest.fixture(scope="module")
def views(shown: Explorable) -> list[tuple[Values, View]]:
    return [(values, shown.at(**values)) for values in settings(shown)]


@pytest.fixture(scope="module")
def canvas(shown: Explorable) -> Canvas:
    return shown.canvas(72)


def test_axes_stay_where_they_are_or_have_few_ends(name: str, shown: Explorable, views):
    seen: dict[str, set] = {}
    for _, view in views:
        for axis, ends in view.limits.items():
            seen.setdefault(axis, set()).add(ends)
    moved = {axis for axis, ends in seen.items() if len(ends) > 1}
    assert all(len(ends) <= MOST_ENDS for ends in seen.values()), seen
    assert bool(moved) == (name in FEW_ENDS or name in BY_MENU), moved
    if name in BY_MENU:
        for values in ({}, *shown.presets.values()):
            before = shown.at(**values).limits
            assert all(shown.at(**at).limits == before for at in by_a_hand(shown, shown.start | values)), (
                "a slider moved the axis"
            )


def leaves(artist: Artist, value: object) -> str:
    """By which side of its axes data go on; empty where they do not, or where that is no loss: a curve's
    far ends, a logarithmic axis's foot, a line drawn across the whole picture."""
    if value is None or isinstance(artist, Text) or artist.axes is None:
        return ""
    _, _, places, _ = points(artist, value)
    line = isinstance(artist, Line2D) and artist.get_linestyle() != "None"
    band = isinstance(artist, PolyCollection) and not isinstance(artist, (LineCollection, PathCollection))
    if not len(places) or (line and len(places) == 2 and (np.ptp(places, axis=0) == 0).any()):
        return ""
    sides = []
    for i, direction in enumerate("xy"):
        if not (in_data(artist)[i] or isinstance(artist, Collection)) or (i == 0 and (line or band)):
            continue
        low, high = sorted(getattr(artist.axes, f"get_{direction}lim")())
        room = 0.002 * (high - low)
        data = places[np.isfinite(places[:, i]), i]
        if i == 1 and (line or band):  # what lies beside the axes is not seen
            left, right = sorted(artist.axes.get_xlim())
            inside = (places[:, 0] >= left) & (places[:, 0] <= right)
            data = places[inside & np.isfinite(places[:, 1]), 1]
        scale = getattr(artist.axes, f"get_{direction}scale")()
        if data.size and data.max() > high + room:
            sides.append(f"{direction} above")
        if data.size and data.min() < low - room and scale != "log":
            sides.append(f"{direction} below")
    return ", ".join(sides)


def test_nothing_leaves_its_axes_without_a_word(name: str, views, canvas: Canvas):
    for values, view in views:
        canvas.limit(view.limits)
        for artist, value in view.artists.items():
            if (name, artist) in GOES_ON or (name, "*") in GOES_ON:
                continue
            drawn = canvas.stage.artists[artist]
            if not drawn.get_clip_on():
                continue
            assert not leaves(drawn, value), (artist, values)


def ticks(canvas: Canvas) -> Iterator[str]:
    """The words beside every axis of a picture, as it stands."""
    for axes in filter(Axes.get_visible, canvas.stage.figure.axes):
        for axis in (axes.xaxis, axes.yaxis):
            if axes.axison and axis.get_visible():
                texts = axis.get_major_formatter().format_ticks(axis.get_majorticklocs())
                yield from (text for text in map(str, texts) if "/" not in text)  # events of people


def test_a_number_beside_an_axis_has_its_comma(views, canvas: Canvas):
    for limits in {tuple(view.limits.items()) for _, view in views}:
        canvas.limit(dict(limits))
        bare = [text for text in ticks(canvas) if BARE_THOUSAND.search(text)]
        assert not bare, limits


def test_measurements_after_the_end_of_the_axis_are_announced():
    shown = explorable("route_to_plasma")
    volunteers = shown.at(**shown.presets["Volunteers: about 10 mg over 30 min"])
    assert volunteers.artists["later"] == "measured up to 10 h →"
    assert max(volunteers.artists["measured"][0]) <= 6
    assert shown.at().artists["later"] == ""


def test_a_table_holds_no_more_than_the_picture():
    shown = explorable("infusion_designer")
    short = shown.numbers(shown.at(bolus=2.0, rate=0.0, window="first 20 min"))
    minutes = [
        float(row.split("\t")[0])
        for one in short.split("\n\n")
        if "plasma" in one
        for row in one.split("\n")[2:]
    ]
    assert minutes
    assert max(minutes) <= 20


def test_the_page_says_where_a_new_axis_went_before(in_node):
    box = [0, 0, 100, 100]
    before = {"main": {"box": box, "x": ["linear", 0, 6], "y": ["linear", 0, 400]}}
    now = {"main": {"box": box, "x": ["linear", 0, 6], "y": ["linear", 0, 2000]}}
    said = {"name": "main", "direction": "y", "text": "New axis: 0 to 2,000 (before: 0 to 400)"}
    asked = [[before, now, {}], [now, now, {}], [before, now, {"main.y": {"silent": True}}]]
    asked.append([before, now, {"main.y": {"words": [[0, "rats"]]}}])
    assert in_node("newAxes", asked) == [[said], [], [], []]


def test_a_note_that_is_wider_than_its_axes_takes_two_lines(in_node):
    note = "New axis: 0 to 2 (before: 0 to 20)"
    asked = [[note, 230, 300], [note, 230, 120]]
    assert in_node("inLines", asked) == [[note], ["New axis: 0 to 2", "(before: 0 to 20)"]]


def test_a_note_on_a_picture_stands_where_it_covers_least_and_stays_there(in_node):
    left, right, below = [0, 0, 40, 15], [60, 0, 40, 15], [0, 80, 40, 15]
    peak, plain = [20, 5], [80, 5]
    asked = [
        [[left, right], [], [], None],
        [[left, right], [peak], [], None],
        [[left, right], [peak, plain], [], 1],  # one is no better than the other
        [[left, right, below], [plain], [left], None],
    ]
    assert in_node("freest", asked) == [0, 1, 1, 2]


def test_a_hand_reads_an_axis_that_is_straight_near_zero_as_matplotlib_does(in_node):
    shown = explorable("dose_to_surge")
    frame = shown.drawing.axes()["main"]
    axis = shown.drawing.stage.axes["main"].yaxis
    values = np.array([-39.0, -12.0, -3.0, 0.0, 4.0, 10.0, 55.0, 1900.0])
    low, high, *at = axis.get_transform().transform(np.array([*frame["y"][1:3], *values]))
    top, bottom = frame["box"][1], frame["box"][3]
    places = [bottom + (place - low) / (high - low) * (top - bottom) for place in at]
    found = in_node("valueAt", [[frame, "y", place] for place in places])
    assert found == pytest.approx(values, abs=1e-6)


def test_a_scenario_is_the_start_and_what_it_changes(in_node):
    spec = {"start": {"dose": 1, "route": "vein"}, "presets": {"Twice": {"dose": 2}, "As it starts": {}}}
    found = in_node("scenarioOf", [[spec, name] for name in ("Twice", "As it starts", "Your own settings")])
    assert found == [{"dose": 2, "route": "vein"}, spec["start"], None]


def test_words_are_legible_on_a_phone_held_upright(in_node):
    width = explorable("route_to_plasma").drawing.size[0]
    phone, deck, narrow = in_node("enlarged", [390 / width, 760 / width, 200 / width])
    assert 9 <= 12 * phone * 390 / width < 9.1
    assert deck == 1
    assert narrow == 1.16


def test_the_edge_of_the_picture_cuts_no_word_of_an_axis(views, canvas: Canvas):
    """Axes get their room once, for the start; other ends may have longer numbers."""
    whole = canvas.stage.figure.bbox.padded(1.5)  # an extent has more air than ink
    seen = set()
    for values, view in views:
        if (ends := tuple(view.limits.items())) in seen:
            continue
        seen.add(ends)
        canvas.draw(view.artists, view.limits)
        for axes in filter(lambda one: one.axison, canvas.stage.axes.values()):
            for axis, i in ((axes.xaxis, 0), (axes.yaxis, 1)):
                low, high = sorted(axis.get_view_interval())
                ticks = [t for t in axis.get_ticklabels() if low <= t.get_position()[i] <= high]
                for text in (axis.label, *ticks):
                    if text.get_visible() and text.get_text():
                        place = text.get_window_extent()
                        assert whole.contains(place.x0, place.y0), (text, values)
                        assert whole.contains(place.x1, place.y1), (text, values)
