"""Variants: other numbers, the same task, and every mistake of the lesson still answered by name."""

import re
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.exercise import NOT_YET
from ketalab.practice.variants import Recipe, variants, verify
from ketalab.text import MINUS

VARYING = {
    key: exercise
    for n in sorted(ready())
    for key, exercise in lesson(n).exercises.items()
    if exercise.recipe is not None
}
SEEDS = ("2026", "2027", "ada", "grace")


def alone(part: str, text: str) -> int:
    """How often a number or words stand in a text, not counting other numbers that hold it."""
    return len(re.findall(rf"(?<![\w.,]){re.escape(part)}(?!\w|[.,]\d)", text))


def test_every_variant_has_other_numbers_in_task_code_and_answer():
    faults = []
    for key, exercise in VARYING.items():
        for seed in SEEDS:
            (made,) = variants(exercise, seed, 1, verified=True)
            for old in exercise.recipe.numbers:
                *forms, coded = old.split("|")
                for told in filter(None, forms or [coded]):
                    if alone(told, made.task) >= max(1, alone(told, exercise.task)):
                        faults.append(f"{key} {seed}: {told} is still in {made.task}")
                given = made.worked().split(exercise.answer)[0]
                coded = re.sub(r"(?<=\d) [A-Za-z]+$", "", coded).replace(MINUS, "-")
                if alone(coded, given) and len(coded) > 2:
                    faults.append(f"{key} {seed}: {coded} is still in {given}")
            if exercise.right(made.judge.expected):
                faults.append(f"{key} {seed}: the lesson's check calls the variant's answer right")
            if not made.task.startswith("*The numbers are changed"):
                faults.append(f"{key} {seed}: {made.task}")
    assert len(VARYING) >= 30
    assert faults == []


def test_a_variant_runs_is_judged_and_answers_each_mistake():
    faults = []
    for key, exercise in VARYING.items():
        for seed in SEEDS:
            (made,) = variants(exercise, seed, 1, verified=True)
            names: dict = {}
            exec(made.worked(), names)
            if not made.check(names[made.answer]).startswith("✔ Right."):
                faults.append(f"{key} {seed}: {made.check(names[made.answer])}")
            for wrong, advice in made.judge.mistakes:
                if made.check(wrong) != f"✘ Not yet. {advice}":
                    faults.append(f"{key} {seed}: {wrong}: {made.check(wrong)}")
            if (
                f"{made.answer} = ..." not in made.starter()
                or "### BEGIN SOLUTION" not in made.for_grading()
            ):
                faults.append(f"{key} {seed}: {made.starter()}")
    assert faults == []


def test_the_formulas_give_the_lessons_own_mistakes():
    """With the lesson's numbers each formula is the value that stands beside it."""
    faults = []
    for key, exercise in VARYING.items():
        same = replace(exercise, recipe=Recipe({}, exercise.recipe.formulas))
        made = variants(same, "any", 1)[0]
        for (value, advice), (formula, _) in zip(
            made.judge.mistakes, exercise.recipe.formulas, strict=True
        ):
            known = [wrong for wrong, says in exercise.judge.mistakes if says == advice]
            if not known or abs(value - known[0]) > 0.02 * abs(known[0]):
                faults.append(f"{key}: {formula}: {value} is not {known}")
        if made.judge.expected != pytest.approx(exercise.judge.expected):
            faults.append(f"{key}: {made.judge.expected}")
    assert faults == []


def test_a_seed_gives_one_variant_and_seeds_differ():
    tasks = {seed: variants(VARYING["one_more_responder"], seed, 1)[0].task for seed in map(str, range(40))}
    assert tasks["3"] == variants(VARYING["one_more_responder"], "3", 1)[0].task
    assert len(set(tasks.values())) >= 6


def test_dots_are_no_answer_in_a_variant():
    with redirect_stdout(StringIO()):
        assert variants(VARYING["spared"], "ada", 1)[0].check(...) == NOT_YET


def test_an_exercise_without_numbers_or_with_a_mistake_that_is_always_right_is_refused():
    with pytest.raises(ValueError, match="'as_good_as_ect' has no numbers that vary"):
        variants(lesson("05").exercises["as_good_as_ect"], "ada", 1)[0]
    spared = VARYING["spared"]
    same = Recipe(spared.recipe.numbers, (("fewer", "This is the answer."),))
    with pytest.raises(
        ValueError, match=r"^vary: \S+ and \S+: mistakes: \S+ would be right; the solution is"
    ):
        variants(replace(spared, recipe=same), "ada", 1)[0]
    unchanged = Recipe({old: (old,) for old in spared.recipe.numbers}, spared.recipe.formulas)
    with pytest.raises(ValueError, match=r"^vary: 'spared': no choice of numbers changes the answer"):
        variants(replace(spared, recipe=unchanged), "ada", 1)[0]


def test_no_choice_of_numbers_makes_a_mistake_right():
    for exercise in VARYING.values():
        verify(exercise)


def test_several_variants_have_answers_of_their_own():
    for key, exercise in VARYING.items():
        made = variants(exercise, "ada", 3, verified=True)
        assert made, key
        for one in made:
            right = [other for other in (exercise, *made) if other.right(one.judge.expected)]
            assert right == [one], key
