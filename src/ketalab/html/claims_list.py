"""The ledger of all claims, to filter and to open, in a notebook and on a slide, without a kernel.

Each claim is an HTML `details` element: press it and the article's sentence, the reason, both
certainties, the sources for and against and the second reading stand below, each source with its link.
Six menus and a search box narrow the list; the page holds all that is needed. Where no script runs the
whole list stands and still opens; where no HTML is shown there is the text. A lesson prints the whole
list, a slide its first claims and how many more there are.
"""

import hashlib
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import pandas as pd

from ketalab.data.bibliography import bibliography, html_link, short_name
from ketalab.data.certainty import DOUBTS, LEVELS, SHORTCOMINGS
from ketalab.data.lessons import stem
from ketalab.data.tables import table
from ketalab.data.verdict import VERDICTS
from ketalab.html.claims_table import signed, wrapped
from ketalab.html.files import static

STYLE = static("html", "claims_list.css")
ON_A_SLIDE = 8  # claims that a printed slide has room for
MORE = "more claims are in the lesson's pages."
SCRIPT = static("html", "claims_list.js").replace("ROOM", str(ON_A_SLIDE)).replace("MORE", MORE)
MENUS = {
    "section": "section",
    "verdict": "verdict",
    "certainty": "certainty",
    "certainty_effect": "certainty of effect",
    "kind": "kind",
    "lesson": "lesson",
}  # column: label
ORDER = {"verdict": VERDICTS, "certainty": LEVELS[::-1], "certainty_effect": LEVELS[::-1]}

NO_EFFECT = "no effect is claimed"
DOUBT = dict(
    zip(DOUBTS, ("hangs on one study", "two readings", "a decisive source we could not read"), strict=True)
)


@dataclass(frozen=True)
class ClaimsList:
    """See the module. The frames are rows of claims, claim_sources, claim_tests and second_reading."""

    claims: pd.DataFrame
    sources: pd.DataFrame
    tests: pd.DataFrame
    second: pd.DataFrame
    caption: str

    def _repr_html_(self) -> str:
        return self.html()

    def html(self, article: str = "") -> str:
        """The list as HTML. With the address of the page that holds the article, each entry is a place to
        link to, `#C14`, and leads to its sentence there."""
        menus = "".join(self._menu(name) for name in MENUS)
        rows = "".join(
            self._claim(row, article, later=place > ON_A_SLIDE)
            for place, row in enumerate(self.claims.itertuples(), start=1)
        )
        n = len(self.claims)
        more = f"{n - ON_A_SLIDE} {MORE}" if n > ON_A_SLIDE else ""
        name = hashlib.sha256((self.caption + rows).encode()).hexdigest()[:10]
        # Without the attribute JupyterLab takes Enter and space for itself.
        return (
            f'<div class="ketalab-ledger" id="ledger-{name}" data-lm-suppress-shortcuts="true">'
            f"<style>\n{STYLE}</style><form><b>{escape(self.caption)}</b>{menus}"
            '<label>words<input type="search" name="words" size="12"></label>'
            '<button type="button">Show all</button>'
            f'<span role="status">{n} of {n} claims shown.</span></form>'
            f'<div class="list" tabindex="0" role="region" aria-label="{escape(self.caption)}">{rows}</div>'
            f'<p class="paper">{more}</p>'
            f"<script>\n{SCRIPT}</script></div>"
        )

    def _menu(self, name: str) -> str:
        there = set(self.claims[name]) - {""}
        values = [v for v in ORDER.get(name, tuple(dict.fromkeys(self.claims[name]))) if v in there]
        if name == "lesson":
            values = sorted(values)
        options = "".join(f'<option value="{escape(v)}">{escape(v)}</option>' for v in values)
        menu = f'<select name="{name}"><option value="">all</option>{options}</select>'
        return f"<label>{MENUS[name]}{menu}</label>"

    def _claim(self, row: Any, article: str, later: bool) -> str:
        data = "".join(f' data-{name}="{escape(getattr(row, name))}"' for name in MENUS)
        sources = "".join(
            f"<li><b>{escape(s.stance)}:</b> {escape(s.finding)} {_cited(s.reference)} "
            f"<i>({escape(s.locator)})</i></li>"
            for s in self._sources(row.claim)
        )
        tested = "".join(f" {escape(words)} {_cited(key)}." for words, key in self._tested(row.claim))
        ident = f' id="{row.claim}"' if article else ""
        kind = ' class="later"' if later else ""
        said = f'<a href="{article}#{row.claim}">The article</a>' if article else "The article"
        return (
            f"<details{ident}{data}{kind}><summary><b>{row.claim}</b> {escape(row.statement)} "
            f'<span class="how">{signed(row.verdict)}, {escape(row.certainty)}</span>'
            f"</summary><p>{said}: <q>{escape(row.quoted)}</q></p>"
            f"<p>{escape(row.reason)} {lesson_link(row.lesson)}.</p>"
            f"<p><b>How sure of the verdict: {escape(row.certainty)}</b> ({escape(doubts(row))}). "
            f"{escape(row.doubt)}</p>"
            f"<p><b>How sure of the effect: {escape(row.certainty_effect or NO_EFFECT)}</b> "
            f"({escape(shortcomings(row))}). {escape(row.certainty_reason)}{tested}</p>"
            f"<ul>{sources}</ul>{self._second(row)}</details>"
        )

    def _second(self, row: Any) -> str:
        """What the second reader said, and where the readers differ what came of it."""
        said = self.second[self.second.claim == row.claim].iloc[0]
        change = (
            f"<p>Regraded: was {escape(row.verdict_before)}. {escape(row.change)}</p>" if row.change else ""
        )
        text = f"{change}<p>A second reader: {escape(said.verdict)}, {escape(said.certainty)}."
        if said.verdict == said.first_verdict:
            return f"{text}</p>"
        moved = said.first_verdict != row.verdict
        before = f"The first reader had said: {escape(said.first_verdict)}. " if moved else ""
        return f"{text} {escape(_plain(said.reason))}</p><p>{before}{escape(said.discussion)}</p>"

    def _tested(self, number: str) -> list[tuple[str, str]]:
        """Each test that found the benefit: comparison and time in words, and its source."""
        rows = self.tests[self.tests.claim == number]
        return [
            (f"Found against {row.against} ({row.level}), {_time(row.weeks)}:", row.reference)
            for row in rows.itertuples()
        ]

    def _sources(self, number: str) -> list[Any]:
        rows = self.sources[self.sources.claim == number]
        return list(rows.sort_values("stance", ascending=False, kind="stable").itertuples())

    def __repr__(self) -> str:
        lines = [self.caption]
        for row in self.claims.itertuples():
            lines += wrapped(f"{row.claim} {row.statement} {row.verdict}, {row.certainty}.", "- ")
            lines += wrapped(f'The article: "{row.quoted}"')
            effect = f"{row.certainty_effect or NO_EFFECT} ({shortcomings(row)})"
            lines += wrapped(
                f"{row.reason} Lesson {row.lesson}. How sure of the verdict: {doubts(row)}. {row.doubt} "
                f"How sure of the effect: {effect}. {row.certainty_reason}"
            )
            for words, key in self._tested(row.claim):
                lines += wrapped(f"{words} {short_name(key)}", "    ")
            lines += wrapped(unescape(re.sub(r"<[^>]+>", " ", self._second(row))), "    ")
            for s in self._sources(row.claim):
                lines += wrapped(f"{s.stance}: {s.finding} ({short_name(s.reference)})", "    ")
        return "\n".join(lines)


def shortcomings(row: Any) -> str:
    """The kind of evidence and its shortcomings, in words."""
    short = [name for name in SHORTCOMINGS if getattr(row, name) == "yes"]
    kind = "nobody looked" if row.evidence == "none" else row.evidence
    return f"{kind}; {', '.join(short) if short else 'no shortcoming'}"


def doubts(row: Any) -> str:
    """The doubts about the verdict, in words."""
    found = [words for name, words in DOUBT.items() if getattr(row, name) == "yes"]
    return ", ".join(found) if found else "no doubt"


def lesson_link(number: str) -> str:
    """A link to a lesson: its notebook, for which a deck has the deck and a page the page."""
    return f'<a href="{stem(number)}.ipynb">Lesson {number}</a>'


def _cited(key: str) -> str:
    return html_link(key)


def _time(weeks: float) -> str:
    """Weeks as a reader says them: hours, a day, days or weeks."""
    if weeks < 1 / 7 - 0.01:
        return "within hours"
    if weeks < 1:
        days = round(7 * weeks)
        return f"after {days} day{'' if days == 1 else 's'}"
    return f"after {weeks:g} week{'' if weeks == 1 else 's'}"


def _plain(text: str) -> str:
    """The second reader's words with names for the keys of sources."""
    known = bibliography().entries
    return re.sub(
        r"\b[a-z]+[0-9]{4}[a-z]?\b", lambda key: short_name(key[0]) if key[0] in known else key[0], text
    )


def ledger(caption: str = "The article, claim by claim") -> ClaimsList:
    """All claims of the article, to filter and to open; the last expression of a cell shows it."""
    names = ("claims", "claim_sources", "claim_tests", "second_reading")
    return ClaimsList(*map(table, names), caption)
