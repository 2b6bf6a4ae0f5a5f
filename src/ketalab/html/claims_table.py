"""The article's table, alive: press a cell and see its verdict and the sources for and against it.

Two columns are compared, row by row; a cell holds one or more claims of the ledger. A cell is an HTML
`details` element, so it opens by mouse and by keyboard, without script, kernel or network, also on a
slide. What it opens to lies over the other column, so that the table keeps its size and the cell stays
in sight. Where no style is applied the cell opens in place; where no HTML is shown there is the text.
"""

import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ketalab.data.bibliography import html_link, short_name
from ketalab.data.claims import Claim, claim
from ketalab.data.verdict import Verdict
from ketalab.html.files import static

STYLE = static("html", "claims_table.css")
TEXT_WIDTH = 100


@dataclass(frozen=True)
class ClaimsTable:
    """See the module. `cells` are the rows: a name and the claims of each of the two columns."""

    caption: str
    heads: tuple[str, str, str]
    cells: Mapping[str, tuple[tuple[Claim, ...], tuple[Claim, ...]]]
    elsewhere: Mapping[str, str]

    def _repr_html_(self) -> str:
        name = hashlib.sha256((self.caption + repr(list(self.cells))).encode()).hexdigest()[:10]
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f'<tr><th scope="row">{escape(row)}</th>'
            + "".join(f"<td>{self._cell(f'living-{name}', claims)}</td>" for claims in columns)
            + "</tr>"
            for row, columns in self.cells.items()
        )
        return (
            f'<div class="ketalab-living" data-lm-suppress-shortcuts="true"><style>\n{STYLE}</style>'
            f"<table><caption>{escape(self.caption)}</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _cell(self, group: str, claims: Sequence[Claim]) -> str:
        """A cell: what the article says and the verdict; behind it why, and who says so."""
        front = "<br>".join(f"{escape(wording(c))} <b>{signed(c.about.verdict)}</b>" for c in claims)
        behind = "".join(self._behind(c) for c in claims)
        return (
            f'<details name="{group}"><summary>{front}</summary>'
            f'<div class="behind" tabindex="0" role="region" '
            f'aria-label="Sources of {", ".join(c.about.claim for c in claims)}">{behind}</div></details>'
        )

    def _behind(self, one: Claim) -> str:
        sources = "".join(
            f"<li><b>{escape(s.stance)}:</b> {escape(s.finding)} {html_link(s.reference)}</li>"
            for s in one.sources.itertuples()
        )
        more = escape(self._more(one))
        return (
            f"<p><b>{one.about.claim}.</b> {escape(one.about.reason)} <i>{more}</i></p><ul>{sources}</ul>"
        )

    def _more(self, one: Claim) -> str:
        return self.elsewhere.get(one.about.claim, f"More in lesson {one.about.lesson}.")

    def __repr__(self) -> str:
        lines = [self.caption]
        for row, columns in self.cells.items():
            for head, claims in zip(self.heads[1:], columns, strict=True):
                for c in claims:
                    lines += wrapped(f"{row}, {head}: {wording(c)}", "- ")
                    lines += wrapped(f"{c.about.claim} {c.about.verdict}. {c.about.reason} {self._more(c)}")
                    for s in c.sources.itertuples():
                        lines += wrapped(f"{s.stance}: {s.finding} ({short_name(s.reference)})", "    ")
        return "\n".join(lines)


def signed(verdict: str) -> str:
    """A verdict with its sign, as HTML."""
    return f"{Verdict(verdict).sign} {escape(verdict)}"


def wording(one: Claim) -> str:
    """What the article says in this cell, without the name of the row."""
    text = (
        one.about.statement.rpartition(": ")[2] if "Table, " in one.about.statement else one.about.statement
    )
    return text[:1].upper() + text[1:]


def wrapped(text: str, first: str = "  ") -> list[str]:
    """Lines of plain text, the first with a mark of its own, the others set in."""
    return textwrap.wrap(text, TEXT_WIDTH, initial_indent=first, subsequent_indent=" " * (len(first) + 2))


def claims_table(
    cells: Mapping[str, tuple[str, str]],
    heads: tuple[str, str, str],
    caption: str,
    elsewhere: Mapping[str, str] | None = None,
) -> ClaimsTable:
    """A table of claims whose cells open to their sources; the last expression of a cell shows it.

    `cells` maps a row's name to the claims of its two columns, such as ("C44 C45", "C46"). `elsewhere`
    says for a claim where this lesson shows its data; other claims name their own lesson.

    Raises ValueError for a claim the ledger does not hold.
    """
    found = {
        row: tuple(tuple(claim(number) for number in numbers.split()) for numbers in columns)
        for row, columns in cells.items()
    }
    return ClaimsTable(caption, heads, found, dict(elsewhere or {}))
