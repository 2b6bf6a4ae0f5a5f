"""The stored outputs are a regression test that bites: one changed number makes a lesson fail."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbformat import NotebookNode

LESSON = "01_from_dose_to_brain.ipynb"
SPEAKS = r"explorable\("  # an explorable's text says its numbers


def verdict(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """nbval over a copy of one lesson, strictly, as `make test` runs it."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "-q",
            "-p",
            "no:cacheprovider",
            "-x",
            str(folder / LESSON),
        ],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def short(notebook: NotebookNode) -> NotebookNode:
    """The lesson's imports and the first cells that print numbers of its models, as they are stored."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    speaking = [cell for cell in code if re.search(SPEAKS, cell.source) and cell.outputs]
    notebook.cells = [*code[:2], *(cell for cell in speaking[:3] if cell not in code[:2])]
    return notebook


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("data", "src"):
        shutil.copytree(ROOT / name, tmp_path / name)
    nbformat.write(short(nbformat.read(ROOT / "notebooks" / LESSON, as_version=4)), tmp_path / LESSON)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def run(copy: Path) -> subprocess.CompletedProcess:
    search = os.pathsep.join([str(copy / "src"), os.environ["PYTHONPATH"]])
    return verdict(copy, PYTHONPATH=search, KETALAB_DATA=str(copy / "data"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path.name, old)
    path.write_text(text.replace(old, new), "utf-8")


def test_the_copy_passes_as_it_is(copy: Path):
    result = run(copy)
    assert result.returncode == 0, result.stdout[-2000:]


def test_one_changed_number_in_the_data_fails_the_lesson(copy: Path):
    path = copy / "data/pharmacokinetic_parameters.csv"
    rows = path.read_text("utf-8").splitlines(keepends=True)
    at = next(i for i, row in enumerate(rows) if row.startswith("otto2021,ketamine,disposition,CL,"))
    cells = rows[at].split(",")
    cells[4] = f"{float(cells[4]) * 1.02:.4g}"
    rows[at] = ",".join(cells)
    path.write_text("".join(rows), "utf-8")
    result = run(copy)
    assert result.returncode == 1
    assert "mismatch" in result.stdout


def test_one_changed_constant_of_a_model_fails_the_lesson(copy: Path):
    replace(
        copy / "src/ketalab/models/pharmacokinetics.py",
        "REFERENCE_WEIGHT = 70.0",
        "REFERENCE_WEIGHT = 77.0",
    )
    replace(copy / "src/ketalab/models/linear.py", "/ volume[:, None] * 1000", "/ volume[:, None] * 1020")
    result = run(copy)
    assert result.returncode == 1
    assert "mismatch" in result.stdout


def test_a_lesson_that_asks_the_network_fails(copy: Path):
    notebook = nbformat.read(copy / LESSON, as_version=4)
    call = "import urllib.request\nurllib.request.urlopen('http://example.org')"
    notebook.cells.insert(0, nbformat.v4.new_code_cell(call))
    nbformat.write(notebook, copy / LESSON)
    result = run(copy)
    assert result.returncode == 1
    assert "the course runs offline: example.org was asked for" in result.stdout
