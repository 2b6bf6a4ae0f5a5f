"""What a reader waits for: `make bench` times it once; `make test` has no use for it.

A fresh kernel's first picture, each lesson from top to bottom, each deck cut from its lesson, and each page
of the web edition.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import nbformat
import pytest
from browser.test_firefox import SCRIPT, firefox
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from ketalab.data.lessons import lesson_files
from ketalab.paths import ROOT
from ketalab.publish import moving, refresh, slides

SHOW = "from ketalab import explorable\nexplorable('route_to_plasma')"
ENGINES = "import antimony, brian2, roadrunner, rdkit.Chem, SALib, statsmodels.api\n"


@pytest.fixture
def fresh_kernel() -> Iterator[Callable[[], BlockingKernelClient]]:
    """Starts a kernel that nobody has used; all are stopped when the benchmark is over."""
    with ExitStack() as running:

        def start() -> BlockingKernelClient:
            manager, client = start_new_kernel(kernel_name="python3")
            running.callback(manager.shutdown_kernel, now=True)
            running.callback(client.stop_channels)
            return client

        yield start


@pytest.mark.parametrize("code", [SHOW, ENGINES + SHOW], ids=["as it is", "with every engine first"])
def test_first_picture(benchmark, fresh_kernel, code: str):
    benchmark.group = "fresh kernel to first picture"

    def show(client: BlockingKernelClient) -> dict:
        return client.execute_interactive(code, timeout=120)

    reply = benchmark.pedantic(show, setup=lambda: ((fresh_kernel(),), {}), rounds=3)
    assert reply["content"]["status"] == "ok"


def test_lesson_runs(benchmark, lesson_name: str, notebook, tmp_path: Path):
    benchmark.group = f"lesson: {lesson_name}"
    benchmark.pedantic(refresh.execute, args=(notebook, tmp_path), rounds=1)
    assert any(cell.get("outputs") for cell in notebook.cells)


def test_deck_cut(
    benchmark,
    lesson_name: str,
    notebook,
    tmp_path: Path,
    node_modules: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """With nothing computed before."""
    monkeypatch.setattr(moving, "KEPT", tmp_path / "moving")
    benchmark.group = f"lesson: {lesson_name}"

    def cut() -> slides.Deck:
        deck = slides.build(nbformat.from_dict(notebook))
        slides.write_page(tmp_path / deck.file, "deck.html.j2", deck=deck)
        return deck

    deck = benchmark.pedantic(cut, rounds=1)
    size = (tmp_path / deck.file).stat().st_size
    benchmark.extra_info.update(slides=len(deck.slides), megabytes=round(size / 1e6, 1))
    assert size <= 6.7e6


def test_all_decks_cut(benchmark, tmp_path: Path, node_modules: Path):
    """What `make slides` does, in a copy of the course that has computed nothing before."""
    shutil.copytree(ROOT / "src", tmp_path / "src")
    for part in ("data", "figures", "notebooks", "node_modules", "TEACHING.md"):
        (tmp_path / part).symlink_to(ROOT / part)
    command = [sys.executable, "-m", "ketalab.publish", "slides"]
    plain = os.environ | {"PYTHONPATH": str(tmp_path / "src")}
    benchmark.group = "decks"
    benchmark.pedantic(subprocess.run, (command,), {"cwd": tmp_path, "env": plain, "check": True}, rounds=1)
    cut = (tmp_path / "dist" / "slides").glob("[0-9][0-9]_*.html")
    assert sorted(path.stem for path in cut) == [path.stem for path in lesson_files()]


def test_first_slide(benchmark, browser, decks: Path, lesson_name: str):
    """A fresh page each time, from a file; the course asks for less than 2 s."""
    benchmark.group = f"lesson: {lesson_name}"
    address = (decks / f"{lesson_name}.html").as_uri()
    first = "section.present h1"

    def open_deck() -> str:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address, wait_until="commit")
        page.locator(first).wait_for()
        text = page.locator(first).inner_text()
        page.close()
        return text

    assert benchmark.pedantic(open_deck, rounds=3, warmup_rounds=1).startswith(lesson_name[:2])


# Milliseconds until the first text is there, and until the page's scripts have run.
OPENED = """() => {
  const [entry] = performance.getEntriesByType("navigation");
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  return [painted.startTime, entry.loadEventStart];
}"""


def test_first_text(benchmark, browser, site: Path, lesson_name: str):
    """A page from a file, on a phone's screen; the course asks for 1 s, and 2 s until it answers."""
    benchmark.group = f"lesson: {lesson_name}"
    address, seen = (site / f"{lesson_name}.html").as_uri(), []

    def open_page() -> None:
        page = browser.new_page(viewport={"width": 390, "height": 664}, device_scale_factor=3)
        page.goto(address, wait_until="load")
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
        seen.append(page.evaluate(OPENED))
        page.close()

    benchmark.pedantic(open_page, rounds=3, warmup_rounds=1)
    text, ready = (median(times) for times in zip(*seen[1:], strict=True))
    benchmark.extra_info.update(text=f"{text:.0f} ms", ready=f"{ready:.0f} ms")
    assert len(seen) == 4


def test_explorable_on_a_page_in_firefox(benchmark, site: Path, node_modules: Path):
    """Firefox's own driver moves the slider 40 times; nobody can slow its processor."""
    benchmark.group = "page: a slider moved until its picture is drawn, in Firefox"
    command = ["node", str(SCRIPT), firefox(), site.as_uri()]
    told = benchmark.pedantic(
        subprocess.run, (command,), {"capture_output": True, "text": True, "check": True}, rounds=1
    )
    seen = json.loads(told.stdout)
    benchmark.extra_info.update(inside=seen["frame"], text=seen["lesson"]["text"])
    assert seen["lesson"]["text"] > 0


# One step of the slider and what it leads to: the numbers, the picture, the layout of the page.
STEP = """(view) => {
  const hand = view.querySelector("input[type=range]"), from = performance.now();
  hand.value = (Number(hand.value) + 1) % (Number(hand.max) + 1);
  hand.dispatchEvent(new Event("input", { bubbles: true }));
  view.getBoundingClientRect();
  return performance.now() - from;
}"""


@pytest.mark.parametrize("slowed", [1, 4])
def test_explorable_on_a_page(benchmark, browser, site: Path, slowed: int):
    """On a phone's screen in Chromium, its processor as it is and slowed fourfold. What the driver takes to
    ask and to be answered is in the time; `inside` is the median without it, in milliseconds."""
    benchmark.group = f"page: a slider moved until its picture is drawn, processor slowed {slowed} times"
    page = browser.new_page(viewport={"width": 390, "height": 664}, device_scale_factor=3)
    page.goto(f"{(site / '01_from_dose_to_brain.html').as_uri()}#route_to_plasma")
    view = page.locator(".ketalab-view[data-name=route_to_plasma]")
    view.locator(".ketalab-explorable").wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    handle, times = view.element_handle(), []
    benchmark.pedantic(lambda: times.append(handle.evaluate(STEP)), rounds=60, warmup_rounds=10)
    benchmark.extra_info["inside"] = round(median(times), 1)
    page.close()
    assert len(times) >= 60
