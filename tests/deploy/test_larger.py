"""The container recipe and the chart's values: spelled as documented, in step with one another.

What is held here is our own list of documented keys with their types. That the file satisfies the chart's
own schema was checked by hand, against jupyterhub/values.schema.yaml of zero-to-jupyterhub-k8s at commit
48ea50e; the chart is no part of this repository.
"""

import csv
import json
import math
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from conftest import ROOT

VALUES = yaml.safe_load((ROOT / "deploy/zero_to_jupyterhub.yaml").read_text("utf-8"))
RECIPE = (ROOT / "deploy/Containerfile").read_text("utf-8")
PAGE = (ROOT / "deploy/LARGER.md").read_text(encoding="utf-8")
NUMBER = (int, float)
# The chart's configuration reference documents these keys with these types.
DOCUMENTED: dict[str, type | tuple[type, ...]] = {
    "hub.config.JupyterHub.admin_access": bool,
    "hub.config.JupyterHub.authenticator_class": (str, type(None)),
    "hub.concurrentSpawnLimit": int,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.cmd": (str, list),
    "singleuser.defaultUrl": str,
    "singleuser.memory.guarantee": (str, *NUMBER),
    "singleuser.memory.limit": (str, *NUMBER),
    "singleuser.cpu.guarantee": NUMBER,
    "singleuser.cpu.limit": NUMBER,
    "singleuser.storage.type": str,
    "singleuser.storage.capacity": str,
    "singleuser.storage.homeMountPath": str,
    "singleuser.uid": int,
    "singleuser.fsGid": int,
    "singleuser.allowPrivilegeEscalation": bool,
    "singleuser.startTimeout": int,
    "singleuser.networkPolicy.enabled": bool,
    "singleuser.networkPolicy.egressAllowRules.nonPrivateIPs": bool,
    "cull.enabled": bool,
    "cull.timeout": int,
    "cull.every": int,
    "cull.users": bool,
    "prePuller.hook.enabled": bool,
}


def flat(values: dict, above: str = "") -> dict[str, object]:
    found = {}
    for key, value in values.items():
        found |= flat(value, f"{above}{key}.") if isinstance(value, dict) else {f"{above}{key}": value}
    return found


def misspelt(values: dict) -> list[str]:
    """Keys that are not documented or have another type."""
    return [
        key
        for key, value in flat(values).items()
        if key not in DOCUMENTED
        or not isinstance(value, DOCUMENTED[key])
        or (isinstance(value, bool) and DOCUMENTED[key] is not bool)
    ]


def test_every_key_is_a_documented_one_of_its_type():
    assert misspelt(VALUES) == []
    assert len(flat(VALUES)) == len(DOCUMENTED)


@pytest.mark.parametrize(
    ("key", "value"),
    [("memory", {"guaranty": "1G"}), ("cpu", {"limit": "two"}), ("uid", True), ("cmdd", "x")],
)
def test_a_slip_in_the_values_is_found(key, value):
    changed = json.loads(json.dumps(VALUES))
    changed["singleuser"][key] = value
    assert len(misspelt(changed)) == 1


def test_image_and_chart_start_the_same_command_as_the_same_person_on_a_course_that_is_read_only():
    started = json.loads(re.search(r"^CMD (\[.+\])$", RECIPE, re.MULTILINE)[1])
    assert VALUES["singleuser"]["cmd"] == started
    assert re.findall(r"^USER (\S+)$", RECIPE, re.MULTILINE) == [str(VALUES["singleuser"]["uid"])]
    assert (
        RECIPE.index("chmod -R u=rwX,go=rX /srv/ketalab")
        < RECIPE.index("USER 1000")
        < RECIPE.index("\nCMD")
    )
    assert VALUES["singleuser"]["storage"]["homeMountPath"] == "/home/jovyan"
    assert f"{VALUES['singleuser']['image']['name']}:{VALUES['singleuser']['image']['tag']}" in RECIPE
    assert f'version = "{VALUES["singleuser"]["image"]["tag"]}"' in (ROOT / "pyproject.toml").read_text(
        "utf-8"
    )


def test_the_recipe_copies_what_is_there_and_never_what_people_handed_in():
    copied = [shlex.split(line)[:-1] for line in re.findall(r"^COPY (.+)$", RECIPE, re.MULTILINE)]
    names = [name for line in copied for name in line]
    assert names
    for name in names:
        assert (ROOT / name).exists(), name
    assert not {".", "./", "classroom", ".git"} & set(names)


def test_the_command_of_the_image_copies_the_lessons_and_becomes_the_server(tmp_path):
    script, lessons = ROOT / "deploy/course_files.py", ROOT / "notebooks"
    for home in (tmp_path, tmp_path / "missing"):  # even where nothing can be copied the server starts
        command = [
            sys.executable,
            script,
            lessons,
            home / "ketamine",
            sys.executable,
            "-c",
            "print('serves')",
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert ran.stdout.endswith("serves\n")
    assert (tmp_path / "ketamine/notebooks/00_start_here.ipynb").exists()


def test_the_sum_of_the_costs_follows_from_the_curve():
    with (ROOT / "tests/bench/class_load.csv").open(newline="") as file:
        curve = [{k: float(v) for k, v in row.items() if v} for row in csv.DictReader(file)]
    one, most = curve[0], curve[-1]
    more = (most["memory_mb"] - one["memory_mb"]) / (most["students"] - one["students"])
    smooth = max(row["students"] / row["cores"] for row in curve if row["median_ms"] < 50)
    assert f"{more:.1f} MB" in PAGE
    assert f"{smooth:g} students on a core" in PAGE
    promised, cores = 448, 1 / smooth
    assert 2 * more < promised <= 2.5 * more
    assert VALUES["singleuser"]["memory"]["guarantee"] == f"{promised}M"
    assert VALUES["singleuser"]["cpu"]["guarantee"] == cores
    for students in (40, 400, 4000):
        memory, needed = students * promised / 1024, students * cores
        machines = max(math.ceil(memory / (64 * 0.75)), math.ceil(needed / 16))
        sums = [
            f"{students:,}",
            f"{memory:,.0f} GiB",
            f"{needed:,.0f}",
            f"{machines}",
            f"{machines * 25:,}",
        ]
        row = f"| {' | '.join(sums)} | {students:,} GiB |"
        assert row in PAGE
