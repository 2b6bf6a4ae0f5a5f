"""Predictions, checks, quizzes and arguments in a real browser: marked, kept over a reload, offline."""

import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from browser.axe import serious

from ketalab.lessons import lesson


@pytest.fixture
def page(watched, tmp_path: Path):
    """A page with one of each, as a notebook's page holds them."""
    here = lesson("05")
    argument = here.exercises["as_good_as_ect"]
    shown = [
        here.predict("a_year_later"),
        here.check_question("against_what"),
        here.quiz(),
        argument.judgement(argument.solution()).review,
    ]
    body = "".join(thing._repr_mimebundle_()["text/html"] for thing in shown)
    file = tmp_path / "lesson.html"
    file.write_text(
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Lesson</title></head>"
        f"<body><main><h1>Lesson</h1>{body}</main></body></html>",
        encoding="utf-8",
    )
    watched.page.goto(file.as_uri())
    return watched


def test_what_was_chosen_is_marked_and_stays_marked_over_a_reload(page):
    tab = page.page
    prediction, check = (tab.locator(f"[data-kind={kind}]") for kind in ("prediction", "check"))
    commit = prediction.get_by_role("button", name="Commit")
    assert commit.is_disabled()
    assert not prediction.get_by_text("half had relapsed within 57 days").first.is_visible()
    prediction.get_by_label("About 30 of 100").check()
    commit.click()
    check.locator("details.wrong summary").first.click()
    quiz = tab.locator("[data-kind=quiz]").first
    quiz.locator("details.right summary").click()
    tab.locator("[data-kind=argument] input").nth(1).check()
    for reloaded in (False, True):
        if reloaded:
            page.reload()
        assert prediction.get_by_label("About 70 of 100").is_disabled()
        assert "Committed." in prediction.get_by_role("status").inner_text()
        prediction.get_by_text("What happened", exact=True).click()
        said = prediction.locator(".happened li:visible").all_inner_texts()
        assert len(said) == 2  # one's own, and the right one
        assert any("your prediction" in text and "✘ No." in text for text in said)
        assert any("✔ Right." in text for text in said)
        assert check.locator("summary:has-text('(your answer)')").count() == 3  # in each, shown in one
        assert check.locator(".mine:visible").count() == 1
        assert "(right)" in check.locator(".right summary").inner_text()
        assert quiz.locator(".right .mine").is_visible()
        assert tab.get_by_text("You ticked 1 of 3.").is_visible()
    assert page.errors == page.requests == []


@pytest.mark.parametrize("kind", ["prediction", "check", "quiz", "argument"])
def test_a_page_that_arrives_in_parts_shows_the_marks_all_the_same(page, kind: str):
    """A slow line, or a busy machine, brings half a question first."""
    tab = page.page
    whole = tab.content().replace(' scripted"', '"').encode()
    half = whole.index(b">", whole.rindex(f'data-kind="{kind}"'.encode())) + 1

    class InParts(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(whole[:half] + b" ")
            self.wfile.flush()
            time.sleep(0.5)
            self.wfile.write(whole[half:])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), InParts) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        tab.goto(f"http://127.0.0.1:{server.server_port}/lesson.html")
        box = tab.locator(f"[data-kind={kind}]").last
        if kind == "argument":
            assert "You ticked 0 of 3." in box.inner_text()
            box.locator("input").first.check()
            assert "You ticked 1 of 3." in box.inner_text()
        elif kind == "prediction":
            box.get_by_label("About 30 of 100").check()
            box.get_by_role("button", name="Commit").click()
            assert "Committed." in box.inner_text()
        else:
            box.locator("details.wrong summary").first.click()
            box.locator(".mine:visible").first.wait_for()  # a browser says a moment later what was opened
            assert box.locator(".mine:visible").count() == 1
        server.shutdown()
    assert page.errors == []


def test_a_second_option_may_be_read_but_the_first_choice_stays(page):
    check = page.page.locator("[data-kind=check]")
    check.locator("details.wrong summary").first.click()
    check.locator("details.right summary").click()
    assert check.locator(".right .feedback").is_visible()
    assert not check.locator(".right .mine").is_visible()


def test_a_cell_that_runs_again_shows_the_mark_again(page):
    """JupyterLab puts a new element in the place of the old one."""
    tab = page.page
    tab.locator("[data-kind=check] details.wrong summary").first.click()
    tab.evaluate("""() => {
        const old = document.querySelector("[data-kind=check]");
        const again = old.cloneNode(true);
        again.className = "ketalab-ask";
        again.querySelectorAll("details").forEach((fold) => {
            fold.open = false;
            fold.classList.remove("chosen");
        });
        old.replaceWith(again);
    }""")
    tab.locator("[data-kind=check].told .chosen .mine").wait_for(state="visible")


def test_nothing_is_cut_and_axe_finds_nothing_serious(page):
    for width in (1280, 390):
        page.page.set_viewport_size({"width": width, "height": 800})
        cut = page.page.evaluate("""() => [...document.querySelectorAll(".ketalab-ask *")]
            .filter((x) => x.offsetWidth && x.scrollWidth > x.clientWidth + 1 && x.clientWidth)
            .map((x) => x.textContent)""")
        assert cut == []
    page.page.locator("[data-kind=check] details.wrong summary").first.click()
    page.page.locator("[data-kind=quiz] details.right summary").first.click()
    assert serious(page.page) == []


def test_without_scripts_every_answer_can_be_opened(browser, page):
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(page.page.url)
    plain.locator("[data-kind=check] details.wrong summary").first.click()
    assert plain.locator("[data-kind=check] details.wrong .feedback").first.is_visible()
    plain.get_by_text("What happened", exact=True).click()
    assert plain.get_by_text("half had relapsed within 57 days").first.is_visible()
    assert not plain.locator(".ketalab-ask button").is_visible()
    context.close()
