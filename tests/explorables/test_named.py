"""What notes and tasks ask a hand to set can be set where no kernel runs."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from explorables.named import Said, all_said, holds, settings

from ketalab.explorables.controls import Slider
from ketalab.explorables.nodes import LED, named, places, positions
from ketalab.lessons import CATALOGUE, explorable

LEAST = {  # settings that are read in each lesson's words: fewer, and a text is not understood any more
    "00": 6, "01": 4, "02": 18, "03": 4, "04": 10, "05": 7, "06": 4, "07": 6, "08": 8, "09": 1, "10": 0,
    "11": 4, "12": 7, "13": 4,
}  # fmt: skip
CHOSEN = re.compile(r"\b(?:[Cc]hoose|[Gg]o to|with|[Ss]witch to|[Mm]ove to|[Ss]tay on|back to) \*([^*]+)\*")
NONE_LED = (
    "route_to_plasma",
    "design_the_blind",
    "silent_studies",
)  # large already; what they name are stops


@pytest.mark.parametrize("lesson", LEAST)
def test_a_deck_holds_every_setting_that_its_notes_and_tasks_name(lesson: str):
    found = [setting for said in all_said() if said.lesson == lesson for setting in settings(said)]
    assert len(found) >= LEAST[lesson]
    for said, words, controls, value in found:
        shown = explorable(said.name)
        chosen = positions(shown)
        asked = [control for control in shown.controls if control.name in controls]
        assert any(holds(control, chosen[control.name], value) for control in asked), (
            f"{said.lesson}, {said.where}: {words!r} asks for {' or '.join(controls)} = {value:g}"
        )
        sliders = [control for control in asked if isinstance(control, Slider)]
        if len(asked) == len(sliders) == 1:  # it stays there when the room for others gets smaller
            every = places(sliders[0])
            kept = named(shown, sliders[0], stops=True)
            assert value in kept or chosen[sliders[0].name] == every, f"{said.name}: {value:g} is no stop"


@pytest.mark.parametrize(
    ("text", "name", "asked"),
    [
        ("Then drag magnesium to 0.7 and wait.", "infusion_to_block", ("magnesium", 0.7)),
        ("Set the infusion time to 17 min.", "route_to_plasma", ("minutes", 17)),
        ("Move the pause from nothing to a minute, then to 35 s.", "pulse_train", ("rest", 35)),
        ("Now take off four and a half: four points.", "readers_dial", ("bias", 4)),
        ("Put the membrane voltage at −35 mV.", "infusion_to_block", ("voltage", -35)),
    ],
)
def test_a_setting_that_no_deck_holds_is_found(text: str, name: str, asked: tuple[str, float]):
    found = settings(Said("00", "a note", text, name))
    assert asked in [
        (control, value)
        for setting in found
        for control in setting.controls[:1]
        for value in [setting.value]
    ]


def test_a_reading_is_not_taken_for_a_setting():
    text = "The share is 35%. It fell by 7.5 points. Three of five people left."
    assert not settings(Said("00", "a note", text, "readers_dial"))


def first(name: str, control: str, met: Callable[[dict[str, str]], bool], **others: Any) -> float:
    """The first place of a slider at which the read-out meets this."""
    shown = explorable(name)
    (slider,) = (one for one in shown.controls if one.name == control)
    for value in places(slider):
        view = shown.at(**{control: value}, **others)
        if met({reading.label: reading.text for reading in view.readings}):
            return value
    raise AssertionError(f"{name}: no place of {control}")


@pytest.mark.parametrize(
    ("name", "control", "met", "others"),
    [
        ("infusion_designer", "bolus", lambda read: read["response lost"] != "never", {}),
        ("infusion_designer", "bolus", lambda read: read["response lost"] != "never", {"rate": 0.0}),
        ("bladder_by_days", "days", lambda read: read["odds, all these days"] == "× 2.0", {}),
    ],
)
def test_what_a_task_has_the_reader_find_is_a_place_of_the_deck(name, control, met, others):
    answer = first(name, control, met, **others)
    assert answer in positions(explorable(name))[control], f"{name}: {control} {answer:g}"


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_slider_that_notes_and_tasks_move_has_seven_places(name: str):
    shown = explorable(name)
    chosen = positions(shown)
    every = {control.name: places(control) for control in shown.controls}
    led = [control for control in shown.controls if getattr(control, "led", False)]
    for control in led:
        assert len(chosen[control.name]) >= min(LED, len(every[control.name])), control.name
    crowded = [one.name for one in shown.controls if len(chosen[one.name]) < min(LED, len(every[one.name]))]
    assert led or not crowded or name in NONE_LED, f"{name}: {crowded}"


def test_scenarios_that_tasks_name_exist():
    """*Such a name* in a task is a scenario, an option, a control or a reading of its explorable."""
    seen = Counter()
    for said in all_said():
        if not said.where.startswith(("task", "prediction")):
            continue
        shown = explorable(said.name)
        known = {*shown.scenarios, *(control.label for control in shown.controls), shown.title}
        known |= {option for control in shown.controls for option in getattr(control, "options", ())}
        known |= {reading.label for reading in shown.at().readings}
        for name in re.findall(CHOSEN, said.text):
            seen[said.lesson] += 1
            assert any(name.lower() in one.lower() for one in known), f"{said.lesson}, {said.where}: {name}"
    assert seen.total() >= 12
