"""Every lesson as a reader sees it before it is run: as JupyterLab shows it, with the course's look."""

from pathlib import Path

from browser.axe import serious
from conftest import ROOT
from nbconvert import HTMLExporter

LOOK = ROOT / "src/ketalab/jupyter/labextension/static/lesson.css"


def rendered(name: str, folder: Path) -> Path:
    """The lesson as a page that asks for nothing."""
    hosts = ("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url", "widget_renderer_url")
    html, _ = HTMLExporter(**dict.fromkeys(hosts, "")).from_filename(ROOT / "notebooks" / f"{name}.ipynb")
    page = folder / f"{name}.html"
    page.write_text(html, encoding="utf-8")
    return page


def test_axe_finds_nothing_serious_in_a_lesson(
    watched, lesson_name: str, tmp_path: Path, node_modules: Path
):
    page = watched.page
    page.goto(rendered(lesson_name, tmp_path).as_uri())
    page.add_style_tag(path=LOOK)
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert serious(page, preload=False) == []
    for alt in page.locator("img").evaluate_all("(all) => all.map((image) => image.alt)"):
        assert len(alt) >= 40, alt
        assert not alt.lower().startswith(("image", "picture", "figure", "plot of", "graph of")), alt
    assert watched.requests == []
