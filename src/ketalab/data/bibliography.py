"""Citations and reference lists, made from `data/references.bib` by pybtex."""

import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from pybtex.backends.html import Backend as HtmlBackend
from pybtex.backends.plaintext import Backend as TextBackend
from pybtex.database import BibliographyData, Entry, Person, parse_file
from pybtex.richtext import HRef, Text
from pybtex.style.formatting.plain import Style
from pybtex.style.template import optional, sentence

from ketalab.data.tables import data_folder

TITLE_WIDTH = 28  # letters at most of the title that stands for authors who are not known

# Sources named so far in this session: a lesson's list holds them all, also those from tables.
_named: dict[str, None] = {}


def _file() -> Path:
    return data_folder() / "references.bib"


def bibliography() -> BibliographyData:
    """Every reference of the course, by key."""
    return _bibliography(_file())


@cache
def _bibliography(path: Path) -> BibliographyData:
    return parse_file(str(path), bib_format="bibtex")


def entry(key: str) -> Entry:
    """The bibliography entry of a key; ValueError when there is none."""
    entries = bibliography().entries
    if key not in entries:
        raise ValueError(f"reference: {key!r} is not in references.bib")
    return entries[key]


def link(key: str) -> str:
    """Where the reference can be read: DOI, PubMed, PubMed Central, or its publisher's own page.

    Empty when none of these is known. Where a copy was read (`seen`) is never a link.
    """
    fields = entry(key).fields
    for field, address in (
        ("doi", "https://doi.org/{}"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
        ("pmcid", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
        ("url", "{}"),
    ):
        if field in fields:
            return address.format(fields[field])
    return ""


def short_name(key: str) -> str:
    """The reference as it stands in running text, such as "Zarate et al. 2006".

    Two of one name and year are told apart by a letter, "Singh et al. 2016a"; the start of the title
    stands for the authors where these are not known.
    """
    found = entry(key)
    _named[key] = None
    year = _dated(key)
    return f"{_names(found)}{', ' if year.startswith('undated') else ' '}{year}"


def _names(found: Entry) -> str:
    names = [_plain(_last(person)) for person in found.persons.get("author", [])]
    if not names:
        title = _plain(found.fields["title"]).replace("[", "").replace("]", "")
        return f"“{textwrap.shorten(title, TITLE_WIDTH, placeholder=' …')}”"
    several = len(names) > 2 or names[-1] == "others"
    return f"{names[0]} et al." if several else " and ".join(names)


def _last(person: Person) -> str:
    return " ".join(person.prelast_names + person.last_names)


def _plain(latex: str) -> str:
    """Text without the marks of LaTeX: no braces, and an ampersand without its backslash."""
    return str(Text.from_latex(latex))


def _dated(key: str) -> str:
    return _years(_file())[key]


@cache
def _years(path: Path) -> dict[str, str]:
    """The year of each reference, with a letter when another has the same name and year."""
    alike = defaultdict(list)
    for key, found in _bibliography(path).entries.items():
        alike[_names(found), found.fields["year"]].append(key)
    return {
        key: year + (f"{' ' if year == 'undated' else ''}{_letter(place)}" if len(keys) > 1 else "")
        for (_, year), keys in alike.items()
        for place, key in enumerate(sorted(keys))
    }


def _letter(place: int) -> str:
    return chr(ord("a") + place)


def markdown_link(key: str) -> str:
    """The citation as a Markdown link; the key stands in the title, so tools can find it.

    A source without a link leads to the lesson's list, where its full reference stands.
    """
    return f'[{short_name(key)}]({link(key) or "#References"} "{key}")'


def html_link(key: str) -> str:
    """The citation as HTML: a link, or its name with the full reference as its title."""
    name, address = escape(short_name(key)), link(key)
    if address:
        return f'<a href="{escape(address)}">{name}</a>'
    return f'<span title="{escape(repr(ReferenceList((key,))))}">{name}</span>'


@dataclass(frozen=True)
class Citation:
    """One or more references, shown as links in a notebook and as names in plain text."""

    keys: tuple[str, ...]

    def __repr__(self) -> str:
        return "; ".join(map(short_name, self.keys))

    def _repr_markdown_(self) -> str:
        return "; ".join(map(markdown_link, self.keys))


class _ListStyle(Style):
    """The plain style, with the letter of the year, the one link of each source, and no author missed."""

    def format_names(self, role, as_sentence=True):
        return optional[super().format_names(role, as_sentence)]

    def format_title(self, e, which_field, as_sentence=True):
        title = Text.from_latex(e.fields[which_field])
        return sentence[title] if as_sentence else title

    def format_web_refs(self, e):
        address = link(e.key)
        shown = address.removeprefix("https://").removeprefix("http://")
        return sentence(add_period=False)[HRef(address, shown)] if address else Text()


@cache  # it looks through every package that is installed when it is made
def _list_style() -> _ListStyle:
    return _ListStyle(sorting_style="none")  # the list is sorted before


@cache
def _place(path: Path, key: str) -> tuple[str, str, str]:
    """Persons and institutions in one alphabet, without braces, accents and capitals."""
    found = _bibliography(path).entries[key]
    names = " ".join(str(person) for person in found.persons.get("author", [])) or found.fields["title"]
    return _alphabetical(_plain(names)), _years(path)[key], _alphabetical(_plain(found.fields["title"]))


def _sorting(key: str) -> tuple[str, str, str]:
    entry(key)  # refuses a key that there is none of
    return _place(_file(), key)


def _alphabetical(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.translate(str.maketrans("ØøŁł", "OoLl")))
    return "".join(mark for mark in flat if mark.isalnum() or mark == " ").casefold()


@cache
def _full(path: Path, key: str) -> Text:
    """The full reference, with the letter of its year; a list shows it as text and as HTML."""
    found = _bibliography(path).entries[key]
    shown = Entry(found.type, fields=[*found.fields.items()], persons=found.persons)
    shown.key = key
    shown.fields["year"] = _years(path)[key]
    return next(iter(_list_style().format_entries([shown]))).text


@dataclass(frozen=True)
class ReferenceList:
    """The references of a lesson in alphabetical order, each with its link."""

    keys: tuple[str, ...]

    def _render(self, backend: TextBackend | HtmlBackend) -> list[str]:
        return [_full(_file(), key).render(backend) for key in sorted(self.keys, key=_sorting)]

    def __repr__(self) -> str:
        return "\n".join(self._render(TextBackend("utf-8")))

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{item}</li>" for item in self._render(HtmlBackend("utf-8")))
        return f'<ol class="ketalab-references">{items}</ol>'


def full_references(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Each of these keys once, in alphabetical order of its reference, with the full reference as HTML.

    Raises ValueError for an unknown key.
    """
    ordered = sorted(dict.fromkeys(keys), key=_sorting)
    return [(key, ReferenceList((key,))._render(HtmlBackend("utf-8"))[0]) for key in ordered]


def cite(*keys: str) -> Citation:
    """Cite references by key: `cite("zarate2006")`."""
    for key in keys:
        entry(key)
    return Citation(keys)


def references(*keys: str) -> ReferenceList:
    """The reference list of these keys and of every source the lesson has named, each once."""
    for key in keys:
        entry(key)
    return ReferenceList(tuple(dict.fromkeys([*keys, *_named])))
