"""The ledger to filter: every claim and every source stands in it, as a page and as text."""

import re

from ketalab import ledger
from ketalab.data import table
from ketalab.html.claims_list import MENUS, lesson_link

CLAIMS, SOURCES = table("claims"), table("claim_sources")


def test_every_claim_opens_to_its_sources():
    html = ledger()._repr_html_()
    assert html.count("<details ") == len(CLAIMS)
    assert html.count("<li><b>") == len(SOURCES)
    for name in MENUS:
        there = re.findall(rf"<details[^>]* data-{name}=\"([^\"]+)\"", html)
        assert there == CLAIMS[name].tolist()


def test_each_menu_offers_what_there_is():
    html = ledger()._repr_html_()
    for name in MENUS:
        menu = re.search(rf'<select name="{name}">(.*?)</select>', html)[1]
        offered = re.findall(r'value="([^"]*)"', menu)
        assert offered[0] == ""
        assert set(offered[1:]) == set(CLAIMS[name])
        assert len(offered) == len(set(offered))


def test_the_text_says_all_the_page_says():
    text = repr(ledger())
    assert text.count("\n- C") == len(CLAIMS)
    flat = re.sub(r"\s", "", text)
    for row in SOURCES.itertuples():
        assert re.sub(r"\s", "", row.finding) in flat, (row.claim, row.reference)
    assert max(map(len, text.splitlines())) <= 100


def test_it_is_named_linked_and_asks_nobody():
    html = ledger("All of it & more")._repr_html_()
    assert "All of it &amp; more" in html
    assert 'role="status">61 of 61 claims shown.' in html
    assert 'href="05_hours_not_weeks.ipynb" data-lesson="05_hours_not_weeks"' in lesson_link("05")
    assert not re.search(r"src=|@import|url\(|fetch\(", html)
    assert html == ledger("All of it & more")._repr_html_()
