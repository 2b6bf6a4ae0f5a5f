"""Rare events against enumeration, simulation, statsmodels and what must hold for any test."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from ketalab.metaanalysis import rare_events as rare

relatives = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])


@pytest.mark.parametrize(("control", "relative"), [(4.0, 0.25), (12.0, 0.5), (30.0, 0.6)])
def test_the_chance_is_that_of_all_pairs_of_counts_one_by_one(control: float, relative: float):
    most = int(control * 3 + 25)
    with_drug, without = (poisson.pmf(np.arange(most), mean) for mean in (control * relative, control))
    chance = 0.0
    for one, other in combinations_with_replacement(range(most), 2):  # two groups may change places
        if one + other and binomtest(one, one + other).pvalue <= 0.05:
            chance += with_drug[one] * without[other]
            chance += with_drug[other] * without[one] if one != other else 0
    assert float(rare.chance_to_show(control, relative)) == pytest.approx(chance, abs=2e-3)


def test_people_drawn_one_by_one_agree():
    """Binomial people instead of Poisson's: 2,000 trials of 490 in each group."""
    rng = np.random.default_rng(3)
    untreated, treated = (rng.binomial(490, risk, 2000) for risk in (0.112, 0.056))
    found = [binomtest(int(a), int(a + b)).pvalue <= 0.05 for a, b in zip(treated, untreated, strict=True)]
    assert float(rare.chance_to_show(490 * 0.112, 0.5)) == pytest.approx(np.mean(found), abs=0.05)
    assert float(rare.chance_to_show(490 * 0.112, 0.5)) <= np.mean(found) + 0.02  # never promises too much


@pytest.mark.parametrize("relative", [0.3, 0.5, 0.7, 0.8])
def test_statsmodels_needs_about_as_many(relative: float):
    from statsmodels.stats.rates import power_poisson_ratio_2indep

    needed = rare.expected_needed(relative)
    other = power_poisson_ratio_2indep(
        relative * needed / 1e4, needed / 1e4, 1e4, value=1, alternative="two-sided"
    ).power
    assert other == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("relative", [0.3, 0.5, 0.7, 0.85])
@pytest.mark.parametrize("chance", [0.8, 0.9])
def test_what_is_needed_gives_the_chance_and_the_rule_of_thumb_is_near(relative: float, chance: float):
    control = rare.expected_needed(relative, chance)
    assert float(rare.chance_to_show(control, relative)) == pytest.approx(chance, abs=3e-3)
    assert control * (1 + relative) == pytest.approx(rare.events_rule(relative, chance), rel=0.2)


def test_halving_needs_so_many_events():
    """(1.96 + 0.84)^2 1.5^2 / (0.5 ln(0.5)^2), worked out by hand: 73.5."""
    assert rare.events_rule(0.5) == pytest.approx(73.5, abs=0.2)


def test_beyond_the_table_the_normal_approximation_takes_over_without_a_jump():
    edge = rare.GRID[-1] / 1.9
    below, above = rare.chance_to_show([0.999 * edge, 1.001 * edge], 0.9)
    assert above == pytest.approx(below, abs=0.01)
    assert rare.expected_needed(0.97) == pytest.approx(rare.events_rule(0.97) / 1.97)


def test_fewer_than_six_events_can_never_convince():
    for total in range(1, 8):
        assert (binomtest(0, total).pvalue <= 0.05) == (total >= 6)
    assert rare._critical(0.95)[1][:7].tolist() == [-1, -1, -1, -1, -1, -1, 0]


@given(relatives, st.floats(0, 4000), st.floats(0, 4000))
def test_more_events_and_a_larger_effect_are_never_worse(relative: float, one: float, other: float):
    low, high = rare.chance_to_show(sorted([one, other]), relative)
    assert 0 <= low <= high + 1e-6 <= 1 + 2e-6
    weaker = float(rare.chance_to_show(max(one, other), (1 + relative) / 2))
    assert weaker <= high + 1e-3


@given(st.floats(0.001, 0.3), relatives)
def test_a_rarer_event_needs_more_people_in_proportion(risk: float, relative: float):
    assert rare.people_needed(risk / 2, relative) == pytest.approx(2 * rare.people_needed(risk, relative))


def test_a_rate_becomes_a_risk():
    assert rare.risk_of_rate(484, 1) == pytest.approx(0.00483, abs=1e-5)
    assert rare.risk_of_rate(0, 5) == 0
    assert rare.risk_of_rate(1e6, 1) < 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda: rare.risk_of_rate(-1, 1),
            "rate: -1 is not allowed; it must be 0 per 100 000",
        ),
        (lambda: rare.risk_of_rate(1, -2), "years: -2 is not allowed; it must be 0 years or more"),
        (lambda: rare.chance_to_show(-1, 0.5), "expected_control: -1 is not allowed; it must be 0 or more"),
        (lambda: rare.chance_to_show(5, 1.0), "relative: 1 is not allowed; it must be 0.01 to 0.99"),
        (lambda: rare.people_needed(0.5, 0.5), "control_risk: 0.5 is not allowed; it must be above 0"),
        (lambda: rare.people_needed(0.1, 0.5, 1.0), "chance: 1 is not allowed; it must be above 0.05"),
    ],
)
def test_bad_input_is_answered_in_one_sentence(call, says: str):
    with pytest.raises(ValueError, match=says.replace(".", r"\.")) as error:
        call()
    assert "\n" not in str(error.value)
