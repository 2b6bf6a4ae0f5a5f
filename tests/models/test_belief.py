"""A belief and what evidence makes of it, against a grid that knows nothing of the closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.models.belief import Belief, combine, weight

MEANS, SDS = st.floats(-10, 10), st.floats(0.3, 8)
BELIEFS = st.builds(Belief, MEANS, SDS)


@given(BELIEFS, BELIEFS)
def test_the_closed_form_is_bayes_rule_on_a_grid(prior: Belief, evidence: Belief):
    after = combine(prior, evidence)
    x = np.linspace(after.mean - 9 * after.sd, after.mean + 9 * after.sd, 4001)
    log = -((x - prior.mean) ** 2) / (2 * prior.sd**2) - (x - evidence.mean) ** 2 / (2 * evidence.sd**2)
    share = np.exp(log - log.max())
    share /= share.sum()
    assert share @ x == pytest.approx(after.mean, abs=1e-6)
    assert np.sqrt(share @ (x - after.mean) ** 2) == pytest.approx(after.sd, rel=1e-6)
    step = x[1] - x[0]
    assert after.above(x[2100] + step / 2) == pytest.approx(share[2101:].sum(), abs=1e-4)


@given(BELIEFS, BELIEFS)
def test_no_belief_jumps_over_the_evidence_and_none_grows_less_sure(prior: Belief, evidence: Belief):
    after = combine(prior, evidence)
    low, high = sorted((prior.mean, evidence.mean))
    assert low - 1e-9 <= after.mean <= high + 1e-9
    assert after.sd <= min(prior.sd, evidence.sd)
    assert weight(prior, evidence) + weight(evidence, prior) == pytest.approx(1)
    assert combine(evidence, prior).mean == pytest.approx(after.mean, abs=1e-9)


def test_by_hand():
    after = combine(Belief(0, 1), Belief(6, 1))
    assert (after.mean, after.sd) == (pytest.approx(3), pytest.approx(0.5**0.5))
    assert Belief(0, 1).interval() == pytest.approx((-1.96, 1.96), abs=1e-3)
    assert Belief(2, 3).above(2) == pytest.approx(0.5)
    assert Belief(0, 1).density(0) == pytest.approx(0.39894, abs=1e-5)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="sd: 0 is not allowed; it must be above 0 and finite"):
        Belief(0, 0)
    with pytest.raises(ValueError, match="mean: nan is not allowed; it must be a finite number"):
        Belief(float("nan"), 1)
    with pytest.raises(ValueError, match="level: 1 is not allowed; it must be between 0 and 1"):
        Belief(0, 1).interval(1)
