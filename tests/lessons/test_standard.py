"""Every lesson has every part of the lesson standard, in order, and its outputs are fit to be compared."""

import re
from collections import Counter
from itertools import pairwise

import nbformat
import pytest
from conftest import ROOT
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode

from ketalab.data import table
from ketalab.lessons import lesson
from ketalab.publish.weave import CLOCK, tags

ORDER = (
    "You will be able to",
    "Predict first",
    "1. ",
    "What the evidence says",
    "Common misconceptions",
    "Exercises",
    "Quiz",
    "Take-home",
    "What we left out or do not know",
    "References",
)
TEMPLATE_WORDS = re.compile(r"\b(todo|fixme|xxx+|tbd|lorem|ipsum|placeholder)\b", re.IGNORECASE)
NOTICE = "not medical advice"


def headings(notebook: NotebookNode) -> list[str]:
    """The second-level headings in order."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def section(notebook: NotebookNode, title: str) -> str:
    """The Markdown under a second-level heading."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.search(rf"^## {re.escape(title)}.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def misplaced(notebook: NotebookNode) -> list[str]:
    """Sections of the standard that are missing or stand out of order."""
    found = headings(notebook)
    places = {want: next((i for i, h in enumerate(found) if h.startswith(want)), None) for want in ORDER}
    missing = [f"{want} is missing" for want, place in places.items() if place is None]
    there = [(want, place) for want, place in places.items() if place is not None]
    early = [
        f"{later[0]} stands before {earlier[0]}"
        for earlier, later in pairwise(there)
        if later[1] < earlier[1]
    ]
    return missing + early


def test_sections_stand_in_order(notebook: NotebookNode):
    assert misplaced(notebook) == []


@pytest.mark.parametrize("want", ORDER)
def test_a_missing_section_would_be_found(want: str):
    notebook = nbformat.read(ROOT / "notebooks/01_from_dose_to_brain.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(f"## {want}", "### gone ")
    assert f"{want} is missing" in misplaced(notebook)


def test_the_title_asks_the_question_and_the_badges_follow(notebook: NotebookNode, lesson_name: str):
    number = lesson_name[:2]
    about = table("lessons").set_index("lesson").loc[number]
    first, second = notebook.cells[:2]
    assert first.source.startswith(f"# {number} · {about.title}\n\n**")
    assert re.search(r"\*\*[^*]+\?\*\*", first.source)
    assert "badges" in tags(second)
    for badge in ("Core path:", "Exercises and quiz:", "Running:", "Needs:", "Article:"):
        assert badge in second.source
    assert lesson_name == f"{number}_{about.slug}"


def test_objectives_are_numbered_practised_and_come_back_as_achievements(
    notebook: NotebookNode, lesson_name
):
    aims = section(notebook, "You will be able to")
    stated = re.findall(r"\*\*(O\d)\*\*", aims)
    assert not re.search(r"^\d+\. ", aims, re.MULTILINE), "they carry their own numbers, and no second ones"
    assert 3 <= len(stated) <= 5
    assert stated == [f"O{i + 1}" for i in range(len(stated))]
    assert set(re.findall(r"O\d", section(notebook, "Take-home"))) == set(stated)
    here = lesson(lesson_name[:2])
    tested = set(re.findall(r"O\d", " ".join(e.objective for e in here.exercises.values())))
    asked = {question.objective for question in here.questions}
    assert tested | asked == set(stated)


def test_story_sections_carry_a_clock_and_a_claim(notebook: NotebookNode):
    story = [heading for heading in headings(notebook) if re.match(r"\d\. ", heading)]
    assert 3 <= len(story) <= 6
    assert [int(heading[0]) for heading in story] == list(range(1, len(story) + 1))
    known = set(table("claims").claim)
    minutes = []
    for heading in story:
        text = section(notebook, heading)
        assert CLOCK.search(text), heading
        minutes.append(int(re.search(r"about (\d+) min", text)[1]))
        quoted = re.findall(r"\*\*(C\d\d)\*\*", text)
        assert quoted, f"{heading}: no claim of the article"
        assert set(quoted) <= known
    assert minutes == sorted(minutes)


def test_a_prediction_comes_before_the_first_explorable_and_a_task_before_each(notebook: NotebookNode):
    sources = [cell.source for cell in notebook.cells]
    explorables = [i for i, source in enumerate(sources) if re.match(r"explorable\(", source)]
    assert len(explorables) >= 2
    predicted = next(i for i, source in enumerate(sources) if "here.predict(" in source)
    assert predicted < explorables[0]
    earlier = 0
    for place in explorables:
        assert any("**Your task.**" in source for source in sources[earlier:place]), sources[place]
        earlier = place


def test_no_prediction_waits_at_the_end_of_a_fold_about_something_else(notebook: NotebookNode):
    folded = 0  # the level of the heading of the fold, 0 outside
    for cell, after in pairwise(notebook.cells):
        if heading := re.match(r"#+(?= )", cell.source) if cell.cell_type == "markdown" else None:
            level = len(heading[0])
            folded = level if "curious" in tags(cell) else 0 if level <= folded else folded
        if folded and "here.predict(" in cell.source:
            assert not after.source.startswith("#"), f"{cell.source}: nobody who opens its fold sees it"


def test_every_exercise_and_prediction_of_the_lesson_stands_in_it(notebook: NotebookNode, lesson_name: str):
    here = lesson(lesson_name[:2])
    placed = [tag for cell in notebook.cells for tag in tags(cell)]
    for key in here.exercises:
        for kind in ("task", "exercise", "solution"):
            assert placed.count(f"{kind}:{key}") == 1, (kind, key)
    text = "\n".join(cell.source for cell in notebook.cells)
    for key in here.predictions:
        assert f'here.predict("{key}")' in text
    assert placed.count("quiz") == placed.count("references") == placed.count("badges") == 1


def test_the_end_is_three_sentences_two_or_three_misconceptions_and_an_honest_list(notebook: NotebookNode):
    assert len(re.findall(r"^\d\. ", section(notebook, "Take-home"), re.MULTILINE)) == 3
    assert 2 <= len(re.findall(r"^- \*\*", section(notebook, "Common misconceptions"), re.MULTILINE)) <= 3
    assert len(re.findall(r"^- ", section(notebook, "What we left out or do not know"), re.MULTILINE)) >= 3


def test_the_first_and_last_lesson_say_that_they_are_not_medical_advice(
    notebook: NotebookNode, lesson_name
):
    if lesson_name[:2] in ("00", "13"):
        assert NOTICE in notebook.cells[0].source


def repeated(notebook: NotebookNode) -> list[str]:
    """What stands twice in a lesson, and headings of folds under which nothing stands."""
    sources = Counter(cell.source for cell in notebook.cells)
    twice = [source for source, times in sources.items() if times > 1]
    bare = [
        cell.source
        for cell, after in pairwise(notebook.cells)
        if cell.source.startswith("### ")
        and "\n" not in cell.source
        and after.source.startswith("#")
        and after.cell_type == "markdown"
    ]
    return twice + bare


def test_no_cell_stands_twice_and_no_fold_is_empty(notebook: NotebookNode):
    """A merge once kept a cell at both its places, and a fold swallowed what followed it."""
    assert repeated(notebook) == []


def test_a_cell_that_stands_twice_would_be_found():
    notebook = nbformat.read(ROOT / "notebooks/11_ketamine_assisted_psychotherapy.ipynb", as_version=4)
    fold = next(cell for cell in notebook.cells if cell.source.startswith("### For the curious"))
    notebook.cells.insert(notebook.cells.index(fold), fold)
    assert repeated(notebook) == [fold.source, fold.source]


def test_no_template_word_ships(notebook: NotebookNode):
    for cell in notebook.cells:
        assert not TEMPLATE_WORDS.search(cell.source), cell.source


def test_cells_are_short_and_free_of_paths(notebook: NotebookNode):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            made = "references" in tags(cell)  # its length is that of the list
            assert made or len(cell.source.splitlines()) <= 48, cell.source[:80]
            assert not re.search(r"\.csv|\.\./|Path\(|open\(|https?://", cell.source), cell.source


# Outputs -------------------------------------------------------------------------------------------


def faults(notebook: NotebookNode) -> list[str]:
    """What would make the stored outputs unfit for comparison."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    wrong = []
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        wrong.append("execution counts are not 1..n")
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                wrong.append(f"an error or a warning is stored: {cell.source[:40]}")
            details = output.get("metadata", {}).get("image/png", {})
            if "image/png" in output.get("data", {}) and len(details.get("alt", "")) < 40:
                wrong.append(f"a picture has no alt text: {cell.source[:40]}")
        speaks = re.search(r"\bprint\(|\bshow\(|here\.|explorable\(|claim\(|references\(", cell.source)
        if speaks and not cell.outputs and "def " not in cell.source and cell.source.count("=") < 1:
            wrong.append(f"an output is missing: {cell.source[:40]}")
    return wrong


def test_outputs_are_complete_quiet_and_described(notebook: NotebookNode):
    assert notebook.metadata.kernelspec.name == "python3"
    assert faults(notebook) == []


def test_unfit_outputs_would_be_found():
    notebook = nbformat.read(ROOT / "notebooks/01_from_dose_to_brain.ipynb", as_version=4)
    pictured = next(c for c in notebook.cells if "molecules()" in c.source)
    pictured.outputs[0].metadata["image/png"]["alt"] = "a picture"
    last = [c for c in notebook.cells if c.cell_type == "code"][-1]
    last.execution_count = 7
    last.outputs = [nbformat.v4.new_output("stream", name="stderr", text="careful")]
    found = " ".join(faults(notebook))
    for fault in ("not 1..n", "an error or a warning", "no alt text"):
        assert fault in found


def test_at_least_fifteen_numbers_are_under_comparison(notebook: NotebookNode):
    """Printed, in a read-out, or in a frame: all of them are text that nbval compares."""
    shown = "\n".join(
        output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        if cell.cell_type == "code" and "quiz" not in tags(cell) and "references" not in tags(cell)
        for output in cell.outputs
        if output.output_type in ("stream", "execute_result")
    )
    assert len(re.findall(r"(?<![\w.])[-−]?\d+(?:[.,]\d+)*", shown)) >= 15


CITATION = r'\[[^\]]*(?:\d{4}[a-z]?|undated(?: [a-z])?)\]\([^ ]+ "[a-z0-9]+"\)'
INTERRUPTS = re.compile(rf"(\w+|\S)[*_\"”]*\s+({CITATION})(?=\s*(?:[.,;:)?!]|\n|\Z))")
NAMED_BY = {
    "by",
    "in",
    "of",
    "from",
    "with",
    "to",
    "and",
    "see",
    "as",
}  # the sentence speaks of the paper itself


def interrupting(text: str) -> list[str]:
    """Citations that stand in a sentence without belonging to it, and not in parentheses."""
    found = []
    for before, citation in INTERRUPTS.findall(text):
        if before.lower() not in NAMED_BY and before not in ".:!?;,":
            found.append(citation.partition("]")[0].lstrip("["))
    return found


def test_citations_interrupt_no_sentence(notebook: NotebookNode):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert [one for text in texts for one in interrupting(text)] == []


def torn(text: str) -> list[str]:
    """Where an asterisk that belongs to a name (STAR*D) begins or ends italics in the middle of a word."""
    return re.findall(r"\w+<em>[^<]{1,20}|[^>]{1,20}</em>\w+", markdown2html_mistune(text))


def test_italics_begin_and_end_with_a_word(notebook: NotebookNode):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert [one for text in texts for one in torn(text)] == []


def test_italics_in_the_middle_of_a_name_would_be_found():
    assert torn("What happened in STAR*D, and then in the *re-analysed* STAR*D.") != []
    assert torn(r"What happened in STAR\*D, and then in the *re-analysed* STAR\*D.") == []


def test_a_citation_that_interrupts_would_be_found():
    link = '[Su et al. 2023](https://doi.org/10.1/S2(23)0-1 "su2023")'  # addresses have brackets
    assert interrupting(f"Few were free {link}. Others were not.") == ["Su et al. 2023"]
    assert interrupting(f"Few were free ({link}). A paper by {link}. {link} found more.") == []
