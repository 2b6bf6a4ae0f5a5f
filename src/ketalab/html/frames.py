"""A frame's table as a reader expects it: one row of headings, words to the left, numbers to the right."""

import re
import sys
from collections.abc import Sequence

import pandas as pd

from ketalab.text import with_real_minus

HEADINGS = re.compile(r"<thead>\s*<tr[^>]*>(.*?)</tr>\s*<tr>(.*?)</tr>\s*</thead>", re.DOTALL)
HEADING = re.compile(r"<th(?:\s[^>]*)?>(.*?)</th>", re.DOTALL)
ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.DOTALL)
VALUE = re.compile(r"<td>(.*?)</td>", re.DOTALL)
STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
NUMBER = re.compile(r"(?:[a-z]+ )?[<>~+\u2212-]?\d(?!\d*-[A-Za-z]).{0,24}")  # not 5-HT


def in_notebooks() -> None:
    """From now on, the notebook that runs shows every frame as `table` writes it; elsewhere, nothing."""
    running = sys.modules.get("IPython")
    shell = running and running.get_ipython()
    if shell:
        shell.display_formatter.formatters["text/html"].for_type(pd.DataFrame, table)


def table(frame: pd.DataFrame) -> str:
    """The HTML that pandas writes for this frame; columns of words are marked by the class `words`.

    pandas sets everything to the right, and names the index in a row of its own.
    """
    html = STYLE.sub("", frame._repr_html_() or "").replace(' style="text-align: right;"', "")
    html = one_row_of_headings(html)
    head, _, body = html.partition("<tbody>")
    rows = [VALUE.findall(row) for row in ROW.findall(body)]
    if not rows or head.count("<tr") != 1 or len({len(row) for row in rows}) != 1:
        return html
    words = [_wordy(column) for column in zip(*rows, strict=True)]
    names = iter([True] * (len(HEADING.findall(head)) - len(words)) + words)
    head = HEADING.sub(lambda name: f"<th{_class(next(names))}>{name[1]}</th>", head)
    return f"{head}<tbody>{ROW.sub(lambda row: _marked(row[0], words), body)}"


def _wordy(column: Sequence[str]) -> bool:
    """Whether half of what stands in a column, or more, is no number."""
    filled = [text for text in column if text not in ("", "NaN", "None", "...")]
    return 2 * sum(not NUMBER.fullmatch(text) for text in filled) >= max(len(filled), 1)


def _marked(row: str, words: Sequence[bool]) -> str:
    columns = iter(words)
    marked = VALUE.sub(lambda value: f"<td{_class(next(columns))}>{with_real_minus(value[1])}</td>", row)
    return marked.replace("<th>", '<th class="words">')


def _class(words: bool) -> str:
    return ' class="words"' if words else ""


def one_row_of_headings(html: str) -> str:
    """The HTML that pandas writes for frames, with an index's name in the row of the columns' names.

    pandas sets the name of an index in a second row of headings, which is empty but for it. Tables whose
    two rows both name columns stay as they are.
    """
    return HEADINGS.sub(_joined, html)


def _joined(found: re.Match[str]) -> str:
    columns, index = (HEADING.findall(row) for row in found.groups())
    alone = [not (name and under) for name, under in zip(columns, index, strict=False)]
    if len(columns) != len(index) or not all(alone) or columns[0] or not index[0]:
        return found[0]
    names = "".join(f"<th>{name or under}</th>" for name, under in zip(columns, index, strict=True))
    return f"<thead><tr>{names}</tr></thead>"
