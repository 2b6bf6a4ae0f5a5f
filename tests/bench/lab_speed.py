"""From the hand to the screen in JupyterLab, beside other ways to move the same picture, and in the decks.

PYTHONPATH=src:tests:. python tests/bench/lab_speed.py dist/hand.json [--moves 30] [--only wind_up]

`make bench` runs it on an idle machine. The other tools are installed for this run into a temporary virtual
environment, which the lab's kernels see beside the course's own packages.

How a move is timed, for every tool alike (`lab_probe.js`): Chromium's pointer is pressed on the slider and
moved from one position to another (CDP `Input.dispatchMouseEvent`), one move at a time, at random moments.
The time begins when the browser is given the event (`event.timeStamp`; the page hears of it at its next
animation frame, up to 17 ms later) and ends when the first animation frame that holds a changed picture has
been laid out and painted. A picture has changed when its canvas is cleared or drawn on, when its image has
been loaded, or when something in its SVG or its text is another. The clock shows tenths of a millisecond;
frames come every 17 ms. What the compositor and the graphics card do after the page's own paint is not in
it. The bytes of a move are those of all websocket frames, to the kernel and back, before compression, from
the move until nothing has been said for `SILENCE` milliseconds.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from importlib.metadata import version
from itertools import cycle, islice
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from browser.conftest import Watched
from browser.test_decks import open_deck
from browser.test_lab import GO_TO, open_lesson, run_all, started_lab
from conftest import ROOT, chromium
from playwright.sync_api import Error, Page, sync_playwright

from ketalab.data.lessons import lesson_files
from ketalab.explorables.controls import Slider, Steps
from ketalab.lessons import CATALOGUE, explorable
from ketalab.paths import write_atomically
from ketalab.publish import moving, slides

# Pinned here and nowhere else: what each needs beyond a reader's install stands beside it.
PEERS = (
    "bqplot==0.13.1",
    "bqscales==0.3.7",
    "traittypes==0.2.3",
    "ipympl==0.10.0",
    "plotly==7.1.0",
    "narwhals==2.28.0",
)
WAYS = {  # function of `one_curve.py`, and its picture in the page
    "ours": ".ketalab-stage",
    "echo": ".one-curve-echo",
    "with_bqplot": ".bqplot",
    "with_plotly": ".js-plotly-plot",
    "with_ipympl": ".jupyter-matplotlib-canvas-container",
    "with_interact": ".widget-output",
}
NEED_PEERS = ("with_bqplot", "with_plotly", "with_ipympl")
PROBE = Path(__file__).with_name("lab_probe.js")
SILENCE, PATIENCE = 40, 5000  # ms
ROW_SILENCE, ROW_PATIENCE = 300, 12_000  # ms
IN_A_DECK = 12  # moves of each explorable
STOPS = 23  # at most so many positions of a slider are visited, to and fro
A_NOTEBOOK = 11  # explorables
ROUNDS = 3  # in which the ways take turns
MARK = "(number) => { jupyterapp.shell.currentWidget.content.widgets[number].node.dataset.bench = number }"
PARKED = (700, 90)  # where the pointer is on nothing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("written", type=Path, help="the file of what was measured")
    parser.add_argument("--moves", type=int, default=30, help="of each explorable and of each way")
    parser.add_argument("--only", help="explorables, separated by commas, in place of all")
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(CATALOGUE)
    random.seed(1)
    found = measure(names, given.moves)
    with write_atomically(given.written) as file:
        file.write(json.dumps(found, indent=1).encode())
    print(f"written: {given.written}")


def measure(names: Sequence[str], moves: int) -> dict[str, Any]:
    with ExitStack() as at_end:
        root = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="lab_speed.")))
        decks = cut_decks(root / "decks", names)
        versions, refusal = install_peers(root)
        ways = [way for way in WAYS if versions or way not in NEED_PEERS]
        os.environ["PYTHONPATH"] = kernel_path(root)
        lab = at_end.enter_context(started_lab(root))
        write_notebooks(root / "notebooks", names, ways)
        playwright = at_end.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        at_end.callback(browser.close)
        failed: dict[str, str] = {}
        found: dict[str, Any] = {
            "datetime": datetime.now().isoformat(timespec="seconds"),
            "load": os.getloadavg()[0],
            "versions": {"Chromium": browser.version, "JupyterLab": version("jupyterlab")} | versions,
            "no peers": refusal,
            "failed": failed,
        }
        page = fresh_page(browser)
        found["explorables"] = all_explorables(page, lab, names, moves, failed)
        found["one curve"] = one_curve(page, lab, ways, moves, failed)
        page.context.close()
        found["decks"] = {}
        try:
            page = fresh_page(browser)
            moves = min(moves, IN_A_DECK)
            found["decks"] = all_decks(page, root / "decks", decks, names, moves, failed)
        except Error as wrong:  # what the lab took minutes to measure is kept
            failed["decks"] = str(wrong).splitlines()[0]
    return found


# The other tools -------------------------------------------------------------------------------------


def install_peers(root: Path) -> tuple[dict[str, str], str]:
    """Their versions, or in one sentence why there are none."""
    place, plain = root / "peers", {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    for command in (
        [sys.executable, "-m", "venv", "--without-pip", str(place)],
        [sys.executable, "-m", "pip", "--python", str(place), "install", "--quiet", "--no-deps", *PEERS],
    ):
        done = subprocess.run(command, env=plain, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr.strip() or "no reason was given").splitlines()[-1]
            return {}, f"The other tools could not be installed and were not measured ({last})."
    shutil.copytree(place / "share/jupyter/labextensions", root / "share/labextensions")
    return dict(
        pin.split("==") for pin in PEERS if pin.split("==")[0] in ("bqplot", "plotly", "ipympl")
    ), ""


def kernel_path(root: Path) -> str:
    """What the kernels import: the course of this tree, `one_curve`, and behind them the other tools."""
    theirs = sorted((root / "peers" / "lib").glob("python*/site-packages"))
    return os.pathsep.join(map(str, (ROOT / "tests/offline", ROOT / "src", ROOT / "tests", *theirs)))


# In JupyterLab ---------------------------------------------------------------------------------------


def write_notebooks(folder: Path, names: Sequence[str], ways: Sequence[str]) -> None:
    """`one_curve.ipynb` with a cell for each way; the explorables, a few to a notebook, as in lessons."""
    cells = {"one_curve": ["from bench import one_curve", *(f"one_curve.{way}()" for way in ways)]}
    for number, some in enumerate(notebooks_of(names)):
        cells[f"hand_{number}"] = [
            "from ketalab import explorable",
            *(f"explorable({name!r})" for name in some),
        ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, sources in cells.items():
        made = nbformat.v4.new_notebook(
            cells=list(map(nbformat.v4.new_code_cell, sources)), metadata=kernel
        )
        nbformat.write(made, folder / f"{name}.ipynb")


def notebooks_of(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[i : i + A_NOTEBOOK] for i in range(0, len(names), A_NOTEBOOK)]


def fresh_page(browser: Any) -> Page:
    page = browser.new_context().new_page()
    page.add_init_script(path=PROBE)
    return page


def open_and_run(page: Page, lab: str, name: str) -> None:
    watched = Watched(page)
    open_lesson(watched, lab, name)
    run_all(watched)
    failed = page.locator("[data-mime-type='application/vnd.jupyter.error']")
    if failed.count():
        raise RuntimeError(f"{name}: {failed.first.inner_text()}")


def all_explorables(
    page: Page, lab: str, names: Sequence[str], moves: int, failed: dict[str, str]
) -> dict[str, dict]:
    """Of each the first move once it is in sight, the moves within that row, and the first move on another
    slider, whose row is not there."""
    found = {}
    for number, some in enumerate(notebooks_of(names)):
        open_and_run(page, lab, f"hand_{number}")
        for cell, name in enumerate(some, start=1):
            with noted(page, name, failed):
                found[name] = one_explorable(page, cell, name, moves)
                print(f"{name}: {middle(found[name]['moves']):.1f} ms", flush=True)
    return found


@contextmanager
def noted(page: Page, what: str, failed: dict[str, str]) -> Iterator[None]:
    """A failure is written down, and the hand leaves what failed; the rest is still measured."""
    try:
        yield
    except Error as wrong:
        failed[what] = str(wrong).splitlines()[0]
        print(f"{what}: FAILED, {failed[what]}", flush=True)
        page.mouse.up()
        rest(page)


def one_explorable(page: Page, cell: int, name: str, moves: int) -> dict[str, Any]:
    (control, count, start), *others = hands_of(name)
    box = show_cell(page, cell)
    track = Track(page, box.locator(f".ketalab-c-{control} .noUi-base"))
    box.locator(".ketalab-sentence").wait_for()
    watch(page, box.locator(".ketalab-stage"))
    quiet(page)
    stops = walk(count, moves, from_the_top=start < count / 2)
    in_sight = press(page, track, stops[0])
    quiet(page)
    page.mouse.down()
    measured = list(drag(page, track, stops[1:]))
    page.mouse.up()
    found = {"in sight": in_sight, "moves": measured, "first": None, "row bytes": None}
    if others:
        control, count, start = others[0]
        quiet(page)
        track = Track(page, box.locator(f".ketalab-c-{control} .noUi-base"))
        found["first"] = press(page, track, walk(count, 1, from_the_top=start < count / 2)[0])
        quiet(page)
        found["row bytes"] = page.evaluate("() => probe.bytes")  # and the first move
    rest(page)
    return found


def press(page: Page, track: "Track", share: float) -> dict:
    """Press the pointer where it has not been before, as a finger does."""
    page.evaluate("() => probe.arm('pointerdown')")
    page.mouse.move(*track.at(share))
    page.mouse.down()
    moved = answer(page)
    page.mouse.up()
    return moved


def hands_of(name: str) -> list[tuple[str, int, int]]:
    """The sliders that do something at the start: name, number of positions, and place."""
    shown = explorable(name)
    found = []
    for control in shown.controls:
        if isinstance(control, Slider | Steps) and not control.greyed_by(shown.start):
            last = control.high if isinstance(control, Slider) else control.options[-1]
            found.append((control.name, control.place(last) + 1, control.place(control.start)))
    return found


def one_curve(
    page: Page, lab: str, ways: Sequence[str], moves: int, failed: dict[str, str]
) -> dict[str, list[dict]]:
    """The same picture in all ways, which take turns; the first move of a turn is not counted."""
    from bench.one_curve import DOSE

    open_and_run(page, lab, "one_curve")
    found: dict[str, list[dict]] = {way: [] for way in ways}
    for turn in range(ROUNDS):
        for way in [*ways[turn:], *ways[:turn]]:
            with noted(page, f"one curve, {way}", failed):
                stops = walk(
                    DOSE.place(DOSE.high) + 1, 1 + ceil(moves / ROUNDS), from_the_top=bool(turn % 2)
                )
                found[way] += one_turn(page, 1 + ways.index(way), way, stops)
    measured = {way: some for way, some in found.items() if some}
    for way, some in measured.items():
        print(f"one curve, {way}: {middle(some):.1f} ms", flush=True)
    return measured


def one_turn(page: Page, cell: int, way: str, stops: Sequence[float]) -> list[dict]:
    box = show_cell(page, cell)
    picture = box.locator(WAYS[way]).first
    picture.wait_for()
    track = Track(page, box.locator(".noUi-base").first)
    watch(page, picture)
    page.mouse.move(*track.at(stops[0]))
    page.mouse.down()
    page.mouse.up()
    quiet(page)
    page.mouse.down()
    moved = list(drag(page, track, stops[1:]))
    page.mouse.up()
    rest(page)
    return moved[1:]


def show_cell(page: Page, number: int) -> Any:
    """Scroll to a cell and give it."""
    page.evaluate(GO_TO, number)
    page.evaluate(MARK, number)
    cell = page.locator(f"[data-bench='{number}']")
    cell.locator(".noUi-base").first.scroll_into_view_if_needed()
    return cell


# One hand for JupyterLab and decks -------------------------------------------------------------------


class Track:
    """The way of a slider's handle on the page."""

    def __init__(self, page: Page, element: Any) -> None:
        element.scroll_into_view_if_needed()
        page.wait_for_timeout(300)  # scrolled, laid out
        self.box = element.bounding_box()

    def at(self, share: float) -> tuple[float, float]:
        """Where the handle stands at this share of the way."""
        inside = min(max(share * self.box["width"], 1), self.box["width"] - 1)
        return self.box["x"] + inside, self.box["y"] + self.box["height"] / 2


def walk(count: int, moves: int, from_the_top: bool = False) -> list[float]:
    """Where a slider of so many positions is put, as shares of its way: one end, then to and fro."""
    most = min(count, STOPS)
    stops = [round(i * (count - 1) / (most - 1)) / (count - 1) for i in range(most)]
    if from_the_top:
        stops.reverse()
    return list(islice(cycle([*stops, *stops[-2:0:-1]]), moves + 1))


def drag(page: Page, track: Track, stops: Sequence[float], silence: int = SILENCE) -> Iterator[dict]:
    """Move the pressed pointer along, one answered move at a time."""
    for share in stops:
        page.wait_for_timeout(random.uniform(0, 34))
        page.evaluate("() => probe.arm('pointermove')")
        page.mouse.move(*track.at(share))
        yield answer(page, silence)


def answer(page: Page, silence: int = SILENCE) -> dict:
    found = page.evaluate(f"() => probe.answer({silence}, {PATIENCE})")
    if found is None:
        raise Error(f"no new picture within {PATIENCE / 1000:g} s of a move")
    return found


def watch(page: Page, picture: Any) -> None:
    page.evaluate("(picture) => probe.watch(picture)", picture.element_handle())


def quiet(page: Page) -> None:
    page.evaluate(f"() => probe.quiet({ROW_SILENCE}, {ROW_PATIENCE})")


def rest(page: Page) -> None:
    page.evaluate("() => probe.watch(null)")
    page.mouse.move(*PARKED)


def middle(moves: Sequence[dict]) -> float:
    return median(move["painted"] for move in moves)


# In the decks ----------------------------------------------------------------------------------------


def cut_decks(folder: Path, names: Sequence[str]) -> list[str]:
    """The decks that hold these explorables, as `make slides` cuts them; their names."""
    wanted = {CATALOGUE[name].split(".")[2][1:] for name in names}
    moving.compute(names)
    slides.write_assets(folder / "assets")
    decks = [path.stem for path in lesson_files() if path.stem in wanted]
    for name in decks:
        deck = slides.build(nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4))
        slides.write_page(folder / deck.file, "deck.html.j2", deck=deck)
    return decks


def all_decks(
    page: Page, folder: Path, decks: Sequence[str], names: Sequence[str], moves: int, failed: dict[str, str]
) -> dict[str, list[dict]]:
    """Every explorable on its slide, in a deck that was opened from a file."""
    found = {}
    page.set_viewport_size({"width": 1280, "height": 720})
    for deck in decks:
        open_deck(Watched(page), folder, deck)
        for view in page.locator(".ketalab-view").all():
            name = view.get_attribute("data-name")
            if name not in names:
                continue
            with noted(page, f"deck, {name}", failed):
                found[name] = on_a_slide(page, view, name, moves)
                print(f"deck, {name}: {middle(found[name]):.1f} ms", flush=True)
    return found


def on_a_slide(page: Page, view: Any, name: str, moves: int) -> list[dict]:
    number = view.evaluate("(view) => Reveal.getIndices(view.closest('section')).h")
    page.evaluate(f"() => Reveal.slide({number}, 0, 99)")
    track = Track(page, view.locator(f"input[type=range][id$='-{hands_of(name)[0][0]}']"))
    stops = walk(STOPS, moves)
    watch(page, view.locator(".ketalab-stage"))
    page.mouse.move(*track.at(stops[0]))
    page.mouse.down()
    measured = list(drag(page, track, stops[1:], silence=0))
    page.mouse.up()
    page.evaluate("() => probe.watch(null)")
    return measured


if __name__ == "__main__":
    main()
