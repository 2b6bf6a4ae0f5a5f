"""The live widget: it answers what its picture asks for, never more than is wanted, and can be reset."""

import asyncio
import base64
import json
import time
import zlib

import pytest

from ketalab.explorables import widget
from ketalab.explorables.widget import OWN_SETTINGS, Live
from ketalab.lessons import CATALOGUE, explorable
from ketalab.text import unbroken


class Wire:
    """What a picture was sent."""

    def __init__(self, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        self.live = live
        self.sent: list[tuple[dict, list[bytes]]] = []
        monkeypatch.setattr(
            live.post, "send", lambda content, buffers=None: self.sent.append((content, buffers or []))
        )

    @property
    def places(self) -> list[list[int]]:
        return [place for content, _ in self.sent for place in content.get("frames", [])]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(explorable("route_to_plasma").live, monkeypatch)


def read(live: Live, sent: list[tuple[dict, list[bytes]]], node) -> list[dict]:
    """What a browser reads of these messages."""
    parcels = []
    for content, (data,) in sent:
        parcels.append(
            {"data": base64.b64encode(data).decode(), "counts": [len(content["frames"])], "on": None}
        )
    looks = live.explorable.drawing.looks
    return [frame for frames in node([one | {"looks": looks} for one in parcels]) for frame in frames]


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_picture_starts_with_its_first_frame_and_listens_to_every_control(name: str, node):
    live = explorable(name).live
    first = [({"frames": [live._place(live.explorable.start)]}, [live.picture.first])]
    (frame,) = read(live, first, node)
    assert frame["words"].startswith(unbroken(live.explorable.at().sentence))
    assert set(live.picture.hands) == set(live.controls)
    for name_of, hand in live.controls.items():
        assert live.picture.hands[name_of] == hand.model_id
        assert f"ketalab-c-{name_of}" in hand._dom_classes
        assert hand.description
        assert hand.tooltip
    assert len(live.picture.first) <= 30_000


def test_one_setting_is_answered_with_its_frame_and_its_ground_once(wire: Wire, node):
    live = wire.live
    wire.live.asked({"ask": "one", "id": 1, "values": {"dose": 1.0}, "have": []})
    ((content, _),) = wire.sent
    assert content["id"] == 1
    assert content["frames"] == [live._place(live.explorable.start | {"dose": 1.0})]
    (frame,) = read(live, wire.sent, node)
    assert frame["words"].startswith(unbroken(explorable("route_to_plasma").at(dose=1.0).sentence))
    with_ground = len(wire.sent[0][1][0])
    have = list(range(len(live.explorable.grounds)))
    live.asked({"ask": "one", "id": 2, "values": {"dose": 1.0}, "have": have})
    assert len(wire.sent[1][1][0]) < with_ground - 1000, "a ground that is there is not sent again"


def test_a_row_comes_whole_and_the_nearest_first(wire: Wire):
    wire.live.asked({"ask": "row", "id": "r", "control": "dose", "values": {"dose": 0.5}, "have": []})
    doses = [place[1] for place in wire.places]
    assert sorted(doses) == list(range(39))
    here = wire.live.explorable.controls[1].place(0.5)
    assert abs(doses[0] - here) <= 1
    assert max(abs(dose - here) for dose in doses[:16]) <= 8
    wire.sent.clear()
    wire.live.asked(
        {"ask": "row", "id": "r", "control": "dose", "values": {}, "missing": [3, 4], "have": []}
    )
    assert sorted(place[1] for place in wire.places) == [3, 4]


def test_a_row_is_bounded(wire: Wire, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(widget, "MOST_FRAMES", 10)
    wire.live.asked({"ask": "row", "id": "r", "control": "minutes", "values": {}, "have": []})
    assert len(wire.places) == 10

    async def sent_in_an_instant() -> int:
        monkeypatch.setattr(widget, "MOST_BYTES", 1)
        wire.sent.clear()
        wire.live.asked({"ask": "row", "id": "r", "control": "minutes", "values": {}, "have": []})
        await wire.live._row
        return len(wire.sent)

    assert asyncio.run(sent_in_an_instant()) == 1


def test_a_new_row_cancels_the_last_one_and_single_settings_overtake_it(wire: Wire):
    async def hand_goes_elsewhere() -> list[str | int]:
        live = wire.live
        live.asked({"ask": "row", "id": "first", "control": "minutes", "values": {}, "have": []})
        first = live._row
        while len(wire.sent) < 2:
            await asyncio.sleep(0)
        live.asked({"ask": "one", "id": 7, "values": {"dose": 1.5}, "have": []})
        await asyncio.sleep(0.01)
        live.asked({"ask": "row", "id": "second", "control": "dose", "values": {}, "have": []})
        await live._row
        assert first.cancelled()
        return [content["id"] for content, _ in wire.sent]

    ids = asyncio.run(hand_goes_elsewhere())
    assert ids.index(7) < ids.index("second")
    assert "first" not in ids[ids.index("second") :]
    assert ids.count("first") < 20


def test_a_hand_that_does_not_wait_is_answered_before_the_first_piece_of_its_row(wire: Wire):
    async def pressed_as_it_arrives() -> list[str | int]:
        live = wire.live
        live.asked({"ask": "row", "id": "row", "control": "minutes", "values": {}, "have": []})
        await asyncio.sleep(0.003)
        live.asked({"ask": "one", "id": 7, "values": {"minutes": 90}, "have": []})
        await live._row
        return [content["id"] for content, _ in wire.sent]

    ids = asyncio.run(pressed_as_it_arrives())
    assert ids[0] == 7
    assert set(ids[1:]) == {"row"}


def test_a_row_waits_while_the_kernel_reads_a_message_step_by_step(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    computed, frame = [], wire.live.explorable.frame
    monkeypatch.setattr(
        wire.live.explorable, "frame", lambda values: computed.append(values) or frame(values)
    )

    async def message_of_twenty_steps() -> int:
        wire.live.asked({"ask": "row", "id": "row", "control": "minutes", "values": {}, "have": []})
        while not computed:
            await asyncio.sleep(0)
        before = len(computed)
        for _ in range(20):
            time.sleep(0.003)
            await asyncio.sleep(0)
        return len(computed) - before

    assert asyncio.run(message_of_twenty_steps()) <= 2


def test_a_row_comes_on_a_machine_on_which_every_moment_is_late(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(widget, "A_MOMENT", 1e-9)  # no sleep is as short as that

    async def row() -> None:
        wire.live.asked({"ask": "row", "id": "row", "control": "dose", "values": {}, "have": []})
        await asyncio.wait_for(wire.live._row, 60)

    asyncio.run(row())
    assert len(wire.places) == 39


def test_axes_come_once_with_the_first_piece_of_a_row_that_needs_them(monkeypatch: pytest.MonkeyPatch):
    live = explorable("dose_to_synapse").live
    wire = Wire(live, monkeypatch)
    asked = {"ask": "row", "id": "row", "control": "dose", "values": {}, "have": [0]}

    async def whole_row() -> None:
        live.asked(asked)
        await live._row

    for bring in (lambda: asyncio.run(whole_row()), lambda: live.asked(asked)):
        wire.sent.clear()
        bring()
        came = [int(index) for _, (data,) in wire.sent for index in header_of(data)["grounds"]]
        assert len(came) == len(set(came)) > 1
        assert 0 not in came


def header_of(data: bytes) -> dict:
    whole = zlib.decompress(data)
    return json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")])


def test_a_row_ends_when_the_hand_has_left(wire: Wire):
    async def hand_leaves() -> int:
        live = wire.live
        live.asked({"ask": "row", "id": "row", "control": "minutes", "values": {}, "have": []})
        row = live._row
        while not wire.sent:
            await asyncio.sleep(0)
        live.asked({"ask": "stop", "have": []})
        await asyncio.sleep(0.05)
        assert row.cancelled()
        live.asked({"ask": "stop", "have": []})  # nothing to stop
        return len(wire.sent)

    assert asyncio.run(hand_leaves()) == 1


def test_of_a_flood_of_single_settings_only_the_newest_is_answered(wire: Wire):
    async def flood() -> None:
        for step in range(200):
            dose = round(0.1 + 0.005 * step, 3)
            wire.live.asked({"ask": "one", "id": step, "values": {"dose": dose}, "have": []})
        await asyncio.sleep(0.05)

    asyncio.run(flood())
    assert [content["id"] for content, _ in wire.sent] == [199]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"ask": "one", "values": {"weight": 500}}, "weight: 500 is not allowed; it must be 40 to 140 kg"),
        (
            {"ask": "one", "values": {"route": "sniffed"}},
            "route: 'sniffed' is not allowed; it must be one of",
        ),
        ({"ask": "row", "values": {}, "control": "colour"}, "control: 'colour' is not one of route, dose"),
    ],
)
def test_what_is_not_allowed_is_refused_in_words(wire: Wire, asked: dict, says: str):
    wire.live.asked(asked | {"id": 1})
    ((content, _),) = wire.sent
    assert content["refused"].startswith(says)


def test_fonts_are_sent_when_a_page_has_none(wire: Wire):
    wire.live.asked({"ask": "fonts"})
    ((content, faces),) = wire.sent
    assert content["fonts"] == ["AtkinsonHyperlegibleNext-Bold", "AtkinsonHyperlegibleNext-Regular"]
    assert all(face[:4] == b"\x00\x01\x00\x00" for face in faces)


def test_a_menu_names_no_scenario_that_was_only_passed_on_the_way():
    live = Live(explorable("route_to_plasma"))
    live.set(dose=1.0, minutes=20)
    named = []
    live.preset.observe(lambda change: named.append(change["new"]), "value")
    live.preset.value = "The same dose over 10 min"  # dose before minutes: the first setting, for a moment
    assert named == ["The same dose over 10 min"]


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


def test_what_a_browser_rounds_badly_is_snapped(wire: Wire):
    wire.live.controls["minutes"].value = 39.99999999999999
    assert wire.live.values["minutes"] == 40
    wire.live.asked({"ask": "one", "id": 1, "values": {"minutes": 39.99999999999999}, "have": []})
    assert wire.places == [wire.live._place(wire.live.explorable.start)]


def test_a_value_out_of_range_is_refused_before_anything_moves():
    live = explorable("route_to_plasma").live
    before = live.values
    with pytest.raises(ValueError, match="weight: 500 is not allowed"):
        live.set(dose=1.0, weight=500)
    assert live.values == before
