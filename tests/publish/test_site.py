"""The web edition: every lesson whole, every link leading somewhere, each page light."""

import json
import re
from functools import cache
from html import escape, unescape
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook
from publish.links import Links, lost

from ketalab.data import table
from ketalab.data.bibliography import bibliography, full_references
from ketalab.data.claims import article
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import explorable, lesson
from ketalab.publish import equations, reading
from ketalab.publish import guide as guide_pages
from ketalab.publish import site as web_edition
from ketalab.publish.article import numbered, place
from ketalab.publish.cells import tags
from ketalab.publish.equations import Equations
from ketalab.publish.glossary import unlinked
from ketalab.publish.guide import PROJECT, whole_guide
from ketalab.publish.reading import Heading, Page, Reading, page
from ketalab.text import breakable


@pytest.fixture(scope="module")
def linked(site: Path) -> dict[str, Links]:
    return {path.name: Links(path.read_text(encoding="utf-8")) for path in site.glob("*.html")}


def test_every_lesson_has_its_page_and_every_page_can_be_reached(site: Path, linked: dict[str, Links]):
    lessons = {f"{row.lesson}_{row.slug}.html" for row in table("lessons").itertuples()}
    assert lessons <= set(linked)
    teachers = {name for name in linked if name.startswith("teaching")}
    assert reached(linked, "index.html") == set(linked) - teachers, "no student is led to the answers"
    assert reached(linked, "teaching.html") >= teachers


def reached(linked: dict[str, Links], start: str) -> set[str]:
    """The pages that links lead to from this one."""
    found, new = set(), {start}
    while new:
        found |= new
        new = {a.partition("#")[0] for name in new for a in linked[name].leads} & set(linked) - found
    return found


def test_every_link_between_pages_leads_to_a_place_that_is_there(site: Path, linked: dict[str, Links]):
    assert lost(site, linked) == []


def test_pages_load_only_what_lies_beside_them(site: Path, linked: dict[str, Links]):
    for name, links in linked.items():
        for address in links.loads:
            assert address.startswith("data:") or (site / address).is_file(), f"{name} loads {address}"


def test_no_page_has_an_id_twice(linked: dict[str, Links]):
    for name, links in linked.items():
        assert len(links.ids) == len(set(links.ids)), name


def test_the_site_is_light(site: Path):
    """A lesson with all that it loads before a figure is opened, and the whole."""
    shared = sum(path.stat().st_size for path in (site / "assets").iterdir() if path.name != "search.js")
    for path in site.glob("[0-9][0-9]_*.html"):
        html = path.read_text(encoding="utf-8")
        moving = re.findall(r'class="ketalab-view" data-name="(\w+)"', html)
        beside = sum(
            (site / "explorables" / f"{name}.{end}").stat().st_size
            for name in moving
            for end in ("js", "png")
        )
        assert path.stat().st_size + shared + beside <= 2.5e6, path.name
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= 45e6


def test_a_page_holds_all_that_its_notebook_shows(site_pages: dict[str, Page], lesson_name: str, notebook):
    made = site_pages[lesson_name]
    here = lesson(made.number)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    data = [output.get("data", {}) for output in outputs]
    assert made.body.count("ketalab-ask") == made.questions
    assert list(made.stills) == [one[EXPLORABLE_MIME]["name"] for one in data if EXPLORABLE_MIME in one]
    assert len(made.figures) == sum("image/png" in one for one in data) - len(made.stills)
    solutions = sum("solution:" in " ".join(tags(cell)) for cell in notebook.cells)
    assert made.body.count("<summary>Worked solution</summary>") == solutions == len(here.exercises)
    titles = [cell.source.splitlines()[0][3:] for cell in notebook.cells if cell.source.startswith("## ")]
    assert [heading.title for heading in made.contents] == [
        Reading(text).whole for text in map(plain, titles)
    ]
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    equations_there = re.findall(r"\$\$.+?\$\$|\$[^$\n]+\$", re.sub(r"`[^`]*`", "", text), re.DOTALL)
    assert made.body.count("<math") == len(equations_there)
    assert not re.findall(r'href="[^"]*\.ipynb', made.body)


def plain(markdown: str) -> str:
    return re.sub(r"[*`]", "", markdown)


def test_the_words_of_a_lesson_are_on_its_page(site_pages: dict[str, Page], lesson_name: str, notebook):
    text = Reading(site_pages[lesson_name].body).whole
    for cell in notebook.cells:
        if cell.cell_type != "markdown" or "badges" in tags(cell):
            continue
        for sentence in re.findall(
            r"(?:(?<=^)|(?<=[.?!] ))[A-Z][\w ,’'-]{30,}[.?!]", unlinked(cell.source), re.M
        ):
            assert " ".join(sentence.split()) in text


def made_of(*sources: str) -> Page:
    cells = [new_markdown_cell(source) for source in sources]
    notebook = new_notebook(cells=cells, metadata={"ketalab": {"lesson": "00"}})
    with Equations() as drawn:
        return page(notebook, drawn)


def test_headings_are_places_each_once(node_modules: Path):
    made = made_of("# T", "## One *two*", "### One two", "## One two")
    assert [heading.anchor for heading in made.headings] == ["T", "One-two", "One-two-2", "One-two-3"]
    assert [heading.title for heading in made.contents] == ["One two", "One two"]


def test_what_is_for_the_curious_is_folded_and_closed_again(node_modules: Path):
    aside = new_markdown_cell("### Aside\n\nfolded", metadata={"tags": ["curious"]})
    other = new_markdown_cell("### Other\n\nfolded too", metadata={"tags": ["curious"]})
    cells = [new_markdown_cell("## A"), aside, other, new_markdown_cell("## B\n\nopen")]
    with Equations() as drawn:
        body = page(new_notebook(cells=cells, metadata={"ketalab": {"lesson": "00"}}), drawn).body
    assert body.count("<details") == body.count("</details>") == 2
    assert body.rindex("</details>") < body.index("open")
    assert body.count("<section>") == body.count("</section>") == 2


def test_links_lead_to_pages_and_sources_say_what_they_are(node_modules: Path):
    body = made_of(
        "# T",
        '[a](05_hours_not_weeks.ipynb#References) [b](glossary.ipynb#MADRS "A scale.") '
        '[c](https://doi.org/10.1038/s44220-023-00140-x "lii2023")',
    ).body
    assert '<a href="05_hours_not_weeks.html#References">a</a>' in body
    assert '<a class="term" href="glossary.html#MADRS" title="A scale.">b</a>' in body
    assert re.search(r'<a href="https://doi\.org/[^"]+" title="[^"]*Lii[^"]*2023', body)


def test_equations_are_drawn_with_words_for_who_cannot_see_them(node_modules: Path):
    body = made_of("# T", "Let $C = D / V_1$ and\n\n$$F = 1 - E$$").body
    assert body.count("<svg") == body.count("<math") == 2
    assert "<mi>F</mi><mo>=</mo><mn>1</mn><mo>−</mo><mi>E</mi>" in body
    assert body.count('<div class="equation">') == 1
    assert "$" not in Reading(body).whole


def test_an_equation_too_long_for_a_phone_scrolls_in_a_box_that_keys_reach(node_modules: Path):
    terms = " + ".join(f"a_{{{n}}} x^{{{n}}}" for n in range(30))
    body = made_of("# T", f"$$y = {terms}$$\n\nand\n\n$$F = 1 - E$$").body
    long, short = re.findall(r'<div class="(equation[^"]*)"([^>]*)>', body)
    assert long == ("equation wide", ' role="group" aria-label="Equation" tabindex="0"')
    assert short == ("equation", "")


def test_tex_that_cannot_be_read_is_named(node_modules: Path):
    with Equations() as drawn:
        with pytest.raises(
            ValueError, match=r"equation: '\\\\frac\{a' cannot be read: Missing close brace"
        ):
            drawn.html(r"\frac{a")
        assert "<svg" in drawn.html("a"), "the next one can"
        assert drawn.within("x &lt; $a &lt; b$ and $$c$$").count("<svg") == 2


def test_without_node_nothing_is_written(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(equations.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"run `make slides` once"), Equations():
        pass


def test_code_that_only_shows_something_is_left_out():
    assert not reading._says_more_than_show("trials.four_models()")
    assert not reading._says_more_than_show("from ketalab import show\nhere = lesson('01')\nx = 1")
    assert reading._says_more_than_show("frame = trials.four_models()\nframe.T")


def test_the_search_knows_every_section_and_every_term(site: Path, site_pages: dict[str, Page]):
    script = (site / "assets" / "search.js").read_text(encoding="utf-8")
    entries = json.loads(script.removeprefix("ketalabSearch(").rstrip(";\n").removesuffix(")"))
    places = {(entry["page"], entry["at"]) for entry in entries}
    for made in site_pages.values():
        assert {(made.file, heading.anchor) for heading in made.contents} <= places
    assert sum(entry["page"] == "glossary.html" for entry in entries) >= 100


def test_the_search_knows_the_article_its_claims_and_the_sheets(site: Path, linked: dict[str, Links]):
    """And of what it knows each leads to a place that is there; of the guide it knows nothing."""
    script = (site / "assets" / "search.js").read_text(encoding="utf-8")
    entries = json.loads(script.removeprefix("ketalabSearch(").rstrip(";\n").removesuffix(")"))
    places = {(entry["page"], entry["at"]) for entry in entries}
    assert {("claims.html", claim) for claim in table("claims").claim} <= places
    said = " ".join(entry["text"] for entry in entries if entry["page"] == "article.html")
    last = {row.claim: re.findall(r"\w+", row.quoted)[-1] for row in table("claims").itertuples()}
    assert {claim: word for claim, word in last.items() if word not in said} == {}
    for path in [site / "article.html", *site.glob("cheat_sheet_*.html")]:
        titles = re.findall(r'<h2 id="([^"]+)"', path.read_text(encoding="utf-8").partition("<main")[2])
        titles = [title for title in titles if title not in ("search-title",)]
        assert titles
        assert {(path.name, title) for title in titles} <= places, path.name
    assert [(page, at) for page, at in places if at and at not in linked[page].ids] == []
    assert not any(page.startswith("teaching") for page, _ in places)
    assert [entry["head"] for entry in entries if entry["text"].startswith(f"{entry['head']}#")] == []


def test_the_sources_are_all_that_lessons_cite(site: Path):
    html = (site / "sources.html").read_text(encoding="utf-8")
    shown = int(re.search(r"<p>(\d+) sources", html)[1])
    assert html.count("<small>Read: ") == shown <= len(bibliography().entries)
    assert shown >= 300


def test_full_references_are_in_order_and_each_once():
    keys = [key for key, _ in full_references(["zarate2006", "lii2023", "lii2023"])]
    assert keys == ["lii2023", "zarate2006"]
    with pytest.raises(ValueError, match=r"'nobody1999' is not in references\.bib"):
        full_references(["nobody1999"])


def test_every_claim_is_numbered_in_the_article_and_leads_to_entry_and_lesson(site: Path):
    """From its number to the ledger's entry, from there back, and to the section that names it."""
    html = (site / "article.html").read_text(encoding="utf-8")
    ledger = (site / "claims.html").read_text(encoding="utf-8")
    for row in table("claims").itertuples():
        said = html.partition(f'id="{row.claim}">')[2]
        said = said.partition(f' <a class="number" href="claims.html#{row.claim}">')[0]
        words = re.sub(r"<[^>]*>", "", re.sub(r' <a class="number".*?</a>', "", said))
        assert " ".join(breakable(words).split()) == " ".join(escape(row.quoted, quote=False).split()), (
            row.claim
        )
        line = re.search(rf'<li><a href="claims\.html#{row.claim}">.*?</li>', html)[0]
        assert f"{row.verdict}, {row.certainty} certainty" in line
        assert re.search(rf'<a href="{row.lesson}_\w+\.html', line), row.claim
        assert f'<details id="{row.claim}"' in ledger
        assert f'href="article.html#{row.claim}"' in ledger


def test_the_article_is_all_there_in_its_own_words(site: Path):
    html = (site / "article.html").read_text(encoding="utf-8")
    shown = html.partition("<article>")[2].partition("</article>")[0]
    shown = re.sub(r'<ul class="told".*?</ul>| <a class="number".*?</a>|<a class="here".*?</a>', "", shown)
    words = re.sub(r"^(#+|-) |^\|[-|]+\|$", "", article(), flags=re.M).replace("|", " ")
    assert Reading(shown).whole.split() == words.split()


def test_a_claim_leads_to_the_section_that_names_it():
    made = Page("05", table("lessons").set_index("lesson").loc["05"], {})
    made.body = '<h1 id="T">T</h1><p>C14</p><h2 id="A">A</h2><p>x</p><h2 id="B">B</h2><p>see C14</p>'
    made.headings = [Heading(1, "T", "T"), Heading(2, "A", "A"), Heading(2, "B", "B")]
    assert place("C14", "05", [made]).endswith(".html#B")
    assert place("C15", "05", [made]).endswith("_weeks.html")
    assert place("C15", "06", [made]) == "06_suicidal_ideation_and_thinking.html"


def test_quotations_may_stand_in_one_another_but_not_overlap():
    def rows(*quoted: str):
        return [SimpleNamespace(claim=f"C0{i}", quoted=words) for i, words in enumerate(quoted, 1)]

    made = numbered("a b c d", rows("a b c d", "b c"))
    assert re.sub(r"<[^>]*>", "", made) == "a b c C02 d C01"
    assert made.index('id="C01"') < made.index('id="C02"')
    with pytest.raises(ValueError, match=r"claims\.quoted: C01 and C02 overlap"):
        numbered("a b c d", rows("a b c", "b c d"))


def test_a_claims_number_in_a_lesson_leads_to_its_sentence(node_modules: Path):
    body = made_of("# T", "The article, **C14**, **and more**.").body
    assert '<a href="article.html#C14"><strong>C14</strong></a>' in body
    assert body.count("<a ") == 1


def test_start_and_end_of_the_course_lead_to_the_article(site: Path):
    for name in ("index", "00_start_here", "13_the_article_on_trial"):
        main = (site / f"{name}.html").read_text(encoding="utf-8").partition("<main")[2]
        assert 'href="article.html"' in main, name


@pytest.fixture(scope="module")
def guide(site: Path) -> dict[str, str]:
    """The pages for teachers, each as HTML."""
    return {path.name: path.read_text(encoding="utf-8") for path in site.glob("teaching*.html")}


def test_the_guide_is_all_there_a_page_for_each_lesson(guide: dict[str, str]):
    assert {f"teaching_{number}.html" for number in table("lessons").lesson} <= set(guide)
    shown = [re.sub(r'<a class="here".*?</a>', "", html) for html in guide.values()]
    text = " ".join(Reading(html).whole for html in shown)
    source = whole_guide()
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", source, flags=re.M | re.S), re.M)
    assert [heading for heading in headings if f"{heading} " not in text] == []
    sentences = re.findall(r"(?<=[.?!] )[A-Z][\w ,’'-]{30,}[.?!]", source)
    assert len(sentences) > 500
    assert [words for words in sentences if words not in text] == []


def test_an_explorable_in_the_guide_opens_at_its_preset(guide: dict[str, str]):
    """Each line "Project" and each list of presets: the link holds the values of that preset."""
    lines = PROJECT.findall(whole_guide())
    found = {}
    for html in guide.values():
        for file, name, values, preset in re.findall(
            r'<a href="([^"]*)\.html#(\w+)\?([^"]*)">(.*?)</a>', html
        ):
            named = breakable(unescape(re.sub(r"</?(?:em|span)\b[^>]*>", "", preset)))
            found[name, named] = file, unescape(values)
    assert {(name, preset) for name, preset in lines} <= set(found)
    for (name, preset), (_, values) in found.items():
        shown = explorable(name)
        given = dict(parse_qsl(values))
        wanted = shown.start | shown.scenarios[preset]
        assert given == {key: str(value) for key, value in wanted.items()}, (name, preset)


def test_the_guide_stands_in_a_folder_of_its_own_beside_the_web_edition(
    site: Path, guide: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`make guide`: the same pages; every link leads to one of them or into the lessons' pages."""
    (tmp_path / "site").symlink_to(site.resolve())
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "old.html").write_text("", encoding="utf-8")
    monkeypatch.setattr(guide_pages, "OWN_FOLDER", tmp_path / "guide")
    monkeypatch.setattr(web_edition, "SITE", tmp_path / "site")
    guide_pages.main()
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "guide").iterdir()}
    assert set(texts) == {"index.html", *guide}
    assert texts["index.html"] == texts["teaching.html"]

    @cache  # many links lead to one page
    def ids(target: Path) -> list[str]:
        return Links(target.read_text(encoding="utf-8")).ids

    for name, html in texts.items():
        links = Links(html)
        assert len(links.leads) > 15
        for address in (*links.leads, *links.loads):
            place, _, anchor = address.partition("#")
            if address.startswith(("https://", "http://")):
                continue
            target = tmp_path / "guide" / (place.partition("?")[0] or name)
            assert target.is_file(), (name, address)
            if anchor:
                assert anchor.partition("?")[0] in ids(target), (name, address)


def test_students_are_not_handed_the_guide(site: Path, guide: dict[str, str]):
    """Not by the search, not by what is kept for when there is no network, not by a search engine."""
    for name in ("sw.js", "assets/search.js", "assets/site.js", "manifest.json"):
        assert not re.search(r"teaching\w*\.html", (site / name).read_text(encoding="utf-8")), name
    for name, html in guide.items():
        assert '<meta name="robots" content="noindex">' in html, name


def test_objectives_are_numbered_once(site_pages: dict[str, Page], lesson_name: str):
    aims = site_pages[lesson_name].body.partition('id="You-will-be-able-to"')[2].partition("<h2")[0]
    assert re.findall(r"<li><strong>(O\d)</strong>", aims) == re.findall(r"<strong>(O\d)</strong>", aims)
    assert "<strong>O1</strong>" in aims
    assert "<ol" not in aims.partition("</ul>")[0]
