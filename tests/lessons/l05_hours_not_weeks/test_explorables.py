"""The read-outs of lesson 05 against tables and models, computed here without the explorables' code."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l05_hours_not_weeks import figures as draw
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.lessons.l05_hours_not_weeks.design_the_blind import (
    DRAWS,
    TRIALS,
    control_groups,
    design,
    trials_of,
)
from ketalab.lessons.l05_hours_not_weeks.onset_race import CLOCK
from ketalab.lessons.l05_hours_not_weeks.relapse_and_repeat import SESSIONS, measured
from ketalab.metaanalysis.pooling import pool
from ketalab.models import depression_trials as depression


def readings(name: str, **values) -> dict[str, float | str]:
    return {r.label: r.value for r in explorable(name).at(**values).readings}


# The race -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", onset.MEASURES)
@pytest.mark.parametrize("clock", CLOCK)
def test_the_race_shows_what_was_measured_by_then_and_nothing_later(clock: str, measure: str):
    rows = onset.measured(measure)
    known = rows[rows.hours <= CLOCK[clock]]
    view = explorable("onset_race").at(clock=clock, measure=measure)
    drawn = [
        y
        for name, data in view.artists.items()
        if data is not None and name not in ("now", "axis") and not name.endswith("bars")
        for y in data[1]
    ]
    assert sorted(drawn) == pytest.approx(sorted(known.value))
    assert readings("onset_race", clock=clock, measure=measure)["measurements so far"] == str(len(known))
    low, high = view.limits["main.y"]
    assert all(low < y < high for y in drawn)


def test_the_line_stands_at_its_hour_and_every_marker_at_its_own():
    """No marker is moved along the clock: what the table of numbers says is when it was measured."""
    for clock, hours in CLOCK.items():
        for measure in onset.MEASURES:
            view = explorable("onset_race").at(clock=clock, measure=measure)
            assert view.artists["now"][0] == pytest.approx([hours] * 2, rel=0.06)
            drawn = {
                x
                for name, data in view.artists.items()
                if data is not None and name not in ("now", "axis") and not name.endswith("bars")
                for x in data[0]
            }
            assert drawn <= set(onset.measured(measure).hours)
            assert all(x <= hours for x in drawn)


def test_a_day_after_one_infusion_is_read_as_printed():
    shown = readings("onset_race", clock="1 day", measure=onset.POINTS)
    assert shown["ketamine"] == "3.7 to 8.7 points on day 1 (4 results)"
    assert shown["oral antidepressant"] == "not measured yet"
    later = readings("onset_race", clock="6 weeks", measure=onset.RESPONSE)
    assert later["oral antidepressant"] == "12 in 100 on day 42 (5 trials)"
    alone = readings("onset_race", clock="3 days", measure=onset.POINTS)
    assert alone["ketamine"] == "0.2 points on day 3 (Lii 2023)"


# Which trials ---------------------------------------------------------------------------------------

DAY = depression.points_after_a_day()


def paule_mandel(y: np.ndarray, v: np.ndarray) -> float:
    """The pooled mean where the weighted squared distances are as large as chance makes them."""

    def mean(tau2: float) -> float:
        return float(np.average(y, weights=1 / (v + tau2)))

    def excess(tau2: float) -> float:
        return float(np.sum((y - mean(tau2)) ** 2 / (v + tau2))) - (len(y) - 1)

    return mean(brentq(excess, 0, 1000) if excess(0) > 0 else 0.0)


@given(
    drug=st.sampled_from(["both drugs", "racemic ketamine", "esketamine"]),
    control=st.sampled_from(["any control", "awake controls only", *set(DAY.about.control)]),
    crossover=st.sampled_from(["counted", "left out"]),
    without=st.sampled_from(["no trial", *DAY.about.label]),
)
def test_the_estimate_is_the_pool_of_the_chosen_trials(drug, control, crossover, without):
    about = DAY.about
    inside = about.label != without
    if drug != "both drugs":
        inside &= about.drug == drug
    if control == "awake controls only":
        inside &= about.comparator != "anaesthesia + saline"
    elif control != "any control":
        inside &= about.control == control
    if crossover == "left out":
        inside &= about.design != "crossover"
    shown = readings("which_trials", drug=drug, control=control, crossover=crossover, without=without)
    assert shown["trials"] == str(inside.sum())
    if inside.sum() >= 2:
        chosen = DAY.effects[inside.to_numpy()]
        text = f"{paule_mandel(chosen.estimate, chosen.se**2):.1f}".replace("-", "−")
        assert shown["points, drug minus control"] == text
    elif inside.sum() == 1:
        value = DAY.effects.estimate[inside.to_numpy()][0]
        assert shown["points, one trial"] == f"{value:.1f}".replace("-", "−")


def test_the_squares_follow_the_choice():
    view = explorable("which_trials").at(drug="esketamine")
    assert len(view.artists["squares"]) == 6
    everything = explorable("which_trials").at()
    assert len(everything.artists["squares"]) == 10


def test_two_trials_say_nothing_by_one_interval_and_much_by_another():
    honest = readings("which_trials", control="midazolam")
    eager = readings("which_trials", control="midazolam", interval="normal")
    assert honest["95% interval"] == "−34.1 to 17.8"
    pooled = pool(DAY.effects[DAY.where(control="midazolam")], interval="normal")
    assert eager["95% interval"] == f"{pooled.low:.1f} to {pooled.high:.1f}".replace("-", "−")


# The blind ------------------------------------------------------------------------------------------


shares = st.integers(4, 10).map(lambda tenth: 10 * tenth)
worth = st.sampled_from([0, 4, 8, 12, 16])
drawn = st.integers(1, DRAWS).map(str)


@given(p=shares, q=shares, belief=worth)
def test_what_is_left_for_the_drug_is_the_arithmetic(p: int, q: int, belief: float):
    view = explorable("design_the_blind").at(treated=p, control=q, belief=belief)
    left = 7.95 - belief * (p + q - 100) / 100
    assert view.artists["here"][1][0] == pytest.approx(left)
    x, y = view.artists["line"]
    assert np.interp(belief, x, y) == pytest.approx(left)
    if p + q > 100 and 7.95 / (p + q - 100) * 100 <= 20:
        assert view.artists["zero"][0][0] == pytest.approx(795 / (p + q - 100))
        assert np.interp(view.artists["zero"][0][0], x, y) == pytest.approx(0, abs=1e-9)
    else:
        assert view.artists["zero"] is None


@pytest.mark.parametrize("trial", TRIALS)
def test_each_trial_of_the_menu_stands_with_its_own_difference(trial: str):
    reference, hours = TRIALS[trial]
    rows = table("trial_differences")
    rows = rows[(rows.reference == reference) & (rows.time_h == hours) & (rows.scale == "MADRS")]
    printed = rows[rows.poolable == "yes"].value.item()
    view = explorable("design_the_blind").at(trial=trial)
    assert view.artists["point"][1] == [-printed]
    assert view.artists["bar"][1][0] < -printed < view.artists["bar"][1][1]


def test_the_yardsticks_are_what_control_groups_fell_by():
    assert list(control_groups().values()) == pytest.approx([8.8, 29.9 - 16.4])


@pytest.mark.parametrize(
    ("trial", "people", "error"),
    [("Murrough", (47, 25), 2.43), ("TRANSFORM", (101, 100), 1.69), ("Jelovac", (32, 30), 2.75),
     ("Lii", (20, 19), 2.86)],
)  # fmt: skip
def test_a_trial_is_drawn_with_its_own_people_and_spread(trial: str, people: tuple, error: float):
    (name,) = (name for name in TRIALS if name.startswith(trial))
    assert design(name).people == people
    assert design(name).spread * np.sqrt(1 / people[0] + 1 / people[1]) == pytest.approx(error, abs=0.006)
    arms = table("trials").set_index("reference").loc[TRIALS[name][0]]
    assert arms.design == "parallel", "a crossover has no two arms to draw"


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize(("p", "q", "belief"), [(80, 80, 8), (100, 100, 8), (40, 60, 16), (60, 60, 0)])
def test_many_drawn_trials_find_what_was_measured_and_their_intervals_hold_it(trial, p, q, belief):
    """The law of large numbers, and the coverage within binomial bounds."""
    many = 1500
    found = trials_of(trial, p, q, belief, range(1, many + 1))
    measured = explorable("design_the_blind").at(trial=trial).artists["point"][1][0]
    people, spread = design(trial)
    error = spread * np.sqrt(1 / people[0] + 1 / people[1])
    differences = np.array([one.difference for one in found])
    assert differences.mean() == pytest.approx(measured, abs=4 * error / np.sqrt(many))
    assert differences.std() == pytest.approx(error, rel=0.08)
    rights = np.mean([one.right for one in found], axis=0)
    assert rights == pytest.approx((p / 100, q / 100), abs=0.01)
    covered = sum(one.interval[0] <= measured <= one.interval[1] for one in found)
    assert binom.ppf(1e-4, many, 0.95) <= covered <= binom.ppf(1 - 1e-4, many, 0.95)


@given(trial=st.sampled_from(list(TRIALS)), p=shares, q=shares, belief=worth, draw=drawn)
def test_the_tally_counts_the_very_trials_a_reader_pages_through(trial, p, q, belief, draw):
    def at(number: int):
        return shown.at(trial=trial, treated=p, control=q, belief=belief, draw=str(number))

    shown = explorable("design_the_blind")
    view, above = at(int(draw)), 0
    for number in range(1, int(draw) + 1):
        page = at(number)
        low, high = page.artists["this bar"][0]
        (mean, other), _rows = page.artists["means"]
        assert page.artists["differences"][0][-1] == pytest.approx(mean - other)
        assert low < mean - other < high
        assert ("its interval is above zero" in page.sentence) == (low > 0)
        above += low > 0
    said = {reading.label: reading.text for reading in view.readings}
    assert said["above zero so far"] == f"{above} of {draw}"
    assert len(view.artists["above zero"]) == above
    assert view.artists["tally"] == f"intervals above\nzero: {above} of {draw}"


@pytest.fixture(scope="module")
def people_axis() -> tuple[float, float]:
    """From where to where the people of design_the_blind may stand: no setting moves it."""
    return explorable("design_the_blind").canvas(72).stage.axes["people"].get_xlim()


@given(trial=st.sampled_from(list(TRIALS)), p=shares, q=shares, belief=worth, draw=drawn)
def test_everybody_of_a_drawn_trial_is_in_the_picture(people_axis, trial, p, q, belief, draw):
    shown, limits = explorable("design_the_blind"), people_axis
    view = shown.at(trial=trial, treated=p, control=q, belief=belief, draw=draw)
    assert "people.x" not in view.limits
    counts = {}
    for arm in ("drug", "control"):
        for guess in ("believes", "does not believe"):
            dots = view.artists[f"{arm} {guess}"]
            counts[arm, guess] = 0 if dots is None else len(dots[0])
            assert dots is None or limits[0] < min(dots[0]) <= max(dots[0]) < limits[1]
    people = design(trial).people
    assert sum(n for (arm, _), n in counts.items() if arm == "drug") == people[0]
    assert sum(n for (arm, _), n in counts.items() if arm == "control") == people[1]
    said = {reading.label: reading.text for reading in view.readings}["guessed right"]
    right = counts["drug", "believes"], counts["control", "does not believe"]
    assert said == f"{right[0]} of {people[0]}, {right[1]} of {people[1]}"
    low, high = view.artists["this bar"][0]
    assert limits[0] + 20 < low < high < limits[1] - 24, "beside the words of the picture"


# Relapse --------------------------------------------------------------------------------------------


@given(
    half=st.integers(5, 300),
    sessions=st.sampled_from(list(SESSIONS)),
    ratio=st.sampled_from([0.1, 0.49, 1.0]),
)
def test_the_relapse_read_out_is_the_hazard_added_up_day_by_day(half, sessions, ratio):
    shown = readings("relapse_and_repeat", half=half, sessions=sessions, ratio=ratio)
    step = 0.01
    days = np.arange(0, 182, step) + step / 2
    hazard = np.full_like(days, np.log(2) / half)
    if sessions != "none":
        hazard[days % SESSIONS[sessions] < 7] *= ratio
    assert shown["well at 6 months, with sessions"] == pytest.approx(
        100 * np.exp(-hazard.sum() * step), rel=2e-3
    )
    assert shown["well at 6 months, without sessions"] == pytest.approx(100 * 0.5 ** (182 / half))


def test_sessions_that_make_no_difference_are_said_to_make_none():
    for sessions, said in (
        ("weekly", "weekly sessions make no difference"),
        ("every 2 weeks", "a session every 2 weeks makes no difference"),
    ):
        assert said in explorable("relapse_and_repeat").at(half=57, sessions=sessions, ratio=1).sentence


def test_one_line_reaches_both_triangles_of_one_trial_only_if_people_differ():
    """Half relapsed after 57 days, and 30 of 100 were well after a year."""
    x, y = explorable("relapse_and_repeat").at(half=57, sessions="none", spread=3.5).artists["treated"]
    assert np.interp([57, 365], x, y) == pytest.approx([50, 30], abs=1.0)
    x, y = explorable("relapse_and_repeat").at(half=57, sessions="none").artists["treated"]
    assert np.interp(365, x, y) < 2


def test_the_measured_markers_are_rows_of_the_table():
    rows = table("trial_durability").query("domain == 'depression'")
    known = {
        (r.reference, r.value if r.unit == "day" else r.time_h / 24, r.low if r.unit == "day" else None)
        for r in rows.itertuples()
    }
    assert len(measured()) == 9
    for point in measured():
        assert 0 < point.share < 100
        assert any(point.reference == ref and point.day == pytest.approx(day) for ref, day, _ in known)
    year = {p.share for p in measured() if p.reference == "ekstrand2022" and p.day > 300}
    assert year == {30.0}


# The pictures' numbers ------------------------------------------------------------------------------


def test_rivals_are_the_printed_or_counted_differences():
    found = {rival.label: (rival.extra, rival.low, rival.high) for rival in draw.rivals()}
    assert found["ELEKT-D"] == pytest.approx((14.2, 3.9, 24.2))
    assert found["KetECT"] == pytest.approx((-17, -30, -2))
    assert found["ESCAPE-TRD"][0] == pytest.approx(100 * (91 / 336 - 60 / 340))
    assert found["Lii 2023"][0] == pytest.approx(10)
    people = table("trials").set_index("trial").n_randomised
    assert [r.people for r in draw.rivals()][1:3] == [str(people["ketect"]), str(people["escapetrd"])]


def test_spray_doses_have_the_intervals_of_their_standard_errors():
    rows = draw.spray_doses()
    assert (rows.below < rows.better).all()
    assert (rows.better < rows.above).all()
    daly = rows[(rows.trial == "daly2018") & (rows.dose == 84)].squeeze()
    assert (daly.better, daly.above - daly.better) == pytest.approx((10.7, 1.96 * 2.88), rel=1e-3)
    takahashi = rows[(rows.trial == "takahashi2021") & (rows.dose == 28)].squeeze()
    assert takahashi.above - takahashi.better == pytest.approx(1.96 * 2.25, rel=1e-3)  # printed at 90%


def test_the_dose_trial_is_told_as_its_row_says():
    note = table("trials").set_index("trial").note["fava2018"]
    assert "0.5 and 1.0 mg/kg beat midazolam, 0.1 and 0.2 mg/kg did not" in note


def test_the_onset_plot_says_the_lead_of_the_pools():
    rows = draw.lead_over_control()
    assert list(rows[rows.drug == onset.KETAMINE].value) == pytest.approx(
        [52.2 - 20.6, 47.9 - 23.8, 39.8 - 26.2]
    )
    alt = draw.onset_plot().alt
    assert "midazolam 8.8, ketamine 16.5" in alt
    assert "32 on day 1, 24 on day 3 and 14 on day 7" in alt


def test_no_band_reaches_the_words_above_it():
    """Nor does the purple line."""
    shown = explorable("design_the_blind")
    canvas = shown.canvas(100)
    view = shown.at()
    canvas.draw(view.artists, view.limits)
    axes = canvas.stage.axes["main"]
    words = next(text for text in axes.texts if text.get_text().startswith("squares"))
    assert words.get_text() == "squares: control groups fell by 8.8 (midazolam) and 13.5 (saline, asleep)"
    (left, low), (right, high) = axes.transData.inverted().transform(words.get_window_extent())
    (start, _), (end, top) = axes.transData.inverted().transform(axes.get_window_extent())
    assert start < left < right < end
    assert high < top
    reached = [
        max(np.max(view.artists["band"][2]), view.artists["belief"][1][1])
        for view in (shown.at(**values) for values in shown.extremes())
    ]
    assert max(reached) < low


def test_what_a_broken_blind_needs_is_what_the_lesson_says():
    for right, needed in ((100, "8.0 points"), (60, "39.8 points")):
        shown = readings("design_the_blind", treated=right, control=right)
        assert shown["nothing left at"] == needed


def test_belief_alone_gives_as_many_intervals_above_zero_as_the_drug_alone():
    for belief, left in ((8, "0.0 (−4.8 to 4.7)"), (0, "8.0 (3.2 to 12.7)")):
        shown = readings("design_the_blind", treated=100, control=100, belief=belief, draw="20")
        assert shown["left for the drug"] == left
        assert shown["above zero so far"] == "17 of 20"


def test_four_of_six_sprays_missed_and_the_maker_paid_for_all():
    rows = onset.sprays()
    assert (rows["primary endpoint"] == "missed").sum() == 4
    assert (rows["paid by"] == "maker").all()


def test_trials_that_missed_are_marked():
    month = depression.points_after_four_weeks()
    marked = {label for label in month.about.label if draw.with_verdict(label) != label}
    assert marked == {"TRANSFORM-1", "TRANSFORM-3", "Takahashi 2021", "Chen 2023"}
