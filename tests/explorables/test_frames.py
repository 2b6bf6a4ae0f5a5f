"""Without a kernel: every stop of every control leads to the frame it should, within the budget."""

import itertools
import json

import ipywidgets as widgets
import pytest
from ipywidgets.embed import dependency_state, embed_data

from ketalab.explorables.description import slider_stops
from ketalab.explorables.frames import MAX_BYTES, KernelFree
from ketalab.lessons import CATALOGUE, explorable
from ketalab.plots.png import small_webp


@pytest.fixture(scope="module", params=CATALOGUE)
def free(request) -> KernelFree:
    return KernelFree(explorable(request.param))


def nearest_stop(control):
    if isinstance(control.start, str):
        return control.start
    return min(slider_stops(control), key=lambda stop: abs(stop - control.start))


def sliders_stack(free: KernelFree) -> widgets.Widget:
    """The nested stacks behind the free controls."""
    frames = free.box.children[0].children[0]
    return frames.children[0] if free.explorable.presets else frames


def test_frames_stay_within_three_megabytes(free: KernelFree):
    state = json.dumps(embed_data(views=[free.box], state=dependency_state([free.box]))["manager_state"])
    assert free.bytes <= MAX_BYTES
    assert len(state) <= MAX_BYTES, f"{len(state) / 1e6:.1f} MB as written into a page"


def test_every_combination_of_stops_leads_to_its_own_frame(free: KernelFree):
    moving = [c for c in free.explorable.controls if len(slider_stops(c)) > 1]
    assert moving
    for choice in itertools.product(*(range(len(slider_stops(c))) for c in moving)):
        widget = sliders_stack(free)
        for index in choice:
            widget = widget.children[index]
        values = {c.name: slider_stops(c)[i] for c, i in zip(moving, choice, strict=True)}
        image, readout = widget.children
        assert readout.value == free.explorable.readout(free.explorable.at(**values))
        if sum(choice) % 5 == 0:  # comparing pictures is slow; the read-outs are compared everywhere
            assert image.value == small_webp(free.explorable.still(**values))


def test_presets_show_themselves_exactly(free: KernelFree):
    frames = free.box.children[0].children[0]
    for child, values in zip(frames.children[1:], free.explorable.presets.values(), strict=True):
        assert child.children[1].value == free.explorable.readout(free.explorable.at(**values))


def test_controls_are_linked_in_the_browser_to_every_stack_they_choose_from(free: KernelFree):
    state = dependency_state([free.box])
    linked = [s["state"] for s in state.values() if s["model_name"] == "LinkModel"]
    sources = {link["source"][0] for link in linked}
    for name, picker in free.pickers.items():
        assert f"IPY_MODEL_{picker.model_id}" in sources, name
    assert all(link["source"][1] == "index" for link in linked)
    assert all(link["target"][1] == "selected_index" for link in linked)
    for link in linked:
        source, target = (
            state[link[end][0].removeprefix("IPY_MODEL_")]["state"] for end in ("source", "target")
        )
        assert source["index"] == target["selected_index"], "a page would start with an empty frame"


def test_equal_frames_are_stored_once(free: KernelFree):
    values = [image.value for image in free._frames.values()]
    assert len(values) == len(free._frames)
    total = sum(1 for _ in itertools.product(*(slider_stops(c) for c in free.explorable.controls)))
    assert len(free._frames) <= total + len(free.explorable.presets)


def test_the_first_frame_is_the_start_or_the_nearest_stop(free: KernelFree):
    widget = sliders_stack(free)
    while isinstance(widget, widgets.Stack):
        widget = widget.children[widget.selected_index]
    start = {c.name: nearest_stop(c) for c in free.explorable.controls}
    assert widget.children[1].value == free.explorable.readout(free.explorable.at(**start))
