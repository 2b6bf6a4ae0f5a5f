"""A student's copy of the course: new lessons arrive, their own work stays."""

from pathlib import Path

import pytest
from conftest import ROOT

from deploy.course_files import MANIFEST, renew


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    for name in ("00_start.ipynb", "01_dose.ipynb"):
        (folder / name).write_text(f"first {name}")
    return folder


@pytest.fixture
def home(course: Path, tmp_path: Path) -> Path:
    renew(course, tmp_path / "home")
    return tmp_path / "home"


def words(home: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (home / "notebooks").iterdir()}


def test_the_first_start_gives_every_lesson(home: Path):
    assert words(home) == {"00_start.ipynb": "first 00_start.ipynb", "01_dose.ipynb": "first 01_dose.ipynb"}


def test_an_update_renews_only_what_nobody_touched(course: Path, home: Path):
    (home / "notebooks/01_dose.ipynb").write_text("my answers")
    (course / "00_start.ipynb").write_text("second")
    renew(course, home)
    assert words(home) == {"00_start.ipynb": "second", "01_dose.ipynb": "my answers"}


def test_a_lesson_changed_on_both_sides_stays_and_the_new_one_lies_beside_it(course: Path, home: Path):
    (home / "notebooks/01_dose.ipynb").write_text("my answers")
    (course / "01_dose.ipynb").write_text("second")
    renew(course, home)
    assert words(home)["01_dose.ipynb"] == "my answers"
    assert words(home)["01_dose.new.ipynb"] == "second"
    renew(course, home)  # a further start changes nothing
    assert words(home)["01_dose.ipynb"] == "my answers"
    assert len(words(home)) == 3


def test_a_new_lesson_arrives_and_a_deleted_one_comes_back(course: Path, home: Path):
    (course / "02_block.ipynb").write_text("new")
    (home / "notebooks/00_start.ipynb").unlink()
    renew(course, home)
    assert words(home)["02_block.ipynb"] == "new"
    assert words(home)["00_start.ipynb"] == "first 00_start.ipynb"


def test_the_students_own_files_are_left_alone(course: Path, home: Path):
    (home / "notebooks/my_notes.ipynb").write_text("mine")
    renew(course, home)
    assert words(home)["my_notes.ipynb"] == "mine"
    assert (home / MANIFEST).is_file()
    assert not list(home.rglob("*.part"))


def test_the_lessons_of_the_course_are_what_is_given(tmp_path: Path):
    renew(ROOT / "notebooks", tmp_path)
    assert set(words(tmp_path)) == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
