"""Committed lessons are what their sources make of them, and running them again changes nothing."""

import copy
import io
import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from conftest import ROOT, lessons
from nbformat import NotebookNode
from PIL import Image

from ketalab.paths import write_atomically
from ketalab.publish import readme
from ketalab.publish.cells import for_the_curious
from ketalab.publish.refresh import fold_from_the_heading, normalise, running_step, save
from ketalab.publish.weave import cited, tags, weave


def test_the_committed_lesson_is_its_woven_self(notebook: NotebookNode):
    woven = weave(copy.deepcopy(notebook))
    for cell, again in zip(notebook.cells, woven.cells, strict=True):
        assert cell.source == again.source, "run `make refresh`"


def test_weaving_renews_what_was_changed_by_hand(notebook: NotebookNode):
    changed = copy.deepcopy(notebook)
    for cell in changed.cells:
        if any(tag.startswith(("task:", "exercise:", "solution:")) for tag in tags(cell)):
            cell.source = "out of date"
        cell.source = cell.source.replace("*Time to here: about 2 min.*", "*Time to here: about 99 min.*")
    assert [c.source for c in weave(changed).cells] == [c.source for c in notebook.cells]


def test_a_citation_may_be_written_short():
    notebook = lessons()["01_from_dose_to_brain"]
    notebook.cells[5].source += " See [@zarate2006]."
    weave(notebook)
    assert '[Zarate et al. 2006a](https://doi.org/10.1001/archpsyc.63.8.856 "zarate2006")' in str(
        notebook.cells
    )
    assert "zarate2006" in cited(notebook)
    notebook.cells[5].source = "See [@nobody2099]."
    with pytest.raises(ValueError, match="reference: 'nobody2099' is not in"):
        weave(notebook)


def outputs(notebook: NotebookNode) -> list[tuple]:
    """Everything stored but pictures."""
    return [
        (cell.id, cell.source, cell.get("execution_count"), text_of(output))
        for cell in notebook.cells
        for output in cell.get("outputs", [{}])
    ]


def text_of(output: NotebookNode) -> dict:
    data = {kind: value for kind, value in output.get("data", {}).items() if kind != "image/png"}
    return {**output, "data": data}


def pictures(notebook: NotebookNode) -> list[np.ndarray]:
    found = [o.get("data", {}).get("image/png") for c in notebook.cells for o in c.get("outputs", [])]
    return [np.asarray(Image.open(io.BytesIO(b64decode(p))).convert("RGB"), int) for p in found if p]


def test_running_a_lesson_again_changes_nothing(
    notebook: NotebookNode, lesson_name: str, run_again: Callable[[str], tuple[NotebookNode, Path]]
):
    """`make refresh` leaves `git diff` empty, and `make figures` gives back `figures/`."""
    fresh, folder = run_again(lesson_name)
    assert outputs(fresh) == outputs(notebook)
    for picture, stored in zip(pictures(fresh), pictures(notebook), strict=True):
        assert picture.shape == stored.shape
        assert np.abs(picture - stored).mean() < 0.5
    committed = {path.name for path in (ROOT / "figures").glob(f"{lesson_name[:2]}_*")}
    assert {path.name for path in folder.iterdir()} == committed
    for path in folder.glob("*.txt"):
        assert path.read_text("utf-8") == (ROOT / "figures" / path.name).read_text("utf-8")


def test_what_differs_between_machines_is_dropped():
    notebook = lessons()["00_start_here"]
    before = nbformat.writes(notebook)
    for cell in notebook.cells:
        cell.id = f"random{abs(hash(cell.source)) % 10**8}"
        cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.14.9"}
    notebook.metadata["widgets"] = {"state": {}}
    assert nbformat.writes(normalise(notebook)) == before


def test_streams_cut_in_pieces_are_joined():
    notebook = lessons()["00_start_here"]
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    whole = cell.outputs[0].text
    stream = [nbformat.v4.new_output("stream", text=text) for text in whole.splitlines(keepends=True)]
    cell.outputs = stream + cell.outputs[1:]
    assert len(stream) > 2
    assert next(c for c in normalise(notebook).cells if c.cell_type == "code").outputs[0].text == whole


@pytest.mark.parametrize(
    ("seconds", "stated", "shown"),
    [(4, 10, 10), (29, 10, 10), (31, 10, 60), (1, 20, 5), (2000, 300, 300)],
)
def test_the_running_time_named_is_true_and_stays(seconds: float, stated: int, shown: int):
    assert running_step(seconds, stated) == shown


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path):
    path = tmp_path / "lesson.ipynb"
    path.write_text("before")

    def broken() -> None:
        with write_atomically(path) as file:
            file.write(b"half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        broken()
    assert path.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]
    with write_atomically(path) as file:
        file.write(b"after")
    assert path.read_text("utf-8") == "after"


def test_an_invalid_notebook_is_not_written(tmp_path: Path):
    path = tmp_path / "lesson.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("x")])
    notebook.cells[0]["outputs"] = "not allowed"
    with pytest.raises(nbformat.ValidationError):
        save(notebook, path)
    assert not path.exists()


@pytest.mark.parametrize("page", [readme.README, readme.CONTRIBUTING], ids=lambda page: page.name)
def test_the_tables_of_a_page_are_as_they_should_be(page: Path):
    text = page.read_text(encoding="utf-8")
    assert readme.renewed(text) == text, "run `make refresh`"
    assert readme.renewed(re.sub(r"^\| 0[01].*\n", "", text, flags=re.MULTILINE)) == text


def test_the_readme_links_every_lesson():
    text = readme.README.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert f"(notebooks/{path.name})" in text


def test_a_fold_shows_its_heading_alone():
    cells = [
        nbformat.v4.new_markdown_cell("### Aside\n\nText.\n", metadata={"tags": ["curious"]}),
        nbformat.v4.new_markdown_cell("### Another\n", metadata={"tags": ["curious"]}),
        nbformat.v4.new_markdown_cell("## Core\n\nText."),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    for _ in range(2):  # a second time changes nothing
        fold_from_the_heading(notebook)
        assert [cell.source.strip() for cell in notebook.cells] == [
            "### Aside",
            "Text.",
            "### Another",
            "## Core\n\nText.",
        ]
        assert for_the_curious(notebook.cells) == [True, True, True, False]
