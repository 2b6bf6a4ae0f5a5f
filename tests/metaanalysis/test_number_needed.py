"""Numbers needed to treat against printed intervals and statsmodels' risk differences."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from ketalab.metaanalysis import number_needed as nn


def test_altmans_interval_turns_inside_out():
    """[@altman1998]: a risk reduction of 10% with limits of -5 and 25%."""
    found = nn.number_needed_from_difference(0.10, -0.05, 0.25)
    assert found.estimate == pytest.approx(10)
    assert found.interval == "NNTB 4 to infinity to NNTH 20"
    assert (found.benefit, found.harm) == pytest.approx((4, 20))
    assert found.words.endswith("the data also fit no difference at all, and one in the other direction.")


def test_barrowmans_stroke_example():
    """[@barrowman2002]: 16.6% with limits of 0.9 and 32.2% is printed as about 6, from 3.1 to 111.1."""
    found = nn.number_needed_from_difference(0.166, 0.009, 0.322)
    assert found.estimate == pytest.approx(6, abs=0.05)
    assert 1 / found.high == pytest.approx(3.1, abs=0.05)
    assert 1 / found.low == pytest.approx(111.1, abs=0.05)
    assert found.interval == "NNTB 3.1 to 111"


def test_harm_and_unwanted_events_turn_the_sign():
    harm = nn.number_needed_from_difference(-0.2, -0.4, -0.1)
    assert (harm.name, harm.interval) == ("NNTH", "NNTH 2.5 to 10")
    assert "one more is harmed" in harm.words
    unwanted = nn.number_needed_from_difference(0.2, 0.1, 0.4, wanted=False)
    assert (unwanted.difference, unwanted.low, unwanted.high) == (-0.2, -0.4, -0.1)
    leaning = nn.number_needed_from_difference(-0.1, -0.25, 0.05)
    assert leaning.interval == "NNTH 4 to infinity to NNTB 20"


def test_no_difference_is_infinity_and_said():
    none = nn.number_needed_from_difference(0.0, -0.1, 0.1)
    assert none.estimate == np.inf
    assert "fared the same" in none.words
    edge = nn.number_needed_from_difference(0.1, 0.0, 0.2)
    assert edge.interval == "NNTB 5 to infinity"


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_newcombes_interval_is_statsmodels_own(a, b, c, d):
    n1, n2 = a + b + 1, c + d + 1
    ours = nn.newcombe_interval(a, n1, c, n2)
    theirs = confint_proportions_2indep(a, n1, c, n2, compare="diff", method="newcomb")
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_counts_give_number_interval_and_words():
    found = nn.number_needed_to_treat(30, 47, 7, 25)
    assert repr(found) == (
        "NNTB 2.8 (95% interval NNTB 1.8 to 8.6): "
        "for every 2.8 people treated, one more gains than without the treatment."
    )
    assert nn.number_needed_to_treat(30, 47, 7, 25, wanted=False).name == "NNTH"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: nn.number_needed_from_difference(0.5, -2, 1),
            "low: -2 is not allowed; a risk difference must be from -1 to 1",
        ),
        (
            lambda: nn.number_needed_from_difference(0.5, 0.6, 1),
            "difference: 0.5 is not allowed; it must be from low to high",
        ),
        (
            lambda: nn.number_needed_to_treat(50, 47, 7, 25),
            "events_treated: 50 is not allowed; it must be at most n_treated",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()
