"""What a cheat sheet is made of: facts with sources, and a lesson's own words, found by a few of them."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from markupsafe import Markup
from matplotlib.figure import Figure
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from ketalab.data import table
from ketalab.data.lessons import lesson_files
from ketalab.plots.show import settle
from ketalab.publish import stored
from ketalab.publish.lecture import section, text_of
from ketalab.text import decimals, interval

MISCONCEPTIONS, UNKNOWN = "Common misconceptions", "What we left out or do not know"


@dataclass(frozen=True)
class Fact:
    """A number with its unit, and its sources: reference keys, or the lesson that computes it."""

    what: str
    value: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What stands on one page."""

    slug: str
    title: str
    lessons: tuple[str, ...]
    colour: str
    picture: Figure
    alt: str
    caption: str
    numbers: tuple[Fact, ...]
    equations: tuple[tuple[str, str], ...]  # what it gives, TeX
    take_home: tuple[tuple[str, str], ...]  # lesson, HTML
    misconceptions: tuple[str, ...]  # HTML
    unknown: tuple[str, ...]  # HTML

    @property
    def file(self) -> str:
        return f"cheat_sheet_{self.slug}.html"

    @property
    def room_on_the_left(self) -> bool:
        """Whether the column of numbers ends above the other one."""
        return len(self.numbers) < len(self.equations) + len(self.take_home) + 7

    @property
    def image(self) -> str:
        """The picture as an address that holds it, lines and letters as outlines."""
        settle(self.picture)
        out = BytesIO()
        self.picture.savefig(out, format="svg", metadata={"Date": None})
        return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"


# What lessons say ----------------------------------------------------------------------------------


@cache
def _text(number: str) -> str:
    path = next(path for path in lesson_files() if path.name.startswith(number))
    return text_of(stored.notebook(path))


def point(number: str, heading: str, words: str = "") -> str:
    """The first point under a heading of a lesson that holds these words, as HTML.

    Raises ValueError when the lesson has none.
    """
    points = re.findall(r"^- (.+)$", section(_text(number), heading), re.MULTILINE)
    found = next((text for text in points if words in text), None)
    if found is None:
        raise ValueError(f"cheat sheet: lesson {number}, {heading}: no point says {words!r}")
    return as_html(found)


def sentence(number: str, words: str) -> str:
    """The first sentence of a lesson that holds these words, as HTML; ValueError when it has none."""
    for line in _text(number).splitlines():
        for found in re.split(r"(?<=[.?!])\s+(?=[A-Z*])", line.removeprefix("- ")):
            if words in found:
                return as_html(found)
    raise ValueError(f"cheat sheet: lesson {number}: no sentence says {words!r}")


def take_home(lessons: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The first thing that each lesson wants to be remembered."""
    first = (re.search(r"^## Take-home\n+1\. (.+)$", _text(number), re.MULTILINE) for number in lessons)
    return tuple((number, as_html(found[1])) for number, found in zip(lessons, first, strict=True))


def as_html(source: str) -> str:
    return Markup(markdown2html_mistune(source).strip().removeprefix("<p>").removesuffix("</p>"))


def equation(number: str, words: str) -> str:
    """The first equation of a lesson that holds these words, in a line of its own or not; or ValueError."""
    for apart, inline in re.findall(r"\$\$(.*?)\$\$|\$([^$\n]+)\$", _text(number), re.DOTALL):
        tex = apart or inline
        if words in tex:
            return rf"$\displaystyle {tex.strip().rstrip('.,').strip()}$"
    raise ValueError(f"cheat sheet: lesson {number}: no equation holds {words!r}")


def equation_of(what: str, number: str, words: str, part: int | None = None) -> tuple[str, str]:
    """What an equation gives and where its symbols are explained, and its TeX; or a part of it."""
    tex = equation(number, words)
    if part is not None:
        tex = tex.split(r", \qquad")[part].rstrip("$") + "$"
    return f"{what} (lesson {number})", tex


# Numbers -------------------------------------------------------------------------------------------


def with_interval(estimate: float, low: float, high: float, places: int = 1) -> str:
    return f"{decimals(estimate, places)} ({interval(low, high, places)})"


def first_row(name: str, **wanted: object):
    """The first row of a table in which these columns have these values."""
    rows = table(name)
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    if rows.empty:
        raise ValueError(f"cheat sheet: {name} has no row with {wanted}")
    return rows.iloc[0]


def shares(trial: str, outcome: str, **more: object) -> str:
    row = first_row("trial_counts", trial=trial, outcome=outcome, **more)
    return f"{row.percent_active:g} and {row.percent_control:g}%"
