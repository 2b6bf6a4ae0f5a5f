"""What a lesson gives a teacher: its slides with minutes and notes, its predictions, its answers.

Nothing is written here: all of it stands in the notebook and in its practice module.
"""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from nbformat import NotebookNode

from ketalab.data.lessons import lesson_files
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import lesson
from ketalab.practice.exercise import Exercise
from ketalab.practice.lesson import Lesson
from ketalab.publish import glossary, stored
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
    names: list[str] = field(default_factory=list)  # what a plan may call it, whatever its number


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

    def name(self, number: int) -> str:
        """A name that no other slide has: of what it shows, else its heading; ValueError without one."""
        others = {name for slide in self.slides if slide.number != number for name in slide.names}
        for name in sorted(self.slides[number - 1].names, key=lambda name: "-" in name):
            if name not in others:
                return name
        raise ValueError(f"lesson {self.practice.number}: slide {number} has no name of its own")

    def named(self, name: str) -> int:
        """The number of the slide of this name; ValueError when not exactly one slide has it."""
        found = [slide.number for slide in self.slides if name in slide.names]
        if len(found) != 1:
            raise ValueError(
                f"lesson {self.practice.number}: {len(found)} slides are named {name!r}, not one"
            )
        return found[0]

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
    return {path.name[:2]: lecture(stored.notebook(path)) for path in lesson_files()}


def lecture(notebook: NotebookNode) -> Lecture:
    """A notebook's slides, cut by the same tags as the deck."""
    practice = lesson(notebook.metadata["ketalab"]["lesson"])
    slides: list[LectureSlide] = []
    for cell in notebook.cells:
        where = place(cell)
        if where == "skip":
            continue
        if "quiz" in tags(cell):
            tested: Counter[str] = Counter()
            for question in practice.questions:
                tested[question.objective] += 1
                names = [f"quiz {question.objective}.{tested[question.objective]}"]
                slides.append(
                    LectureSlide(len(slides) + 1, "Quiz", question.text, QUIZ_MINUTES, names=names)
                )
            continue
        if where == "slide" or not slides:
            slides.append(LectureSlide(len(slides) + 1, names=[] if slides else ["opening"]))
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
    slide.names += _names(cell)


def _names(cell: NotebookNode) -> list[str]:
    """What a cell adds to the names of its slide: what it moves, asks or draws, or its heading."""
    if cell.cell_type == "code":
        return re.findall(r'(?:explorable\("|here\.predict\("|figures\.)(\w+)', cell.source)
    heading = re.search(r"^#+ .+$", cell.source, re.M)
    return (
        ["-".join(re.findall(r"[a-z]+", _title(glossary.unlinked(heading[0])).lower()))] if heading else []
    )


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
