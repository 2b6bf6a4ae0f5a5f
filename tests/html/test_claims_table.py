"""The living table: every claim with its verdict and sources, openable without script, and as text."""

import re

import pytest

from ketalab import claims_table
from ketalab.data import table
from ketalab.data.tables import descriptor
from ketalab.data.verdict import VERDICTS, Verdict

HEADS = ("Feature", "Ketamine", "SSRIs")
CELLS = {"Duration": ("C44 C45", "C46"), "Onset": ("C38", "C39")}


def made():
    return claims_table(CELLS, HEADS, "Two rows & more", {"C46": "See section 4."})


def test_every_cell_opens_and_only_one_at_a_time():
    html = made()._repr_html_()
    groups = re.findall(r'<details name="(living-\w+)"><summary>', html)
    assert len(groups) == 4
    assert len(set(groups)) == 1
    assert "<script" not in html


def test_every_source_of_a_claim_stands_behind_its_cell():
    html, text = made()._repr_html_(), repr(made())
    sources = table("claim_sources").query("claim in ['C44', 'C45', 'C46', 'C38', 'C39']")
    assert html.count("<li>") == len(sources)
    assert text.count("    for: ") == (sources.stance == "for").sum()
    assert text.count("    against: ") == (sources.stance == "against").sum()
    for number in ("C44", "C45", "C46", "C38", "C39"):
        verdict = table("claims").set_index("claim").verdict[number]
        assert f"{number} {verdict}." in text


def test_the_front_is_the_wording_and_the_verdict():
    html = made()._repr_html_()
    assert "Rapid; effects can be felt within hours to days. <b>✓ supported</b>" in html
    assert "Can be short-lived, but extended by repeated sessions. <b>✓ supported</b><br>" in html
    assert "Table, " not in html


def test_it_says_where_more_stands():
    text = repr(made())
    assert "See section 4." in text
    assert "More in lesson 05." in text


def test_every_verdict_has_its_own_sign():
    claims = next(resource for resource in descriptor()["resources"] if resource["name"] == "claims")
    field = next(field for field in claims["schema"]["fields"] if field["name"] == "verdict")
    assert list(VERDICTS) == field["constraints"]["enum"]
    assert set(table("claims").verdict) <= set(VERDICTS)
    for what in ("sign", "colour", "meaning"):
        assert len({getattr(verdict, what) for verdict in Verdict}) == len(Verdict)


def test_it_is_named_scoped_and_asks_nobody_for_anything():
    html = made()._repr_html_()
    assert "<caption>Two rows &amp; more</caption>" in html
    assert html.count('scope="row"') == 2
    assert html.count('role="region"') == 4
    assert not re.search(r"src=|@import|url\(|fetch\(", html)


def test_an_unknown_claim_is_named():
    with pytest.raises(ValueError, match="claim: 'C99' is not one of C01 to C61"):
        claims_table({"Onset": ("C99", "C39")}, HEADS, "No")
