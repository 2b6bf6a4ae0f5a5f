"""Exercises: a solution, the starter made from it, and a check that answers a mistake by name.

The solution is an ordinary function. Its lines between `# your turn` and `# done` are the ones the
student writes; the starter shows them as dots. So exercise and solution cannot disagree.
"""

import inspect
import math
import re
import textwrap
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from ketalab.practice.answers import UnreadableError, kept, numbers, written
from ketalab.practice.argument import Review, Rubric
from ketalab.text import grouped

if TYPE_CHECKING:
    from ketalab.practice.variants import Recipe

ROUNDING = 1e-6  # of a number, what storing it in 32 or 64 bits may move
MEASURED = {"µM", "mg", "mmHg", "mV", "Hz", "min", "h", "days", "weeks", "years"}  # in several sizes
MISTAKE_WITHIN = 0.02  # of a known mistake, to be recognised
TURN, DONE = "# your turn", "# done"
POINTS, POINTS_BY_HAND = 2, 3  # for what the check judges; for an argument, by a person
NOT_YET = "○ Not answered yet: replace the dots, then run this cell again."


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and what to say about it. Nobody but a person judges what is None."""

    right: bool | None
    says: str
    review: Review | None = None  # of an argument: what to compare it with

    def __str__(self) -> str:
        marks = {True: "✔ Right. ", False: "✘ Not yet. ", None: ""}
        return f"{marks[self.right]}{self.says}"


Judge = Callable[[Any], Judgement]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson. `wrong` are the commonest wrong answers, by what went wrong; an argument
    has a `rubric` instead, by which a person marks it."""

    key: str
    title: str
    objective: str
    task: str
    hint: str
    solution: Callable[[], Any]
    judge: Judge
    wrong: dict[str, Any]
    imports: str = ""
    rubric: Rubric | None = None
    recipe: "Recipe | None" = None  # how its numbers vary (practice.variants)
    fixed: str = ""  # why they don't
    picture: str = ""  # a figure that the task speaks of, for those who haven't the lesson before them

    @property
    def answer(self) -> str:
        """Name of the variable that holds the answer: what the solution returns."""
        return re.findall(r"return (\w+)", inspect.getsource(self.solution))[-1]

    @property
    def is_argument(self) -> bool:
        """Whether the answer is text, which only a person can mark."""
        return self.rubric is not None

    def worked(self) -> str:
        """The solution as the lines of a cell."""
        return self._cell(self._parts()[1])

    def starter(self, check: str = "") -> str:
        """The cell a student starts from: the turn is dots, the last line calls the check."""
        checked = [f'{check}("{self.key}", {self.answer})'] if check else []
        return self._cell([self._dots(), *checked])

    def given(self) -> str:
        """What an exercise starts from: the lines before the student's turn, with what they import."""
        before = "\n".join(self._parts()[0]).strip()
        return "\n\n".join(filter(None, (self.imports, before)))

    def for_grading(self) -> str:
        """The starter and, between the marks that nbgrader cuts along, the worked solution."""
        return self._cell([self._dots(), "### BEGIN SOLUTION", *self._parts()[1], "### END SOLUTION"])

    def _cell(self, turn: Sequence[str]) -> str:
        before, _, after = self._parts()
        imports = f"{self.imports}\n\n" if self.imports else ""
        return imports + "\n".join([*before, *turn, *after]).strip()

    def _dots(self) -> str:
        comment = self._parts()[1][-1].split("  # ")[1:]
        return "  # ".join([f"{self.answer} = ...", *comment])

    def _parts(self) -> tuple[list[str], list[str], list[str]]:
        """The solution's lines before, during and after the student's turn."""
        lines = self._body()
        marks = [line.strip() for line in lines]
        begin, end = marks.index(TURN), marks.index(DONE)
        return lines[:begin], lines[begin + 1 : end], lines[end + 1 :]

    def _body(self) -> list[str]:
        source = textwrap.dedent(inspect.getsource(self.solution)).splitlines()
        body = textwrap.dedent("\n".join(source[1:])).splitlines()
        return [line for line in body if not line.startswith("return ")]

    def judgement(self, answer: Any) -> Judgement:
        """What the page, the check and the grade book all say of an answer; never raises or warns."""
        if answer is ...:
            return Judgement(None, NOT_YET)
        silent = StringIO()
        with warnings.catch_warnings(), redirect_stdout(silent), redirect_stderr(silent):
            warnings.simplefilter("ignore")
            try:
                if self.rubric:
                    review = self.rubric.review(answer)
                    return Judgement(None, repr(review), review)
                return self.judge(kept(answer))
            except UnreadableError as error:
                return Judgement(None, f"○ {error}") if self.rubric else Judgement(False, str(error))
            except Exception:
                return Judgement(
                    False, f"The check can't use this answer. Look at the task again: {self.hint}"
                )

    def right(self, answer: Any) -> bool:
        """Whether the answer is right; an answer that can't be judged, or that a person judges, is not."""
        return bool(self.judgement(answer).right)

    def check(self, answer: Any) -> str:
        """What to tell the student; never raises, whatever the answer is."""
        return str(self.judgement(answer))

    def verify(self) -> None:
        """ValueError, one sentence with the key at fault, when the judge contradicts its own words."""
        if isinstance(self.judge, Numeric):
            self.judge.verify()
        if self.rubric:
            for sample in self.rubric.samples:
                self.rubric.review(sample.text)  # long enough to be compared
            return
        if not self.right(_quietly(self.solution)):
            raise ValueError("solution: the check doesn't call it right")
        for name, answer in self.wrong.items():
            if self.right(answer):
                raise ValueError(f"mistakes: {name!r} is called right; it must be wrong")


def _quietly(solution: Callable[[], Any]) -> Any:
    with redirect_stdout(StringIO()):  # a solution may print; only what it returns is wanted
        return solution()


@dataclass(frozen=True)
class Numeric:
    """A judge of numbers.

    Right is the solution, whatever rounds to the number as `right` prints it (`printed[0]`), any other
    form that it prints, and where people are asked for the next whole person upward. A count (a solution
    that is an integer) is right only as itself, or `within` so many. `breaks` says what is wrong with a
    number that would round to the answer but breaks the task's own condition. A known mistake, to within
    2%, is answered with its advice.
    """

    solution: float | Callable[[], float]
    unit: str
    says: str
    printed: tuple[str, ...]
    mistakes: tuple[tuple[float, str], ...] = ()
    within: float = 0.0
    breaks: Callable[[float], str] | None = None

    @cached_property
    def expected(self) -> float:
        """What the solution returns."""
        return float(self._solved)

    @cached_property
    def _solved(self) -> Any:
        return _quietly(self.solution) if callable(self.solution) else self.solution

    @cached_property
    def band(self) -> tuple[float, float]:
        """The lowest and highest number that is right because it rounds to what is printed."""
        expected = self.expected
        if self.within or isinstance(self._solved, int | np.integer):
            return expected - self.within, expected + self.within
        value, half = _printed(self.printed[0], expected, self.unit)
        return value - half, value + half

    @cached_property
    def exact(self) -> list[float]:
        """Numbers that are right by themselves: the solution, each form that is printed, and of people
        the next whole one upward."""
        exact = [self.expected, *(numbers(form, self.unit)[0] for form in self.printed)]
        if self.unit == "people":
            exact.append(math.ceil(self.expected * (1 - ROUNDING)))
        return exact

    def __call__(self, answer: Any) -> Judgement:
        """Judge every number that the answer may mean (a comma may be either sign); the best counts."""
        judged = [self._judged(value) for value in numbers(answer, self.unit)]
        return next((judgement for judgement in judged if judgement.right), judged[0])

    def _judged(self, value: float) -> Judgement:
        if self._is_right(value):
            broken = self.breaks(value) if self.breaks else ""
            return Judgement(False, broken) if broken else Judgement(True, self.says)
        known = [(abs(value - wrong), advice) for wrong, advice in self.mistakes if _close(value, wrong)]
        return Judgement(False, min(known)[1] if known else self._what_is_off(value))

    def _is_right(self, value: float) -> bool:
        low, high = self.band
        edge = ROUNDING * abs(self.expected)  # so that 2.85 is 2.85 however it is stored
        return low - edge <= value <= high + edge or any(abs(value - x) <= edge for x in self.exact)

    def _what_is_off(self, value: float) -> str:
        """What can be said of a wrong number without knowing how it came about."""
        given, expected = written(value, self.unit), self.expected
        if value == 0 or expected == 0:
            return f"The size cannot be right: you gave {given}."
        if self._is_right(-value):
            return f"The size is right, but not the sign: you gave {given}."
        if (value < 0) != (expected < 0):
            return f"The sign cannot be right: you gave {given}."
        for factor in (100, 1000, 10, 1e6, 60, 24):
            for times, way in ((factor, "large"), (1 / factor, "small")):
                if _close(value / times, expected):
                    size = f"{given} is {grouped(factor)} times too {way}"
                    where = "the units" if self.unit in MEASURED else "where the decimal point went"
                    return f"{size}: check {where}.{self._percent(times)}"
        ratio = value / expected
        if 1 / 3 < ratio < 3:
            return f"The size is about right, but {given} is too {'large' if ratio > 1 else 'small'}."
        first = "look at the units first" if self.unit in MEASURED else "do it roughly in your head first"
        return f"{given} is far too {'large' if ratio > 1 else 'small'}: {first}."

    def _percent(self, times: float) -> str:
        if times == 100 and not self.unit:
            wanted = "fraction" if abs(self.expected) <= 1 else "ratio"
            return f" A {wanted} is asked for, not percent."
        return " Percent is asked for, not a fraction." if times == 0.01 and self.unit == "%" else ""

    def verify(self) -> None:
        """ValueError, one sentence, when a printed form isn't the solution or a mistake would be right."""
        for form in self.printed:
            _printed(form, self.expected, self.unit)
            if not re.search(
                rf"(?<![\d.,]){re.escape(form)}(?![\d]|[.,]\d)", self.says.replace("\xa0", " ")
            ):
                raise ValueError(f"right: {form!r} is not in it; it must print every form of the answer")
        for wrong, _ in self.mistakes:
            if self._is_right(wrong):
                raise ValueError(f"mistakes: {wrong:g} would be right; the solution is {self.expected:g}")


def number(
    solution: float | Callable[[], float],
    unit: str,
    right: str,
    printed: Sequence[str],
    mistakes: Sequence[tuple[float, str]] = (),
    within: float = 0.0,
    breaks: Callable[[float], str] | None = None,
) -> Numeric:
    """A judge of numbers, as `Numeric` says."""
    return Numeric(solution, unit, right, tuple(printed), tuple(mistakes), within, breaks)


def _printed(form: str, expected: float, unit: str) -> tuple[float, float]:
    """A printed number and half of its last digit, both in the unit of the answer.

    ValueError when the expected number doesn't round to it.
    """
    value = numbers(form, unit)[0]
    digits = re.sub(r"[^\d.]", "", form)
    places = len(digits.partition(".")[2])
    zeros = 0 if places else len(digits) - len(digits.rstrip("0"))
    scale = 1.0 if value == 0 else abs(value) / float(digits)
    for place in range(places, places - zeros - 1, -1):
        half = 0.5 * 10.0**-place * scale
        if abs(expected - value) <= half * (1 + ROUNDING):
            return value, half
    raise ValueError(f"answer: {form!r} is not {expected:g} rounded; it must be the solution's number")


def _close(value: float, mistake: float) -> bool:
    return abs(value - mistake) <= MISTAKE_WITHIN * abs(mistake)
