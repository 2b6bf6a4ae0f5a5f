"""The article as a page: each claim numbered where it stands, and under each paragraph how it came out."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from nbconvert.filters.markdown_mistune import MarkdownWithMath

from ketalab.data import table
from ketalab.data.claims import article
from ketalab.data.lessons import stem
from ketalab.html.claims_table import signed
from ketalab.publish.reading import Page, Renderer


def body(pages: Sequence[Page], renderer: Renderer) -> str:
    """The whole article as HTML. `pages` are the lessons' pages: a claim leads to its section there."""
    markdown = MarkdownWithMath(renderer=renderer)
    made = []
    for block in article().strip().split("\n\n"):
        claims = [row for row in table("claims").itertuples() if row.quoted in block]
        made.append(markdown.render(numbered(block, claims)))
        if claims:
            lines = "".join(_line(row, pages) for row in claims)
            made.append(
                f'<ul class="told" role="list" aria-label="How these claims came out">{lines}</ul>\n'
            )
    return "".join(made)


def numbered(block: str, claims: Sequence[Any]) -> str:
    """Markdown in which each quotation is marked and followed by the number of its claim.

    Quotations may stand one in another; two that only overlap are refused with ValueError.
    """
    spans = [(block.index(row.quoted), block.index(row.quoted) + len(row.quoted), row) for row in claims]
    opens: dict[int, str] = {}
    closes: dict[int, str] = {}
    outer: list[tuple[int, int, Any]] = []
    for start, end, row in sorted(spans, key=lambda span: (span[0], -span[1])):
        while outer and outer[-1][1] <= start:
            outer.pop()
        if outer and outer[-1][1] < end:
            raise ValueError(
                f"claims.quoted: {outer[-1][2].claim} and {row.claim} overlap; one must hold the other"
            )
        outer.append((start, end, row))
        number = f' <a class="number" href="claims.html#{row.claim}">{row.claim}</a>'
        opens[start] = opens.get(start, "") + f'<span class="said" id="{row.claim}">'
        closes[end] = f"</span>{number}" + closes.get(end, "")
    places = sorted({0, len(block), *opens, *closes})
    parts = [closes.get(a, "") + opens.get(a, "") + block[a:b] for a, b in pairwise(places)]
    return "".join(parts) + closes.get(len(block), "")


def _line(row: Any, pages: Sequence[Page]) -> str:
    return (
        f'<li><a href="claims.html#{row.claim}">{row.claim}</a> {signed(row.verdict)}, '
        f"{row.certainty} certainty · "
        f'<a href="{place(row.claim, row.lesson, pages)}">lesson {row.lesson}</a></li>'
    )


def place(number: str, lesson: str, pages: Sequence[Page]) -> str:
    """Where a lesson treats a claim: the first section that names it, else the lesson's page."""
    page = next((one for one in pages if one.number == lesson), None)
    if page is None:
        return f"{stem(lesson)}.html"
    anchors = [heading.anchor for heading in page.headings if heading.anchor in page.reading.texts]
    found = next((f"#{anchor}" for anchor in anchors if number in page.reading.text(anchor)), "")
    return f"{page.file}{found}"
