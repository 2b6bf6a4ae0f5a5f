"""Two readers: agreement counted on their first grades, every disagreement shown, the ledger as agreed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.data.certainty import LEVELS
from ketalab.data.readings import (
    GRADES,
    STEPS,
    disagreements,
    kappa,
    kappa_of_certainties,
    kappa_of_steps,
    kappa_of_verdicts,
    readings,
)

CLAIMS, SECOND = table("claims"), table("second_reading")
PAIRS = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(STEPS)), min_size=3, max_size=40)


def by_pairs(first: list[str], second: list[str], names: tuple[str, ...], linear: bool) -> float:
    """Kappa from its meaning: mean closeness of the same thing's grades, beyond that of any two things'."""

    def closeness(a: str, b: str) -> float:
        if linear:
            return 1 - abs(names.index(a) - names.index(b)) / (len(names) - 1)
        return float(a == b)

    observed = np.mean([closeness(a, b) for a, b in zip(first, second, strict=True)])
    expected = np.mean([closeness(a, b) for a in first for b in second])
    return (observed - expected) / (1 - expected)


@given(PAIRS, st.booleans())
def test_kappa_is_agreement_beyond_chance(pairs, linear: bool):
    first, second = map(list, zip(*pairs, strict=True))
    found = kappa(pd.Series(first), pd.Series(second), STEPS, linear)
    assert found.graded == len(pairs)
    assert found.agreed == sum(a == b for a, b in pairs)
    if len({*first, *second}) == 1:
        assert np.isnan([found.kappa, found.low, found.high]).all()
    else:
        assert found.kappa == pytest.approx(by_pairs(first, second, STEPS, linear), abs=1e-9)
        assert found.low <= found.kappa <= found.high


@given(PAIRS, st.booleans())
@pytest.mark.filterwarnings("ignore")  # where both always agree statsmodels takes roots of rounding errors
def test_kappa_and_its_interval_are_those_of_statsmodels(pairs, linear: bool):
    first, second = map(list, zip(*pairs, strict=True))
    assume(len({*first, *second}) > 1)
    found = kappa(pd.Series(first), pd.Series(second), STEPS, linear)
    theirs = cohens_kappa(found.counts.to_numpy(), wt="linear" if linear else None)
    assert found.kappa == pytest.approx(theirs.kappa, abs=1e-9)
    assume(theirs.var_kappa > 1e-9)
    assert (found.low, found.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=1e-9)


@pytest.mark.parametrize("measure", [kappa_of_verdicts, kappa_of_steps, kappa_of_certainties])
def test_the_interval_is_about_that_of_drawing_claims_anew(measure):
    """The bootstrap over claims is another way to an interval; 61 claims make both rough."""
    found = measure()
    names = tuple(found.counts.index)
    linear = measure is not kappa_of_verdicts
    pairs = [(a, b) for a in names for b in names for _ in range(int(found.counts.loc[a, b]))]
    random = np.random.default_rng(20260711)
    drawn = []
    for _ in range(400):
        again = [pairs[i] for i in random.integers(len(pairs), size=len(pairs))]
        drawn.append(by_pairs([a for a, _ in again], [b for _, b in again], names, linear))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert found.kappa == pytest.approx(by_pairs(*map(list, zip(*pairs, strict=True)), names, linear))
    assert found.low == pytest.approx(low, abs=0.05)
    assert found.high == pytest.approx(high, abs=0.05)


def test_the_second_reader_read_every_claim_and_gave_a_reason():
    assert SECOND.claim.tolist() == CLAIMS.claim.tolist()
    assert SECOND.reason.str.endswith(".").all()
    assert set(SECOND.verdict) <= set(GRADES)
    assert set(SECOND.certainty) <= set(LEVELS)


def test_every_disagreement_is_shown_and_discussed_and_nothing_else():
    differ = disagreements()
    assert len(differ) + kappa_of_verdicts().agreed == len(CLAIMS)
    assert differ.discussion.str.endswith(".").all()
    alike = readings().set_index("claim").drop(differ.claim)
    assert (alike[["revised", "discussion"]] == "").all(axis=None)


def test_agreement_is_that_of_the_first_grades():
    """What was agreed afterwards raises no kappa: 15 of 61 first grades differ, and stay so."""
    both = readings()
    assert both["first"].tolist() == SECOND.first_verdict.tolist()
    assert both.second.tolist() == SECOND.verdict.tolist()
    found = kappa_of_verdicts()
    assert (found.agreed, found.graded, round(found.kappa, 2)) == (46, 61, 0.65)


def test_the_ledger_has_the_verdict_the_readers_hold_now():
    """Where the first was convinced it is the one they share; where they still differ, the first's."""
    both = readings()
    assert both.ledger.tolist() == CLAIMS.verdict.tolist()
    convinced = both.revised != ""
    assert (both.ledger[convinced] == both.revised[convinced]).all()
    assert (both.ledger[~convinced] == both["first"][~convinced]).all()
    assert (both.discussion.str.startswith("Convincing: ") <= convinced).all()
    assert 0 < convinced.sum() < len(disagreements())  # some differences were settled, some stay open


def test_surer_verdicts_were_found_again_more_often():
    """A check of the scale from outside it: what the first reader was sure of, the second agreed with."""
    both = readings()
    share = (both["first"] == both.second).groupby(both.certainty_first).mean()
    assert share["high"] > share["moderate"] > share["low"]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="grade: 'true' is not allowed; it must be one of holds"):
        kappa(pd.Series(["true"]), pd.Series(["holds"]), STEPS)
    with pytest.raises(ValueError, match="grades: 1 and 0 are not allowed"):
        kappa(pd.Series(["holds"]), pd.Series([], dtype=str), STEPS)


def test_keys_in_the_second_readers_reasons_are_sources():
    known = bibliography().entries
    keys = SECOND.reason.str.findall(r"\b[a-z]+(?:19|20)\d{2}[a-z]?\b").explode().dropna()
    assert len(keys) > 61
    assert set(keys) <= set(known)
