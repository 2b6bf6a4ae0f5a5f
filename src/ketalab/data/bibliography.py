"""Citations and reference lists, made from `data/references.bib` by pybtex."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pybtex.backends.html import Backend as HtmlBackend
from pybtex.backends.plaintext import Backend as TextBackend
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.style.formatting.plain import Style

from ketalab.data.tables import data_folder

# Sources named so far in this session: a lesson's list holds them all, also those from tables.
_named: dict[str, None] = {}


def bibliography() -> BibliographyData:
    """Every reference of the course, by key."""
    return _bibliography(data_folder() / "references.bib")


@cache
def _bibliography(path: Path) -> BibliographyData:
    found = parse_file(str(path), bib_format="bibtex")
    for one in found.entries.values():
        if "year of reading" in one.fields.get("annote", ""):
            one.fields["year"] = f"undated, read in {one.fields['year']}"
    return found


def entry(key: str) -> Entry:
    """The bibliography entry of a key; ValueError when there is none."""
    entries = bibliography().entries
    if key not in entries:
        raise ValueError(f"reference: {key!r} is not in references.bib")
    return entries[key]


def link(key: str) -> str:
    """Where the reference can be read: its DOI when it has one, else its address."""
    fields = entry(key).fields
    return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")


def short_name(key: str) -> str:
    """The reference as it stands in running text, such as "Zarate et al. 2006"."""
    found = entry(key)
    _named[key] = None
    names = [" ".join(person.prelast_names + person.last_names) for person in found.persons["author"]]
    names = [name.strip("{}") for name in names]
    several = len(names) > 2 or names[-1] == "others"
    year = found.fields["year"]
    when = ", undated" if year.startswith("undated") else f" {year}"
    return (f"{names[0]} et al." if several else " and ".join(names)) + when


def markdown_link(key: str) -> str:
    """The citation as a Markdown link; the key stands in the title, so tools can find it."""
    return f'[{short_name(key)}]({link(key)} "{key}")'


@dataclass(frozen=True)
class Citation:
    """One or more references, shown as links in a notebook and as names in plain text."""

    keys: tuple[str, ...]

    def __repr__(self) -> str:
        return "; ".join(map(short_name, self.keys))

    def _repr_markdown_(self) -> str:
        return "; ".join(map(markdown_link, self.keys))


@dataclass(frozen=True)
class ReferenceList:
    """The references of a lesson in alphabetical order, each with its link."""

    keys: tuple[str, ...]

    def _render(self, backend: TextBackend | HtmlBackend) -> list[str]:
        style = Style()
        entries = [entry(key) for key in self.keys]
        return [item.text.render(backend) for item in style.format_entries(style.sort(entries))]

    def __repr__(self) -> str:
        return "\n".join(self._render(TextBackend("utf-8")))

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{item}</li>" for item in self._render(HtmlBackend("utf-8")))
        return f'<ol class="ketalab-references">{items}</ol>'


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
