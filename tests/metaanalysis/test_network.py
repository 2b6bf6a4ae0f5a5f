"""The network against printed estimates, against the two-treatment pool, and against laws it must obey."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import pooling as ma
from ketalab.metaanalysis.network import network


@pytest.fixture(scope="module")
def arms() -> pd.DataFrame:
    return table("antidepressant_arms")


@pytest.fixture(scope="module")
def response(arms):
    return network(arms, "responders", "placebo")


def test_it_gives_the_published_odds_ratios_of_the_same_trials(response):
    """Linde 2015 [@linde2015], Table 3, printed from a Bayesian model: within 3%, limits within 7%."""
    printed = table("antidepressant_network").query("reference == 'linde2015'").set_index("drug")
    ours = response.frame().set_index("treatment")
    for drug, row in printed.iterrows():
        assert ours.estimate[drug] == pytest.approx(row.estimate, rel=0.03), drug
        assert ours.low[drug] == pytest.approx(row.low, rel=0.07), drug
        assert ours.high[drug] == pytest.approx(row.high, rel=0.07), drug


def test_it_gives_a_published_comparison_of_two_drugs(response):
    """Tricyclics against SSRIs: 1.04 (0.88 to 1.21) in the same table."""
    assert response.against("tricyclic", "SSRI") == pytest.approx((1.04, 0.88, 1.21), rel=0.03)


def test_two_treatments_are_the_usual_meta_analysis(arms):
    pair = arms[arms.treatment.isin(["SSRI", "placebo"]) & arms.responders.notna()]
    ours = network(pair, "responders", "placebo")
    one, other = (pair[pair.treatment == name].set_index("trial") for name in ("SSRI", "placebo"))
    both = one.index.intersection(other.index)
    one, other = one.loc[both], other.loc[both]
    effects = es.odds_ratio(one.responders, one.n, other.responders, other.n)
    pooled = ma.pool(effects, method="reml", interval="normal")
    assert ours.estimate[0] == pytest.approx(pooled.estimate, abs=1e-4)
    assert ours.tau2 == pytest.approx(pooled.tau2, abs=1e-5)
    assert ours.trials == len(effects)


def test_a_star_of_separate_pairs_is_each_pair_alone():
    rows = [
        (1, "a", 100, 40), (1, "p", 100, 30), (2, "a", 80, 35), (2, "p", 80, 25),
        (3, "b", 90, 20), (3, "p", 90, 30), (4, "b", 50, 12), (4, "p", 60, 20),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["trial", "treatment", "n", "events"])
    both = network(frame, "events", "p")
    assert both.tau2 == 0
    for name in "ab":
        alone = network(frame[frame.trial.isin(frame[frame.treatment == name].trial)], "events", "p")
        at = both.treatments.index(name)
        assert both.estimate[at] == pytest.approx(alone.estimate[0])
        assert both.covariance[at, at] == pytest.approx(alone.covariance[0, 0])


def test_an_indirect_comparison_adds_up():
    """Only A-P and B-P trials: A against B is the difference, its variance the sum (Bucher)."""
    rows = [(1, "a", 100, 40), (1, "p", 100, 30), (2, "b", 90, 20), (2, "p", 90, 30)]
    found = network(pd.DataFrame(rows, columns=["trial", "treatment", "n", "events"]), "events", "p")
    odds = lambda e, n: np.log(e / (n - e))  # noqa: E731
    middle = odds(40, 100) - odds(30, 100) - odds(20, 90) + odds(30, 90)
    variance = sum(1 / e + 1 / (n - e) for e, n in ((40, 100), (30, 100), (20, 90), (30, 90)))
    one, low, high = found.against("a", "b")
    assert one == pytest.approx(np.exp(middle))
    assert np.log(high / low) == pytest.approx(2 * 1.959964 * np.sqrt(variance), rel=1e-5)


@settings(max_examples=15)
@given(st.sampled_from(["SSRI", "tricyclic", "placebo", "hypericum"]), st.integers(0, 10_000))
def test_neither_reference_nor_order_of_the_arms_matters(reference, seed):
    arms = table("antidepressant_arms")
    first = network(arms, "responders", "placebo").against("SSRI", "tricyclic")
    shuffled = arms.sample(frac=1, random_state=seed)
    again = network(shuffled, "responders", reference).against("SSRI", "tricyclic")
    assert again == pytest.approx(first, rel=1e-4)


def test_an_empty_cell_is_filled_and_a_silent_trial_left_out():
    rows = [
        (1, "a", 50, 0),
        (1, "p", 50, 5),
        (2, "a", 20, 0),
        (2, "p", 20, 0),
        (3, "a", 30, 3),
        (3, "p", 30, 6),
    ]
    found = network(pd.DataFrame(rows, columns=["trial", "treatment", "n", "events"]), "events", "p")
    assert found.trials == 2
    assert np.isfinite(found.estimate).all()
    assert found.people == {"a": 80, "p": 80}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([(1, "a", 10, 11), (1, "p", 10, 2)], r"events: 11 is not allowed in trial 1; it must be 0 to 10"),
        ([(1, "a", 10, 1), (1, "a", 10, 2)], r"treatment: 'a' stands twice in trial 1"),
        ([(1, "a", 10, 1), (1, "b", 10, 2)], r"reference: 'p' is in none of the trials"),
        (
            [(1, "a", 10, 1), (1, "b", 10, 2), (2, "c", 10, 1), (2, "p", 10, 2)],
            r"treatment: 'a' is linked to p by no trial",
        ),
    ],
)
def test_arms_that_cannot_be_pooled_are_refused_in_one_sentence(rows, says):
    with pytest.raises(ValueError, match=says):
        network(pd.DataFrame(rows, columns=["trial", "treatment", "n", "events"]), "events", "p")


def test_an_unknown_treatment_is_named(response):
    with pytest.raises(ValueError, match="treatment: 'esketamine' is not allowed; it must be one of pl"):
        response.against("esketamine", "SSRI")


def test_it_prints_as_a_table(response):
    assert repr(response).startswith("Odds ratios against placebo, 59 trials, tau 0.19")
