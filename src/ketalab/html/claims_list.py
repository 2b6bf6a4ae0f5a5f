"""The ledger of all claims, to filter and to open, in a notebook and on a slide, without a kernel.

Each claim is an HTML `details` element: press it and its reason, its certainty and its sources for and
against stand below, each with its link. Five menus and a search box narrow the list; the page holds all
that is needed. Where no script runs the whole list stands and still opens; where no HTML is shown there
is the text.
"""

import hashlib
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from ketalab.data.bibliography import link, short_name
from ketalab.data.certainty import LEVELS, SHORTCOMINGS
from ketalab.data.lessons import stem
from ketalab.data.tables import table
from ketalab.data.verdict import VERDICTS
from ketalab.html.claims_table import signed, wrapped

# The class stands twice in a selector where JupyterLab has an opinion of its own.
STYLE = """
.ketalab-ledger { font-size: 0.95em; line-height: 1.3; color: #1b1b1b; background: #fff;
  color-scheme: light; padding: 4px 8px; }
.ketalab-ledger form { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: end; margin: 0 0 6px; }
.ketalab-ledger label { display: grid; font-size: 0.9em; font-weight: bold; }
.ketalab-ledger.ketalab-ledger :is(select, input, button) { font: inherit; font-weight: normal;
  padding: 3px 6px; border: 1px solid #6b6b6b; border-radius: 3px; background: #fff; color: #1b1b1b;
  max-width: 13em; }
.ketalab-ledger :is(select, input, button, summary, a, [tabindex]):focus-visible {
  outline: 3px solid #0072b2; outline-offset: 1px; }
.ketalab-ledger .list { max-height: 21em; overflow-y: auto; border: 1px solid #8a8a8a; }
.ketalab-ledger details { border-bottom: 1px solid #d9d9d9; padding: 3px 8px; }
.ketalab-ledger details[hidden] { display: none; }
.ketalab-ledger summary { cursor: pointer; }
.ketalab-ledger details[open] > summary { background: #d7ebf7; }
.ketalab-ledger .how { font-weight: bold; }
.ketalab-ledger.ketalab-ledger :is(p, ul, li) { margin: 0 0 0.35em; font-size: 1em; line-height: 1.3; }
.ketalab-ledger ul { padding-left: 1.3em; }
.ketalab-ledger a { color: #00557f; }
.ketalab-ledger details:not([open]) > :not(summary) { display: none; }
.reveal .ketalab-ledger { font-size: 18px; }
.reveal .ketalab-ledger .list { max-height: 400px; }
"""
# One listener for all ledgers of the page: it outlives cells that JupyterLab draws again.
SCRIPT = """
if (!window.ketalabLedger) {
  window.ketalabLedger = true;
  const narrow = (box) => {
    const wanted = [...box.querySelectorAll("select")].filter((menu) => menu.value);
    const words = box.querySelector("input").value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    const claims = box.querySelectorAll("details");
    for (const claim of claims) {
      const text = claim.textContent.toLowerCase();
      const fits = wanted.every((menu) => claim.dataset[menu.name] === menu.value)
        && words.every((word) => text.includes(word));
      claim.hidden = !fits;
      shown += fits;
    }
    box.querySelector("[role=status]").textContent = `${shown} of ${claims.length} claims shown.`;
  };
  const changed = (event) => {
    const box = event.target.closest?.(".ketalab-ledger");
    if (box) narrow(box);
  };
  document.addEventListener("input", changed);
  document.addEventListener("submit", (event) => {
    if (event.target.closest?.(".ketalab-ledger")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-ledger button");
    if (!button) return;
    button.form.reset();
    narrow(button.closest(".ketalab-ledger"));
  });
}
"""
LESSON_SCRIPT = """
if (!window.ketalabLessonLinks) {
  window.ketalabLessonLinks = true;
  document.addEventListener("click", (event) => {
    const to = event.target.closest?.("a[data-lesson]");
    if (to && window.Reveal) to.setAttribute("href", `${to.dataset.lesson}.html`);
  }, true);
}
"""
MENUS = ("section", "verdict", "certainty", "kind", "lesson")
ORDER = {"verdict": VERDICTS, "certainty": LEVELS[::-1]}


@dataclass(frozen=True)
class ClaimsList:
    """See the module. `claims` and `sources` are rows of the tables of these names."""

    claims: pd.DataFrame
    sources: pd.DataFrame
    caption: str

    def _repr_html_(self) -> str:
        menus = "".join(self._menu(name) for name in MENUS)
        rows = "".join(self._claim(row) for row in self.claims.itertuples())
        n = len(self.claims)
        name = hashlib.sha256((self.caption + rows).encode()).hexdigest()[:10]
        # Without the attribute JupyterLab takes Enter and space for itself.
        return (
            f'<div class="ketalab-ledger" id="ledger-{name}" data-lm-suppress-shortcuts="true">'
            f"<style>{STYLE}</style><form><b>{escape(self.caption)}</b>{menus}"
            '<label>words<input type="search" name="words" size="12"></label>'
            '<button type="button">Show all</button>'
            f'<span role="status">{n} of {n} claims shown.</span></form>'
            f'<div class="list" tabindex="0" role="region" aria-label="{escape(self.caption)}">{rows}</div>'
            f"<script>{SCRIPT}{LESSON_SCRIPT}</script></div>"
        )

    def _menu(self, name: str) -> str:
        there = set(self.claims[name])
        values = [v for v in ORDER.get(name, tuple(dict.fromkeys(self.claims[name]))) if v in there]
        if name == "lesson":
            values = sorted(values)
        options = "".join(f'<option value="{escape(v)}">{escape(v)}</option>' for v in values)
        return f'<label>{name}<select name="{name}"><option value="">all</option>{options}</select></label>'

    def _claim(self, row: Any) -> str:
        data = "".join(f' data-{name}="{escape(getattr(row, name))}"' for name in MENUS)
        sources = "".join(
            f"<li><b>{escape(s.stance)}:</b> {escape(s.finding)} {_cited(s.reference)} "
            f"<i>({escape(s.locator)})</i></li>"
            for s in self._sources(row.claim)
        )
        tested = "".join(f" {escape(words)} {_cited(key)}." for words, key in _tested(row))
        return (
            f"<details{data}><summary><b>{row.claim}</b> {escape(row.statement)} "
            f'<span class="how">{signed(row.verdict)}, {escape(row.certainty)}</span>'
            f"</summary><p>{escape(row.reason)} {lesson_link(row.lesson)}.</p>"
            f"<p><b>How sure: {escape(row.certainty)}</b> ({escape(shortcomings(row))}). "
            f"{escape(row.certainty_reason)}{tested}</p><ul>{sources}</ul></details>"
        )

    def _sources(self, number: str) -> list[Any]:
        rows = self.sources[self.sources.claim == number]
        return list(rows.sort_values("stance", ascending=False, kind="stable").itertuples())

    def __repr__(self) -> str:
        lines = [self.caption]
        for row in self.claims.itertuples():
            lines += wrapped(f"{row.claim} {row.statement} {row.verdict}, {row.certainty}.", "- ")
            lines += wrapped(
                f"{row.reason} Lesson {row.lesson}. How sure: {shortcomings(row)}. {row.certainty_reason}"
            )
            lines += [f"    {words} {short_name(key)}" for words, key in _tested(row)]
            for s in self._sources(row.claim):
                lines += wrapped(f"{s.stance}: {s.finding} ({short_name(s.reference)})", "    ")
        return "\n".join(lines)


def shortcomings(row: Any) -> str:
    """The kind of evidence and its shortcomings, in words."""
    short = [name for name in SHORTCOMINGS if getattr(row, name) == "yes"]
    kind = "nobody looked" if row.evidence == "none" else row.evidence
    return f"{kind}; {', '.join(short) if short else 'no shortcoming'}"


def lesson_link(number: str) -> str:
    """A link to a lesson: its notebook, or on a slide its deck."""
    name = stem(number)
    return f'<a href="{name}.ipynb" data-lesson="{name}">Lesson {number}</a>'


def _cited(key: str) -> str:
    return f'<a href="{escape(link(key))}">{escape(short_name(key))}</a>'


def _tested(row: Any) -> list[tuple[str, str]]:
    """The hardest comparison and the longest time at which a benefit was found, with their sources."""
    found = []
    if row.tested_by:
        words = "an active one" if row.comparator == "active" else "a control group"
        found.append((f"Hardest comparison: {words},", row.tested_by))
    if row.lasted_by:
        time = f"{row.weeks:g} week{'' if row.weeks == 1 else 's'}" if row.weeks >= 1 else "1 day"
        found.append((f"Longest controlled benefit: {time},", row.lasted_by))
    return found


def ledger(caption: str = "The article, claim by claim") -> ClaimsList:
    """All claims of the article, to filter and to open; the last expression of a cell shows it."""
    return ClaimsList(table("claims"), table("claim_sources"), caption)
