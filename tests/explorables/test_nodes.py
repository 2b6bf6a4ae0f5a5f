"""Without a kernel: which settings are computed, and that a page reads of them what the model says."""

import base64
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.explorables.controls import Slider
from ketalab.explorables.nodes import LED, MOST_SETTINGS, WHOLE, Nodes, named, places, positions
from ketalab.explorables.packed import Words, folded, varints
from ketalab.lessons import CATALOGUE, explorable
from ketalab.publish import moving


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_control_is_frozen_and_all_that_is_named_can_be_set(name: str):
    shown = explorable(name)
    chosen = positions(shown)
    every = {control.name: places(control) for control in shown.controls}
    assert list(chosen) == list(every)
    whole = prod(map(len, every.values())) <= WHOLE
    if whole:
        assert chosen == every
    for control in shown.controls:
        assert set(named(shown, control)) <= set(chosen[control.name]), control.name
        assert set(chosen[control.name]) <= set(every[control.name]), control.name
        assert len(chosen[control.name]) >= (3 if isinstance(control, Slider) else len(control.options))
    for preset in shown.presets.values():
        assert all(value in chosen[control] for control, value in (shown.start | preset).items())
    assert prod(map(len, chosen.values())) <= max(
        WHOLE if whole else MOST_SETTINGS,
        prod(
            max(LED, len(named(shown, control, stops=True)))
            if getattr(control, "led", False)
            else len(named(shown, control))
            for control in shown.controls
        ),
    )


def test_more_room_is_filled_where_the_gaps_are_widest():
    shown = explorable("bladder_by_days")
    few, many = positions(shown, 500), positions(shown, 5000)
    assert prod(map(len, few.values())) <= 500
    assert prod(map(len, many.values())) <= 5000
    for control in shown.controls:
        assert set(few[control.name]) <= set(many[control.name])
    (days,) = (control for control in shown.controls if control.name == "days")
    gaps = np.diff([places(days).index(day) for day in many["days"]])
    assert gaps.max() <= 2 * gaps.min() + 1, "what was halved was always the widest"


@pytest.mark.parametrize(
    "name", ["going_home", "small_trials_shine", "adverse_tornado", "pool_and_silence", "silent_studies"]
)
def test_every_setting_of_a_page_says_what_the_model_says(name: str, node):
    nodes = Nodes(explorable(name))
    sizes = [len(nodes.positions[axis]) for axis in nodes.axes]
    asked = {"data": base64.b64encode(nodes.parcel).decode(), "on": None}
    (frames,) = node([asked | {"counts": [sizes[-1]] * prod(sizes[:-1])}])
    assert len(frames) == nodes.settings
    shown = explorable(name)
    every = product(*(nodes.positions[axis] for axis in nodes.axes))
    for frame, values in zip(frames, every, strict=True):
        setting = shown.start | dict(zip(nodes.axes, values, strict=True))
        assert frame["words"] == shown.words(shown.at(**setting), setting)


def read_varints(data: bytes) -> list[int]:
    """By the rule, one byte after the other."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            found.append(value)
            value = shift = 0
    return found


@given(st.lists(st.integers(0, 2**35 - 1), min_size=1))
def test_whole_numbers_come_back(values: list[int]):
    data = varints(np.array(values, dtype=np.int64))
    assert read_varints(data) == values
    assert len(data) == sum(max(1, -(-value.bit_length() // 7)) for value in values)


@given(st.integers(-(2**31), 2**31))
def test_numbers_are_folded_so_that_small_ones_stay_small(value: int):
    (one,) = folded(np.array([value]))
    assert one == (2 * value if value >= 0 else -2 * value - 1)
    if abs(value) < 2**30:
        assert folded(np.array([value], np.int32)) == [one]


@given(st.text(alphabet="ab \t\n\x1d\x1e\x1f", max_size=60))
def test_words_come_back(text: str):
    words = Words()
    pieces = words.pieces(text)
    known = list(words.places)
    assert "".join(known[piece] for piece in pieces) == text


def test_what_is_kept_is_computed_anew_after_a_new_version_of_what_draws_it(
    monkeypatch: pytest.MonkeyPatch,
):
    def digest() -> str:
        moving.digest.cache_clear()
        moving._libraries.cache_clear()
        return moving.digest("going_home")

    before = digest()
    assert digest() == before
    known = moving.version
    for package in ("matplotlib", "numpy", "scipy", "pandas"):
        monkeypatch.setattr(moving, "version", lambda name, p=package: "99" if name == p else known(name))
        assert digest() != before, package
    monkeypatch.undo()
    assert digest() == before
