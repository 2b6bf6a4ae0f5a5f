"""Every lesson as a reader sees it before it is run: as JupyterLab shows it, with the course's look."""

import json
from pathlib import Path

import nbformat
from browser.axe import serious
from conftest import ROOT
from nbconvert import HTMLExporter

JUPYTER = ROOT / "src/ketalab/jupyter"
LOOK = JUPYTER / "labextension/static/lesson.css"


def rendered(name: str, folder: Path) -> Path:
    """The lesson as JupyterLab exports it with the course's template: a page that asks for nothing."""
    hosts = ("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url", "widget_renderer_url")
    exporter = HTMLExporter(
        **json.loads((JUPYTER / "nbconvert_config.json").read_text("utf-8"))["HTMLExporter"],
        extra_template_basedirs=[str(JUPYTER / "nbconvert")],
        **dict.fromkeys(hosts, ""),
    )
    html, _ = exporter.from_filename(ROOT / "notebooks" / f"{name}.ipynb")
    page = folder / f"{name}.html"
    page.write_text(html, encoding="utf-8")
    return page


def described(name: str) -> list[str]:
    """The alt texts stored with the pictures of a lesson, in its order."""
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [o.metadata["image/png"]["alt"] for o in outputs if "image/png" in o.get("data", {})]


def test_axe_finds_nothing_serious_in_a_lesson(
    watched, lesson_name: str, tmp_path: Path, node_modules: Path
):
    page = watched.page
    page.goto(rendered(lesson_name, tmp_path).as_uri())
    page.add_style_tag(path=LOOK)
    folded = page.locator("details.ketalab-code:not([open])")
    assert folded.count() > 5
    assert not folded.first.locator(".jp-InputArea").is_visible()
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert serious(page, preload=False) == []
    alts = page.locator("img").evaluate_all("(all) => all.map((image) => image.alt)")
    assert alts == described(lesson_name)
    for alt in alts:
        assert len(alt) >= 40, alt
        assert not alt.lower().startswith(("image", "picture", "figure", "plot of", "graph of")), alt
    assert watched.requests == []
