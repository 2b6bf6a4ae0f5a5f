"""Benefit and harm in 1,000 people: people are conserved, weights pull their way, draws fit the counts."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.models import benefit_harm as bh

BETTER = bh.Outcome("better", True, 182, 310, 94, 208)
WORSE = bh.Outcome("worse", False, 41, 343, 8, 222)
SPARED = bh.Outcome("spared", False, 26, 254, 20, 162)
BOTH = (BETTER, WORSE, SPARED)

arms = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(arms, arms)
def test_a_thousand_people_stay_a_thousand(drug, control):
    parts = bh.outcome_partition(bh.Outcome("any", True, *drug, *control))
    numbers = (parts.doomed, parts.caused, parts.prevented, parts.immune)
    assert min(numbers) >= -1e-9
    assert sum(numbers) == pytest.approx(1000)
    assert min(parts.caused, parts.prevented) == 0
    assert parts.doomed + parts.caused == pytest.approx(1000 * drug[0] / drug[1])
    assert parts.doomed + parts.prevented == pytest.approx(1000 * control[0] / control[1])


def test_draws_have_the_mean_and_spread_of_their_distribution():
    extra = bh.simulate([BETTER], worlds=200_000).extra[:, 0]
    a, b = 182.5, 128.5
    c, d = 94.5, 114.5
    mean = 1000 * (a / (a + b) - c / (c + d))
    variance = a * b / ((a + b) ** 2 * (a + b + 1)) + c * d / ((c + d) ** 2 * (c + d + 1))
    assert extra.mean() == pytest.approx(mean, abs=0.5)
    assert extra.std() == pytest.approx(1000 * np.sqrt(variance), rel=0.01)


@pytest.mark.parametrize("outcome", BOTH)
def test_limits_are_close_to_newcombes(outcome: bh.Outcome):
    limits = bh.simulate([outcome], worlds=100_000).interval()[0]
    counts = (outcome.events_drug, outcome.n_drug, outcome.events_control, outcome.n_control)
    assert limits == pytest.approx(1000 * np.array(newcombe_interval(*counts)), abs=6)


@given(st.floats(0, 10), st.floats(0, 10), st.floats(0.1, 5), st.floats(0, 1))
def test_weights_pull_their_way(benefit: float, harm: float, more: float, credit: float):
    def net(benefit, harm, credit, burden=0.0):
        return bh.expected_net(BOTH, {"better": benefit, "worse": harm}, credit, burden)

    here = net(benefit, harm, credit)
    assert net(benefit + more, harm, credit) >= here
    assert net(benefit, harm + more, credit) < here
    assert net(benefit, harm, min(1.0, credit + more)) >= here - 1e-9
    assert net(benefit, harm, credit, burden=more) == pytest.approx(here - 1000 * more)


def test_a_harm_the_drug_spares_counts_in_its_favour():
    assert bh.expected_net(BOTH, {"spared": 2}) > 0


def test_the_worlds_surround_the_expectation():
    weights = {"better": 10.0, "worse": 5.0}
    net = bh.simulate(BOTH, worlds=50_000).net(weights, credit=0.5, burden=0.2)
    assert net.mean() == pytest.approx(bh.expected_net(BOTH, weights, 0.5, 0.2), abs=12)
    assert np.percentile(net, 2.5) < net.mean() < np.percentile(net, 97.5)


def test_break_even_is_where_the_net_is_zero():
    weights = {"better": 10.0, "worse": 1.0}
    tipping = bh.break_even(BOTH, weights, "worse")
    assert bh.expected_net(BOTH, weights | {"worse": tipping}) == pytest.approx(0, abs=1e-9)
    assert bh.break_even(BOTH, weights, "worse", credit=0.5) == pytest.approx(tipping / 2)
    assert bh.break_even(BOTH, weights, "spared") == np.inf


def test_an_outcome_has_the_same_worlds_whatever_stands_after_it():
    alone, among = bh.simulate([BETTER]), bh.simulate(BOTH)
    assert (alone.extra[:, 0] == among.extra[:, 0]).all()
    assert (bh.simulate(BOTH, seed=1).extra != among.extra).any()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: bh.Outcome("x", True, 5, 4, 0, 4),
            "events_drug: 5 is not allowed; it must be from 0 to 4",
        ),
        (lambda: bh.Outcome("x", True, 0, 4, 0, 0), "n_control: 0 is not allowed; it must be 1 or more"),
        (lambda: bh.simulate(BOTH, worlds=1), "worlds: 1 is not allowed"),
        (lambda: bh.expected_net(BOTH, {"mood": 1}), "weights: 'mood' is not one of better, worse, spared"),
        (lambda: bh.expected_net(BOTH, {"worse": -1}), "weights: -1 for worse is not allowed"),
        (lambda: bh.expected_net(BOTH, {}, credit=1.2), "credit: 1.2 is not allowed; it must be a share"),
        (lambda: bh.expected_net(BOTH, {}, burden=-1), "burden: -1 is not allowed"),
        (lambda: bh.break_even(BOTH, {}, "better"), "harm: 'better' is not one of worse, spared"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(call, sentence: str):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        call()
