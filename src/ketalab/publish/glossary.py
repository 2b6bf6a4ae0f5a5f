"""The words of the course: `data/glossary.csv` becomes links in the lessons and a page of its own.

In each lesson the first use of a term in running text is a link: hovering shows the definition, clicking
opens the entry, in `notebooks/glossary.ipynb` from a notebook and in `glossary.html` from a slide. Links
are made by `weave` and never typed. A word counts as used only where a reader meets it as plain text: not
in the title, a heading, code, a citation or another link, an equation, HTML, or an exercise.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from ketalab.data import bibliography, table
from ketalab.data.lessons import NOTEBOOKS, lesson_files, stem
from ketalab.publish import stored
from ketalab.publish.cells import ABOUT_PYTHON, place, tags

PAGE = NOTEBOOKS / "glossary.ipynb"
NOTEBOOK = "glossary.ipynb#"
WEB = "glossary.html#"
LINK = re.compile(rf"\[([^\]]*)\]\({re.escape(NOTEBOOK)}([^ )]*)[^)]*\)")
PROTECTED = re.compile(
    r"^```.*?^```"  # code
    r"|`[^`]*`"
    r"|\$\$.*?\$\$|\$[^$]*\$"  # equations
    r"|^#+ .*?$"  # headings
    r"|!?\[[^\]]*\]\([^)]*\)|\[@\w+\]"  # links, pictures, citations
    r"|<(details|table|div)\b.*?</\1>|<[^>]+>"  # HTML
    r"|https?://\S+",
    re.MULTILINE | re.DOTALL,
)
MADE = ("badges", "references", "task:", "solution:", "exercise:")  # cells that weaving writes
INTRODUCTION = (
    "# Glossary\n\n"
    "The words of the course in one or two plain sentences each. In the lessons the first use of a word is "
    "a link: point at it to read the definition, click it to come here. Below each word stand the lessons "
    "that use it; the one in bold explains it best.\n\n"
    "*Teaching material, not medical advice.*"
)


@dataclass(frozen=True)
class Term:
    """A word of the course, the forms in which lessons write it, and what it means."""

    term: str
    forms: tuple[str, ...]
    definition: str
    lesson: str
    reference: str

    @property
    def anchor(self) -> str:
        """What JupyterLab, nbconvert and nbviewer call the entry's heading."""
        return self.term.replace(" ", "-")

    def link(self, words: str) -> str:
        return f'[{words}]({NOTEBOOK}{self.anchor} "{self.definition}")'


@cache
def terms() -> tuple[Term, ...]:
    """Every term in the order of the table."""
    return tuple(
        Term(
            row.term, tuple(filter(None, row.forms.split("; "))), row.definition, row.lesson, row.reference
        )
        for row in table("glossary").itertuples()
    )


@cache
def vocabulary() -> tuple[re.Pattern[str], dict[str, Term]]:
    """What finds a term in a text, the longest first, and the term that each form belongs to.

    Capitals count, but for the first letter of a sentence; a plural in -s needs no form of its own.
    """
    forms = {form: term for term in terms() for form in (term.term, *term.forms)}
    longest_first = "|".join(map(_written, sorted(forms, key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{longest_first})(?![\w-])"), forms


def _written(form: str) -> str:
    first = f"[{form[0]}{form[0].upper()}]" if form[0].islower() else re.escape(form[0])
    return first + r"\s".join(map(re.escape, form[1:].split(" "))) + "s?"


def meant(words: str) -> Term:
    """The term that these words of a text are a form of."""
    forms = vocabulary()[1]
    plain = " ".join(words.split())
    lowered = plain[0].lower() + plain[1:]
    return next(forms[w] for w in (plain, lowered, plain[:-1], lowered[:-1]) if w in forms)


def unlinked(source: str) -> str:
    """A text without its links to the glossary."""
    return LINK.sub(r"\1", source)


def link_first_uses(cells: Sequence[NotebookNode]) -> None:
    """Link, in place, the first use of each term in a lesson's cells, whose old links are gone."""
    seen: set[str] = set()

    def linked(match: re.Match[str]) -> str:
        term = meant(match[0])
        if term.term in seen:
            return match[0]
        seen.add(term.term)
        return term.link(match[0])

    for cell in cells[1:]:
        if is_read(cell):
            cell.source = "".join(
                vocabulary()[0].sub(linked, part) if plain else part for plain, part in _parts(cell.source)
            )


def is_read(cell: NotebookNode) -> bool:
    """Whether a cell is text of the lesson itself."""
    made = any(tag.startswith(MADE) for tag in tags(cell))
    return cell.cell_type == "markdown" and not made


def _parts(source: str) -> Iterator[tuple[bool, str]]:
    """A text cut into plain stretches (True) and those in which nothing may be linked (False)."""
    end = 0
    for match in PROTECTED.finditer(source):
        yield True, source[end : match.start()]
        yield False, match[0]
        end = match.end()
    yield True, source[end:]


def on_slides(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Copies of a lesson's cells in which the first use on a slide is the link, to the page beside it."""
    copies = deepcopy(list(cells))
    shown = [cell for cell in copies if place(cell) != "skip"]
    for cell in shown:
        cell.source = unlinked(cell.source)
    link_first_uses(shown)
    for cell in shown:
        cell.source = cell.source.replace(f"]({NOTEBOOK}", f"]({WEB}")
    return copies


def linked_terms(notebook: NotebookNode) -> list[str]:
    """The anchors that a lesson links to, in order."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [match[2] for match in LINK.finditer(text)]


def uses() -> dict[str, list[str]]:
    """The numbers of the lessons that link to each anchor; only anchors that some lesson uses."""
    found: dict[str, list[str]] = {}
    for path in lesson_files():
        for anchor in linked_terms(stored.notebook(path)):
            found.setdefault(anchor, []).append(path.name[:2])
    return found


def by_letter(used: Mapping[str, Sequence[str]]) -> list[tuple[str, list[Term]]]:
    """The terms in use under their first letters; a term waits for the lesson that explains it."""
    there = sorted((t for t in terms() if t.anchor in used), key=lambda term: term.term.lower())
    return [(letter, list(group)) for letter, group in groupby(there, lambda t: t.term[0].upper())]


def notebook() -> NotebookNode:
    """The glossary as a notebook of text, a cell a letter, as JupyterLab draws all before it shows one."""
    used = uses()
    cells = [new_markdown_cell(INTRODUCTION, id="glossary")]
    for letter, group in by_letter(used):
        entries = [_entry(t, used[t.anchor]) for t in group]
        cells.append(new_markdown_cell("\n\n".join([f"## {letter}", *entries]), id=f"letter-{letter}"))
    return new_notebook(cells=cells, metadata=deepcopy(ABOUT_PYTHON))


def _entry(term: Term, lessons: Sequence[str]) -> str:
    source = f" {_source(term.reference)}" if term.reference else ""
    where = ", ".join(
        f"**[{number}]({stem(number)}.ipynb)**"
        if number == term.lesson
        else f"[{number}]({stem(number)}.ipynb)"
        for number in lessons
    )
    return f"### {term.term}\n\n{term.definition}{source}\n\nLessons: {where}"


def _source(key: str) -> str:
    """A link, or where the source has no page of its own, the full reference."""
    return bibliography.markdown_link(key) if bibliography.link(key) else full(key)


def full(key: str) -> str:
    """The full reference as text, for a source without a page of its own."""
    return f"Source: {bibliography.ReferenceList((key,))!r}"


def write() -> None:
    """Renew the glossary's notebook."""
    from ketalab.publish.refresh import save

    save(notebook(), PAGE)


def page() -> dict[str, object]:
    """What the glossary's page among the slides shows."""
    used = uses()
    return {
        "letters": by_letter(used),
        "used": used,
        "deck": lambda number: f"{stem(number)}.html",
        "titles": table("lessons").set_index("lesson").title,
        "full": full,
        "cite": lambda key: (bibliography.short_name(key), bibliography.link(key)),
    }
