"""The ledger to filter: every claim and every source stands in it, as a page and as text."""

import re
from html import unescape

from ketalab import ledger
from ketalab.data import table
from ketalab.html.claims_list import MENUS, lesson_link

CLAIMS, SOURCES = table("claims"), table("claim_sources")
TESTS, SECOND = table("claim_tests"), table("second_reading")


def test_every_claim_opens_to_its_sources():
    html = ledger()._repr_html_()
    assert html.count("<details ") == len(CLAIMS)
    assert html.count("<li><b>") == len(SOURCES)
    for name in MENUS:
        there = re.findall(rf"<details[^>]* data-{name}=\"([^\"]*)\"", html)
        assert there == CLAIMS[name].tolist()


def test_each_menu_offers_what_there_is():
    html = ledger()._repr_html_()
    for name in MENUS:
        menu = re.search(rf'<select name="{name}">(.*?)</select>', html)[1]
        offered = re.findall(r'value="([^"]*)"', menu)
        assert offered[0] == ""
        assert set(offered[1:]) == set(CLAIMS[name]) - {""}
        assert len(offered) == len(set(offered))


def test_the_text_says_all_the_page_says():
    text = repr(ledger())
    assert text.count("\n- C") == len(CLAIMS)
    flat = re.sub(r"\s", "", text)
    for row in SOURCES.itertuples():
        assert re.sub(r"\s", "", row.finding) in flat, (row.claim, row.reference)
    for quoted in CLAIMS.quoted:
        assert re.sub(r"\s", "", quoted) in flat
    assert flat.count("Foundagainst") == len(TESTS)
    for row in SECOND[SECOND.discussion != ""].itertuples():
        assert re.sub(r"\s", "", row.discussion) in flat, row.claim
    assert max(map(len, text.splitlines())) <= 100


def opened(number: str) -> str:
    """What stands below one claim, without marks."""
    inside = re.search(rf"<b>{number}</b>.*?</details>", ledger()._repr_html_(), re.DOTALL)[0]
    return unescape(re.sub(r"<[^>]+>", "", inside))


def test_a_claim_opens_to_the_articles_sentence_both_certainties_and_the_second_reading():
    text = opened("C15")
    assert "The article: most oral antidepressants, which can take weeks or months to take effect" in text
    assert "Regraded: was overstated. The sentence says 'can take'" in text
    assert "How sure of the verdict: moderate (two readings)" in text
    assert "How sure of the effect: moderate (experiments; indirect)" in text
    assert "A second reader: partly supported, moderate." in text
    assert "How sure of the effect: no effect is claimed (documents; no shortcoming)" in opened("C32")


def test_a_difference_is_shown_with_reason_and_outcome():
    text = opened("C26")
    assert "A second reader: partly supported, low. No craving benefit stands in the alcohol trial" in text
    assert "The first reader had said: unsupported. Convincing: the second reader found a trial" in text
    assert "(Grabski et al. 2022)" in text  # keys of sources are written as names
    assert "The difference stays open." in opened("C47")
    assert "The first reader had said" not in opened("C47")  # the ledger keeps the first verdict


def test_a_test_of_a_benefit_names_comparison_level_and_time():
    assert "Found against quetiapine (treatment), after 32 weeks: Reif et al. 2023." in opened("C16")
    assert "Found against midazolam (active placebo), after 1 day: Murrough et al. 2013a." in opened("C14")
    assert "Found against morphine (treatment), within hours: Smyth et al. 2025." in opened("C35")


def test_it_is_named_linked_and_asks_nobody():
    html = ledger("All of it & more")._repr_html_()
    assert "All of it &amp; more" in html
    assert 'role="status">61 of 61 claims shown.' in html
    assert lesson_link("05") == '<a href="05_hours_not_weeks.ipynb">Lesson 05</a>'
    assert not re.search(r"src=|@import|url\(|fetch\(", html)
    assert html == ledger("All of it & more")._repr_html_()
