"""The pain explorables against the printed numbers, worked out here anew."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l08_chronic_pain.opioid_sparing import NAUSEA
from ketalab.lessons.l08_chronic_pain.relief_over_weeks import TRIALS


def read(name: str, label: str, **values) -> float | str:
    return {r.label: r.value for r in explorable(name).at(**values).readings}[label]


# Wind-up -------------------------------------------------------------------------------------------


def sixteenth(interval: float, block: float, fade: float = 5.0, share: float = 0.4) -> float:
    """The answer to pulse 16 (jump 5 mV, threshold 6.5 mV, gain 0.3 per mV), step by step."""
    height = 0.0
    for _ in range(15):
        volts = height - 70
        opened = (1 + exp(0.062 * 70) / 3.57) / (1 + exp(-0.062 * volts) / 3.57)
        height += 5 * volts / -70 * (1 - share + share * (1 - block) * opened)
        height *= exp(-interval / fade)
    return 1 + 0.3 * max(height - 6.5, 0)


@pytest.mark.parametrize("interval", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("block", [0, 20, 100])
def test_wind_up_reads_what_the_recursion_says(interval: float, block: int):
    setting = {"interval": interval, "block": block}
    assert read("wind_up", "pulse 16, no drug", **setting) == pytest.approx(sixteenth(interval, 0.0))
    assert read("wind_up", "pulse 16, blocked", **setting) == pytest.approx(
        sixteenth(interval, block / 100)
    )
    shown = explorable("wind_up").at(**setting).artists
    assert shown["blocked"][1][0] == shown["free"][1][0] == 1, "built in, and said so"


def test_the_interval_of_summation_is_where_the_sixteenth_pulse_stops_growing():
    shown = float(read("wind_up", "longest gap with build-up, blocked", block=50).split()[0])
    assert sixteenth(shown - 0.1, 0.5) > 1
    assert sixteenth(shown + 0.1, 0.5) == 1
    assert (
        read("wind_up", "longest gap with build-up, no drug", fade=20.0, jump=6.0, threshold=2.0)
        == "more than 6 s"
    )
    assert read("wind_up", "longest gap with build-up, no drug", jump=1.0, threshold=15.0) == "none"
    assert read("wind_up", "build-up prevented", interval=6.0) == "nothing builds up"


def test_the_line_at_the_readers_interval_ends_below_the_words_beside_it():
    shown = explorable("wind_up")
    canvas = shown.canvas(100)
    for interval in (0.5, 5.0, 6.0):
        view = shown.at(interval=interval)
        canvas.draw(view.artists, view.limits)
        axes = canvas.stage.axes["rates"]
        (words,) = axes.texts
        height = axes.transAxes.inverted().transform(words.get_window_extent())[0, 1]
        assert view.artists["here"][1][1] / view.limits["rates.y"][1] < height


# Relief --------------------------------------------------------------------------------------------


def test_a_trials_signs_stand_only_beside_its_own_course():
    shown = explorable("relief_over_weeks")
    followed = table("pain_followup")
    for name, trial in TRIALS.items():
        artists = shown.at(**shown.presets[name]).artists
        for artist, sign in (("better", "better"), ("same", "no clear difference")):
            days = followed.days[(followed.trial == trial) & (followed.sign == sign)]
            drawn = [] if artists[artist] is None else 7 * np.asarray(artists[artist][0])
            np.testing.assert_allclose(drawn, days)
        assert (artists["said"] is None) == (artists["better"] is None and artists["same"] is None)
    assert shown.at(rate=21).artists["said"] is None, "nothing is said of marks where there are none"
    assert shown.at(rate=21).artists["better"] is None
    assert read("relief_over_weeks", "trial with this course", rate=21) == "none"


def test_after_the_drug_has_gone_relief_halves_in_its_half_life():
    days = explorable("relief_over_weeks").at().artists["relief"]
    at = [float(np.interp(day / 7, *days)) for day in (30.0, 40.9, 51.8)]
    assert at[1] / at[0] == pytest.approx(0.5, rel=2e-3)
    assert at[2] / at[1] == pytest.approx(0.5, rel=2e-3)
    assert read("relief_over_weeks", "time to halve from there", half_life=5.4) == "6 days"


def test_a_course_reaches_what_scipy_integrates_from_its_plasma_level():
    """dE/dt = ln 2 / 10.9 d (C / (C + 10.5 ng/mL) - E), along the level that the picture shows."""
    artists = explorable("relief_over_weeks").at(hours=5.0, days=7).artists
    weeks, level = artists["level"]

    def rise(day: float, relief: np.ndarray) -> np.ndarray:
        now = np.interp(day / 7, weeks, level)
        return log(2) / 10.9 * (now / (now + 10.5) - relief)

    run = solve_ivp(rise, (0, 84), [0.0], t_eval=[3.0, 7.0, 20.0, 84.0], max_step=0.02)
    shown = np.interp(np.array([3.0, 7.0, 20.0, 84.0]) / 7, *artists["relief"])
    np.testing.assert_allclose(shown, 100 * run.y[0], rtol=5e-3)


def test_racemic_counts_half():
    one = float(read("relief_over_weeks", "S-ketamine, highest", rate=20))
    half = float(read("relief_over_weeks", "S-ketamine, highest", rate=40, drug="racemic ketamine"))
    assert half == pytest.approx(one)


# Opioids -------------------------------------------------------------------------------------------


def people(words: str) -> int:
    """'79 fewer' as -79."""
    if words == "as many":
        return 0
    number, way = words.split()
    return int(number) * (1 if way == "more" else -1)


@given(st.integers(5, 60), st.sampled_from(list(NAUSEA)))
def test_nausea_is_the_ratio_times_the_risk(sick: int, review: str):
    ratio = table("opioid_sparing").set_index("row").loc[NAUSEA[review]]
    setting = {"sick": sick, "review": review}
    assert people(read("opioid_sparing", "nausea, per 1,000", **setting)) == pytest.approx(
        10 * sick * (ratio.value - 1), abs=0.51
    )
    ends = read("opioid_sparing", "interval of nausea", **setting).split(" to ")
    high = min(10 * sick * ratio.high, 1000) - 10 * sick
    assert [people(end) for end in ends] == pytest.approx([10 * sick * (ratio.low - 1), high], abs=0.51)


@given(st.sampled_from([0.5, 1.0, 4.0, 10.0, 15.0]))
def test_hallucinations_follow_the_odds_ratio(seeing: float):
    risk = seeing / 100
    odds = log(risk / (1 - risk)) + log(1.16)
    with_it = 1 / (1 + exp(-odds))
    assert people(read("opioid_sparing", "hallucinations, per 1,000", seeing=seeing)) == pytest.approx(
        1000 * (with_it - risk), abs=0.51
    )


def test_the_saving_is_the_printed_one():
    assert read("opioid_sparing", "morphine saved") == pytest.approx(12.9)
    assert read("opioid_sparing", "interval of the saving") == "3.35 to 22.4 mg"
    assert read("opioid_sparing", "morphine saved", who="dependent on opioids") == pytest.approx(42)


def test_where_no_opioid_was_given_none_is_saved():
    shown = explorable("opioid_sparing").at(review="against other drugs (Seo 2025)")
    assert shown.artists["use_bar"] is None
    assert "no morphine to save" in shown.sentence
    assert "mg" not in shown.sentence


@pytest.mark.parametrize(
    ("hours", "days", "words"),
    [
        (1.0, 1, "for 1 hour "),
        (0.5, 1, "for 0.5 hours "),
        (24.0, 4, "day and night for 4 days"),
        (5.0, 7, "for 5 hours a day for 7 days"),
    ],
)
def test_a_course_is_said_in_grammar(hours: float, days: int, words: str):
    assert words in explorable("relief_over_weeks").at(hours=hours, days=days).sentence
