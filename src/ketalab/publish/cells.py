"""What a cell of a lesson says of itself: its tags, where it stands on the slides, and for how long."""

import re

from nbformat import NotebookNode

QUIZ_MINUTES = 2  # a question on a slide: vote, then open each option
MINUTES = re.compile(r"\b(\d+) minutes?\b")


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def place(cell: NotebookNode) -> str:
    """`slide` opens a slide, `fragment` comes later, `skip` is for the notebook only, `-` continues."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def planned_minutes(notes: str) -> int:
    """The time that a teacher's notes plan: the first number of minutes in them, or none."""
    return sum(map(int, MINUTES.findall(notes)[:1]))
