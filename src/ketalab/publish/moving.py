"""Explorables on pages without a kernel: their still pictures, and the data that make them move.

Computing every setting takes a while and changes nothing while neither the code nor the data behind it
change, nor the packages that compute and draw, so what has been computed is kept in `dist/moving` under the
digest of them all.
"""

import base64
import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from html import escape
from importlib.metadata import version
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from ketalab.explorables.nodes import MOST_BYTES, Nodes
from ketalab.lessons import CATALOGUE, explorable
from ketalab.paths import ROOT, write_atomically
from ketalab.plots.png import small_webp

KEPT = ROOT / "dist" / "moving"
SOURCES = Path(__file__).parents[1]
BESIDE = ("publish", "practice", "html", "jupyter")  # rooms that say nothing to a model
COMPUTE_AND_DRAW = ("numpy", "scipy", "pandas", "matplotlib")  # packages whose next version may differ
ENDS_HERE = "// What the module gives"  # of the module; what follows is for whoever imports it


def view(name: str, picture: bytes, alt: str) -> str:
    """What a page holds of an explorable, of which it shows this picture with these words until it moves.
    ValueError when there is none of that name."""
    data = parcel(name)
    with Image.open(BytesIO(picture)) as stored:
        still = base64.b64encode(small_webp(stored.convert("RGB"))).decode()
    return (
        f'<div class="ketalab-view" data-name="{name}">'
        f'<img class="ketalab-still" src="data:image/webp;base64,{still}" alt="{escape(alt)}">'
        f'<script type="application/vnd.ketalab.parcel">{base64.b64encode(data).decode()}</script></div>'
    )


def parcel(name: str) -> bytes:
    """All settings of an explorable, as `static/stage.js` reads them; computed once."""
    kept = KEPT / f"{name}-{digest(name)}"
    if not kept.exists():
        data = Nodes(explorable(name)).parcel
        if len(data) * 4 / 3 > MOST_BYTES:
            raise ValueError(f"{name}: {len(data) * 4 / 3:,.0f} bytes; it must be at most {MOST_BYTES:,}")
        KEPT.mkdir(parents=True, exist_ok=True)
        for old in KEPT.glob(f"{name}-*"):
            old.unlink(missing_ok=True)
        with write_atomically(kept) as file:
            file.write(data)
    return kept.read_bytes()


def compute(names: Iterable[str]) -> None:
    """Compute what is missing of these, on all cores."""
    missing = [name for name in dict.fromkeys(names) if not (KEPT / f"{name}-{digest(name)}").exists()]
    workers = min(os.cpu_count() or 1, len(missing))
    if workers > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(parcel, missing))


@cache
def digest(name: str) -> str:
    """Of all that an explorable may depend on: packages, the libraries, the data, its own lesson."""
    known = folder_of(name)
    found = hashlib.sha256(_libraries())
    for path in sorted((SOURCES / "lessons" / known).rglob("*.*")):
        if path.suffix != ".pyc":
            found.update(path.read_bytes())
    return found.hexdigest()[:20]


def folder_of(name: str) -> str:
    """The folder of the lesson that an explorable belongs to."""
    explorable(name)  # refuses a name that there is none of
    return CATALOGUE[name].split(".")[-2]


@cache
def _libraries() -> bytes:
    found = hashlib.sha256(repr([(name, version(name)) for name in COMPUTE_AND_DRAW]).encode())
    rooms = [path for path in SOURCES.iterdir() if path.name not in (*BESIDE, "lessons", "__pycache__")]
    for top in sorted([*rooms, ROOT / "data"]):
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and path.suffix not in (".pyc", ".js", ".css"):
                found.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return found.digest()


def write_script(path: Path, last: str = "mountAll();") -> None:
    """The module as a script, because a page opened from a disk may not import modules.

    Its last line mounts every explorable of a page, unless another is given.
    """
    module = (SOURCES / "explorables/static/stage.js").read_text(encoding="utf-8")
    own = module.partition(ENDS_HERE)[0]
    with write_atomically(path) as file:
        file.write(f"(() => {{\n{own}\n{last}\n}})();\n".encode())
