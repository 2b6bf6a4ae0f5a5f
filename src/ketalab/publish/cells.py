"""What a cell of a lesson says of itself: its tags, where it stands on the slides, and for how long."""

import re
from collections.abc import Sequence

from nbformat import NotebookNode

QUIZ_MINUTES = 2  # a question on a slide: vote, then open each option
MINUTES = re.compile(r"\b(\d+) minutes?\b")
HEADING = re.compile(r"^(#{1,6}) ")
CURIOUS = "curious"  # tag of a heading: what stands under it is for the curious, and folded away

# What JupyterLab would write into a notebook that is only opened, but for the version of Python, which
# differs between machines (`ketalab.jupyter.contents`).
ABOUT_PYTHON = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def place(cell: NotebookNode) -> str:
    """`slide` opens a slide, `fragment` comes later, `skip` is for the notebook only, `-` continues."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def planned_minutes(notes: str) -> int:
    """The time that a teacher's notes plan: the first number of minutes in them, or none."""
    return sum(map(int, MINUTES.findall(notes)[:1]))


def for_the_curious(cells: Sequence[NotebookNode]) -> list[bool]:
    """For each cell whether it stands under a heading for the curious, outside the core path."""
    inside, level = [], 0
    for cell in cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if heading and level and len(heading[1]) <= level:
            level = 0
        if heading and CURIOUS in tags(cell):
            level = len(heading[1])
        inside.append(level > 0)
    return inside


def shows_code(cell: NotebookNode) -> bool:
    """Whether a reader sees a cell's code: where reading it is the point, or the student changes it."""
    return any(tag == "show-code" or tag.startswith("exercise:") for tag in tags(cell))
