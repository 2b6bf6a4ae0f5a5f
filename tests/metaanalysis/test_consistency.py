"""Printed numbers that do not belong together are found, rounding is forgiven."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.metaanalysis import consistency as co
from ketalab.metaanalysis import effect_size as es

MEASURES = {
    "OR": es.ODDS_RATIO,
    "RR": es.RISK_RATIO,
    "MD": es.MEAN_DIFFERENCE,
    "SMD": es.HEDGES_G,
    "g": es.HEDGES_G,
    "as printed": es.HEDGES_G,
}


def kinds(*printed, **options) -> list[str]:
    return [finding.kind for finding in co.check(*printed, **options)]


def test_an_estimate_outside_its_own_interval_is_found():
    (found,) = co.check("0.25", "0.57", "17.02", es.HEDGES_G)
    assert found.kind == "outside"
    assert found.words == (
        "The estimate 0.25 lies outside its own interval, 0.57 to 17.02: "
        "they cannot belong to the same number."
    )


def test_the_published_estimates_of_the_course_hold_one_curiosity():
    rows = table("pooled_estimates")
    printed = rows[
        rows.measure.isin(list(MEASURES)) & rows[["estimate", "low", "high"]].notna().all(axis=1)
    ]
    assert len(printed) > 20
    curious = [
        row.estimate_id
        for row in printed.itertuples()
        if co.check(row.estimate, row.low, row.high, MEASURES[row.measure])
    ]
    assert curious == ["almeida_ptsd"]


@given(st.floats(-20, 20), st.floats(0.05, 10), st.integers(0, 3))
def test_rounding_alone_is_never_a_finding_for_a_difference(estimate, se, decimals):
    printed = [f"{x:.{decimals}f}" for x in (estimate, estimate - 1.96 * se, estimate + 1.96 * se)]
    assert co.check(*printed, es.MEAN_DIFFERENCE) == ()


@given(st.floats(-2, 2), st.floats(0.05, 1.5), st.integers(2, 4))
def test_rounding_alone_is_never_a_finding_for_a_ratio(estimate, se, decimals):
    ends = np.exp([estimate, estimate - 1.96 * se, estimate + 1.96 * se])
    printed = [f"{x:.{decimals}f}" for x in ends]
    assert co.check(*printed, es.ODDS_RATIO) == ()


@given(st.floats(0.5, 5), st.floats(0.4, 1.2))
def test_a_ratio_with_a_plain_interval_is_found_and_named(estimate, share):
    half = min(share, 0.9) * estimate
    printed = [f"{x:.3f}" for x in (estimate, estimate - half, estimate + half)]
    (found,) = co.check(*printed, es.RISK_RATIO)
    assert found.kind == "lopsided"
    assert found.words.endswith("on the plain scale it is.")


def test_other_misfits_are_found():
    assert kinds(2, 3, 1, measure=es.ODDS_RATIO) == ["upside down"]
    assert kinds("1.5", "-0.2", "3.2", measure=es.ODDS_RATIO) == ["impossible"]
    assert kinds("-1.5", "-0.2", "3.2", measure=es.ODDS_RATIO) == ["impossible", "impossible", "outside"]
    assert kinds("1.0", "0.1", "5.0", measure=es.MEAN_DIFFERENCE) == ["lopsided"]


def test_a_p_value_that_contradicts_the_interval_is_found():
    assert kinds("2.0", "1.2", "3.33", measure=es.ODDS_RATIO, p=0.2) == ["against P"]
    assert kinds("2.0", "0.5", "8.0", measure=es.ODDS_RATIO, p=0.01) == ["against P"]
    assert kinds("2.0", "0.5", "8.0", measure=es.ODDS_RATIO, p=0.3) == []
    assert kinds("0.24", "0.00", "0.48", measure=es.HEDGES_G, p=0.049) == []  # rounding hides the side


def test_a_minus_sign_as_typeset_is_read():
    assert co.check("−3.8", "−5.75", "−1.89", es.MEAN_DIFFERENCE) == ()


def test_what_is_not_a_number_is_refused():
    with pytest.raises(
        ValueError, match=re.escape("low: 'n.s.' is not allowed; it must be a number as printed")
    ):
        co.check("1", "n.s.", "2", es.HEDGES_G)
    with pytest.raises(ValueError, match="p: 2 is not allowed; it must be from 0 to 1"):
        co.check("1", "0.5", "1.5", es.HEDGES_G, p=2)
