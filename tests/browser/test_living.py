"""The living table on a slide: cells open and close by mouse and by key, one at a time."""

from browser.test_decks import open_deck

DECK = "10_ketamine_and_traditional_antidepressants"


def test_a_cell_opens_beside_itself_and_closes_again(watched, decks):
    open_deck(watched, decks, DECK)
    page, box = watched.page, watched.page.locator(".ketalab-living").first
    slide = box.evaluate("(box) => Reveal.getIndices(box.closest('section')).h")
    page.evaluate(f"() => Reveal.slide({slide})")
    cells = box.locator("summary")
    assert cells.count() == 12
    for number in range(12):
        cells.nth(number).click()
        assert box.locator("details[open]").count() == 1
        behind = box.locator("details[open] .behind")
        assert behind.locator("li").count() >= 2
        inside, outside = behind.bounding_box(), box.bounding_box()
        for start, size in (("x", "width"), ("y", "height")):
            assert inside[start] >= outside[start] - 1
            assert inside[start] + inside[size] <= outside[start] + outside[size] + 1
        cells.nth(number).click()
        assert box.locator("details[open]").count() == 0
    cells.nth(3).focus()
    page.keyboard.press("Enter")
    assert box.locator("details[open]").count() == 1
    page.keyboard.press("Space")
    assert box.locator("details[open]").count() == 0
    assert page.evaluate("() => Reveal.getIndices().h") == slide
    assert watched.errors == []
