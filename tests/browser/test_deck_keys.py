"""A clicker always turns the slide, a hand on a slider never does (a finger: `test_decks.py`)."""

from pathlib import Path

import pytest

PARTS = {
    "slider": ("05_hours_not_weeks", ".ketalab-view input[type=range]"),
    "open menu": ("12_risks_safety_and_ethics", ".ketalab-view select"),
    "quiz option": ("05_hours_not_weeks", ".quiz details.option summary"),
    "fold": ("05_hours_not_weeks", ".predict details summary"),
    "head of a sortable table": ("13_the_article_on_trial", ".ketalab-sortable th button"),
    "count of hands": ("05_hours_not_weeks", ".quiz > .ketalab-count"),
    "grading": ("13_the_article_on_trial", ".ketalab-grading input[type=radio]"),
    "ledger's words": ("13_the_article_on_trial", ".ketalab-ledger input"),
    "ledger's entry": ("13_the_article_on_trial", ".ketalab-ledger details summary"),
}
ARROWS_TURN = ("slider", "quiz option", "fold", "grading", "head of a sortable table")
SHOW = "(part) => Reveal.slide(Reveal.getIndices(part.closest('.slides > section')).h, 0, 99)"
TURNED = "(before) => Reveal.getIndices().h !== before"


def at(watched, decks: Path, name: str, part: str):
    """The first such part of a deck, with its slide on show."""
    page = watched.page
    page.goto((decks / f"{name}.html").as_uri())
    page.wait_for_selector(".reveal.ready")
    found = page.locator(part).first
    found.wait_for(state="attached")
    found.evaluate(SHOW)
    found.wait_for(state="visible")
    return found


def slide(page) -> int:
    return page.evaluate("() => Reveal.getIndices().h")


def setting(found) -> str:
    return found.evaluate("(part) => `${part.value} ${part.checked} ${part.closest('details')?.open}`")


@pytest.mark.parametrize("what", PARTS)
def test_a_clicker_turns_the_slide_after_a_click_on_anything(watched, decks: Path, what: str):
    """So does an arrow, but where it has work of its own: in words and in a menu that is open."""
    found, page = at(watched, decks, *PARTS[what]), watched.page
    keys = [("PageDown", 1), ("PageUp", -1), *([("ArrowRight", 1)] if what in ARROWS_TURN else [])]
    for key, step in keys:
        page.evaluate("(number) => Reveal.slide(number, 0, 99)", slide(page))
        found.click()
        before, was = slide(page), setting(found)
        page.keyboard.press(key)
        page.wait_for_function(TURNED, arg=before, timeout=5000)
        assert (slide(page) - before, setting(found)) == (step, was)
        page.keyboard.press("PageUp" if step == 1 else "PageDown")
        page.wait_for_function("(before) => Reveal.getIndices().h === before", arg=before, timeout=5000)
    assert watched.errors == []


def test_arrows_move_a_slider_reached_by_tab_and_escape_gives_them_back(watched, decks: Path):
    found, page = at(watched, decks, *PARTS["slider"]), watched.page
    page.keyboard.press("Tab")
    found.focus()
    before, was = slide(page), setting(found)
    page.keyboard.press("ArrowRight" if was[0] == "0" else "ArrowLeft")
    assert setting(found) != was
    assert slide(page) == before
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(TURNED, arg=before, timeout=5000)


def test_after_a_choice_from_a_menu_the_slide_turns(watched, decks: Path):
    found, page = at(watched, decks, *PARTS["open menu"]), watched.page
    for key in ("PageDown", "PageUp", "ArrowRight"):
        found.click()
        before, was = slide(page), setting(found)
        page.keyboard.press("ArrowDown")  # in the list that the browser has opened
        page.keyboard.press("Enter")
        chosen = setting(found)
        assert chosen != was, key
        page.keyboard.press(key)
        page.wait_for_function(TURNED, arg=before, timeout=5000)
        assert setting(found) == chosen, key
        page.evaluate("(number) => Reveal.slide(number, 0, 99)", before)


def test_a_menu_opened_by_the_mouse_takes_a_choice_and_folds(watched, decks: Path):
    found, page = at(watched, decks, *PARTS["open menu"]), watched.page
    place, was = found.bounding_box(), setting(found)
    below = found.evaluate("(part) => part.parentElement.nextElementSibling?.getBoundingClientRect().top")
    found.click()
    assert found.bounding_box()["height"] > 2 * place["height"]
    found.locator("option").last.click()
    assert setting(found) != was
    assert found.bounding_box() == place
    found.click()
    found.locator("option").last.click()  # what is chosen already
    assert found.bounding_box() == place
    found.click()
    page.mouse.click(20, 700)
    assert found.bounding_box() == place
    assert below == found.evaluate(
        "(part) => part.parentElement.nextElementSibling?.getBoundingClientRect().top"
    )
    assert watched.errors == []


def test_letters_stay_in_a_field(watched, decks: Path):
    found, page = at(watched, decks, *PARTS["ledger's words"]), watched.page
    found.click()
    before, theme = slide(page), page.evaluate("() => document.documentElement.dataset.theme ?? ''")
    page.keyboard.type("dbn so g")
    assert found.input_value() == "dbn so g"
    assert slide(page) == before
    assert page.evaluate("() => document.documentElement.dataset.theme ?? ''") == theme
    assert not page.evaluate("() => Reveal.isPaused() || Reveal.isOverview()")


def test_all_keys_stand_on_the_key_list(watched, decks: Path):
    at(watched, decks, *PARTS["slider"])
    watched.page.keyboard.press("Shift+?")
    listed = watched.page.locator(".r-overlay-help").text_content()
    for words in (
        "PAGE DOWN",
        "TAB",
        "Speaker notes",
        "Dark or light",
        "Black screen",
        "Tally: count hands",
        "Curtain over the slide",
        "Jump to slide",
        "ESC",
    ):
        assert words in listed
