"""What a lesson says twice is written once: these parts of a notebook are made from their source.

- cells tagged `badges`: reading time, running time, prerequisites and the article's section;
- `*Time to here: about N min.*` wherever it stands;
- Markdown links whose title is a reference key: their text and address;
- cells tagged `task:KEY`, `exercise:KEY` and `solution:KEY`: an exercise's task, starter, and folded
  hint and solution, all from its one definition;
- the cell tagged `references`: the keys cited in this lesson;
- the first use of each term of the glossary: a link to its entry.

A test fails when a committed notebook differs from its woven self.
"""

import re
from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO

from nbformat import NotebookNode

from ketalab.data import bibliography
from ketalab.lessons import lesson
from ketalab.practice.lesson import Lesson
from ketalab.publish import glossary
from ketalab.publish.cells import tags

WORDS_PER_MINUTE = 170
EXPLORABLE_MIN, EXERCISE_MIN, QUIZ_MIN = 3.0, 4.0, 4.0
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
            cell.source = _references(cited(notebook))
    minutes = 0.0
    for cell in notebook.cells:
        cell.source = CLOCK.sub(f"*Time to here: about {round(minutes)} min.*", cell.source)
        minutes += reading_minutes(cell)
    for cell in notebook.cells:
        if "badges" in tags(cell):
            cell.source = _badges(about, minutes)
    glossary.link_first_uses(notebook.cells)  # last: what hovering shows costs no reading time
    return notebook


def reading_minutes(cell: NotebookNode) -> float:
    """An estimate of how long a cell keeps a student busy."""
    if "quiz" in tags(cell):
        return QUIZ_MIN
    if any(tag.startswith("exercise:") for tag in tags(cell)):
        return EXERCISE_MIN
    if cell.cell_type == "code":
        return EXPLORABLE_MIN if "explorable(" in cell.source else 0.5
    return (
        len(re.findall(r"\w+", re.sub(r"\(http[^)]*\)", "", glossary.unlinked(cell.source))))
        / WORDS_PER_MINUTE
    )


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


def _references(keys: Iterable[str]) -> str:
    rows = "".join(f'    "{key}",\n' for key in sorted(keys))
    return f"references(\n{rows})"


def _badges(about: NotebookNode, minutes: float) -> str:
    needs = ", ".join(f"lesson {number}" for number in about["needs"]) or "nothing"
    return (
        f"**Reading:** about {5 * round(minutes / 5)} min (an estimate) · "
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
    with redirect_stdout(StringIO()):  # a solution may print; only its verdict is wanted
        verdict = exercise.check(exercise.solution())
    return (
        f"<details><summary>Hint</summary>\n\n{exercise.hint}\n\n</details>\n\n"
        f"<details><summary>Worked solution</summary>\n\n```python\n{exercise.worked()}\n```\n\n"
        f"{verdict}\n\n</details>"
    )
