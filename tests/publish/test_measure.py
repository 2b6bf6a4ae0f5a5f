"""The load of a lesson counts what a reader meets, each new word once."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ketalab.data.lessons import lesson_files
from ketalab.publish import glossary
from ketalab.publish.measure import MOST, load_of
from ketalab.publish.weave import weave


def lesson_of(number: str, *texts: str):
    cells = [new_markdown_cell(text) for text in texts]
    about = {"lesson": number, "needs": [], "seconds": 5, "article": "all"}
    return new_notebook(cells=[*cells, new_code_cell("x = 1")], metadata={"ketalab": about})


def test_a_word_is_new_in_the_lesson_that_explains_it_and_counts_once():
    terms = glossary.terms()
    here = next(term for term in terms if term.lesson == "08")
    elsewhere = next(term for term in terms if term.lesson == "02")
    link = f'[{here.term}](glossary.ipynb#{here.anchor} "what it means")'
    old = f'[{elsewhere.term}](glossary.ipynb#{elsewhere.anchor} "what it means")'
    assert load_of(lesson_of("08", "No word."))["new terms"] == 0
    assert load_of(lesson_of("08", f"Here {old} is known."))["new terms"] == 0
    assert load_of(lesson_of("08", f"Here {link} is new, and {link} again."))["new terms"] == 1


def test_weaving_links_what_is_counted():
    here = next(term for term in glossary.terms() if term.lesson == "08")
    woven = weave(
        lesson_of("08", "# Title", f"We speak of {here.forms[0] if here.forms else here.term} today.")
    )
    assert load_of(woven)["new terms"] == 1


@pytest.mark.parametrize("path", lesson_files(), ids=lambda path: path.stem)
def test_every_lesson_explains_a_word_and_keeps_to_the_length_of_the_core_path(path):
    load = load_of(nbformat.read(path, as_version=4))
    assert load["new terms"] > 0
    assert load["words"] <= MOST["words"]
