"""Every exercise of the course: its solution passes, its mistakes are answered by name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.exercise import NOT_YET, Point, argument, number

PAIRS = [(n, key) for n in sorted(ready()) for key in lesson(n).exercises]
exercises = pytest.mark.parametrize(("n", "key"), PAIRS, ids=lambda value: value)


@exercises
def test_the_worked_solution_is_right(n: str, key: str, capsys):
    exercise = lesson(n).exercises[key]
    assert exercise.check(exercise.solution()).startswith("✔ Right.")


@exercises
def test_each_common_mistake_gets_an_answer_of_its_own(n: str, key: str, capsys):
    exercise = lesson(n).exercises[key]
    answers = {name: exercise.check(value) for name, value in exercise.wrong.items()}
    assert len(exercise.wrong) >= 3
    assert not [name for name, says in answers.items() if not says.startswith("✘ Not yet.")]
    assert len(set(answers.values())) == len(answers), answers
    assert all(len(says) > len("✘ Not yet. ") + 15 for says in answers.values())


@exercises
def test_the_starter_hides_the_solution_and_says_so_when_it_is_run(n: str, key: str, capsys):
    exercise = lesson(n).exercises[key]
    starter = exercise.starter("here.check")
    turn = re.search(r"# your turn\n(.*?)\n *# done", "\n".join(exercise._body()), re.DOTALL)
    assert turn, "the solution marks what the student writes"
    hidden = [line.strip() for line in turn[1].splitlines() if len(line.strip()) > 3]
    assert not [line for line in hidden if line in starter]
    assert f"{exercise.answer} = ..." in starter
    exec(starter, {"here": lesson(n)})
    assert capsys.readouterr().out.splitlines()[-1] == NOT_YET


@exercises
def test_the_worked_solution_runs_as_it_is_printed(n: str, key: str, capsys):
    exercise = lesson(n).exercises[key]
    names: dict = {"here": lesson(n)}
    exec(exercise.worked(), names)
    assert exercise.check(names[exercise.answer]).startswith("✔ Right.")


@exercises
@pytest.mark.parametrize(
    "odd", [None, "", [], {}, object(), float("nan"), float("inf"), -1, "forty", 1e300]
)
def test_no_answer_breaks_a_check(n: str, key: str, odd, capsys):
    assert lesson(n).exercises[key].check(odd).startswith("✘")


@pytest.mark.parametrize("n", sorted(ready()))
def test_a_lesson_has_three_to_five_exercises_of_which_one_argues(n: str):
    here = lesson(n)
    assert 3 <= len(here.exercises) <= 5
    assert any("words" in exercise.worked() for exercise in here.exercises.values())
    for exercise in here.exercises.values():
        assert re.fullmatch(r"O\d( and O\d)*", exercise.objective)
        assert exercise.hint.endswith((".", "?"))


nonzero = st.floats(1e-3, 1e6).flatmap(lambda x: st.sampled_from([x, -x]))


@given(nonzero, st.floats(-0.019, 0.019))
def test_a_number_within_tolerance_is_right(expected: float, off: float):
    assert number(expected, "mg", "Yes.")(expected * (1 + off)).right


@given(nonzero, st.sampled_from([-1.0, 0.0, 1e-3, 0.5, 0.97, 1.03, 2.0, 1e3]))
def test_a_number_outside_is_told_in_which_way(expected: float, factor: float):
    judgement = number(expected, "mg", "Yes.")(expected * factor)
    assert not judgement.right
    word = "sign or size" if factor <= 0 else "too large" if factor > 1 else "too small"
    assert word in judgement.says


def test_a_number_may_come_as_text_or_array_and_nothing_else():
    import numpy as np

    judge = number(2.0, "h", "Yes.")
    assert judge("2.0").right
    assert judge(np.float64(2.0)).right


def test_an_argument_is_judged_by_its_points_not_its_words():
    judge = argument(
        [Point("size", ("small", "few"), "How many?"), Point("arm", ("saline",), "Against what?")],
        "Good.",
        6,
    )
    assert judge("The SALINE group improved and few people took part.").right
    assert judge("Only a small trial, and saline did well too.").right
    missing = judge("The saline group got better in this one.")
    assert not missing.right
    assert missing.says == "Still missing: size. How many?"
    assert judge("Too few.").says.startswith("Write at least 6 words")


def test_unknown_lessons_exercises_and_predictions_are_named():
    with pytest.raises(ValueError, match="lesson: '99' is not one of 00, 01"):
        lesson("99")
    with pytest.raises(ValueError, match="exercise: 'none' is not one of"):
        lesson("01").check("none", 1)
    with pytest.raises(ValueError, match="prediction: 'none' is not one of"):
        lesson("01").predict("none")


def test_every_ready_lesson_has_practice_material():
    slugs = table("lessons").set_index("lesson").slug
    for n in ready():
        assert lesson(n).number in slugs.index
