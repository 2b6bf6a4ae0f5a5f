"""Every exercise of the course: its solution passes, its mistakes are answered by name."""

import ast
import datetime
import itertools
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.answers import UnreadableError, numbers
from ketalab.practice.exercise import NOT_YET, Exercise, Numeric, number

EXERCISES = {(n, key): e for n in sorted(ready()) for key, e in lesson(n).exercises.items()}
NUMBERS = {place: e for place, e in EXERCISES.items() if isinstance(e.judge, Numeric)}
PYTHON = re.compile(r"\bError\b|Traceback|float\(\)|argument must|object is not|NoneType|\bnan\b|<[\w.]+ ")


def solved(exercise: Exercise) -> Any:
    with redirect_stdout(StringIO()):
        return exercise.solution()


def test_every_judge_agrees_with_its_own_words():
    """The solution is right, what "Right" prints is the solution's number, and no mistake is right."""
    faults = []
    for place, exercise in EXERCISES.items():
        try:
            exercise.verify()
        except ValueError as error:
            faults.append(f"{place}: {error}")
    assert faults == []


def test_each_common_mistake_gets_an_answer_of_its_own():
    faults = []
    for place, exercise in EXERCISES.items():
        if exercise.is_argument:
            continue
        answers = {name: exercise.check(value) for name, value in exercise.wrong.items()}
        if len(answers) < 3 or len(set(answers.values())) < len(answers):
            faults.append(f"{place}: {answers}")
        faults += [f"{place} {name}: {says}" for name, says in answers.items() if len(says) < 25]
        faults += [f"{place} {name}: {says}" for name, says in answers.items() if says[0] != "✘"]
    assert faults == []


def test_the_starter_hides_the_solution_and_says_so_when_it_is_run(capsys):
    faults = []
    for (n, key), exercise in EXERCISES.items():
        starter = exercise.starter("here.check")
        turn = re.search(r"# your turn\n(.*?)\n *# done", "\n".join(exercise._body()), re.DOTALL)
        hidden = [line.strip() for line in turn[1].splitlines() if len(line.strip()) > 3]
        exec(starter, {"here": lesson(n)})
        said = capsys.readouterr().out
        if [line for line in hidden if line in starter] or NOT_YET not in said:
            faults.append(f"{n} {key}: {starter}: {said}")
        if f"{exercise.answer} = ..." not in starter:
            faults.append(f"{n} {key}: no dots in {starter}")
    assert faults == []


def test_the_worked_solution_runs_as_it_is_printed(capsys):
    faults = []
    for (n, key), exercise in EXERCISES.items():
        names: dict = {"here": lesson(n)}
        exec(exercise.worked(), names)
        says = exercise.check(names[exercise.answer])
        if not exercise.is_argument and not says.startswith("✔ Right."):
            faults.append(f"{n} {key}: {says}")
    assert faults == []


def bound(code: str) -> set[str]:
    """The names that a cell makes."""
    made: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
    return made


def test_no_exercise_takes_a_name_that_the_lesson_still_needs(notebook: NotebookNode, lesson_name: str):
    """The first cell makes `here`, `trials` and others once: a solution that takes one ends the lesson."""
    first = next(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for key, exercise in lesson(lesson_name[:2]).exercises.items():
        again = ast.parse(exercise.worked())
        assert bound(exercise.worked()) & bound(first) <= bound(imports(again)), key


def imports(code: ast.Module) -> str:
    """The lines that import: what they name is the same in the first cell."""
    return "\n".join(ast.unparse(n) for n in code.body if isinstance(n, ast.Import | ast.ImportFrom))


def typed(form: str, unit: str) -> Iterator[Any]:
    """A number as students may give it."""
    plain = form.replace("−", "-").replace(",", "")
    number = float(plain.rstrip("%")) / (100 if plain.endswith("%") and unit != "%" else 1)
    yield from (form, f"  {form} ", f"about {form} {unit}", number, np.float64(number), np.float32(number))
    yield from (np.array(number), np.array([number]), np.array([[number]]), [number], (number,), {number})
    yield from (pd.Series([number]), pd.DataFrame({"x": [number]}), pd.Index([number]), iter([number]))
    yield from (Decimal(str(number)), Fraction(str(number)), (x for x in [number]))
    yield from (str(number), str(number).replace(".", ","), f"{number} {unit}".replace("-", "−"))
    if number == int(number):
        yield from (int(number), np.int64(number), np.array([int(number)]), f"{int(number):,}")
        yield f"{int(number):,}".replace(",", "\u202f")


def test_the_number_that_right_prints_is_right_in_every_form_a_student_may_type():
    """All exercises in one loop, so that one run names every number that would be refused."""
    faults = []
    for place, exercise in NUMBERS.items():
        judge = exercise.judge
        forms = list(judge.printed)
        if judge.unit == "people":
            forms.append(str(math.ceil(judge.expected - 1e-9)))
        answers = [answer for form in forms for answer in typed(form, judge.unit)]
        low, high = judge.band
        value = judge.expected
        answers += [value, np.float64(value), low, high, f"{value:.6f}", f"{value:.6f}".replace(".", ",")]
        places = max(len(form.partition(".")[2].rstrip("%")) + 2 * form.endswith("%") for form in forms)
        answers += [round(value, digits) for digits in range(places, 7)]
        for answer in answers:
            if not (says := exercise.check(answer)).startswith("✔ Right.") and "less than half" not in says:
                faults.append(f"{place}: {answer!r}: {says}")
    assert len(NUMBERS) > 35
    assert faults == []


def test_a_number_beyond_the_last_digit_that_right_prints_is_not_right():
    faults = []
    for place, exercise in NUMBERS.items():
        low, high = exercise.judge.band
        step = 3e-6 * abs(exercise.judge.expected)
        exact = {math.ceil(exercise.judge.expected)}
        for answer in {low - step, high + step, -exercise.judge.expected} - exact:
            if answer and exercise.right(answer):
                faults.append(f"{place}: {answer}")
    assert faults == []


class Odd:
    """A thing that objects to everything."""

    def __getattr__(self, name: str):
        raise RuntimeError("NoneType object is not iterable")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("NoneType object is not iterable")

    __hash__ = None


def odd_answers() -> list[Any]:
    return [
        None, "", " ", "forty", "nan", "12 34 56 mg kg", "1/0", b"3", [], [None], [[]], [1, 2], (1, "x"),
        {}, {"a": 1}, {"event": None, "left": "x", "people": [1]}, {1, 2}, object(), Odd(), [Odd()],
        float, len,
        float("nan"), float("inf"), -float("inf"), 1e300, -1e300, 10**400, 3 + 2j, True, np.bool_(False),
        np.nan, np.array([]), np.array([np.nan]), np.array([1, 2.0]), np.array(["a"]), pd.NA, pd.NaT,
        pd.Series([1, 2]), pd.Series([pd.NA]), pd.DataFrame(), pd.Timestamp("2020-01-01"),
        np.datetime64("2020"), pd.Timedelta(days=2), range(3), (x for x in ()), (x for x in "abc"),
        iter([]), itertools.count(),
        map(float, ["x"]), zip([1], [2], strict=True), datetime.date(2020, 1, 1), "✔ Right.", "9" * 500,
        "1e999",
    ]  # fmt: skip


def test_what_is_no_answer_is_refused_in_a_sentence_that_is_not_pythons(capfd):
    """No error text, no warning, nothing on stderr: whatever is handed over, whichever exercise."""
    faults = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for place, exercise in EXERCISES.items():
            if exercise.is_argument:
                continue
            for odd in odd_answers():
                says = exercise.check(odd)
                if says[0] != "✘" or len(says) < 30 or PYTHON.search(says):
                    faults.append(f"{place}: {type(odd).__name__}: {says}")
    assert faults == []
    assert capfd.readouterr().err == ""


def test_a_check_works_where_warnings_are_errors():
    """A course run under `-W error` gets the same verdicts as one without."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wrong = [place for place, e in EXERCISES.items() if not e.is_argument and not e.right(solved(e))]
    assert wrong == []


def test_a_generator_is_judged_the_same_by_check_and_grade_book():
    for n, key in (("01", "hold_the_level"), ("09", "keep_asleep"), ("02", "tell_them_apart")):
        doses = (dose for dose in solved(EXERCISES[n, key]))
        assert lesson(n).exercises[key].check(doses).startswith("✔ Right.")
        assert lesson(n).right(key, doses)
        assert lesson(n).right(key, doses)


def test_what_breaks_the_tasks_own_condition_is_not_right():
    """Each case was called right, or could be by the luck of rounding."""
    from ketalab.models import pharmacokinetics as pk
    from ketalab.models.cascade import Blocked

    says = EXERCISES["04", "trkb_without_spines"].check
    assert "exactly 10%" in says(Blocked(mtorc1=0.9))
    assert says(Blocked(mtorc1=0.901)).startswith("✔ Right.")
    says = EXERCISES["08", "halve_it"].check
    assert says(36).startswith("✘")
    assert "less than half" in says(36.5)
    assert says(37).startswith("✔ Right.")
    says = EXERCISES["07", "enough_people"].check
    assert "too few" in says(394)
    assert says(395).startswith("✔ Right.")
    # between two whole minutes a short push goes over the top and is gone again
    level = [pk.Dose(23, "iv"), pk.Dose(0.44 * 60, "iv", duration=60)]
    assert EXERCISES["01", "hold_the_level"].right(level)
    assert not EXERCISES["01", "hold_the_level"].right([*level, pk.Dose(4, "iv", time=30.3)])
    says = EXERCISES["09", "shock_index"].check
    assert "Give both" in says(1.18)
    assert "compare it with 0.9" in says((1.18, "below 0.9"))
    assert says([1.1789, "0.9 OR more"]).startswith("✔ Right.")


@pytest.mark.parametrize("n", sorted(ready()))
def test_a_lesson_has_three_to_five_exercises_of_which_one_argues(n: str):
    here = lesson(n)
    assert 3 <= len(here.exercises) <= 5
    assert any("words" in exercise.worked() for exercise in here.exercises.values())
    for exercise in here.exercises.values():
        assert re.fullmatch(r"O\d( and O\d)*", exercise.objective)
        assert exercise.hint.endswith((".", "?"))


@given(st.integers(-9999, 9999).filter(bool), st.integers(0, 4), st.floats(-0.5, 0.5))
def test_whatever_rounds_to_the_printed_number_is_right(digits: int, places: int, off: float):
    expected = digits / 10**places
    judge = number(expected, "mg", "Yes.", (f"{expected:.{places}f}",))
    assert judge(expected + off / 10**places).right
    assert not judge(expected + 0.52 / 10**places).right
    assert not judge(expected - 0.52 / 10**places).right


@given(st.floats(0.1, 1e6), st.sampled_from([-1.0, 0.0, 1e-4, 0.5, 0.9, 1.1, 2.0, 3e4]))
def test_a_number_outside_is_told_in_which_way(expected: float, factor: float):
    judgement = number(expected, "mg", "Yes.", (f"{expected:.4f}",))(expected * factor)
    assert not judgement.right
    word = "size" if factor in (0, -1) else "too large" if factor > 1 else "too small"
    assert word in judgement.says


@pytest.mark.parametrize(
    ("unit", "given_", "says"),
    [
        ("mg", 28_000, "1,000 times too large: check the units."),
        ("people", 2.8, "10 times too small: check where the decimal point went."),
        ("mg", 1.1, "far too small: look at the units first."),
        ("people", 500, "far too large: do it roughly in your head first."),
        ("", 500, "far too large: do it roughly in your head first."),
    ],
)
def test_who_counts_people_is_not_sent_to_the_units(unit: str, given_: float, says: str):
    assert number(28, unit, "Yes: 28.", ("28",))(given_).says.endswith(says)


def test_units_and_commas_are_read_as_people_write_them():
    assert numbers("51%") == [0.51]
    assert numbers("0.2 %", "in 1,000") == [2.0]
    assert numbers("0,41 uM", "µM") == [0.41]
    assert numbers("1.234,5 mg", "mg") == [1234.5]
    assert set(numbers("1,528")) == {1.528, 1528.0}
    assert numbers("1/3") == [1 / 3]
    for text, unit in (("20 g", "mg"), ("3 days", "h"), ("5 mg/kg", "mg"), ("2 h 30", "h"), ("five", "h")):
        with pytest.raises(UnreadableError, match="Give one number"):
            numbers(text, unit)


def test_a_judge_that_contradicts_its_words_is_named():
    with pytest.raises(ValueError, match=r"answer: '3\.2' is not 2\.79 rounded"):
        number(2.79, "mg", "It is 3.2.", ("3.2",)).verify()
    with pytest.raises(ValueError, match=r"right: '2\.8' is not in it"):
        number(2.79, "mg", "It is 2.85.", ("2.8",)).verify()
    with pytest.raises(ValueError, match=r"mistakes: 2\.76 would be right"):
        number(2.79, "mg", "It is 2.8.", ("2.8",), ((2.76, "Too low."),)).verify()


def test_unknown_lessons_exercises_and_predictions_are_named():
    with pytest.raises(ValueError, match="lesson: '99' is not one of 00, 01"):
        lesson("99")
    with pytest.raises(ValueError, match="exercise: 'none' is not one of"):
        lesson("01").check("none", 1)
    with pytest.raises(ValueError, match="prediction: 'none' is not one of"):
        lesson("01").predict("none")
    with pytest.raises(ValueError, match="check: 'none' is not one of"):
        lesson("01").check_question("none")
