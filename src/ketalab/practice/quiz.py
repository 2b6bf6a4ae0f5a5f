"""Checks after a section and quizzes at a lesson's end: questions with feedback for each option."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ketalab.practice.asking import (
    Option,
    Shown,
    bare,
    box,
    emphasised,
    folds,
    lettered,
    mark,
    shuffled,
)

__all__ = ["Check", "Option", "Question", "Quiz"]


@dataclass(frozen=True)
class Question:
    """A question with exactly one right option, for the objective it tests."""

    lesson: str
    objective: str
    text: str
    written: Sequence[Option]  # as in the file
    key: str = ""
    picture: str = ""  # a figure that it speaks of, for those who haven't the lesson before them

    def __post_init__(self) -> None:
        if sum(option.right for option in self.written) != 1:
            raise ValueError(f"question: {self.text!r} needs exactly one right option")

    @property
    def options(self) -> list[Option]:
        """The options in this reader's order."""
        return shuffled(self.written, self.lesson, self.key or mark(self.text))

    def html(self, kind: str, before: str) -> str:
        """The question and its options, each of which opens to its feedback."""
        where = f"{self.lesson}/{kind}/{self.key or mark(self.text)}"
        asks = f'<p class="asks"><b>{escape(before)}</b> {emphasised(self.text)}</p>'
        return box(kind, where, asks + folds(self.options))


@dataclass(frozen=True, repr=False)
class Check(Shown):
    """One question after a section."""

    question: Question

    def html(self) -> str:
        return self.question.html("check", "Check.")

    def __repr__(self) -> str:
        return f"Check. {bare(self.question.text)}\n{lettered(self.question.options)}"


@dataclass(frozen=True, repr=False)
class Quiz(Shown):
    """The questions at the end of a lesson."""

    questions: Sequence[Question]

    def html(self) -> str:
        of = len(self.questions)
        return "".join(q.html("quiz", f"Question {i} of {of}.") for i, q in enumerate(self.questions, 1))

    def __repr__(self) -> str:
        return "\n".join(
            f"{i}. {bare(q.text)}\n{lettered(q.options)}" for i, q in enumerate(self.questions, 1)
        )
