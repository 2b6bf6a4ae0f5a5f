"""Relapse at a steady rate against a stepped integral, people simulated one by one, and closed forms."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from ketalab.models import relapse as r

hazards = st.floats(1e-4, 0.2)
ratios = st.floats(0.01, 1) | st.just(0.0)
spacings = st.floats(1, 60) | st.just(r.NEVER)
windows = st.floats(0, 40)


@given(hazards, ratios, spacings, windows, st.floats(0, 400))
def test_the_chance_is_the_integral_of_the_hazard(hazard, ratio, spacing, window, days):
    def now(t: float) -> float:
        protected = spacing != r.NEVER and (t % spacing) < window
        return hazard * (ratio if protected else 1.0)

    edges = [0.0, days]
    if spacing != r.NEVER:
        starts = np.arange(0, days, spacing)
        edges += [*starts, *(starts + window)]
    edges = np.unique(np.clip(edges, 0, days))
    total = sum(now((a + b) / 2) * (b - a) for a, b in pairwise(edges))
    assert float(r.still_well(days, hazard, ratio, spacing, window)) == pytest.approx(
        np.exp(-total), rel=1e-9
    )


def test_the_integral_by_another_hand():
    """Scipy's quadrature over one round, with the jump given to it."""
    total = quad(lambda t: 0.02 * (0.3 if t < 5 else 1), 0, 14, points=[5])[0]
    assert float(r.still_well(14, 0.02, 0.3, 14, 5)) == pytest.approx(np.exp(-total))


def test_people_simulated_day_by_day_relapse_as_often():
    rng = np.random.default_rng(5)
    well = np.ones(200_000, bool)
    for quarter in range(4 * 60):
        protected = (quarter / 4) % 7 < 3
        hazard = 0.03 * (0.3 if protected else 1.0)
        well &= rng.random(well.size) >= 1 - np.exp(-hazard / 4)
    assert well.mean() == pytest.approx(float(r.still_well(60, 0.03, 0.3, 7, 3)), abs=0.004)


@given(hazards, ratios, spacings, windows)
def test_half_are_well_at_the_median(hazard, ratio, spacing, window):
    day = r.median_days(hazard, ratio, spacing, window)
    if np.isfinite(day):
        assert float(r.still_well(day, hazard, ratio, spacing, window)) == pytest.approx(0.5, rel=1e-6)
    else:
        assert ratio == 0
        assert window >= spacing


@pytest.mark.parametrize("spread", [0.5, 1.0, 3.5])
def test_people_who_differ_are_the_mean_of_people_who_do_not(spread: float):
    """Each person with a hazard of their own, drawn 400,000 times, against the closed form."""
    factors = np.random.default_rng(5).gamma(1 / spread, spread, 400_000)
    for days in (10.0, 57.0, 365.0):
        summed = 0.03 * (days - 0.5 * float(r.protected_days(days, 7, 3)))
        mean = np.exp(-factors * summed).mean()
        assert float(r.still_well(days, 0.03, 0.5, 7, 3, spread)) == pytest.approx(mean, abs=0.004)


@given(st.floats(1, 300), st.floats(0, 4), ratios, spacings, windows)
def test_half_are_well_at_the_median_when_people_differ(median, spread, ratio, spacing, window):
    hazard = r.hazard_from_median(median, spread)
    assert float(r.still_well(median, hazard, spread=spread)) == pytest.approx(0.5)
    day = r.median_days(hazard, ratio, spacing, window, spread)
    if np.isfinite(day):
        well = float(r.still_well(day, hazard, ratio, spacing, window, spread))
        assert well == pytest.approx(0.5, rel=1e-6)


def test_a_small_spread_is_nearly_none():
    days = np.linspace(0, 365, 20)
    np.testing.assert_allclose(r.still_well(days, 0.01, spread=1e-7), r.still_well(days, 0.01), rtol=1e-5)


@given(hazards, ratios, st.floats(1, 60), windows, st.floats(1, 300))
def test_sessions_never_harm_in_the_model_and_closer_ones_help_more(hazard, ratio, spacing, window, days):
    without = float(r.still_well(days, hazard))
    sparse = float(r.still_well(days, hazard, ratio, 2 * spacing, window))
    dense = float(r.still_well(days, hazard, ratio, spacing, window))
    best = float(r.still_well(days, hazard * ratio))
    assert without <= sparse + 1e-12
    assert sparse <= dense + 1e-12
    assert dense <= best + 1e-12


@given(hazards, ratios, st.floats(1, 40))
def test_windows_that_meet_lower_the_hazard_all_the_time(hazard, ratio, spacing):
    days = np.linspace(0, 200, 30)
    np.testing.assert_allclose(
        r.still_well(days, hazard, ratio, spacing, spacing), r.still_well(days, hazard * ratio)
    )


def test_a_median_gives_its_hazard():
    assert r.hazard_from_median(18) == pytest.approx(0.0385, abs=1e-4)
    assert float(r.still_well(18, r.hazard_from_median(18))) == pytest.approx(0.5)
    assert r.median_days(r.hazard_from_median(34)) == pytest.approx(34)
    assert r.median_days(0.0) == np.inf


def test_sessions_are_counted_with_the_first():
    assert [r.sessions_given(28, spacing) for spacing in (7, 14, 28, 30, r.NEVER)] == [5, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: r.hazard_from_median(0), "median_days: 0 is not allowed; it must be above 0 days"),
        (lambda: r.still_well(7, -0.1), "hazard: -0.1 is not allowed; it must be 0 per day or more"),
        (
            lambda: r.still_well(7, 0.1, 1.5),
            "ratio: 1.5 is not allowed; it must be a hazard ratio from 0 to 1",
        ),
        (lambda: r.still_well(7, 0.1, 0.5, 0, 3), "spacing: 0 is not allowed; it must be above 0 days"),
        (lambda: r.still_well(7, 0.1, 0.5, 7, -3), "window: -3 is not allowed; it must be 0 days or more"),
        (lambda: r.still_well([3, -7], 0.1), "days: -7 is not allowed; it must be 0 or more"),
        (lambda: r.still_well(7, 0.1, spread=-1), "spread: -1 is not allowed; it must be 0 or more"),
        (lambda: r.sessions_given(7, 0), "spacing: 0 is not allowed"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words: str):
    with pytest.raises(ValueError, match=words):
        call()
