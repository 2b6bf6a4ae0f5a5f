"""Odds that grow with days and tails behind a mean, held against exact values and their own inverses."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ketalab.models import exposure


def test_no_days_leave_the_baseline_and_a_doubling_of_odds_is_a_doubling():
    assert exposure.share_after_days(0, 0.24, 1.016) == pytest.approx(0.24)
    doubling = np.log(2) / np.log(1.016)
    share = exposure.share_after_days(doubling, 0.25, 1.016)
    assert share / (1 - share) == pytest.approx(2 * 0.25 / 0.75)


@given(st.floats(0.01, 0.99), st.floats(1.001, 1.05), st.floats(0, 170), st.floats(0.1, 10))
def test_more_days_never_mean_fewer_symptoms(baseline: float, rate: float, days: float, more: float):
    one, two = exposure.share_after_days([days, days + more], baseline, rate)
    assert baseline <= one + 1e-12
    assert one < two < 1


@given(st.floats(-5, 30), st.floats(5, 40), st.floats(0, 80))
def test_the_tail_is_the_normal_one(mean: float, spread: float, threshold: float):
    expected = stats.norm(mean, spread).sf(threshold)
    assert exposure.share_above(threshold, mean, spread) == pytest.approx(expected)


@given(st.floats(0, 20), st.floats(5, 40))
def test_the_spread_is_found_again(mean: float, spread: float):
    share = float(exposure.share_above(40, mean, spread))
    if 1e-6 < share < 0.5:
        assert exposure.spread_behind(40, mean, share) == pytest.approx(spread, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: exposure.share_after_days(-1, 0.2, 1.01), "days: -1 is not allowed"),
        (lambda: exposure.share_after_days(1, 0, 1.01), "baseline: 0 is not allowed"),
        (lambda: exposure.share_after_days(1, 0.2, 0), "odds_per_day: 0 is not allowed"),
        (lambda: exposure.share_above(40, 10, 0), "spread: 0 is not allowed; it must be more than 0 mmHg"),
        (lambda: exposure.spread_behind(10, 12, 0.1), "threshold: 10 is not allowed"),
        (lambda: exposure.spread_behind(40, 12, 0.6), "share: 0.6 is not allowed"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(call, sentence: str):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        call()
