"""What a teacher does in the speaker's window happens in the room: hands are counted, the curtain falls."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser.test_deck_keys import TURNED, at, slide
from browser.test_deck_votes import counts, press

DECK = "05_hours_not_weeks"
COPY = "#current-slide iframe"
NEXT = "#upcoming-slide iframe"


class Both:
    """The room's window, the speaker's window, and the copy of the slide in it."""

    def __init__(self, watched, decks: Path, before: Callable[[Any], None] = lambda _: None):
        at(watched, decks, DECK, ".quiz > .ketalab-count")
        self.room = watched.page
        before(self.room)
        self.here = slide(self.room)
        with self.room.expect_popup() as opened:
            self.room.keyboard.press("s")
        self.speaker = opened.value
        self.errors: list[str] = []
        self.speaker.on("pageerror", lambda error: self.errors.append(str(error)))
        self.copy = self.speaker.frame_locator(COPY)
        self.copy.locator(".reveal.ready").wait_for()
        self.copy.locator("section.present > .ketalab-count").wait_for()
        self.speaker.wait_for_timeout(800)  # reveal.js sends a state at most every 500 ms
        assert slide(self.room) == self.here > 0, "the room stays where it is when the window opens"

    @property
    def panels(self):
        return [page.locator("section.present > .ketalab-vote") for page in (self.room, self.copy)]

    def wait(self, now: list[int]) -> None:
        """Until both windows show this count."""
        for panel in self.panels:
            for place, hands in enumerate(now):
                panel.locator(".bar.now").nth(place).get_by_text(str(hands), exact=True).wait_for()


@pytest.fixture
def both(watched, decks: Path) -> Both:
    return Both(watched, decks)


def test_t_and_letters_in_the_speakers_window_count_hands_in_the_room(both: Both):
    both.speaker.keyboard.press("t")
    for panel in both.panels:
        panel.wait_for(state="visible")
    both.speaker.keyboard.type("aabbb")  # with the counter open B counts, and blacks nothing out
    both.speaker.keyboard.press("Shift+A")
    both.wait([1, 3, 0])
    assert not both.room.evaluate("() => Reveal.isPaused()")
    both.copy.locator("section.present").get_by_role("button", name="C: one hand more").click()
    both.wait([1, 3, 1])
    press(both.panels[0], "Back to your hands")  # and what is clicked in the room is seen by the teacher
    both.wait([0, 0, 0])
    assert counts(both.panels[1], "before") == [1, 3, 1]
    press(both.panels[1], "Reveal")
    both.panels[0].locator(".reason:visible").wait_for()
    both.speaker.locator("body").press("t")
    for panel in both.panels:
        panel.wait_for(state="hidden")
    assert slide(both.room) == both.here
    assert both.errors == []


def test_c_in_the_speakers_window_covers_the_room_and_lets_the_teacher_see_through(both: Both):
    curtains = [page.locator(".curtain") for page in (both.room, both.copy)]
    both.speaker.keyboard.press("c")
    for curtain in curtains:
        curtain.wait_for()
    assert [float(c.evaluate("(part) => getComputedStyle(part).opacity")) for c in curtains] == [1, 0.5]
    was = curtains[0].bounding_box()["y"]
    edge = curtains[1].bounding_box()
    both.speaker.mouse.move(edge["x"] + 90, edge["y"] + 2)
    both.speaker.mouse.down()
    both.speaker.mouse.move(edge["x"] + 90, edge["y"] + 42, steps=3)
    both.speaker.mouse.up()
    both.room.wait_for_function(
        "(was) => document.querySelector('.curtain').getBoundingClientRect().top > was + 30", arg=was
    )
    places = [c.evaluate("(part) => part.style.top") for c in curtains]
    assert places[0] == places[1]
    assert both.speaker.frame_locator(NEXT).locator(".curtain").count() == 0
    both.speaker.locator("body").press("PageDown")
    both.room.wait_for_function(TURNED, arg=both.here)
    for curtain in curtains:
        curtain.wait_for(state="detached")
    assert both.errors == []


def test_other_keys_in_the_speakers_window_reach_the_room(both: Both):
    keys, dark = both.speaker.keyboard, "() => document.documentElement.dataset.theme === 'dark'"
    keys.press("d")
    both.room.wait_for_function(dark)
    keys.press("b")
    both.room.wait_for_function("() => Reveal.isPaused()")
    both.speaker.wait_for_timeout(600)
    keys.press("b")
    both.room.wait_for_function("() => !Reveal.isPaused()")
    both.speaker.wait_for_timeout(600)
    for key, there in (("PageDown", both.here + 1), ("ArrowLeft", both.here)):
        keys.press(key)
        both.room.wait_for_function("(there) => Reveal.getIndices().h === there", arg=there)
        both.speaker.wait_for_timeout(600)
    assert both.errors == []


def test_what_was_counted_before_the_speakers_window_opened_stands_in_it(watched, decks: Path):
    def count(page) -> None:
        page.keyboard.press("t")
        page.keyboard.type("abb")
        page.keyboard.press("Escape")

    both = Both(watched, decks, before=count)
    both.wait([1, 2, 0])
    assert watched.errors == []
