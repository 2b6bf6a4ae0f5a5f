"""The live widget: it follows the controls, coalesces a flood of changes, and can be reset."""

import asyncio

import pytest

from ketalab.explorables.widget import OWN_SETTINGS
from ketalab.lessons import CATALOGUE, explorable


@pytest.mark.parametrize("name", CATALOGUE)
def test_moving_a_control_changes_picture_and_read_out(name: str):
    live = explorable(name).live
    for control in live.explorable.controls:
        before = live.image.value, live.readout.value
        live.set(**{control.name: control.extremes[0]})
        first = live.image.value, live.readout.value
        live.set(**{control.name: control.extremes[-1]})
        assert (live.image.value, live.readout.value) != first or first != before, control.name
        live.set(**live.explorable.start)


def test_presets_and_reset_move_all_controls_and_the_menu_follows():
    live = explorable("route_to_plasma").live
    live.preset.value = "Nasal esketamine, 84 mg"
    assert live.values["route"] == "nasal esketamine"
    assert live.values["dose"] == 1.2
    live.controls["dose"].value = 1.0
    assert live.preset.value == OWN_SETTINGS
    live.reset.click()
    assert live.values == live.explorable.start
    assert live.preset.value == "Depression trials: 0.5 mg/kg over 40 min"


def test_what_a_browser_rounds_badly_is_snapped():
    live = explorable("route_to_plasma").live
    live.controls["minutes"].value = 39.99999999999999
    assert live.values["minutes"] == 40
    assert "185 ng/mL" in live.readout.value


def test_a_flood_of_changes_is_answered_by_few_frames_and_the_last_one_wins():
    async def flood() -> tuple[int, str]:
        live = explorable("route_to_plasma").live
        drawn = live.frames_drawn
        for step in range(200):
            live.controls["dose"].value = 0.1 + 0.005 * step
            if step % 10 == 0:
                await asyncio.sleep(0)
        last = explorable("route_to_plasma")
        said = last.readout(last.at(dose=live.values["dose"]))
        for _ in range(100):  # the slower the machine, the later the last frame
            await asyncio.sleep(0.1)
            if live.readout.value == said:
                break
        return live.frames_drawn - drawn, live.readout.value, live.values["dose"]

    frames, shown, dose = asyncio.run(flood())
    assert 1 <= frames < 60
    fresh = explorable("route_to_plasma")
    assert shown == fresh.readout(fresh.at(dose=dose))


def test_the_widget_names_its_controls_and_carries_the_alt_text():
    live = explorable("route_to_plasma").live
    for widget in live.controls.values():
        assert widget.description
        assert widget.tooltip
    assert "data-alt='From dose to plasma." in live.readout.value
    assert bytes(live.image.value).startswith(b"\x89PNG")


def test_a_value_out_of_range_is_refused_before_anything_moves():
    live = explorable("route_to_plasma").live
    before = live.values
    with pytest.raises(ValueError, match="weight: 500 is not allowed"):
        live.set(dose=1.0, weight=500)
    assert live.values == before
