"""The web edition in a real browser, from files: every page on phone and desk, and what a reader does."""

import json
import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from browser.axe import serious

from ketalab.lessons import explorable
from ketalab.text import unbroken

WIDTHS = (390, 1280)
# What sticks out of the page sideways; a wide table scrolls in its own box.
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  const own = ".wide, mjx-assistive-mml, .ketalab-voice, .out-of-sight, .ketalab-ground, canvas, .result";
  const out = [...document.querySelectorAll("main *")].filter((part) => {
    if (part.closest(own) && !part.matches(".wide")) return false;
    const box = part.getBoundingClientRect();
    return box.width && part.checkVisibility() && (box.right > wide + 1 || box.left < -1);
  }).map((part) => `${part.tagName} ${part.textContent.trim().slice(0, 40)}`);
  return document.documentElement.scrollWidth > wide ? [...out, "the page scrolls sideways"] : out;
}"""
# Controls too low for a thumb, and text too small to read.
SMALL = """() => {
  const seen = (part) => part.checkVisibility() && !part.closest(".out-of-sight");
  const hands = "main :is(button, select, summary, [type=range], [type=search]), header :is(button, a)";
  const low = [...document.querySelectorAll(hands)].filter(seen)
    .filter((part) => part.getBoundingClientRect().height < 43.5);
  const tiny = [...document.querySelectorAll("main :is(p, li, td, dd, dt, label)")].filter(seen)
    .filter((part) => !part.closest("figure .ketalab-stage, .ketalab-living, .ketalab-sortable"))
    .filter((part) => parseFloat(getComputedStyle(part).fontSize) < 15.9);
  return [...low, ...tiny].map((part) => `${part.tagName} ${part.className}: ${part.innerText}`);
}"""


def come_to_life(page) -> None:
    """Scroll to every explorable, as a reader would, and wait until it moves."""
    for view in page.locator(".ketalab-view").all():
        view.evaluate(
            "(view) => { const fold = view.closest('details'); if (fold) fold.open = true;"
            " view.scrollIntoView(); }"
        )
        view.locator(".ketalab-explorable").wait_for()


# Until what was resized or recoloured is as it stays.
AT_REST = """async () => {
  for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await Promise.allSettled(document.getAnimations().map((one) => one.finished));
}"""


def test_every_page_fits_a_phone_and_a_desk_and_asks_nobody(watched, site: Path):
    """A page is loaded on a phone and made as wide as a desk: its style sheets alone lay it out."""
    page = watched.page
    for path in sorted(site.glob("*.html")):
        page.set_viewport_size({"width": WIDTHS[0], "height": 844})
        page.goto(path.as_uri())
        come_to_life(page)
        assert page.evaluate(SMALL) == [], path.name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 844})
            page.evaluate(AT_REST)
            assert page.evaluate("() => innerWidth") == width
            assert page.evaluate(OUTSIDE) == [], f"{path.name} at {width}"
    assert watched.errors == []
    assert watched.requests == []


def test_axe_finds_nothing_serious(watched, site: Path):
    """In both lights, on the pages with the most kinds of things: each kind of page once."""
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    for name in (
        "index",
        "glossary",
        "01_from_dose_to_brain",
        "13_the_article_on_trial",
        "cheat_sheet_risks",
        "article",
        "teaching",
        "teaching_01",
    ):
        path = site / f"{name}.html"
        page.emulate_media(color_scheme="light")
        page.goto((path if path.is_file() else next(site.glob("cheat_sheet_*.html"))).as_uri())
        come_to_life(page)
        page.evaluate(
            "() => document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })"
        )
        grounds = set()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(AT_REST)
            grounds.add(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
            assert serious(page, preload=False) == [], f"{name}, {theme}"
        assert len(grounds) == 2, f"{name} is as light in the dark"


def readings(view) -> dict[str, str]:
    """The numbers under an explorable."""
    names = view.locator(".ketalab-readout dt").all_text_contents()
    return dict(zip(names, view.locator(".ketalab-readout dd").all_text_contents(), strict=True))


SETTINGS = {
    "drug_and_mood": {},
    "route_to_plasma": {"dose": 1.0},
    "repeated_sessions": {},
    "population_fan": {},
    "infusion_to_block": {},
    "dose_to_surge": {},
    "design_the_blind": {},
    "trial_on_events": {},
    "wind_up": {},
    "hundred_people": {},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_numbers_of_explorables_are_those_of_python(watched, site: Path, name: str):
    """At its start, and after a key has moved its first slider."""
    shown, page = explorable(name), watched.page
    file = next(p for p in site.glob("[0-9]*.html") if f'id="{name}"' in p.read_text(encoding="utf-8"))
    page.goto(f"{file.as_uri()}#{name}")
    view = page.locator(f".ketalab-view[data-name={name}]")
    view.locator(".ketalab-explorable").wait_for(state="attached")
    before = readings(view)
    assert before == python(shown, {})
    for hand in view.locator("input[type=range]").all():
        hand.evaluate("(input) => { const fold = input.closest('details'); if (fold) fold.open = true; }")
        hand.focus()
        page.keyboard.press("ArrowRight")
    values = view.evaluate("(view) => view.ketalab.values")
    assert readings(view) == python(shown, values)
    assert view.locator("input[type=range]").count() == 0 or values != shown.start


def python(shown, values) -> dict[str, str]:
    """What Python reads at a setting."""
    return {unbroken(reading.label): unbroken(reading.text) for reading in shown.at(**values).readings}


def open_at(watched, site: Path, part: str):
    watched.page.goto("about:blank")
    watched.page.goto(f"{(site / '01_from_dose_to_brain.html').as_uri()}#{part}")
    view = watched.page.locator(".ketalab-view[data-name=route_to_plasma]")
    view.locator(".ketalab-explorable").wait_for()
    watched.page.wait_for_timeout(500)
    return view, watched.page.locator("#route_to_plasma figcaption [role=status]").text_content()


def test_a_link_opens_an_explorable_at_a_setting(watched, site: Path):
    view, said = open_at(watched, site, "route_to_plasma?dose=0.5&minutes=10")
    values = view.evaluate("(view) => view.ketalab.values")
    assert (values["dose"], values["minutes"]) == (0.5, 10)
    assert readings(view) == python(explorable("route_to_plasma"), values)
    assert said == ""
    assert view.evaluate("(view) => Math.abs(view.getBoundingClientRect().top) < innerHeight / 2")


def test_a_link_to_a_setting_between_those_computed_shows_the_nearest_and_says_so(watched, site: Path):
    view, said = open_at(watched, site, "route_to_plasma?minutes=35&dose=0.5")
    assert view.evaluate("(view) => view.ketalab.values.minutes") in (30, 40)
    assert re.fullmatch(
        r"Not every setting is computed on these pages; the nearest is shown: Infusion time [34]0 min\.",
        said,
    )


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (
            "route_to_plasma?dose=99",
            r"dose: 99 is not allowed; it must be [\d.]+ to [\d.]+ mg/kg; this is how it starts\.",
        ),
        (
            "route_to_plasma?dose=much",
            r"dose: 'much' is not a number; it must be [\d.]+ to [\d.]+ mg/kg; this is how",
        ),
        (
            "route_to_plasma?colour=red",
            r"control: 'colour' is not one of .*dose.*; this is how it starts\.",
        ),
        (
            "route_to_plasma?route=nowhere",
            r"route: 'nowhere' is not allowed; it must be one of .*; this is how",
        ),
    ],
)
def test_a_link_to_what_is_not_there_opens_the_start_and_says_so(
    watched, site: Path, part: str, words: str
):
    view, said = open_at(watched, site, part)
    assert re.match(words, said), said
    assert view.evaluate("(view) => view.ketalab.values") == explorable("route_to_plasma").start
    assert watched.errors == []


def test_a_link_to_an_unknown_explorable_says_so(watched, site: Path):
    watched.page.goto(f"{(site / '01_from_dose_to_brain.html').as_uri()}#nothing_here?dose=1")
    notice = watched.page.locator(".notice")
    notice.wait_for()
    assert notice.text_content().startswith("explorable: 'nothing_here' is not one of route_to_plasma, ")


def test_answers_and_progress_survive_a_reload_and_travel_in_a_file(watched, site: Path, tmp_path: Path):
    page = watched.page
    lesson = (site / "01_from_dose_to_brain.html").as_uri()
    page.goto(lesson)
    ask = page.locator(".ketalab-ask[data-kind=prediction]").first
    assert ask.locator("button").is_disabled(), "nothing is committed unseen"
    ask.locator("input").nth(1).check()
    ask.locator("button").click()
    page.locator("main > section").first.evaluate("(part) => part.scrollIntoView()")
    page.locator(".places a.read").first.wait_for(state="attached")
    watched.reload()
    assert "told" in ask.get_attribute("class")
    assert page.locator(".places a.read").count() >= 1
    page.goto((site / "index.html").as_uri())
    card = page.locator(".cards li[data-lesson='01'] .so-far")
    assert re.fullmatch(r"\d+ of \d+ sections read, 1 of \d+ questions answered", card.text_content())
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save them").click()
    file = tmp_path / "marks.json"
    saved.value.save_as(file)
    assert json.loads(file.read_text())["course"] == "ketalab"
    before = card.text_content()
    page.get_by_role("button", name="Forget").click()
    page.get_by_role("button", name="Delete them").click()
    assert card.text_content() == ""
    bad = tmp_path / "other.json"
    bad.write_text('{"course": "ketalab", "marks": {"theme": "1"}}')
    page.set_input_files("input[type=file]", bad)
    page.wait_for_function(
        "() => document.querySelector('.kept').textContent.includes('nothing was changed')"
    )
    assert card.text_content() == ""
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("() => document.querySelector('.kept').textContent.includes('back')")
    assert card.text_content() == before
    assert watched.errors == []


def test_nothing_is_forgotten_at_one_tap(watched, site: Path):
    page = watched.page
    page.goto((site / "index.html").as_uri())
    forget, sure = page.get_by_role("button", name="Forget them"), page.locator("#sure")
    forget.click()
    assert "nothing to forget" in page.locator(".kept").text_content()
    assert sure.is_hidden(), "where nothing is kept, nothing is asked"
    page.evaluate("() => localStorage.setItem('ketalab:read:01', '[\"a\"]')")
    watched.reload()
    asked = "() => document.activeElement.textContent"
    kept = "() => localStorage.getItem('ketalab:read:01')"
    for leave in ("Escape", "Enter"):
        forget.focus()
        page.keyboard.press("Enter")
        assert sure.is_visible()
        assert forget.get_attribute("aria-expanded") == "true"
        assert page.evaluate(asked) == "Keep them"
        assert serious(page, "#sure", preload=False) == []
        page.keyboard.press(leave)
        assert sure.is_hidden()
        assert page.evaluate(asked) == "Forget them"
        assert page.evaluate(kept) == '["a"]'
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate(kept) is None
    assert sure.is_hidden()
    assert page.evaluate(asked) == "Forget them"
    assert page.locator(".kept").text_content() == "Forgotten."
    assert watched.errors == []


def test_the_search_finds_a_word_and_leads_to_it(watched, site: Path):
    page = watched.page
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.locator("#search input").fill("bioavailability nasal")
    found = page.locator("#search li a")
    found.first.wait_for()
    assert {"01_from_dose_to_brain.html"} <= {a.get_attribute("href").split("#")[0] for a in found.all()}
    found.first.click()
    page.wait_for_url("**/*.html#*")
    assert page.locator(":target").count() == 1
    page.keyboard.press("/")
    page.locator("#search input").fill("xyzzy")
    page.get_by_text("Nothing found").wait_for()
    assert watched.errors == []


def test_a_word_opens_its_meaning_and_gives_the_focus_back(watched, site: Path):
    page = watched.page
    page.goto((site / "01_from_dose_to_brain.html").as_uri())
    word = page.locator("a.term").first
    word.focus()
    page.keyboard.press("Enter")
    meaning = page.get_by_role("dialog", name=word.text_content())
    assert word.get_attribute("title") in meaning.text_content()
    page.keyboard.press("Escape")
    assert meaning.count() == 0
    assert word.evaluate("(word) => word === document.activeElement")


def test_the_theme_is_kept_and_the_contents_open_on_a_phone(watched, site: Path):
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "01_from_dose_to_brain.html").as_uri())
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark or light").click()
    assert page.evaluate(ground) != light
    watched.reload()
    assert page.evaluate(ground) != light
    assert not page.locator("#contents").is_visible()
    page.get_by_role("button", name="Contents").click()
    page.locator("#contents").get_by_role("link", name="References").click()
    assert not page.locator("#contents").is_visible()
    assert page.evaluate("() => location.hash") == "#References"


def test_the_title_is_whole_on_a_narrow_phone(watched, site: Path):
    page = watched.page
    for width in (320, 360, 390, 430):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto((site / "article.html").as_uri())
        title = page.locator(".bar .home")
        bar = page.locator(".bar").bounding_box()
        assert title.evaluate("(a) => a.scrollWidth <= a.clientWidth"), width
        box = title.bounding_box()
        assert box["y"] >= bar["y"], width
        assert box["y"] + box["height"] <= bar["y"] + bar["height"], width
        assert page.evaluate(OUTSIDE) == [], width


def test_a_figure_opens_as_large_as_it_was_drawn_and_gives_the_focus_back(watched, site: Path):
    """On a phone its words are as large as the text there, and it is pushed about in its own box."""
    page = watched.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((site / "01_from_dose_to_brain.html").as_uri())
    link = page.locator("figure > a").first
    link.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('figure > a img').naturalWidth > 0")
    drawn = link.locator("img").evaluate("(img) => img.naturalWidth")
    link.focus()
    page.keyboard.press("Enter")
    shown = page.locator("#alone img")
    assert shown.bounding_box()["width"] == pytest.approx(drawn, abs=1)
    assert shown.get_attribute("alt") == link.locator("img").get_attribute("alt")
    assert page.locator("#alone .sheet").evaluate("(box) => box.scrollWidth > box.clientWidth")
    assert serious(page, preload=False) == []
    page.get_by_role("button", name="Whole picture").click()
    assert shown.bounding_box()["width"] <= 390
    page.keyboard.press("Escape")
    assert not shown.is_visible()
    assert link.evaluate("(link) => link === document.activeElement")
    assert watched.errors == []


# The smallest letters of the picture over the whole screen, in CSS px: what stands still, and what moves.
LETTERS = """(stage) => {
  const { spec, frame } = document.querySelector(`[data-name=${stage}]`).ketalab.picture;
  const box = document.querySelector("#large .ketalab-stage");
  const words = [...box.querySelectorAll("text")];
  const still = words.map((one) => parseFloat(getComputedStyle(one).fontSize));
  const looks = [...frame.artists.keys()].map((name) => spec.looks[name]);
  const moving = looks.filter((look) => look.kind === "text").map((look) => look.size);
  return Math.min(...still, ...moving) * box.offsetWidth / spec.size[0];
}"""


@pytest.fixture
def phone(browser):
    """A phone held upright, 390 by 664 between the browser's bars."""
    context = browser.new_context(viewport={"width": 390, "height": 664}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def open_large(page, name: str) -> None:
    page.locator(f"#{name} [data-do=large]").click()
    page.locator("#large .ketalab-stage canvas").wait_for()


def test_on_a_phone_a_finding_has_the_whole_width_and_its_table_keeps_its_headings(phone, site: Path):
    phone.goto((site / "03_the_glutamate_surge.html").as_uri())
    phone.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true })")
    table = phone.locator(".claim").get_by_role("table").first
    heads = [head.text_content() for head in table.get_by_role("columnheader").all()]
    assert heads == ["speaks", "source", "what it found"]
    assert table.locator("thead").bounding_box()["width"] < 2, "heard, not seen"
    whole = table.bounding_box()["width"]
    rows = table.get_by_role("row").filter(has=phone.get_by_role("cell"))
    assert rows.count() >= 2
    for row in rows.all():
        which, source, found = (cell.bounding_box() for cell in row.get_by_role("cell").all())
        assert which["y"] == source["y"] < found["y"]
        assert found["width"] > whole - 4
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_words_of_every_explorable_can_be_read_over_the_whole_screen(phone, site: Path):
    """At least 11 CSS pixels, the picture and what moves it on the screen, nothing past its edge."""
    seen = 0
    for path in sorted(site.glob("[0-9]*.html")):
        phone.goto(path.as_uri())
        come_to_life(phone)
        for name in phone.locator(".ketalab-view").evaluate_all(
            "(all) => all.map((one) => one.dataset.name)"
        ):
            open_large(phone, name)
            assert phone.evaluate(LETTERS, name) >= 11, name
            box = phone.locator("#large .ketalab-stage").bounding_box()
            assert box["height"] > box["width"], "it lies on its side"
            for edge in ("x", "y"):
                assert box[edge] >= -1, name
            assert box["x"] + box["width"] <= 391, name
            assert box["y"] + box["height"] <= 665, name
            assert phone.locator("#large").evaluate("(box) => box.scrollWidth <= box.clientWidth"), name
            phone.keyboard.press("Escape")
            seen += 1
    assert seen >= 40


def test_turned_on_its_side_an_explorable_answers_to_a_finger(phone, site: Path):
    """A slider follows it, a mark says what it is; closed, it stands in its place as it was left."""
    phone.goto(f"{(site / '01_from_dose_to_brain.html').as_uri()}#route_to_plasma")
    view = phone.locator(".ketalab-view[data-name=route_to_plasma]")
    view.locator(".ketalab-explorable").wait_for()
    start = view.evaluate("(view) => view.ketalab.values.dose")
    open_large(phone, "route_to_plasma")
    assert serious(phone, preload=False) == []
    # A finger on a mark, found by the picture's own places: down the screen is along the picture.
    x, y, name = view.evaluate(
        """(view) => {
          const { picture } = view.ketalab, mark = picture.marks()[0], { size } = picture.spec;
          const box = picture.element.getBoundingClientRect(), scale = box.height / size[0];
          return [box.right - mark.y * scale, box.top + mark.x * scale, mark.look.label || mark.name];
        }"""
    )
    phone.touchscreen.tap(x, y)
    said = phone.locator("#large .ketalab-tip").text_content()
    assert said.startswith(re.sub(r" \d+$", "", name))  # two series of one kind have one name for a reader
    hand = phone.get_by_role("slider", name="Dose")
    hand.scroll_into_view_if_needed()
    box = hand.bounding_box()
    across, top, far = box["x"] + box["width"] / 2, box["y"], box["height"]
    finger = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    touch("touchStart", (across, top + far * 0.5))
    for share in (0.55, 0.65, 0.75, 0.85):
        touch("touchMove", (across, top + far * share))
    touch("touchEnd")
    moved = view.evaluate("(view) => view.ketalab.values.dose")
    assert moved > start
    phone.locator("#large button", has_text="Close").tap()
    assert view.locator(".ketalab-explorable").count() == 1
    assert view.evaluate("(view) => view.ketalab.values.dose") == moved
    assert readings(view) == python(
        explorable("route_to_plasma"), view.evaluate("(view) => view.ketalab.values")
    )
    assert phone.evaluate("() => document.activeElement.dataset.do") == "large"


def test_what_is_marked_is_found_again_and_travels_in_the_file(watched, site: Path, tmp_path: Path):
    page = watched.page
    lesson, index = (site / "05_hours_not_weeks.html").as_uri(), (site / "index.html").as_uri()
    page.goto(index)
    assert not page.locator("#marked").is_visible()
    page.goto(lesson)
    heading = page.locator("main > section > h2").nth(2)
    anchor = heading.get_attribute("id")
    heading.locator(".mark").click()
    page.goto((site / "article.html").as_uri())
    page.locator("article > h2 .mark").first.click()
    page.goto(lesson)
    assert heading.locator(".mark").get_attribute("aria-pressed") == "true"
    assert page.locator(".places a.marked").count() == 1
    page.goto(index)
    links = page.locator(".marked-list a")
    assert links.first.get_attribute("href") == f"05_hours_not_weeks.html#{anchor}"
    assert links.first.text_content().startswith("Lesson 05: ")
    assert links.last.text_content().startswith("The article: ")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save them").click()
    file = tmp_path / "marks.json"
    saved.value.save_as(file)
    page.get_by_role("button", name="Forget").click()
    page.get_by_role("button", name="Delete them").click()
    assert not page.locator("#marked").is_visible()
    # What is marked meanwhile stays when the file comes back.
    page.goto(lesson)
    page.locator("main > section > h2 .mark").nth(4).click()
    page.goto(index)
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("() => document.querySelector('.kept').textContent.includes('back')")
    assert links.count() == 3
    page.locator(f".marked-list a[href='05_hours_not_weeks.html#{anchor}']").click()
    page.wait_for_url(f"**/05_hours_not_weeks.html#{anchor}")
    heading.locator(".mark").click()
    page.goto(index)
    assert links.count() == 2
    assert watched.errors == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("last", {"lesson": "01", "page": "javascript:alert(1)//", "at": "", "head": "x"}),
        ("marked", [{"page": "https://example.org/", "at": "a", "of": "b", "head": "c"}]),
        ("read:01", "all"),
    ],
)
def test_a_file_that_these_pages_did_not_save_changes_nothing(
    watched, site: Path, tmp_path: Path, key, value
):
    page = watched.page
    page.goto((site / "index.html").as_uri())
    file = tmp_path / "marks.json"
    file.write_text(json.dumps({"course": "ketalab", "marks": {f"ketalab:{key}": json.dumps(value)}}))
    page.set_input_files("input[type=file]", file)
    page.get_by_text("marks.json is not a file that these pages saved; nothing was changed.").wait_for()
    assert page.evaluate("() => Object.keys(localStorage)") == []


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("distance themselves from traumatic", "article.html"),
        ("C14 supported", "claims.html"),
        ("cheat sheet often got wrong", "cheat_sheet_clinical.html"),
        ("glossary MADRS", "glossary.html"),
    ],
)
def test_the_search_leads_to_article_claims_words_and_sheets(watched, site: Path, words: str, file: str):
    page = watched.page
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.locator("#search input").fill(words)
    link = page.locator(f"#search li a[href^='{file}']").first
    link.click()
    page.wait_for_url(f"**/{file}*")
    assert page.locator(":target").count() == 1
    assert watched.errors == []


def test_axe_finds_nothing_serious_where_a_finger_points(browser, site: Path):
    """Where nothing hovers the links beside headings always show."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        for name in ("article", "teaching_01", "01_from_dose_to_brain"):
            page.goto((site / f"{name}.html").as_uri())
            assert serious(page, preload=False) == [], name
    finally:
        context.close()


def test_at_twice_the_size_nothing_sticks_out(watched, site: Path):
    """A window of 1280 by 720 at 200% is one of 640 by 360."""
    page = watched.page
    page.set_viewport_size({"width": 640, "height": 360})
    for name in ("index", "article", "teaching", "teaching_05", "01_from_dose_to_brain"):
        page.goto((site / f"{name}.html").as_uri())
        come_to_life(page)
        assert page.evaluate(OUTSIDE) == [], name


def test_from_a_claim_in_the_article_to_its_entry_by_keys_alone(watched, site: Path):
    page = watched.page
    page.goto((site / "article.html").as_uri())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # to the text
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "C01"
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims.html#C01")
    assert page.locator("details#C01[open]").count() == 1
    page.locator("details#C01 a", has_text="The article").click()
    page.wait_for_url("**/article.html#C01")
    assert page.locator(".said:target").text_content().startswith("Ketamine, once known")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def test_under_a_path_of_a_server_it_installs_can_be_kept_and_read_without_a_network(browser, site: Path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site.parent))
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        home = f"http://127.0.0.1:{server.server_port}/{site.name}"
        page.goto(f"{home}/")
        page.evaluate("() => navigator.serviceWorker.ready")
        asked = context.new_cdp_session(page)
        manifest = asked.send("Page.getAppManifest")
        assert manifest["url"] == f"{home}/manifest.json"
        assert manifest["errors"] == []
        errors = asked.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [one["errorId"] for one in errors if one["errorId"] != "in-incognito"] == []
        page.get_by_role("button", name="Keep the whole course").click()
        page.get_by_text("The whole course is kept").wait_for(timeout=60_000)
        kept = page.evaluate(
            "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((one) => one.url)"
        )
        assert f"{home}/article.html" in kept
        assert not any("teaching" in url for url in kept)
        server.shutdown()
        server.server_close()
        context.set_offline(True)
        page.goto(f"{home}/05_hours_not_weeks.html")
        come_to_life(page)
        figure = "document.querySelector('section > figure:not(.moves) img')"
        page.evaluate(f"() => {figure}.scrollIntoView()")
        page.wait_for_function(f"() => {figure}.naturalWidth > 0")
    finally:
        context.close()
        server.server_close()


# What is drawn though no hand can press it on paper; a box to tick is of use there.
TO_PRESS = """() => [
  ...document.querySelectorAll("main :is(button, select, input, summary)")
].filter((part) => {
  if (!part.checkVisibility() || part.matches("[type=radio], [type=checkbox]")) return false;
  const style = getComputedStyle(part);
  if (part.matches("select")) return style.appearance !== "none" || style.borderTopWidth !== "0px";
  if (part.matches("summary")) return style.listStyleType !== "none";
  if (part.matches("th button")) return getComputedStyle(part, "::after").content !== "none";
  return true;
}).map((part) => part.outerHTML.slice(0, 80))"""


def test_paper_is_white_and_holds_nothing_to_press(watched, site: Path):
    """Printed in the dark; a prediction without its answer, an explorable with what it is set to."""
    page = watched.page
    page.goto((site / "05_hours_not_weeks.html").as_uri())
    come_to_life(page)
    page.get_by_role("button", name="Dark or light").click()
    page.emulate_media(media="print")
    ink = "() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    assert page.evaluate(ink) == ["rgb(18, 22, 27)", "rgb(241, 241, 241)"]
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(ink) == ["rgb(255, 255, 255)", "rgb(27, 27, 27)"]
    assert page.evaluate(TO_PRESS) == []
    assert page.locator(".ketalab-ask .happened:visible").count() == 0
    view = page.locator(".ketalab-view[data-name=which_trials]")
    assert "All ten" in view.locator("select").first.evaluate("(menu) => menu.selectedOptions[0].label")
    assert view.locator("select").first.is_visible()
    assert view.locator("output").first.inner_text() == "no trial"
    told = "(fold) => getComputedStyle(fold, '::after').content"
    fold = page.locator("details.curious > summary").first
    for is_open in (True, False):
        fold.evaluate("(fold, is) => { fold.parentElement.open = is; }", is_open)
        assert ("folded" in fold.evaluate(told)) == (not is_open)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ink)[0] == "rgb(18, 22, 27)"
    page.goto((site / "13_the_article_on_trial.html").as_uri())  # ledger, grading, tables to sort
    come_to_life(page)
    assert page.locator(".ketalab-sortable th button").count() > 0
    assert page.evaluate(TO_PRESS) == []
    assert watched.errors == []


def test_a_teachers_page_is_printed_unfolded_and_folds_again(watched, site: Path):
    page = watched.page
    page.goto((site / "teaching_05.html").as_uri())
    shut = page.locator("main details:not([open])")
    folds = shut.count()
    assert folds >= 3
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert shut.count() == 0
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert shut.count() == folds
