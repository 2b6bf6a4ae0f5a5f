"""A frame's table as a reader expects it: one row of headings, words to the left, numbers to the right."""

import re
import sys
from collections.abc import Sequence

import pandas as pd

from ketalab.text import with_real_minus

HEADINGS = re.compile(r"<thead>\s*<tr[^>]*>(.*?)</tr>\s*<tr>(.*?)</tr>\s*</thead>", re.DOTALL)
HEADING = re.compile(r"<th((?:\s[^>]*)?)>(.*?)</th>", re.DOTALL)  # its attributes, its words
ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)
VALUE = re.compile(r"<td>(.*?)</td>", re.DOTALL)
STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
FRACTION = re.compile(r"\A([-\u2212]?[\d,]+)\.(\d+)\Z")
NUMBER = re.compile(r"(?:[a-z]+ )?[<>~+\u2212-]?\d(?!\d*-[A-Za-z]).{0,24}")  # not 5-HT


def in_notebooks() -> None:
    """From now on, the notebook that runs shows every frame as `table` writes it; elsewhere, nothing."""
    running = sys.modules.get("IPython")
    shell = running and running.get_ipython()
    if shell:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, table)


def table(frame: pd.DataFrame) -> str:
    """The HTML that pandas writes for this frame; columns of words are marked by the class `words`.

    pandas sets everything to the right, names the index in a row of its own, and writes whole numbers as
    41.0 where a column could hold fractions.
    """
    html = STYLE.sub("", frame._repr_html_() or "").replace(' style="text-align: right;"', "")
    html = one_row_of_headings(html)
    head, _, body = html.partition("<tbody>")
    rows = [VALUE.findall(row) for row in ROW.findall(body)]
    if not rows or head.count("<tr") != 1 or len({len(row) for row in rows}) != 1:
        return html
    columns = list(zip(*rows, strict=True))
    words, whole = [_wordy(column) for column in columns], [_whole(column) for column in columns]
    names = iter([True] * (len(HEADING.findall(head)) - len(words)) + words)
    head = HEADING.sub(lambda name: f"<th{_class(next(names))}>{name[2]}</th>", head)
    return f"{head}<tbody>{ROW.sub(lambda row: _marked(row[0], words, whole), body)}"


def _wordy(column: Sequence[str]) -> bool:
    """Whether half of what stands in a column, or more, is no number."""
    filled = [text for text in column if text not in ("", "NaN", "None", "...")]
    return 2 * sum(not NUMBER.fullmatch(text) for text in filled) >= max(len(filled), 1)


def _whole(column: Sequence[str]) -> bool:
    """Whether every fraction in a column is zero."""
    found = [FRACTION.match(text) for text in column]
    return all(one is None or not one[2].strip("0") for one in found)


def _marked(row: str, words: Sequence[bool], whole: Sequence[bool]) -> str:
    columns = iter(zip(words, whole, strict=True))

    def cell(value: re.Match[str]) -> str:
        is_words, is_whole = next(columns)
        text = FRACTION.sub(r"\1", value[1]) if is_whole else value[1]
        return f"<td{_class(is_words)}>{with_real_minus(text)}</td>"

    return HEADING.sub(_named, VALUE.sub(cell, row))


def _named(found: re.Match[str]) -> str:
    attributes, name = found.groups()
    return f"<th{attributes or _class(True)}>{with_real_minus(name)}</th>"


def _class(words: bool) -> str:
    return ' class="words"' if words else ""


def one_row_of_headings(html: str) -> str:
    """The HTML that pandas writes for frames, with an index's name in the row of the columns' names.

    pandas sets the name of an index in a second row of headings, which is empty but for it. Tables whose
    two rows both name columns stay as they are.
    """
    return HEADINGS.sub(_joined, html)


def _joined(found: re.Match[str]) -> str:
    columns, index = ([name for _, name in HEADING.findall(row)] for row in found.groups())
    alone = [not (name and under) for name, under in zip(columns, index, strict=False)]
    if len(columns) != len(index) or not all(alone) or columns[0] or not index[0]:
        return found[0]
    names = "".join(f"<th>{name or under}</th>" for name, under in zip(columns, index, strict=True))
    return f"<thead><tr>{names}</tr></thead>"
