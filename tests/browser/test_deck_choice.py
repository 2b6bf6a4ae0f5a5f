"""A teacher's own choice of slides, and what stays covered until the class has answered."""

from pathlib import Path

import pytest
from browser.test_deck_keys import TURNED, at, slide
from browser.test_decks import OUTSIDE, open_deck, source

DECK = "05_hours_not_weeks"
PRINTED = ".slide-number"
SHOWN = "() => Reveal.getSlides().map((slide) => Number(slide.dataset.number))"


def printed(page) -> str:
    return "".join(page.locator(PRINTED).inner_text().split())


@pytest.mark.parametrize(
    ("choice", "numbers"),
    [
        ("1,3-5", [1, 3, 4, 5]),
        ("7", [7]),
        (" 2 , 4 - 5", [2, 4, 5]),
        ("9,3-4,3", [9, 3, 4]),
        ("3–4", [3, 4]),
    ],
)
def test_only_the_chosen_slides_are_shown_under_their_own_numbers(
    watched, decks: Path, choice: str, numbers
):
    page = watched.page
    open_deck(watched, decks, DECK, f"?slides={choice}")
    total = source(decks, DECK).count("<section ")
    assert page.evaluate(SHOWN) == numbers
    for number in numbers:
        assert printed(page) == f"{number}/{total}"
        page.evaluate("() => Reveal.slide(Reveal.getIndices().h, 0, 99)")
        page.keyboard.press("PageDown")
    assert slide(page) == len(numbers) - 1, "after the last of them nothing follows"
    assert page.locator(".refused").count() == 0
    assert watched.errors == []


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("5-3", "slides=5-3: 5-3 runs backwards (3-5), so"),
        ("1,77", "slides=1,77: there is no slide 77, so"),
        ("0-2", "slides=0-2: there is no slide 0, so"),
        ("3-99", "slides=3-99: there is no slide 99, so"),
        ("first", "slides=first: “first” is no slide and no range like 3-5, so"),
        ("2,,3", "slides=2,,3: “” is no slide"),
        ("", "slides=: “” is no slide"),
        ("<b>1</b>", "slides=<b>1</b>: “<b>1</b>” is no slide"),
    ],
)
def test_a_choice_that_is_none_is_said_in_one_sentence_with_the_whole_deck(
    watched, decks: Path, choice: str, says: str
):
    page = watched.page
    open_deck(watched, decks, DECK, f"?slides={choice}")
    total = source(decks, DECK).count("<section ")
    words = page.locator(".refused").inner_text()
    assert words.startswith(says)
    assert words.endswith(f"the whole deck is here, slides 1 to {total}.")
    assert page.evaluate(SHOWN) == list(range(1, total + 1))
    assert printed(page) == f"1/{total}"
    page.keyboard.press("PageDown")
    page.wait_for_function(TURNED, arg=0)
    assert page.locator(".refused").count() == 0
    assert watched.errors == []


def test_g_takes_the_number_on_the_slide_and_a_reload_stays_there(watched, decks: Path):
    page = watched.page
    open_deck(watched, decks, DECK, "?slides=1,3-5,8")
    page.keyboard.press("g")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.wait_for_function("() => Reveal.getIndices().h === 2")
    total = source(decks, DECK).count("<section ")
    assert printed(page) == f"4/{total}"
    page.keyboard.press("g")
    page.keyboard.type("7")  # not chosen
    page.keyboard.press("Enter")
    assert printed(page) == f"4/{total}"
    page.wait_for_function("() => location.hash === '#/slide-4'")  # reveal.js writes it within a second
    page.reload()
    page.wait_for_selector(".reveal.ready")
    page.wait_for_function("() => Reveal.getIndices().h === 2")
    assert printed(page) == f"4/{total}"


def test_the_speaker_and_the_handout_have_the_same_choice(watched, decks: Path):
    page = watched.page
    open_deck(watched, decks, DECK, "?slides=3,8")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    following = opened.value.frame_locator("#upcoming-slide iframe")
    following.locator(".ready").wait_for()
    assert following.locator(".slides > section").count() == 2
    page.goto(f"{(decks / f'{DECK}.html').as_uri()}?slides=3,8&handout")
    page.wait_for_selector("article")
    assert [text.strip() for text in page.locator(".beside-slide").all_inner_texts()] == ["3", "8"]
    assert watched.errors == []


def test_a_curtain_covers_all_but_the_heading_and_a_hand_pulls_it_down(watched, decks: Path):
    found = at(watched, decks, DECK, ".predict .options")
    page = watched.page
    top = "([x, y]) => document.elementFromPoint(x, y).className"
    box, heading = found.bounding_box(), page.locator("section.present h2").bounding_box()
    over = (box["x"] + 40, box["y"] + box["height"] / 2)
    page.keyboard.press("c")
    assert page.evaluate(top, over) == "curtain"
    assert page.evaluate(top, (heading["x"] + 20, heading["y"] + 10)) != "curtain"
    edge = page.locator(".curtain").bounding_box()
    assert edge["y"] + edge["height"] == pytest.approx(720, abs=1)
    page.mouse.move(640, edge["y"] + 4)
    page.mouse.down()
    page.mouse.move(640, box["y"] + box["height"] + 8, steps=4)
    page.mouse.up()
    assert page.evaluate(top, over) != "curtain"
    assert page.locator(".curtain").is_visible()
    page.keyboard.press("c")
    assert page.locator(".curtain").count() == 0
    page.keyboard.press("c")
    here = slide(page)
    page.keyboard.press("PageDown")
    page.wait_for_function(TURNED, arg=here)
    assert page.locator(".curtain").count() == 0, "a clicker turns the slide, and the next one is uncovered"
    assert watched.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_covered_comes_with_the_next_press(watched, decks: Path, theme: str):
    """The rows of a picture that the notes ask about are under a cover of one colour, then they are not."""
    page = watched.page
    page.emulate_media(color_scheme=theme)
    for deck in ("07_ptsd_anxiety_ocd_alcohol", "10_ketamine_and_traditional_antidepressants"):
        open_deck(watched, decks, deck)
        cover = page.locator(".covered > .fragment")
        cover.evaluate("(part) => Reveal.slide(Reveal.getIndices(part.closest('section')).h, 0, -1)")
        page.wait_for_timeout(300)
        assert page.evaluate(OUTSIDE) == []
        box = cover.bounding_box()
        inner = {
            "x": box["x"] + 6,
            "y": box["y"] + 6,
            "width": box["width"] - 12,
            "height": box["height"] - 12,
        }
        hidden = page.screenshot(clip=inner)
        here = slide(page)
        page.keyboard.press("PageDown")
        page.wait_for_timeout(300)
        assert slide(page) == here, "one step, not the next slide"
        assert colours(hidden) == 1 < 20 < colours(page.screenshot(clip=inner))
    assert watched.errors == []


def colours(png: bytes) -> int:
    from io import BytesIO

    from PIL import Image

    return len(Image.open(BytesIO(png)).convert("RGB").getcolors(1 << 20))
