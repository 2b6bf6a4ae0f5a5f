"""From lessons to what a reader opens: refreshed notebooks, figures and slide decks."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
NOTEBOOKS = ROOT / "notebooks"


def lesson_files() -> list[Path]:
    """The lessons, in order."""
    return sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
