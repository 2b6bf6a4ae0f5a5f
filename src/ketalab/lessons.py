"""Which lessons there are and which of them are ready to be read."""

from pathlib import Path

from ketalab.evidence.tables import table

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def lesson_files() -> list[Path]:
    """The lessons that are ready, in order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def stem(number: str) -> str:
    """The name of a lesson's notebook and deck without its ending, such as "05_hours_not_weeks"."""
    return f"{number}_{table('lessons').set_index('lesson').slug[number]}"


def ready() -> set[str]:
    """The numbers of the lessons that are ready."""
    return {path.name[:2] for path in lesson_files()}
