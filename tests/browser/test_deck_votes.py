"""Hands counted in a deck: what a class said stays on the slide, and the clicker goes on turning it.

That every counter fits its slide stands in `test_decks.py`, where every deck is open.
"""

from pathlib import Path

import pytest
from browser.seen import press
from browser.test_deck_keys import TURNED, at, slide

from ketalab.lessons import lesson
from ketalab.practice.asking import Option
from ketalab.text import breakable

KINDS = {"prediction": ".predict", "question": ".quiz"}
WIDTHS = """(panel, kind) => [...panel.querySelectorAll(`.bar.${kind}`)].map((bar) =>
  bar.checkVisibility() ? parseFloat(getComputedStyle(bar, "::before").width) : null)"""


def counter(watched, decks: Path, kind: str):
    """The first slide of this kind in deck 05, with its counter open by a click."""
    found = at(watched, decks, "05_hours_not_weeks", f"{KINDS[kind]} > .ketalab-count")
    found.click()
    return watched.page.locator(f".slides > section:nth-of-type({slide(watched.page) + 1}) > .ketalab-vote")


def options(kind: str) -> list[Option]:
    here = lesson("05")
    return (
        here.predictions["the_other_group"].options if kind == "prediction" else here.questions[0].options
    )


def counts(panel, vote: str = "now") -> list[int]:
    return [int(text) for text in panel.locator(f".bar.{vote}").all_text_contents() if text]


def plain(text: str) -> str:
    """Words whose numbers are not held to their units."""
    return breakable(text.strip())


@pytest.mark.parametrize("kind", KINDS)
def test_hands_are_counted_by_letter_by_click_and_by_step(watched, decks: Path, kind: str):
    panel, page = counter(watched, decks, kind), watched.page
    words = [plain(text) for text in panel.locator(".words").all_text_contents()]
    assert words == [option.text for option in options(kind)]
    before = panel.evaluate(WIDTHS, "now")
    page.keyboard.type("aab")
    panel.locator(".letter").nth(1).click()
    press(panel, "One hand more for C")
    assert counts(panel) == [2, 2, 1]
    page.keyboard.press("Shift+A")
    press(panel, "One hand less for B")
    assert counts(panel) == [1, 1, 1]
    press(panel, "One hand less for B")
    page.keyboard.press("Shift+B")  # below nought there is nothing
    assert counts(panel) == [1, 0, 1]
    page.keyboard.type("bbbbbbbbbbbbcc")
    assert counts(panel) == [1, 12, 3], (
        "the letter B counts, and blacks nothing out, while the counter has the focus"
    )
    page.wait_for_timeout(400)
    widths = panel.evaluate(WIDTHS, "now")
    assert all(now > then for now, then in zip(widths, before, strict=True))
    assert widths[1] == pytest.approx(4 * widths[2], abs=1)
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    assert page.evaluate("() => Reveal.isPaused()")
    assert watched.errors == []


@pytest.mark.parametrize("kind", KINDS)
def test_reveal_shows_the_right_answer_and_its_reason_and_no_other(watched, decks: Path, kind: str):
    panel = counter(watched, decks, kind)
    right = next(option for option in options(kind) if option.right)
    assert panel.locator(".reason:visible").count() == 0
    press(panel, "Reveal")
    reason = panel.locator(".reason:visible")
    assert [*map(plain, reason.all_text_contents())] == [f"{right.verdict} {right.says}"]
    assert right.text in plain(reason.locator("xpath=..").inner_text())
    press(panel, "Hide the answer")
    assert panel.locator(".reason:visible").count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_vote_stays_beside_the_second_and_both_outlast_a_turned_slide(
    watched, decks: Path, kind: str
):
    panel, page = counter(watched, decks, kind), watched.page
    page.keyboard.type("aaab")
    press(panel, "Back to your hands")
    assert (counts(panel, "before"), counts(panel)) == ([3, 1, 0], [0, 0, 0])
    page.keyboard.type("abbb")  # without a click: the letters go on counting
    assert (counts(panel, "before"), counts(panel)) == ([3, 1, 0], [1, 3, 0])
    assert "First vote 4 hands" in panel.inner_text() or "B: 3 hands" in panel.inner_text()
    assert None not in panel.evaluate(WIDTHS, "before") + panel.evaluate(WIDTHS, "now")
    here = slide(page)
    page.keyboard.press("PageDown")
    page.wait_for_function(TURNED, arg=here)
    page.keyboard.press("PageUp")
    page.wait_for_function("(before) => Reveal.getIndices().h === before", arg=here)
    assert (counts(panel, "before"), counts(panel)) == ([3, 1, 0], [1, 3, 0])
    press(panel, "Back to your hands")
    assert counts(panel, "before") == [3, 1, 0], "the first vote is the one that is kept"
    press(panel, "Clear")
    assert panel.locator(".bar.before:visible").count() == 0
    press(panel, "Undo clear")
    assert counts(panel, "before") == [3, 1, 0]
    press(panel, "Clear")
    page.keyboard.type("c")
    assert (counts(panel, "before"), counts(panel)) == ([], [0, 0, 1])
    assert page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]
    assert watched.errors == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_clicker_turns_the_slide_after_every_click_on_a_counter(watched, decks: Path, kind: str):
    panel, page = counter(watched, decks, kind), watched.page
    here = slide(page)
    page.keyboard.type("ab")
    for name in (
        "A: one hand more",
        "One hand more for B",
        "Reveal",
        "Clear",
        "Undo clear",
        "Back to your hands",
    ):
        for key, step in (("PageDown", 1), ("PageUp", -1), ("ArrowRight", 1)):
            if name in ("Clear", "Back to your hands"):
                page.keyboard.press("t")  # closed and opened: the counter has the focus
                page.keyboard.press("t")
                page.keyboard.type("ab")
            button = panel.get_by_role("button", name=name, exact=True)
            if button.count():  # a second time "Reveal" and "Clear" go by other names
                button.click()
            was = counts(panel)
            page.keyboard.press(key)
            page.wait_for_function(TURNED, arg=here, timeout=5000)
            assert (slide(page) - here, counts(panel)) == (step, was), name
            page.evaluate("(number) => Reveal.slide(number, 0, 99)", here)
    page.locator("section.present > .ketalab-count").click()  # back to the slide
    assert panel.is_hidden()
    page.keyboard.press("PageDown")
    page.wait_for_function(TURNED, arg=here, timeout=5000)
    assert watched.errors == []


def test_a_counter_is_on_no_paper(watched, decks: Path):
    for query in ("?print-pdf", "?handout"):
        watched.page.goto(f"{(decks / '05_hours_not_weeks.html').as_uri()}{query}")
        watched.page.wait_for_selector(".pdf-page" if "pdf" in query else "article")
        assert watched.page.locator(".ketalab-vote, .ketalab-count").count() == 0
