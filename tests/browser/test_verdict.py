"""The last lesson in a real browser: grade by key and compare, filter the ledger, without a kernel."""

from pathlib import Path

import pytest
from browser.test_decks import open_deck

from ketalab import grading, ledger, sortable
from ketalab.data import table
from ketalab.data.readings import kappa
from ketalab.html.grading import VERDICTS
from ketalab.lessons import lesson

DECK = "13_the_article_on_trial"
SOME = ["C14", "C34", "C49", "C46"]


def slide_of(page, selector: str):
    box = page.locator(selector).first
    at = box.evaluate("(box) => Reveal.getIndices(box.closest('section')).h")
    page.evaluate(f"() => Reveal.slide({at})")
    return box, at


def below_the_slide(box) -> float:
    """How far the box reaches below its slide, in pixels of the slide."""
    return box.evaluate(
        "(box) => (box.getBoundingClientRect().bottom - document.querySelector('.reveal')"
        ".getBoundingClientRect().bottom) / Reveal.getScale()"
    )


def below_its_page(box) -> float:
    """How far the box reaches below its printed page."""
    return box.evaluate(
        "(box) => box.getBoundingClientRect().bottom"
        " - box.closest('.pdf-page').getBoundingClientRect().bottom"
    )


def test_grading_and_the_ledger_work_on_a_slide(watched, decks):
    open_deck(watched, decks, DECK)
    page = watched.page
    box, at = slide_of(page, ".ketalab-grading")
    box.get_by_role("button", name="Compare with the ledger").click()
    assert box.locator(".result").inner_text() == (
        "Nothing graded yet: choose a verdict and its certainty."
    )
    box.get_by_role("button", name="Back").click()  # to the first that is not graded
    numbers = box.locator("fieldset").evaluate_all("(all) => all.map((one) => one.dataset.claim)")
    mine = {}
    for place, number in enumerate(numbers):
        claim = box.locator(f"fieldset[data-claim={number}]")
        assert claim.is_visible()
        claim.locator("input[data-what=verdict]").nth(0).focus()
        page.keyboard.press("Space")
        for _ in range(place % 3):
            page.keyboard.press("ArrowDown")
        claim.locator("input[data-what=certainty]").nth(2).check()
        mine[number] = VERDICTS[place % 3]
        box.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
    its = table("claims").set_index("claim").verdict[list(mine)]
    found, text = kappa(list(mine.values()), its, VERDICTS), box.locator(".result").inner_text()
    assert page.evaluate("() => Reveal.getIndices().h") == at
    assert f"You agree with the ledger on {found.agreed} of 12. Cohen's kappa: {found.kappa:.2f}." in text
    cells = box.locator(".result td").all_inner_texts()[1:]
    counts = [0 if cell == "·" else int(cell) for cell in cells]
    assert counts == found.counts.to_numpy().ravel().tolist()
    listed = box.locator(".result li b").all_inner_texts()
    assert listed == [number for number in mine if mine[number] != its[number]]
    assert below_the_slide(box) <= -40  # and not over the number of the slide
    leads = box.locator(".result li a").evaluate_all("(all) => all.map((a) => a.getAttribute('href'))")
    assert len(leads) == len(listed)  # as they stand: a middle click follows them, too
    assert all(to.endswith(".html") and (decks / to).is_file() for to in leads)

    ledger, at = slide_of(page, ".ketalab-ledger")
    claims = table("claims")
    assert below_the_slide(ledger) <= 0
    ledger.get_by_label("verdict").select_option("unsupported")
    ledger.get_by_label("lesson").select_option("11")
    some = claims[(claims.verdict == "unsupported") & (claims.lesson == "11")]
    assert ledger.get_by_role("status").inner_text() == f"{len(some)} of 61 claims shown."
    shown = ledger.locator("details:visible summary > b").all_inner_texts()
    assert shown == some.claim.tolist()
    ledger.get_by_label("words").focus()
    page.keyboard.type("repressed")
    assert ledger.locator("details:visible summary > b").all_inner_texts() == ["C51"]
    ledger.locator("details:visible summary").focus()
    page.keyboard.press("Enter")
    assert ledger.locator("details[open] li a").count() == 2
    ledger.get_by_role("button", name="Show all").click()
    assert ledger.get_by_role("status").inner_text() == "61 of 61 claims shown."
    assert page.evaluate("() => Reveal.getIndices().h") == at
    assert watched.errors == []


@pytest.mark.parametrize("of", ["lesson", "deck"])
def test_on_paper_stand_all_claims_or_how_many_more_there_are(watched, decks, tmp_path: Path, of: str):
    page = watched.page
    if of == "deck":
        open_deck(watched, decks, DECK, "?print-pdf")
    else:
        (tmp_path / "lesson.html").write_text(
            f"<!doctype html><main>{grading(SOME)._repr_html_()}{ledger()._repr_html_()}</main>", "utf-8"
        )
        page.goto((tmp_path / "lesson.html").as_uri())
    page.emulate_media(media="print")
    for selector, one, room in (
        (".ketalab-grading", "fieldset", 1),
        (".ketalab-ledger", ".list details", 8),
    ):
        box = page.locator(selector).first
        there, shown = box.locator(one).count(), box.locator(f"{one}:visible").count()
        assert shown == (room if of == "deck" else there), selector
        more = box.locator(".paper")
        assert more.is_visible() == (shown < there)
        if shown < there:
            assert more.inner_text().startswith(f"{there - shown} more claims ")
        frame = box.locator(one).last.evaluate(
            "(one) => { const list = one.parentElement; return list.scrollHeight - list.clientHeight }"
        )
        assert frame <= 1, f"{selector} is cut"
        assert of == "lesson" or below_its_page(box) <= 0, selector


def pages_of(things: list, folder: Path) -> str:
    """The address of a page that shows these, as a notebook's page holds them."""
    body = "".join(
        thing._repr_mimebundle_()["text/html"]
        if hasattr(thing, "_repr_mimebundle_")
        else thing._repr_html_()
        for thing in things
    )
    file = folder / f"{len(things)}.html"
    file.write_text(f"<!doctype html><meta charset='utf-8'><main>{body}</main>", encoding="utf-8")
    return file.as_uri()


def test_unfolded_grades_all_stand_on_the_page(watched, tmp_path: Path):
    """A frame that happens to end between two rows shows no sign on a phone that there are more."""
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(pages_of([grading([f"C{number:02d}" for number in range(1, 25)])], tmp_path))
    page.get_by_text("Without the buttons").click()
    grades = page.locator(".ketalab-grading details ul")
    assert grades.locator("li").count() == 24
    assert grades.evaluate("(list) => list.scrollHeight - list.clientHeight") <= 1


def test_a_comparison_says_what_was_claimed_and_leads_back_to_what_was_passed_over(watched, tmp_path: Path):
    """Whoever reads that C34 differs does not know any more which claim that was."""
    page, claims = watched.page, table("claims").set_index("claim")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(pages_of([grading(SOME)], tmp_path))
    for number in SOME[:2]:
        claim = page.locator(f"fieldset[data-claim={number}]")
        claim.locator("[value=contested]").check()
        claim.locator("[value=low]").check()
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Compare with the ledger").click()
    told = page.locator(".result li").all_inner_texts()
    for number, said in zip(SOME[:2], told, strict=True):
        its = claims.loc[number]
        ours = f"You: contested, low; ledger: {its.verdict}, {its.certainty}. Lesson {its.lesson}"
        assert " ".join(said.split()) == f"{number} {its.statement} {ours}"
    assert "Certainty: the same for 0 of 2, higher for 0." in page.locator(".result").inner_text()
    inside = page.locator(".result *").evaluate_all(
        "(all) => all.filter((part) => part.scrollHeight > part.clientHeight + 1"
        " && getComputedStyle(part).overflowY !== 'visible').length"
    )
    assert inside == 0
    page.get_by_role("button", name="Back").click()
    assert page.get_by_role("status").inner_text() == "Claim 3 of 4; 2 graded."
    second = page.locator(f"fieldset[data-claim={SOME[2]}] label").nth(1)
    lines = second.locator("span").evaluate(
        "(words) => [words.getClientRects().length, words.getBoundingClientRect().left,"
        " words.previousElementSibling.getBoundingClientRect().right]"
    )
    assert lines[1] > lines[2], "a line stands under its button"
    assert watched.errors == []


def test_what_was_graded_stays_graded_over_a_reload_and_when_the_cell_runs_again(watched, tmp_path: Path):
    page = watched.page
    page.goto(pages_of([grading(SOME)], tmp_path))
    first, second = (page.locator(f"fieldset[data-claim={number}]") for number in SOME[:2])
    first.locator("[value=contested]").check()
    first.locator("[value='very low']").check()
    page.get_by_role("button", name="Next").click()
    for how in ("as it is", "reloaded", "run again"):
        if how == "reloaded":
            watched.reload()
        elif how == "run again":
            page.evaluate("""() => {
                const old = document.querySelector(".ketalab-grading"), again = old.cloneNode(true);
                again.className = "ketalab-grading";
                again.dataset.at = 0;
                again.querySelectorAll("input").forEach((input) => { input.checked = false; });
                old.replaceWith(again);
            }""")
            page.locator(".ketalab-grading.scripted").wait_for()
        assert second.is_visible(), how
        assert page.get_by_role("status").inner_text() == "Claim 2 of 4; 1 graded.", how
        page.get_by_role("button", name="Back").click()
        assert first.locator("[value=contested]").is_checked(), how
        assert first.locator("[value='very low']").is_checked(), how
        page.get_by_role("button", name="Next").click()
    assert watched.errors == []


def test_a_page_listens_once_however_many_there_are_of_a_kind(watched, tmp_path: Path):
    """Cells that run twice, or that show the same kind again, bring the script again."""
    page = watched.page
    page.add_init_script("""
        window.listening = 0;
        for (const [kind, name] of [[Document, "addEventListener"], [MutationObserver, "observe"]]) {
          const usual = kind.prototype[name];
          kind.prototype[name] = function (...given) { window.listening += 1; usual.apply(this, given); };
        }""")
    here = lesson("05")
    kinds = [
        lambda: grading(SOME),
        ledger,
        lambda: sortable(table("lessons")[["lesson", "slug"]], "Lessons"),
        lambda: here.check_question("against_what"),
        lambda: here.predict("a_year_later"),
    ]
    page.goto(pages_of([kind() for kind in kinds], tmp_path))
    once = page.evaluate("() => window.listening")
    assert once > 0
    page.goto(pages_of([kind() for kind in kinds for _ in range(3)], tmp_path))
    assert page.evaluate("() => window.listening") == once
    box = page.locator(".ketalab-grading").last
    box.get_by_role("button", name="Next").click()
    assert box.get_by_role("status").inner_text().startswith("Claim 2 of 4")
    assert watched.errors == []
