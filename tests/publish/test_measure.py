"""The load of a lesson counts what a reader meets, each new word once."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ketalab.data.lessons import lesson_files
from ketalab.publish import glossary
from ketalab.publish.measure import MOST, load_of, met_before
from ketalab.publish.weave import weave


def lesson_of(number: str, *texts: str):
    cells = [new_markdown_cell(text) for text in texts]
    about = {"lesson": number, "needs": [], "seconds": 5, "article": "all"}
    return new_notebook(cells=[*cells, new_code_cell("x = 1")], metadata={"ketalab": about})


def linked(term: glossary.Term) -> str:
    return f'[{term.term}](glossary.ipynb#{term.anchor} "what it means")'


def new_in_08() -> glossary.Term:
    return next(t for t in glossary.terms() if t.lesson == "08" and t.anchor not in met_before("08"))


def test_a_word_is_new_in_the_lesson_that_explains_it_and_counts_once():
    link, old = linked(new_in_08()), linked(next(t for t in glossary.terms() if t.lesson == "02"))
    assert load_of(lesson_of("08", "No word."))["new terms"] == 0
    assert load_of(lesson_of("08", f"Here {old} is known."))["new terms"] == 0
    assert load_of(lesson_of("08", f"Here {link} is new, and {link} again."))["new terms"] == 1


def test_a_word_that_an_earlier_lesson_has_used_is_not_new_where_it_is_explained_again():
    again = next(t for t in glossary.terms() if t.lesson == "08" and t.anchor in met_before("08"))
    assert load_of(lesson_of("08", f"Here {linked(again)} is explained."))["new terms"] == 0


def test_weaving_links_what_is_counted():
    here = new_in_08()
    woven = weave(
        lesson_of("08", "# Title", f"We speak of {here.forms[0] if here.forms else here.term} today.")
    )
    assert load_of(woven)["new terms"] == 1


@pytest.mark.parametrize("path", lesson_files(), ids=lambda path: path.stem)
def test_every_lesson_explains_a_word_and_keeps_to_the_length_of_the_core_path(path):
    load = load_of(nbformat.read(path, as_version=4))
    assert 0 < load["new terms"] <= MOST["new terms"]
    assert load["words"] <= MOST["words"]
