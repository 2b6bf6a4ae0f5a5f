"""The lessons are the rows of the table: what else lies in the folder changes nothing."""

import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from ketalab.data import lessons, table


def test_a_readers_copies_are_no_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = [path.name for path in lessons.lesson_files()]
    assert [name[:2] for name in before] == list(table("lessons").lesson)
    for name in before:
        shutil.copyfile(ROOT / "notebooks" / name, tmp_path / name)
    for name in ("00_start_here_mine.ipynb", "00_start_here-Copy1.ipynb", "14_my_own.ipynb"):
        shutil.copyfile(ROOT / "notebooks" / before[0], tmp_path / name)
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    assert [path.name for path in lessons.lesson_files()] == before
    assert lessons.ready() == {name[:2] for name in before}
