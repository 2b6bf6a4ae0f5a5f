"""What a lesson says twice is written once: these parts of a notebook are made from their source.

- cells tagged `badges`: the time by the rule below, running time, prerequisites and the article's section;
- `*Time to here: about N min.*` wherever it stands;
- Markdown links whose title is a reference key: their text and address;
- cells tagged `task:KEY`, `exercise:KEY` and `solution:KEY`: an exercise's task, starter, and folded
  hint and solution, all from its one definition;
- the cell tagged `references`, and beside the lesson's code the keys it cites;
- the first use of each term of the glossary: a link to its entry.

A test fails when a committed notebook differs from its woven self.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO

from nbformat import NotebookNode

from ketalab.data import bibliography
from ketalab.lessons import folder, lesson
from ketalab.paths import write_atomically
from ketalab.practice.argument import Rubric
from ketalab.practice.exercise import Exercise
from ketalab.practice.lesson import Lesson
from ketalab.publish import glossary
from ketalab.publish.cells import for_the_curious, tags

# The printed rule: words / 180 a minute, 3 min an explorable, 2 min a question, 5 min an exercise.
WORDS_PER_MINUTE = 180
EXPLORABLE_MIN, QUESTION_MIN, EXERCISE_MIN = 3.0, 2.0, 5.0
CITATION = re.compile(r'\[[^\]]*\]\(\S* "([a-z][a-z0-9]+)"\)|\[@([a-z][a-z0-9]+)\]')
KEY_IN_CODE = re.compile(r"[\"']([a-z][a-z0-9]+)[\"']")  # a model's name is the key of its source
CLOCK = re.compile(r"\*Time to here: about [\dN]+ min\.\*")


def weave(notebook: NotebookNode) -> NotebookNode:
    """Renew, in place, every part of the notebook that has a source elsewhere; returns it."""
    about = notebook.metadata["ketalab"]
    here = lesson(about["lesson"])
    for cell in notebook.cells:
        for tag in tags(cell):
            kind, _, key = tag.partition(":")
            if kind in ("task", "exercise", "solution"):
                cell.source = _exercise_part(here, kind, key)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = CITATION.sub(citation_link, glossary.unlinked(cell.source))
    for cell in notebook.cells:
        if "references" in tags(cell):
            cell.source = f'references("{about["lesson"]}")'
    for cell, minutes in _timed(notebook.cells, here):
        cell.source = CLOCK.sub(f"*Time to here: about {round(minutes['core'])} min.*", cell.source)
    for cell in notebook.cells:
        if "badges" in tags(cell):
            cell.source = _badges(about, minutes)
    glossary.link_first_uses(notebook.cells)  # last: what hovering shows costs no reading time
    return notebook


def minutes_of(notebook: NotebookNode) -> dict[str, int]:
    """What a lesson asks of a reader, in fives of minutes: core path, practice, for the curious."""
    here = lesson(notebook.metadata["ketalab"]["lesson"])
    *_, (_, minutes) = _timed(notebook.cells, here)
    return _in_fives(minutes)


def _timed(cells: Sequence[NotebookNode], here: Lesson) -> Iterator[tuple[NotebookNode, dict[str, float]]]:
    """Each cell with the minutes up to it by part of the lesson: one dictionary, which goes on filling."""
    minutes = {"core": 0.0, "practice": 0.0, "curious": 0.0}
    for cell, aside in zip(cells, for_the_curious(cells), strict=True):
        yield cell, minutes
        practice = any(tag == "quiz" or tag.startswith("exercise:") for tag in tags(cell))
        part = "curious" if aside else "practice" if practice else "core"
        minutes[part] += reading_minutes(cell, here)


def _in_fives(minutes: Mapping[str, float]) -> dict[str, int]:
    return {part: 5 * max(1, round(minutes[part] / 5)) for part in minutes}


def reading_minutes(cell: NotebookNode, here: Lesson) -> float:
    """How long a cell keeps a student busy, by the rule that lesson 00 prints."""
    if "quiz" in tags(cell):
        return QUESTION_MIN * len(here.questions)
    if any(tag.startswith("exercise:") for tag in tags(cell)):
        return EXERCISE_MIN
    if cell.cell_type == "code":
        questions = len(re.findall(r"here\.(?:predict|check_question)\(", cell.source))
        explorables = len(re.findall(r"\bexplorable\(", cell.source))
        return EXPLORABLE_MIN * explorables + QUESTION_MIN * questions
    return words(cell) / WORDS_PER_MINUTE


def words(cell: NotebookNode) -> int:
    """The words a reader reads in a Markdown cell; what is folded in it and addresses don't count."""
    shown = re.sub(
        r"<details>.*?</details>|\(http[^)]*\)", "", glossary.unlinked(cell.source), flags=re.DOTALL
    )
    return len(re.findall(r"[\w’'-]+", shown))


def cited(notebook: NotebookNode) -> list[str]:
    """The reference keys cited in the lesson, each once, in order."""
    keys: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            keys += [match[1] or match[2] for match in CITATION.finditer(cell.source)]
        elif "references" not in tags(cell):
            known = bibliography.bibliography().entries
            keys += [key for key in KEY_IN_CODE.findall(cell.source) if key in known]
    return list(dict.fromkeys(keys))


def citation_link(match: re.Match[str]) -> str:
    return bibliography.markdown_link(match[1] or match[2])


def keep_references(notebook: NotebookNode) -> None:
    """Write the keys a lesson cites beside its code, where `references` finds them."""
    stored = folder(notebook.metadata["ketalab"]["lesson"]) / "references.txt"
    text = "".join(f"{key}\n" for key in sorted(cited(notebook)))
    if not stored.is_file() or stored.read_text(encoding="utf-8") != text:
        with write_atomically(stored) as file:
            file.write(text.encode())


def _badges(about: NotebookNode, minutes: Mapping[str, float]) -> str:
    needs = ", ".join(f"lesson {number}" for number in about["needs"]) or "nothing"
    core, practice, curious = _in_fives(minutes).values()
    aside = f" · **For the curious:** {curious} min" if minutes["curious"] else ""
    return (
        f"**Core path:** about {core} min · **Exercises and quiz:** {practice} min{aside} · "
        f"**Running:** under {about['seconds']} s (measured) · **Needs:** {needs} · "
        f"**Article:** {about['article']}"
    )


def _exercise_part(here: Lesson, kind: str, key: str) -> str:
    number = list(here.exercises).index(key) + 1
    exercise = here.exercises[key]
    if kind == "task":
        return f"### Exercise {number}: {exercise.title}\n\n*Tests {exercise.objective}.* {exercise.task}"
    if kind == "exercise":
        return exercise.starter("here.check")
    return (
        f"<details><summary>Hint</summary>\n\n{exercise.hint}\n\n</details>\n\n"
        f"<details><summary>Worked solution</summary>\n\n```python\n{exercise.worked()}\n```\n\n"
        f"{_compared(exercise.rubric) if exercise.rubric else _verdict(exercise)}\n\n</details>"
    )


def _verdict(exercise: Exercise) -> str:
    """What the check says to the solution."""
    with redirect_stdout(StringIO()):  # a solution may print; only its verdict is wanted
        return exercise.check(exercise.solution())


def _compared(rubric: Rubric) -> str:
    """What to compare an argument with: the points, and three answers with their reasons."""
    strong, *others = rubric.samples
    points = "\n".join(f"- {point.counts}" for point in rubric.points)
    samples = "\n\n".join(f"**A {s.grade} answer:** {s.text}\n\n*Why:* {s.reason}" for s in others)
    return f"**Why it is strong:** {strong.reason}\n\n**Points to look for**\n\n{points}\n\n{samples}"
