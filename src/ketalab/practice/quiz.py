"""Quizzes with feedback per option, shown by jupyterquiz, and as text under a fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from IPython.display import HTML, Javascript, display
from jupyterquiz.dynamic.loader import load_questions_script
from jupyterquiz.dynamic.renderer import build_script, build_styles, render_div

from ketalab.plots.style import BLUE, VERMILION

# jupyterquiz fetches MathJax from a public host where it finds none to its liking, as in JupyterLab.
# Our questions hold no formulas, so the quiz is told that there is no MathJax at all.
OFFLINE = "(() => {{\n  let MathJax;\n{script}\n}})();"
COLOURS = {
    "--jq-multiple-choice-bg": "#00466e",
    "--jq-text-color": "#ffffff",
    "--jq-mc-button-bg": "#ffffff",
    "--jq-mc-button-border": "#6b6b6b",
    "--jq-mc-button-inset-shadow": "#ffffff",
    "--jq-correct-color": "#00634a",
    "--jq-incorrect-color": VERMILION,
    "--jq-link-color": BLUE,
}


@dataclass(frozen=True)
class Option:
    """One answer to a question, and what to say when it is chosen."""

    text: str
    feedback: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question with exactly one right option, for the objective it tests."""

    objective: str
    text: str
    options: Sequence[Option]

    def __post_init__(self) -> None:
        if sum(option.right for option in self.options) != 1:
            raise ValueError(f"question: {self.text!r} needs exactly one right option")

    def as_jupyterquiz(self) -> dict:
        answers = [{"answer": o.text, "correct": o.right, "feedback": o.feedback} for o in self.options]
        return {"question": self.text, "type": "multiple_choice", "answers": answers}


def show_quiz(name: str, questions: Sequence[Question]) -> None:
    """Show the quiz; the same lesson always gets the same element id."""
    element = f"ketalab_quiz_{name}"
    prefix, _, _ = load_questions_script([q.as_jupyterquiz() for q in questions], element)
    box = render_div(element, False, False, False, len(questions), 900, 10, "left")
    script = build_script(prefix, True, "", element, True)
    display(HTML(box + build_styles(element, COLOURS)))
    display(Javascript(OFFLINE.format(script=script)))
    display(HTML(folded(questions)))


def folded(questions: Sequence[Question]) -> str:
    """The questions as text with the answers folded, for where no script runs."""
    items = "".join(
        f"<li>{escape(q.text)}<ul>{''.join(f'<li>{escape(o.text)}</li>' for o in q.options)}</ul></li>"
        for q in questions
    )
    answers = "".join(f"<li>{_answers(question)}</li>" for question in questions)
    return (
        f"<details><summary>The questions as text</summary><ol>{items}</ol>"
        f"<details><summary>The answers</summary><ol>{answers}</ol></details></details>"
    )


def _answers(question: Question) -> str:
    return "<br>".join(
        f"{'✔' if option.right else '✘'} {escape(option.text)}: {escape(option.feedback)}"
        for option in question.options
    )
