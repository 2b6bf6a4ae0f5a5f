"""A prediction's answer stands nowhere above it: in no text, code, output, table, claim or alt text."""

import re
from collections.abc import Iterator
from html import unescape

import nbformat
from nbformat import NotebookNode

from ketalab.data.lessons import lesson_files
from ketalab.lessons import lesson

# What still stands above its question, by lesson and key. A lesson that moves the cell takes it from here.
STILL_ABOVE: dict[tuple[str, str], set[str]] = {}


def words_of(cell: NotebookNode) -> Iterator[str]:
    """Everything a reader or a screen reader meets in a cell."""
    yield cell.source
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        for kind, content in output.get("data", {}).items():
            if kind in ("text/plain", "text/markdown"):
                yield content
            elif kind == "text/html":
                yield unescape(re.sub(r"<(style|script)>.*?</\1>|<[^>]*>", " ", content, flags=re.DOTALL))
        for about in output.get("metadata", {}).values():
            if isinstance(about, dict):
                yield str(about.get("alt", ""))


def above(notebook: NotebookNode, key: str) -> str:
    """All that stands above a prediction."""
    said: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and re.search(rf'\.predict\("{key}"\)', cell.source):
            return "\n".join(said).replace("−", "-")
        said += words_of(cell)
    raise AssertionError(f"no cell asks {key}")


def told(text: str, giveaway: str) -> bool:
    """Whether a number or some words stand in a text, the number not as a part of another one."""
    plain = re.escape(giveaway.replace("−", "-"))
    return bool(re.search(rf"(?<![\w.,-]){plain}(?![\w]|[.,]\d)", text, re.IGNORECASE))


def test_no_answer_stands_above_its_prediction():
    found: dict[tuple[str, str], set[str]] = {}
    for path in lesson_files():
        notebook, number = nbformat.read(path, as_version=4), path.name[:2]
        for key, prediction in lesson(number).predictions.items():
            text = above(notebook, key)
            if given := {word for word in prediction.giveaway if told(text, word)}:
                found[number, key] = given
    assert found == STILL_ABOVE


def test_an_answer_above_would_be_found():
    cells = [
        nbformat.v4.new_markdown_cell("It fell by −0.20 points (−0.43 to 0.04)."),
        nbformat.v4.new_code_cell('here.predict("mood")'),
        nbformat.v4.new_markdown_cell("Below it may say 44.6."),
    ]
    text = above(nbformat.v4.new_notebook(cells=cells), "mood")
    assert told(text, "-0.20")
    assert told(text, "−0.43")
    assert not told(text, "0.43 to 0.044")
    assert not told(text, "44.6")


def test_every_giveaway_is_what_the_feedback_of_its_prediction_says():
    """A word that isn't in the feedback is no giveaway but a typing error."""
    faults = []
    for path in lesson_files():
        for key, prediction in lesson(path.name[:2]).predictions.items():
            said = " ".join(f"{o.text} {o.feedback}" for o in prediction.written).replace("−", "-").lower()
            if not any(word.replace("−", "-").lower() in said for word in prediction.giveaway):
                faults.append(f"{key}: {prediction.giveaway}: {said}")
    assert faults == []
