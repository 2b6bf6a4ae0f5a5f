"""Grading claims: a page that holds what it needs and asks nobody."""

import json
import re
from html import unescape

import pytest

from ketalab import grading
from ketalab.data import table
from ketalab.html.grading import MEANING, NOTHING, VERDICTS

THEIRS = table("claims").set_index("claim").verdict
SOME = ["C14", "C34", "C49", "C46"]


def test_bad_input_is_named():
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
