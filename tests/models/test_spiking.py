"""The spiking network: same numbers everywhere, near its mean field, and stored runs that are its runs."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from ketalab.models import circuit, spiking
from ketalab.models.circuit import POPULATIONS, PYRAMIDAL


@pytest.fixture(scope="module")
def short() -> spiking.Run:
    return spiking.simulate(0.5, 0.25, seconds=0.3)


def spikes(run: spiking.Run) -> list[tuple[int, float]]:
    return [
        (i, round(float(t), 5))
        for p in POPULATIONS
        for i, t in zip(getattr(run, p).cell, getattr(run, p).time, strict=True)
    ]


def test_rounding_does_not_change_a_single_spike(short: spiking.Run):
    """A nudge far above rounding errors dies out: the order of summing cannot matter."""
    assert spikes(spiking.simulate(0.5, 0.25, seconds=0.3, nudge=1e-9)) == spikes(short)


def test_the_seed_is_what_makes_runs_differ(short: spiking.Run):
    other = spiking.simulate(0.5, 0.25, seconds=0.3, seed=2)
    assert spikes(other) != spikes(short)
    assert other.pyramidal.rate == pytest.approx(short.pyramidal.rate, rel=0.3)


THREADS = """
import json
from ketalab.models import spiking
run = spiking.simulate(0.5, 0.25, seconds=0.3)
print(json.dumps([run.pyramidal.rate, run.interneuron.rate]))
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_fresh_process_with_other_threads_gives_the_same_and_keeps_quiet(short, threads, monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, threads)
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [short.pyramidal.rate, short.interneuron.rate]
    assert done.stderr == ""


@pytest.fixture(scope="module")
def quick(short: spiking.Run) -> dict[str, Any]:
    """One quick run: what it tells meanwhile, and what NumPy and Brian2 are like before and after."""
    brian2 = sys.modules["brian2"]
    np.random.seed(4)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(4)  # noqa: NPY002
    before, told, built = brian2.prefs.codegen.target, [], []

    def build(*given: Any, make: Callable = spiking._build) -> tuple:
        built.append(make(*given))
        return built[0]

    def progress(part: int, parts: int) -> None:
        told.append((part, parts, float(built[0][0].t / brian2.ms)))

    with patch.object(spiking, "_build", build):
        spiking.simulate(0, 0, seconds=0.1, progress=progress)
    return {
        "told": told,
        "drawn": (expected, np.random.random()),  # noqa: NPY002
        "target": (before, brian2.prefs.codegen.target),
    }


@pytest.mark.parametrize("what", ["drawn", "target"])
def test_a_run_leaves_numpys_random_state_and_brians_settings_alone(quick, what: str):
    before, after = quick[what]
    assert after == before


def test_progress_is_told_in_tenths(quick):
    told = [(part, 10, 50 * part) for part in range(1, 11)]  # of 500 ms, the first 400 to settle
    assert quick["told"] == [pytest.approx(one, abs=0.11) for one in told]


def test_constants_carry_the_units_brian_checks(short):
    brian2 = sys.modules["brian2"]
    own, shared = spiking._with_units(brian2, PYRAMIDAL), spiking._with_units(brian2, "shared")
    current = own["leak"] * (shared["leak_reversal"] - shared["threshold"])
    assert brian2.get_dimensions(current) == brian2.amp.dim
    assert brian2.get_dimensions(own["capacitance"] / own["leak"]) == brian2.second.dim
    assert float(own["capacitance"] / own["leak"] / brian2.ms) == pytest.approx(20)
    assert float(current / brian2.pA) == pytest.approx(-500)
    assert brian2.get_dimensions(shared["mg_slope"] * shared["threshold"]) is brian2.get_dimensions(1)


def test_the_spike_trains_are_what_the_rates_count(short: spiking.Run):
    for p in POPULATIONS:
        train, count = getattr(short, p), circuit.constants(p).cells
        assert train.rate == pytest.approx(len(train.time) / count / 0.3)
        assert train.cell.min() >= 0
        assert train.cell.max() < count
        assert 0 <= train.time.min() <= train.time.max() < 0.3
        refractory = circuit.constants(p).refractory / 1000
        gaps = [np.diff(np.sort(train.time[train.cell == i])).min(initial=1) for i in range(50)]
        assert min(gaps) >= refractory - 1e-9


# Stored runs --------------------------------------------------------------------------------------


def test_the_store_is_small_and_complete():
    assert spiking.STORE.stat().st_size < 300_000
    runs = spiking.stored_runs()
    assert len(runs) == len(spiking.STORED_OCCUPANCY) * len(spiking.STORED_SELECTIVITY)
    for (occupancy, selectivity), run in runs.items():
        expected = circuit.block_from_occupancy(occupancy, selectivity)
        assert (run.block_interneuron, run.block_pyramidal) == pytest.approx(expected)
        for p in POPULATIONS:
            assert getattr(run, p).cell.max() < spiking.SHOWN[p]
            assert getattr(run, p).time.max() < 1


@pytest.mark.parametrize("key", [(0.5, 2.0)])
def test_a_stored_run_is_what_the_network_does_today(key):
    stored, run = spiking.stored_runs()[key], spiking.run_of(*key)
    for p in POPULATIONS:
        mine, kept = getattr(run, p), getattr(stored, p)
        assert mine.rate == pytest.approx(kept.rate, abs=0.02)
        shown = (mine.cell < spiking.SHOWN[p]) & (mine.time < 1)
        ticks = set(zip(mine.cell[shown], np.round(mine.time[shown] * 1e4), strict=True))
        assert len(ticks & set(zip(kept.cell, np.round(kept.time * 1e4), strict=True))) >= 0.99 * len(ticks)


def test_the_mean_field_is_near_the_network_and_fails_where_the_lesson_says():
    """Within 15% up to 6 Hz; above, the mean field runs ahead."""
    far = []
    for run in spiking.stored_runs().values():
        state = circuit.steady_state(run.block_interneuron, run.block_pyramidal)
        assert float(state.interneuron) == pytest.approx(run.interneuron.rate, rel=0.05)
        if run.pyramidal.rate < 6:
            assert float(state.pyramidal) == pytest.approx(run.pyramidal.rate, rel=0.15)
        else:
            far.append(float(state.pyramidal) / run.pyramidal.rate)
    assert far
    assert min(far) > 1


def test_the_nearest_stored_point_is_found():
    assert spiking.nearest_stored(0.52, 2.0) == (0.5, 2.0)
    assert spiking.nearest_stored(0.0, 3.0) == (0.0, 4.0)
    assert spiking.nearest_stored(1.0, 0.6) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"block_interneuron": -1, "block_pyramidal": 0}, "block_interneuron: -1 is not allowed"),
        ({"block_interneuron": 0, "block_pyramidal": 2}, "block_pyramidal: 2 is not allowed"),
        ({"block_interneuron": 0, "block_pyramidal": 0, "seconds": 90}, "seconds: 90 is not allowed"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(values, message: str):
    with pytest.raises(ValueError, match=message):
        spiking.simulate(**values)


def test_interneurons_first_is_more_firing_and_everything_blocked_is_less():
    runs = spiking.stored_runs()
    rest = runs[0.0, 4.0].pyramidal.rate
    assert runs[0.5, 4.0].pyramidal.rate > 1.5 * rest
    assert runs[1.0, 4.0].pyramidal.rate < 0.9 * rest
    assert runs[0.5, 1.0].pyramidal.rate < rest
    assert runs[0.5, 4.0].interneuron.rate < runs[0.0, 4.0].interneuron.rate
