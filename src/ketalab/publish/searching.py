"""What the search of the pages looks through: lessons, article, claims, words and cheat sheets.

Never the guide for teachers: no student is handed the answers by a search.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from ketalab.data import table
from ketalab.publish import glossary
from ketalab.publish.reading import Page, Reading

HEADING = re.compile(r'<h[23] id="([^"]+)">(.*?)</h[23]>', re.DOTALL)


@dataclass(frozen=True)
class Place:
    """Somewhere that a search can lead to, and the words that stand there."""

    page: str
    at: str  # the id there; empty for the top of the page
    of: str  # what the page is
    head: str
    text: str


def index(pages: Sequence[Page], beside: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Every place as a search reads it. `beside` holds by file the title and the HTML of other pages."""
    found: list[Place] = []
    for one in pages:
        found += sections(one.file, f"{one.number} {one.title}", one.title, one.body)
    for file, (title, html) in beside.items():
        found += sections(file, title, title.partition(": ")[2] or title, html)
    found += claims()
    found += words()
    return [asdict(place) for place in found]


def sections(file: str, of: str, title: str, html: str) -> Iterator[Place]:
    """A page's sections, also those of a heading only; what stands before the first goes under `title`."""
    titles = {anchor: Reading(text).whole for anchor, text in HEADING.findall(html)}
    reading = Reading(html)
    for anchor in reading.texts:
        head = titles.get(anchor, title)
        text = reading.text(anchor).removeprefix(head).strip()
        if text or anchor in titles:
            yield Place(file, anchor, of, head, text)


def claims() -> Iterator[Place]:
    """Each claim: the article's words, ours, and why we judge so."""
    for row in table("claims").itertuples():
        text = " ".join((row.quoted, row.statement, row.reason, row.certainty_reason))
        yield Place("claims.html", row.claim, "The claims", f"{row.claim}, {row.verdict}", text)


def words() -> Iterator[Place]:
    """Each term of the glossary."""
    for _, terms in glossary.page()["letters"]:
        for term in terms:
            yield Place("glossary.html", term.anchor, "Glossary", term.term, term.definition)
