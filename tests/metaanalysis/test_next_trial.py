"""Power and assurance against simulation, statsmodels and their own limits."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metaanalysis.worked import effects
from scipy.stats import norm
from statsmodels.stats.power import NormalIndPower

from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import next_trial as nt
from ketalab.metaanalysis import pooling as ma

SHOWN = es.from_interval([-7.7, -7.6, -3.7], [-12.57, -11.3, -9.3], [-2.83, -3.9, 1.9], es.MEAN_DIFFERENCE)


@given(st.floats(0.05, 2), st.integers(4, 400))
def test_power_of_a_standardised_difference_is_statsmodels_own(effect, n):
    theirs = NormalIndPower().power(effect, n, 0.05, alternative="two-sided")
    assert nt.power(effect, np.sqrt(2 / n)) == pytest.approx(theirs, abs=1e-9)


def test_power_without_an_effect_is_the_level():
    assert nt.power(0, 1) == pytest.approx(0.05)
    assert nt.power(0, 1, level=0.9) == pytest.approx(0.1)


def test_assurance_is_what_simulated_trials_find():
    pooled = ma.pool(effects("bcg", "RR"))
    rng = np.random.default_rng(5)
    size = 400_000
    mean = pooled.estimate + pooled.se * rng.normal(size=size)
    true = mean + np.sqrt(pooled.tau2) * rng.normal(size=size)
    seen = true + 0.3 * rng.normal(size=size)
    chances = nt.assurance(pooled, 0.3)
    assert chances.same == pytest.approx(np.mean(seen < -1.96 * 0.3), abs=0.003)
    assert chances.opposite == pytest.approx(np.mean(seen > 1.96 * 0.3), abs=0.003)
    assert chances.same + chances.opposite + chances.undecided == pytest.approx(1)


def test_assurance_is_power_where_nothing_is_left_open():
    sure = ma.pool(es.from_standard_error([0.5, 0.5], [1e-5, 1e-5], es.HEDGES_G), "fixed")
    chances = nt.assurance(sure, 0.2)
    assert chances.same + chances.opposite == pytest.approx(nt.power(0.5, 0.2), abs=1e-6)


@given(st.floats(0.02, 2), st.floats(1.1, 4))
def test_a_larger_trial_is_never_less_likely_to_settle_it(se, times):
    pooled = ma.pool(SHOWN)
    assert nt.assurance(pooled, se).same >= nt.assurance(pooled, se * times).same - 1e-9


@pytest.mark.parametrize(
    ("measure", "options", "effects_of"),
    [
        (es.ODDS_RATIO, {"effect": np.log(4), "control_risk": 0.2}, es.odds_ratio),
        (es.RISK_RATIO, {"effect": np.log(2.5), "control_risk": 0.2}, es.risk_ratio),
        (es.RISK_DIFFERENCE, {"effect": 0.3, "control_risk": 0.2}, es.risk_difference),
    ],
)
def test_the_planned_standard_error_is_that_of_the_trial_it_plans(measure, options, effects_of):
    risk = es.treated_risk(measure, options["effect"], 0.2)
    assert risk == pytest.approx(0.5)
    trial = effects_of(500, 1000, 200, 1000)
    assert nt.standard_error_of_trial(measure, 1000, **options) == pytest.approx(trial.se[0])
    assert trial.estimate[0] == pytest.approx(options["effect"])


def test_the_planned_standard_error_of_means():
    planned = nt.standard_error_of_trial(es.MEAN_DIFFERENCE, 50, sd=11)
    assert planned == pytest.approx(11 * np.sqrt(1 / 50 + 1 / 50))
    planned = nt.standard_error_of_trial(es.HEDGES_G, 50, effect=0.5)
    assert planned == pytest.approx(np.sqrt(1 / 50 + 1 / 50 + 0.5**2 / (2 * 100)))


def one(estimate: float = 0.2, low: float = -0.08, high: float = 0.48) -> ma.Pooled:
    return ma.pool(es.from_interval(estimate, low, high, es.HEDGES_G), "fixed")


@given(st.floats(0.05, 1.5), st.floats(0, 0.5), st.one_of(st.none(), st.floats(-0.5, 0.5)))
def test_the_closed_form_is_what_simulated_updates_give(se, tau, effect):
    pooled = one()
    rng = np.random.default_rng(3)
    size = 100_000
    mean = pooled.estimate + pooled.se * rng.normal(size=size) if effect is None else np.full(size, effect)
    found = mean + tau * rng.normal(size=size) + se * rng.normal(size=size)
    precision = np.array([1 / pooled.se**2, 1 / (se**2 + tau**2)])
    after = (precision[0] * pooled.estimate + precision[1] * found) / precision.sum()
    now = nt.add_trial(pooled, nt.predictive(pooled, effect, tau), se)
    assert now.se == pytest.approx(precision.sum() ** -0.5)
    assert (now.mean, now.sd) == pytest.approx((after.mean(), after.std()), abs=0.003)
    below, above = now.chances
    assert above == pytest.approx(np.mean(after > 1.959964 * now.se), abs=0.006)
    assert below == pytest.approx(np.mean(after < -1.959964 * now.se), abs=0.006)


@given(st.floats(0.05, 2))
def test_the_closed_form_is_the_fixed_effect_pool_of_two(se):
    trial = SHOWN[:1]
    pooled = ma.pool(trial, "fixed")
    precision = np.array([1 / trial.se[0] ** 2, 1 / se**2])
    at = norm.ppf((np.arange(nt.QUANTILES) + 0.5) / nt.QUANTILES)
    found = pooled.estimate + np.hypot(pooled.se, se) * at
    middle = (precision[0] * pooled.estimate + precision[1] * found) / precision.sum()
    half = norm.ppf(0.975) / np.sqrt(precision.sum())
    counted = middle - half, middle + half
    assert np.allclose(nt.add_trial(pooled, nt.predictive(pooled), se).intervals(), counted)


def test_a_known_effect_turns_assurance_into_power():
    belief = nt.predictive(one(), 0.5)
    chances = nt.assurance(belief, 0.2)
    assert chances.same + chances.opposite == pytest.approx(nt.power(0.5, 0.2))
    large = nt.add_trial(one(), belief, 0.001)
    assert (large.mean, large.se) == pytest.approx((0.5, 0.001), abs=1e-4)


def test_a_trial_that_says_nothing_leaves_the_estimate_where_it_is():
    pooled = one()
    now = nt.add_trial(pooled, nt.predictive(pooled), 1e6)
    assert (now.mean, now.se) == pytest.approx((pooled.estimate, pooled.se))
    assert now.sd == pytest.approx(0, abs=1e-6)


@given(st.floats(-1.5, 1.5).filter(lambda x: abs(x) > 0.02), st.floats(0.1, 0.8))
def test_what_is_selected_is_what_simulated_trials_print(effect, se):
    rng = np.random.default_rng(4)
    found = effect + se * rng.normal(size=400_000)
    shown = found[np.abs(found) > 1.959964 * se]
    chosen = nt.significance_filter(effect, se)
    assert chosen.power == pytest.approx(len(shown) / len(found), abs=0.003)
    assert chosen.power == pytest.approx(nt.power(effect, se))
    assert chosen.type_s == pytest.approx(np.mean(np.sign(shown) != np.sign(effect)), abs=0.02)
    assert chosen.type_m == pytest.approx(np.abs(shown).mean() / abs(effect), rel=0.02)


def test_without_an_effect_every_significant_sign_is_a_coin_toss():
    chosen = nt.significance_filter(0, 0.3)
    assert chosen.power == pytest.approx(0.05)
    assert chosen.type_s == pytest.approx(0.5)
    assert np.isnan(chosen.type_m)


def test_a_large_trial_does_not_exaggerate():
    assert nt.significance_filter(0.5, 0.01).type_m == pytest.approx(1)


def test_chances_are_said_in_words():
    assert repr(nt.Chances(0.58, 0.02)) == (
        "Of 100 such trials, 58 settle it the way it looks now, 2 settle it the other way, "
        "40 leave it open."
    )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda p: nt.power(1, 0), "se: 0 is not allowed; it must be above 0"),
        (lambda p: nt.assurance(p, -1), "se: -1 is not allowed; it must be above 0"),
        (lambda p: nt.significance_filter(0.3, 0), "se: 0 is not allowed; it must be above 0"),
        (lambda p: nt.add_trial(p, p, 0), "se: 0 is not allowed; it must be above 0"),
        (lambda p: nt.predictive(p, tau=-1), "tau: -1 is not allowed; it must be 0 or more"),
        (
            lambda p: nt.standard_error_of_trial(es.HEDGES_G, 1),
            "n_per_group: 1 is not allowed; it must be 2 or more",
        ),
        (
            lambda p: nt.standard_error_of_trial(es.MEAN_DIFFERENCE, 9),
            "sd: None is not allowed; a mean difference needs one",
        ),
        (
            lambda p: nt.standard_error_of_trial(es.ODDS_RATIO, 9),
            "control_risk: None is not allowed; it must be between",
        ),
        (
            lambda p: nt.standard_error_of_trial(es.CORRELATION, 9),
            "measure: a correlation is not allowed; it must compare",
        ),
        (
            lambda p: es.treated_risk(es.RISK_RATIO, 3, 0.2),
            "effect: 3 is not allowed; with a control risk of 0.2 it makes a risk of 4.02",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        call(ma.pool(SHOWN))
    assert "\n" not in str(error.value)
