"""What a lesson asks of a reader, lesson by lesson, beside what the lesson standard allows."""

import re
from collections.abc import Sequence
from functools import cache

import pandas as pd
from nbformat import NotebookNode

from ketalab.lessons import lesson
from ketalab.publish import glossary, stored
from ketalab.publish.cells import for_the_curious, shows_code, tags
from ketalab.publish.refresh import chosen
from ketalab.publish.weave import reading_minutes, words

MOST = {
    "words": 2200,
    "explorables": 3,
    "claims": 3,
    "formulas": 2,
    "new terms": 6,
    "code lines": 30,
    "minutes": 45,
}


def main(lessons: Sequence[str] = ()) -> None:
    frame = pd.DataFrame({path.stem[:2]: load_of(stored.notebook(path)) for path in chosen(lessons)}).T
    frame.loc["at most"] = pd.Series(MOST).reindex(frame.columns).fillna(0)
    print(frame.round().astype(int).to_string())


def load_of(notebook: NotebookNode) -> dict[str, float]:
    """The load of a lesson's core path, and beside it what is folded and what is practice (min)."""
    number = notebook.metadata["ketalab"]["lesson"]
    here = lesson(number)
    asides = for_the_curious(notebook.cells)
    core = [cell for cell, aside in zip(notebook.cells, asides, strict=True) if not aside]
    practised = [cell for cell in core if _practice(cell)]
    read = [cell for cell in core if not _practice(cell)]
    prose = "\n".join(cell.source for cell in read if cell.cell_type == "markdown")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    prose_terms = {
        anchor for cell in read for anchor in re.findall(r"glossary\.ipynb#([^ )]+)", cell.source)
    }
    home = {term.anchor for term in glossary.terms() if term.lesson == number} - met_before(number)
    return {
        "words": sum(words(cell) for cell in read if cell.cell_type == "markdown"),
        "explorables": sum("explorable(" in cell.source for cell in read if cell.cell_type == "code"),
        "claims": len(set(re.findall(r"\*\*(C\d\d)\*\*", prose))),
        "formulas": len(re.findall(r"\$\$.+?\$\$", prose, re.DOTALL)),
        "new terms": len(prose_terms & home),
        "code lines": sum(
            len(cell.source.splitlines())
            for cell in code
            if shows_code(cell) and not any(tag.startswith("exercise:") for tag in tags(cell))
        ),
        "frames": sum(
            "text/html" in output.get("data", {}) and "dataframe" in output.data["text/html"]
            for cell in code
            for output in cell.outputs
        ),
        "minutes": sum(reading_minutes(cell, here) for cell in read),
        "practice": sum(reading_minutes(cell, here) for cell in practised),
        "curious": sum(
            reading_minutes(cell, here) for cell, aside in zip(notebook.cells, asides, strict=True) if aside
        ),
    }


def met_before(number: str) -> set[str]:
    """The anchors of the words that a lesson before this one links to: they are not new here."""
    return {anchor for anchor, first in _first_uses().items() if first < number}


@cache
def _first_uses() -> dict[str, str]:
    return {anchor: min(lessons) for anchor, lessons in glossary.uses().items()}


def _practice(cell: NotebookNode) -> bool:
    return any(tag == "quiz" or tag.startswith(("exercise:", "task:", "solution:")) for tag in tags(cell))
