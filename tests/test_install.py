"""Three doors, one set of versions: pyproject.toml, requirements.lock and environment.yml agree."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text()
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())


def locked() -> dict[str, list[Requirement]]:
    """The requirements of the lock by name; one name may have several, for different platforms."""
    found: dict[str, list[Requirement]] = {}
    for line in LOCK.splitlines():
        if re.match(r"[a-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\").strip())
            found.setdefault(requirement.name, []).append(requirement)
    return found


def loose() -> list[Requirement]:
    groups = [PYPROJECT["dependencies"], *PYPROJECT["optional-dependencies"].values()]
    return [Requirement(line) for group in groups for line in group]


def disagreements(environment: dict, requirements: list[Requirement], lock: dict) -> list[str]:
    """Everything the three files contradict each other in, in words."""
    wrong = []
    for requirement in requirements:
        pins = [str(pin.specifier).removeprefix("==") for pin in lock.get(requirement.name, [])]
        if not pins:
            wrong.append(f"{requirement.name} is not in the lock")
        wrong += [
            f"{requirement} refuses the locked {pin}" for pin in pins if pin not in requirement.specifier
        ]
    parts = environment["dependencies"]
    pip = next((part["pip"] for part in parts if isinstance(part, dict)), [])
    if pip != ["-r requirements.lock"]:
        wrong.append(f"environment.yml installs {pip} and not the lock")
    conda = [part for part in parts if isinstance(part, str)]
    python = next((part.partition("=")[2] for part in conda if part.startswith("python=")), "none")
    if f"--python-version {python}" not in (ROOT / "Makefile").read_text():
        wrong.append(f"environment.yml has Python {python}; the lock was made for another")
    if extra := {part.partition("=")[0] for part in conda} - {"python", "pip"}:
        wrong.append(f"environment.yml holds a second list of versions: {extra}")
    return wrong


def test_the_three_files_agree():
    assert disagreements(ENVIRONMENT, loose(), locked()) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e, r, k: k.pop("pandas"), "pandas is not in the lock"),
        (lambda e, r, k: r.append(Requirement("numpy>=99")), "numpy>=99 refuses the locked"),
        (lambda e, r, k: e["dependencies"].append("scipy=1.9"), "a second list of versions: {'scipy'}"),
        (lambda e, r, k: e["dependencies"].__setitem__(0, "python=3.9"), "Python 3.9; the lock was made"),
    ],
)
def test_a_disagreement_is_found(change, says):
    environment, requirements, lock = json.loads(json.dumps(ENVIRONMENT)), loose(), locked()
    change(environment, requirements, lock)
    assert says in " ".join(disagreements(environment, requirements, lock))


def test_every_locked_package_carries_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert all("--hash=sha256:" in block for block in blocks if re.match(r"[a-z0-9]", block))


def test_what_is_installed_is_what_is_locked():
    for name, requirements in locked().items():
        for requirement in requirements:
            if requirement.marker is None or requirement.marker.evaluate():
                assert version(name) in requirement.specifier, name


def test_no_index_address_stands_in_any_file():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    hosts = ("pypi" + ".org", "registry.npmjs" + ".org", "files.pythonhosted" + ".org", "--index" + "-url")
    for name in tracked.stdout.split():
        path = ROOT / name
        if path.suffix in {".png", ".gif", ".ttf", ".npz"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        assert not [host for host in hosts if host in text], name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_jupyterlab_is_told_not_to_ask_for_news_or_builds():
    installed = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    told = json.loads(installed.read_text())
    assert told["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_the_jupyterlab_extension_in_use_is_the_one_in_the_source():
    source = ROOT / "src/ketalab/jupyter/labextension"
    for path in filter(Path.is_file, source.rglob("*")):
        used = Path(sys.prefix) / "share/jupyter/labextensions/ketalab" / path.relative_to(source)
        assert used.read_bytes() == path.read_bytes(), "run `make lab` or `make test` to install it again"


def test_the_commands_of_the_readme_exist():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    named = set(re.findall(r"`make (\w+)`|^make (\w+)$", readme, re.MULTILINE))
    named = {one or other for one, other in named}
    assert {"lab", "test"} <= named
    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_the_course_says_how_to_cite_it_and_on_what_terms():
    """The fields that the Citation File Format 1.2.0 requires, and one licence in every place."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert str(citation["version"]) == PYPROJECT["version"]
    assert citation["license"] == PYPROJECT["license"].split(" AND ")
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("MIT", "CC BY 4.0"):
        assert name in text
        assert name in readme
    assert "(CITATION.cff)" in readme
    assert "(LICENSE)" in readme
    data = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert [licence["name"] for licence in data["licenses"]] == ["CC-BY-4.0"]


def test_the_built_wheel_holds_every_file_of_the_package(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as file:
        packed = set(file.namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = {name.removeprefix("src/") for name in tracked.stdout.split()}
    assert "ketalab/publish/templates/feedback/index.html.j2" in files
    assert files <= packed
