"""The trials still to be run: sizes that do what they promise, and claims that exist."""

import pytest

from ketalab.data import table
from ketalab.lessons.l13_the_article_on_trial.trials import (
    CHANCE,
    next_decade,
    people_for_power,
    spread_of_points,
)
from ketalab.metaanalysis.effect_size import HEDGES_G, MEAN_DIFFERENCE
from ketalab.metaanalysis.next_trial import power, standard_error_of_trial


def test_the_size_is_the_smallest_that_reaches_the_chance():
    for effect in (0.2, 0.3, 0.5):

        def se(n: int, effect: float = effect) -> float:
            return standard_error_of_trial(HEDGES_G, n, effect=effect)

        n = people_for_power(effect, se)
        assert power(effect, se(n)) >= CHANCE > power(effect, se(n - 1))


def test_it_agrees_with_the_textbook_rule():
    """n = 2 (1.96 + 0.84)^2 sd^2 / d^2."""
    n = people_for_power(3.0, lambda m: standard_error_of_trial(MEAN_DIFFERENCE, m, sd=9.0))
    assert n == pytest.approx(2 * (1.96 + 0.8416) ** 2 * 9**2 / 3**2, abs=1)


def test_every_row_is_about_a_claim_and_says_how_the_blind_is_checked():
    plans = next_decade()
    assert set(plans.claim) <= set(table("claims").claim)
    assert plans.claim.is_unique
    assert (plans["check of the blinding"].str.len() > 10).all()
    assert (plans["people in each group"] > 100).all()


def test_the_spread_is_that_of_the_trial():
    """20 and 19 people with standard deviations of 7.6 and 10.0, as lesson 00 prints them."""
    assert spread_of_points() == pytest.approx(((19 * 7.6**2 + 18 * 10.0**2) / 37) ** 0.5, rel=0.02)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="effect: 0 is not allowed"):
        people_for_power(0, lambda n: 1.0)
    with pytest.raises(ValueError, match="chance: 1 is not allowed"):
        people_for_power(1, lambda n: 1.0, chance=1)
