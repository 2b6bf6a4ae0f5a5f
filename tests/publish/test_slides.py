"""Decks cut from the lessons' own cells: complete, within bounds, and needing nobody."""

import re
from base64 import b64decode
from html import unescape
from io import BytesIO
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode
from numpy.typing import NDArray
from PIL import Image

from ketalab.data.lessons import lesson_files
from ketalab.data.lessons import ready as lessons_ready
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import lesson
from ketalab.publish import slides
from ketalab.publish.cells import for_the_curious, place
from ketalab.publish.slides import Deck, build
from ketalab.text import breakable


@pytest.fixture
def deck(cut_decks: dict[str, Deck], lesson_name: str) -> Deck:
    return cut_decks[lesson_name]


def test_a_deck_has_twelve_to_sixteen_slides(deck: Deck):
    assert 12 <= len(deck.slides) <= 16


def test_every_slide_has_notes_with_timing(deck: Deck):
    for number, slide in enumerate(deck.slides):
        assert slide.parts, number
        spoken = " ".join(slide.notes)
        assert re.search(r"\d+ minutes?", spoken), f"slide {number + 1} has no timing"
    asked = sum("?" in " ".join(slide.notes) or slide.kind == "quiz" for slide in deck.slides)
    assert asked >= len(deck.slides) * 2 / 3, "notes say what to ask the class"


def test_the_plan_of_a_deck_is_the_sum_of_its_notes(deck: Deck):
    assert all(slide.minutes >= 1 for slide in deck.slides)
    assert deck.minutes == sum(slide.minutes for slide in deck.slides)
    assert 30 <= deck.minutes <= 90, "one lesson is one session"


def test_every_slide_has_one_heading(deck: Deck):
    for number, slide in enumerate(deck.slides, 1):
        assert len(re.findall(r"<h[12]\b", "".join(slide.parts))) == 1, f"slide {number}"


def test_no_slide_is_headed_by_the_name_of_a_section_alone(deck: Deck):
    """What the evidence says, or what it is asked, stands in the title."""
    for number, slide in enumerate(deck.slides, 1):
        (title,) = re.findall(r"<h[12]\b[^>]*>(.*?)</h[12]>", "".join(slide.parts), re.DOTALL)
        assert re.sub(r"<[^>]+>", "", title).strip() != "What the evidence says", f"slide {number}"


def test_what_a_note_covers_comes_as_a_step(deck: Deck):
    """A note that asks for a guess while its answer stands on the slide asks too late."""
    asks = re.compile(
        r"\bcover|\bhid(?:e|den)\b|before (?:you )?(?:show|press on|read the rest)|press on"
        r"|ask for the prediction(?! again)|^[^.?]*\. ask first",
        re.I,
    )
    for number, slide in enumerate(deck.slides, 1):
        if asks.search(" ".join(slide.notes)):
            assert 'class="fragment' in "".join(slide.parts), f"slide {number}"


def test_no_slide_begins_with_its_heading_alone(deck: Deck):
    """Before what comes a step later the room reads something: words, or what the notes ask."""
    for number, slide in enumerate(deck.slides, 1):
        first = re.split(r'<div class="fragment"', "".join(slide.parts))[0]
        told = re.sub(r"<h[12]\b[^>]*>.*?</h[12]>|<[^>]+>", "", first, flags=re.DOTALL).strip()
        shown = re.search(r"<(?:img|svg|canvas|figure|input)\b|ketalab-view|covered", first)
        assert told or shown or slide.kind == "title", f"slide {number}"


def test_what_the_notes_ask_before_the_next_step_is_read_by_the_room():
    deck = cut(
        cell("# One", "slide"),
        cell("## Two", "slide", notes="5 minutes. Before you press on, ask: how many < ten? Wait."),
        cell("the answer", "fragment"),
        cell("## Three", "slide", notes="Before you press on, ask: why?"),
        cell("Words already stand here.", "-"),
        cell("more", "fragment"),
    )
    two, three = ("".join(slide.parts) for slide in deck.slides[1:])
    assert '<p class="asked fragment fade-out" data-fragment-index="0">How many &lt; ten?</p>' in two
    assert '<div class="fragment" data-fragment-index="0">' in two  # both in one step
    assert "asked" not in three


def test_a_belief_is_answered_a_step_after_it_is_read(deck: Deck):
    """Where a deck has the slide: 01 and 05 leave it to the notebook."""
    shown = next((slide for slide in deck.slides if "Common misconceptions" in slide.parts[0]), None)
    if shown is None:
        assert deck.number in {"01", "05"}
        return
    items = re.findall(r"<li>(.*?)</li>", "".join(shown.parts), re.DOTALL)
    assert len(items) >= 3
    for item in items:
        belief, answer = re.fullmatch(
            r'\s*(?:<p>)?<strong>(.+?)</strong><span class="fragment">(.+)</span>(?:</p>)?\s*',
            item,
            re.DOTALL,
        ).groups()
        assert belief
        assert len(answer) > 20


def test_code_is_hidden_unless_it_is_the_point(deck: Deck, notebook: NotebookNode):
    html = "".join(part for slide in deck.slides for part in slide.parts)
    marked = [cell for cell in notebook.cells if "show-code" in cell.metadata.get("tags", [])]
    shown = [cell for cell in marked if place(cell) != "skip"]  # the others stand in the notebook only
    assert html.count('<div class="code">') == len(shown)


def test_every_quiz_question_is_a_slide_whose_options_open_to_their_feedback(deck: Deck):
    quiz = [slide for slide in deck.slides if slide.kind == "quiz"]
    questions = lesson(deck.number).questions
    assert len(quiz) == len(questions)
    for slide, question in zip(quiz, questions, strict=True):
        assert "".join(slide.parts).count("<details") == len(question.options)


def test_the_notes_of_all_that_is_asked_hold_the_right_answer_and_its_reason(deck: Deck):
    """Under the letter that the slide shows, though the teacher sees nothing but the notes."""
    here = lesson(deck.number)
    asked = {question.text: question.options for question in here.questions}
    asked |= {prediction.question: prediction.options for prediction in here.predictions.values()}
    found = 0
    for number, slide in enumerate(deck.slides, 1):
        html = breakable(unescape("".join(slide.parts)))
        told = []
        for text, options in asked.items():
            if text in html:
                place = next(i for i, option in enumerate(options) if option.right)
                right = options[place]
                told.append(f"Answer: {'ABCDEFGH'[place]}. {right.text.removesuffix('.')}. {right.says}")
        assert [breakable(answer) for answer in slide.answers] == told, f"slide {number}"
        assert bool(told) == (slide.kind == "quiz" or "ketalab-ask" in html), f"slide {number}"
        found += len(told)
    assert found >= len(here.questions) + 1


def test_every_explorable_of_the_lesson_moves_in_its_deck(deck: Deck, notebook: NotebookNode):
    html = "".join(part for slide in deck.slides for part in slide.parts)
    moving = [
        (cell, aside)
        for cell, aside in zip(notebook.cells, for_the_curious(notebook.cells), strict=True)
        if cell.source.startswith("explorable(")
    ]
    assert all(place(cell) != "skip" for cell, aside in moving if not aside), "the core path is projected"
    shown = sum(place(cell) != "skip" for cell, _ in moving)  # one for the curious may be, too
    assert html.count('class="ketalab-view"') == shown
    assert html.count('<script type="application/vnd.ketalab.parcel">') == shown
    assert html.count('<img class="ketalab-still"') == shown


def test_until_it_moves_an_explorable_shows_the_picture_and_the_words_of_the_lesson(
    deck: Deck, notebook: NotebookNode
):
    """Of fewer colours, which no eye tells apart: another picture is further away."""
    stored = {
        output.data[EXPLORABLE_MIME]["name"]: output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if EXPLORABLE_MIME in output.get("data", {})
    }
    html = "".join(part for slide in deck.slides for part in slide.parts)
    stills = re.findall(
        r'data-name="(\w+)"><img class="ketalab-still" src="[^,]*,([^"]*)" alt="([^"]*)"', html
    )
    assert stills
    for name, picture, alt in stills:
        assert unescape(alt) == stored[name].metadata["image/png"]["alt"], name
        here, there = pixels(picture), pixels(stored[name].data["image/png"])
        assert here.shape == there.shape, name
        assert np.abs(here - there).mean() < 1.5, name


def pixels(encoded: str) -> NDArray:
    with Image.open(BytesIO(b64decode(encoded))) as image:
        return np.asarray(image.convert("RGB"), dtype=float)


def test_every_figure_keeps_its_alt_text(deck: Deck):
    images = re.findall(r"<img [^>]*>", "".join(part for slide in deck.slides for part in slide.parts))
    assert images
    for image in images:
        assert len(re.search(r'alt="([^"]*)"', image)[1]) >= 40
        if 'class="ketalab-still"' not in image:  # a still is as large as the picture that moves
            assert float(re.search(r'data-smallest="([^"]*)"', image)[1]) >= 14


def test_decks_are_written_whole_with_all_they_need(
    node_modules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setattr(slides, "DECKS", tmp_path)
    slides.main(["00"])
    page = (tmp_path / "00_start_here.html").read_text(encoding="utf-8")
    others = {f"{path.stem}.html" for path in lesson_files()}  # made with it by `make slides`
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        if not address.startswith(("#", "data:", "https://", "http://")):
            file = address.partition("#")[0]
            assert file in others or (tmp_path / file).is_file(), address
    assert "01_from_dose_to_brain.html" in page
    assert {path.name[:2] for path in (tmp_path / "pictures").iterdir()} == set(lessons_ready())
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="https?:', page)
    assert (tmp_path / "index.html").is_file()
    assert re.fullmatch(r"00_start_here\.html: \d+ slides, \d\.\d MB\n", capsys.readouterr().out)
    assert (tmp_path / "00_start_here.html").stat().st_size < 8e6
    first = page
    slides.main(["00"])
    assert re.sub(r"[0-9a-f]{32}", "", (tmp_path / "00_start_here.html").read_text("utf-8")) == re.sub(
        r"[0-9a-f]{32}", "", first
    )


def test_a_missing_package_is_named_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "PACKAGES", tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"reveal\.js is missing; run `npm ci` once"):
        slides.write_assets(tmp_path / "assets")
    assert not (tmp_path / "assets").exists()


def cut(*cells: NotebookNode) -> Deck:
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    notebook.metadata["ketalab"] = {"lesson": "00"}
    return build(notebook)


def cell(source: str, place: str, **metadata) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": {"slide_type": place}, **metadata})


def test_tags_decide_where_a_cell_goes():
    deck = cut(
        cell("# One", "slide", notes="Say this."),
        cell("more", "-"),
        cell("hidden", "skip", notes="not this"),
        cell("later", "fragment"),
        cell("## Two", "slide"),
    )
    assert len(deck.slides) == 2
    text = "".join(deck.slides[0].parts)
    assert "more" in text
    assert "hidden" not in text
    assert '<div class="fragment">' in text
    assert deck.slides[0].notes == ["Say this."]
    assert deck.slides[0].kind == "title"
    assert deck.slides[1].kind == "words"


def test_of_a_table_that_comes_later_each_row_is_answered_in_a_step_of_its_own():
    table = "| It says | Claim | Verdict |\n|---|---|---|\n| one | C01 | yes |\n| two | C02 | no |"
    (slide,) = cut(cell("# One", "slide"), cell(table, "fragment")).slides
    rows = re.findall(r"<tr>(.*?)</tr>", slide.parts[1], re.DOTALL)
    steps = [re.findall(r'data-fragment-index="(\d)">(.*?)</span>', row) for row in rows]
    assert steps == [[], [("0", "C01"), ("0", "yes")], [("1", "C02"), ("1", "no")]]
    assert [row.count("<td>") for row in rows[1:]] == [3, 3]
    assert not slide.parts[1].startswith('<div class="fragment')


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.8, 0.2), (-0.1, 1), (0, 1.2)])
def test_a_cover_outside_its_picture_is_refused(shares: tuple[float, float]):
    with pytest.raises(ValueError, match=r"^cover: .+ is not two shares of the height"):
        cut(cell("# One", "slide"), cell("covered", "-", cover=list(shares)))


def test_the_clock_of_the_reader_stays_in_the_notebook():
    deck = cut(cell("*Time to here: about 9 min.*\n\nText.", "slide"))
    assert "Time to here" not in deck.slides[0].parts[0]


def test_the_times_of_the_reader_stay_in_the_notebook():
    deck = cut(cell("# One", "slide"), cell("**Core path:** about 9 min", "-", tags=["badges"]))
    assert "Core path" not in "".join(deck.slides[0].parts)


def test_a_heading_that_continues_a_slide_is_no_second_heading():
    deck = cut(cell("# One", "slide"), cell("## You will be able to\n\n- **O1** read;", "-"))
    html = "".join(deck.slides[0].parts)
    assert len(re.findall(r"<h[1-6]", html)) == 1
    assert '<p class="part">You will be able to</p>' in html
    assert '<li class="objective"><strong>O1</strong> read;' in html


@pytest.mark.parametrize(
    ("line", "cited", "rest"),
    [
        ("The article, **C14**.", "The article, <strong>C14</strong>", ""),
        ("Claim **C07**", "The article, <strong>C07</strong>", ""),
        ("Claim **C36**: one path of five.", "The article, <strong>C36</strong>", "One path of five."),
        (
            "The article, **C02**. The speed does, too.",
            "The article, <strong>C02</strong>",
            "The speed does, too.",
        ),
        (
            "The article, **C01**; and, on its use, **C32**.",
            "The article, <strong>C01</strong>; and, on its use, <strong>C32</strong>",
            "",
        ),
    ],
)
def test_a_quotation_says_in_its_box_where_it_stands(line: str, cited: str, rest: str):
    html = cut(cell(f"## One\n\n> Words.\n\n{line}", "slide")).slides[0].parts[0]
    assert f"Words. <cite>{cited}</cite></p>\n</blockquote>" in html
    assert re.findall(r"<p>(.*?)</p>", html.partition("</blockquote>")[2]) == ([rest] if rest else [])


def test_a_sentence_about_a_claim_stays_under_its_quotation():
    html = (
        cut(cell("## One\n\n> Words.\n\nA forecast (**C60**). What would earn it?", "slide"))
        .slides[0]
        .parts[0]
    )
    assert "<cite>" not in html
    assert "A forecast (<strong>C60</strong>). What would earn it?" in html


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("It has also demonstrated remarkable efficacy in reducing suicidal ideation.", "C17"),
        ("most oral antidepressants, which can take weeks or months to take effect", "C15"),
        ("Can be short-lived but extended with repeated sessions", "C44 C45"),
        ("most oral antidepressants", "C15"),
        ("Nobody wrote this.", None),
    ],
)
def test_a_quotation_that_the_next_cell_names_says_on_its_slide_whose_it_is(words: str, source: str | None):
    html = cut(cell(f"## One\n\n> {words}", "slide"), cell("This is a claim.", "skip")).slides[0].parts[0]
    claims = "".join(f", <strong>{claim}</strong>" for claim in (source or "").split())
    assert re.findall("<cite>(.*?)</cite>", html) == ([f"The article{claims}"] if source else [])


def test_every_quotation_on_a_slide_says_whose_it_is(deck: Deck):
    for slide in deck.slides:
        for quoted in re.findall("<blockquote>.*?</blockquote>", "".join(slide.parts), re.DOTALL):
            assert "<cite>" in quoted or "If this " in quoted, quoted


def test_no_line_of_a_slide_is_a_claims_number_alone(deck: Deck):
    html = "".join(part for slide in deck.slides for part in slide.parts)
    assert not re.findall(r"<p>(?:The article,|Claim)\s*<strong>C\d\d</strong>\.?</p>", html)


def test_tables_have_one_row_of_headings_and_whole_sentences(deck: Deck):
    for slide in deck.slides:
        for table in re.findall(
            r'<table[^>]*class="dataframe".*?</table>', "".join(slide.parts), re.DOTALL
        ):
            assert len(re.findall(r"<tr", table.partition("<thead>")[2].partition("</thead>")[0])) == 1
            assert not re.findall(r"\.\.\.</t[dh]>", table), "pandas cut a sentence"
