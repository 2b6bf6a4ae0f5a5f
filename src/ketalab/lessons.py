"""Which lessons there are and which of them are ready to be read."""

from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def lesson_files() -> list[Path]:
    """The lessons that are ready, in order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))


def ready() -> set[str]:
    """The numbers of the lessons that are ready."""
    return {path.name[:2] for path in lesson_files()}
