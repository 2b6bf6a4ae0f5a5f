"""Every link of a deck and of a notebook leads somewhere as it stands: a middle click finds it, too."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from publish.links import Links, lost

from ketalab.paths import NOTEBOOKS


@pytest.fixture(scope="module")
def linked(decks: Path) -> dict[str, Links]:
    """Of every page beside the decks, of plans and sheets as well."""
    return {path.name: Links(path.read_text(encoding="utf-8")) for path in decks.glob("*.html")}


def test_every_link_leads_to_a_file_beside_it_or_to_the_net(decks: Path, linked: dict[str, Links]):
    assert {"class_90.html", "day_5.html", "week_10.html", "overview.html", "index.html"} <= set(linked)
    assert lost(decks, linked) == []


def test_nothing_in_a_deck_leads_to_a_notebook(decks: Path):
    """Not in what a script reads, either."""
    for path in decks.glob("*.html"):
        assert ".ipynb" not in path.read_text(encoding="utf-8"), path.name


def test_what_is_loaded_lies_beside(decks: Path, linked: dict[str, Links]):
    for name, links in linked.items():
        for address in links.loads:
            assert address.startswith("data:") or (decks / address).is_file(), f"{name} loads {address}"


HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.M)
IN_MARKDOWN = re.compile(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
IN_HTML = re.compile(r"""<a [^>]*href=["']([^"']*)""")


def test_every_link_of_a_notebook_leads_to_a_file_and_heading_or_to_the_net():
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in NOTEBOOKS.glob("*.ipynb")}
    headings = {
        name: {
            title.replace(" ", "-")
            for cell in notebook.cells
            if cell.cell_type == "markdown"
            for title in HEADING.findall(cell.source)
        }
        for name, notebook in notebooks.items()
    }
    lost_ones = []
    for name, notebook in notebooks.items():
        for cell in notebook.cells:
            shown = [cell.source] if cell.cell_type == "markdown" else []
            for output in cell.get("outputs", ()):
                data = output.get("data", {})
                shown += [data.get("text/markdown", ""), unescape(data.get("text/html", ""))]
            text = "\n".join(shown)
            for address in IN_MARKDOWN.findall(text) + IN_HTML.findall(text):
                if address.startswith(("https://", "http://")):
                    continue
                file, _, part = address.partition("#")
                there = (NOTEBOOKS / (unquote(file) or name)).is_file() and address
                if not there or (part and unquote(part) not in headings.get(file or name, {part})):
                    lost_ones.append(f"{name} -> {address}")
    assert lost_ones == []
