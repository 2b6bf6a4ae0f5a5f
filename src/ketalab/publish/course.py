"""The course on one page and in one deck: where a teacher starts.

`index.html` shows every lesson with its question, its first picture, its minutes and its size, and leads
to decks and handouts. `overview.html` is a deck of decks: two slides for each lesson, its question with
its picture and what to take home from it.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from ketalab.data import table
from ketalab.data.lessons import lesson_files, stem
from ketalab.lessons.l00_start_here.figures import PARTS
from ketalab.paths import write_atomically
from ketalab.publish import cheat_sheets, glossary, plans, stored
from ketalab.publish.cells import place
from ketalab.publish.lecture import Lecture, lecture
from ketalab.publish.slides import Deck, cut, write_page

TITLE = "Ketamine in supervised medical care"
WELCOME = """# {title}

**A course in {lessons} lessons: what one article claims, and what trials and measurements say to it.**

*This is teaching material about ketamine in supervised medical care. It is not medical advice, and
nothing in it is an instruction for use outside care.*"""


@dataclass(frozen=True)
class Entry:
    """What the page says of one lesson."""

    about: pd.Series
    notebook: NotebookNode

    @property
    def number(self) -> str:
        return self.about.lesson

    @property
    def file(self) -> str:
        return f"{stem(self.number)}.html"

    @property
    def colour(self) -> str:
        return PARTS[self.about.part]

    @property
    def shown(self) -> list[NotebookNode]:
        """The cells that are on slides."""
        return [cell for cell in self.notebook.cells if place(cell) != "skip"]

    @property
    def picture(self) -> tuple[NotebookNode, str, str]:
        """The cell of the first figure on a slide, the figure as base64, and its alt text."""
        for cell in self.shown:
            for output in cell.get("outputs", ()):
                details = output.get("metadata", {}).get("image/png", {})
                if "smallest" in details:  # a figure; the still of an explorable has no such entry
                    return cell, output.data["image/png"], details["alt"]
        raise ValueError(f"lesson {self.number}: no figure on any slide")

    @property
    def take_home(self) -> NotebookNode:
        return next(c for c in self.shown if c.source.startswith("## Take-home"))

    @cached_property
    def lecture(self) -> Lecture:
        """Its slides and their minutes."""
        return lecture(self.notebook)

    def size(self, folder: Path) -> float:
        """Megabytes of the deck; 0 where it has not been made."""
        deck = folder / self.file
        return deck.stat().st_size / 1e6 if deck.is_file() else 0.0

    def summary(self) -> Iterator[NotebookNode]:
        """Two slides: the question with its picture, and what to take home."""
        name = f"{self.number} · {self.about.title}"
        cell, *_ = self.picture
        opening = self.notebook.cells[0].metadata.get("notes", "")
        yield _slide(f"## {name}\n\n> {self.about.question}", opening)
        yield nbformat.from_dict(cell | {"metadata": {"slideshow": {"slide_type": "-"}}})
        told = self.take_home
        yield _slide(
            told.source.replace("## Take-home", f"## {name}: take-home", 1), told.metadata.get("notes", "")
        )


def _slide(source: str, notes: str) -> NotebookNode:
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": "slide"}, "notes": notes})


def entries() -> list[Entry]:
    """Every lesson that is ready."""
    lessons = table("lessons").set_index("lesson", drop=False)
    return [Entry(lessons.loc[path.name[:2]], stored.notebook(path)) for path in lesson_files()]


def overview(lessons: list[Entry]) -> Deck:
    """The deck of decks."""
    welcome = WELCOME.format(title=TITLE, lessons=len(lessons))
    cells = [_slide(welcome, "1 minute. Which of these questions would you ask first?")]
    for entry in lessons:
        cells += entry.summary()
    return Deck("", "overview", f"{TITLE}: overview", cut(cells, ""), PARTS["Neuroscience"])


def write(folder: Path) -> None:
    """Write the page, its pictures, the deck of decks, the cheat sheets and the glossary."""
    lessons = entries()
    (folder / "pictures").mkdir(exist_ok=True)
    for entry in lessons:
        _, picture, _ = entry.picture
        with write_atomically(folder / "pictures" / f"{entry.number}.png") as file:
            file.write(base64.b64decode(picture))
    deck = overview(lessons)
    write_page(folder / deck.file, "deck.html.j2", deck=deck)
    sheets = cheat_sheets.write(folder)
    write_page(folder / "glossary.html", "glossary.html.j2", **glossary.page())
    write_page(
        folder / "index.html",
        "index.html.j2",
        lessons=lessons,
        overview=deck,
        sheets=sheets,
        plans=[plan for plan in plans.plans() if (folder / plan.file).is_file()],
        folder=folder,
        title=TITLE,
    )
