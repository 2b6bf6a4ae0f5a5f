"""The glossary says what the table says, and each lesson links each word once, where it is first used."""

import copy
import re

import nbformat
import pytest
from conftest import lessons
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.publish import glossary
from ketalab.publish.glossary import LINK, PROTECTED, Term, linked_terms, meant, terms, unlinked, vocabulary
from ketalab.publish.weave import reading_minutes, weave

ANCHORS = {term.anchor for term in terms()}


def woven(*sources: str) -> list[str]:
    """These texts as cells of a lesson with their first uses linked."""
    cells = [new_markdown_cell(source) for source in ("# Title", *sources)]
    glossary.link_first_uses(cells)
    return [cell.source for cell in cells[1:]]


def plain_uses(notebook: NotebookNode) -> list[tuple[str, bool]]:
    """Each use of a term in a lesson's running text, in order, and whether it is a link."""
    found = []
    for cell in filter(glossary.is_read, notebook.cells[1:]):
        text = LINK.sub(lambda link: f"⟦{link[1]}⟧", cell.source)
        text = PROTECTED.sub(lambda part: re.sub(r"\w", ".", part[0]), text)
        for match in vocabulary()[0].finditer(text):
            found.append((meant(match[0]).term, text[match.start() - 1] == "⟦"))
    return found


def test_the_committed_glossary_is_made_from_its_table():
    stored = glossary.PAGE.read_text(encoding="utf-8")
    assert stored == nbformat.writes(glossary.notebook()) + "\n", "run `make refresh`"


def test_each_word_is_linked_once_where_it_is_first_used(notebook: NotebookNode):
    links = linked_terms(notebook)
    assert len(links) == len(set(links)) >= 10
    assert set(links) <= ANCHORS
    uses, seen = plain_uses(notebook), set()
    for term, linked in uses:
        assert linked == (term not in seen), term
        seen.add(term)
    assert len(seen) == len(links)


def test_links_stand_in_running_text_only(notebook: NotebookNode):
    for cell in notebook.cells:
        if not glossary.is_read(cell):
            assert not LINK.search(cell.source)
        for line in cell.source.splitlines():
            if line.startswith("#"):
                assert not LINK.search(line), line


def test_each_term_is_used_by_the_lesson_that_explains_it():
    """A term whose lesson is still to come may wait."""
    used = glossary.uses()
    for term in terms():
        if term.lesson in ready():
            assert term.lesson in used.get(term.anchor, ()), (
                f"{term.term}: not used in lesson {term.lesson}"
            )


def test_each_entry_leads_back_to_the_lessons_that_use_it():
    text = "\n".join(cell.source for cell in glossary.notebook().cells)
    entries = dict(re.findall(r"^### (.+)\n\n.*\n\nLessons: (.+)$", text, re.MULTILINE))
    linked = {name[:2]: linked_terms(notebook) for name, notebook in lessons().items()}
    assert {term.replace(" ", "-") for term in entries} == set().union(*linked.values())
    for term, where in entries.items():
        numbers = [number for number, links in linked.items() if term.replace(" ", "-") in links]
        assert re.findall(r"\[(\d\d)\]", where) == numbers, term


def test_a_number_in_a_definition_stands_in_the_lesson_that_explains_it():
    text = {name[:2]: unlinked(str(notebook.cells)) for name, notebook in lessons().items()}
    for term in terms():
        if term.lesson in text:
            for number in re.findall(r"(?<![\w-])-?\d+", term.definition):
                assert number in text[term.lesson], (term.term, number)


def test_no_form_belongs_to_two_terms():
    forms = [form for term in terms() for form in (term.term, *term.forms)]
    assert len(forms) == len(set(forms))
    assert len(ANCHORS) == len(terms())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Occupancy, then occupancy.", ["Occupancy"]),
        ("an NMDA receptor antagonist", ["NMDA receptor", "antagonist"]),
        ("two half-lives of the drug", ["half-lives"]),
        ("## occupancy\n\nno link in `occupancy`, $occupancy$ or <b title='occupancy'>", []),
        ('[occupancy](https://doi.org/10 "meyer2004"), then occupancy', ["occupancy"]),
        ("```\noccupancy\n```\nno preoccupancy, no pre-occupancy, no PLASMA", []),
        ("<details><summary>Hint</summary>\n\noccupancy\n\n</details>", []),
    ],
)
def test_what_is_linked(text: str, words: list[str]):
    (linked,) = woven(text)
    assert [match[1] for match in LINK.finditer(linked)] == words
    assert unlinked(linked) == text


def test_the_next_cell_does_not_link_again():
    first, second = woven("The occupancy.", "The occupancy.")
    assert LINK.search(first)
    assert not LINK.search(second)


def test_a_title_is_not_linked():
    cell = new_markdown_cell("# 02\n\n**What is occupancy?**")
    glossary.link_first_uses([cell])
    assert not LINK.search(cell.source)


def test_weaving_takes_old_links_away_and_costs_no_reading_time(notebook: NotebookNode):
    stale = copy.deepcopy(notebook)
    last = next(cell for cell in reversed(stale.cells) if glossary.is_read(cell))
    last.source += ' [plasma](glossary.ipynb#no-such-word "Old words.")'
    again = weave(stale)
    assert "no-such-word" not in str(again.cells)
    bare = copy.deepcopy(notebook)
    for cell in bare.cells:
        cell.source = unlinked(cell.source)
    badge = next(cell.source for cell in weave(bare).cells if "badges" in cell.metadata.get("tags", []))
    assert badge in [cell.source for cell in notebook.cells]
    here = lesson(notebook.metadata["ketalab"]["lesson"])
    assert sum(reading_minutes(cell, here) for cell in bare.cells) > 0


def test_a_slide_links_its_own_first_use_to_the_page_beside_it():
    cells = [new_markdown_cell(text) for text in ("# Title", "The occupancy.", "Its occupancy, once.")]
    cells[1].metadata["slideshow"] = {"slide_type": "skip"}
    glossary.link_first_uses(cells)
    before = copy.deepcopy(cells)
    shown = glossary.on_slides(cells)[2].source
    assert shown.startswith("Its [occupancy](glossary.html#occupancy ")
    assert cells == before


def test_a_term_waits_for_a_lesson_that_uses_it():
    term = next(iter(terms()))
    assert [t for _, group in glossary.by_letter({term.anchor: ["05"]}) for t in group] == [term]


def test_an_anchor_is_what_a_heading_gets():
    assert Term("NMDA receptor", (), "A channel.", "02", "").anchor == "NMDA-receptor"
