"""The arithmetic of unblinding against people simulated one by one, and the laws it must obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

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
    expected = float(b.observed_difference(drug, belief, p, q))
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


@given(points, points, shares, shares)
def test_what_is_left_for_the_drug_goes_back_to_the_difference(drug, belief, p, q):
    shown = b.observed_difference(drug, belief, p, q)
    assert float(b.drug_effect_left(shown, belief, p, q)) == pytest.approx(drug, abs=1e-9)


@given(st.floats(0.1, 20), shares, shares)
def test_the_belief_that_explains_leaves_nothing_for_the_drug(observed, p, q):
    belief = b.belief_that_explains(observed, p, q)
    if p + q - 1 > 1e-9:
        assert float(b.drug_effect_left(observed, belief, p, q)) == pytest.approx(0, abs=1e-6 * belief)
        assert belief >= observed
    else:
        assert belief == np.inf


@given(points, points)
def test_nothing_is_added_where_both_groups_believe_alike(drug, belief):
    assert float(b.observed_difference(drug, belief, 0.7, 0.3)) == pytest.approx(drug)
    assert float(b.observed_difference(drug, belief, 1, 1)) == pytest.approx(drug + belief)
    assert float(b.observed_difference(drug, belief, 0, 0)) == pytest.approx(drug - belief)


def test_a_difference_against_the_guesses_cannot_be_explained():
    assert b.belief_that_explains(3.7, 0.368, 0.368) == np.inf  # fewer than half guessed right
    assert b.belief_that_explains(-3.0, 0.368, 0.368) == pytest.approx(3.0 / 0.264)
    assert b.belief_that_explains(0.0, 0.9, 0.9) == 0


@given(st.floats(0, 15), st.floats(1, 20), st.floats(-10, 20))
def test_improvement_alone_makes_guesses_right(difference, spread, threshold):
    p, q = b.guesses_after_improvement(difference, spread, threshold)
    assert p + q - 1 >= -1e-12
    assert p == pytest.approx(1 - norm.cdf(threshold, difference, spread))
    assert q == pytest.approx(norm.cdf(threshold, 0, spread))


def test_improvement_that_makes_the_guess_is_what_simulated_people_show():
    rng = np.random.default_rng(8)
    treated, controls = rng.normal(7.7, 11, 300_000), rng.normal(0, 11, 300_000)
    p, q = b.guesses_after_improvement(7.7, 11, 4)
    assert (treated > 4).mean() == pytest.approx(p, abs=0.004)
    assert (controls <= 4).mean() == pytest.approx(q, abs=0.004)


def test_arrays_broadcast_to_the_same_numbers():
    drug, belief = np.linspace(0, 10, 5), np.linspace(0, 12, 3)
    whole = b.observed_difference(drug[:, None], belief, 0.8, 0.7)
    one_by_one = [[float(b.observed_difference(d, e, 0.8, 0.7)) for e in belief] for d in drug]
    np.testing.assert_allclose(whole, one_by_one)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: b.unblinding(1.2, 0.5),
            "right_treated: 1.2 is not allowed; it must be 0 to 1",
        ),
        (lambda: b.unblinding([0.5, 0.6], [0.5, -0.1]), "right_control: -0.1 is not allowed"),
        (lambda: b.unblinding(float("nan"), 0.5), "right_treated: nan is not allowed"),
        (lambda: b.guesses_after_improvement(3, 0, 1), "spread: 0 is not allowed; it must be more than 0"),
        (
            lambda: b.simulate(1, 1, drug=1, belief=1, right_treated=0.5, right_control=0.5),
            "people: 1 is not allowed; it must be 2 or more in each arm",
        ),
        (
            lambda: b.simulate(9, 1, drug=1, belief=1, right_treated=0.5, right_control=0.5, spread=-1),
            "spread: -1 is not allowed; it must be 0 points or more",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words: str):
    with pytest.raises(ValueError, match=words):
        call()
