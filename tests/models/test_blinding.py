"""The arithmetic of unblinding against people simulated one by one, and the laws it must obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, ttest_ind

from ketalab.models import blinding as b

shares = st.floats(0, 1)
points = st.floats(-30, 30)


@pytest.mark.parametrize(
    ("drug", "belief", "p", "q"),
    [
        (8, 0, 0.5, 0.5),
        (0, 10, 0.9, 0.9),
        (5, 6, 0.8, 0.6),
        (3, 12, 0.3, 0.4),
        (0, 0, 1, 1),
        (4, 9, 0.5, 0.893),
    ],
)
def test_the_formula_is_what_simulated_people_show(drug, belief, p, q):
    expected = drug + belief * (p + q - 1)
    trial = b.simulate(200_000, 3, drug=drug, belief=belief, right_treated=p, right_control=q)
    error = np.sqrt(2 * (10**2 + belief**2 / 4) / 200_000)
    assert trial.difference == pytest.approx(expected, abs=4 * error)
    assert trial.right == pytest.approx((p, q), abs=0.005)


def test_a_simulated_trial_is_the_same_for_the_same_seed_and_only_then():
    setting = {"drug": 4, "belief": 5, "right_treated": 0.7, "right_control": 0.6}
    one, same, other = (b.simulate(50, seed, **setting).improvement for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_small_trials_scatter_around_the_formula():
    setting = {"drug": 4, "belief": 5, "right_treated": 0.7, "right_control": 0.6}
    found = [b.simulate(25, seed, **setting).difference for seed in range(1500)]
    assert np.mean(found) == pytest.approx(4 + 5 * 0.3, abs=0.25)
    assert np.std(found) == pytest.approx(np.sqrt(2 * (100 + 25 * (0.21 + 0.24) / 2) / 25), rel=0.08)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """Arms of unlike size and spread; of 2,000 trials 95% within binomial bounds."""
    setting = {"drug": 4, "belief": 5, "right_treated": 0.7, "right_control": 0.6, "spread": (9, 14)}
    trials = [b.simulate((40, 15), seed, **setting) for seed in range(2000)]
    covered = sum(low <= 4 + 5 * 0.3 <= high for low, high in (trial.interval for trial in trials))
    assert binom.ppf(0.001, 2000, 0.95) <= covered <= binom.ppf(0.999, 2000, 0.95)


def test_the_interval_is_that_of_scipy():
    trial = b.simulate((20, 9), 5, drug=4, belief=5, right_treated=0.7, right_control=0.6, spread=(9, 14))
    arms = trial.improvement[trial.treated], trial.improvement[~trial.treated]
    expected = ttest_ind(*arms, equal_var=False).confidence_interval(0.95)
    assert trial.interval == pytest.approx((expected.low, expected.high))
    alike = b.simulate(3, 1, drug=4, belief=0, right_treated=1, right_control=1, spread=0)
    assert alike.interval == pytest.approx((4, 4))


def test_arms_have_the_people_and_the_spread_they_are_given():
    setting = {"drug": 0, "belief": 0, "right_treated": 0.5, "right_control": 0.5}
    trial = b.simulate((30_000, 20_000), 2, **setting, spread=(3, 12))
    assert (trial.treated.sum(), (~trial.treated).sum()) == (30_000, 20_000)
    assert trial.improvement[trial.treated].std() == pytest.approx(3, rel=0.03)
    assert trial.improvement[~trial.treated].std() == pytest.approx(12, rel=0.03)


@given(st.floats(0, 16), shares)
def test_belief_and_the_rest_spread_people_as_much_as_they_differ(belief: float, share: float):
    rest = b.spread_beside_belief(9, belief, share)
    assert rest**2 + belief**2 * share * (1 - share) == pytest.approx(81)


@given(points, points, shares, shares)
def test_what_is_left_for_the_drug_goes_back_to_the_difference(drug, belief, p, q):
    shown = drug + belief * (p + q - 1)
    assert float(b.drug_effect_left(shown, belief, p, q)) == pytest.approx(drug, abs=1e-9)


@given(st.floats(0.1, 20), shares, shares)
def test_the_belief_that_explains_leaves_nothing_for_the_drug(observed, p, q):
    belief = b.belief_that_explains(observed, p, q)
    if p + q - 1 > 1e-9:
        assert float(b.drug_effect_left(observed, belief, p, q)) == pytest.approx(0, abs=1e-6 * belief)
        assert belief >= observed
    else:
        assert belief == np.inf


def test_the_same_blind_by_other_shares_needs_the_same_belief():
    """In binary, 0.4 + 0.8 - 1 is not quite 0.6 + 0.6 - 1."""
    assert b.belief_that_explains(7.95, 0.4, 0.8) == b.belief_that_explains(7.95, 0.6, 0.6)


def test_a_difference_against_the_guesses_cannot_be_explained():
    assert b.belief_that_explains(3.7, 0.368, 0.368) == np.inf  # fewer than half guessed right
    assert b.belief_that_explains(-3.0, 0.368, 0.368) == pytest.approx(3.0 / 0.264)
    assert b.belief_that_explains(0.0, 0.9, 0.9) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: b.unblinding(1.2, 0.5),
            "right_treated: 1.2 is not allowed; it must be 0 to 1",
        ),
        (lambda: b.unblinding([0.5, 0.6], [0.5, -0.1]), "right_control: -0.1 is not allowed"),
        (lambda: b.unblinding(float("nan"), 0.5), "right_treated: nan is not allowed"),
        (
            lambda: b.simulate(1, 1, drug=1, belief=1, right_treated=0.5, right_control=0.5),
            "people: 1 is not allowed; it must be 2 or more in each arm",
        ),
        (
            lambda: b.simulate(9, 1, drug=1, belief=1, right_treated=0.5, right_control=0.5, spread=-1),
            "spread: -1 is not allowed; it must be 0 points or more",
        ),
        (
            lambda: b.simulate((9, 1), 1, drug=1, belief=1, right_treated=0.5, right_control=0.5),
            "people: 1 is not allowed; it must be 2 or more in each arm",
        ),
        (
            lambda: b.spread_beside_belief(5, 16, 0.5),
            "belief: 16 is not allowed; it must spread people by 5 or less",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words: str):
    with pytest.raises(ValueError, match=words):
        call()
