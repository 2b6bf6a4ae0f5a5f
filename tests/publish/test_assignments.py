"""Assignments: solutions stay with the teacher, right answers score in full, wrong ones do not."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.exercise import Exercise
from ketalab.publish import assignments

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own, from SQLAlchemy and traitlets
LESSONS = sorted(ready())
Answer = Callable[[Exercise], str]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The course folder of all lessons, as `make assignments` writes it without an active environment."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("course")
        patch.setattr(assignments, "COURSE", folder)
        patch.setenv("PATH", "/usr/bin:/bin")  # so there is no `alembic` on it
        assignments.main()
        yield folder


def both(folder: Path, number: str) -> tuple[NotebookNode, NotebookNode]:
    """Source and release of a lesson's assignment."""
    name = f"lesson_{number}"
    return tuple(nbformat.read(folder / kind / name / f"{name}.ipynb", 4) for kind in ("source", "release"))


def tree(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def handed_out(number: str) -> Mapping[str, Exercise]:
    """The exercises as an assignment asks them."""
    return lesson(number).varied(assignments.SEED).exercises


def submit(folder: Path, number: str, student: str, answer: Answer) -> float:
    """Hand in the release with these answers, have it graded, and return the score."""
    name = f"lesson_{number}"
    notebook = nbformat.read(folder / "release" / name / f"{name}.ipynb", 4)
    by_id = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
    for key, exercise in handed_out(number).items():
        by_id[f"{key}-answer".replace("_", "-")].source = answer(exercise)
    place = folder / "submitted" / student / name
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{name}.ipynb")
    result = assignments.grader().autograde(name, student)
    assert result["success"], result
    submissions = assignments.grader().get_submissions(name)
    return next(s["score"] for s in submissions if s["student"] == student)


def wrong_answer(exercise: Exercise) -> str:
    return f"{exercise.starter()}\n{exercise.answer} = -12345"


@pytest.mark.parametrize("number", LESSONS)
def test_the_release_holds_the_tasks_and_no_solution(number: str, released: Path):
    source, release = both(released, number)
    text = "\n".join(cell.source for cell in release.cells)
    for exercise in handed_out(number).values():
        _, turn, _ = exercise._parts()
        hidden = [line.strip() for line in turn if len(line.strip()) > 3]
        assert not [line for line in hidden if line in text], exercise.key
        assert f"{exercise.answer} = ..." in text
        assert exercise.title in text
        assert exercise.task in text
        assert exercise.given() in text
    assert not re.search(r"BEGIN (SOLUTION|HIDDEN)|\.right\(", text)
    assert "BEGIN HIDDEN TESTS" in "\n".join(cell.source for cell in source.cells)
    assert len(release.cells) == len(source.cells)


def test_right_and_wrong_answers_get_the_score_they_deserve(released: Path):
    number = "01"
    source, _ = both(released, number)
    points = [cell.metadata.nbgrader.get("points", 0) for cell in source.cells]
    by_hand = sum(assignments.POINTS_BY_HAND for e in lesson(number).exercises.values() if e.is_argument)
    assert by_hand == assignments.POINTS_BY_HAND
    automatic = sum(points) - by_hand
    assert submit(released, number, "right", Exercise.worked) == automatic
    assert submit(released, number, "wrong", wrong_answer) == 0
    assert submit(released, number, "absent", Exercise.starter) == 0
    first = next(iter(lesson(number).exercises))

    def half(exercise: Exercise) -> str:
        return exercise.worked() if exercise.key == first else wrong_answer(exercise)

    assert submit(released, number, "half", half) == assignments.POINTS
    renamed = assignments.source(number)
    renamed.cells[-1].metadata.nbgrader.grade_id = "renamed"
    before = tree(released)
    with pytest.raises(ValueError, match="because there are submissions associated with it"):
        assignments.release(f"lesson_{number}", renamed)
    assert tree(released) == before


def test_what_a_lesson_shows_is_right_in_no_exercise_whose_numbers_vary(released: Path):
    """The solution under the fold of every lesson, typed into the assignment."""
    varying, same = [], []
    for number in LESSONS:
        shown, asked = lesson(number).exercises, handed_out(number)
        assert list(shown) == list(asked)
        for key, exercise in asked.items():
            (varying if shown[key].recipe else same).append(key)
            answer = shown[key].solution()
            assert exercise.right(answer) == (key in same and not exercise.is_argument), key
            assert exercise.task != shown[key].task or key in same
    assert len(varying) > len(same) / 2
    copied = lesson("01").exercises
    unchanged = [one for key, one in copied.items() if key in same and not one.is_argument]
    score = submit(released, "01", "copied", lambda asked: copied[asked.key].worked())
    assert score == assignments.POINTS * len(unchanged)


def test_other_numbers_are_drawn_until_somebody_has_handed_in(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(assignments, "COURSE", tmp_path)
    for asked, seed in ((None, "1"), ("autumn", "autumn"), (None, "autumn")):
        assignments.main(["01"], asked)
        drawn = both(tmp_path, "01")[1]
        assert drawn.cells[1].source.endswith(f'here = lesson("01").varied("{seed}")')
    assert "3 with other numbers; as in the lesson: hold_the_level, two_papers" in capsys.readouterr().out
    (tmp_path / "submitted/Ada/lesson_01").mkdir(parents=True)
    before = tree(tmp_path)
    with pytest.raises(ValueError, match="lesson_01: students have handed in, and their numbers are"):
        assignments.main(["00", "01"], seed="spring")
    assert tree(tmp_path) == before
    assignments.main(["01"])
    old = both(tmp_path, "01")[0]
    del old.metadata["ketalab"]["seed"]  # as an earlier version handed out the lesson's own numbers
    nbformat.write(old, tmp_path / "source/lesson_01/lesson_01.ipynb")
    assert assignments.drawn_from("lesson_01", None) == ""
    assert both(tmp_path, "01")[0].cells[1] == assignments.source("01", "autumn").cells[1]
    assert assignments.source("01", "").cells[1].source.endswith('here = lesson("01")')


def test_every_common_mistake_of_every_exercise_scores_nothing():
    for number in LESSONS:
        for exercise in [*lesson(number).exercises.values(), *handed_out(number).values()]:
            assert exercise.right(exercise.solution()) != exercise.is_argument  # which a person judges
            assert not any(exercise.right(answer) for answer in exercise.wrong.values()), exercise.key
            assert not exercise.right(...)
            assert not exercise.right(object())


def test_building_again_keeps_the_ids_that_grades_hang_on(released: Path):
    first, _ = both(released, "00")
    assignments.main(["00"])
    again, _ = both(released, "00")
    assert nbformat.writes(first) == nbformat.writes(again)


def test_a_refused_release_says_nbgraders_reason_and_leaves_everything_as_it_was(released: Path):
    before = tree(released)
    broken = assignments.source("00")
    broken.cells[0].metadata.nbgrader.grade_id = broken.cells[1].metadata.nbgrader.grade_id
    for name in ("lesson_00", "lesson_77"):
        with pytest.raises(
            ValueError, match=r"nbgrader refused it: .*Duplicate grade id: setup"
        ) as refused:
            assignments.release(name, broken)
        assert "above traceback" not in str(refused.value)
        assert tree(released) == before


def test_a_teachers_own_settings_stay_and_count(released: Path):
    (released / "own_config.py").write_text('c.CourseDirectory.course_id = "autumn"\n')
    assignments.main(["00"])
    assert assignments.grader().config.CourseDirectory.course_id == "autumn"
    (released / "own_config.py").unlink()


def test_an_unknown_lesson_is_named_before_anything_is_written(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(assignments, "COURSE", tmp_path / "course")
    with pytest.raises(ValueError, match="lesson: '77' is not one of 00, 01"):
        assignments.main(["77"])
    assert not list(tmp_path.glob("course/source/*"))
