"""A frame's table as a reader expects it: one row of headings."""

import re

HEADINGS = re.compile(r"<thead>\s*<tr[^>]*>(.*?)</tr>\s*<tr>(.*?)</tr>\s*</thead>", re.DOTALL)
HEADING = re.compile(r"<th[^>]*>(.*?)</th>", re.DOTALL)


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
