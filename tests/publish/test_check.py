"""What `make check` and the pre-commit hook refuse, and in which words."""

import subprocess
import sys

import pytest
from conftest import ROOT, lessons
from nbformat import NotebookNode
from nbformat.v4 import new_output

from ketalab.publish.check import problems


def first_code(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def run_in_part(notebook: NotebookNode) -> None:
    first_code(notebook).execution_count = None


def error(notebook: NotebookNode) -> None:
    first_code(notebook).outputs = [
        new_output("error", ename="ValueError", evalue="dose: -1", traceback=[])
    ]


def out_of_date(notebook: NotebookNode) -> None:
    badges = next(cell for cell in notebook.cells if "badges" in cell.metadata.get("tags", []))
    badges.source = badges.source.replace("min", "hours", 1)


def random_id(notebook: NotebookNode) -> None:
    notebook.cells[0].id = "a1b2c3d4"


def timing(notebook: NotebookNode) -> None:
    first_code(notebook).metadata["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}


def test_every_lesson_may_be_committed(notebook: NotebookNode):
    assert list(problems(notebook)) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (run_in_part, "not run from top to bottom"),
        (error, "cell 1 ends in ValueError: dose: -1"),
        (out_of_date, "made from elsewhere is out of date"),
        (random_id, "differ between machines"),
        (timing, "differ between machines"),
    ],
)
def test_a_lesson_that_was_not_refreshed_is_refused(damage, said: str):
    notebook = lessons()["00_start_here"]
    damage(notebook)
    assert any(said in problem for problem in problems(notebook))


def test_the_hook_runs_make_check_and_asks_for_nothing_from_a_network():
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml"],
        check=True,
    )
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert "entry: make check" in text
    assert "://" not in text
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncheck:")[2].splitlines()[1]
    for part in ("ruff format --check .", "ruff check .", "ketalab.publish check"):
        assert part in recipe
