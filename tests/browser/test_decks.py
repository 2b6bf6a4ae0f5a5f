"""Every deck in a real browser, from a file: nothing off the slide, nothing asked, sliders move."""

import json
import re
from pathlib import Path

import pytest
from browser.colours import contrast
from conftest import ROOT

from ketalab.publish import slides

# Everything on a slide that sticks out of it, by its text or kind.
OUTSIDE = """() => {
  const slide = Reveal.getCurrentSlide(), frame = slide.getBoundingClientRect(), out = [];
  for (const part of slide.querySelectorAll("*")) {
    if (part.closest("aside, script, mjx-assistive-mml, .ketalab-voice, .anchor-link")) continue;
    if (part.closest(".ketalab-ledger .list > *")) continue;  // the list scrolls; its frame is checked
    const box = part.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.left < frame.left - 1 || box.top < frame.top - 1 ||
        box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
      out.push(`${part.tagName}.${part.className} ${(part.textContent ?? "").trim().slice(0, 40)}`);
  }
  return out;
}"""
# The smallest text of every picture on the slide, in pixels of a 1280 x 720 slide.
LABELS = """() => [...Reveal.getCurrentSlide().querySelectorAll("img.figure")].map((image) => {
  const scale = Math.min(image.clientWidth / image.naturalWidth, image.clientHeight / image.naturalHeight);
  return image.dataset.smallest * scale * image.naturalWidth / image.dataset.width;
})"""
SERIOUS = """() => axe.run(Reveal.getCurrentSlide()).then((result) => result.violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => `${found.id}: ${found.nodes[0].html.slice(0, 120)}`))"""
COVERED = """() => {
  const boxes = [...Reveal.getCurrentSlide().querySelectorAll(":scope > div, :scope > img")]
    .map((part) => [part.className, part.getBoundingClientRect()]);
  return boxes.flatMap(([a, one], i) => boxes.slice(i + 1)
    .filter(([, other]) => one.bottom > other.top + 1 && other.bottom > one.top + 1)
    .map(([b]) => `${a} runs into ${b}`));
}"""


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory, node_modules: Path) -> Path:
    folder = tmp_path_factory.mktemp("decks")
    before, slides.DECKS = slides.DECKS, folder
    slides.main()
    slides.DECKS = before
    return folder


def open_deck(watched, decks: Path, name: str, query: str = "") -> None:
    watched.page.goto(f"{(decks / f'{name}.html').as_uri()}{query}")
    watched.page.wait_for_function("() => window.Reveal?.isReady() && window.MathJax?.startup?.promise")
    watched.page.evaluate("() => MathJax.startup.promise")
    held = "() => document.querySelectorAll('.ketalab-view').length"
    drawn = "() => document.querySelectorAll('.ketalab-explorable').length"
    watched.page.wait_for_function(f"() => ({drawn})() === ({held})()")
    watched.page.wait_for_timeout(200)


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_every_slide_holds_what_is_on_it(watched, decks: Path, lesson_name: str, size: tuple[int, int]):
    watched.page.set_viewport_size({"width": size[0], "height": size[1]})
    open_deck(watched, decks, lesson_name)
    total = watched.page.evaluate("() => Reveal.getTotalSlides()")
    for number in range(total):
        watched.page.evaluate(f"() => Reveal.slide({number}, 0, 99)")
        for options in watched.page.locator("section.present details:visible").all():
            if size[0] == 1280 and "option" in (options.get_attribute("class") or ""):
                options.locator("summary").click()
        assert watched.page.evaluate(OUTSIDE) == [], f"slide {number + 1}"
        assert watched.page.evaluate(COVERED) == [], f"slide {number + 1}"
        small = [round(px, 1) for px in watched.page.evaluate(LABELS) if px < 14]
        assert not small, f"slide {number + 1}: labels of {small} px"
    assert watched.errors == []
    assert watched.requests == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_slide(
    watched, decks: Path, lesson_name: str, theme: str, node_modules: Path
):
    watched.page.emulate_media(color_scheme=theme)
    open_deck(watched, decks, lesson_name)
    watched.page.evaluate((node_modules / "axe-core/axe.min.js").read_text(encoding="utf-8"))
    for number in range(watched.page.evaluate("() => Reveal.getTotalSlides()")):
        watched.page.evaluate(f"() => Reveal.slide({number}, 0, 99)")
        assert watched.page.evaluate(SERIOUS) == [], f"slide {number + 1}, {theme}"


def test_sliders_and_menus_move_the_picture_without_a_kernel(watched, decks: Path, lesson_name: str):
    open_deck(watched, decks, lesson_name)
    page = watched.page
    for view in page.locator(".ketalab-view").all():
        slide = view.evaluate("(view) => Reveal.getIndices(view.closest('section')).h")
        page.evaluate(f"() => Reveal.slide({slide})")
        seen = {shown(view)}
        for handle in view.locator(".noUi-handle:visible").all():
            before = shown(view)
            handle.focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(60)
            if shown(view) == before:
                page.keyboard.press("Home")
                page.wait_for_timeout(60)
            assert shown(view) != before, handle.get_attribute("aria-label")
            seen.add(shown(view))
        scenario = view.locator("select").first
        for index in range(1, scenario.locator("option").count()):
            scenario.select_option(index=index)
            page.wait_for_timeout(60)
            seen.add(shown(view))
        assert len(seen) >= 3
        assert len(view.locator("img.widget-image:visible").get_attribute("alt")) >= 40
        assert view.locator(".noUi-handle:not([aria-label])").count() == 0
    assert watched.errors == []


def shown(view) -> tuple[str, str]:
    """What a reader sees of an explorable: the picture and its numbers."""
    picture = view.locator("img.widget-image:visible").first
    return picture.get_attribute("src"), view.locator(".ketalab-readout:visible").first.inner_text()


def test_a_slider_can_be_dragged_with_the_mouse(watched, decks: Path):
    open_deck(watched, decks, "01_from_dose_to_brain")
    page, view = watched.page, watched.page.locator(".ketalab-view").first
    slide = view.evaluate("(view) => Reveal.getIndices(view.closest('section')).h")
    page.evaluate(f"() => Reveal.slide({slide})")
    before = shown(view)
    handle = view.locator(".noUi-handle:visible").first.bounding_box()
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(handle["x"] + 150, handle["y"] + 5, steps=5)
    page.mouse.up()
    page.wait_for_timeout(100)
    assert shown(view) != before


def test_mathematics_is_drawn_and_notes_are_kept(watched, decks: Path, lesson_name: str):
    open_deck(watched, decks, lesson_name)
    text = watched.page.locator("main").inner_text()
    assert "$$" not in text
    assert not re.search(r"\\(frac|begin|text)\b", text)
    assert watched.page.locator("mjx-container").count() >= ("$$" in source(decks, lesson_name))
    slides_with_notes = watched.page.locator("section:has(aside.notes)").count()
    assert slides_with_notes == watched.page.evaluate("() => Reveal.getTotalSlides()")


def source(decks: Path, name: str) -> str:
    return (decks / f"{name}.html").read_text(encoding="utf-8")


def test_the_handout_has_a_page_for_each_slide(watched, decks: Path, lesson_name: str):
    open_deck(watched, decks, lesson_name, "?print-pdf")
    watched.page.wait_for_selector(".pdf-page")
    total = watched.page.evaluate("() => Reveal.getTotalSlides()")
    assert watched.page.locator(".pdf-page").count() == total
    pdf = watched.page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == total


def test_dark_and_light_both_keep_their_contrast(watched, decks: Path):
    open_deck(watched, decks, "00_start_here")
    colours = (
        "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    light = watched.page.evaluate(colours)
    watched.page.keyboard.press("d")
    dark = watched.page.evaluate(colours)
    assert light != dark
    for ground, ink in (light, dark):
        assert contrast(ground, ink) > 7


def test_the_index_leads_to_every_deck(watched, decks: Path):
    watched.page.goto((decks / "index.html").as_uri())
    links = watched.page.locator("ol a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert links == sorted(path.name for path in decks.glob("[0-9]*.html"))
    watched.page.locator("ol a").first.click()
    watched.page.wait_for_function("() => window.Reveal?.isReady()")
    assert watched.errors == []


def test_decks_name_their_versions():
    """reveal.js is pinned by the lock file that the decks are built from."""
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert lock["node_modules/reveal.js"]["version"].split(".")[0] in ("5", "6")
