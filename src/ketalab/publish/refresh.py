"""Run every lesson in place and store its outputs, so that a second run changes nothing."""

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from ketalab.data.lessons import NOTEBOOKS, lesson_files, ready
from ketalab.explorables.description import VIEW_MIME
from ketalab.paths import write_atomically
from ketalab.plots.show import EXPORT_TO
from ketalab.publish import glossary, readme, teaching
from ketalab.publish.cells import ABOUT_PYTHON, CURIOUS, shows_code, tags
from ketalab.publish.figures import FIGURES
from ketalab.publish.weave import keep_references, weave

STEPS = (5, 10, 20, 30, 60, 120, 300)  # s, the running times a badge can name
KEPT = ("tags", "slideshow", "notes", "cover")


def main(lessons: Sequence[str] = ()) -> None:
    for path in chosen(lessons):
        notebook = nbformat.read(path, as_version=4)
        fold_from_the_heading(notebook)
        keep_references(weave(notebook))
        seconds = execute(notebook, FIGURES)
        about = notebook.metadata["ketalab"]
        about["seconds"] = running_step(seconds, about.get("seconds", STEPS[0]))
        save(normalise(weave(notebook)), path)
        print(f"{path.name}: {seconds:.1f} s")
    glossary.write()
    readme.write()
    teaching.write()


def chosen(lessons: Sequence[str]) -> list[Path]:
    """The files of these lesson numbers, or of all; ValueError for a number that is none of them."""
    there = ready()
    if unknown := [number for number in lessons if number not in there]:
        raise ValueError(f"lesson: {unknown[0]!r} is not one of {', '.join(sorted(there))}")
    return [path for path in lesson_files() if not lessons or path.name[:2] in lessons]


def execute(notebook: NotebookNode, figures: Path) -> float:
    """Run all cells from a fresh kernel, exporting figures; returns the seconds of a processor it took.

    Those are the seconds that a reader waits on a machine that does nothing else, however busy this one is.
    """
    environment = dict(os.environ) | {EXPORT_TO: str(figures)}
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # the kernel's own remarks are not the lesson's
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    before = os.times()
    client.execute(env=environment)
    after = os.times()
    return sum(
        getattr(after, part) - getattr(before, part) for part in ("children_user", "children_system")
    )


def fold_from_the_heading(notebook: NotebookNode) -> None:
    """Give the heading of each fold a cell of its own: JupyterLab goes on showing what stands in it."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        heading, _, text = cell.source.partition("\n")
        if CURIOUS in tags(cell) and text.strip():
            cell.source = heading
            slideshow = {"slideshow": {"slide_type": "skip"}}
            cells.append(nbformat.v4.new_markdown_cell(text.strip("\n"), metadata=slideshow))
    notebook.cells = cells


def running_step(seconds: float, stated: int) -> int:
    """The running time to state; the stated one stays unless far off: a busy machine is no news."""
    if stated / 8 <= seconds <= 3 * stated:
        return stated
    return next((step for step in STEPS if seconds <= 0.8 * step), STEPS[-1])


def normalise(notebook: NotebookNode, keep: Sequence[str] = KEPT) -> NotebookNode:
    """Drop what differs between runs or machines: timings, widget ids, interpreter versions; fold code
    that need not be read, and what is for the curious.

    The live view of a widget is left out of the stored output: without its kernel JupyterLab would
    show an error in its place, where the picture beside it says something true.
    """
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        cell.metadata = NotebookNode({k: cell.metadata[k] for k in keep if k in cell.metadata})
        if cell.cell_type == "code" and not shows_code(cell):
            cell.metadata["jupyter"] = {"source_hidden": True}
        if CURIOUS in tags(cell):
            cell.metadata["jp-MarkdownHeadingCollapsed"] = True
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] += 1
        cell.id = f"{digest}-{seen[digest]}"
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                output.get("data", {}).pop(VIEW_MIME, None)
                if "metadata" in output:
                    output.metadata = _as_a_browser_writes(output.metadata)
    about = {"ketalab": notebook.metadata["ketalab"], **deepcopy(ABOUT_PYTHON)}
    notebook.metadata = nbformat.from_dict(about)
    notebook.nbformat_minor = 5
    return notebook


def _as_a_browser_writes(value: Any) -> Any:
    """JSON as JupyterLab would save it again: its whole numbers have no decimal point (16, not 16.0)."""
    if isinstance(value, dict):
        return NotebookNode({key: _as_a_browser_writes(one) for key, one in value.items()})
    if isinstance(value, list):
        return [_as_a_browser_writes(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _joined(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """What a cell printed in one piece: how the kernel cut it into messages depends on the moment."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def save(notebook: NotebookNode, path: Path) -> None:
    """Replace the notebook's file in one step."""
    nbformat.validate(notebook)
    with write_atomically(path) as file:
        file.write(nbformat.writes(notebook).encode() + b"\n")
