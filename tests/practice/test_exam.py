"""The questions kept for an exam: no lesson asks them, no option is given away."""

import math
import re
from pathlib import Path

import nbformat
import pytest

from ketalab.data.lessons import lesson_files, ready
from ketalab.lessons import exam, folder, lesson
from ketalab.practice.quiz import Question
from ketalab.practice.reader import read_exam
from ketalab.publish.questions.bank import aims

KEPT = {n: exam(n) for n in sorted(ready())}
EVERY = [(n, question) for n, kept in KEPT.items() for question in kept]


def right(question: Question) -> str:
    return next(option.text for option in question.written if option.right)


@pytest.mark.parametrize("path", lesson_files(), ids=lambda path: path.name[:2])
def test_a_lesson_keeps_three_on_different_objectives_and_asks_none_of_them(path: Path):
    n = path.name[:2]
    here = lesson(n)
    stored = nbformat.read(path, as_version=4)
    page = " ".join(str(cell) for cell in stored.cells)
    asked = {question.text for question in (*here.questions, *here.checks.values())}
    objectives = [question.objective for question in KEPT[n]]
    assert len(KEPT[n]) >= 3
    assert len(set(objectives)) == len(objectives)
    assert set(objectives) <= set(aims(path))
    for question in KEPT[n]:
        assert question.text not in asked
        assert question.text not in page
        assert right(question) not in page


def test_no_length_gives_the_right_option_away():
    """Neither the longest nor the shortest is right more often than by luck and a little."""
    lengths = [(len(right(q)), [len(o.text) for o in q.written if not o.right]) for _, q in EVERY]
    assert sum(own > max(others) for own, others in lengths) <= 0.4 * len(EVERY)
    assert sum(own < min(others) for own, others in lengths) <= 0.4 * len(EVERY)
    assert [(own, others) for own, others in lengths if max(own, *others) > 2 * min(own, *others)] == []


def test_every_option_has_a_reason_of_its_own():
    for n, question in EVERY:
        said = [option.feedback for option in question.written]
        assert len(set(said)) == len(said) >= 3, (n, question.key)
        for option in question.written:
            assert option.feedback.endswith((".", "?")), (n, question.key)
            assert option.feedback.startswith("Yes") == option.right, (n, question.key)


def still_ill(steps: int) -> float:
    return 100 * 0.6**steps


# What is right by arithmetic, worked out here and not read from the file.
NUMBERS = {
    "after_a_day": 100 * 2 ** -(24 / 6),
    "count_the_marks": 100 / 10 / 2,
    "an_eighth": 10 * math.log2(8),
    "one_and_a_half": 200 * 1.5 - 200,
    "twenty_of_forty": 100 * (20 / 40 - 12 / 40),
    "a_third_as_wide": 3**2,
    "three_steps": 100 - still_ill(3),
    "none_in_300": 300 * (1 - 0.05 ** (1 / 300)) / 3,  # times 1 in 100
}
WRITTEN = {"nine": 9}


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_is_what_arithmetic_gives(key: str):
    question = next(question for _, question in EVERY if question.key == key)
    said = right(question)
    found = next((value for word, value in WRITTEN.items() if word in said), None)
    found = found or float(re.search(r"\d+", said)[0])
    assert round(NUMBERS[key]) == found


def test_most_trials_of_200_see_no_event_of_1_in_1000():
    assert 0.999**200 > 0.8


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right = true", "right = true\nwhy = 1", "why: no such key"),
        ('objective = "O2"', 'objective = "two"', "objective: 'two' is not allowed; it must be O1"),
        ("right = true\n", "\n", "options: 0 are right; exactly one must be"),
        ("[[questions]]", "[[tasks]]", "tasks: no such key; it must be one of questions"),
        ('key = "unsupported"', 'key = "what_carries_a_bend"', "'what_carries_a_bend' stands there twice"),
        ('feedback = "', 'comment = "', "comment: no such key"),
        ("[[questions.options]]", "[[questions.options]", "not TOML"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(tmp_path: Path, old: str, new: str, says: str):
    text = (folder("00") / "exam.toml").read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / "l00_start_here"
    place.mkdir()
    (place / "exam.toml").write_text(
        text.replace(old, new, 1 if old != "[[questions]]" else -1), encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"l00_start_here/exam\.toml") as error:
        read_exam(place / "exam.toml", "00")
    assert says in str(error.value)
    assert "\n" not in str(error.value)
