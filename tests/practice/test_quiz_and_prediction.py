"""Quizzes with feedback for every option, and predictions that are committed before they are answered."""

import re

import ipywidgets as widgets
import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.quiz import Option, Question, folded, show_quiz

LESSONS = sorted(ready())
PREDICTIONS = [(n, key) for n in LESSONS for key in lesson(n).predictions]


@pytest.mark.parametrize("n", LESSONS)
def test_a_quiz_has_four_to_six_questions_with_feedback_for_each_option(n: str):
    questions = lesson(n).questions
    assert 4 <= len(questions) <= 6
    for question in questions:
        assert 3 <= len(question.options) <= 5, question.text
        feedback = [option.feedback for option in question.options]
        assert len(set(feedback)) == len(feedback), question.text
        assert all(len(text) >= 20 and text.endswith((".", "!")) for text in feedback), feedback
        assert re.fullmatch(r"O\d", question.objective)


@pytest.mark.parametrize("n", LESSONS)
def test_the_right_option_does_not_always_stand_in_one_place(n: str):
    places = [[o.right for o in q.options].index(True) for q in lesson(n).questions]
    assert len(set(places)) > 1


@pytest.mark.parametrize("n", LESSONS)
def test_the_text_under_the_fold_holds_every_question_option_and_answer(n: str):
    import html

    text = html.unescape(folded(lesson(n).questions))
    for question in lesson(n).questions:
        assert question.text in text
        for option in question.options:
            assert option.text in text
            assert option.feedback in text


def test_the_quiz_is_the_same_every_time_and_asks_nobody(capsys, monkeypatch):
    def shown() -> str:
        parts: list[str] = []
        monkeypatch.setattr("ketalab.practice.quiz.display", lambda part: parts.append(str(part.data)))
        show_quiz("01", lesson("01").questions)
        return "".join(parts)

    first = shown()
    assert first == shown()
    # jupyterquiz names a public host where no MathJax is found; ours is told that there is none to find
    assert re.search(r"\(\(\) => \{\s+let MathJax;", first)


def test_a_question_needs_exactly_one_right_option():
    with pytest.raises(ValueError, match="needs exactly one right option"):
        Question("O1", "Which?", (Option("a", "No."), Option("b", "No.")))


def parts(box: widgets.Widget) -> tuple:
    _, choice, buttons, answer = box.children
    return choice, *buttons.children, answer


@pytest.mark.parametrize(("n", "key"), PREDICTIONS)
def test_a_prediction_is_committed_before_it_is_answered(n: str, key: str):
    prediction = lesson(n).predict(key)
    for text, says in prediction.options:
        prediction.__dict__.pop("widget", None)
        choice, commit, reveal, answer = parts(prediction.widget)
        assert commit.disabled
        assert reveal.layout.display == "none"
        choice.value = text
        commit.click()
        assert choice.disabled
        assert says[:20] not in answer.value
        reveal.click()
        assert says[:20] in answer.value.replace("&#x27;", "'")


@pytest.mark.parametrize(("n", "key"), PREDICTIONS)
def test_a_prediction_can_be_read_without_a_kernel(n: str, key: str):
    prediction = lesson(n).predict(key)
    data = prediction._repr_mimebundle_()
    assert data["text/plain"].startswith("Predict first.")
    assert "<details><summary>What happened</summary>" in data["text/html"]
    assert len({says for _, says in prediction.options}) == len(prediction.options) >= 3
