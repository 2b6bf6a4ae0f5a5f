"""The explorables on anaesthesia against models and data, computed here without their code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l09_anaesthesia_and_emergency import (
    infusion_designer,
    ketamine_or_etomidate,
    pressure_at_induction,
)
from ketalab.metaanalysis.effect_size import risk_ratio
from ketalab.metaanalysis.pooling import pool
from ketalab.models import pharmacokinetics as pk


def readings(name: str, **values) -> dict:
    return {r.label: r.value for r in explorable(name).at(**values).readings}


# The infusion ---------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=15)
@given(
    st.sampled_from([0.1, 1.0, 2.5]),
    st.sampled_from([0.0, 12.5, 60.0]),
    st.sampled_from(list(infusion_designer.DELAYS)),
)
def test_the_effect_site_follows_plasma_as_its_equation_says(bolus: float, rate: float, delay: str):
    view = explorable("infusion_designer").at(bolus=bolus, rate=rate, delay=delay)
    minutes, plasma = view.artists["plasma"]
    site = view.artists["site"][1]
    half_life = {"1": 11 / 60, "2": 23 / 60, "4": 47 / 60, "8": 8.3}[delay[0]]
    patient = pk.published("simons2022").typical()
    own = pk.concentration(patient, infusion_designer.schedule(bolus, rate, 40), minutes, "ketamine")[0]
    np.testing.assert_allclose(plasma, np.maximum(own, 0.1), rtol=1e-6)
    # What the site holds at the end is what flowed in: ke0 times the area between the two curves.
    flow = np.log(2) / half_life * np.trapezoid(plasma - site, minutes)
    assert flow == pytest.approx(site[-1] - site[0], abs=0.03 * site.max())


def test_what_was_given_is_what_the_doses_hold():
    for bolus, rate, minutes in ((0.0, 12.5, 40), (2.0, 41.0, 120), (1.3, 0.0, 60)):
        given_in_all = sum(dose.amount for dose in infusion_designer.schedule(bolus, rate, minutes)) / 70
        shown = readings("infusion_designer", bolus=bolus, rate=rate, minutes=minutes)
        assert shown["given in all"] == pytest.approx(given_in_all)


@pytest.mark.parametrize(("bolus", "rate", "ends"), [(0.0, 12.5, 40), (2.0, 0.0, 1), (2.0, 41.0, 41)])
def test_the_time_of_giving_is_shaded_from_the_bottom_of_the_picture_to_its_top(bolus, rate, ends):
    """The heights of the band are shares of the picture, not concentrations."""
    shown = explorable("infusion_designer")
    canvas, view = shown.canvas(100), shown.at(bolus=bolus, rate=rate, minutes=40)
    canvas.draw(view.artists, view.limits)
    band = canvas.stage.artists["given"].get_window_extent()
    frame = canvas.stage.axes["main"].get_window_extent()
    assert (band.y0, band.y1) == pytest.approx((frame.y0, frame.y1))
    assert band.width / frame.width == pytest.approx(ends / 180)


def test_the_usual_infusion_does_not_take_response_away_and_an_induction_does():
    assert readings("infusion_designer")["response lost"] == "never"
    induction = readings("infusion_designer", bolus=2.0, rate=0.0)
    assert induction["response lost"] == "27 s"
    label = table("induction_drugs").query("reference == 'ketalarus' and route == 'intravenous'")
    slept = label[label.quantity == "duration"].iloc[0]
    assert slept.low < float(induction["response back"].split()[0]) < slept.high


def test_a_slow_delay_would_never_put_anyone_to_sleep_with_an_induction_dose():
    assert (
        readings("infusion_designer", bolus=2.0, rate=0.0, delay=infusion_designer.PAIN)["response lost"]
        == "never"
    )


def test_measurements_stand_only_beside_the_schedule_they_were_made_with():
    designer = explorable("infusion_designer")
    surgery = designer.at(bolus=2.0, rate=41.0).artists
    assert surgery["level"][1] == [2211]
    assert surgery["orders"] is None
    induction = designer.at(bolus=2.0, rate=0.0).artists
    assert induction["orders"][0] == [9.2]
    assert induction["level"] is None
    other = designer.at(bolus=2.0, rate=20.0).artists
    assert other["level"] is other["orders"] is None


def test_nothing_given_says_so():
    assert explorable("infusion_designer").at(bolus=0.0, rate=0.0).sentence == "Nothing is given."


# Pressure -------------------------------------------------------------------------------------------


@given(st.integers(14, 36).map(lambda n: 5.0 * n), st.integers(10, 28).map(lambda n: 5.0 * n))
def test_a_mean_change_is_added_to_the_start(pressure: float, pulse: float):
    shown = readings("pressure_at_induction", pressure=pressure, pulse=pulse)
    assert shown["ketamine 2 mg/kg, pressure"] == f"{pressure + 15:.0f} mmHg"
    assert shown["ketamine 2 mg/kg, heart rate"] == f"{pulse + 22:.0f} beats/min"
    assert shown["propofol 2.5 mg/kg, pressure"] == f"{pressure - 30:.0f} mmHg"
    assert shown["shock index before"] == pytest.approx(pulse / pressure)


def test_the_group_follows_the_shock_index():
    near = explorable("pressure_at_induction").at(
        who=pressure_at_induction.EMERGENCY, pressure=100, pulse=90
    )
    assert "which is high" in near.sentence
    assert "about 102 mmHg" in near.sentence
    calm = explorable("pressure_at_induction").at(
        who=pressure_at_induction.EMERGENCY, pressure=105, pulse=90
    )
    assert "which is low" in calm.sentence
    assert "about 121 mmHg" in calm.sentence


def test_every_measured_row_has_its_mark_and_directions_have_no_bar():
    measured = table("pressure_at_induction")
    rows = pressure_at_induction._rows()
    for panel, quantity in (("pressure", "systolic pressure"), ("pulse", "heart rate")):
        wanted = measured[(measured.quantity == quantity)]
        planned = wanted[~wanted.setting.str.contains("emergency|critically")]
        marks = rows.panels[panel].marks
        inside = rows.y < 1
        assert (
            sum((marks[kind] & inside).sum() for kind in ("up", "down", "same"))
            == (planned.kind == "direction").sum()
        )
        assert (marks["point"] & inside).sum() == (planned.kind == "change").sum()
        assert not (marks["bar"] & (marks["up"] | marks["down"] | marks["same"])).any()


def test_a_change_in_percent_grows_with_the_start():
    def monograph(start: float) -> np.ndarray:
        bars = explorable("pressure_at_induction").at(pressure=start).artists["pressure bar"]
        widths = bars[:, 1, 0] - bars[:, 0, 0]
        return widths.max()

    assert monograph(160) == pytest.approx(2 * monograph(80))


# Trials ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [ketamine_or_etomidate.RANDOM, ketamine_or_etomidate.FIXED])
@pytest.mark.parametrize("kind", [ketamine_or_etomidate.ALONE, ketamine_or_etomidate.ALL])
@pytest.mark.parametrize("until", [ketamine_or_etomidate.BEFORE, ketamine_or_etomidate.NOW])
def test_the_pool_is_that_of_the_trials_chosen(until: str, kind: str, method: str):
    rows = table("trial_counts").query("control == 'etomidate' and outcome == 'death' and poolable != 'no'")
    if until == ketamine_or_etomidate.BEFORE:
        rows = rows[rows.trial != "casey2025"]
    if kind == ketamine_or_etomidate.ALONE:
        rows = rows[rows.poolable == "yes"]
    effects = risk_ratio(rows.events_active, rows.n_active, rows.events_control, rows.n_control)
    pooled = pool(effects, "paule-mandel" if method == ketamine_or_etomidate.RANDOM else "fixed")
    shown = readings("ketamine_or_etomidate", until=until, kind=kind, method=method, risk=20)
    assert shown["trials"] == str(len(rows))
    assert shown["people"] == f"{rows.n_active.sum() + rows.n_control.sum():,.0f}"
    assert shown["pooled risk ratio"] == pytest.approx(pooled.natural.estimate)
    more = [200 * (ratio - 1) for ratio in pooled.natural[:3]]
    assert shown["with ketamine"] == f"{more[0]:+.0f} ({more[1]:.0f} to {more[2]:.0f})".replace("-", "−")


def test_trials_that_are_out_stay_in_the_picture_pale():
    artists = explorable("ketamine_or_etomidate").at(until=ketamine_or_etomidate.BEFORE).artists
    assert len(artists["out"]) == 3
    assert len(artists["intervals"]) == len(artists["squares"]) == 5
