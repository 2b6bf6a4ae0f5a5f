"""Evidence cards and sheets in print: a card is one page of A6, nothing is cut off, letters can be read."""

import re
from pathlib import Path

import pytest
from browser.axe import serious

from ketalab.data import table
from ketalab.publish import cards

CUT = """() => [...document.querySelectorAll(".card")]
  .filter((card) => card.scrollHeight > card.clientHeight || card.scrollWidth > card.clientWidth)
  .map((card) => card.querySelector("b").textContent)"""
SMALL = """() => [...document.querySelectorAll("main *")]
  .filter((part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((part) => parseFloat(getComputedStyle(part).fontSize) < 9 * 96 / 72 - 0.01)
  .map((part) => part.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cards")
    cards.main(folder=folder)
    return folder


@pytest.mark.parametrize(
    ("name", "pages"), [("evidence_cards", len(table("claims"))), ("claims_to_grade", 1)]
)
def test_each_card_and_the_sheet_to_grade_is_one_page(watched, made: Path, name: str, pages: int):
    page = watched.page
    page.goto((made / f"{name}.html").as_uri())
    assert serious(page) == []
    watched.errors.clear()  # axe reads style sheets, which a page from a file may not
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == pages
    if name == "evidence_cards":
        width, height = map(float, re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf).groups())
        assert (width, height) == pytest.approx((105 / 25.4 * 72, 148 / 25.4 * 72), abs=1)
    assert watched.requests == []
