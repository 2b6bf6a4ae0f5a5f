"""Effect sizes against printed answers, statsmodels and closed forms; and what bad input is answered."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metaanalysis.worked import COUNTS, data
from scipy import stats

from ketalab.metaanalysis import effect_size as es

ratios = pytest.mark.parametrize("function", [es.odds_ratio, es.risk_ratio])
counts = st.tuples(st.integers(0, 30), st.integers(0, 20), st.integers(0, 30), st.integers(0, 20)).map(
    lambda c: (c[0], c[0] + c[1] + 1, c[2], c[2] + c[3] + 1)
)


# Printed answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "column"), [(es.odds_ratio, "or"), (es.risk_ratio, "rr"), (es.risk_difference, "rd")]
)
def test_counts_give_what_metafor_printed(function, column: str):
    rows = data("fine1993_metafor")
    effects = function(*(rows[name] for name in COUNTS))
    assert effects.estimate == pytest.approx(rows[f"{column}_y"].to_numpy(), rel=1e-12)
    assert effects.se**2 == pytest.approx(rows[f"{column}_v"].to_numpy(), rel=1e-12)


def test_risk_differences_of_normand_table_iii():
    effects = es.risk_difference(*(data("hine1989")[name] for name in COUNTS))
    assert np.round(100 * effects.estimate, 4) == pytest.approx([2.8026, 0, 1.9711, 1.7961, 3.5334, 4.4031])
    assert np.round(1e4 * effects.se**2, 4) == pytest.approx(
        [17.7575, 37.5657, 8.1323, 10.8998, 8.0114, 6.1320]
    )
    low, high = effects.interval()
    assert np.round(100 * low, 1) == pytest.approx([-5.5, -12.0, -3.6, -4.7, -2.0, -0.5])
    assert np.round(100 * high, 1) == pytest.approx([11.1, 12.0, 7.6, 8.3, 9.1, 9.3])


def test_log_odds_ratios_of_the_bcg_trials_as_printed():
    effects = es.odds_ratio(*(data("bcg")[name] for name in COUNTS))
    printed = [-0.9387, -1.6662, -1.3863, -1.4564, -0.2191, -0.9581, -1.6338]
    assert np.round(effects.estimate[:7], 4) == pytest.approx(printed)
    printed = [0.3571, 0.2081, 0.4334, 0.0203, 0.0520, 0.0099, 0.2270]
    assert np.round(effects.se[:7] ** 2, 4) == pytest.approx(printed)


def test_what_papers_print_turns_into_standard_errors():
    assert es.standard_error_from_interval(-3.92, 3.92) == pytest.approx(2, rel=1e-4)
    t = stats.t.ppf(0.975, 18)
    assert es.standard_error_from_interval(1 - 2 * t, 1 + 2 * t, freedom=18) == pytest.approx(2)
    p = 2 * stats.norm.sf(2.5)
    assert es.standard_error_from_p(-5, p) == pytest.approx(2)
    p = 2 * stats.t.sf(2.5, 30)
    assert es.standard_error_from_p(5, p, freedom=30) == pytest.approx(2)


# Closed forms and other engines -----------------------------------------------------------------------


@pytest.mark.parametrize("n", [9, 38, 58, 400])
def test_people_behind_a_correlation_are_found_again(n: int):
    """SciPy's own P value of a correlation of n people gives n back."""
    rng = np.random.default_rng(n)
    x = rng.standard_normal(n)
    r, p = stats.pearsonr(x, 0.5 * x + rng.standard_normal(n))
    assert es.sample_size_from_p(r, p) == n
    assert es.sample_size_from_p([r, -r], [p, p]) == pytest.approx([n, n])


def test_the_correlation_behind_a_coefficient_is_the_partial_one():
    """t of one variable in a regression with another gives the correlation of the two sets of residuals."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal(80)
    x, y = z + rng.standard_normal(80), 2 * z + rng.standard_normal(80)
    columns = np.column_stack([np.ones(80), x, z])
    coefficient, residual, *_ = np.linalg.lstsq(columns, y)
    se = np.sqrt(residual[0] / 77 * np.linalg.inv(columns.T @ columns)[1, 1])
    left_x, left_y = (v - np.polyval(np.polyfit(z, v, 1), z) for v in (x, y))
    expected = np.corrcoef(left_x, left_y)[0, 1]
    assert es.correlation_from_t(coefficient[1] / se, 77) == pytest.approx([expected])


@given(counts)
def test_the_odds_ratio_of_filled_cells_is_its_own_formula(cells):
    a, n1, c, n2 = cells
    b, d = n1 - a, n2 - c
    effects = es.odds_ratio(a, n1, c, n2)
    if (a == c == 0) or (b == d == 0):
        assert np.isnan(effects.estimate[0])
        assert effects.notes == (es.SILENT,)
        return
    half = 0.5 if 0 in (a, b, c, d) else 0.0
    a, b, c, d = (cell + half for cell in (a, b, c, d))
    assert effects.estimate[0] == pytest.approx(np.log(a * d / (b * c)))
    assert effects.se[0] ** 2 == pytest.approx(1 / a + 1 / b + 1 / c + 1 / d)
    assert effects.notes == (es.HALF if half else "",)


@ratios
@given(cells=counts)
def test_swapping_the_groups_turns_a_ratio_over(function, cells):
    a, n1, c, n2 = cells
    one, other = function(a, n1, c, n2), function(c, n2, a, n1)
    assert one.estimate == pytest.approx(-other.estimate, nan_ok=True)
    assert one.se == pytest.approx(other.se, nan_ok=True)
    assert one.frame().estimate[0] == pytest.approx(1 / other.frame().estimate[0], nan_ok=True)


@given(counts)
def test_counting_the_other_outcome_turns_an_odds_ratio_over(cells):
    a, n1, c, n2 = cells
    one, other = es.odds_ratio(a, n1, c, n2), es.odds_ratio(n1 - a, n1, n2 - c, n2)
    assert one.estimate == pytest.approx(-other.estimate, nan_ok=True)
    assert one.se == pytest.approx(other.se, nan_ok=True)


def test_effects_agree_with_statsmodels():
    from statsmodels.stats.meta_analysis import effectsize_2proportions

    rows = data("bcg")
    ours = es.risk_ratio(*(rows[name] for name in COUNTS))
    theirs = effectsize_2proportions(*(rows[name].to_numpy() for name in COUNTS), statistic="risk-ratio")
    assert ours.estimate == pytest.approx(theirs[0])
    assert ours.se**2 == pytest.approx(theirs[1])


def test_crossover_variance_is_what_simulated_pairs_show():
    """The paired variances from margins and a correlation, against 40,000 simulated crossover trials."""
    rng = np.random.default_rng(3)
    n, p1, p2, r = 400, 0.6, 0.3, 0.4
    both = p1 * p2 + r * np.sqrt(p1 * (1 - p1) * p2 * (1 - p2))
    cells = rng.multinomial(n, [both, p1 - both, p2 - both, 1 - p1 - p2 + both], size=40_000)
    a, c = cells[:, 0] + cells[:, 1], cells[:, 0] + cells[:, 2]
    for function in (es.odds_ratio, es.risk_ratio, es.risk_difference):
        seen = np.std(function(a, n, c, n).estimate)
        expected = function(p1 * n, n, p2 * n, n, correlation=r).se[0]
        assert seen == pytest.approx(expected, rel=0.02), function.__name__


def test_fisher_z_goes_there_and_back():
    effects = es.fisher_z([0.62, -0.13, 0.0], [15, 41, 100])
    assert effects.frame().estimate.to_numpy() == pytest.approx([0.62, -0.13, 0.0])
    assert np.round(effects.estimate, 4) == pytest.approx([0.7250, -0.1307, 0])
    assert effects.se == pytest.approx([1 / np.sqrt(12), 1 / np.sqrt(38), 1 / np.sqrt(97)])


def test_a_printed_interval_comes_back():
    effects = es.from_interval([3.94, 2.48], [1.54, 1.0], [10.1, 6.18], es.ODDS_RATIO)
    shown = effects.frame()
    assert shown.low.to_numpy() == pytest.approx([1.54, 1.0], rel=0.01)
    assert shown.high.to_numpy() == pytest.approx([10.1, 6.18], rel=0.01)


# Zero cells and other edges ---------------------------------------------------------------------------


@given(
    st.floats(-20, 20),
    st.floats(-20, 20),
    st.floats(0.5, 30),
    st.integers(2, 300),
    st.integers(2, 300),
    st.integers(2, 300),
)
def test_arms_of_one_spread_join_as_if_their_people_were_one_group(one, other, sd, n1, n2, n0):
    """With one standard deviation s the joined arms are a group of n1 + n2: the textbook formula."""
    errors = [sd * np.sqrt(1 / n + 1 / n0) for n in (n1, n2)]
    joined = es.against_one_control([one, other], errors, [n1, n2], n0, study="both")
    assert joined.study == ("both",)
    assert joined.n[0] == n1 + n2 + n0
    assert joined.estimate[0] == pytest.approx((n1 * one + n2 * other) / (n1 + n2))
    assert joined.se[0] == pytest.approx(sd * np.sqrt(1 / (n1 + n2) + 1 / n0))


@given(st.floats(-20, 20), st.floats(0.01, 9), st.integers(2, 300), st.integers(2, 300))
def test_one_arm_joined_with_nothing_is_itself(value, se, n1, n0):
    joined = es.against_one_control(value, se, n1, n0)
    assert joined.estimate[0] == pytest.approx(value)
    assert joined.se[0] == pytest.approx(se)


def test_joined_arms_cover_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(4)
    low, high = np.empty(2000), np.empty(2000)
    for i in range(2000):
        control = rng.normal(0, 10, 33)
        arms = [rng.normal(-9, 10, n) for n in (11, 11, 12)]
        differences = [arm.mean() - control.mean() for arm in arms]
        errors = [10 * np.sqrt(1 / len(arm) + 1 / 33) for arm in arms]
        joined = es.against_one_control(differences, errors, [11, 11, 12], 33)
        low[i], high[i] = (end[0] for end in joined.interval())
    covered = (low < -9) & (high > -9)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_nothing_is_added_where_nothing_is_empty():
    effects = es.odds_ratio([12, 0], [20, 20], [10, 4], [20, 20])
    assert effects.notes == ("", es.HALF)
    assert effects.estimate[0] == pytest.approx(np.log(12 / 8 / (10 / 10)))
    assert effects.estimate[1] == pytest.approx(np.log(0.5 / 20.5 / (4.5 / 16.5)))


def test_a_risk_ratio_needs_no_filling_for_a_group_in_which_everyone_had_the_event():
    effects = es.risk_ratio([20, 20], [20, 20], [10, 20], [20, 20])
    assert effects.notes == ("", es.HALF)
    assert effects.estimate[0] == pytest.approx(np.log(2))
    assert np.all(effects.se > 0)


def test_a_risk_difference_of_none_and_none_keeps_its_count_and_gets_a_spread():
    effects = es.risk_difference([0, 20, 0], [20, 20, 15], [0, 20, 15], [20, 20, 15])
    assert effects.estimate == pytest.approx([0, 0, -1])
    assert np.all(effects.se > 0)
    assert effects.notes == (es.SPREAD,) * 3


@ratios
def test_a_trial_without_events_says_nothing_about_a_ratio(function):
    effects = function([0, 3], [20, 20], [0, 6], [25, 20], study=["empty", "full"])
    assert list(effects.informative) == [False, True]
    assert effects.notes[0] == es.SILENT
    assert effects.treated == ("0/20", "3/20")


def test_effects_can_be_chosen_and_joined():
    parallel = es.risk_difference([8, 9], 10, [2, 1], 10, study=["a", "b"])
    crossover = es.risk_difference(9, 12, 3, 12, correlation=0.5, study=["c"])
    both = es.join(parallel, crossover)
    assert both.study == ("a", "b", "c")
    assert list(both.n) == [20, 20, 12]
    assert both[np.array([True, False, True])].study == ("a", "c")
    assert both[1:].estimate == pytest.approx([0.8, 0.5])
    assert both.notes == ("", "", "crossover trial, correlation 0.5 between a person's two periods")
    with pytest.raises(
        ValueError, match="measure: odds ratio is not allowed here; it must be risk difference"
    ):
        es.join(parallel, es.odds_ratio(1, 2, 1, 2))


def test_effects_print_as_a_table_without_empty_columns():
    shown = repr(es.odds_ratio([30, 8], [47, 18], [7, 1], [25, 18], study=["one", "two"]))
    assert shown.splitlines()[0] == "Odds ratio of 2 trials"
    assert "4.54 1.58 13.05" in re.sub(r" +", " ", shown)
    assert "note" not in shown


def test_effects_print_blanks_where_a_trial_says_nothing():
    told = es.odds_ratio([30, 8], [47, 18], [7, 1], [25, 18], study=["one", "two"])
    no_people = repr(replace(told, n=np.array([np.nan, 36]))).splitlines()
    assert no_people[2].split() == ["one", "30/47", "7/25", "4.54", "1.58", "13.05"]
    assert no_people[3].split()[3] == "36"
    silent = repr(replace(told, estimate=np.array([np.nan, 1.0]), se=np.array([np.nan, 0.5])))
    assert silent.splitlines()[2].split() == ["one", "30/47", "7/25", "72"]


@pytest.mark.parametrize(
    ("value", "measure", "text"),
    [
        (2.484, es.ODDS_RATIO, "2.48"),
        (0.0712, es.ODDS_RATIO, "0.071"),
        (199.4, es.ODDS_RATIO, "199"),
        (1e-7, es.ODDS_RATIO, "< 0.001"),
        (1e6, es.RISK_RATIO, "> 1000"),
        (-0.0213, es.HEDGES_G, "-0.02"),
        (0.0349, es.RISK_DIFFERENCE, "0.035"),
        (np.nan, es.HEDGES_G, "not known"),
    ],
)
def test_numbers_print_with_the_digits_that_mean_something(value, measure, text):
    assert measure.text(value) == text


# Refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: es.odds_ratio([3, 30], [20, 20], [1, 2], [20, 20], study=["a", "b"]),
            "events_treated of b: 30 is not allowed; it must be at most n_treated, which is 20",
        ),
        (
            lambda: es.odds_ratio(3, 20, -1, 20),
            "events_control: -1 is not allowed; it must be a whole number, 0 or more",
        ),
        (
            lambda: es.risk_ratio(0, 0, 1, 20),
            "n_treated: 0 is not allowed; it must be a whole number, 1 or more",
        ),
        (
            lambda: es.odds_ratio(3, 20, 1, 18, correlation=0.5),
            "n_control: 18 is not allowed; it must be 20, as n_treated",
        ),
        (
            lambda: es.odds_ratio(3, 20, 1, 20, correlation=1.2),
            "correlation: 1.2 is not allowed; it must be from -1 to 1",
        ),
        (
            lambda: es.odds_ratio(9.5, 20, 1, 20),
            "events_treated: 9.5 is not allowed; it must be a whole",
        ),
        (lambda: es.fisher_z(1.0, 20), "correlation: 1 is not allowed; it must be between -1 and 1"),
        (lambda: es.fisher_z(0.2, 3), "n: 3 is not allowed; it must be a whole number, 4 or more"),
        (
            lambda: es.from_interval(0.25, 0.57, 17.02, es.HEDGES_G),
            "estimate: 0.25 is not allowed; it must be from low to high, 0.57 to 17.02",
        ),
        (lambda: es.from_interval(2, 3, 1, es.ODDS_RATIO), "low: 3 is not allowed; it must be below high"),
        (
            lambda: es.from_interval(2, -1, 3, es.ODDS_RATIO),
            "low: -1 is not allowed; it must be above 0, as every odds ratio is",
        ),
        (
            lambda: es.against_one_control([-3, -4], [1.2, -1], [80, 90], 200),
            "se of trial 2: -1 is not allowed; it must be above 0",
        ),
        (
            lambda: es.against_one_control([-3, -4], [1.2, 1.2], [80, 1], 200),
            "n_treated of trial 2: 1 is not allowed; it must be a whole number, 2 or more",
        ),
        (
            lambda: es.against_one_control(2, 1, 80, 200, es.ODDS_RATIO),
            "measure: odds ratio is not allowed; arms are joined as differences",
        ),
        (
            lambda: es.from_standard_error(-2, 1, es.RISK_RATIO),
            "estimate: -2 is not allowed; it must be above 0",
        ),
        (
            lambda: es.from_standard_error(2, -1, es.HEDGES_G),
            "standard error: -1 is not allowed; it must be above 0",
        ),
        (lambda: es.standard_error_from_interval(2, 1), "low: 2 is not allowed; it must be below high"),
        (lambda: es.standard_error_from_p(2, 0), "p: 0 is not allowed; it must be between 0 and 1"),
        (
            lambda: es.sample_size_from_p(0.0, 0.2),
            "correlation: 0 is not allowed; it must be between -1 and 1, and not 0",
        ),
        (
            lambda: es.sample_size_from_p(0.9, 0.9),
            "p: 0.9 is not allowed; it must be one that 4 to 100,000 people could give",
        ),
        (lambda: es.correlation_from_t(2, 0), "freedom: 0 is not allowed; it must be 1 or more"),
        (lambda: es.normal_quantile(95), "level: 95 is not allowed; it must be between 0 and 1"),
        (
            lambda: es.odds_ratio([1, 2, 3], [9, 9], 1, 9),
            "n_treated: 2 values are not allowed; it must have 1 or 3",
        ),
        (
            lambda: es.odds_ratio([1, 2], 9, 1, 9, study=["a", "b", "c"]),
            "events_treated: 2 values are not allowed; it must have 1 or 3",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words: str):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        call()
    assert "\n" not in str(error.value)


def test_a_missing_whole_number_is_named():
    n = pd.Series([20, pd.NA], dtype="Int64")
    with pytest.raises(ValueError, match="n_treated of b: nan is not allowed; it must be a whole number"):
        es.odds_ratio([1, 2], n, [1, 1], [20, 20], study=["a", "b"])
