"""A real JupyterLab: run every lesson, drag its sliders with mouse and keyboard, and listen for errors."""

import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest
from browser.colours import contrast
from browser.conftest import Watched
from browser.seen import changes, settle, shown
from conftest import ROOT
from nbformat import NotebookNode, v4
from numpy.typing import NDArray
from PIL import Image

from ketalab.explorables.controls import Steps
from ketalab.lessons import CATALOGUE, explorable
from ketalab.publish.glossary import terms
from ketalab.text import unbroken

PANEL = "document.querySelector('.jp-WindowedPanel-outer')"
# The indicator in the tool bar says idle before it knows; the kernel's own connection does not.
IDLE = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def started_lab(
    root: Path,
    settings: dict[str, dict] | None = None,
    build: Path = ROOT,
    python: str = sys.executable,
) -> Iterator[str]:
    """A JupyterLab on a copy of the lessons, as `make lab` starts it, with these settings of its own."""
    shutil.copytree(build / "notebooks", root / "notebooks")
    extension = root / "share/labextensions/ketalab"  # of this tree, whatever is installed
    shutil.copytree(build / "src/ketalab/jupyter/labextension", extension)
    port = free_port()
    folders = ("LAB_WORKSPACES", "LAB_SETTINGS", "_CONFIG", "_RUNTIME")
    own = {f"JUPYTER{name}_DIR": str(root / name.lower()) for name in folders}
    own["JUPYTER_PATH"] = str(root / "share")
    for plugin, values in (settings or {}).items():
        path = root / "lab_settings" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--LabApp.expose_app_in_browser=True"]  # so that a test can wait for a command to end
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={root}", "--ServerApp.ip=127.0.0.1"]
    log = (root / "log.txt").open("w")
    server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, root / "log.txt")
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with started_lab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def tabs(browser) -> Iterator[list[Watched]]:
    """The one page that the tests of a worker share, while none of them has failed."""
    kept: list[Watched] = []
    yield kept
    for tab in kept:
        tab.page.context.close()


@pytest.fixture
def watched(browser, tabs: list[Watched], failed: Callable[[], bool]) -> Iterator[Watched]:
    """A page that may have JupyterLab open already: to load it takes longer than most tests. A lesson
    opened in it is alone there, with a kernel of its own. A test that is of the loading takes `fresh`."""
    if not tabs:
        tabs.append(Watched(browser.new_context().new_page()))
    tab = tabs[0]
    yield tab
    if failed():
        tabs.clear()
        tab.page.context.close()
        return
    if "/lab" in tab.page.url:
        tab.page.evaluate(LEAVE)
    tab.page.evaluate("() => { try { localStorage.clear(); } catch {} }")  # a page of nothing has none
    tab.errors.clear()
    tab.requests.clear()


@pytest.fixture
def fresh(browser) -> Iterator[Watched]:
    """A page of its own that has nothing open."""
    context = browser.new_context()
    yield Watched(context.new_page())
    context.close()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        try:
            urlopen(f"{address}/api", timeout=2).close()
            return
        except OSError:
            assert server.poll() is None, log.read_text("utf-8")
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start: {log.read_text('utf-8')[-2000:]}")


# Close every notebook, ask nothing about it, and end the kernels.
LEAVE = """async () => {
  const { shell, serviceManager } = jupyterapp;
  const left = [...shell.widgets("main")].filter((one) => one.context);
  for (const one of left) {
    one.context.model.dirty = false;
    one.close();
  }
  for (let waited = 0; left.some((one) => !one.isDisposed); waited++) {
    if (waited === 500) throw new Error("a notebook does not close");
    await new Promise((done) => setTimeout(done, 20));
  }
  await serviceManager.sessions.shutdownAll();
  await new Promise((done) => setTimeout(done, 100));  // what was still asked of a kernel complains now
}"""
OPEN = "async (path) => { await jupyterapp.commands.execute('docmanager:open', { path }); }"


def open_lesson(watched, lab: str, name: str) -> None:
    """In the JupyterLab that the page has open, else in one that is loaded."""
    page = watched.page
    page.set_viewport_size({"width": 1440, "height": 1000})
    if page.url.startswith(f"{lab}/lab"):
        page.evaluate(LEAVE)
        page.evaluate(OPEN, f"notebooks/{name}.ipynb")
    else:
        page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?reset")  # and no tab of an earlier test
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    idle(watched)


def idle(watched) -> None:
    """Wait until the kernel is, without asking at every frame."""
    watched.page.wait_for_function(IDLE, timeout=60_000, polling=100)


def unfold(watched) -> None:
    """Open every section that waits under "For the curious"."""
    watched.page.evaluate(
        "async () => { await jupyterapp.commands.execute('notebook:expand-all-headings') }"
    )
    watched.page.wait_for_timeout(300)


def run_all(watched) -> None:
    """Run > Run All Cells, until the last one is done."""
    idle(watched)
    assert watched.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    idle(watched)
    watched.page.wait_for_timeout(500)


def scroll_through(watched) -> Iterator[None]:
    """JupyterLab draws the cells in view only: come by all of them."""
    page = watched.page
    page.evaluate(f"() => {{ {PANEL}.scrollTop = 0 }}")
    for _ in range(200):
        page.wait_for_timeout(120)
        yield
        place = page.evaluate(f"() => [{PANEL}.scrollTop + {PANEL}.clientHeight, {PANEL}.scrollHeight]")
        if place[0] >= place[1] - 2:
            return
        page.evaluate(f"() => {{ {PANEL}.scrollTop += 700 }}")


def test_the_lab_opens_on_the_lesson_without_asking_anything(fresh, lab: str):
    watched = fresh
    open_lesson(watched, lab, "00_start_here")
    watched.page.wait_for_timeout(1500)
    assert watched.page.locator(".jp-Dialog").count() == 0
    assert watched.page.locator(".Toastify__toast").count() == 0
    assert "Start here" in watched.page.locator(".jp-Notebook h1").first.inner_text()


AUTOSAVE_S = 2
AUTOSAVE = {"@jupyterlab/docmanager-extension/plugin": {"autosaveInterval": AUTOSAVE_S}}
MODEL = "jupyterapp.shell.currentWidget.context.model"


def test_opening_a_lesson_changes_nothing_on_disk_and_the_log_frightens_nobody(fresh, tmp_path: Path):
    """Left open past the autosave, a lesson is what it was, whatever Python runs here; a change is saved,
    and the version of Python stays out of the file."""
    watched = fresh
    with started_lab(tmp_path, AUTOSAVE) as address:
        for name in ("00_start_here", "glossary"):
            file = tmp_path / "notebooks" / f"{name}.ipynb"
            given, written = file.read_bytes(), file.stat().st_mtime_ns
            open_lesson(watched, address, name)
            version = watched.page.evaluate(f"() => {MODEL}.getMetadata('language_info').version")
            assert version == sys.version.split()[0]
            watched.page.wait_for_timeout(2.5 * AUTOSAVE_S * 1000)
            assert not watched.page.evaluate(f"() => {MODEL}.dirty")
            assert (file.read_bytes(), file.stat().st_mtime_ns) == (given, written), name
        watched.page.evaluate(f"() => {MODEL}.setMetadata('mine', true)")
        watched.page.wait_for_function(f"() => !{MODEL}.dirty", timeout=10 * AUTOSAVE_S * 1000)
        metadata = json.loads(file.read_text(encoding="utf-8"))["metadata"]
        assert metadata.pop("mine")
        assert metadata == json.loads(given)["metadata"]
    log = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Kernel started" in log
    for word in ("Skipped", "eavesdropping", "encryption", "not trusted", "Traceback"):
        assert word not in log, word


def test_before_it_is_run_a_lesson_shows_its_stored_pictures_with_alt_text(watched, lab: str):
    open_lesson(watched, lab, "01_from_dose_to_brain")
    alts: set[str] = set()
    said: set[str] = set()
    for _ in scroll_through(watched):
        said |= set(watched.page.locator(".ketalab-how").all_text_contents())
        dead = "document.querySelectorAll('.jp-OutputArea-output :is(input, select, button)')"
        watched.page.wait_for_function(f"() => {dead}.length === 0")
        images = watched.page.locator(".jp-RenderedImage img")
        alts |= set(images.evaluate_all("(all) => all.map((image) => image.alt)"))
    assert any(alt.startswith("From dose to plasma.") for alt in alts)
    assert all(len(alt) >= 40 for alt in alts)
    assert len(said) == 2  # how to get sliders, and answers
    assert watched.page.locator("text=Error displaying widget").count() == 0


# How many errors stand in sight, and the titles of the explorables; one not yet drawn has none.
HERE = """() => [
  document.querySelectorAll(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']").length,
  [...document.querySelectorAll(".ketalab-explorable")].map((box) => box.querySelector("h4")?.textContent),
]"""


def test_a_lesson_runs_and_every_explorable_follows_mouse_and_keyboard(
    watched, lab: str, lesson_name: str, notebook: NotebookNode
):
    sources = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    titles = {explorable(name).title for name in re.findall(r'^explorable\("(\w+)"', sources, re.M)}
    open_lesson(watched, lab, lesson_name)
    run_all(watched)
    unfold(watched)
    page, done = watched.page, set()
    for _ in scroll_through(watched):
        broken, here = page.evaluate(HERE)
        assert broken == 0
        for box in page.locator(".ketalab-explorable").all() if set(here) - done else ():
            for part in ("h4", ".ketalab-sentence", ".noUi-handle"):
                box.locator(part).first.wait_for(state="attached")
            title = box.locator("h4").text_content()
            if title in done:
                continue
            bring_to_sight(watched, box)
            done.add(title)
            drive(watched, box)
    assert done == titles
    assert len(done) >= 2
    assert watched.errors == []
    assert watched.requests == []


def bring_to_sight(watched, box) -> None:
    """Scroll until it is drawn: JupyterLab gives cells that come into sight their true heights, and what
    was scrolled to moves away by that."""
    for _ in range(50):
        box.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
        watched.page.wait_for_timeout(100)
        if box.locator("h4").inner_text() and box.locator(".ketalab-sentence").is_visible():
            return
    pytest.fail(f"{box.locator('h4').text_content()}: never drawn")


def soon(box, holds: str, value: str = "") -> None:
    """Wait until this holds of the box, twenty seconds at most. What did not come the test says itself."""
    box.evaluate(
        f"""async (box, value) => {{
        const end = performance.now() + 20_000;
        while (!({holds})(box, value) && performance.now() < end)
            await new Promise((done) => setTimeout(done, 50));
    }}""",
        value,
    )


def drive(watched, box) -> None:
    """Press a key on a slider, drag it, choose a scenario, reset."""
    page, title = watched.page, box.locator("h4").text_content()
    box.locator(".noUi-handle:not([aria-label])").first.wait_for(state="detached", timeout=5000)
    handle = box.locator(".noUi-handle").first
    handle.focus()  # brings it into sight: where JupyterLab has put a cell away, nothing can be read
    soon(box, "(box) => box.querySelector('.ketalab-readout').innerText !== ''")
    start = shown(box)
    assert start[1], f"{title}: no read-out"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert changes(box, start), f"{title}: the keyboard moves nothing"
    page.wait_for_timeout(200)
    slider = box.locator(".widget-slider").first
    assert handle.get_attribute("aria-valuetext") == slider.locator(".widget-readout").inner_text()
    before, place = shown(box), handle.bounding_box()
    track = box.locator(".noUi-base").first.bounding_box()
    to = track["x"] + track["width"] * (0.9 if place["x"] < track["x"] + track["width"] / 2 else 0.1)
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(to, place["y"] + place["height"] / 2, steps=12)
    page.mouse.up()
    assert changes(box, before), f"{title}: the mouse moves nothing"
    settle(box)
    assert len(box.locator(".ketalab-face").first.get_attribute("aria-label")) >= 40
    said, sentence = box.locator(".ketalab-voice"), box.locator(".ketalab-sentence")
    soon(
        box,
        "(box) => [...box.querySelectorAll('.ketalab-voice, .ketalab-sentence')]"
        ".every((part, i, [first]) => part.textContent === first.textContent)",
    )
    assert said.text_content() == sentence.text_content(), f"{title}: the read-out is not announced"
    before = shown(box)
    box.locator("select").first.select_option(index=2)
    assert changes(box, before), f"{title}: the scenario changes nothing"
    button = box.get_by_role("button", name="Reset")
    button.evaluate("(node) => node.addEventListener('click', () => { node.dataset.pressed = 'yes' })")
    button.click()
    soon(box, "(box, numbers) => box.querySelector('.ketalab-readout').innerText === numbers", start[1])
    stands = [button.get_attribute("data-pressed"), *box.locator(".widget-readout").all_inner_texts()]
    assert shown(box)[1] == start[1], f"{title}: reset does not lead back: pressed and standing at {stands}"


WRITE = """async ([name, content]) => {
  await jupyterapp.serviceManager.contents.save(`notebooks/${name}.ipynb`, {
    type: "notebook", format: "json", content,
  });
}"""


def notebook_of(cells: Iterable[str]) -> NotebookNode:
    """A notebook of these cells, not run; what begins with a tag is text."""
    made = [(v4.new_markdown_cell if cell.startswith("<") else v4.new_code_cell)(cell) for cell in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return v4.new_notebook(cells=made, metadata=kernel)


def open_run(watched, lab: str, name: str, *cells: str) -> None:
    """Write a notebook of these cells, open it and run it."""
    if not watched.page.url.startswith(f"{lab}/lab"):
        watched.page.goto(f"{lab}/lab?reset")
        watched.page.wait_for_function("() => window.jupyterapp")
        watched.page.evaluate("async () => { await jupyterapp.restored; }")
    watched.page.evaluate(WRITE, [name, notebook_of(cells)])
    open_lesson(watched, lab, name)
    run_all(watched)


@pytest.fixture
def twice(watched, lab: str):
    """A notebook that shows one explorable in two cells, run."""
    shown = "from ketalab import explorable\nmine = explorable('going_home')"
    open_run(watched, lab, "twice", shown, "mine", "mine")
    boxes = watched.page.locator(".ketalab-explorable")
    for i in range(2):
        boxes.nth(i).locator(".ketalab-sentence").wait_for()
    return boxes


def says(watched, box, sentence: str) -> None:
    """Wait until the read-out is this sentence."""
    watched.page.wait_for_function(
        "([box, sentence]) => box.querySelector('.ketalab-sentence')?.textContent === sentence",
        arg=[box.element_handle(), unbroken(sentence)],
    )


def pixels(box) -> NDArray:
    """The picture of an explorable on paper, as an eye sees it from some way off, 0 to 255."""
    picture = box.locator(".ketalab-stage canvas").first.evaluate("(canvas) => canvas.toDataURL()")
    with Image.open(BytesIO(base64.b64decode(picture.partition(",")[2]))) as image:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        return np.asarray(paper.convert("RGB").resize((80, 48), Image.Resampling.BOX), dtype=float)


def test_two_views_of_one_explorable_show_one_setting(watched, twice):
    page, computed = watched.page, explorable("going_home")
    twice.nth(1).locator(".noUi-handle").first.focus()
    for minutes in (10, 20):
        page.keyboard.press("ArrowRight")
        for box in (twice.nth(0), twice.nth(1)):
            says(watched, box, computed.at(minutes=minutes).sentence)
    settle(twice.nth(0))
    assert shown(twice.nth(0)) == shown(twice.nth(1))
    twice.nth(0).locator("select").first.select_option("Four hours")
    for box in (twice.nth(0), twice.nth(1)):
        says(watched, box, computed.at(minutes=240).sentence)
    settle(twice.nth(0))
    assert shown(twice.nth(0)) == shown(twice.nth(1))
    assert watched.errors == []


def test_a_setting_is_not_drawn_pale_on_an_axis_that_measures_something_else(watched, lab: str):
    open_run(watched, lab, "race", "from ketalab import explorable\nexplorable('onset_race')")
    box = watched.page.locator(".ketalab-explorable")
    box.locator(".ketalab-sentence").wait_for()
    settle(box)
    start = shown(box)

    def by_way_of(*scenarios: str) -> tuple[str, str]:
        for chosen in scenarios:
            watched.page.wait_for_timeout(1600)  # sooner, the hand is still at its last choice
            before = shown(box)
            box.locator("select").first.select_option(chosen)
            assert changes(box, before)
            settle(box)
        return shown(box)

    alone, all_points, against = (
        "The next day, each group alone",
        "Everything, in points",
        "The next day, against control",
    )
    assert by_way_of(alone, against) == start, "points better than before, as if better than control"
    picture, numbers = by_way_of(all_points, against)
    assert numbers == start[1]
    assert picture != start[0], "on its own axis the setting before is drawn pale"


def test_a_picture_that_started_slowly_hears_python_all_the_same(fresh, lab: str):
    """On a busy hub anywidget gives a model up after two seconds; here at once."""
    watched = fresh
    watched.page.add_init_script("""AbortSignal.timeout = () => {
        const end = new AbortController();
        queueMicrotask(() => end.abort());
        return end.signal;
    }""")
    open_run(watched, lab, "late", "from ketalab import explorable", "explorable('going_home')")
    page, computed = watched.page, explorable("going_home")
    box = page.locator(".ketalab-explorable")
    says(watched, box, computed.at().sentence)
    box.locator("select").first.select_option("Four hours")
    says(watched, box, computed.at(minutes=240).sentence)
    assert box.locator(".ketalab-broken").text_content() == ""
    assert set(watched.errors) == {"[anywidget] Failed to initialize model."}


ASKED = re.compile(rb'"ask": ?"(row|one|stop)"')
ANSWERED = re.compile(rb'"frames"')


def listen(page: Any, asked: list[bytes], answers: list[bytes]) -> None:
    """From the next connection on, keep what a picture asks and what it is answered."""

    def keep(found: list[bytes], what: re.Pattern[bytes]) -> Callable[[str | bytes], None]:
        return lambda data: found.extend(what.findall(data if isinstance(data, bytes) else data.encode()))

    def heard(socket) -> None:
        socket.on("framesent", keep(asked, ASKED))
        socket.on("framereceived", keep(answers, ANSWERED))

    page.on("websocket", heard)


def until_silent(page: Any, answers: list[bytes]) -> None:
    """Until nothing has come for half a second."""
    for _ in range(60):
        before = len(answers)
        page.wait_for_timeout(500)
        if 0 < before == len(answers):
            return


def test_what_a_hand_shows_comes_before_the_row_that_it_may_need_next(watched, lab: str):
    """Where both are asked for, Python computes no row before it has answered."""
    page, said = watched.page, []
    listen(page, said, said)
    open_run(watched, lab, "first", "from ketalab import explorable", "explorable('route_to_plasma')")
    computed, box = explorable("route_to_plasma"), page.locator(".ketalab-explorable")
    route = next(control.options[-1] for control in computed.controls if control.name == "route")
    bring_to_sight(watched, box)
    says(watched, box, computed.at().sentence)
    until_silent(page, said)
    said.clear()
    box.locator(".ketalab-c-route select").select_option(route)  # no pointer brings a row
    says(watched, box, computed.at(route=route).sentence)
    for _ in range(200):
        if b"row" in said:
            break
        page.wait_for_timeout(100)
    assert said[:3] == [b"one", b'"frames"', b"row"]
    assert watched.errors == []


# Count what a picture says, and how often a hand paused that moves.
LISTEN = """(sentence) => {
    window.saidByPicture = window.pauses = 0;
    let last = null;
    document.addEventListener("pointermove", () => {
        if (last !== null && performance.now() - last > 200) window.pauses += 1;
        last = performance.now();
    }, { capture: true });
    new MutationObserver(() => { window.saidByPicture += 1; })
        .observe(sentence, { childList: true, characterData: true, subtree: true });
}"""


def test_python_hears_where_a_hand_rests_and_not_what_it_passes(watched, lab: str):
    page, told = watched.page, []

    def sent(data: str | bytes) -> None:
        text = data if isinstance(data, bytes) else data.encode()
        told.extend(re.findall(rb'"value": ?([\d.]+)', text) if b'"update"' in text else ())

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    open_run(watched, lab, "passes", "from ketalab import explorable", "explorable('going_home')")
    computed, box = explorable("going_home"), page.locator(".ketalab-explorable")
    bring_to_sight(watched, box)
    says(watched, box, computed.at().sentence)
    page.wait_for_timeout(1500)  # the row is there
    track = box.locator(".noUi-base").first.bounding_box()
    y, low, high = track["y"] + 2, computed.controls[0].low, computed.controls[0].high
    page.mouse.click(track["x"] + track["width"] - 1, y)  # which a press on the track does, and no more
    says(watched, box, computed.at(minutes=high).sentence)
    page.wait_for_timeout(500)
    told.clear()
    page.mouse.down()
    box.locator(".ketalab-sentence").evaluate(LISTEN)
    page.mouse.move(track["x"] + track["width"] / 4, y, steps=20)
    passed, pauses = len(told), page.evaluate("() => window.pauses")
    page.wait_for_timeout(600)
    assert page.evaluate("() => window.saidByPicture") > 3, "the picture follows"
    assert passed <= 1 + pauses
    assert len(told) > passed, "where a hand pauses Python is told"
    page.mouse.move(track["x"] + 1, y)
    page.mouse.up()
    says(watched, box, computed.at(minutes=low).sentence)
    page.wait_for_timeout(500)
    assert told[-1] == f"{low:g}".encode()
    assert watched.errors == []


def test_a_picture_in_sight_and_a_hand_that_stays_on_it_find_the_row_of_a_slider(watched, lab: str):
    """The first move needs no Python. When another control has moved, the row is another: a hand that only
    passes by asks for nothing, one that stays finds it."""
    page, asked, answers = watched.page, [], []
    listen(page, asked, answers)

    open_run(watched, lab, "stays", "from ketalab import explorable", "explorable('going_home')")
    computed, box = explorable("going_home"), page.locator(".ketalab-explorable")
    minutes, text = computed.controls[0].high, computed.controls[1].options[1]
    bring_to_sight(watched, box)
    until_silent(page, answers)
    assert asked.count(b"row") == 1
    assert b"one" not in asked
    track = box.locator(".noUi-base").first.bounding_box()
    page.mouse.click(track["x"] + track["width"] - 1, track["y"] + 2)
    says(watched, box, computed.at(minutes=minutes).sentence)
    assert asked.count(b"row") == 1
    assert b"one" not in asked

    picture = box.locator(".ketalab-stage").bounding_box()
    x, y = (int(picture[at] + picture[size] / 2) for at, size in (("x", "width"), ("y", "height")))
    page.mouse.move(picture["x"] - 30, y)
    box.locator("select").nth(1).select_option(text)
    says(watched, box, computed.at(minutes=minutes, text=text).sentence)
    until_silent(page, answers)
    asked.clear()
    answers.clear()
    page.evaluate("""() => {
        document.activeElement.blur();
        for (const place of [document.querySelector(".ketalab-stage"), document.body])
            place.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
    }""")
    page.wait_for_timeout(400)
    assert b"row" not in asked
    page.mouse.move(x, y)
    until_silent(page, answers)
    assert asked.count(b"row") == 1
    page.mouse.click(track["x"] + 1, track["y"] + 2)
    says(watched, box, computed.at(minutes=computed.controls[0].low, text=text).sentence)
    assert asked.count(b"row") == 1
    assert b"one" not in asked
    assert watched.errors == []


@pytest.mark.parametrize("name", ["onset_race", "hundred_people"])
def test_a_slider_stays_as_long_whatever_word_stands_beside_it(watched, lab: str, name: str):
    """A hand that holds the handle would lose it."""
    open_run(watched, lab, "words", "from ketalab import explorable", f"explorable({name!r})")
    page, box = watched.page, watched.page.locator(".ketalab-explorable")
    bring_to_sight(watched, box)
    steps = next(c for c in explorable(name).controls if isinstance(c, Steps))
    control = box.locator(f".ketalab-c-{steps.name}")
    track = control.locator(".noUi-base")
    place = track.bounding_box()
    page.mouse.click(place["x"] + 1, place["y"] + 2)
    page.wait_for_timeout(500)
    page.mouse.down()
    for i, word in enumerate(steps.options):
        page.mouse.move(place["x"] + place["width"] * i / (len(steps.options) - 1), place["y"] + 2)
        control.locator(f".widget-readout:text-is('{word}')").wait_for()
        assert track.bounding_box() == place
    page.mouse.up()


def test_axes_stay_until_the_hand_lets_go_however_long_it_holds(watched, lab: str):
    """A hand that was taken away, or a menu that kept to itself that it was let go, holds nothing."""
    open_run(watched, lab, "axes", "from ketalab import explorable", "explorable('route_to_plasma')")
    page, box = watched.page, watched.page.locator(".ketalab-explorable")
    bring_to_sight(watched, box)
    dose = next(control for control in explorable("route_to_plasma").controls if control.name == "dose")
    slider, menu = box.locator(f".ketalab-c-{dose.name}"), box.locator(".ketalab-c-route select")
    place, axes = slider.locator(".noUi-base").bounding_box(), box.locator(".ketalab-stage")

    def most() -> str:
        """The axes of the highest dose, with a hand on its handle."""
        page.mouse.click(place["x"] + place["width"] - 1, place["y"] + 2)
        says(watched, box, explorable("route_to_plasma").at(**{dose.name: dose.high}).sentence)
        settle(box)
        page.wait_for_timeout(1600)  # what is done next has a beginning of its own
        return axes.inner_text()

    def drag_to(share: float) -> None:
        page.mouse.move(place["x"] + place["width"] * share, place["y"] + 2, steps=4)
        settle(box)

    high = most()
    page.mouse.down()
    page.wait_for_timeout(900)
    drag_to(0.5)
    page.wait_for_timeout(1600)
    drag_to(0.2)
    assert axes.inner_text() == high
    with_pauses = shown(box)
    page.mouse.up()
    settle(box)
    assert axes.inner_text() != high

    assert most() == high
    page.mouse.down()
    drag_to(0.2)
    assert shown(box) == with_pauses, "the pale picture is that of where the hand began"
    page.mouse.up()

    assert most() == high
    handle = slider.locator(".noUi-handle")
    handle.dispatch_event("pointerdown", {"bubbles": True})
    handle.dispatch_event("pointercancel", {"bubbles": True})
    handle.focus()
    page.keyboard.press("Home")
    settle(box)
    page.wait_for_timeout(700)  # a hand on the keys has rested
    assert axes.inner_text() != high

    assert most() == high
    menu.dispatch_event("pointerdown", {"bubbles": True})
    menu.select_option("swallowed")
    settle(box)
    page.wait_for_timeout(700)
    assert axes.inner_text() != high
    assert watched.errors == []


def test_reset_and_scenario_come_after_every_move_of_the_hand_before_them(watched, lab: str):
    """However long Python takes: ipywidgets keeps a slider's last value back until it is done."""
    slow = (
        "import time\nfrom ketalab import explorable\nfrom ketalab.explorables.widget import Live\n"
        "live = Live(explorable('route_to_plasma'))\n"
        "live.controls['dose'].observe(lambda change: time.sleep(0.7), 'value')"
    )
    open_run(watched, lab, "slow", slow, "live.box")
    page, computed = watched.page, explorable("route_to_plasma")
    box = page.locator(".ketalab-explorable")
    says(watched, box, computed.at().sentence)
    handle = box.locator(".widget-slider .noUi-handle").first
    for back in ("button", "select"):
        handle.focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        if back == "button":
            box.get_by_role("button", name="Reset").click()
            want = computed.at()
        else:
            box.locator("select").first.select_option("The same dose over 10 min")
            want = computed.at(minutes=10)
        says(watched, box, want.sentence)
        page.wait_for_timeout(4000)  # the moves, one after the other
        assert box.locator(".ketalab-sentence").text_content() == unbroken(want.sentence)
        chosen = box.locator("select").first.evaluate("(node) => node.selectedIndex")
        assert chosen == (1 if back == "button" else 2)
    assert watched.errors == []


def test_keys_pressed_in_an_explorable_stay_there(watched, twice):
    page, cells = watched.page, "() => jupyterapp.shell.currentWidget.content.widgets.length"
    before = page.evaluate(cells)
    for part in (".noUi-handle", "select", "button", ".ketalab-face"):
        twice.nth(0).locator(part).first.focus()
        for key in ("b", "a", "d", "d", "ArrowDown", "x"):
            page.keyboard.press(key)
        page.wait_for_timeout(100)
        assert page.evaluate(cells) == before, part
        assert twice.nth(0).locator(part).first.evaluate("(node) => node === document.activeElement"), part


def test_after_a_restart_the_picture_stays_and_says_that_python_is_gone(watched, twice):
    page, computed = watched.page, explorable("going_home")
    box = twice.nth(0)
    settle(box)  # the course's font has come
    before, picture = shown(box), pixels(box)
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    idle(watched)
    settle(box)  # JupyterLab makes the page a little narrower
    assert shown(box)[1] == before[1]
    assert np.abs(pixels(box) - picture).mean() < 2
    text = computed.controls[1].options[1]
    box.locator("select").nth(1).select_option(text)
    box.locator(".ketalab-broken", has_text="Python does not answer").wait_for(timeout=15_000)
    assert shown(box)[1] == before[1]
    run_all(watched)
    again = page.locator(".ketalab-explorable").first
    says(watched, again, computed.at().sentence)
    settle(again)
    assert np.abs(pixels(again) - picture).mean() < 2
    again.locator("select").nth(1).select_option(text)
    says(watched, again, computed.at(text=text).sentence)
    again.locator("select").first.select_option("Four hours")
    says(watched, again, computed.at(minutes=240).sentence)
    settle(again)
    assert np.abs(pixels(again) - picture).mean() > 3
    assert again.locator(".ketalab-broken").text_content() == ""


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_a_lesson_that_was_run_and_saved_shows_its_pictures_without_the_kernel(watched, lab, twice, place):
    """The next day, in JupyterLab and in Notebook 7: picture, words, and how to get the sliders."""
    page, computed = watched.page, explorable("going_home")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    open_in(watched, lab, place, "twice")
    stills = page.locator(".ketalab-still")
    stills.nth(1).locator(".ketalab-how").wait_for()
    stored = page.evaluate(f"() => {MODEL}.toJSON().cells[1].outputs[0].data")
    assert "application/vnd.jupyter.widget-view+json" in stored  # as JupyterLab itself would show it
    for i in range(2):
        still = stills.nth(i)
        assert still.locator("img").get_attribute("alt") == computed.alt(computed.at())
        assert still.locator("img").evaluate("(image) => image.naturalWidth") > 300
        assert still.get_by_text(computed.at().sentence, exact=True).is_visible()
        still.locator("summary").focus()
        page.keyboard.press("Enter")
        for reading in computed.at().readings:
            assert reading.text in still.locator("pre").inner_text()
    assert page.get_by_text("Error displaying widget").or_(page.get_by_text("Loading widget")).count() == 0
    assert page.locator(":is(.noUi-handle, .jp-OutputArea select):visible").count() == 0
    run_all(watched)
    says(watched, twice.nth(0), computed.at().sentence)
    assert page.locator(".ketalab-still:visible").count() == 0


def open_in(watched, lab: str, place: str, name: str) -> None:
    """A notebook in JupyterLab (`lab/tree`) or in Notebook 7 (`notebooks`)."""
    watched.page.goto(f"{lab}/{place}/notebooks/{name}.ipynb" + "?reset" * (place == "lab/tree"))
    idle(watched)


CONTROLS_CELLS = (
    "from ketalab import claims_table, explorable, grading, ledger, lesson, sortable, table\n"
    "here = lesson('05')",
    "explorable('going_home')",
    "here.predict('a_year_later')",
    "here.quiz()",
    "grading(['C14', 'C34'])",
    "ledger()",
    "<details><summary>Hint</summary>\n\nLook.\n\n</details>",
    "sortable(table('lessons')[['lesson', 'title']], 'Lessons')",
    "claims_table({'Onset': ('C44', 'C46')}, ('', 'Ketamine', 'Tablets'), 'Two claims')",
)


@pytest.fixture
def controls(watched, lab: str):
    """A notebook with one of each thing that a hand may move, run and saved."""
    open_run(watched, lab, "controls", *CONTROLS_CELLS)
    watched.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    return watched.page


CONTROLS = {  # the cell that shows it, and where it is
    "slider": (1, ".noUi-handle"),
    "menu of an explorable": (1, ".ketalab-explorable select"),
    "reset": (1, ".ketalab-explorable button"),
    "picture": (1, ".ketalab-explorable .ketalab-face"),
    "numbers as tables": (1, ".ketalab-explorable .ketalab-numbers summary"),
    "prediction": (2, ".ketalab-ask[data-kind=prediction] input"),
    "quiz option": (3, ".ketalab-ask[data-kind=quiz] summary"),
    "grade": (4, ".ketalab-grading input"),
    "claim of the ledger": (5, ".ketalab-ledger summary"),
    "menu of the ledger": (5, ".ketalab-ledger select"),
    "words of the ledger": (5, ".ketalab-ledger input"),
    "fold in the text": (6, ".jp-RenderedMarkdown summary"),
    "head of a table that sorts": (7, ".ketalab-sortable th button"),
    "cell of the living table": (8, ".ketalab-living summary"),
}
# Each is a command of the notebook, or leads from cell to cell, where a control lets it go.
KEYS = [
    *("ArrowRight", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "b", "a", "d", "d", "x", "c", "v", "z"),
    *("m", "y", "r", "0", "0", "Enter", "Space", "Enter", "Space", "Delete", "Backspace", "ArrowLeft"),
    *("j", "k", "h", "s", "f", "o", "l", "i", "1", "Home", "End"),
]
GO_TO = """async (at) => {
  const { content } = jupyterapp.shell.currentWidget;
  content.activeCellIndex = at;
  await content.scrollToItem(at);
}"""
STANDING = """() => {
  const { content } = jupyterapp.shell.currentWidget;
  return [content.widgets.map((cell) => cell.model.id), content.activeCellIndex, content.mode];
}"""


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_keys_belong_to_the_control_that_has_the_focus(watched, lab, controls, place):
    """Whatever is pressed on it, the notebook stays as it was, and what arrows move has moved."""
    page = controls
    open_in(watched, lab, place, "controls")
    run_all(watched)
    for name, (cell, selector) in CONTROLS.items():
        page.evaluate(GO_TO, cell)
        control = page.locator(selector).first
        control.wait_for()
        control.focus()
        before = page.evaluate(STANDING)
        for key in KEYS:
            page.keyboard.press(key)
            assert page.evaluate(STANDING) == before, f"{name}: {key}"
        inside = f"document.activeElement.closest('{selector.split()[0]}')"
        assert page.evaluate(f"() => {inside} !== null"), name
        if name == "slider":
            last = control.get_attribute("aria-valuemax")
            assert control.get_attribute("aria-valuenow") == last
        if name in ("prediction", "grade"):
            assert page.locator(selector).evaluate_all("(all) => all.some((one) => one.checked)"), name


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_what_a_reader_marked_survives_a_second_run_and_a_reload(watched, lab, controls, place):
    page = controls
    page.evaluate("() => localStorage.clear()")
    open_in(watched, lab, place, "controls")
    run_all(watched)
    prediction, quiz, grading = (
        page.locator(part).first
        for part in (
            "[data-kind=prediction].scripted",
            "[data-kind=quiz].scripted",
            ".ketalab-grading.scripted",
        )
    )
    contested, moderate = (grading.locator(f"[value={word}]").first for word in ("contested", "moderate"))
    prediction.locator("input").nth(1).check()
    prediction.get_by_role("button", name="Commit").click()
    quiz.locator("summary").nth(2).click()
    contested.check()
    moderate.check()
    grading.get_by_role("button", name="Next").click()
    for step in ("run again", "reloaded"):
        if step == "run again":
            run_all(watched)
        else:
            page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
            open_in(watched, lab, place, "controls")
        prediction.locator(".chosen").first.wait_for(state="attached")
        assert prediction.locator("input").nth(1).is_checked(), step
        assert quiz.locator("details").nth(2).evaluate("(one) => one.classList.contains('chosen')"), step
        assert grading.get_by_role("status").inner_text() == "Claim 2 of 2; 1 graded.", step
        grading.get_by_role("button", name="Back").click()
        assert contested.is_checked(), step
        assert moderate.is_checked(), step
        grading.get_by_role("button", name="Next").click()


def test_a_prediction_is_committed_and_a_quiz_answers(watched, lab: str):
    open_lesson(watched, lab, "01_from_dose_to_brain")
    run_all(watched)
    page, seen = watched.page, set()
    for _ in scroll_through(watched):
        prediction = page.locator("[data-kind=prediction].scripted").first
        if "prediction" not in seen and prediction.count() and prediction.is_visible():
            letters = "(all) => all.map((one) => getComputedStyle(one).listStyleType)"
            assert set(prediction.locator("ol").evaluate_all(letters)) == {"upper-alpha"}, "a class says B"
            prediction.locator("input").first.check()
            page.keyboard.press("ArrowDown")  # the key moves the choice, not the notebook
            assert prediction.locator("input").nth(1).is_checked()
            prediction.get_by_role("button", name="Commit").click()
            prediction.get_by_text("What happened", exact=True).click()
            prediction.locator(".happened .chosen .mine").wait_for(state="visible")
            seen.add("prediction")
        quiz = page.locator("[data-kind=quiz].scripted").first
        if "quiz" not in seen and quiz.count() and quiz.is_visible():
            quiz.locator(".wrong summary").first.click()
            quiz.locator(".wrong .feedback").first.wait_for(state="visible")
            quiz.locator(".right .key").wait_for(state="visible")
            seen.add("quiz")
    assert seen == {"prediction", "quiz"}
    assert watched.errors == []
    assert watched.requests == []


def test_a_word_shows_its_meaning_and_leads_to_its_entry(watched, lab: str):
    open_lesson(watched, lab, "02_blocking_the_nmda_receptor")
    page = watched.page
    word = page.locator(".jp-RenderedMarkdown a[title]", has_text="trapped").first
    assert word.get_attribute("title") == next(t.definition for t in terms() if t.term == "trapping")
    assert word.evaluate("(node) => getComputedStyle(node).textDecorationStyle") == "dotted"
    slowed = page.context.new_cdp_session(page)  # on a slow computer JupyterLab alone gives up the jump
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    word.click()
    entry = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) h3", has_text="trapping")
    page.wait_for_function(
        """() => [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) h3")].some((head) => {
            const { y } = head.getBoundingClientRect();
            return head.textContent.includes("trapping") && 0 < y && y < 800;
        })""",
        timeout=90_000,  # every cell of the glossary is drawn before JupyterLab goes to one
    )
    assert 0 < entry.bounding_box()["y"] < 800
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    assert page.evaluate("() => jupyterapp.shell.currentWidget.title.label") == "glossary.ipynb"
    page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) a", has_text="02").first.click()
    page.wait_for_function("() => jupyterapp.shell.currentWidget.title.label.startsWith('02_')")
    assert watched.errors == []
    assert watched.requests == []


# What is cut off in an explorable: names and values of controls, and choices in a menu that is shut.
CUT = """() => [...document.querySelectorAll(".ketalab-explorable")].flatMap((box) => [
  ...[...box.querySelectorAll(":is(.widget-label, .widget-readout, button)")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 3)
    .map((part) => part.textContent),
  ...[...box.querySelectorAll("select")].flatMap((menu) => {
    const style = getComputedStyle(menu), pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = menu.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return [...menu.options].filter((one) => pen.measureText(one.text).width > room + 1)
      .map((one) => `menu ${style.textOverflow}: ${one.text}`);
  }),
].map((words) => `${box.querySelector("h4").textContent}: ${words}`))"""


def test_no_name_of_a_control_is_cut(watched, every):
    """The longest choices of menus may end in dots; opened, their menu shows them whole."""
    wrong = {}
    for width, height, most in ((1440, 900, 2), (1280, 720, 16)):
        watched.page.set_viewport_size({"width": width, "height": height})
        cut, seen = set(), set()
        for _ in scroll_through(watched):
            cut |= set(watched.page.evaluate(CUT))
            seen |= set(watched.page.locator(".ketalab-explorable h4").all_text_contents())
        assert len(seen) == len(CATALOGUE)
        dotted = {one for one in cut if ": menu ellipsis: " in one}
        if cut > dotted or len(dotted) > most:
            wrong[width] = (cut - dotted, dotted)
    assert wrong == {}


@pytest.fixture
def every(watched, lab: str) -> None:
    """A notebook that shows every explorable of the course, run."""
    open_run(
        watched, lab, "every", "from ketalab import explorable", *(f"explorable({n!r})" for n in CATALOGUE)
    )


THEME = "async (theme) => { await jupyterapp.commands.execute('apputils:change-theme', { theme }) }"


def test_in_dark_mode_pictures_turn_dark_and_words_stay_legible(watched, lab: str):
    open_lesson(watched, lab, "00_start_here")
    page = watched.page
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item:has-text('Theme')").first.hover()
    page.locator(".lm-Menu-item:has-text('JupyterLab Dark')").first.click()
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    run_all(watched)
    ground = """(node) => {
        const grounds = [];
        for (; node; node = node.parentElement) grounds.push(getComputedStyle(node).backgroundColor);
        return grounds.find((one) => one !== "rgba(0, 0, 0, 0)");
    }"""
    words = ".ketalab-ask :is(.asks, label, summary, .feedback, button)"
    asks = f"""() => [...document.querySelectorAll("{words}")].filter((part) => part.checkVisibility())
        .map((part) => [({ground})(part), getComputedStyle(part).color])"""
    filters = "(all) => all.map((image) => [image.alt, getComputedStyle(image).filter])"
    seen, asked, figures = set(), set(), set()
    for _ in scroll_through(watched):
        asked |= {tuple(pair) for pair in page.evaluate(asks)}
        figures |= {tuple(pair) for pair in page.locator(".jp-RenderedImage img").evaluate_all(filters)}
        for box in page.locator(".ketalab-explorable").all():
            title = box.locator("h4").text_content()
            if title in seen:
                continue
            seen.add(title)
            for part in ("h4", ".ketalab-sentence", ".ketalab-readout dt", ".widget-label"):
                word = box.locator(part).first
                ink = word.evaluate("(node) => getComputedStyle(node).color")
                assert contrast(word.evaluate(ground), ink) > 4.5, part
            picture = box.locator(".ketalab-stage").first
            assert picture.evaluate("(node) => getComputedStyle(node).backgroundColor") == "rgb(20, 20, 20)"
            arrow = box.locator("select").first.evaluate("(menu) => getComputedStyle(menu).backgroundImage")
            assert "%23f1f1f1" in arrow, "the arrow of a menu is as light as its words"
            drawn = picture.locator(".ketalab-ground")
            assert "invert" in drawn.evaluate("(node) => getComputedStyle(node).filter")
    assert seen
    assert len(figures) >= 3
    assert all("invert" in how for _, how in figures)
    assert {"rgb(30, 30, 30)"} <= {paper for paper, _ in asked} <= {"rgb(30, 30, 30)", "rgb(0, 85, 127)"}
    assert all(contrast(paper, ink) > 4.5 for paper, ink in asked)
    assert watched.errors == []
    page.evaluate(THEME, "JupyterLab Light")


def test_in_dark_mode_the_lists_of_claims_turn_dark(watched, lab: str):
    """As they are stored, before anything is run: turned as one piece, and no picture in them twice."""
    open_lesson(watched, lab, "13_the_article_on_trial")
    page = watched.page
    page.evaluate(THEME, "JupyterLab Dark")
    page.wait_for_selector("body[data-jp-theme-light='false']", state="attached")
    turned = """(all) => all.flatMap((box) => [box, ...box.querySelectorAll("*")]
        .map((part) => getComputedStyle(part).filter).filter((how) => how !== "none"))"""
    found = {}
    for _ in scroll_through(watched):
        for name in ("ledger", "grading"):
            if filters := page.locator(f".ketalab-{name}:visible").evaluate_all(turned):
                found[name] = filters
    assert set(found) == {"ledger", "grading"}
    assert all(len(filters) == 1 and "invert" in filters[0] for filters in found.values()), found
    page.evaluate(THEME, "JupyterLab Light")
    assert watched.errors == []
