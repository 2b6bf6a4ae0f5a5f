"""Predict first: a question the student commits to before anything moves."""

from collections.abc import Sequence
from dataclasses import dataclass

from ketalab.practice.asking import Option, Shown, as_html, bare, box, emphasised, lettered, shuffled


@dataclass(frozen=True, repr=False)
class Prediction(Shown):
    """A multiple-choice prediction. Each option has the answer it deserves after the fact.

    `giveaway` are the words and numbers that tell the answer: they may stand nowhere above the question.
    """

    lesson: str
    key: str
    question: str
    written: Sequence[Option]  # as in the file
    then: str  # what to do to find out
    giveaway: tuple[str, ...] = ()
    objective: str = ""

    @property
    def options(self) -> list[Option]:
        """The options in this reader's order."""
        return shuffled(self.written, self.lesson, "prediction", self.key)

    def html(self) -> str:
        """Options to commit to, and what happened, folded."""
        options = "".join(
            f'<li data-option="{option.mark}"><label><input type="radio" name="{self.lesson}-{self.key}"> '
            f'{as_html(option.text)}<span class="mine"> (your prediction)</span></label></li>'
            for option in self.options
        )
        answers = "".join(
            f'<li value="{place}" class="{option.kind}" data-option="{option.mark}">'
            f'{as_html(option.text)}<span class="mine"> (your prediction)</span><br>'
            f'<span class="verdict">{option.verdict}</span> {as_html(option.says)}</li>'
            for place, option in enumerate(self.options, 1)
        )
        return box(
            "prediction",
            f"{self.lesson}/prediction/{self.key}",
            f'<p class="asks"><b>Predict first.</b> {emphasised(self.question)}</p>'
            f'<ol type="A" class="options">{options}</ol><button type="button" disabled>Commit</button>'
            f'<p class="then">{emphasised(self.then)}</p>'
            f'<details class="happened"><summary>What happened</summary><ol type="A">{answers}</ol>'
            "</details>",
        )

    def __repr__(self) -> str:
        return f"Predict first. {bare(self.question)}\n{lettered(self.options)}\n  {bare(self.then)}"
