"""What a lesson gives a teacher: its slides with minutes and notes, its predictions, its answers.

Nothing is written here: all of it stands in the notebook and in its practice module.
"""

import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import nbformat
from nbformat import NotebookNode

from ketalab.data.lessons import lesson_files
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import lesson
from ketalab.practice.exercise import Exercise
from ketalab.practice.lesson import Lesson
from ketalab.publish import glossary
from ketalab.publish.cells import QUIZ_MINUTES, place, planned_minutes, tags
from ketalab.publish.weave import CITATION, CLOCK

ANSWER_LENGTH = 70  # characters of a wrong answer that are enough to recognise it


@dataclass
class LectureSlide:
    """A slide as the teacher sees it: where it stands, how long it takes, what to say, what it moves."""

    number: int
    title: str = ""
    notes: str = ""
    minutes: int = 0
    explorables: list[str] = field(default_factory=list)
    predictions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Lecture:
    """One lesson as a lecture."""

    notebook: NotebookNode
    slides: Sequence[LectureSlide]
    practice: Lesson

    @property
    def minutes(self) -> int:
        return sum(slide.minutes for slide in self.slides)

    @property
    def quiz_minutes(self) -> int:
        return sum(slide.minutes for slide in self.slides if slide.title == "Quiz")

    def tagged(self, tag: str) -> str:
        """The source of the cell with this tag; nothing while a lesson has none yet."""
        return next((cell.source for cell in self.notebook.cells if tag in tags(cell)), "")

    def section(self, title: str) -> str:
        """The Markdown under a second-level heading; nothing while a lesson has none yet."""
        return section(text_of(self.notebook), title)


def text_of(notebook: NotebookNode) -> str:
    """All the Markdown of a lesson, without its links to the glossary."""
    cells = notebook.cells
    return "\n\n".join(glossary.unlinked(cell.source) for cell in cells if cell.cell_type == "markdown")


def section(text: str, heading: str) -> str:
    """The Markdown under a second-level heading; nothing where there is none."""
    found = re.search(rf"^## {re.escape(heading)}.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1].strip() if found else ""


def lectures() -> dict[str, Lecture]:
    """Every lesson that is ready, by number."""
    return {path.name[:2]: lecture(nbformat.read(path, as_version=4)) for path in lesson_files()}


def lecture(notebook: NotebookNode) -> Lecture:
    """A notebook's slides, cut by the same tags as the deck."""
    practice = lesson(notebook.metadata["ketalab"]["lesson"])
    slides: list[LectureSlide] = []
    for cell in notebook.cells:
        where = place(cell)
        if where == "skip":
            continue
        if "quiz" in tags(cell):
            for question in practice.questions:
                slides.append(LectureSlide(len(slides) + 1, "Quiz", question.text, QUIZ_MINUTES))
            continue
        if where == "slide" or not slides:
            slides.append(LectureSlide(len(slides) + 1))
        _continue(slides[-1], cell, practice)
    return Lecture(notebook, slides, practice)


def _continue(slide: LectureSlide, cell: NotebookNode, practice: Lesson) -> None:
    """Add a cell to its slide."""
    if "notes" in cell.metadata:
        said = cell.metadata["notes"]
        slide.minutes += planned_minutes(said)
        slide.notes = f"{slide.notes} {said}".strip()
    for output in cell.get("outputs", []):
        if name := output.get("data", {}).get(EXPLORABLE_MIME, {}).get("name"):
            slide.explorables.append(name)
            slide.title = slide.title or output["data"]["text/plain"].splitlines()[0]
    for key in re.findall(r'here\.predict\("(\w+)"\)', cell.source):
        slide.predictions.append(key)
        slide.title = slide.title or "Predict first"
    if cell.cell_type == "markdown" and not slide.title:
        slide.title = _title(cell.source)


def _title(source: str) -> str:
    """The heading of a cell, or its first words."""
    heading = re.search(r"^#+ (?:\d+[. ·]+)*(.+)$", source, re.M)
    return heading[1] if heading else " ".join(plain(source).split()[:8])


def plain(source: str) -> str:
    """Markdown without the reader's clock and with citations as names."""
    return CITATION.sub(lambda found: found[0].partition("]")[0].lstrip("["), CLOCK.sub("", source))


def mistakes(exercise: Exercise) -> list[tuple[str, str, str]]:
    """The commonest wrong answers: what went wrong, the answer, and what the check says to it."""
    with redirect_stdout(StringIO()):
        return [
            (name, shown(answer), exercise.check(answer).removeprefix("✘ Not yet. "))
            for name, answer in exercise.wrong.items()
        ]


def shown(answer: Any) -> str:
    """An answer short enough for a table."""
    text = f"{answer:.4g}" if isinstance(answer, float) else str(answer)
    return text if len(text) <= ANSWER_LENGTH else text[:ANSWER_LENGTH].rsplit(" ", 1)[0] + " …"
