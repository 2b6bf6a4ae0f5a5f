"""A class hands in what classes hand in: the page deploy/GRADING.md is followed word for word."""

import copy
import csv
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.exercise import POINTS
from ketalab.publish import assignments, grading

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own, from SQLAlchemy and traitlets
PAGE = (ROOT / "deploy/GRADING.md").read_text(encoding="utf-8")
NAME = "lesson_01"
EXERCISES = lesson("01").varied(assignments.SEED).exercises
FULL = sum(POINTS for exercise in EXERCISES.values() if not exercise.is_argument)
ARGUMENT = next(key for key, exercise in EXERCISES.items() if exercise.is_argument).replace("_", "-")


def place(notebook: NotebookNode, grade_id: str) -> int:
    return next(
        n
        for n, c in enumerate(notebook.cells)
        if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def copied(notebook: NotebookNode) -> None:
    """Copy and paste of an answer: the copy carries the same mark."""
    at = place(notebook, "loading-dose-answer")
    twin = copy.deepcopy(notebook.cells[at])
    twin.id = "pasted"
    notebook.cells.insert(at + 1, twin)


def split(notebook: NotebookNode) -> None:
    """Cells cut in two, an answer and an argument: both halves carry the mark."""
    for key in ("hold-the-level", ARGUMENT):
        cut(notebook, f"{key}-answer")


def cut(notebook: NotebookNode, grade_id: str) -> None:
    at = place(notebook, grade_id)
    lines = notebook.cells[at].source.splitlines()
    twin = copy.deepcopy(notebook.cells[at])
    twin.id = f"half-{at}"
    twin.source = "\n".join(lines[1:])
    notebook.cells[at].source = lines[0]
    notebook.cells.insert(at + 1, twin)


def moved_and_deleted(notebook: NotebookNode) -> None:
    """A check above its answer, another check deleted, a heading deleted, an argument's cell deleted; saved
    by an older program, which knows no names of cells."""
    check = notebook.cells.pop(place(notebook, "loading-dose-check"))
    notebook.cells.insert(1, check)
    del notebook.cells[place(notebook, "hold-the-level-check")]
    del notebook.cells[place(notebook, "hold-the-level-task")]
    del notebook.cells[place(notebook, f"{ARGUMENT}-answer")]
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = 4


def stripped(notebook: NotebookNode) -> None:
    """Saved by a program that knows no marks: only the cells' own names are left."""
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)


def read_once_and_loud(notebook: NotebookNode) -> None:
    """A generator for an answer, every warning shown, a one-element array for a number."""
    notebook.cells.insert(2, new_code_cell("import warnings\nwarnings.simplefilter('always')"))
    answer = EXERCISES["hold_the_level"].answer
    notebook.cells[place(notebook, "hold-the-level-answer")].source += f"\n{answer} = (x for x in {answer})"
    answer = EXERCISES["loading_dose"].answer
    cell = notebook.cells[place(notebook, "loading-dose-answer")]
    cell.source += f"\nimport numpy\n{answer} = numpy.array([{answer}])"


CLASS: dict[str, tuple[Callable, ...]] = {
    "Ada": (),
    "Ben": (copied, split),
    "Dan": (moved_and_deleted,),
    "Eli": (read_once_and_loud, stripped),
}


def hand_in(release: Path, downloads: Path) -> None:
    """What the teacher downloads: mostly notebooks."""
    for student, changes in CLASS.items():
        notebook = nbformat.read(release, 4)
        for key, exercise in EXERCISES.items():
            cell = notebook.cells[place(notebook, f"{key}-answer".replace("_", "-"))]
            cell.source = exercise.worked()
        for change in changes:
            change(notebook)
        folder = downloads / student
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / (f"{NAME}.ipynb" if student != "Ben" else "homework (1).ipynb"))
    (downloads / "Gil").mkdir()
    (downloads / "Gil/answers.pdf").write_bytes(b"%PDF-1.4")
    (downloads / "Hal").mkdir()
    (downloads / "Hal/lesson_01.ipynb").write_text("{")


def blocks() -> list[tuple[str, str]]:
    """Command and answer of every block of the page that has a command."""
    found = re.findall(r"```text\n\$ ([^\n]+)\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) >= 5
    return found


def fill_in(sheet: Path) -> None:
    """The teacher reads the arguments and saves the sheet with a spreadsheet that likes semicolons."""
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"points": "2,5", "comment": "Well argued; say which dose."}
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def typed(words: list[str], folder: Path) -> str:
    """What a command prints, typed by a teacher without an active environment: it is called by its path."""
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {"KETALAB_CLASSROOM": str(folder / "classroom"), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    return ran.stdout + "".join(f"{line}\n" for line in ran.stderr.splitlines() if "ketalab:" in line)


def called(words: list[str], folder: Path) -> str:
    """The same within this process, which has loaded everything already."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr(assignments, "COURSE", folder / "classroom")
        patch.setenv("PATH", "/usr/bin:/bin")
        patch.setattr(sys, "argv", words[2:])
        grading.main()
    return said.getvalue()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Follow the page from top to bottom; the folder it made, and what every command printed."""
    folder = tmp_path_factory.mktemp("teacher")
    printed = []
    for command, _ in blocks():
        words = shlex.split(command)
        assert words[:2] == [".venv/bin/python", "-m"]
        words[0] = sys.executable
        # Two commands go through the shell's door, one of each program; the others needn't pay for it.
        door = typed if words[3] in ("assignments", "collect") else called
        printed.append(door(words, folder))
        if "assignments" in command:
            hand_in(folder / f"classroom/release/{NAME}/{NAME}.ipynb", folder / "downloads")
        if "grading grade" in command:
            fill_in(folder / f"classroom/marks/{NAME}.csv")
    return folder, printed


def test_every_command_of_the_page_prints_what_the_page_says(told):
    for (command, says), printed in zip(blocks(), told[1], strict=True):
        assert printed == says, command


def test_the_page_says_which_exercises_never_change_and_why():
    listed = re.findall(r"^- (\d\d) `(\w+)`: (.+)$", PAGE, re.MULTILINE)
    fixed = [
        (number, key, one.fixed)
        for number in sorted(ready())
        for key, one in lesson(number).exercises.items()
        if one.fixed
    ]
    assert listed == fixed


def grades(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "classroom/grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_right_answers_earn_their_points_whatever_was_done_to_the_cells(told):
    (column,) = [key for key in grades(told[0])["Ada"] if key != "student"]
    scores = {student: float(row[column]) for student, row in grades(told[0]).items()}
    assert set(scores) == set(CLASS)  # Gil and Hal handed in no notebook; nobody else waited for that
    assert {scores[name] for name in ("Ada", "Ben", "Eli")} == {FULL + 2.5}
    assert scores["Dan"] == FULL  # the argument he deleted earns nothing


def test_an_argument_cut_in_two_is_read_whole(told):
    with (told[0] / f"classroom/marks/{NAME}.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row["student"]: row["text"] for row in csv.DictReader(file, delimiter=";")}
    assert texts["Ben"] == texts["Ada"]
    assert EXERCISES[ARGUMENT.replace("-", "_")].worked() in texts["Ada"]


def test_feedback_shows_points_and_comments_and_no_test_traceback_or_address(told):
    pages = {
        path.parts[-3]: path.read_text(encoding="utf-8")
        for path in told[0].glob("classroom/feedback/*/*/*.html")
    }
    assert set(pages) == set(CLASS)
    for page in pages.values():
        assert not re.search(r"HIDDEN|\.right\(|settled|Traceback|AssertionError|<script|\x1b", page)
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?\s*(?!data:)\w+:", page)
        assert "default-src 'none'" in page
        assert not re.search(r"(?<!\\)\$[^$\n]*\\", page)  # formulas are pictures
    assert "Well argued; say which dose." in pages["Ada"]
    assert "By a person: 2.5 of 3 points" in pages["Ada"]


def test_what_was_handed_in_is_as_it_was(told):
    for student in CLASS:
        (file,) = (told[0] / "downloads" / student).iterdir()
        kept = told[0] / f"classroom/submitted/{student}/{NAME}/{NAME}.ipynb"
        assert kept.read_bytes() == file.read_bytes()


def test_make_clean_leaves_what_people_made(tmp_path):
    assert assignments.COURSE.name == "classroom"
    assert "dist" not in assignments.COURSE.parts
    ignored = subprocess.run(["git", "check-ignore", "-q", "classroom/gradebook.db"], cwd=ROOT)
    assert ignored.returncode == 0
    shutil.copy(ROOT / "Makefile", tmp_path)
    for path in ("classroom/gradebook.db", "dist/slides/index.html", "dist/assignments/gradebook.db"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("kept")
    for here in ("dist/assignments/gradebook.db", "classroom/gradebook.db"):
        cleaned = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, text=True)
        assert (tmp_path / here).read_text("utf-8") == "kept"
        if here.startswith("dist"):  # where an earlier version kept it
            assert cleaned.returncode != 0
            assert "dist/assignments holds a grade book" in cleaned.stdout
            shutil.rmtree(tmp_path / "dist/assignments")
    assert not (tmp_path / "dist").exists()


def test_the_grade_book_of_an_earlier_version_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(assignments, "COURSE", tmp_path / "classroom")
    monkeypatch.setattr(assignments, "BEFORE", tmp_path / "dist/assignments")
    assignments.BEFORE.mkdir(parents=True)
    (assignments.BEFORE / "gradebook.db").write_text("marks")
    with pytest.raises(ValueError, match=r"dist/assignments: the grade book .* move all of it to "):
        assignments.main(["01"])
    assert not assignments.COURSE.exists()


def test_a_wrong_number_on_the_sheet_is_named_and_nothing_is_entered(tmp_path, monkeypatch):
    sheet = tmp_path / "lesson_01.csv"
    for text in ("4", "-1", "two", "nan"):
        sheet.write_text(f"student,cell,points,of,comment,text\nAda,a-answer,{text},3,,x\n")
        (row,) = grading._rows(sheet)
        with pytest.raises(ValueError, match=rf"row 2: points: '{text}' is not a number from 0 to 3"):
            grading._points(sheet, 2, row)
