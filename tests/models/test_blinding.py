"""The arithmetic of unblinding against people simulated one by one, and the laws it must obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words: str):
    with pytest.raises(ValueError, match=words):
        call()
