"""What a reader keeps on the desk, in a real browser: the glossary and the cheat sheets."""

import re
from pathlib import Path

import pytest
from browser.axe import serious

from ketalab.publish.cheat_sheets import SHEETS
from ketalab.publish.glossary import terms

# Letters below 9 points in print, and whatever sticks out of the page's width.
SMALL = """() => [...document.querySelectorAll("main *")]
  .filter((part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((part) => !part.closest("mjx-container"))
  .filter((part) => parseFloat(getComputedStyle(part).fontSize) < 9 * 96 / 72 - 0.01)
  .map((part) => part.outerHTML.slice(0, 80))"""
OUTSIDE = """() => { const page = document.querySelector("main").getBoundingClientRect();
  return [...document.querySelectorAll("main *")].filter((part) => !part.closest("mjx-assistive-mml"))
    .filter((part) => part.getBoundingClientRect().right > page.right + 1)
    .map((part) => part.outerHTML.slice(0, 80)) }"""


def axe(watched) -> list[str]:
    """What axe finds serious; it reads style sheets, which a page from a file may not."""
    assert watched.errors == []
    found = serious(watched.page)
    watched.errors.clear()
    return found


@pytest.mark.parametrize("slug", [make.__name__ for make in SHEETS])
def test_a_cheat_sheet_is_one_legible_page(watched, decks: Path, slug: str):
    path, page = decks / f"cheat_sheet_{slug}.html", watched.page
    if not path.exists():
        pytest.skip("its lessons are still to come")
    page.goto(path.as_uri())
    page.wait_for_function("() => window.MathJax?.startup?.promise")
    page.evaluate("() => MathJax.startup.promise.then(() => document.fonts.ready).then(() => 1)")
    assert "$" not in page.locator("main").inner_text()
    assert axe(watched) == []
    page.emulate_media(media="print")
    for size, width in (("A4", 192), ("Letter", 198)):
        page.set_viewport_size({"width": round(width / 25.4 * 96), "height": 1000})
        assert page.evaluate(SMALL) == []
        assert page.evaluate(OUTSIDE) == [], size
        pdf = page.pdf(format=size, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, size
    image = page.locator("figure img")
    assert image.evaluate("(node) => node.naturalWidth > 0")
    assert image.bounding_box()["width"] == pytest.approx(7.4 * 96, abs=2)  # its letters keep their size
    assert watched.errors == []
    assert watched.requests == []


def test_a_word_on_a_slide_shows_its_meaning_and_leads_to_its_entry(watched, decks: Path):
    page = watched.page
    page.goto((decks / "02_blocking_the_nmda_receptor.html").as_uri())
    page.wait_for_function("() => window.Reveal?.isReady()")
    word = page.locator("main a[href='glossary.html#trapping']")
    page.evaluate(
        "(node) => Reveal.slide(Reveal.getIndices(node.closest('section')).h)", word.element_handle()
    )
    assert word.get_attribute("title") == next(t.definition for t in terms() if t.term == "trapping")
    assert word.evaluate("(node) => getComputedStyle(node).textDecorationStyle") == "dotted"
    word.click()
    page.wait_for_selector("#trapping:target")
    assert page.locator("#trapping").evaluate("(node) => node.getBoundingClientRect().top") < 600
    assert watched.errors == []
    assert watched.requests == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_glossary_is_whole_and_open_to_everyone(watched, decks: Path, theme: str):
    watched.page.emulate_media(color_scheme=theme)
    watched.page.goto((decks / "glossary.html").as_uri())
    shown = watched.page.locator("dl > div").evaluate_all("(all) => all.map((entry) => entry.id)")
    lessons = [path.read_text("utf-8") for path in decks.glob("[0-9][0-9]_*.html")]
    wanted = {term for lesson in lessons for term in re.findall(r'href="glossary\.html#([^"]+)"', lesson)}
    assert len(wanted) > 3 * len(lessons)
    assert wanted <= set(shown)
    assert axe(watched) == []
    assert watched.errors == []


def test_the_index_leads_to_the_glossary_and_every_sheet(watched, decks: Path):
    watched.page.goto((decks / "index.html").as_uri())
    links = watched.page.locator("ul a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    sheets = {path.name for path in decks.glob("cheat_sheet_*.html")}
    assert len(sheets) == 4
    assert {"glossary.html", *sheets} <= set(links)
