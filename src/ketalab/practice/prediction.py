"""Predict first: a question the student commits to before anything moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import ipywidgets as widgets

from ketalab.explorables.description import VIEW_MIME


@dataclass
class Prediction:
    """A multiple-choice prediction. Each option has the answer it deserves after the fact."""

    key: str
    question: str
    options: Sequence[tuple[str, str]]
    then: str  # what to do to find out

    @cached_property
    def widget(self) -> widgets.Widget:
        """Radio buttons, a button to commit, and what to do next; then the feedback."""
        choice = widgets.RadioButtons(
            options=[text for text, _ in self.options], value=None, layout={"width": "auto"}
        )
        commit = widgets.Button(description="Commit", disabled=True, button_style="primary")
        reveal = widgets.Button(description="I have looked: compare")
        reveal.layout.display = "none"
        answer = widgets.HTML()

        def chosen(_change: dict) -> None:
            commit.disabled = choice.value is None

        def committed(_button: widgets.Button) -> None:
            choice.disabled = commit.disabled = True
            answer.value = f"<p role='status'>Committed. {escape(self.then)}</p>"
            reveal.layout.display = ""

        def revealed(_button: widgets.Button) -> None:
            answer.value = f"<p role='status'>{escape(dict(self.options)[choice.value])}</p>"

        choice.observe(chosen, "value")
        commit.on_click(committed)
        reveal.on_click(revealed)
        heading = widgets.HTML(f"<b>Predict first.</b> {escape(self.question)}")
        return widgets.VBox([heading, choice, widgets.HBox([commit, reveal]), answer])

    def html(self) -> str:
        """The question for readers without a kernel; the answers are folded away."""
        options = "".join(f"<li>{escape(text)}</li>" for text, _ in self.options)
        answers = "".join(f"<li><b>{escape(text)}</b>: {escape(says)}</li>" for text, says in self.options)
        return (
            f"<p><b>Predict first.</b> {escape(self.question)}</p><ol type='A'>{options}</ol>"
            f"<p>{escape(self.then)}</p>"
            f"<details><summary>What happened</summary><ol type='A'>{answers}</ol></details>"
        )

    def __repr__(self) -> str:
        letters = "ABCDEFGH"
        options = [f"  {x}. {text}" for x, (text, _) in zip(letters, self.options, strict=False)]
        return "\n".join([f"Predict first. {self.question}", *options, f"  {self.then}"])

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        live = self.widget._repr_mimebundle_(include={VIEW_MIME})
        return live | {"text/plain": repr(self), "text/html": self.html()}
