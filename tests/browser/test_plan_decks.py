"""The decks of the guide's plans in a browser: everything holds, moves, turns and is paced."""

from pathlib import Path

import pytest
from browser.seen import shown
from browser.test_decks import check_every_slide, open_deck

from ketalab.publish import plans

PLANS = {plan.slug: plan for plan in plans.plans()}


@pytest.mark.parametrize("name", ["class_90", "day_5", "week_5"])
def test_every_slide_of_a_plan_holds_what_is_on_it(watched, decks: Path, name: str):
    open_deck(watched, decks, name)
    check_every_slide(watched, (1280, 720))
    assert watched.errors == []
    assert watched.requests == []


def test_a_clicker_goes_through_a_whole_class_and_the_speaker_is_paced(watched, decks: Path):
    page, plan = watched.page, PLANS["class_90"]
    open_deck(watched, decks, "class_90")
    timings = "() => Reveal.getSlides().map((slide) => Number(slide.dataset.timing))"
    assert sum(page.evaluate(timings)) == 60 * plan.minutes
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = ".speaker-controls-notes .value:has-text('{}')"
    opened.value.wait_for_selector(notes.format("Before the clock starts"))
    page.keyboard.press("PageDown")
    opened.value.wait_for_selector(notes.format("0–5 min"))
    opened.value.close()
    page.keyboard.press("PageUp")
    numbers, total = [0], page.evaluate("() => Reveal.getTotalSlides()")
    for _ in range(5 * total):
        if page.evaluate("() => Reveal.isLastSlide()"):
            break
        page.keyboard.press("PageDown")
        numbers.append(page.evaluate("() => Reveal.getIndices().h"))
    assert sorted(set(numbers)) == list(range(total))
    assert numbers == sorted(numbers)
    assert watched.errors == []


def test_an_explorable_in_a_plan_moves(watched, decks: Path):
    open_deck(watched, decks, "day_1")
    view = watched.page.locator(".ketalab-view").first
    view.evaluate("(view) => Reveal.slide(Reveal.getIndices(view.closest('section')).h, 0, 99)")
    watched.page.wait_for_timeout(200)
    before = shown(view)
    view.locator("select").first.focus()
    watched.page.keyboard.press("ArrowDown")
    watched.page.wait_for_timeout(300)
    assert shown(view) != before


def test_the_page_of_all_decks_names_every_plan_with_its_minutes(watched, decks: Path):
    watched.page.goto((decks / "index.html").as_uri())
    lines = ["".join(text.split()) for text in watched.page.locator(".plans li").all_inner_texts()]
    assert lines == ["".join(f"{plan.title}{plan.minutes}min".split()) for plan in PLANS.values()]
