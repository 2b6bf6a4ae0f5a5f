"""Assignments for nbgrader, made from the lessons' exercises.

`dist/assignments` becomes a course folder as nbgrader knows it: `source/` with solutions and hidden
tests, `release/` without either, and a grade book. An answer that can be judged is graded by the same
check as in the lesson; an argument earns its points from a person who reads it.
"""

from collections.abc import Iterator, Sequence

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ketalab.data import table
from ketalab.lessons import lesson
from ketalab.paths import ROOT, write_atomically
from ketalab.practice.exercise import POINTS, POINTS_BY_HAND, Exercise
from ketalab.publish.refresh import chosen, normalise

COURSE = ROOT / "dist" / "assignments"
CONFIG = """c = get_config()  # noqa: F821 - nbgrader provides it
c.CourseDirectory.course_id = "ketamine"
c.ClearSolutions.code_stub = {"python": "# your turn: replace the dots above, or go on here"}
"""
INSTRUCTIONS = (
    "Replace the dots. Run a cell again to hear what the check says. Do not add, copy or delete cells. "
    "An argument is marked by a person, by the points below it."
)


def main(lessons: Sequence[str] = ()) -> None:
    """Write the sources of these lessons (or of all) and let nbgrader release them."""
    COURSE.mkdir(parents=True, exist_ok=True)
    with write_atomically(COURSE / "nbgrader_config.py") as file:
        file.write(CONFIG.encode())
    for path in chosen(lessons):
        number = path.name[:2]
        name = f"lesson_{number}"
        folder = COURSE / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        with write_atomically(folder / f"{name}.ipynb") as file:
            file.write(nbformat.writes(source(number)).encode() + b"\n")
        release(name)
        print(f"{name}: {len(lesson(number).exercises)} exercises, release/{name}/{name}.ipynb")


def source(number: str) -> NotebookNode:
    """The teacher's notebook of a lesson's exercises."""
    title = table("lessons").set_index("lesson").title[number]
    setup = f'from ketalab import lesson\n\nhere = lesson("{number}")'
    cells = [
        new_markdown_cell(f"# {number} · {title}: exercises\n\n{INSTRUCTIONS}", metadata=_fixed("title")),
        new_code_cell(setup, metadata=_fixed("setup", "code")),
    ]
    for place, exercise in enumerate(lesson(number).exercises.values(), start=1):
        cells += _exercise(place, exercise)
    notebook = new_notebook(cells=cells)
    notebook.metadata["ketalab"] = {"lesson": number}
    for cell in cells:
        cell.metadata["nbgrader"]["grade_id"] = cell.metadata["nbgrader"]["grade_id"].replace("_", "-")
    return normalise(notebook, keep=("nbgrader",))


def _exercise(place: int, exercise: Exercise) -> Iterator[NotebookNode]:
    key, answer = exercise.key, exercise.answer
    task = f"## Exercise {place}: {exercise.title}\n\n{exercise.task}"
    yield new_markdown_cell(task, metadata=_fixed(f"{key}-task"))
    if exercise.rubric:
        yield from _argument(exercise)
        return
    yield new_code_cell(exercise.for_grading(), metadata=_cell(f"{key}-answer", solution=True))
    tests = [
        f'here.check("{key}", {answer})',
        "### BEGIN HIDDEN TESTS",
        "from ketalab import lesson",
        f'assert lesson(here.number).right("{key}", {answer}), "{exercise.title}"',
        "### END HIDDEN TESTS",
    ]
    graded = _cell(f"{key}-check", locked=True, grade=True, points=POINTS)
    yield new_code_cell("\n".join(tests), metadata=graded)


def _argument(exercise: Exercise) -> Iterator[NotebookNode]:
    """An argument is marked by a person, with the points beside it."""
    key, by_hand = exercise.key, {"grade": True, "points": POINTS_BY_HAND}
    yield new_code_cell(exercise.for_grading(), metadata=_cell(f"{key}-answer", solution=True, **by_hand))
    points = "\n".join(f"- (1) {point.counts}" for point in exercise.rubric.points)
    marking = f"*Marked by a person: one point a line, half a point for what is only named.*\n\n{points}"
    yield new_markdown_cell(marking, metadata=_fixed(f"{key}-marking"))


def _fixed(grade_id: str, kind: str = "markdown") -> dict:
    return _cell(grade_id, kind, locked=True)


def _cell(grade_id: str, kind: str = "code", **what: object) -> dict:
    """nbgrader's metadata of a cell."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": plain | {"schema_version": 3, "grade_id": grade_id, "cell_type": kind} | what}


def release(name: str) -> None:
    """Have nbgrader make the students' version; ValueError with its words when it refuses."""
    result = grader().generate_assignment(name, force=True)
    if not result["success"]:
        raise ValueError(f"assignment {name}: nbgrader refused it: {result.get('error') or result['log']}")


def grader():
    """nbgrader's interface to the course folder."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.CourseDirectory.root = str(COURSE)
    config.CourseDirectory.db_url = f"sqlite:///{COURSE / 'gradebook.db'}"
    return NbGraderAPI(config=config)
