"""Where an engine has no package, a lesson says so in one sentence and prints what is stored."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

from ketalab.models import cascade, spiking
from ketalab.models.cascade import STEPS

ENGINES = ("antimony", "roadrunner", "brian2")
SENTENCE = {
    "03_the_glutamate_surge": "Brian2 has no package for this Python, so its stored runs are shown here.",
    "04_mtor_bdnf_and_new_synapses": "libRoadRunner has no package for this machine, so SciPy solves the "
    "same equations here.",
}


@pytest.fixture
def hidden(tmp_path: Path) -> dict[str, str]:
    """The environment of a process in which no engine can be imported."""
    for name in ENGINES:
        (tmp_path / f"{name}.py").write_text(f'raise ModuleNotFoundError("no {name}")')
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path}


@pytest.mark.parametrize("name", SENTENCE)
def test_a_lesson_without_its_engine_prints_what_is_stored(name: str, hidden: dict[str, str]):
    """Strictly compared, cell by cell, but for the one sentence that says so."""
    options = ["-q", "-p", "no:cacheprovider", "--nbval-sanitize-with", "tests/without_engines.cfg"]
    command = [sys.executable, "-m", "pytest", *options, f"notebooks/{name}.ipynb"]
    done = subprocess.run(command, cwd=ROOT, env=hidden, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:]
    sentence = re.search(r"regex: (.*)", (ROOT / "tests/without_engines.cfg").read_text("utf-8"))[1]
    assert re.fullmatch(sentence, SENTENCE[name] + "\ns")


def test_the_table_of_lesson_04_is_run_by_the_engine_that_its_text_names(hidden: dict[str, str]):
    """And where there is none, SciPy gives the same table after the sentence that says so."""
    asked = "from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import steps; print(steps())"
    with_it, without = (
        subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True)
        for env in (os.environ, hidden)
    )
    said, table = without.stdout.split("\n", 1)
    assert said == SENTENCE["04_mtor_bdnf_and_new_synapses"]
    assert with_it.stdout == f"libRoadRunner solved the equations of this table.\n{table}"


def test_without_libroadrunner_scipy_solves_the_cascade_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys
):
    def missing() -> None:
        raise ModuleNotFoundError("no antimony")

    monkeypatch.setattr(cascade, "_engine", missing)
    hours, p = cascade.timeline(1), cascade.parameters()
    found, ours = cascade.by_roadrunner(hours, p), cascade.by_scipy(hours, p)
    assert all((found[step] == ours[step]).all() for step in STEPS)
    assert capsys.readouterr().out == SENTENCE["04_mtor_bdnf_and_new_synapses"] + "\n"


def test_scipy_takes_libroadrunners_place_to_a_hundred_millionth():
    hours, p = cascade.timeline(21), cascade.parameters()
    for blocked in (cascade.NOTHING, cascade.Blocked(mtorc1=0.5)):
        theirs, ours = cascade.by_roadrunner(hours, p, blocked), cascade.by_scipy(hours, p, blocked)
        for step in STEPS:
            np.testing.assert_allclose(ours[step], theirs[step], rtol=0, atol=2e-8)


@pytest.mark.parametrize("way", [cascade.by_scipy, cascade.by_roadrunner])
@pytest.mark.parametrize("hours", [[0.0], [0.0, 4.0, 4.0], [4.0, 0.0], 3.0])
def test_hours_that_do_not_increase_are_refused_alike(way, hours):
    with pytest.raises(ValueError, match="times: they must be two or more hours in increasing order"):
        way(hours, cascade.parameters())


def test_what_is_not_stored_needs_brian2_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(spiking, "_brian_is_here", lambda: False)
    spiking._say_once.cache_clear()
    parts = []
    run = spiking.simulate(1, 0, progress=lambda part, parts_: parts.append(part))
    assert run is spiking.lesson_runs()[3]
    assert parts == list(range(1, spiking.PARTS + 1))
    assert capsys.readouterr().out == SENTENCE["03_the_glutamate_surge"] + "\n"
    for values in ({"block_interneuron": 0.123}, {"seed": 2}, {"nudge": 1e-9}, {"seconds": 0.7}):
        with pytest.raises(RuntimeError, match="Brian2, which has no package for this Python, is needed"):
            spiking.simulate(**{"block_interneuron": 1, "block_pyramidal": 0} | values)
