"""Exercises: a solution, the starter made from it, and a check that answers a mistake by name.

The solution is an ordinary function. Its lines between `# your turn` and `# done` are the ones the
student writes; the starter shows them as dots. So exercise and solution cannot disagree.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import Any

LEAST_WORDS = 25  # of an argument
TURN, DONE = "# your turn", "# done"
POINTS, POINTS_ARGUMENT, POINTS_BY_HAND = 2, 1, 3  # by the check; by it for an argument; by a person
NOT_YET = "○ Not answered yet: replace the dots, then run this cell again."


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and what to say about it."""

    right: bool
    says: str

    def __str__(self) -> str:
        return f"{'✔ Right.' if self.right else '✘ Not yet.'} {self.says}"


Judge = Callable[[Any], Judgement]


@dataclass(frozen=True)
class Exercise:
    """One exercise of a lesson. `wrong` are the commonest wrong answers, by what went wrong."""

    key: str
    title: str
    objective: str
    task: str
    hint: str
    solution: Callable[[], Any]
    judge: Judge
    wrong: dict[str, Any]
    imports: str = ""

    @property
    def answer(self) -> str:
        """Name of the variable that holds the answer: what the solution returns."""
        return re.findall(r"return (\w+)", inspect.getsource(self.solution))[-1]

    @property
    def is_argument(self) -> bool:
        """Whether the answer is text, which a person should read as well."""
        with redirect_stdout(StringIO()):
            return isinstance(self.solution(), str)

    def worked(self) -> str:
        """The solution as the lines of a cell."""
        return self._cell(self._parts()[1])

    def starter(self, check: str = "") -> str:
        """The cell a student starts from: the turn is dots, the last line calls the check."""
        checked = [f'{check}("{self.key}", {self.answer})'] if check else []
        return self._cell([self._dots(), *checked])

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

    def right(self, answer: Any) -> bool:
        """Whether the answer is right; an answer that cannot be judged is not."""
        try:
            return bool(self.judge(answer).right)
        except Exception:
            return False

    def check(self, answer: Any) -> str:
        """What to tell the student; never raises, whatever the answer is."""
        if answer is ...:
            return NOT_YET
        try:
            return str(self.judge(answer))
        except Exception as error:
            return f"✘ Not yet. This answer cannot be checked ({type(error).__name__}: {error})."


def number(
    solution: float | Callable[[], float],
    unit: str,
    right: str,
    mistakes: Sequence[tuple[float, str]] = (),
    tolerance: float = 0.02,
) -> Judge:
    """A judge of numbers: right within a relative `tolerance` of the solution, or of what it returns;
    known mistakes are answered by name."""

    @cache
    def solved() -> float:
        with redirect_stdout(StringIO()):  # a solution may print; only its number is wanted
            return float(solution()) if callable(solution) else float(solution)

    def judge(answer: Any) -> Judgement:
        value, expected = float(answer), solved()
        if _close(value, expected, tolerance):
            return Judgement(True, right)
        for mistaken, advice in mistakes:
            if _close(value, mistaken, tolerance):
                return Judgement(False, advice)
        given = f"{value:g} {unit}".rstrip()
        if value == 0 or (value < 0) != (expected < 0):
            return Judgement(False, f"The sign or size cannot be right: you gave {given}.")
        ratio = value / expected
        if 1 / 3 < ratio < 3:
            side = "too large" if ratio > 1 else "too small"
            return Judgement(False, f"The size is about right, but {given} is {side}.")
        return Judgement(
            False,
            f"{given} is far too {'large' if ratio > 1 else 'small'}: look at units and size first.",
        )

    return judge


def _close(value: float, target: float, tolerance: float) -> bool:
    return abs(value - target) <= tolerance * abs(target)


@dataclass(frozen=True)
class Point:
    """Something an argument has to mention: words that show it does, and advice when it does not."""

    name: str
    words: tuple[str, ...]
    advice: str


def argument(points: Sequence[Point], right: str, least_words: int = LEAST_WORDS) -> Judge:
    """A judge of short arguments: it looks for each point, not for one phrasing."""

    def judge(answer: Any) -> Judgement:
        text = str(answer).lower()
        if len(text.split()) < least_words:
            return Judgement(False, f"Write at least {least_words} words: an argument has reasons.")
        missing = [point for point in points if not any(word in text for word in point.words)]
        if not missing:
            return Judgement(True, right)
        named = ", ".join(point.name for point in missing)
        return Judgement(False, f"Still missing: {named}. {missing[0].advice}")

    return judge
