"""Every explorable of the course, driven across the extremes of every control and every preset."""

import json
import re
import warnings
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.Image import Image

from ketalab.data import table
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import (
    EXPLORABLE_MIME,
    Explorable,
    Reading,
    Values,
    View,
    significant,
)
from ketalab.explorables.packed import Frame
from ketalab.lessons import explorable
from ketalab.models import pharmacokinetics as pk
from ketalab.plots.show import smallest_label
from ketalab.text import unbroken


def numbers(value: object) -> np.ndarray:
    """All numbers in an artist's data, whatever its form."""
    if value is None or isinstance(value, str):
        return np.array([])
    parts = [np.ravel(np.asarray(part, dtype=float)) for part in value if not isinstance(part, str)]
    return np.concatenate(parts or [np.array([])])


class Driven(NamedTuple):
    """An explorable at a setting."""

    values: Values
    view: View
    frame: Frame


@pytest.fixture(scope="module")
def driven(shown: Explorable) -> list[Driven]:
    """Across the extremes of every control and every preset, in warnings that are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [Driven(v, shown.at(**v), shown.frame(v)) for v in shown.extremes()]


def test_every_extreme_and_preset_gives_a_finite_picture_without_a_warning(driven: list[Driven]):
    for values, view, frame in driven:
        for artist, data in view.artists.items():
            assert np.isfinite(numbers(data)).all(), (artist, values)
        for reading in view.readings:
            assert isinstance(reading.value, str) or np.isfinite(reading.value), (reading, values)
            assert reading.text, (reading.label, values)
        assert view.sentence.endswith((".", "!", "?")), view.sentence
        assert frame.words.startswith(unbroken(view.sentence))


BARE_THOUSAND = re.compile(r"(?<![\d.,])(?!(?:19|20)\d\d(?!\d))[1-9]\d{3,}")


def test_a_bare_thousand_would_be_found():
    assert BARE_THOUSAND.findall("1393 people and 17600; 1,393; 17,600; 0.2365; Lii 2023; 999") == [
        "1393", "17600"
    ]  # fmt: skip


def test_a_count_of_a_thousand_or_more_has_its_comma(shown: Explorable, driven: list[Driven]):
    for values, view, _ in driven:
        said = [view.sentence, *(reading.text for reading in view.readings)]
        said += [control.text(values.get(control.name, control.start)) for control in shown.controls]
        for words in said:
            assert not BARE_THOUSAND.search(words), (words, values)


def test_every_moving_artist_lies_on_the_stage(shown: Explorable, driven: list[Driven]):
    stage = set(shown.drawing.stage.artists)
    for values, view, _ in driven:
        assert set(view.artists) <= stage, values


@pytest.fixture(scope="module")
def fresh(name: str) -> Image:
    """How an explorable starts that was never moved."""
    return explorable(name).still()


def test_the_same_setting_gives_the_same_picture(shown: Explorable, fresh: Image):
    assert shown.still().tobytes() == fresh.tobytes()


def test_a_blitted_frame_equals_a_fresh_drawing_of_the_same_view(shown: Explorable, fresh: Image):
    """Move through other settings first: nothing of them may stay on the picture."""
    for values in list(shown.extremes())[:5]:
        shown.still(**values)
    moved = np.asarray(shown.still(), int)
    np.testing.assert_array_equal(moved, np.asarray(fresh, int))


def test_controls_are_labelled_explained_and_lie_within_their_range(name: str, shown: Explorable):
    for control in shown.controls:
        assert control.label, name
        assert control.help.endswith("."), (name, control.name)
        control.check(control.start)
        for stop in control.stops:
            control.check(stop)
            assert control.snap(stop) == stop
        if isinstance(control, Slider):
            assert control.unit or control.name in ("year", "sessions", "link"), control.name
    assert len(shown.presets) >= 2


def everything(frame: Frame) -> tuple:
    """All that a reader sees of a setting, but what is said about greyed controls."""
    traces = [(name, t.parts, t.places.tobytes(), t.text) for name, t in frame.traces.items()]
    return frame.ground, traces, frame.words.rsplit("\x1e", 1)[0]


def test_a_greyed_control_changes_nothing_and_says_why(shown: Explorable, driven: list[Driven]):
    frames = {tuple(one.values.items()): one.frame for one in driven}

    def frame(values: Values) -> Frame:
        known = frames.get(tuple(values.items()))
        return shown.frame(values) if known is None else known

    for values in [one.values for one in driven][:80]:
        for control in shown.controls:
            if why := control.greyed_by(values):
                assert why.endswith("."), why
                seen = [everything(frame(values | {control.name: end})) for end in control.extremes]
                assert all(one == seen[0] for one in seen), (control.name, values)


def test_controls_without_effect_are_greyed():
    def greyed(name: str, **values) -> set[str]:
        shown = explorable(name)
        return {c.name for c in shown.controls if c.greyed_by(shown.start | values)}

    assert greyed("route_to_plasma") == set()
    assert greyed("route_to_plasma", route="intramuscular") == {"minutes"}
    assert greyed("route_to_plasma", route="swallowed") == {"minutes", "model"}
    assert greyed("relapse_and_repeat", sessions="none") == {"ratio"}
    assert greyed("cascade_knockout", blocked="nothing") == {"strength"}
    assert greyed("four_steps", entry="no step") == {"ratio", "after"}
    assert greyed("silent_studies", silent=0) == {"size", "link"}
    assert greyed("repeated_sessions", sessions=1) == {"interval"}


FROM_TO_ITSELF = re.compile(r"(?<![\d.,−])(−?[\d.,]*\d%?) to \1(?![\d.])")


def test_a_read_out_has_no_range_from_a_number_to_itself(driven: list[Driven]):
    """Where nothing varies it says one number, or in words why there is none."""
    for values, view, _ in driven:
        for reading in view.readings:
            if not reading.text.endswith(")"):  # an interval beside its estimate may be narrow
                assert not FROM_TO_ITSELF.search(reading.text), (reading, values)


def test_the_menu_of_scenarios_has_a_name_for_the_start(shown: Explorable):
    assert any(shown.start | preset == shown.start for preset in shown.scenarios.values())


def test_alt_text_says_what_is_shown_and_changes_with_it(shown: Explorable):
    texts = {shown.alt(shown.at(**values)) for values in shown.presets.values()}
    assert len(texts) == len(shown.presets)
    assert min(map(len, texts)) >= 40


def test_stored_output_holds_a_picture_with_alt_text_beside_the_widget(name: str, shown: Explorable):
    data, metadata = shown._repr_mimebundle_()
    assert set(data) == {
        "text/plain",
        "image/png",
        EXPLORABLE_MIME,
        "application/vnd.jupyter.widget-view+json",
    }
    assert data["image/png"].startswith(b"\x89PNG")
    assert len(metadata["image/png"]["alt"]) >= 40
    assert data[EXPLORABLE_MIME] == {"name": name}
    for reading in shown.at().readings:
        assert reading.text in data["text/plain"]
    json.dumps(metadata)


def test_labels_are_legible_on_a_slide(shown: Explorable):
    """An explorable stands 660 pixels wide on a slide of 1280; its smallest text is 14 or more."""
    figure = shown.canvas(100).stage.figure
    assert smallest_label(figure) * 660 / shown.width >= 14


def test_a_control_or_value_out_of_range_is_named():
    shown = explorable("route_to_plasma")
    with pytest.raises(ValueError, match=r"dose: 9 is not allowed; it must be 0\.1 to 2 mg/kg"):
        shown.at(dose=9)
    with pytest.raises(ValueError, match="route: 'sniffed' is not allowed; it must be one of IV infusion"):
        shown.at(route="sniffed")
    with pytest.raises(ValueError, match="control: 'colour' is not one of route, dose"):
        shown.at(colour=1)
    with pytest.raises(ValueError, match="explorable: 'nothing' is not one of"):
        explorable("nothing")


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(1, 5))
def test_significant_digits_are_kept_and_never_scientific(value: float, digits: int):
    shown = significant(value, digits)
    assert "e" not in shown
    assert float(shown.replace(",", "").replace("\N{MINUS SIGN}", "-")) == pytest.approx(
        value, rel=0.51 * 10 ** (1 - digits)
    )


def test_a_reading_below_its_least_says_so():
    assert Reading("left", 6.6e-7, "ng/mL", least=0.01).text == "below 0.01 ng/mL"
    assert Reading("left", 0.27, "ng/mL", 2, least=0.01).text == "0.27 ng/mL"
    assert Reading("range", "40 to 109 kg").text == "40 to 109 kg"


@given(st.floats(0.1, 2.0))
def test_a_slider_snaps_to_its_steps(value: float):
    slider = explorable("route_to_plasma").controls[1]
    snapped = slider.snap(value)
    assert abs(snapped - value) <= slider.step / 2 + 1e-9
    assert snapped == slider.snap(snapped)


# The read-outs against the models, computed here without the explorables' code ----------------------


def reading(name: str, label: str, **values) -> float | str:
    found = {r.label: r.value for r in explorable(name).at(**values).readings}
    return found[label]


@given(dose=st.sampled_from([0.1, 0.5, 1.3, 2.0]), minutes=st.sampled_from([2, 40, 120]))
def test_route_read_out_is_the_model(dose: float, minutes: float):
    patient = pk.published("otto2021").typical(70)
    given_doses = [pk.Dose(dose * 70, "iv", duration=minutes)]
    fine = np.arange(0, 361, 0.05)
    curve = pk.concentration(patient, given_doses, fine, "ketamine")[0]
    assert reading("route_to_plasma", "ketamine peak", dose=dose, minutes=minutes) == pytest.approx(
        curve.max(), rel=1e-3
    )
    assert reading("route_to_plasma", "ketamine at 4 h", dose=dose, minutes=minutes) == pytest.approx(
        np.interp(240, fine, curve), rel=1e-4
    )


def test_measured_points_appear_only_for_the_setting_they_belong_to():
    shown = explorable("route_to_plasma")
    matched = shown.at().artists["measured"]
    expected = table("plasma_concentrations").query("route == 'iv' and infusion_min == 40 and dose == 0.5")
    assert sorted(matched[1]) == sorted(expected.value)
    assert len(shown.at(dose=0.7).artists["measured"][1]) == 0
    assert len(shown.at(minutes=41).artists["measured"][1]) == 0
    volunteers = shown.at(**shown.presets["Volunteers: about 10 mg over 30 min"]).artists["measured"]
    assert len(volunteers[1]) >= 6


def test_repeated_sessions_read_out_is_the_model():
    patient = pk.published("simons2022").typical()
    doses = pk.every(pk.Dose(35, "iv", duration=40), 4 * 60, 12)
    first, last = pk.concentration(patient, doses, [40, 11 * 240 + 40], "ketamine")[0]
    shown = {"dose": 0.5, "interval": 4, "sessions": 12}
    assert reading("repeated_sessions", "accumulation, last over first", **shown) == pytest.approx(
        last / first
    )
    before = pk.concentration(patient, doses, [12 * 240], "ketamine")[0, 0]
    assert reading("repeated_sessions", "left just before the next", **shown) == pytest.approx(before)
    washed = reading("repeated_sessions", "ketamine below 1 ng/mL after", **shown)
    level = pk.concentration(patient, doses, [11 * 240 + washed * 60], "ketamine")[0, 0]
    assert level == pytest.approx(1.0, rel=0.02)


def test_population_read_out_is_the_population():
    weight = np.clip(75 + 15 * np.random.default_rng(7).standard_normal(300), 40, 160)
    people = pk.published("otto2021").population(300, 7, weight)
    levels = [
        pk.concentration(people, [pk.Dose(0.5 * w, "iv", duration=40)], [40], "ketamine")[i, 0]
        for i, w in enumerate(weight)
    ]
    assert reading("population_fan", "median at the end") == pytest.approx(np.median(levels))
    assert reading("population_fan", "highest 5 in 100 are above") == pytest.approx(
        np.percentile(levels, 95)
    )


def test_the_drug_and_mood_read_out_is_the_trial():
    shown = {"clock": "1 day", "arms": "ketamine and saline"}
    assert reading("drug_and_mood", "ketamine group's score on day 1", **shown) == "12.7 points"
    assert reading("drug_and_mood", "saline group's score on day 1", **shown) == "16.4 points"
    assert reading("drug_and_mood", "ketamine minus saline", **shown) == "−3.7 points"
    error = np.sqrt(7.6**2 / 20 + 10.0**2 / 19)
    expected = f"{-3.7 - 1.96 * error:.1f} to {-3.7 + 1.96 * error:.1f}".replace("-", "−")
    assert reading("drug_and_mood", "95% interval", **shown) == expected


def test_history_counts_add_up():
    events = table("timeline")
    for year in (1955, 1970, 1999, 2026):
        so_far = int(reading("history_so_far", "events so far", year=year))
        still = int(reading("history_so_far", "still to come", year=year))
        assert so_far == (events.date.str[:4].astype(int) <= year).sum()
        assert so_far + still == len(events)


def test_choices_know_their_extremes():
    control = Choice("kind", "Kind", ("a", "b"), "a", "One of two.")
    assert control.extremes == ("a", "b")


def test_a_year_has_no_comma():
    year = Slider("year", "Year", "", 1955, 2026, 1, 1975, "")
    dose = Slider("dose", "Dose", "mg", 0, 2000, 1, 1975, "")
    assert (year.text(1975), dose.text(1975)) == ("1975", "1,975 mg")
