"""Grading claims: agreement counted right, kappa held against its meaning, a page that needs nobody."""

import json
import re
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab import grading
from ketalab.data import table
from ketalab.html.grading import MEANING, NOTHING, VERDICTS, agreement

THEIRS = table("claims").set_index("claim").verdict
SOME = ["C14", "C34", "C49", "C46"]


def kappa_by_pairs(mine: list[str], its: list[str]) -> float:
    """Kappa from its meaning: agreement of random pairs of the two judges' grades."""
    p = np.mean([a == b for a, b in zip(mine, its, strict=True)])
    e = np.mean([a == b for a in mine for b in its])
    return (p - e) / (1 - e) if e < 1 - 1e-12 else float("nan")


@given(st.dictionaries(st.sampled_from(list(THEIRS.index)), st.sampled_from(VERDICTS), min_size=2))
def test_kappa_is_agreement_beyond_chance(mine: dict):
    found = agreement(mine)
    expected = kappa_by_pairs(list(mine.values()), [THEIRS[n] for n in mine])
    assert found.kappa == pytest.approx(expected, nan_ok=True, abs=1e-9)
    assert found.agreed + len(found.misjudged) == found.graded == len(mine)


def test_full_agreement_and_none():
    assert agreement(dict(THEIRS)).kappa == pytest.approx(1)
    assert repr(agreement({})) == NOTHING
    one = agreement({"C14": "unsupported"})
    assert one.misjudged == ("C14",)
    assert "C14: the ledger says supported; lesson 05" in repr(one)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="claim: 'C99' is not one of C01 to C61"):
        agreement({"C99": "supported"})
    with pytest.raises(
        ValueError, match="verdict of C14: 'true' is not allowed; it must be one of supported"
    ):
        agreement({"C14": "true"})
    with pytest.raises(ValueError, match="numbers: 0 claims are not allowed"):
        grading([])
    with pytest.raises(ValueError, match="claim: 'C99' is not one of"):
        grading(["C99"])


def test_the_page_holds_what_it_needs_and_asks_nobody():
    html = grading(SOME)._repr_html_()
    assert html == grading(SOME)._repr_html_()
    held = json.loads(unescape(re.search(r'data-ledger="([^"]*)"', html)[1]))
    assert list(held["claims"]) == SOME
    for number in SOME:
        assert held["claims"][number]["verdict"] == THEIRS[number]
    assert html.count("<fieldset") == len(SOME)
    assert html.count('type="radio"') == len(SOME) * 9
    assert not re.search(r"src=|@import|url\(|fetch\(", html)
    assert tuple(MEANING) == VERDICTS == tuple(held["verdicts"])


def test_the_text_says_that_nothing_is_graded_and_gives_nothing_away():
    text = repr(grading(SOME))
    assert NOTHING in text
    for number in SOME:
        assert number in text
    claims = text.split("\n", 2)[2]
    assert not any(verdict in claims for verdict in VERDICTS)
