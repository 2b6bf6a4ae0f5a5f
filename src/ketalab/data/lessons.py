"""Which lessons there are and which of them are ready to be read."""

from pathlib import Path

from ketalab.data.tables import table
from ketalab.paths import NOTEBOOKS


def lesson_files() -> list[Path]:
    """The lessons of `data/lessons.csv` that are ready, in order; other notebooks don't count."""
    paths = (NOTEBOOKS / f"{stem(number)}.ipynb" for number in table("lessons").lesson)
    return [path for path in paths if path.is_file()]


def stem(number: str) -> str:
    """The name of a lesson's notebook and deck without its ending, such as "05_hours_not_weeks"."""
    return f"{number}_{table('lessons').set_index('lesson').slug[number]}"


def ready() -> set[str]:
    """The numbers of the lessons that are ready."""
    return {path.name[:2] for path in lesson_files()}
