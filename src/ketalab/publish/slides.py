"""Slide decks cut from the lessons' own cells, readable by double click and without a network.

A cell's slideshow tag says where it goes: `slide` opens a slide, `-` (or nothing) continues it,
`fragment` continues it one step later, `skip` leaves the cell to the notebook. Notes for the teacher
stand in the cell's `notes` metadata. Code is hidden unless the cell is tagged `show-code`.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import nbformat
from ipywidgets import Widget
from ipywidgets.embed import dependency_state, embed_data
from jinja2 import Environment, PackageLoader
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode

from ketalab.evidence import table
from ketalab.explore import explorable
from ketalab.explore.explorable import EXPLORABLE_MIME
from ketalab.explore.kernel_free import KernelFree
from ketalab.files import write_atomically
from ketalab.lessons import ready
from ketalab.practice import lesson
from ketalab.practice.quiz import Question
from ketalab.publish import ROOT, cheat_sheets, glossary
from ketalab.publish.weave import CLOCK, tags

DECKS = ROOT / "dist" / "slides"
PACKAGES = ROOT / "node_modules"
FOLDER = Path(__file__).parent / "deck"
ASSETS = {
    "reveal.js": "reveal.js/dist/reveal.js",
    "reveal.css": "reveal.js/dist/reveal.css",
    "notes.js": "reveal.js/plugin/notes/notes.js",
    "mathjax.js": "mathjax/es5/tex-svg.js",
    "widgets.js": "@jupyter-widgets/html-manager/dist/embed.js",
    "regular.woff2": "@fontsource/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-400-normal.woff2",
    "bold.woff2": "@fontsource/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-700-normal.woff2",
}
OWN_ASSETS = {
    "deck.css": FOLDER / "deck.css",
    "deck.js": FOLDER / "deck.js",
    "cheat_sheet.css": FOLDER / "cheat_sheet.css",
    "explorable.css": FOLDER.parents[1] / "explore" / "explorable.css",
    "explorable.js": FOLDER.parents[1] / "jupyter/labextension/static/explorable.js",
}

highlight = Highlight2HTML()


@dataclass
class Slide:
    """One slide: the HTML of its parts, what kind it is, and the teacher's notes."""

    parts: list[str] = field(default_factory=list)
    kind: str = "plain"
    notes: list[str] = field(default_factory=list)


@dataclass
class Deck:
    """The slides of one lesson and the widgets they hold."""

    number: str
    slug: str
    title: str
    slides: list[Slide]
    widget_state: str

    @property
    def file(self) -> str:
        return f"{self.number}_{self.slug}.html"


def main(lessons: Sequence[str] = ()) -> None:
    from ketalab.publish.refresh import chosen

    write_assets(DECKS / "assets")
    for path in chosen(lessons):
        deck = build(nbformat.read(path, as_version=4))
        write_page(DECKS / deck.file, "deck.html.j2", deck=deck)
        size = (DECKS / deck.file).stat().st_size
        print(f"{deck.file}: {len(deck.slides)} slides, {size / 1e6:.1f} MB")
    complete = ready()
    rows = [row for row in table("lessons").to_dict("records") if row["lesson"] in complete]
    sheets = cheat_sheets.write(DECKS)
    write_page(DECKS / "index.html", "index.html.j2", lessons=rows, sheets=sheets)
    write_page(DECKS / "glossary.html", "glossary.html.j2", **glossary.page())


def write_assets(folder: Path) -> None:
    """Copy everything the decks load, so that they ask nobody for anything."""
    sources = {name: PACKAGES / path for name, path in ASSETS.items()} | OWN_ASSETS
    for source in sources.values():
        if not source.is_file():
            raise FileNotFoundError(f"slides: {source} is missing; run `npm ci` once")
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        shutil.copyfile(source, folder / name)


def write_page(path: Path, template: str, **values: object) -> None:
    environment = Environment(
        loader=PackageLoader("ketalab.publish", "deck"), trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(template).render(**values)
    with write_atomically(path) as file:
        file.write(page.encode())


def build(notebook: NotebookNode) -> Deck:
    """Cut a notebook into slides. Its stored outputs are used; nothing is run."""
    number = notebook.metadata["ketalab"]["lesson"]
    about = table("lessons").set_index("lesson").loc[number]
    Widget.close_all()
    views: dict[str, Widget] = {}
    slides: list[Slide] = []
    for cell in glossary.on_slides(notebook.cells):
        place = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if place == "skip":
            continue
        if place == "slide" or not slides:
            slides.append(Slide(kind="title" if not slides else "plain"))
        slide = slides[-1]
        if "quiz" in tags(cell):
            slides[-1:] = [_question(question) for question in lesson(number).questions]
            continue
        html = "".join(_cell(cell, views))
        if place == "fragment":
            html = f'<div class="fragment">{html}</div>'
        slide.parts.append(html)
        slide.kind = _kind(slide, html)
        slide.notes += [cell.metadata["notes"]] if "notes" in cell.metadata else []
    state = _widget_state(list(views.values()))
    return Deck(number, about.slug, about.title, slides, _script_json(state))


def _widget_state(boxes: Sequence[Widget]) -> dict:
    """What the browser needs to show these widgets; ipywidgets takes no empty list."""
    return embed_data(views=boxes, state=dependency_state(boxes))["manager_state"] if boxes else {}


def _kind(slide: Slide, html: str) -> str:
    """What a slide is after this part: it decides how large its text may be."""
    if 'class="ketalab-view"' in html:
        return "explorable"
    if 'class="figure"' in html:
        return "picture"
    return "words" if slide.kind == "plain" else slide.kind


def _cell(cell: NotebookNode, views: dict[str, Widget]) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield f'<div class="text">{markdown2html_mistune(_for_slides(cell.source))}</div>'
        return
    if "show-code" in tags(cell):
        yield f'<div class="code">{highlight(cell.source)}</div>'
    pictures = [output for output in cell.outputs if "image/png" in output.get("data", {})]
    for output in pictures or cell.outputs:  # beside a picture, printed numbers stay in the notebook
        yield _output(output, views)


def _for_slides(source: str) -> str:
    """Markdown without what only a reader at a desk needs."""
    return CLOCK.sub("", source)


def _output(output: NotebookNode, views: dict[str, Widget]) -> str:
    if output.output_type == "stream":
        return f"<pre>{output.text.rstrip()}</pre>"
    data = output.get("data", {})
    if EXPLORABLE_MIME in data:
        shown = KernelFree(explorable(data[EXPLORABLE_MIME]["name"]))
        views[shown.explorable.name] = shown.box
        spec = {"version_major": 2, "version_minor": 0, "model_id": shown.box.model_id}
        return (
            '<div class="ketalab-view"><script type="application/vnd.jupyter.widget-view+json">'
            f"{_script_json(spec)}</script></div>"
        )
    if "text/html" in data:
        return f'<div class="html">{data["text/html"]}</div>'
    if "text/markdown" in data:
        return f'<div class="text">{markdown2html_mistune(data["text/markdown"])}</div>'
    if "image/png" in data:
        details = output.metadata.get("image/png", {})
        image = data["image/png"].replace("\n", "")
        sizes = f'data-width="{details.get("width", 0)}" data-smallest="{details.get("smallest", 0)}"'
        alt = escape(details.get("alt", ""))
        return f'<img class="figure" src="data:image/png;base64,{image}" alt="{alt}" {sizes}>'
    return f"<pre>{data.get('text/plain', '')}</pre>"


def _script_json(value: object) -> str:
    """JSON that can stand in a script element."""
    return json.dumps(value).replace("</", "<\\/")


def _question(question: Question) -> Slide:
    """One quiz question: each option opens to its feedback."""
    options = "".join(
        f'<details class="option {"right" if option.right else "wrong"}">'
        f"<summary>{escape(option.text)}</summary>{escape(option.feedback)}</details>"
        for option in question.options
    )
    notes = [f"Quiz, objective {question.objective}. Vote first, then open each option. 2 minutes."]
    return Slide(
        [f'<div class="text"><h2>Quiz</h2><p>{escape(question.text)}</p></div>{options}'], "quiz", notes
    )
