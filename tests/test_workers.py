"""Whoever types `pytest -n 2` gets the verdict of `make test`: a lesson's cells stay together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from nbformat import v4, write

CELLS = 6  # each needs the one before


@pytest.mark.parametrize("asked", [(), ("--dist", "load")], ids=["bare", "with what it defaults to"])
def test_the_cells_of_a_lesson_stay_with_one_worker(tmp_path: Path, asked: tuple[str, ...]):
    lesson = v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    for number in range(CELLS):
        before = f"number_{number - 1} + " if number else ""
        lesson.cells.append(v4.new_code_cell(f"number_{number} = {before}1", id=f"cell-{number}"))
    write(lesson, tmp_path / "lesson.ipynb")
    told = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", *asked, *told, str(tmp_path / "lesson.ipynb")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        timeout=300,
    )
    assert f"{CELLS} passed" in ran.stdout, ran.stdout[-2000:] + ran.stderr[-2000:]
