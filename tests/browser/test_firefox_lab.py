"""Keys in JupyterLab and Notebook 7 in Firefox: a control answers, and the notebook stays as it was."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browser.test_firefox import drive
from browser.test_lab import CONTROLS, CONTROLS_CELLS, KEYS, notebook_of, started_lab

SCRIPT = Path(__file__).with_name("firefox_lab.mjs")
MOVED = {
    "slider",
    "menu of an explorable",
    "prediction",
    "grade",
    "menu of the ledger",
    "words of the ledger",
}


@pytest.fixture(scope="module")
def controls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a lab with a notebook that holds one of each thing that a hand may move."""
    root = tmp_path_factory.mktemp("lab")
    with started_lab(root) as address:
        nbformat.write(notebook_of(CONTROLS_CELLS), root / "notebooks" / "controls.ipynb")
        yield address


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_keys_belong_to_the_control_that_has_the_focus(controls: str, place: str):
    address = f"{controls}/{place}/notebooks/controls.ipynb"
    seen = drive(SCRIPT, address, json.dumps(CONTROLS), json.dumps(KEYS))
    errors = seen.pop("errors")
    assert errors == [] or place == "notebooks"  # which names plugins and commands that it lacks
    for name, told in seen.items():
        assert (told["changed"], told["lost"]) == ([], []), name
        assert told["moved"] or name not in MOVED, name
    assert set(seen) == set(CONTROLS)
