"""Shared by all tests: where things are, how to be offline, and a browser when there is one."""

import os
import pickle
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from filelock import FileLock, Timeout
from hypothesis import settings
from lesson_runs import heard, listen
from nbformat import NotebookNode

from ketalab.data.lessons import lesson_files
from ketalab.lessons import CATALOGUE
from ketalab.paths import write_atomically

if TYPE_CHECKING:
    from ketalab.publish.reading import Page
    from ketalab.publish.slides import Deck

ROOT = Path(__file__).parents[1]
OFFLINE = ROOT / "tests" / "offline"

# Every process a test starts (kernels, servers, scripts) finds our sitecustomize and stays offline.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(OFFLINE), *filter(None, [os.environ.get("PYTHONPATH", "")])]
)


# A busy machine is no failure, and the same commit gives the same verdict.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Our own tests compare pictures, time nothing, and run a lesson once. A reader's install has not all
    that this takes, and needs it not: `pytest --nbval notebooks` compares the lessons without this file."""
    config.option.mpl = True
    config.option.benchmark_disable = True
    listen(config)


def lessons() -> dict[str, NotebookNode]:
    """Every lesson that is ready, by file name without its ending."""
    return {path.stem: nbformat.read(path, as_version=4) for path in lesson_files()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `lesson_name` runs once for each lesson, unless it says for which."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "lesson_name" in metafunc.fixturenames and not any(m.args[0] == "lesson_name" for m in marks):
        metafunc.parametrize("lesson_name", [path.stem for path in lesson_files()])


def of_each(keys: Iterable[str], check: Callable[[str], None]) -> None:
    """Check hundreds of rows in one test. All that fail are named, each with what is wrong with it."""
    faults = {}
    for key in keys:
        try:
            check(key)
        except Exception as fault:
            faults[key] = f"{type(fault).__name__}: {fault}"
    said = "\n".join(f"{key}: {what}" for key, what in faults.items())
    assert not faults, f"{len(faults)} fail:\n{said}"


@pytest.fixture
def notebook(lesson_name: str) -> NotebookNode:
    return nbformat.read(ROOT / "notebooks" / f"{lesson_name}.ipynb", as_version=4)


def chromium() -> str | None:
    """The browser for the browser tests: `$CHROMIUM`, or the first one found on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, names)]
    found += [
        path
        for path in (
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        )
        if Path(path).is_file()
    ]
    return next(filter(None, found), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium. Without one these tests skip, except where CI=true says they must run.

    Closed after each module: while Playwright runs, its event loop would run beside other tests.
    """
    executable = chromium()
    if executable is None:
        say = "no Chromium found: install it (Debian: apt install chromium) or set CHROMIUM to its path"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages that decks ship; without them the slide tests skip, except where CI=true."""
    folder = ROOT / "node_modules"
    if not folder.is_dir():
        say = "node_modules is missing: run `npm ci --ignore-scripts` once (make does)"
        if os.environ.get("CI") == "true":
            pytest.fail(say)
        pytest.skip(say)
    return folder


@pytest.fixture(scope="session")
def of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this run that all workers share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder


def share_out(names: Iterable[str], folder: Path, make: Callable[[str], None]) -> None:
    """Make each once for all workers. Whoever comes to one that another is at goes on to the next, and
    waits in the end for what is still being made; `make` does nothing where it is made already."""
    for wait in (0, -1):
        for name in names:
            with suppress(Timeout), FileLock(folder / f"{name}.lock", timeout=wait):
                make(name)


@pytest.fixture(scope="session")
def drawn_frames(of_all: Path) -> None:
    """Every frame of every explorable, which decks and web edition hold: drawn once for both."""
    from ketalab.publish import moving

    share_out(CATALOGUE, of_all, moving.parcel)


@pytest.fixture(scope="session")
def cut_decks(of_all: Path, drawn_frames: None) -> dict[str, "Deck"]:
    """Every deck by its lesson's file name, each cut once for all workers."""
    from ketalab.publish import slides

    def cut(name: str) -> None:
        if not (of_all / f"{name}.deck").exists():
            notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
            with write_atomically(of_all / f"{name}.deck") as file:
                file.write(pickle.dumps(slides.build(notebook)))

    names = [path.stem for path in lesson_files()]
    share_out(names, of_all, cut)
    return {name: pickle.loads((of_all / f"{name}.deck").read_bytes()) for name in names}


@pytest.fixture(scope="session")
def decks(
    tmp_path_factory: pytest.TempPathFactory, cut_decks: dict[str, "Deck"], node_modules: Path
) -> Path:
    """A folder as `make slides` writes it."""
    from ketalab.publish import slides

    folder = tmp_path_factory.mktemp("decks")
    slides.write(cut_decks.values(), folder)
    return folder


@pytest.fixture(scope="session")
def written_site(of_all: Path, drawn_frames: None, node_modules: Path) -> Path:
    """The web edition as `make site` writes it, once for all workers, and its lessons beside it."""
    from ketalab.publish import site
    from ketalab.publish.equations import Equations
    from ketalab.publish.reading import page

    stored = of_all / "site.pages"
    with FileLock(f"{stored}.lock"):
        if not stored.exists():
            with Equations() as equations:
                pages = [page(nbformat.read(path, as_version=4), equations) for path in lesson_files()]
                site.write(pages, equations, of_all / "site")
            with write_atomically(stored) as file:
                file.write(pickle.dumps(pages))
    return stored


@pytest.fixture(scope="session")
def site(written_site: Path) -> Path:
    """The folder of the web edition."""
    return written_site.with_suffix("")


@pytest.fixture(scope="session")
def site_pages(written_site: Path) -> dict[str, "Page"]:
    """Every lesson's page by its lesson's file name."""
    return {one.file.removesuffix(".html"): one for one in pickle.loads(written_site.read_bytes())}


@pytest.fixture(scope="session")
def run_again(request: pytest.FixtureRequest, of_all: Path) -> Callable[[str], tuple[NotebookNode, Path]]:
    """A lesson run afresh and the folder of its figures: as nbval ran it just before (`workers.py` puts
    who asks for this behind the lesson's cells), or else run here, once for all tests and workers."""
    from ketalab.publish.refresh import execute, normalise

    def run(name: str) -> tuple[NotebookNode, Path]:
        path = ROOT / "notebooks" / f"{name}.ipynb"
        if found := heard(request.session, path):
            return normalise(found[0]), found[1]
        stored, figures = of_all / f"{name}.again.ipynb", of_all / f"{name}.figures"
        with FileLock(f"{stored}.lock"):
            if not stored.exists():
                figures.mkdir()
                fresh = nbformat.read(path, as_version=4)
                execute(fresh, figures)
                stored.write_text(nbformat.writes(normalise(fresh)), "utf-8")
        return nbformat.read(stored, as_version=4), figures

    return run
