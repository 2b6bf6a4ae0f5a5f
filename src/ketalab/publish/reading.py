"""A lesson as a page to read: the notebook's cells, top to bottom, with their stored outputs.

What is for the curious is folded, as in JupyterLab. Code stands where reading it is the point; other code
of more than one statement is folded, and calls that only show something are left out. Explorables move,
figures are vector files, exercises are read with their hints and solutions in folds.
"""

import ast
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import escape
from html.parser import HTMLParser
from io import BytesIO

import pandas as pd
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import NotebookNode
from PIL import Image

from ketalab.data import table
from ketalab.data.bibliography import ReferenceList, bibliography
from ketalab.data.lessons import stem
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import explorable, lesson
from ketalab.lessons.l00_start_here.figures import PARTS
from ketalab.practice.asking import static
from ketalab.publish.cells import CURIOUS, for_the_curious, shows_code, tags
from ketalab.publish.equations import Equations
from ketalab.publish.glossary import NOTEBOOK
from ketalab.publish.slides import LESSON, Unbroken
from ketalab.publish.weave import CLOCK, minutes_of
from ketalab.text import breakable

highlight = Highlight2HTML()
ASKED = (f"<style>{static('practice.css')}</style>", f"<script>{static('practice.js')}</script>")
NARROW = ("ketalab-ask", "ketalab-references", "ketalab-ledger", "ketalab-grading")  # these need no box
AIMS = "## You will be able to"
DRAWN_WIDTH = re.compile(r'<svg\b[^>]*\bwidth="([\d.]+)ex"')
LONG = 48.0  # ex: a longer equation would be too small to read on a phone
CLAIM = re.compile(r"C\d\d")
NO_TEXT = ("script", "style", "math", "svg", "img")


@dataclass(frozen=True)
class Heading:
    """A place on a page that can be linked to."""

    level: int
    anchor: str
    title: str


@dataclass
class Page:
    """One lesson: its HTML, the headings in it, and the files it shows."""

    number: str
    about: pd.Series
    minutes: dict[str, int]  # core path, practice, for the curious
    body: str = ""
    headings: list[Heading] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)  # names of files in figures/
    stills: dict[str, bytes] = field(default_factory=dict)  # the first picture of each explorable, PNG

    @property
    def file(self) -> str:
        return f"{stem(self.number)}.html"

    @cached_property
    def reading(self) -> "Reading":
        """Its text; the body is whole by then."""
        return Reading(self.body)

    @property
    def title(self) -> str:
        return self.about.title

    @property
    def colour(self) -> str:
        """Of the part of the course."""
        return PARTS[self.about.part]

    @property
    def contents(self) -> list[Heading]:
        return [heading for heading in self.headings if heading.level == 2]

    @property
    def questions(self) -> int:
        """How many of its questions keep a reader's answer."""
        here = lesson(self.number)
        return len(here.predictions) + len(here.checks) + len(here.questions)


class Reading(HTMLParser):
    """The text of a piece of HTML, as a reader sees it, under its last heading with an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"": []}
        self._anchor, self._silent, self._link_beside = "", 0, False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("h2", "h3") and given.get("id"):
            self._anchor = given["id"]
            self.texts.setdefault(self._anchor, [])
        if tag in NO_TEXT and tag != "img":
            self._silent += 1
        self._link_beside = tag == "a" and given.get("class") == "here"

    def handle_endtag(self, tag: str) -> None:
        self._link_beside = False
        if tag in NO_TEXT:
            self._silent -= 1
        elif tag not in ("a", "b", "strong", "em", "i", "span", "code"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._link_beside:
            self.texts[self._anchor].append(breakable(data))

    def text(self, anchor: str) -> str:
        return " ".join("".join(self.texts[anchor]).split())

    @property
    def whole(self) -> str:
        return " ".join(filter(None, map(self.text, self.texts)))


class Renderer(Unbroken):
    """Markdown of the course as HTML: equations drawn, links to the pages beside, headings to link to."""

    def __init__(self, equations: Equations) -> None:
        super().__init__(escape=False)
        self.equations = equations
        self.headings: list[Heading] = []
        self.in_summary = False  # what is pressed to open a fold holds nothing else to press
        self._met: Counter[str] = Counter()

    def heading(self, text: str, level: int, **attrs: object) -> str:
        title = Reading(text).whole
        anchor = self.address_of(title)
        self._met[anchor] += 1
        if self._met[anchor] > 1:
            anchor = f"{anchor}-{self._met[anchor]}"
        self.headings.append(Heading(level, anchor, title))
        here = f'<a class="here" href="#{anchor}" aria-label="Link to: {escape(title)}">#</a>'
        shown = here if level > 1 and not self.in_summary else ""
        return f'<h{level} id="{anchor}">{text}{shown}</h{level}>\n'

    def address_of(self, title: str) -> str:
        """What a heading is called in a link."""
        return re.sub(r"[^\w]+", "-", title).strip("-")

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith(NOTEBOOK):
            address = escape(f"glossary.html#{url.removeprefix(NOTEBOOK)}")
            return f'<a class="term" href="{address}" title="{escape(title or "")}">{text}</a>'
        if title and title in bibliography().entries:
            title = _full(title)
        address, mark, part = url.partition("#")
        if address.endswith(".ipynb"):
            address = f"{address.removesuffix('.ipynb')}.html"
        about = f' title="{escape(title)}"' if title else ""
        return f'<a href="{escape(address + mark + part)}"{about}>{text}</a>'

    def strong(self, text: str) -> str:
        """A claim's number leads to its sentence in the article."""
        shown = super().strong(text)
        return f'<a href="article.html#{text}">{shown}</a>' if CLAIM.fullmatch(text) else shown

    def table(self, text: str) -> str:
        return wide(f"<table>\n{text}</table>\n")

    def block_math(self, body: str) -> str:
        drawn = self.equations.html(body, display=True)
        width = DRAWN_WIDTH.search(drawn)
        if width and float(width[1]) > LONG:
            box = 'class="equation wide" role="group" aria-label="Equation" tabindex="0"'
            return f"<div {box}>{drawn}</div>"
        return f'<div class="equation">{drawn}</div>'

    def inline_math(self, body: str) -> str:
        return self.equations.html(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")


@cache
def _full(key: str) -> str:
    return repr(ReferenceList((key,)))


def wide(html: str) -> str:
    """A box in which a table may be wider than the page."""
    return f'<div class="wide" role="group" aria-label="Table" tabindex="0">{html}</div>\n'


def page(notebook: NotebookNode, equations: Equations) -> Page:
    """A notebook's page. Its stored outputs are used; nothing is run."""
    number = notebook.metadata["ketalab"]["lesson"]
    about = table("lessons").set_index("lesson", drop=False).loc[number]
    made = Page(number, about, minutes_of(notebook))
    renderer = Renderer(equations)
    markdown = MarkdownWithMath(renderer=renderer)
    made.body = "".join(_body(notebook, markdown, made))
    made.headings = renderer.headings
    return made


def _body(notebook: NotebookNode, markdown: MarkdownWithMath, made: Page) -> Iterator[str]:
    folded = section = False
    for cell, aside in zip(notebook.cells, for_the_curious(notebook.cells), strict=True):
        opens = aside and CURIOUS in tags(cell)
        if folded and (opens or not aside):
            yield "</div></details>\n"
            folded = False
        if cell.source.startswith("## ") and cell.cell_type == "markdown":
            yield f"{'</section>' if section else ''}<section>\n"
            section = True
        source = cell.source
        if opens:
            heading, _, source = source.partition("\n")
            markdown.renderer.in_summary = True
            title = markdown.render(heading).strip()
            markdown.renderer.in_summary = False
            yield f'<details class="curious"><summary>{title}</summary><div>\n'
            folded = True
        if cell.cell_type == "markdown":
            yield _text(source, cell, markdown)
        else:
            yield from _code(cell, markdown, made)
    yield ("</div></details>\n" if folded else "") + ("</section>\n" if section else "")


def _text(source: str, cell: NotebookNode, markdown: MarkdownWithMath) -> str:
    kind = next((f' class="{tag.partition(":")[0]}"' for tag in tags(cell) if tag != CURIOUS), "")
    if "badges" in tags(cell):  # nothing runs here
        source = " · ".join(part for part in source.split(" · ") if not part.startswith("**Running:**"))
    html = markdown.render(CLOCK.sub("", source))
    if source.startswith(AIMS):  # they have their own numbers, O1 and so on
        html = html.replace("<ul>", '<ul class="objectives" role="list">')
    return f"<div{kind}>{html}</div>\n" if kind else html


def _code(cell: NotebookNode, markdown: MarkdownWithMath, made: Page) -> Iterator[str]:
    exercise = any(tag.startswith("exercise:") for tag in tags(cell))
    if shows_code(cell):
        yield f'<div class="code">{highlight(cell.source)}</div>\n'
    elif _says_more_than_show(cell.source):
        yield (
            '<details class="code"><summary>Code of what follows</summary>'
            f"{highlight(cell.source)}</details>\n"
        )
    if exercise:
        return  # its stored output says that it was not answered yet
    for output in cell.outputs:
        yield from _output(output, markdown, made)


def _says_more_than_show(source: str) -> bool:
    """Whether code does more than import, and more than one call that shows something."""
    body = [part for part in ast.parse(source).body if not isinstance(part, ast.Import | ast.ImportFrom)]
    return len(body) > 1 and not source.startswith("from ketalab import")


def _output(output: NotebookNode, markdown: MarkdownWithMath, made: Page) -> Iterator[str]:
    if output.output_type == "stream":
        yield f"<pre>{escape(output.text.rstrip())}</pre>\n"
        return
    data = output.get("data", {})
    if EXPLORABLE_MIME in data:
        yield _explorable(data[EXPLORABLE_MIME]["name"], output, made)
    elif "text/html" in data:
        html = data["text/html"]
        for part in ASKED:  # the page loads it once
            html = html.replace(part, "")
        html = LESSON.sub(r'href="\1.html', html)
        yield f'<div class="html">{html}</div>\n' if any(x in html for x in NARROW) else wide(html)
    elif "text/markdown" in data:
        yield f'<div class="claim">{markdown.render(data["text/markdown"])}</div>\n'
    elif "image/png" in data:
        yield _figure(output, made)
    else:
        yield f"<pre>{escape(data.get('text/plain', ''))}</pre>\n"


def _figure(output: NotebookNode, made: Page) -> str:
    """A figure as the file of `figures/` that the lesson exported under its name."""
    name = output.data["text/plain"].removeprefix("Figure ").partition(":")[0]
    made.figures.append(name)
    wide, high = Image.open(BytesIO(b64decode(output.data["image/png"]))).size
    alt = escape(output.metadata["image/png"]["alt"])
    return (
        f'<figure><a href="figures/{name}.svg" title="Open the figure alone, to enlarge it">'
        f'<img src="figures/{name}.svg" alt="{alt}" width="{wide}" height="{high}" loading="lazy">'
        "</a></figure>\n"
    )


def _explorable(name: str, output: NotebookNode, made: Page) -> str:
    shown = explorable(name)
    still = b64decode(output.data["image/png"])
    made.stills[name] = still
    wide, high = Image.open(BytesIO(still)).size
    alt = escape(output.metadata["image/png"]["alt"])
    title = escape(shown.title)
    return (
        f'<figure class="moves" id="{name}"><figcaption><b>{title}</b> <span role="status"></span>'
        f'</figcaption><div class="ketalab-view" data-name="{name}">'
        f'<img class="ketalab-still" src="explorables/{name}.png" alt="{alt}" loading="lazy" '
        f'width="{wide}" height="{high}"></div><p class="hands" data-name="{name}">'
        '<button type="button" data-do="large" aria-haspopup="dialog">Full screen</button>'
        '<button type="button" data-do="reset">Reset</button>'
        '<button type="button" data-do="send">Copy a link to this setting</button></p></figure>\n'
    )
