"""What decks and pages load, copied beside them so that they ask nobody for anything; their templates."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader

from ketalab.paths import ROOT, write_atomically

PACKAGES = ROOT / "node_modules"
ROOMS = Path(__file__).parents[1]
FONTS = {
    f"{name.lower()}.ttf": ROOMS / f"plots/style/fonts/AtkinsonHyperlegibleNext-{name}.ttf"
    for name in ("Regular", "Bold")
}
EXPLORABLE = {
    "explorable.css": ROOMS / "explorables/static/explorable.css",
    "explorable.js": ROOMS / "jupyter/labextension/static/explorable.js",
    "stage.js": ROOMS / "explorables/static/stage.js",
}


def copy(sources: Mapping[str, Path], folder: Path, what: str) -> None:
    """Copy these files under their names; FileNotFoundError, before anything is written, for one that is
    not there."""
    for source in sources.values():
        if not source.is_file():
            raise FileNotFoundError(f"{what}: {source} is missing; run `npm ci` once")
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        shutil.copyfile(source, folder / name)


def write_page(path: Path, room: str, template: str, **values: object) -> None:
    """Write a page from a template in a folder of this room."""
    environment = Environment(
        loader=PackageLoader("ketalab.publish", room), trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template(template).render(**values)
    with write_atomically(path) as file:
        file.write(page.encode())
