"""A table the reader can sort, in a notebook and on a slide, without kernel and without network.

The order of every column is worked out here, where pandas knows numbers, categories and gaps. The
page holds only ranks, and a dozen lines of script that sort rows by them when a heading is pressed,
with mouse or keyboard. Where no script runs (GitHub, an untrusted notebook) the table stands in the
order of the frame; where no HTML is shown, as text.
"""

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import Any

import pandas as pd

from ketalab.data.bibliography import html_link, link, short_name
from ketalab.html.files import static
from ketalab.text import CALENDAR, date_in_words, real_minus, with_real_minus

STYLE = static("html", "sortable.css")
SCRIPT = static("html", "sortable.js")
TEXT_WIDTH = 100
DATE = re.compile(r"(?:1[89]|20)\d\d-[01]\d(?:-[0-3]\d)?")  # as `data/` writes it


@dataclass(frozen=True)
class SortableTable:
    """See the module. `frame` is shown as it stands; `sources` names the columns of reference keys."""

    frame: pd.DataFrame
    caption: str
    sources: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        heads = "".join(self._head(str(name)) for name in self.frame)
        columns = [self._column(name) for name in self.frame]
        rows = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
        table = (
            f"<table><caption>{escape(self.caption)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )
        name = hashlib.sha256(table.encode()).hexdigest()[:10]
        # Without the attribute JupyterLab takes Enter and space for itself.
        return (
            f'<div class="ketalab-sortable" id="sortable-{name}" data-lm-suppress-shortcuts="true">'
            f'<style>\n{STYLE}</style>{table}<span role="status"></span><script>\n{SCRIPT}</script></div>'
        )

    @staticmethod
    def _head(name: str) -> str:
        """A heading to press; a column of signs may go without a name, and then without a button."""
        if not name:
            return "<td></td>"
        return f'<th scope="col"><button type="button">{escape(name)}</button></th>'

    def _column(self, name: str) -> list[str]:
        """The cells of a column, each with its place among the others."""
        values = self.frame[name]
        shown = values.map(short_name) if name in self.sources else values
        kind = self._kind(name)
        ordered = kind or isinstance(shown.dtype, pd.CategoricalDtype)
        order = shown if ordered else shown.astype(str).str.lower()
        ranks = order.rank(method="dense", na_option="bottom").astype(int)
        return [
            f'<td data-rank="{rank}"{kind}>{self._html(name, value)}</td>'
            for rank, value in zip(ranks, values, strict=True)
        ]

    def _kind(self, name: str) -> str:
        return ' class="number"' if pd.api.types.is_numeric_dtype(self.frame[name]) else ""

    def _html(self, name: str, value: Any) -> str:
        if name in self.sources:
            return html_link(value)
        return escape(self._text(name, value))

    def _text(self, name: str, value: Any) -> str:
        if pd.isna(value):
            return ""
        if name in self.sources:
            return short_name(value)
        if isinstance(value, bool) or not isinstance(value, Real) or name in CALENDAR:
            text = str(value)
            return date_in_words(text) if DATE.fullmatch(text) else with_real_minus(text)
        return real_minus(f"{value:,g}" if isinstance(value, float) else f"{value:,}")

    def __repr__(self) -> str:
        lines = [self.caption]
        for row in self.frame.to_dict("records"):
            cells = [f"{name}: {text}" for name, value in row.items() if (text := self._text(name, value))]
            lines += textwrap.wrap(
                "; ".join(cells), TEXT_WIDTH, initial_indent="- ", subsequent_indent="  "
            )
        return "\n".join(lines)


def sortable(frame: pd.DataFrame, caption: str, sources: Sequence[str] = ()) -> SortableTable:
    """A table the reader can sort by pressing a heading; the last expression of a cell shows it.

    Column names are the headings. Numbers sort as numbers, ordered categories in their order, text by
    the alphabet; gaps come last. Columns named in `sources` hold reference keys and are shown as links.

    Raises ValueError for a source column the frame does not have, or an unknown key.
    """
    for name in sources:
        if name not in frame:
            raise ValueError(
                f"sources: {name!r} is not a column; the frame has {', '.join(map(str, frame))}"
            )
        for key in frame[name]:
            link(key)
    return SortableTable(frame.reset_index(drop=True), caption, tuple(sources))
