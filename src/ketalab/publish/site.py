"""The web edition: every lesson as a page to read, and the pages around them, in `dist/site`.

Plain files that open by double click, from any web server and under any path. Scripts are classic, because
a page from a disk may not import modules; data come as scripts for the same reason.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from ketalab.data import bibliography, table
from ketalab.data.lessons import lesson_files, stem
from ketalab.html.claims_list import ledger
from ketalab.paths import ROOT, write_atomically
from ketalab.practice.asking import static
from ketalab.publish import (
    article,
    assets,
    cheat_sheets,
    glossary,
    guide,
    installable,
    moving,
    searching,
    stored,
)
from ketalab.publish.course import TITLE
from ketalab.publish.equations import Equations
from ketalab.publish.figures import FIGURES
from ketalab.publish.reading import Page, Renderer, page
from ketalab.publish.slides import LESSON
from ketalab.publish.weave import cited

SITE = ROOT / "dist" / "site"
WEB = Path(__file__).parent / "web"
OWN_ASSETS = {
    "site.css": WEB / "site.css",
    "site.js": WEB / "site.js",
    **assets.EXPLORABLE,
    **assets.FONTS,
}
MOUNT = "globalThis.ketalabMount = mount;"  # a page mounts an explorable when it comes near


def main(lessons: Sequence[str] = ()) -> None:
    from ketalab.publish.refresh import chosen

    with Equations() as equations:
        write([page(stored.notebook(path), equations) for path in chosen(lessons)], equations)


def write(pages: Sequence[Page], equations: Equations, folder: Path = SITE) -> None:
    """Write these lessons, all pages around them, and what they load; the folder is made anew."""
    moving.compute(name for one in pages for name in one.stills)
    if folder.exists():
        shutil.rmtree(folder)
    assets.copy(OWN_ASSETS, folder / "assets", "site")
    moving.write_script(folder / "assets" / "stage.js", MOUNT)
    for name in ("css", "js"):
        _write(folder / "assets" / f"practice.{name}", static(f"practice.{name}").encode())
    for place, one in enumerate(pages):
        _write_lesson(folder, one, pages[place - 1] if place else None, pages[place + 1 : place + 2])
    beside = _write_around(folder, pages, equations)
    write_guide(folder, guide.pages(equations))
    for name, icon in installable.icons().items():
        _write(folder / "assets" / name, icon)
    _write(folder / "manifest.json", installable.manifest("assets"))
    places = json.dumps(searching.index(pages, beside))
    _write(folder / "assets" / "search.js", f"ketalabSearch({places});\n".encode())
    _write_worker(folder)
    print(f"{len(pages)} lessons, {sum(f.stat().st_size for f in folder.rglob('*.*')) / 1e6:.1f} MB in all")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with write_atomically(path) as file:
        file.write(content)


def _page(path: Path, template: str, **values: object) -> None:
    lessons = table("lessons")
    known = {file.name[:2] for file in lesson_files()}
    course = [(row.lesson, row.title, f"{stem(row.lesson)}.html") for row in lessons.itertuples()]
    course = [row for row in course if row[0] in known]
    assets.write_page(path, "web", template, course=course, title_of_course=TITLE, here=path.name, **values)


def _write_lesson(folder: Path, one: Page, before: Page | None, after: Sequence[Page]) -> None:
    _page(folder / one.file, "lesson.html.j2", page=one, before=before, after=after[0] if after else None)
    for name in one.figures:
        _write(folder / "figures" / f"{name}.svg", (FIGURES / f"{name}.svg").read_bytes())
    for name, still in one.stills.items():
        _write(folder / "explorables" / f"{name}.png", still)
        data = base64.b64encode(moving.parcel(name)).decode()
        _write(folder / "explorables" / f"{name}.js", f'ketalabParcel("{name}", "{data}");\n'.encode())
    print(f"{one.file}: {(folder / one.file).stat().st_size / 1e6:.2f} MB")


def _write_around(folder: Path, pages: Sequence[Page], equations: Equations) -> dict[str, tuple[str, str]]:
    """The index, the words, the article, the claims, the sources and the cheat sheets.

    Returns title and text of the article and of each sheet, by file, for the search.
    """
    sheets = cheat_sheets.sheets()
    places = {name: one.file for one in pages for name in one.stills}
    _page(folder / "index.html", "index.html.j2", pages=pages, sheets=sheets, places=places)
    _page(folder / "glossary.html", "glossary.html.j2", **glossary.page())
    renderer = Renderer(equations)
    said = article.body(pages, renderer)
    _page(
        folder / "article.html",
        "article.html.j2",
        article=said,
        headings=[heading for heading in renderer.headings if heading.level == 2],
        claims=len(table("claims")),
    )
    _page(
        folder / "claims.html",
        "claims.html.j2",
        ledger=LESSON.sub(r'href="\1.html', ledger().html("article.html")),
    )
    _page(folder / "sources.html", "sources.html.j2", **_sources())
    titles = table("lessons").set_index("lesson").title
    for sheet in sheets:
        _page(
            folder / sheet.file,
            "sheet.html.j2",
            sheet=sheet,
            titles=titles,
            cited=cheat_sheets.cited,
            drawn=equations.within,
        )
    beside = {
        sheet.file: (f"Cheat sheet: {sheet.title}", _text_of(folder / sheet.file)) for sheet in sheets
    }
    return {"article.html": ("The article", said), **beside}


def _text_of(path: Path) -> str:
    """What stands on a page between its bar and its footer, as HTML."""
    return path.read_text(encoding="utf-8").partition("<main")[2].partition(">")[2].partition("<footer")[0]


def write_guide(folder: Path, made: Sequence[guide.GuidePage], root: str = "") -> None:
    """The pages for teachers; `root` leads from their folder to that of the web edition."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, one in enumerate(made):
        before, after = made[place - 1] if place else None, next(iter(made[place + 1 : place + 2]), None)
        _page(
            folder / one.file,
            "teaching.html.j2",
            page=one,
            guide=made,
            before=before,
            after=after,
            root=root,
        )


def _sources() -> dict[str, object]:
    """Every source that a lesson cites, once, and the lessons that do."""
    used: dict[str, list[str]] = {}
    for path in lesson_files():
        for key in cited(stored.notebook(path)):
            used.setdefault(key, []).append(path.name[:2])
    return {
        "sources": [
            (html, bibliography.entry(key).fields["read"], used[key])
            for key, html in bibliography.full_references(used)
        ],
        "files": {path.name[:2]: f"{path.stem}.html" for path in lesson_files()},
    }


def _write_worker(folder: Path) -> None:
    """What keeps the pages for when there is no network, where they are served."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    edition = hashlib.sha256()
    for name in files:
        edition.update(name.encode() + (folder / name).read_bytes())
    kept = [name for name in files if not name.startswith("teaching")]  # no student is given the answers
    first = [name for name in kept if "/" not in name or name.startswith("assets/")]
    assets.write_page(
        folder / "sw.js",
        "web",
        "sw.js.j2",
        edition=edition.hexdigest()[:16],
        first=["./", *first],
        rest=[name for name in kept if name not in first],
    )
