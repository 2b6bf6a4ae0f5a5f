"""Small-study checks against printed results, least squares, and bias put in that must be found."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from metaanalysis.worked import effects

from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import pooling as ma
from ketalab.metaanalysis import small_study as ss

TRUE = 0.1


def with_missing(seed: int, trials: int = 60, keep_all: bool = False) -> es.Effects:
    """Trials of a small effect; unless all are kept, one in twenty without a clear result is printed."""
    rng = np.random.default_rng(seed)
    se = rng.uniform(0.05, 0.6, 40 * trials)
    y = TRUE + rng.normal(size=se.size) * np.hypot(se, 0.1)
    printed = keep_all | (y / se > 1.96) | (rng.uniform(size=se.size) < 0.05)
    return es.from_standard_error(y[printed][:trials], se[printed][:trials], es.HEDGES_G)


def test_eggers_test_meets_the_printed_output():
    found = ss.egger(effects("thirdwave", "given"))
    assert found.intercept == pytest.approx(4.111, abs=5e-4)
    assert found.t == pytest.approx(4.677, abs=5e-4)
    error = found.intercept / found.t
    printed = (
        found.intercept - 1.96 * error,
        found.intercept + 1.96 * error,
    )  # dmetar takes the normal's 1.96
    assert printed == pytest.approx((2.39, 5.83), abs=5e-3)


def test_eggers_test_is_ordinary_least_squares():
    from scipy.stats import linregress

    shown = effects("bcg", "OR")
    found = ss.egger(shown)
    line = linregress(1 / shown.se, shown.estimate / shown.se)
    assert found.intercept == pytest.approx(line.intercept)
    assert found.slope == pytest.approx(line.slope)
    assert found.t == pytest.approx(line.intercept / line.intercept_stderr)


def test_the_line_in_the_funnel_is_the_weighted_fit_of_effect_on_standard_error():
    shown = effects("bcg", "OR")
    found = ss.egger(shown)
    slope, start = np.polyfit(shown.se, shown.estimate, 1, w=1 / shown.se)
    assert (found.slope, found.intercept) == pytest.approx((start, slope))


def test_trim_and_fill_meets_the_printed_counts():
    smoke = ss.trim_and_fill(effects("hackshaw1998", "interval OR"), method="reml", interval="normal")
    assert (smoke.missing, smoke.side, len(smoke.effects)) == (7, "left", 44)
    bcg = ss.trim_and_fill(effects("bcg", "OR"), method="dersimonian-laird", interval="normal")
    assert (bcg.missing, bcg.side) == (0, "right")
    assert bcg.pooled.estimate == pytest.approx(-0.7474, abs=5e-5)


def test_the_imagined_trials_mirror_the_most_extreme_ones():
    shown = effects("hackshaw1998", "interval OR")
    found = ss.trim_and_fill(shown, method="fixed")
    imagined = found.effects[len(shown) :]
    assert all(study.startswith("imagined, mirror of study") for study in imagined.study)
    extreme = np.sort(shown.estimate)[-found.missing :]
    sums = np.sort(imagined.estimate)[::-1] + extreme
    assert sums == pytest.approx(np.full(found.missing, sums[0]))


@given(st.integers(0, 500), st.floats(0.2, 5), st.floats(-3, 3))
def test_trim_and_fill_counts_alike_on_any_scale_and_side(seed, scale, shift):
    rng = np.random.default_rng(seed)
    y, se = rng.normal(size=12), rng.uniform(0.1, 1, 12)
    one = ss.trim_and_fill(es.from_standard_error(y, se, es.MEAN_DIFFERENCE), "left")
    other = es.from_standard_error(-(scale * y + shift), scale * se, es.MEAN_DIFFERENCE)
    assert ss.trim_and_fill(other, "right").missing == one.missing


@pytest.mark.parametrize("seed", [2, 5])
def test_bias_that_was_put_in_is_found_and_partly_taken_out(seed):
    biased = with_missing(seed)
    naive = ma.pool(biased).estimate
    assert naive > 2 * TRUE
    assert ss.trim_and_fill(biased).pooled.estimate < naive
    assert ss.egger(biased).low > 0


def test_no_bias_is_seldom_found():
    ps = [ss.egger(with_missing(seed, 20, keep_all=True)).p for seed in range(300)]
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=0.035)


def test_effects_on_the_other_side_give_the_same_answer_turned_over():
    shown = effects("hackshaw1998", "interval OR")
    turned = es.from_standard_error(1 / shown.frame().estimate, shown.se, es.ODDS_RATIO)
    assert ss.egger(turned).intercept == pytest.approx(-ss.egger(shown).intercept)


def test_fewer_than_ten_trials_are_warned_about():
    few = effects("hackshaw1998", "interval OR")[:9]
    for found in (ss.egger(few), ss.trim_and_fill(few)):
        assert found.warnings == ("Only 9 trials: with fewer than 10 this can hardly be told from chance.",)
        assert "note: Only 9 trials" in repr(found)
    assert ss.egger(effects("bcg", "OR")).warnings == ()


def test_what_they_print():
    shown = effects("hackshaw1998", "interval OR")
    assert repr(ss.egger(shown)).startswith("Egger's intercept 0.90 (0.13 to 1.67)")
    assert "7 trials imagined on the left" in repr(ss.trim_and_fill(shown))


def test_trials_on_one_line_leave_no_doubt_and_no_warning():
    flat = es.from_standard_error([0.0, 0.0, 0.0], [0.1, 0.2, 0.4], es.MEAN_DIFFERENCE)
    assert ss.egger(flat).p == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda e: ss.trim_and_fill(es.from_standard_error([1, 2, 3], 0.5, es.HEDGES_G)),
            "standard errors: all the same is not allowed; Egger's test needs small and large trials",
        ),
        (lambda e: ss.egger(e[:2]), "effects: 2 trials are not allowed; Egger's test needs 3 or more"),
        (
            lambda e: ss.trim_and_fill(e[:2]),
            "effects: 2 trials are not allowed; trim-and-fill needs 3 or more",
        ),
        (lambda e: ss.trim_and_fill(e, "up"), "side: 'up' is not allowed; it must be left or right"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        call(effects("hackshaw1998", "interval OR"))
    assert "\n" not in str(error.value)
