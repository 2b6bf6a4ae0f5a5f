"""Predictions, checks and quizzes: options don't give the answer away, and all have one look."""

import html
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.asking import READER, Option, shuffled
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Question, Quiz
from ketalab.text import breakable

LESSONS = sorted(ready())
JOKES = re.compile(r"\b(sliders need time|binds to food|magic|because we say so)\b", re.IGNORECASE)


def asked() -> Iterator[tuple[str, Prediction | Question]]:
    """Everything with options, in every lesson."""
    for n in LESSONS:
        here = lesson(n)
        for question in (*here.predictions.values(), *here.checks.values(), *here.questions):
            yield n, question


def longest(question: Prediction | Question) -> bool:
    """Whether the right option is longer than every other one."""
    right = next(len(option.text) for option in question.written if option.right)
    return all(len(option.text) < right for option in question.written if not option.right)


def test_every_question_has_three_to_five_options_with_a_reason_of_their_own():
    faults = []
    for n, question in asked():
        feedback = [option.feedback for option in question.written]
        if not 3 <= len(feedback) <= 5 or len(set(feedback)) < len(feedback):
            faults.append(f"{n}: {feedback}")
        faults += [
            f"{n}: {text}" for text in feedback if len(text) < 15 or not text.endswith((".", "!", "?"))
        ]
        faults += [f"{n}: {o.text}" for o in question.written if JOKES.search(o.text)]
    assert faults == []


def test_the_length_of_an_option_does_not_give_it_away():
    """Over the course the right one is the longest in at most 40%, and options are of like length."""
    questions = list(asked())
    share = sum(longest(question) for _, question in questions) / len(questions)
    assert share <= 0.4
    lengths = [[len(option.text) for option in question.written] for _, question in questions]
    assert [found for found in lengths if max(found) > 2 * min(found)] == []


def places() -> Counter[tuple[int, int]]:
    """How often the right option stands where, by the number of options."""
    return Counter(
        (len(question.options), [option.right for option in question.options].index(True))
        for _, question in asked()
    )


def test_the_place_of_an_option_does_not_give_it_away(monkeypatch):
    """In the stored order, and over forty readers with an order of their own."""
    stored = places()
    readers: Counter[tuple[int, int]] = Counter()
    for reader in range(40):
        monkeypatch.setenv(READER, f"reader {reader}")
        readers += places()
    for found, spread in ((stored, 0.085), (readers, 0.03)):
        for options in (3, 4):
            count = [found[options, place] for place in range(options)]
            assert all(abs(n / sum(count) - 1 / options) <= spread for n in count), count


def test_a_reader_has_one_order_and_another_reader_another(monkeypatch):
    options = tuple(Option(text, "Because.", text == "a") for text in "abcdef")
    stored = shuffled(options, "05", "key")
    assert stored == shuffled(options, "05", "key")
    assert sorted(stored, key=lambda option: option.text) == list(options)
    monkeypatch.setenv(READER, "ada")
    ada = shuffled(options, "05", "key")
    assert ada == shuffled(options, "05", "key") != stored


@pytest.mark.parametrize("n", LESSONS)
def test_every_objective_has_a_question_and_an_exercise(n: str):
    here = lesson(n)
    assert 4 <= len(here.questions) <= 6
    assert len(here.checks) >= 3
    tested = {question.objective for question in (*here.questions, *here.checks.values())}
    assert 3 <= len(tested) <= 5
    assert tested == {f"O{place + 1}" for place in range(len(tested))}
    practised = {one for e in here.exercises.values() for one in e.objective.split(" and ")}
    assert practised == tested


def test_all_that_is_asked_can_be_read_without_kernel_or_script():
    """Every option and every reason stands in the stored HTML, folded, and every question in the text."""
    faults = []
    for n, question in asked():
        shown = question.html() if isinstance(question, Prediction) else question.html("quiz", "Question.")
        text = breakable(html.unescape(re.sub(r"<[^>]+>", " ", shown)))
        said = [part for option in question.written for part in (option.text, option.says)]
        faults += [f"{n}: {part}" for part in said if part not in text]
        if "<details" not in shown or "http" in shown:
            faults.append(f"{n}: {shown[:80]}")
    assert faults == []


def test_each_shows_as_text_and_as_html_that_is_the_same_every_time():
    for n in LESSONS:
        here = lesson(n)
        shown = [*here.predictions.values(), *map(here.check_question, here.checks), here.quiz()]
        for thing in shown:
            data = thing._repr_mimebundle_()
            assert set(data) == {"text/plain", "text/html"}
            assert data == thing._repr_mimebundle_()
            assert data["text/html"].count("<style>") == data["text/html"].count("<script>") == 1
            assert 'data-lm-suppress-shortcuts="true"' in data["text/html"]


def test_a_verdict_is_a_word_and_a_colour_and_stands_beside_the_option():
    quiz = Quiz(
        (Question("01", "O1", "Which?", (Option("a", "Yes: so.", True), Option("b", "No, not b."))),)
    )
    shown = quiz.html()
    assert re.search(r'<details class="option right".*?✔ Right\.</span> So\.</p></details>', shown)
    assert re.search(r'<details class="option wrong".*?✘ No\.</span> Not b\.</p></details>', shown)


def test_names_of_menus_are_set_apart_and_no_asterisk_is_shown():
    for n in LESSONS:
        here = lesson(n)
        for thing in [*here.predictions.values(), *map(here.check_question, here.checks), here.quiz()]:
            shown = re.sub(r"<(script|style)>.*?</\1>", "", thing.html(), flags=re.DOTALL)
            assert not re.findall(r"\*\w[^*]*\*", shown + repr(thing)), thing
    assert "move <i>Dose &lt;1</i>." in lesson_with("Then move *Dose <1*.").html()


def lesson_with(then: str) -> Prediction:
    options = (Option("a", "So.", True), Option("b", "No."))
    return Prediction("01", "x", "Which?", options, then)


def test_a_question_needs_exactly_one_right_option():
    with pytest.raises(ValueError, match="needs exactly one right option"):
        Question("01", "O1", "Which?", (Option("a", "No."), Option("b", "No.")))
