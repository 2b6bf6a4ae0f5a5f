"""A student's copy of the course: new lessons arrive, and nothing a student wrote is ever lost."""

import copy
import hashlib
import json
import os
import shutil
import traceback
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from deploy.course_files import MANIFEST, renew

LESSON = "01_dose.ipynb"


def lesson(text: str) -> dict:
    """A lesson that says this, as git stores it."""
    notebook = new_notebook(
        cells=[
            new_markdown_cell(f"# {text}"),
            new_code_cell("1 + 1", execution_count=1, outputs=[new_output("stream", text="2\n")]),
        ],
        metadata={"ketalab": {"lesson": "01", "seconds": 5}},
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    return notebook


def put(folder: Path, name: str, notebook: dict) -> None:
    nbformat.write(nbformat.from_dict(notebook), folder / name)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    put(folder, "00_start.ipynb", lesson("start"))
    put(folder, LESSON, lesson("first"))
    return folder


@pytest.fixture
def home(course: Path, tmp_path: Path) -> Path:
    assert renew(course, tmp_path / "home") == []
    return tmp_path / "home"


def words(home: Path) -> dict[str, str]:
    """What the first cell of each notebook says."""
    return {p.name: nbformat.read(p, 4).cells[0].source for p in (home / "notebooks").glob("*.ipynb")}


def work(home: Path, name: str, text: str) -> None:
    """The student writes into a notebook and saves it."""
    path = home / "notebooks" / name
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = text
    nbformat.write(notebook, path)


def test_the_first_start_gives_every_lesson_and_the_next_writes_nothing(course: Path, home: Path):
    assert words(home) == {"00_start.ipynb": "# start", LESSON: "# first"}
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in home.rglob("*") if p.is_file()}
    assert renew(course, home) == []
    assert {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in home.rglob("*") if p.is_file()} == before


def opened(notebook: dict) -> None:
    """What JupyterLab notes when a lesson is only opened."""
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.9", "file_extension": ".py"}


def run(notebook: dict) -> None:
    """Run from the first cell to the last with the keyboard."""
    opened(notebook)
    notebook.cells[1].execution_count = 17
    notebook.cells[1].outputs = [new_output("stream", text="3\n")]
    notebook.cells[1].metadata = {"execution": {"iopub.execute_input": "2026-01-01"}, "scrolled": True}
    notebook.cells.append(new_code_cell(""))


@pytest.mark.parametrize("change", [opened, run])
def test_a_student_who_only_read_gets_the_corrected_lesson(course: Path, home: Path, change: Callable):
    path = home / "notebooks" / LESSON
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)
    read = path.read_bytes()
    renew(course, home)
    assert path.read_bytes() == read  # nothing is new: what they ran stays on their page
    put(course, LESSON, lesson("second"))
    assert renew(course, home) == []
    assert words(home) == {"00_start.ipynb": "# start", LESSON: "# second"}


def answered(notebook: dict) -> None:
    notebook.cells[1].source = "1 + 2"


def added(notebook: dict) -> None:
    notebook.cells.append(new_markdown_cell("my note"))


def moved(notebook: dict) -> None:
    notebook.cells.reverse()


def deleted(notebook: dict) -> None:
    del notebook.cells[1]


def turned_to_text(notebook: dict) -> None:
    notebook.cells[1] = new_markdown_cell(notebook.cells[1].source)


def pasted_a_picture(notebook: dict) -> None:
    notebook.cells[0].attachments = {"mine.png": {"image/png": "AAAA"}}


def kept_an_answer(notebook: dict) -> None:
    notebook.cells[1].metadata["ketalab"] = {"prediction": "B"}


CHANGES = [answered, added, moved, deleted, turned_to_text, pasted_a_picture, kept_an_answer]


@pytest.mark.parametrize("change", CHANGES)
def test_every_kind_of_work_stays_and_the_new_lesson_lies_beside_it(course, home, change):
    path = home / "notebooks" / LESSON
    notebook = nbformat.read(path, 4)
    change(notebook)
    nbformat.write(notebook, path)
    mine = path.read_bytes()
    put(course, LESSON, lesson("second"))
    (said,) = renew(course, home)
    assert said == f"{LESSON}: holds the student's work; the new lesson is 01_dose.new.ipynb"
    assert path.read_bytes() == mine
    assert words(home)["01_dose.new.ipynb"] == "# second"
    assert renew(course, home) == []  # a further start changes nothing
    assert len(words(home)) == 3


def test_ten_updates_lose_nothing_a_student_wrote_into_the_lesson_or_any_new_copy(course, home):
    work(home, LESSON, "work 0")
    for update in range(1, 11):
        put(course, LESSON, lesson(f"update {update}"))
        renew(course, home)
        (fresh,) = [name for name, text in words(home).items() if text == f"# update {update}"]
        work(home, fresh, f"work {update}")
    assert {f"work {n}" for n in range(11)} <= set(words(home).values())


def test_a_new_copy_nobody_wrote_into_is_renewed_and_one_thrown_away_stays_away(course, home):
    work(home, LESSON, "mine")
    for update in ("second", "third"):
        put(course, LESSON, lesson(update))
        renew(course, home)
    assert words(home) == {"00_start.ipynb": "# start", LESSON: "mine", "01_dose.new.ipynb": "# third"}
    (home / "notebooks/01_dose.new.ipynb").unlink()
    renew(course, home)
    assert "01_dose.new.ipynb" not in words(home)
    put(course, LESSON, lesson("fourth"))
    renew(course, home)
    assert words(home)["01_dose.new.ipynb"] == "# fourth"


def test_a_new_lesson_arrives_and_a_deleted_one_comes_back(course: Path, home: Path):
    put(course, "02_block.ipynb", lesson("block"))
    (home / "notebooks/00_start.ipynb").unlink()
    renew(course, home)
    assert words(home) == {"00_start.ipynb": "# start", LESSON: "# first", "02_block.ipynb": "# block"}


def test_a_teachers_own_copies_in_the_course_are_not_given(course: Path, home: Path):
    for name in ("01_dose-Copy1.ipynb", "01_dose_my_notes.ipynb", "01_dose.new.ipynb", "Untitled1.ipynb"):
        put(course, name, lesson("for the teacher"))
    renew(course, home)
    assert set(words(home)) == {"00_start.ipynb", LESSON}


def test_a_corrected_picture_reaches_who_did_not_run_the_lesson(course: Path, home: Path):
    corrected = lesson("first")
    corrected.cells[1].outputs = [new_output("stream", text="two\n")]
    put(course, LESSON, corrected)
    renew(course, home)
    assert (home / "notebooks" / LESSON).read_bytes() == (course / LESSON).read_bytes()


DAMAGED = ["", "{", "[]", "null", '{"given": 3}', '{"given": {"01_dose.ipynb": [["x"]]}}', "[" * 5000]


@pytest.mark.parametrize("held", DAMAGED)
def test_a_damaged_record_loses_nothing(course: Path, home: Path, held: str):
    (home / MANIFEST).write_text(held)
    work(home, LESSON, "mine")
    put(course, LESSON, lesson("second"))
    renew(course, home)
    put(course, LESSON, lesson("third"))
    renew(course, home)
    assert words(home)[LESSON] == "mine"
    assert words(home)["01_dose.new.ipynb"] == "# third"
    assert "offered" in json.loads((home / MANIFEST).read_text("utf-8"))  # it is whole again


def test_the_record_of_an_earlier_release_of_the_course_is_understood(course: Path, home: Path):
    digests = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in course.glob("*.ipynb")}
    (home / MANIFEST).write_text(json.dumps(digests))
    put(course, LESSON, lesson("second"))
    assert renew(course, home) == []
    assert words(home)[LESSON] == "# second"


def stopped_at(call: int, course: Path, home: Path) -> bool:
    """Renew in a child that is gone at this call of the operating system; whether it came so far."""
    child = os.fork()
    if child == 0:
        left = [call]
        for name in ("open", "link", "replace", "unlink", "fsync", "mkdir"):
            real = getattr(os, name)

            def counted(*given, _real=real, **more):
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
                return _real(*given, **more)

            setattr(os, name, counted)
        try:
            renew(course, home)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


def test_a_machine_that_stops_at_any_moment_loses_nothing_and_the_next_start_mends_it(course, tmp_path):
    first = tmp_path / "first"
    renew(course, first)
    work(first, LESSON, "mine")
    put(course, LESSON, lesson("second"))
    renew(course, first)
    work(first, "01_dose.new.ipynb", "mine too")
    put(course, LESSON, lesson("third"))
    put(course, "00_start.ipynb", lesson("start again"))
    for call in range(200):
        home = tmp_path / f"stopped-{call}"
        shutil.copytree(first, home)
        stopped = stopped_at(call, course, home)
        assert {"mine", "mine too"} <= set(words(home).values())
        renew(course, home)
        assert sorted(words(home).values()) == ["# start again", "# third", "mine", "mine too"]
        assert not list(home.rglob("*.part"))
        if not stopped:
            assert call > 20
            return
    pytest.fail("more than 200 calls")


def test_the_students_own_files_are_left_alone(course: Path, home: Path):
    (home / "notebooks/my_notes.ipynb").write_text("mine")
    (home / "notebooks/mine.part").write_text("mine")
    renew(course, home)
    assert (home / "notebooks/my_notes.ipynb").read_text("utf-8") == "mine"
    assert (home / "notebooks/mine.part").read_text("utf-8") == "mine"


def test_the_lessons_of_the_course_are_what_is_given(tmp_path: Path):
    renew(ROOT / "notebooks", tmp_path / "ketamine")
    given = {path.name for path in (tmp_path / "ketamine/notebooks").iterdir()}
    assert given == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_a_lesson_of_the_course_run_and_saved_by_jupyterlab_counts_as_unchanged(tmp_path: Path):
    renew(ROOT / "notebooks", tmp_path / "ketamine")
    path = tmp_path / "ketamine/notebooks/00_start_here.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    opened(notebook)
    nbformat.write(notebook, path)
    course = tmp_path / "course"
    course.mkdir()
    corrected = copy.deepcopy(nbformat.read(ROOT / "notebooks/00_start_here.ipynb", 4))
    corrected.cells[0].source += "\n\nCorrected."
    nbformat.write(corrected, course / path.name)
    assert renew(course, tmp_path / "ketamine") == []
    assert nbformat.read(path, 4).cells[0].source.endswith("Corrected.")
