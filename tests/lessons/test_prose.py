"""Every number in a lesson's prose stands in an output of that lesson or in a row of `data/` it cites."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import pandas as pd
import pytest
from conftest import lessons
from nbformat import NotebookNode

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.data.tables import descriptor
from ketalab.lessons import lesson
from ketalab.publish.weave import CLOCK, KEY_IN_CODE, cited, tags

NUMBER = re.compile(r"(?<![\w.,/])[-−+]?\d[\d,]*(?:\.\d+)?(?![\w])")
# What is not a result: names of lessons, claims, objectives, sections and exercises; list numbers; years.
NAMES = re.compile(
    r"\blessons? \d\d(?: (?:and|to) \d\d)?|\b[CO]\d\d?\b|^#+ .*$|^\d\. |Exercise \d|\b(1[89]|20)\d\d\b",
    re.MULTILINE,
)
MARKUP = re.compile(
    r'\[[^\]]*\]\(\S* "[a-z0-9]+"\)|'
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|<[^>]+>|<!--.*?-->",
    re.DOTALL,
)
# Numbers that are instructions or conventions, by lesson; each with its reason.
EXCEPTIONS = {
    "any": {"95"},  # the level of an interval
    "01": {"80", "110", "230"},  # sampling times (min) of trials whose concentrations we could not read
}
# Numbers that are shown, or whose source is named, in another section of their lesson.
ELSEWHERE = {
    "00": {"180", "3", "5", "0.7"},
    "01": {"110", "230", "113", "109", "780", "0.5", "3.2", "7.4", "185", "70"},
    "02": {"185", "0.4", "302", "638", "872"},
    "05": {"39.8", "0.5"},
    "06": {"230", "74", "99", "650", "100000", "0.43", "0.04"},
    "07": {"1.3"},
    "08": {"2.68", "5.45"},
    "09": {"4910"},
    "10": {"45.3", "26.7", "3", "361"},
    "12": {"1709"},
}
CITED = re.compile(r'"([a-z0-9]+)"\)')


def prose(notebook: NotebookNode) -> Iterator[str]:
    """What the lesson says: its Markdown, and its predictions and quiz with all their answers."""
    for cell in notebook.cells:
        made = any(tag.startswith(("solution:", "task:", "badges")) for tag in tags(cell))
        if cell.cell_type == "markdown" and not made:  # an exercise's numbers are held by its own test
            yield CLOCK.sub(" ", cell.source)
    here = lesson(notebook.metadata["ketalab"]["lesson"])
    for prediction in here.predictions.values():
        yield "\n".join([prediction.question, *(f"{o.text}\n{o.feedback}" for o in prediction.options)])
    for question in [*here.questions, *here.checks.values()]:
        yield "\n".join([question.text, *(f"{o.text}\n{o.feedback}" for o in question.options)])


def prose_numbers(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Numbers in the texts with the line they stand in."""
    return [
        (plain(number), line.strip())
        for text in texts
        for line in NAMES.sub(" ", MARKUP.sub(" ", text)).splitlines()
        for number in NUMBER.findall(line)
    ]


def plain(number: str) -> str:
    """One form for each number: no sign, no thousands commas, no trailing zeros."""
    number = number.replace(",", "").replace("−", "-").lstrip("+-")
    return number.rstrip("0").rstrip(".") if "." in number else number


def output_numbers(notebook: NotebookNode) -> set[str]:
    """Every number shown by a cell: printed, in a read-out, or in a table."""
    text = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text.append(output.get("text", ""))
            text += [str(output.get("data", {}).get(kind, "")) for kind in ("text/plain", "text/markdown")]
    return {
        plain(n)
        for n in re.findall(r"[-−+]?\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", "\n".join(text)))
    }


@cache
def data_numbers(keys: frozenset[str]) -> set[str]:
    """Every number of the rows of `data/` that rest on these sources, as written and in percent."""
    found = set()
    for resource in descriptor()["resources"]:
        frame = table(resource["name"])
        rows = frame[frame.reference.isin(keys)] if "reference" in frame else frame
        for cell in rows.to_numpy().ravel():
            if pd.isna(cell):
                continue
            for text in re.findall(
                r"\d[\d,]*(?:\.\d+)?", f"{cell:.10g}" if isinstance(cell, float) else str(cell)
            ):
                value = float(text.replace(",", ""))
                found |= {plain(text), f"{value * 100:.6g}"}
    return found


def untied(notebook: NotebookNode, number: str) -> list[tuple[str, str]]:
    """Numbers of the prose that stand in no output and no cited row."""
    known = output_numbers(notebook) | data_numbers(frozenset(named(notebook)))
    known |= EXCEPTIONS["any"] | EXCEPTIONS.get(number, set())
    return [(value, line) for value, line in prose_numbers(prose(notebook)) if value not in known]


def named(notebook: NotebookNode) -> set[str]:
    """The sources a lesson cites, also those that only a table or a claim brings in."""
    from ketalab.data.bibliography import link

    keys = set(cited(notebook))
    shown = str(notebook.cells[-1].outputs)
    return keys | {key for key in bibliography().entries if link(key) in shown}


def sections(notebook: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The cells under each second-level heading, and those before the first."""
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## ") and cells:
            yield cells
            cells = []
        cells.append(cell)
    yield cells


def sources(cells: Iterable[NotebookNode]) -> frozenset[str]:
    """The sources that these cells cite, name in their code or show."""
    known = bibliography().entries
    found = set()
    for cell in cells:
        if cell.cell_type == "markdown":
            found.update(CITED.findall(cell.source))
        else:
            found.update(KEY_IN_CODE.findall(cell.source))
            found.update(re.findall(r"[a-z]+\d{4}[a-z]?", str(cell.outputs)))
    return frozenset(found & set(known))


def tied_elsewhere(notebook: NotebookNode) -> set[str]:
    """Numbers that stand in no output of their own section and in no row of a source that it names."""
    faults = set()
    for cells in sections(notebook):
        here = output_numbers(NotebookNode(cells=cells)) | data_numbers(sources(cells)) | EXCEPTIONS["any"]
        for cell in cells:
            made = any(tag.startswith(("solution:", "task:", "badges")) for tag in tags(cell))
            if cell.cell_type == "markdown" and not made:
                text = CLOCK.sub(" ", cell.source)
                faults |= {number for number, _ in prose_numbers([text]) if number not in here}
    return faults


def test_a_number_is_tied_in_its_own_section(notebook: NotebookNode, lesson_name: str):
    """Every lesson holds most numbers of two digits somewhere, so they are looked for close by."""
    found = tied_elsewhere(notebook) - ELSEWHERE.get(lesson_name[:2], set())
    assert not found, f"{found}: show it, or name its source, in its section; or add it to ELSEWHERE"


def test_every_number_is_tied(notebook: NotebookNode, lesson_name: str):
    assert untied(notebook, lesson_name[:2]) == []


@pytest.mark.parametrize(
    "text", ["It rose by 61.803%.", "About 7,411 people.", "the mean was -87.31 points"]
)
def test_a_number_from_nowhere_would_be_found(text: str):
    notebook = lessons()["01_from_dose_to_brain"]
    notebook.cells[8].source += f"\n\n{text}"
    assert [line for _, line in untied(notebook, "01")] == [text]


def test_what_counts_as_a_number():
    text = (
        "## 4. Title 12\n1. first\nIn lesson 05 claim C14 of 1970 says `x = 3`, $y = 4$ and "
        '[Lii et al. 2023](https://doi.org/10.1038/9 "lii2023"): 0.50 of 1,200, or -3.25.\n'
    )
    assert [value for value, _ in prose_numbers([text])] == ["0.5", "1200", "3.25"]
