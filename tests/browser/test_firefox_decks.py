"""Decks in Firefox of a reader who needs larger letters: zoomed, or with a smallest size of text."""

import json
from pathlib import Path

import pytest
from browser.test_decks import COVERED, OUTSIDE, WIDOWS
from browser.test_firefox import drive

SCRIPT = Path(__file__).with_name("firefox_deck.mjs")
DECKS = ("05_hours_not_weeks", "12_risks_safety_and_ethics")
CHECKS = {"sticks out": OUTSIDE, "runs into another": COVERED, "a line of one word": WIDOWS}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "settings",
    [
        {"layout.css.devPixelsPerPx": "1.5"},
        {"font.minimum-size.x-western": 20, "font.minimum-size.x-unicode": 20},
    ],
    ids=["zoomed to 150%", "no letter below 20 px"],
)
def test_nothing_is_cut_or_covered_in_larger_letters(request, decks: Path, settings: dict, theme: str):
    addresses = [(decks / f"{name}.html").as_uri() for name in DECKS]
    seen = drive(SCRIPT, *map(json.dumps, (addresses, settings)), theme, json.dumps(CHECKS))
    assert seen["errors"] == []
    assert seen["slides"] >= 30
    zoom, ten, twenty = seen["scale"]
    assert (zoom, ten < 0.6 * twenty) == ((1.5, True) if "zoom" in request.node.name else (1, False))
    assert seen["wrong"] == []


def test_in_the_largest_letters_controls_and_numbers_scroll_beside_each_other(decks: Path):
    """Firefox lets a reader ask for no text below 24 px."""
    settings = {"font.minimum-size.x-western": 24, "font.minimum-size.x-unicode": 24}
    crowded = "() => [...Reveal.getCurrentSlide().querySelectorAll('.ketalab-crowded')].map(() => 1)"
    checks = {"sticks out": OUTSIDE, "runs into another": COVERED, "scrolls": crowded}
    addresses = [(decks / f"{name}.html").as_uri() for name in ("01_from_dose_to_brain", *DECKS)]
    seen = drive(SCRIPT, *map(json.dumps, (addresses, settings)), "light", json.dumps(checks))
    assert seen["errors"] == []
    assert [tuple(found[:3]) for found in seen["wrong"]] == [
        ("01_from_dose_to_brain.html", 5, "scrolls"),
        ("01_from_dose_to_brain.html", 8, "scrolls"),
        ("05_hours_not_weeks.html", 7, "scrolls"),
        ("12_risks_safety_and_ethics.html", 8, "scrolls"),
    ]
