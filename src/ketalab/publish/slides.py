"""Slide decks cut from the lessons' own cells, readable by double click and without a network.

A cell's slideshow tag says where it goes: `slide` opens a slide, `-` (or nothing) continues it,
`fragment` continues it one step later, or, of a table, brings row after row what stands beside its first
column; `skip` leaves the cell to the notebook. The cell tagged `badges` is
for a reader at a desk and stays there, too. Notes for the teacher stand in the cell's `notes` metadata.
Code is hidden unless the cell is tagged `show-code`.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from pathlib import Path

import nbformat
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from ketalab.data import table
from ketalab.data.bibliography import html_link
from ketalab.data.claims import article
from ketalab.explorables.description import EXPLORABLE_MIME
from ketalab.lessons import explorable, lesson
from ketalab.lessons.l00_start_here.figures import PARTS
from ketalab.paths import ROOT
from ketalab.practice.asking import LETTERS, folds
from ketalab.practice.quiz import Question
from ketalab.publish import assets, glossary, moving
from ketalab.publish.cells import QUIZ_MINUTES, place, planned_minutes, tags
from ketalab.publish.weave import CLOCK
from ketalab.text import NO_BREAK, breakable, unbroken

DECKS = ROOT / "dist" / "slides"
PACKAGES = assets.PACKAGES
FOLDER = Path(__file__).parent / "deck"
ASSETS = {
    "reveal.js": "reveal.js/dist/reveal.js",
    "reveal.css": "reveal.js/dist/reveal.css",
    "notes.js": "reveal.js/plugin/notes/notes.js",
    "mathjax.js": "mathjax/es5/tex-svg.js",
}
OWN_ASSETS = {
    "deck.css": FOLDER / "deck.css",
    "deck.js": FOLDER / "deck.js",
    **{name: FOLDER / name for name in ("choose.js", "curtain.js", "room.js", "vote.js")},
    "cheat_sheet.css": FOLDER / "cheat_sheet.css",
    "theme.js": FOLDER / "theme.js",
    "course.js": FOLDER / "course.js",
    **assets.EXPLORABLE,
    **assets.FONTS,
}

HEADING = re.compile(r"<h[1-3]\b")
HEADED = re.compile(r"(<h[12]\b[^>]*>)(.*?)(</h[12]>)", re.DOTALL)
NUMBERED = re.compile(r"^(\d\d · [^ <-]+) ")  # a lesson's title up to its second word
HYPHENED = re.compile(r"\w+(?:-\w+)+(?![^<]*>)")  # and not within a tag
EXPLORABLE = re.compile(r"^explorable\(\"(\w+)\"", re.M)
# The right answer to a prediction, as its cell shows it: its place, its words and its reason.
PREDICTED = re.compile(
    r'<li value="(\d+)" class="right"[^>]*>(.*?)<span class="mine">.*?</span><br>\s*'
    r'<span class="verdict">.*?</span> (.*?)</li>',
    re.DOTALL,
)
LESSON = re.compile(r'href="(\d\d_\w+)\.ipynb')  # in a deck: the deck beside it
OBJECTIVE = re.compile(r"<li>\s*(?:<p>)?<strong>(O\d)</strong>")
BADGE = r'<li class="objective"><strong>\1</strong>'  # it carries its own number
# A source without a page of its own leads to the lesson's references, which a deck does not hold.
LISTED = re.compile(r'\[[^\]]*\]\(#References "(\w+)"\)')
LATER_HEADING = re.compile(r"<h[23]\b[^>]*>(.*?)</h[23]>", re.DOTALL)
# The line under a quotation that says where it stands, and what follows it.
FROM = re.compile(
    r"</p>\s*</blockquote>\s*<p>"
    r"((?:The article|Claim|The sentence that follows)\b[^.:?]*<strong>C\d\d</strong>[^.:?]*)"
    r"[.:]?\s*(.*?)</p>",
    re.DOTALL,
)
CLAIM_ALONE = re.compile(r"^Claim (?=<strong>C\d\d</strong>(?:$|,| once more$))")
QUOTATION = re.compile(
    r"<blockquote>\s*<p>(?:(?!<cite>|</?blockquote>|<p>).)*</p>\s*</blockquote>", re.DOTALL
)

highlight = Highlight2HTML()

# What answers a belief comes a step after it.
BELIEFS = re.compile(r"<h[23]\b[^>]*>Common misconceptions")
ANSWERED = re.compile(r"(<li>\s*(?:<p>)?<strong>.*?</strong>)(.*?)(?=(?:</p>)?\s*</li>)", re.DOTALL)
ONE_BY_ONE = r'\1<span class="fragment">\2</span>'
# What a teacher asks before the step, and a slide on which there is nothing yet but its title.
BEFORE = re.compile(r"before you press on\b[^:?]*: ([^?]+\?)", re.IGNORECASE)
BARE = re.compile(r'<div class="text"><h([1-3])\b(?:(?!</h\1>).)*</h\1>\s*</div>', re.DOTALL)
# A table that comes later shows its first column at once: a class can guess the others, row by row.
TABLE = re.compile(r'<div class="text"><table>((?!<table>).)*</table>\s*</div>', re.DOTALL)
ROW = re.compile(r"(<tr>\s*<td\b.*?</td>)(.*?</tr>)", re.DOTALL)
CELL = re.compile(r"(<td\b[^>]*>)(.*?)(</td>)", re.DOTALL)


@dataclass
class Slide:
    """One slide: the HTML of its parts, what kind it is, and the teacher's notes."""

    parts: list[str] = field(default_factory=list)
    kind: str = "plain"
    notes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # to what it asks, for the teacher alone
    plan: str = ""  # where a plan puts it
    colour: str = ""  # of its part of the course, in a deck of several

    @property
    def minutes(self) -> int:
        """The time its notes plan for it."""
        return sum(map(planned_minutes, self.notes))


@dataclass
class Deck:
    """The slides of one lesson."""

    number: str
    slug: str
    title: str
    slides: list[Slide]
    colour: str  # of the part of the course

    @property
    def file(self) -> str:
        return f"{self.number}_{self.slug}.html" if self.number else f"{self.slug}.html"

    @property
    def minutes(self) -> int:
        return sum(slide.minutes for slide in self.slides)


def main(lessons: Sequence[str] = ()) -> None:
    from ketalab.publish.refresh import chosen

    notebooks = [nbformat.read(path, as_version=4) for path in chosen(lessons)]
    moving.compute(name for notebook in notebooks for name in _explorables(notebook))
    write((build(notebook) for notebook in notebooks), DECKS)


def _explorables(notebook: NotebookNode) -> Iterator[str]:
    """The explorables that a notebook shows."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if EXPLORABLE_MIME in output.get("data", {}):
                yield output["data"][EXPLORABLE_MIME]["name"]


def write(decks: Iterable[Deck], folder: Path) -> None:
    """Write decks, what they load, and the pages that lead to them."""
    from ketalab.publish import course, plans

    write_assets(folder / "assets")
    lessons: dict[str, Deck] = {}
    for deck in decks:
        lessons[deck.number] = deck
        _write_deck(folder, deck)
    for deck in plans.decks(lessons):
        _write_deck(folder, deck)
    course.write(folder)


def _write_deck(folder: Path, deck: Deck) -> None:
    write_page(folder / deck.file, "deck.html.j2", deck=deck)
    size = (folder / deck.file).stat().st_size
    print(f"{deck.file}: {len(deck.slides)} slides, {size / 1e6:.1f} MB")


def write_assets(folder: Path) -> None:
    """Copy everything the decks load, so that they ask nobody for anything."""
    assets.copy({name: PACKAGES / path for name, path in ASSETS.items()} | OWN_ASSETS, folder, "slides")
    moving.write_script(folder / "stage.js")


def write_page(path: Path, template: str, **values: object) -> None:
    assets.write_page(path, "deck", template, **values)


def build(notebook: NotebookNode) -> Deck:
    """Cut a notebook into slides. Its stored outputs are used; nothing is run."""
    number = notebook.metadata["ketalab"]["lesson"]
    about = table("lessons").set_index("lesson").loc[number]
    return Deck(number, about.slug, about.title, cut(notebook.cells, number), PARTS[about.part])


def cut(cells: Sequence[NotebookNode], number: str) -> list[Slide]:
    """The slides of these cells of a lesson."""
    slides: list[Slide] = []
    for cell in glossary.on_slides(cells):
        where = place(cell)
        if where == "skip" or "badges" in tags(cell):
            continue
        if where == "slide" or not slides:
            slides.append(Slide(kind="title" if not slides else "plain"))
        slide = slides[-1]
        if "quiz" in tags(cell):
            questions = lesson(number).questions
            slides[-1:] = [_question(q, i, len(questions)) for i, q in enumerate(questions, 1)]
            continue
        html = LESSON.sub(r'href="\1.html', "".join(_cell(cell)))
        if slide.parts:  # every slide has one heading
            html = LATER_HEADING.sub(r'<p class="part">\1</p>', html)
        if where == "fragment":
            html = _row_by_row(html) if TABLE.fullmatch(html) else _later(html, slide)
        elif "cover" in cell.metadata:
            html = _covered(html, *cell.metadata["cover"])
        slide.parts.append(html)
        slide.kind = _kind(slide, html)
        slide.notes += [cell.metadata["notes"]] if "notes" in cell.metadata else []
        slide.answers += [
            _answer(LETTERS[int(place) - 1], *map(unescape, told))
            for place, *told in PREDICTED.findall(html)
        ]
        if where == "slide" and not HEADING.search(html):
            slide.parts.insert(0, f'<div class="text"><h2>{_title(cell)}</h2></div>')
    for slide in slides:
        if BELIEFS.search(slide.parts[0]):
            slide.parts = [ANSWERED.sub(ONE_BY_ONE, part) for part in slide.parts]
        slide.parts = [_heading_of_a_slide(slide.parts[0]), *slide.parts[1:]]
    return slides


def _later(html: str, slide: Slide) -> str:
    """What comes a step later. Where nothing else stands below the title, the question of the notes holds
    its place until then."""
    asked = BEFORE.search(" ".join(slide.notes))
    if not asked or not BARE.fullmatch("".join(slide.parts)):
        return f'<div class="fragment">{html}</div>'
    question = escape(unbroken(asked[1][0].upper() + asked[1][1:]))
    step = 'data-fragment-index="0"'
    slide.parts.append(f'<p class="asked fragment fade-out" {step}>{question}</p>')
    return f'<div class="fragment" {step}>{html}</div>'


def _row_by_row(html: str) -> str:
    """A table of which each row's first cell is there, and the others come together, one step a row."""
    steps = count()

    def row(found: re.Match[str]) -> str:
        step = rf'\1<span class="fragment" data-fragment-index="{next(steps)}">\2</span>\3'
        return found[1] + CELL.sub(step, found[2])

    return ROW.sub(row, html)


def _covered(html: str, top: float, bottom: float) -> str:
    """A picture of which the part between two shares of its height is covered until the next step.

    ValueError unless 0 <= top < bottom <= 1.
    """
    if not 0 <= top < bottom <= 1:
        raise ValueError(
            f"cover: {[top, bottom]} is not two shares of the height, the upper first, from 0 to 1"
        )
    place = f"top: {100 * top:g}%; bottom: {100 * (1 - bottom):g}%"
    return f'<div class="covered">{html}<div class="fragment fade-out" style="{place}"></div></div>'


def _title(cell: NotebookNode) -> str:
    """A heading for a slide that opens with something to do."""
    found = EXPLORABLE.search(cell.source)
    return escape(explorable(found[1]).title) if found else "Predict first"


def _heading_of_a_slide(html: str) -> str:
    """Every slide has one heading of one size, wherever it stands in the notebook, whose lines do not end
    within a word, nor after a title's first one: "06 · Suicidal"."""
    html = re.sub(r"<(/?)h3\b", r"<\1h2", html)
    whole = r'<span class="whole">\g<0></span>'

    def held(found: re.Match[str]) -> str:
        return found[1] + HYPHENED.sub(whole, NUMBERED.sub(rf"\1{NO_BREAK}", found[2])) + found[3]

    return HEADED.sub(held, html)


def _kind(slide: Slide, html: str) -> str:
    """What a slide is after this part: it decides how large its text may be."""
    if 'class="ketalab-view"' in html:
        return "explorable"
    if 'class="figure"' in html:
        return "picture"
    if "<b>Predict first.</b>" in html:
        return "predict" if slide.kind in ("plain", "words") else slide.kind
    return "words" if slide.kind == "plain" else slide.kind


def _cell(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        html = FROM.sub(_quoted_from, markdown_as_html(_for_slides(cell.source)))
        html = QUOTATION.sub(_from_the_article, html)
        yield f'<div class="text">{OBJECTIVE.sub(BADGE, html)}</div>'
        return
    if "show-code" in tags(cell):
        yield f'<div class="code">{highlight(cell.source)}</div>'
    pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    for output in pictures or cell.outputs:  # beside a picture, printed numbers stay in the notebook
        yield _output(output)


class Unbroken(IPythonRenderer):
    """Markdown as HTML in which no line ends between a number and its unit."""

    def text(self, text: str) -> str:
        return unbroken(super().text(text))


def markdown_as_html(source: str) -> str:
    """Markdown for a slide: what leads nowhere from a deck is no link."""
    source = LISTED.sub(lambda found: html_link(found[1]), source)
    return MarkdownWithMath(renderer=Unbroken(escape=False, exclude_anchor_links=True)).render(source)


def _for_slides(source: str) -> str:
    """Markdown without what only a reader at a desk needs."""
    return CLOCK.sub("", source)


def _quoted_from(found: re.Match[str]) -> str:
    """Where a quotation stands, at its end and not in a line of its own."""
    source, then = found.groups()
    source = CLAIM_ALONE.sub("The article, ", source)  # as under a quotation whose cell names no claim
    rest = f"\n<p>{then[0].upper()}{then[1:]}</p>" if then else ""
    return f" <cite>{source}</cite></p>\n</blockquote>{rest}"


def _from_the_article(found: re.Match[str]) -> str:
    """A quotation of the article says so on its slide also where only the notebook's next cell names it."""
    words = breakable(unescape(re.sub("<[^>]+>", "", found[0])))
    words = " ".join(words.split()).strip('"')
    if words not in " ".join(article().split()):
        return found[0]
    claims = [
        f"<strong>{row.claim}</strong>"
        for row in table("claims").itertuples()
        if row.quoted in words or words.rstrip(".") in row.quoted
    ]
    return found[0].replace("</p>", f" <cite>{', '.join(['The article', *claims])}</cite></p>")


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"<pre>{output.text.rstrip()}</pre>"
    data = output.get("data", {})
    if EXPLORABLE_MIME in data:
        alt = output.metadata["image/png"]["alt"]
        return moving.view(data[EXPLORABLE_MIME]["name"], b64decode(data["image/png"]), alt)
    if "text/html" in data:
        return f'<div class="html">{data["text/html"]}</div>'
    if "text/markdown" in data:
        return f'<div class="text">{markdown_as_html(data["text/markdown"])}</div>'
    if "image/png" in data:
        details = output.metadata.get("image/png", {})
        image = data["image/png"].replace("\n", "")
        sizes = f'data-width="{details.get("width", 0)}" data-smallest="{details.get("smallest", 0)}"'
        alt = escape(details.get("alt", ""))
        return f'<img class="figure" src="data:image/png;base64,{image}" alt="{alt}" {sizes}>'
    return f"<pre>{data.get('text/plain', '')}</pre>"


def _answer(letter: str, text: str, reason: str) -> str:
    """The right answer, for the teacher: the letter that it has on the slide, its words, and why."""
    return f"Answer: {letter}. {text.removesuffix('.')}. {reason}"


def _question(question: Question, number: int, of: int) -> Slide:
    """One quiz question: each option opens to its feedback."""
    options = folds(question.options)
    vote = "Vote first, then open each option."
    notes = [f"Quiz, objective {question.objective}. {vote} {QUIZ_MINUTES} minutes."]
    heading = f"<h2>Quiz, {number} of {of}</h2>"
    return Slide(
        [f'<div class="text">{heading}<p>{escape(unbroken(question.text))}</p></div>{options}'],
        "quiz",
        notes,
        [_answer(a, o.text, o.says) for a, o in zip(LETTERS, question.options, strict=False) if o.right],
    )
