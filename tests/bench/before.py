"""The build before explorables and house were rebuilt, beside this one, on the same machine.

PYTHONPATH=src:tests:. python tests/bench/before.py dist/before.json [--build folder] [--tests]

Targets that say "not slower than" or "half of" mean that build (`BEFORE`), and another machine has another
speed. So it is cloned from this repository's history and installed as its own Makefile does (1.8 GB, some
minutes), and measured with the hand and the probe of `lab_speed.py`; its decks and ours, and with `--tests`
both suites, run in turns. `results.py` takes the file as its third argument. Outside `make bench`, since it
takes an hour with the tests. A folder given with `--build` is used again.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import lab_speed
from bench.lab_speed import Track, drag, noted, press, quiet, rest, show_cell, walk, watch
from browser.test_lab import started_lab
from conftest import ROOT, chromium
from playwright.sync_api import Page, sync_playwright

from ketalab.paths import write_atomically

BEFORE = "78a46fb"  # the last commit before the rebuild
HANDS = """
import json
from ketalab.explore import CATALOGUE, explorable
def positions(control):
    if hasattr(control, "low"):
        return [round((end - control.low) / control.step) for end in (control.high, control.start)]
    options = list(control.options)
    return [len(options) - 1, options.index(control.start)] if type(control).__name__ == "Steps" else None
found = {name: map(positions, explorable(name).controls) for name in CATALOGUE}
print(json.dumps({name: list(filter(None, sliders)) for name, sliders in found.items()}))
"""
PICTURE = ".ketalab-picture"
CUTS = 2  # times that all decks are cut, by each build
CLOSING = re.compile(r"=+ (.*passed.*) =+")

Hands = dict[str, list[list[int]]]  # of each explorable the sliders: last position, and where it starts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("written", type=Path, help="the file of what was measured")
    parser.add_argument("--build", type=Path, help="where the earlier build is, or is to be kept")
    parser.add_argument("--only", help="explorables, separated by commas, in place of all")
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--tests", action="store_true", help="run both suites as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="before.") as scratch:
        build = installed((given.build or Path(scratch) / "build").resolve())
        found: dict[str, Any] = {"commit": BEFORE, "load": os.getloadavg()[0], "failed": {}}
        found["explorables"] = hands(build, given.only, given.moves, found["failed"])
        if not given.only:
            found["cutting"] = cutting(build, Path(scratch))
        if given.tests:
            found["tests"] = {"before": suite(build), "now": suite(copied(Path(scratch) / "tested"))}
    with write_atomically(given.written) as file:
        file.write(json.dumps(found, indent=1).encode())
    print(f"written: {given.written}")


def installed(build: Path) -> Path:
    """The earlier build in this folder, ready to run."""
    if not build.exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(build)], check=True)
        subprocess.run(["git", "checkout", "--quiet", BEFORE], cwd=build, check=True)
    subprocess.run(["make", "--silent", ".venv/.ready"], cwd=build, env=environment(build), check=True)
    return build


def copied(build: Path) -> Path:
    """This build as it is committed, without anything it has made."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(build)], check=True)
    for installed_here in (".venv", "node_modules"):
        (build / installed_here).symlink_to(ROOT / installed_here)
    return build


def environment(build: Path) -> dict[str, str]:
    """With the Python, the packages and the files of that build."""
    path = f"{build / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(build / "src"), "CI": "true"}


# The hand --------------------------------------------------------------------------------------------


def hands(build: Path, only: str | None, moves: int, failed: dict[str, str]) -> dict[str, dict]:
    """Of each explorable a press on its first slider, the moves that follow, and a press on its second."""
    python = str(build / ".venv/bin/python")
    said = subprocess.run([python, "-c", HANDS], env=environment(build), check=True, capture_output=True)
    sliders: Hands = json.loads(said.stdout)
    names = only.split(",") if only else list(sliders)
    found = {}
    with ExitStack() as at_end:
        os.environ["PYTHONPATH"] = os.pathsep.join((str(build / "tests/offline"), str(build / "src")))
        root = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="before_lab.")))
        lab = at_end.enter_context(started_lab(root, build=build, python=python))
        lab_speed.write_notebooks(root / "notebooks", names, ())
        playwright = at_end.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        at_end.callback(browser.close)
        page = lab_speed.fresh_page(browser)
        for number, some in enumerate(lab_speed.notebooks_of(names)):
            lab_speed.open_and_run(page, lab, f"hand_{number}")
            for cell, name in enumerate(some, start=1):
                with noted(page, name, failed):
                    found[name] = one(page, cell, sliders[name], moves)
                    print(f"{name}: {lab_speed.middle(found[name]['moves']):.1f} ms", flush=True)
    return found


def one(page: Page, cell: int, sliders: list[list[int]], moves: int) -> dict[str, Any]:
    """As `lab_speed.one_explorable`, in the page of that build."""
    (last, start), *others = sliders
    box = show_cell(page, cell)
    tracks = box.locator(".noUi-base")
    track = Track(page, tracks.first)
    watch(page, box.locator(PICTURE))
    quiet(page)
    stops = walk(last + 1, moves, from_the_top=start < last / 2)
    found = {"in sight": press(page, track, stops[0]), "first": None}
    quiet(page)
    page.mouse.down()
    found["moves"] = list(drag(page, track, stops[1:]))
    page.mouse.up()
    if others:
        last, start = others[0]
        quiet(page)
        found["first"] = press(page, Track(page, tracks.nth(1)), 1 if start < last / 2 else 0)
    rest(page)
    return found


# Decks and tests -------------------------------------------------------------------------------------


def cutting(build: Path, scratch: Path) -> dict[str, list[float]]:
    """Seconds in which each build cuts all its decks, in turns, each time from nothing."""
    found: dict[str, list[float]] = {"before": [], "now": []}
    ours = copied(scratch / "cut")
    for _ in range(CUTS):
        for which, tree in (("before", build), ("now", ours)):
            subprocess.run(["rm", "-rf", str(tree / "dist")], check=True)
            began = time.monotonic()
            command = ["python", "-m", "ketalab.publish", "slides"]
            subprocess.run(command, cwd=tree, env=environment(tree), check=True, stdout=subprocess.DEVNULL)
            found[which].append(time.monotonic() - began)
            print(f"all decks, {which}: {found[which][-1]:.0f} s", flush=True)
    return found


def suite(tree: Path) -> dict[str, Any]:
    """What `make test` runs, how long it took, what it cost, and pytest's last line."""
    workers = str((os.cpu_count() or 1) + 1)
    began, cost = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["python", "-m", "pytest", "-n", workers]
    if (tree / "tests/without_engines.cfg").exists():
        command += ["--nbval-sanitize-with", "tests/without_engines.cfg"]
    else:
        command += ["--dist", "loadgroup"]
    done = subprocess.run(command, cwd=tree, env=environment(tree), capture_output=True, text=True)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    closing = CLOSING.findall(done.stdout)
    found = {
        "seconds": time.monotonic() - began,
        "processor seconds": spent.ru_utime + spent.ru_stime - cost.ru_utime - cost.ru_stime,
        "closing": closing[-1] if closing else done.stdout[-500:],
    }
    print(f"{tree}: {found}", flush=True)
    return found


if __name__ == "__main__":
    main()
