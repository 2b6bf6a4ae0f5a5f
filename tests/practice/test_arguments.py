"""Arguments: sound ones in other words and false ones with the right words, and no verdict on either."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.argument import LEAST_WORDS
from ketalab.practice.exercise import Exercise

ESSAYS = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "essays").glob("*.toml"))
}
ARGUMENTS = {
    key: (n, exercise)
    for n in sorted(ready())
    for key, exercise in lesson(n).exercises.items()
    if exercise.is_argument
}
FOUND = re.compile("is for you to say|you may have said it in others")
VERDICT = re.compile(
    r"[✔✘]|\b(right|correct|not yet|well done|still missing|passed|failed|score)\b", re.IGNORECASE
)


def essays() -> Iterator[tuple[str, Exercise, str]]:
    for key, (_, exercise) in ARGUMENTS.items():
        for essay in (*ESSAYS[key]["sound"], *ESSAYS[key]["false"]):
            yield key, exercise, essay


def test_ten_of_each_were_written_for_every_argument_in_both_spellings():
    """Each as a whole: no sentence of five words or more stands in two of them."""
    assert set(ESSAYS) == set(ARGUMENTS)
    assert {n for n, _ in ARGUMENTS.values()} == set(ready())
    seen: dict[str, str] = {}
    for key, kinds in ESSAYS.items():
        assert set(kinds) == {"sound", "false"}
        for written in kinds.values():
            assert len(written) >= 10, key
            for essay in written:
                assert LEAST_WORDS <= len(essay.split()) <= 100, essay
                for sentence in re.split(r"[.!?]\s", " ".join(essay.lower().split())):
                    if len(sentence.split()) >= 5:
                        assert sentence not in seen, sentence
                        seen[sentence] = key
    words = " ".join(essay for _, _, essay in essays())
    for spelling in ("randomised", "randomized", "anaesthe", "anesthe"):
        assert spelling in words, spelling


def test_every_false_essay_says_what_is_wrong_with_it():
    """For whoever reads them: a comment above each."""
    for path in sorted((Path(__file__).parent / "essays").glob("*.toml")):
        text = path.read_text(encoding="utf-8").split("false = [", 1)[1]
        assert len(re.findall(r"^\s*#.*\n\s*\"{3}", text, re.MULTILINE)) == len(
            ESSAYS[path.stem]["false"]
        ), path.stem


def test_no_essay_is_called_right_or_wrong():
    """Neither on the page nor in the grade book; what was found in it is only mentioned."""
    faults = []
    for key, exercise, essay in essays():
        judgement = exercise.judgement(essay)
        said = exercise.check(essay).split("A strong answer:")[0]
        points = " ".join(point.counts for point in exercise.rubric.points)
        found = (
            VERDICT.findall(said.replace(points, ""))
            if not VERDICT.search(points)
            else re.findall("[✔✘]", said)
        )
        if judgement.right is not None or exercise.right(essay) or found or not FOUND.search(said):
            faults.append(f"{key}: {essay[:60]}: {found}")
    assert faults == []


def test_words_alone_can_not_be_told_from_an_argument_and_so_are_not_marked():
    """What a machine finds are words: a salad of them mentions all that a sound essay does."""
    for key, (_, exercise) in ARGUMENTS.items():
        salad = (
            " ".join(word for point in exercise.rubric.points for word in point.words)
            + " and" * LEAST_WORDS
        )
        judgement = exercise.judgement(salad)
        assert judgement.right is None, key
        assert len(judgement.review.mentions) == len(exercise.rubric.points), key


def test_an_answer_that_says_nothing_yet_is_asked_for_more():
    for _, exercise in ARGUMENTS.values():
        assert f"# at least {LEAST_WORDS} words" in exercise.starter("here.check")
        for short in ("", "It does nothing.", "word " * (LEAST_WORDS - 1)):
            says = exercise.check(short)
            assert f"at least {LEAST_WORDS} words" in says
            assert "strong answer" not in says
        for odd in (None, 3.5, ["text"], {"a": 1}, object()):
            assert exercise.check(odd).startswith("○ An argument is text")
            assert exercise.judgement(odd).right is None


@pytest.mark.parametrize("key", ARGUMENTS)
def test_the_rubric_has_three_or_four_points_and_three_answers_with_their_reasons(key: str):
    rubric = ARGUMENTS[key][1].rubric
    assert len(rubric.points) in (3, 4)
    assert [sample.grade for sample in rubric.samples] == ["strong", "middling", "wrong"]
    assert all(len(sample.text.split()) >= LEAST_WORDS for sample in rubric.samples)
    assert all(len(sample.reason.split()) >= 10 for sample in rubric.samples)
    html = rubric.review(rubric.samples[0].text).html()
    assert html.count('type="checkbox"') == len(rubric.points)
    assert "✔" not in html
    assert "✘" not in html
