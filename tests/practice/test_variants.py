"""Variants: other numbers, the same task, and every mistake of the lesson still answered by name."""

import re
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

import pytest

from ketalab.data.lessons import ready
from ketalab.lessons import lesson
from ketalab.practice.exercise import NOT_YET
from ketalab.practice.variants import Recipe, variant

VARYING = {
    key: exercise
    for n in sorted(ready())
    for key, exercise in lesson(n).exercises.items()
    if exercise.recipe is not None
}
SEEDS = ("2026", "2027", "ada", "grace", "emmy", "lise")


def digits(text: str) -> list[str]:
    return [number.rstrip(".,") for number in re.findall(r"\d[\d.,]*", text)]


def test_every_variant_has_other_numbers_in_task_code_and_answer():
    faults = []
    for key, exercise in VARYING.items():
        for seed in SEEDS:
            made = variant(exercise, seed)
            for old in exercise.recipe.numbers:
                told, coded = old.split("|")[0].split(" ")[0], old.split("|")[-1].split(" ")[0]
                if digits(made.task).count(told) >= digits(exercise.task).count(told):
                    faults.append(f"{key} {seed}: {told} is still in {made.task}")
                given = made.worked().split(exercise.answer)[0]
                if re.search(rf"(?<![\w.]){re.escape(coded)}(?![\w.])", given) and len(coded) > 2:
                    faults.append(f"{key} {seed}: {coded} is still in {given}")
            if exercise.right(made.judge.expected):
                faults.append(f"{key} {seed}: the lesson's check calls the variant's answer right")
            if not made.task.startswith("*The numbers are changed"):
                faults.append(f"{key} {seed}: {made.task}")
    assert len(VARYING) >= 20
    assert faults == []


def test_a_variant_runs_is_judged_and_answers_each_mistake():
    faults = []
    for key, exercise in VARYING.items():
        for seed in SEEDS:
            made = variant(exercise, seed)
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
        made = variant(same, "any")
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
    tasks = {seed: variant(VARYING["one_more_responder"], seed).task for seed in map(str, range(40))}
    assert tasks["3"] == variant(VARYING["one_more_responder"], "3").task
    assert len(set(tasks.values())) >= 6


def test_dots_are_no_answer_in_a_variant():
    with redirect_stdout(StringIO()):
        assert variant(VARYING["spared"], "ada").check(...) == NOT_YET


def test_an_exercise_without_numbers_or_with_a_mistake_that_is_always_right_is_refused():
    with pytest.raises(ValueError, match="'as_good_as_ect' has no numbers that vary"):
        variant(lesson("05").exercises["as_good_as_ect"], "ada")
    spared = VARYING["spared"]
    same = Recipe(spared.recipe.numbers, (("fewer", "This is the answer."),))
    with pytest.raises(ValueError, match="none of 60 variants has only wrong mistakes"):
        variant(replace(spared, recipe=same), "ada")
