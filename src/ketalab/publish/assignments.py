"""Assignments for nbgrader, made from the lessons' exercises.

`classroom` becomes a course folder as nbgrader knows it: `source/` with solutions and hidden tests,
`release/` without either, and a grade book. It is no build folder: what students hand in and the marks
they get lie there as well, so `make clean` leaves it alone. A lesson shows its solutions under a fold, so
an assignment asks the same with other numbers where they vary. An answer that can be judged is graded by
the same check as in the lesson; an argument earns its points from a person who reads it.
"""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ketalab.data import table
from ketalab.lessons import lesson
from ketalab.paths import ROOT, write_atomically
from ketalab.practice.exercise import POINTS, POINTS_BY_HAND, Exercise
from ketalab.publish.refresh import chosen, normalise

COURSE = Path(os.environ.get("KETALAB_CLASSROOM", ROOT / "classroom")).absolute()
BEFORE = ROOT / "dist" / "assignments"  # where an earlier version kept the grade book
SEED = "1"
CONFIG = """# Written anew by `make assignments`: put your own settings into own_config.py beside it.
from pathlib import Path

from ketalab.publish import grading

c = get_config()  # noqa: F821 - nbgrader provides it
c.CourseDirectory.course_id = "ketamine"
c.ClearSolutions.code_stub = {"python": "# your turn: replace the dots above, or go on here"}
# A notebook that was taken apart is put together again before it is graded.
c.OverwriteCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "ketalab.publish.grading.Mend",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# What a student gets back holds no hidden test and no traceback, and loads nothing.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.GetGrades",
    "ketalab.publish.grading.Plain",
]
c.HTMLExporter.template_name = "feedback"  # ours, by the name under which nbgrader asks for its own
c.HTMLExporter.extra_template_basedirs = [str(Path(grading.__file__).with_name("templates"))]
load_subconfig("own_config.py")  # noqa: F821 - nothing happens when there is none
"""
INSTRUCTIONS = (
    "Replace the dots. Run a cell again to hear what the check says. Do not add, copy or delete cells. "
    "An argument is marked by a person, by the points below it."
)


def main(lessons: Sequence[str] = (), seed: str | None = None) -> None:
    """Write the sources of these lessons (or of all) and let nbgrader release them, with numbers drawn from
    the seed; without one, with those that were handed out before.

    ValueError for a lesson that there is none of, without nbgrader, when the grade book of an earlier
    version still lies where builds are thrown away, and for other numbers than those of a lesson that
    somebody has handed in.
    """
    files = chosen(lessons)
    if find_spec("nbgrader") is None:
        raise ValueError("nbgrader: it is not installed here; `make assignments` installs it")
    if (BEFORE / "gradebook.db").exists() and not (COURSE / "gradebook.db").exists():
        raise ValueError(
            f"{BEFORE}: the grade book and what students handed in lie here; move all of it to {COURSE}"
        )
    seeds = {path.name[:2]: drawn_from(f"lesson_{path.name[:2]}", seed) for path in files}
    COURSE.mkdir(parents=True, exist_ok=True)
    with write_atomically(COURSE / "nbgrader_config.py") as file:
        file.write(CONFIG.encode())
    for number, drawn in seeds.items():
        name = f"lesson_{number}"
        release(name, source(number, drawn))
        here = lesson(number).exercises
        same = [key for key, one in here.items() if not drawn or one.recipe is None]
        other = len(here) - len(same)
        print(f"{name}: {len(here)} exercises, {COURSE.name}/release/{name}/{name}.ipynb")
        print(f"  {other} with other numbers; as in the lesson: {', '.join(same) or 'none'}")


def drawn_from(name: str, seed: str | None) -> str:
    """The seed of an assignment's numbers; empty when they are the lesson's own, as an earlier version
    handed them out.

    ValueError for another than that by which somebody's answers were computed.
    """
    file = COURSE / "source" / name / f"{name}.ipynb"
    if not file.exists():
        return SEED if seed is None else seed
    before = nbformat.read(file, 4).metadata.get("ketalab", {}).get("seed", "")
    if seed in (None, before):
        return before
    if any(COURSE.glob(f"submitted/*/{name}")):
        drawn = f"are those of --seed {before}" if before else "are those of the lesson"
        raise ValueError(
            f"assignment {name}: students have handed in, and their numbers {drawn}; they stay, so leave "
            "--seed out, or begin a new class in another folder (KETALAB_CLASSROOM)"
        )
    return seed


def source(number: str, seed: str = SEED) -> NotebookNode:
    """The teacher's notebook of a lesson's exercises, with numbers drawn from the seed, if there is one."""
    title = table("lessons").set_index("lesson").title[number]
    drawn = f'lesson("{number}")' + (f".varied({json.dumps(seed, ensure_ascii=False)})" if seed else "")
    here = lesson(number).varied(seed) if seed else lesson(number)
    setup = f"from ketalab import lesson\n\nhere = {drawn}"
    cells = [
        new_markdown_cell(f"# {number} · {title}: exercises\n\n{INSTRUCTIONS}", metadata=_fixed("title")),
        new_code_cell(setup, metadata=_fixed("setup", "code")),
    ]
    for place, exercise in enumerate(here.exercises.values(), start=1):
        cells += _exercise(place, exercise, drawn)
    notebook = new_notebook(cells=cells)
    notebook.metadata["ketalab"] = {"lesson": number, "seed": seed}
    for cell in cells:
        cell.metadata["nbgrader"]["grade_id"] = cell.metadata["nbgrader"]["grade_id"].replace("_", "-")
    return normalise(notebook, keep=("nbgrader",))


def _exercise(place: int, exercise: Exercise, drawn: str) -> Iterator[NotebookNode]:
    key, answer = exercise.key, exercise.answer
    task = f"## Exercise {place}: {exercise.title}\n\n{exercise.task}"
    yield new_markdown_cell(task, metadata=_fixed(f"{key}-task"))
    if exercise.rubric:
        yield from _argument(exercise)
        return
    yield new_code_cell(exercise.for_grading(), metadata=_cell(f"{key}-answer", solution=True))
    tests = [
        "### BEGIN HIDDEN TESTS",
        "from ketalab import lesson",
        f"here = {drawn}",
        "### END HIDDEN TESTS",
        f'here.check("{key}", {answer})',
        "### BEGIN HIDDEN TESTS",
        f'assert here.right("{key}", {answer}), "{exercise.title}"',
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


def release(name: str, notebook: NotebookNode) -> None:
    """Have nbgrader make the students' version; ValueError with its reason when it refuses.

    Then everything is as it was: the release, the source and the grade book.
    """
    with _as_before(COURSE / "source" / name, COURSE / "release" / name, COURSE / "gradebook.db"):
        folder = COURSE / "source" / name
        folder.mkdir(parents=True, exist_ok=True)
        with write_atomically(folder / f"{name}.ipynb") as file:
            file.write(nbformat.writes(notebook).encode() + b"\n")
        with alembic_found():
            result = grader().generate_assignment(name, force=True)
        if not result["success"]:
            raise ValueError(f"assignment {name}: nbgrader refused it: {reason(result)}")


@contextmanager
def _as_before(*paths: Path) -> Iterator[None]:
    """Put these files and folders back when something goes wrong."""
    kept = COURSE / ".before"
    shutil.rmtree(kept, ignore_errors=True)
    for place, path in enumerate(paths):
        if path.exists():
            kept.mkdir(exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept / str(place))
    try:
        yield
    except BaseException:
        for place, path in enumerate(paths):
            if path.is_dir():
                shutil.rmtree(path)
            if (kept / str(place)).exists():
                os.replace(kept / str(place), path)
            else:
                path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def reason(result: dict) -> str:
    """Why nbgrader did not do it, in its own words: they are in its log, not in its error.

    Of several errors that followed from one another it is the first.
    """
    said = re.sub(r"\x1b\[[0-9;]*m", "", f"{result.get('error', '')}\n{result.get('log', '')}")
    named = re.findall(
        r"^(?:\[\w+\]|\s)*((?:[\w.]+(?:Error|Exception|Entry)\b|[\w.]*Duplicate\w*)[^\n]*)", said, re.M
    )
    own = [line for line in named if "the above traceback" not in line]
    errors = [line for line in re.findall(r"^\[ERROR\] ([^\n]+)", said, re.M) if "raceback" not in line]
    return (own or errors or [said.strip().splitlines()[-1] if said.strip() else "it gave no reason"])[0]


@contextmanager
def alembic_found() -> Iterator[None]:
    """nbgrader calls `alembic`, which lies beside this Python and perhaps not on the PATH."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def grader():
    """nbgrader's interface to the course folder."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(COURSE)).load_config()
    config.CourseDirectory.root = str(COURSE)
    config.CourseDirectory.db_url = f"sqlite:///{COURSE / 'gradebook.db'}"
    return NbGraderAPI(config=config)
