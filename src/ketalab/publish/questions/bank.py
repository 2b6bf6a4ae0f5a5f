"""The question bank: every question of the course as an entry that any format can write.

Two sets, kept apart by a rule. *Practice* is what stands in the lessons, word for word and number for
number, so a student may have seen its answer. *Exam* holds questions that no lesson asks (each lesson's
`exam.toml`) and numeric exercises with other numbers, drawn from a seed that the teacher chooses; their
answers stand nowhere in the lessons.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

from ketalab.data import table
from ketalab.data.lessons import lesson_files
from ketalab.lessons import exam as kept
from ketalab.lessons import lesson
from ketalab.practice.answers import asked_for
from ketalab.practice.asking import Option, mark
from ketalab.practice.exercise import MISTAKE_WITHIN, ROUNDING, Exercise, Numeric
from ketalab.practice.lesson import Lesson
from ketalab.practice.reader import verify
from ketalab.practice.variants import CHANGED, variants
from ketalab.publish import stored
from ketalab.publish.lecture import section, text_of

LICENCE = "CC BY 4.0"
SOURCE = "Ketamine in supervised medical care: a course in Jupyter notebooks"
SETS = ("practice", "exam")
EXAM_VARIANTS = 3  # of each exercise that varies
KINDS = {
    "prediction": "prediction",
    "check": "check",
    "quiz": "quiz question",
    "exercise": "exercise",
    "exam": "exam question",
}


@dataclass(frozen=True)
class Choice:
    """One option and what is said to it."""

    text: str
    feedback: str
    right: bool


@dataclass(frozen=True)
class Span:
    """Numbers from `low` to `high`, both included, and what is said to them."""

    low: float
    high: float
    feedback: str
    right: bool

    @property
    def centre(self) -> float:
        return (self.low + self.high) / 2

    @property
    def half(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Entry:
    """One question: with `choices`, exactly one of them right, or with `spans` of numbers.

    `text`, feedback and `otherwise` (what is said to a number in no span) hold the marks of Markdown for
    emphasis, code and formulas, as the lessons do. `code` is what an exercise starts from. A `picture` is
    the name of a figure.
    """

    set: str
    ident: str
    kind: str
    lesson: str
    about: str  # title of the lesson
    objective: str
    aim: str  # the objective in words
    title: str
    text: str
    choices: tuple[Choice, ...] = ()
    spans: tuple[Span, ...] = ()
    unit: str = ""
    answer: str = ""  # a number as it is printed
    otherwise: str = ""
    code: str = ""
    picture: str = ""

    @property
    def right(self) -> Choice | Span:
        return next(one for one in (*self.choices, *self.spans) if one.right)


def bank(seed: str) -> dict[str, list[Entry]]:
    """The entries of both sets, lesson after lesson; the exam set follows from the seed.

    ValueError, one sentence that names file, key and value, for a question without feedback or with two
    right options, a mistake that would be called right, and a variant in which a mistake becomes right.
    """
    titles = table("lessons").set_index("lesson").title
    entries: dict[str, list[Entry]] = {name: [] for name in SETS}
    for path in lesson_files():
        number = path.name[:2]
        here = lesson(number)
        file = f"l{path.stem}/practice.toml"
        verify(here, file)
        about = About(number, titles[number], aims(path), file)
        entries["practice"] += practice(here, about)
        entries["exam"] += exam(here, about, seed)
    return entries


@dataclass(frozen=True)
class About:
    """The lesson a question belongs to."""

    number: str
    title: str
    aims: dict[str, str]
    file: str

    def entry(self, name: str, kind: str, key: str, objective: str, title: str, **what: object) -> Entry:
        aim = " ".join(self.aims[one] for one in objective.split(" and "))
        ident = f"l{self.number}_{kind}_{key}"
        return Entry(name, ident, KINDS[kind], self.number, self.title, objective, aim, title, **what)


def aims(path) -> dict[str, str]:
    """A lesson's objectives in words, by number."""
    text = section(text_of(stored.notebook(path)), "You will be able to")
    found = re.findall(r"^- \*\*(O\d)\*\* (.+?)[;.]?$", text, re.MULTILINE)
    return {number: f"{words[0].upper()}{words[1:]}." for number, words in found}


def practice(here: Lesson, about: About) -> Iterator[Entry]:
    """What stands in a lesson."""
    for key, asked in here.predictions.items():
        yield about.entry(
            "practice",
            "prediction",
            key,
            asked.objective,
            _title(key),
            text=f"*Predict before you open lesson {about.number}.* {asked.question}",
            choices=_choices(asked.written, f"{about.number}/{key}"),
        )
    for kind, questions in (("check", list(here.checks.values())), ("quiz", here.questions)):
        for place, asked in enumerate(questions, start=1):
            key = asked.key or mark(asked.text)
            title = _title(asked.key) if asked.key else f"Question {place}"
            choices = _choices(asked.written, f"{about.number}/{key}")
            what = {"text": asked.text, "choices": choices, "picture": asked.picture}
            yield about.entry("practice", kind, key, asked.objective, title, **what)
    for key, exercise in here.exercises.items():
        if isinstance(exercise.judge, Numeric):
            yield _numeric("practice", exercise, about, key)


def exam(here: Lesson, about: About, seed: str) -> Iterator[Entry]:
    """A lesson's questions for an exam, their options in an order drawn from the seed, and variants of its
    numeric exercises, no two of an exercise with the same answer."""
    for asked in kept(about.number):
        choices = _choices(asked.written, f"exam/{seed}/{about.number}/{asked.key}")
        what = {"text": asked.text, "choices": choices, "picture": asked.picture}
        yield about.entry("exam", "exam", asked.key, asked.objective, _title(asked.key), **what)
    for key, exercise in here.exercises.items():
        if exercise.recipe is None:
            continue
        try:
            made = variants(exercise, f"exam/{seed}", EXAM_VARIANTS, verified=True)
        except ValueError as error:
            raise ValueError(f"{about.file}: exercises ({key}): {error}") from None
        for place, one in enumerate(made, start=1):
            yield _numeric("exam", one, about, f"{key}_{place}")


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _choices(options: Sequence[Option], seed: str) -> tuple[Choice, ...]:
    """The options in one order for all readers: what takes them shuffles them again, where it can."""
    order = [Choice(option.text, option.feedback, option.right) for option in options]
    random.Random(seed).shuffle(order)
    return tuple(order)


def _numeric(name: str, exercise: Exercise, about: About, key: str) -> Entry:
    judge, text = exercise.judge, exercise.task
    if _needs_the_course(exercise):
        original = exercise.key.replace("_", " ")
        where = f"*This is answered in the notebook of lesson {about.number} (exercise “{original}”).* "
        text = f"{CHANGED}{where}{text.removeprefix(CHANGED)}" if text.startswith(CHANGED) else where + text
    asked = asked_for(judge.unit)
    return about.entry(
        name,
        "exercise",
        key,
        exercise.objective,
        exercise.title,
        text=f"{text} Give {asked}.",
        spans=spans(judge),
        unit=judge.unit,
        answer=judge.printed[0],
        otherwise=exercise.hint,
        code=exercise.given(),
        picture=exercise.picture,
    )


def _needs_the_course(exercise: Exercise) -> bool:
    """Whether the solution runs a model or reads a table of the course."""
    known = exercise.solution.__globals__
    for name in exercise.solution.__code__.co_names:
        thing = known.get(name)
        home = thing.__name__ if isinstance(thing, ModuleType) else getattr(thing, "__module__", None)
        if str(home).startswith("ketalab."):
            return True
    return False


def spans(judge: Numeric) -> tuple[Span, ...]:
    """The numbers that a judge calls right, then those it answers by name; no two of them overlap.

    Where two known mistakes lie closer than what recognises them, each gets the half that is nearer to it.
    """
    edge = ROUNDING * abs(judge.expected)
    low, high = (_kept(judge, end) for end in judge.band)
    found = [Span(low - edge, high + edge, judge.says, True)]
    for exact in sorted(set(judge.exact)):
        if not low - edge <= exact <= high + edge:
            found.append(Span(exact, exact, judge.says, True))
    rights, mistakes = list(found), sorted(dict(judge.mistakes).items())
    for value, advice in mistakes:
        reach = MISTAKE_WITHIN * abs(value)
        others = [abs(value - other) / 2.001 for other, _ in mistakes if other != value]
        walls = [min(abs(value - one.low), abs(value - one.high)) / 1.001 for one in rights]
        reach = min([reach, *others, *walls])
        found.append(Span(value - reach, value + reach, advice, False))
    return tuple(found)


def _kept(judge: Numeric, end: float) -> float:
    """An end of the band, moved in to where the task's own condition holds."""
    if judge.breaks is None or not judge.breaks(end):
        return end
    holds, fails = judge.expected, end
    for _ in range(40):
        middle = (holds + fails) / 2
        holds, fails = (holds, middle) if judge.breaks(middle) else (middle, fails)
    return holds
