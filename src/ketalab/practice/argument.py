"""Arguments: a student writes, then compares. No machine calls an argument right or wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ketalab.practice.answers import UnreadableError
from ketalab.practice.asking import Shown, box, mark
from ketalab.text import count, listed

LEAST_WORDS = 25
GRADES = ("strong", "middling", "wrong")
OPENING = "No machine judges an argument. Compare yours with the points below and tick what you said."


@dataclass(frozen=True)
class Point:
    """A point that earns a mark from a person: what counts, and words that may mention it."""

    name: str
    words: tuple[str, ...]
    counts: str

    def mentioned(self, text: str) -> bool:
        """Whether one of the words stands in the text: a hint for the writer, no judgement."""
        plain = " ".join(text.lower().replace("’", "'").split())
        return any(re.search(rf"(?<!\w){re.escape(word)}", plain) for word in self.words)


@dataclass(frozen=True)
class Sample:
    """An answer of somebody else's: strong, middling or wrong, and why."""

    grade: str
    text: str
    reason: str


@dataclass(frozen=True)
class Rubric:
    """What to look for in the answers to one exercise."""

    lesson: str
    key: str
    points: Sequence[Point]
    samples: Sequence[Sample]

    def review(self, answer: Any) -> "Review":
        """What to compare an argument with; UnreadableError when there is nothing to compare yet."""
        if not isinstance(answer, str):
            raise UnreadableError("An argument is text: put your sentences between quotation marks.")
        words = len(answer.split())
        if words < LEAST_WORDS:
            raise UnreadableError(
                f"You have written {count(words, 'word')}. An argument has reasons: write at least "
                f"{LEAST_WORDS} words, then compare."
            )
        return Review(self, tuple(point.name for point in self.points if point.mentioned(answer)))


@dataclass(frozen=True, repr=False)
class Review(Shown):
    """An argument beside the points and three answers of others. It holds no verdict."""

    rubric: Rubric
    mentions: tuple[str, ...]

    @property
    def mentioned(self) -> str:
        """What was found in the text, in words that promise nothing."""
        if not self.mentions:
            return "We found none of the words we looked for; you may have said it in others."
        return f"Your words touch on: {listed(self.mentions)}. Whether they argue it is for you to say."

    def html(self) -> str:
        points = "".join(
            f'<li><label><input type="checkbox" value="{mark(point.name)}"> {escape(point.counts)}'
            "</label></li>"
            for point in self.rubric.points
        )
        samples = "".join(
            f"<details><summary>A {sample.grade} answer</summary>"
            f'<blockquote class="ketalab-answer">{escape(sample.text)}</blockquote>'
            f"<p><b>Why:</b> {escape(sample.reason)}</p></details>"
            for sample in self.rubric.samples
        )
        return box(
            "argument",
            f"{self.rubric.lesson}/argument/{self.rubric.key}",
            f'<p class="asks"><b>Now compare.</b> {OPENING}</p><p>{escape(self.mentioned)}</p>'
            f'<ul class="points">{points}</ul>{samples}',
        )

    def __repr__(self) -> str:
        points = "\n".join(f"  [ ] {point.counts}" for point in self.rubric.points)
        samples = "\n".join(
            f"\nA {sample.grade} answer: {sample.text}\n  Why: {sample.reason}"
            for sample in self.rubric.samples
        )
        return f"Now compare. {OPENING}\n{self.mentioned}\n{points}\n{samples}"
