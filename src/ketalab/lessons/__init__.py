"""One folder for each lesson, named like its notebook: its trials, figures, explorables and practice.

An explorable is a file named as it is called, `l05_hours_not_weeks/onset_race.py`, that holds a function of
that name; what stands in the folders is the catalogue.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pandas as pd

from ketalab.data import bibliography, table
from ketalab.explorables.description import Explorable
from ketalab.html.frames import in_notebooks
from ketalab.practice.lesson import Lesson
from ketalab.practice.quiz import Question
from ketalab.practice.reader import read, read_exam

pd.set_option("display.max_colwidth", None)  # a lesson's tables say their sentences to the end
in_notebooks()

FOLDER = Path(__file__).parent
NO_EXPLORABLES = {"__init__", "checks", "figures", "mechanism", "shared", "summary", "trials"}


def catalogue() -> dict[str, str]:
    """Every explorable's module by the explorable's name, lesson after lesson."""
    files = sorted(FOLDER.glob("l[0-9][0-9]_*/*.py"))
    return {
        file.stem: f"{__name__}.{file.parent.name}.{file.stem}"
        for file in files
        if file.stem not in NO_EXPLORABLES
    }


CATALOGUE = catalogue()


def explorable(name: str) -> Explorable:
    """A fresh copy of one of the course's explorables; ValueError when there is none of that name."""
    if name not in CATALOGUE:
        raise ValueError(f"explorable: {name!r} is not one of {', '.join(CATALOGUE)}")
    make: Callable[[], Explorable] = getattr(import_module(CATALOGUE[name]), name)
    return make()


def lesson(number: str) -> Lesson:
    """The practice material of a lesson, such as `lesson("01")`.

    Raises ValueError when there is no lesson of that number.
    """
    home = folder(number)
    checks = import_module(f"{__name__}.{home.name}.checks")
    return read(home / "practice.toml", number, checks)


def exam(number: str) -> tuple[Question, ...]:
    """The questions of a lesson that are kept for an exam.

    Raises ValueError when there is no lesson of that number.
    """
    return read_exam(folder(number) / "exam.toml", number)


def references(number: str) -> bibliography.ReferenceList:
    """The references of a lesson: those its text cites (`references.txt`, kept by `make refresh`) and
    every source that its cells have named so far.

    Raises ValueError when there is no lesson of that number.
    """
    stored = folder(number) / "references.txt"
    keys = stored.read_text(encoding="utf-8").split() if stored.is_file() else []
    return bibliography.references(*keys)


def folder(number: str) -> Path:
    """Where a lesson lives; ValueError when there is no lesson of that number."""
    slugs = table("lessons").set_index("lesson").slug
    if number not in slugs.index:
        raise ValueError(f"lesson: {number!r} is not one of {', '.join(slugs.index)}")
    return FOLDER / f"l{number}_{slugs[number]}"
