"""Reads a lesson's practice.toml: every question, task, mistake and its answer, checked before it is used.

A fault is one ValueError that names the file, the key and what is allowed there. What a file can't hold
stands beside it in checks.py: for an exercise `key` a function `key` is its worked solution, and where no
single number is right `judge_key` judges and `wrong_key` returns the commonest wrong answers by name; where
a number that rounds to the answer may still break the task's condition, `breaks_key` says so.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ketalab.paths import FIGURES
from ketalab.practice import variants
from ketalab.practice.argument import GRADES, Point, Rubric, Sample
from ketalab.practice.asking import Option
from ketalab.practice.exercise import Exercise, Judge, number
from ketalab.practice.lesson import Lesson
from ketalab.practice.prediction import Prediction
from ketalab.practice.quiz import Question
from ketalab.practice.variants import Recipe

# What a value has to be, and how that is said.
TEXT = (lambda x: isinstance(x, str) and x.strip() == x != "", "text without blanks around it")
NAME = (lambda x: isinstance(x, str) and re.fullmatch(r"[a-z]\w*", x), "a name such as half_life")
OBJECTIVE = (lambda x: isinstance(x, str) and re.fullmatch(r"O\d( and O\d)*", x), "O1, or O1 and O2")
CODE = (lambda x: isinstance(x, str), "lines of Python")
UNIT = (lambda x: isinstance(x, str), "a unit, or nothing between the quotes")
YES = (lambda x: x is True, "true, or left out")
ABOVE = (lambda x: _is_number(x) and x > 0, "a number above 0")
FORMS = (
    lambda x: isinstance(x, list) and x and all(isinstance(w, str) and re.search(r"\d", w) for w in x),
    'a list of the answer as text, as it is printed in "right"',
)
VALUE = (lambda x: _is_number(x), "a number")
VARY = (
    lambda x: isinstance(x, dict) and x and all(WORDS[0](new) for new in x.values()),
    "for each number in the task a list of others, as text",
)
FIGURE = (
    lambda x: isinstance(x, str) and (FIGURES / f"{x}.png").is_file() and (FIGURES / f"{x}.txt").is_file(),
    "the name of a figure in figures/, without its ending",
)
TABLE = (lambda x: isinstance(x, dict), "a table")
NUMBERS = (lambda x: isinstance(x, dict) and all(map(_is_number, x.values())), "numbers by name")
WORDS = (
    lambda x: isinstance(x, list) and x and all(isinstance(w, str) and w for w in x),
    "a list of words",
)


def tables(least: int) -> tuple:
    return (lambda x: isinstance(x, list) and len(x) >= least, f"{least} or more tables")


# The keys of each table; those after a "?" may be left out.
OPTION = {"text": TEXT, "feedback": TEXT, "?right": YES}
MISTAKE = {"name": TEXT, "value": VALUE, "advice": TEXT, "?how": TEXT}
POINT = {"name": TEXT, "words": WORDS, "counts": TEXT}
SAMPLE = {"text": TEXT, "reason": TEXT}
PREDICTION = {
    "key": NAME,
    "objective": OBJECTIVE,
    "question": TEXT,
    "then": TEXT,
    "giveaway": WORDS,
    "options": tables(3),
}
QUESTION = {"objective": OBJECTIVE, "question": TEXT, "?picture": FIGURE, "options": tables(3)}
EXERCISE = {
    "key": NAME,
    "title": TEXT,
    "objective": OBJECTIVE,
    "task": TEXT,
    "hint": TEXT,
    "?imports": CODE,
    "?picture": FIGURE,
}
NUMERIC = EXERCISE | {
    "unit": UNIT,
    "right": TEXT,
    "answer": FORMS,
    "?within": ABOVE,
    "mistakes": tables(1),
    "?also_wrong": NUMBERS,
    "?vary": VARY,
    "?fixed": TEXT,
}
ARGUMENT = EXERCISE | {"points": tables(3), "strong": TABLE, "middling": TABLE, "wrong": TABLE}
CHECK = QUESTION | {"key": NAME}
FILE = {"predictions": tables(1), "checks": tables(3), "exercises": tables(3), "quiz": tables(4)}


def read(path: Path, lesson: str, checks: ModuleType) -> Lesson:
    """A lesson's practice from its file and the module with its solutions.

    Raises ValueError, one sentence with file, key and allowed values, for a file that isn't TOML, an
    unknown or missing key, a value of the wrong kind, a key used twice, options without feedback or with
    more than one right one, and an exercise without a solution.
    """
    file = f"{path.parent.name}/{path.name}"
    content = _content(path, file)
    hold(content, FILE, file)
    predictions = [_prediction(lesson, *row) for row in _each(content, "predictions", file)]
    checked = [_question(lesson, *row, CHECK) for row in _each(content, "checks", file)]
    exercises = [_exercise(lesson, *row, checks) for row in _each(content, "exercises", file)]
    questions = [_question(lesson, *row, QUESTION) for row in _each(content, "quiz", file)]
    return Lesson(
        lesson,
        _by_key(predictions, file),
        _by_key(exercises, file),
        tuple(questions),
        _by_key(checked, file),
    )


def read_exam(path: Path, lesson: str) -> tuple[Question, ...]:
    """A lesson's questions for an exam, which stand nowhere in the lesson.

    Raises ValueError, one sentence with file, key and allowed values, for the faults that `read` names.
    """
    file = f"{path.parent.name}/{path.name}"
    content = _content(path, file)
    hold(content, {"questions": tables(3)}, file)
    questions = [_question(lesson, *row, CHECK) for row in _each(content, "questions", file)]
    return tuple(_by_key(questions, file).values())


def _content(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file}: not TOML ({error})") from None


def verify(lesson: Lesson, file: str) -> None:
    """ValueError, one sentence with file, key and value, for what only shows when the solutions have run:
    an answer that isn't the solution's number, or a mistake that would be called right, here or in a
    variant."""
    for key, exercise in lesson.exercises.items():
        try:
            exercise.verify()
            if exercise.recipe:
                variants.verify(exercise)
        except ValueError as error:
            raise ValueError(f"{file}: exercises ({key}): {error}") from None


def _prediction(lesson: str, row: Mapping[str, Any], where: str) -> Prediction:
    hold(row, PREDICTION, where)
    options = _options(row, where)
    giveaway, objective = tuple(row["giveaway"]), row["objective"]
    return Prediction(lesson, row["key"], row["question"], options, row["then"], giveaway, objective)


def _question(lesson: str, row: Mapping[str, Any], where: str, schema: Mapping[str, tuple]) -> Question:
    hold(row, schema, where)
    options = _options(row, where)
    key, picture = row.get("key", ""), row.get("picture", "")
    return Question(lesson, row["objective"], row["question"], options, key, picture)


def _options(row: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    options = []
    for option, place in _each(row, "options", where):
        hold(option, OPTION, place)
        options.append(Option(option["text"], option["feedback"], option.get("right", False)))
    for what in ("text", "feedback"):
        _once([getattr(option, what) for option in options], f"{where}: options: {what}")
    right = sum(option.right for option in options)
    if right != 1:
        raise ValueError(f"{where}: options: {right} are right; exactly one must be")
    return tuple(options)


def _exercise(lesson: str, row: Mapping[str, Any], where: str, checks: ModuleType) -> Exercise:
    key = row.get("key", "")
    judge = getattr(checks, f"judge_{key}", None)
    kind = EXERCISE if judge else ARGUMENT if "points" in row else NUMERIC
    hold(row, kind, where)
    solution = getattr(checks, key, None)
    if solution is None:
        raise ValueError(f"{where}: key: {checks.__name__} holds no solution named {key!r}")

    about = {name: row[name] for name in ("key", "title", "objective", "task", "hint")}
    about |= {"solution": solution, "imports": row.get("imports", "").strip()}
    about |= {"picture": row.get("picture", "")}
    if judge:
        return Exercise(**about, judge=judge, wrong=getattr(checks, f"wrong_{key}")())
    if "points" in row:
        return Exercise(**about, judge=None, wrong={}, rubric=_rubric(lesson, row, where, solution))
    wrong, judge = _numeric(row, where, checks)
    if ("vary" in row) == ("fixed" in row):
        raise ValueError(f"{where}: vary: give either other numbers or, under fixed, why there are none")
    return Exercise(
        **about, judge=judge, wrong=wrong, recipe=_recipe(row, where), fixed=row.get("fixed", "")
    )


def _numeric(row: Mapping[str, Any], where: str, checks: ModuleType) -> tuple[dict[str, float], Judge]:
    """The wrong answers of a numeric exercise by name, and its judge."""
    mistakes = []
    for mistake, place in _each(row, "mistakes", where):
        hold(mistake, MISTAKE, place)
        mistakes.append(mistake)
    also = row.get("also_wrong", {})
    _once([m["name"] for m in mistakes] + list(also), f"{where}: mistakes: name")
    advice = [(mistake["value"], mistake["advice"]) for mistake in mistakes]
    solution, breaks = (getattr(checks, name, None) for name in (row["key"], f"breaks_{row['key']}"))
    judge = number(
        solution, row["unit"], row["right"], row["answer"], advice, row.get("within", 0.0), breaks
    )
    return {mistake["name"]: mistake["value"] for mistake in mistakes} | also, judge


def _recipe(row: Mapping[str, Any], where: str) -> Recipe | None:
    """How the numbers of an exercise vary, where they do."""
    if "vary" not in row:
        return None
    for old, others in row["vary"].items():
        for new in others:
            if new.count("|") != old.count("|"):
                raise ValueError(
                    f"{where}: vary: {new!r} is not allowed for {old!r}; it must be as many forms"
                )
    formulas = tuple((m["how"], m["advice"]) for m in row["mistakes"] if "how" in m)
    return Recipe({old: tuple(new) for old, new in row["vary"].items()}, formulas)


def _rubric(lesson: str, row: Mapping[str, Any], where: str, solution: Callable[[], str]) -> Rubric:
    """The points of an argument and three answers, the strong one being the worked solution."""
    points = []
    for point, place in _each(row, "points", where):
        hold(point, POINT, place)
        points.append(Point(point["name"], tuple(point["words"]), point["counts"]))
    samples = []
    for grade in GRADES:
        schema = {"reason": TEXT} if grade == "strong" else SAMPLE
        hold(row[grade], schema, f"{where}: {grade}")
        text = row[grade]["text"] if grade != "strong" else solution()
        samples.append(Sample(grade, text, row[grade]["reason"]))
    return Rubric(lesson, row["key"], tuple(points), tuple(samples))


def _each(row: Mapping[str, Any], name: str, where: str) -> list[tuple[Any, str]]:
    """The tables under a name, each with the words for its place: "exercises 2 (half_life)"."""
    return [
        (table, f"{where}: {name} {place}" + (f" ({key})" if (key := _key(table)) else ""))
        for place, table in enumerate(row[name], start=1)
    ]


def _key(table: Any) -> str:
    return table.get("key", table.get("name", "")) if isinstance(table, dict) else ""


def hold(row: Any, schema: Mapping[str, tuple], where: str) -> None:
    """ValueError for the first key that is unknown, missing, or has a value that isn't allowed."""
    if not isinstance(row, dict):
        raise ValueError(f"{where}: {row!r} is not allowed; it must be a table")
    known = {name.lstrip("?"): allowed for name, allowed in schema.items()}
    for name in row:
        if name not in known:
            raise ValueError(f"{where}: {name}: no such key; it must be one of {', '.join(known)}")
    for name, (ok, allowed) in known.items():
        if name not in row:
            if f"?{name}" not in schema:
                raise ValueError(f"{where}: {name} is missing; it must be {allowed}")
        elif not ok(row[name]):
            raise ValueError(f"{where}: {name}: {row[name]!r} is not allowed; it must be {allowed}")


def _once(names: Sequence[str], where: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ValueError(f"{where}: {name!r} stands there twice; each must be different")


def _by_key(things: Sequence[Any], file: str) -> dict[str, Any]:
    _once([thing.key for thing in things], f"{file}: key")
    return {thing.key: thing for thing in things}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
