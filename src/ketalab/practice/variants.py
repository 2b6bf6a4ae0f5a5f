"""Exercises with other numbers: one a seed, such as a student's name or a year.

The solution is run again on the new numbers, and so is every known mistake, from the formula that stands
with it. So a check of a variant answers by name what the check of the lesson does, and an assignment need
not equal the lesson, whose solution stands under a fold.
"""

import linecache
import math
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from itertools import count, product
from typing import Any

import numpy as np

from ketalab.practice.answers import written
from ketalab.practice.exercise import DONE, TURN, Exercise
from ketalab.text import MINUS, grouped, with_unit

CHANGED = "*The numbers are changed for practice: they are no results.* "
_NUMBERED = count(1)


@dataclass(frozen=True)
class Recipe:
    """How an exercise varies: for each number in it others, and for each mistake's advice its formula.

    A number that is written differently in the task and in the code has both, "26.7|0.267", and one that
    is written in several ways has all, the code's last: "4|four|4.0". Numbers that belong together vary
    together, "0, 1 and 5|0, 1, 5"; what stands in the code only has nothing before the bar.
    """

    numbers: Mapping[str, tuple[str, ...]]
    formulas: tuple[tuple[str, str], ...]  # formula and advice


def variants(exercise: Exercise, seed: str, most: int, verified: bool = False) -> list[Exercise]:
    """Up to `most` variants, the same for the same seed, each with an answer of its own: none is right in
    the lesson or in another of them. Whoever has called `verify` before says so, as it takes its time.

    Raises ValueError, one sentence with the key at fault, for an exercise that has none, when a mistake is
    right under some choice of numbers, and when every choice leaves the answer as it is.
    """
    if exercise.recipe is None:
        raise ValueError(f"exercise: {exercise.key!r} has no numbers that vary")
    if not verified:
        verify(exercise)
    choices = list(_choices(exercise))
    random.Random(f"{exercise.key}/{seed}").shuffle(choices)
    found: list[Exercise] = []
    for chosen in choices:
        made = _made(exercise, chosen)
        lesson = [exercise] if chosen else []  # without numbers to choose, it is the lesson's own
        if not any(other.right(made.judge.expected) for other in (*lesson, *found)):
            found.append(made)
        if len(found) == most:
            return found
    if not found:
        raise ValueError(f"vary: {exercise.key!r}: no choice of numbers changes the answer")
    return found


def verify(exercise: Exercise) -> None:
    """ValueError, one sentence with the choice at fault, when a mistake becomes right in a variant."""
    for chosen in _choices(exercise):
        try:
            _made(exercise, chosen).verify()
        except ValueError as error:
            raise ValueError(f"vary: {' and '.join(chosen.values())}: {error}") from None


def _choices(exercise: Exercise) -> Iterator[dict[str, str]]:
    """Every choice of numbers."""
    old, new = exercise.recipe.numbers.keys(), exercise.recipe.numbers.values()
    return (dict(zip(old, chosen, strict=True)) for chosen in product(*new))


def _made(exercise: Exercise, chosen: Mapping[str, str]) -> Exercise:
    """The exercise with the numbers chosen."""
    told = {
        one: other
        for old, new in chosen.items()
        for one, other in zip(old.split("|"), new.split("|"), strict=True)
        if one
    }
    coded = {_number(old.split("|")[-1]): _number(new.split("|")[-1]) for old, new in chosen.items()}
    solution = _solution(exercise, coded)
    names = _names(exercise, solution)
    value = float(names[exercise.answer])
    counted = isinstance(names[exercise.answer], int | np.integer)
    printed = grouped(value) if counted else _rounded(value, exercise.judge.printed[0])
    advice = tuple(
        (float(eval(formula, names)), _put(says, told))  # our own formulas, from our own file
        for formula, says in exercise.recipe.formulas
    )
    unit = exercise.judge.unit
    says = f"{with_unit(printed, unit)}."
    judge = replace(exercise.judge, solution=solution, says=says, printed=(printed,), mistakes=advice)
    wrong = {written(wrong, unit): wrong for wrong, _ in advice}
    task = CHANGED + _put(exercise.task, told)
    return replace(
        exercise, task=task, hint=_put(exercise.hint, told), solution=solution, judge=judge, wrong=wrong
    )


def _number(text: str) -> str:
    """The number in "3 mV", as it stands in code; several numbers as they are."""
    alone = re.fullmatch(r"([\d.−-]+) [^\d\W]+", text)
    return (alone[1] if alone else text).replace(MINUS, "-")


def _put(text: str, new: Mapping[str, str]) -> str:
    """The text with numbers exchanged, all at once and only where they stand alone."""
    if not new:
        return text
    old = "|".join(re.escape(number) for number in sorted(new, key=len, reverse=True))
    return re.sub(rf"(?<![\w.,])(?:{old})(?![\w]|[.,]\d)", lambda found: new[found[0]], text)


def _solution(exercise: Exercise, new: Mapping[str, str]) -> Any:
    """The solution as a function of its own, with the numbers that are given in it exchanged."""
    body = exercise._body()
    begin = [line.strip() for line in body].index(TURN)
    given = [_exchanged(line, new) for line in body[:begin]]
    lines = [f"def {exercise.key}():", *(f"    {line}" for line in [*given, *body[begin:]])]
    source = "\n".join([*lines, f"    return {exercise.answer}"]) + "\n"
    file = f"<variant {next(_NUMBERED)} of {exercise.key}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = dict(exercise.solution.__globals__)
    exec(compile(source, file, "exec"), names)
    return names[exercise.key]


def _exchanged(line: str, new: Mapping[str, str]) -> str:
    """A line with the numbers in its code exchanged; 3 stands for 3.0 as well."""
    wide = dict(new) | {f"{old}.0": value for old, value in new.items() if "." not in old}
    code, mark, comment = line.partition("  # ")
    return _put(code, wide) + (mark + _put(comment, new) if mark else "")


def _names(exercise: Exercise, solution: Any) -> dict[str, Any]:
    """Everything the solution knows once it has run."""
    body = replace(exercise, solution=solution)._body()
    names = {"log": math.log, "exp": math.exp} | dict(solution.__globals__)
    with redirect_stdout(StringIO()):
        exec("\n".join(line for line in body if line.strip() not in (TURN, DONE)), names)
    return names


def _rounded(value: float, like: str) -> str:
    """The value with as many decimal places as another number, and never fewer than two digits."""
    places = len(like.partition(".")[2])
    if abs(value) < 10 ** (1 - places):
        places += 1
    return f"{value:,.{places}f}".replace("-", "−")
