"""Lessons as they are stored: read once, by whoever only looks at them."""

from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def notebook(path: Path) -> NotebookNode:
    """A notebook's file, for reading only: all who ask share it, until the file changes."""
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)
