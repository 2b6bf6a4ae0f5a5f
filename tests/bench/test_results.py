"""The page of measured times says what was measured, and refuses to leave something out."""

from copy import deepcopy
from itertools import pairwise

import pytest
from bench.lab_speed import STOPS, walk
from bench.results import PEERS, results, shown


def measured(group: str, name: str, median: float, **extra: object) -> dict:
    return {"group": group, "name": name, "stats": {"median": median}, "extra_info": extra}


def found(*benchmarks: dict) -> dict:
    machine = {"cpu": {"count": 2, "brand_raw": "Some CPU"}, "python_version": "3.11.7.final.0 (64 bit)"}
    return {"machine_info": machine, "datetime": "2026-11-25T09:00:00", "benchmarks": list(benchmarks)}


WHOLE = (
    measured("explorable: slow_one", "test_explorable_redrawn[slow_one]", 0.010),
    measured("explorable: slow_one", "test_explorable_recreated_as_interact_does[slow_one]", 0.250),
    measured("explorable: fast_one", "test_explorable_redrawn[fast_one]", 0.002),
    measured("explorable: fast_one", "test_explorable_recreated_as_interact_does[fast_one]", 0.1),
    measured("lesson: 01_a", "test_lesson_runs[01_a]", 5.25),
    measured("lesson: 01_a", "test_deck_cut[01_a]", 3.0, slides=18, megabytes=4.3),
    measured("lesson: 01_a", "test_first_slide[01_a]", 0.8),
    measured("lesson: 01_a", "test_first_text[01_a]", 1.2, text="456 ms", ready="480 ms"),
    measured("decks", "test_all_decks_cut", 50.0),
    measured("page", "test_a_slider_moved", 0.1, inside=8.0),
    measured("pools", "test_by_another[x]", 0.0003),
    measured("pools", "test_by_us", 0.0001),
)


def moves(*painted: float, size: int = 3000) -> list[dict]:
    return [{"changed": 1.0, "painted": time, "bytes": size} for time in painted]


def one(first: float, *painted: float) -> dict:
    return {
        "in sight": moves(first / 2)[0],
        "moves": moves(*painted),
        "first": moves(first)[0],
        "row bytes": 40_000,
    }


HAND = {
    "datetime": "2026-11-30T02:00:00",
    "load": 0.04,
    "versions": {"Chromium": "150.0", "JupyterLab": "4.6.6", "bqplot": "0.13.1"},
    "no peers": "",
    "failed": {},
    "explorables": {"slow_one": one(80, 20, 20, 40), "fast_one": one(60, 10, 12, 11)},
    "one curve": {
        "ours": moves(16, 14, 15, size=2900),
        "echo": moves(50, 51, 52),
        "with_bqplot": moves(45, 46, 44, size=9000),
        "with_plotly": moves(88, 84, 86),
        "with_ipympl": moves(146, 117, 120),
        "with_interact": moves(144, 125, 130),
    },
    "decks": {"slow_one": moves(17, 18), "fast_one": moves(15, 14)},
}
LOAD = [
    {"students": "1", "memory_mb": "270", "median_ms": "8.3"},
    {"students": "20", "memory_mb": "4810", "median_ms": "19.5"},
]


BEFORE = {
    "commit": "1234567",
    "load": 0.2,
    "failed": {},
    "explorables": {
        "slow_one": one(90, 60, 80, 70),
        "fast_one": one(50, 50, 51, 49) | {"first": None},
        "gone_since": one(500, 500, 500, 500),
    },
    "cutting": {"before": [100.0, 120.0], "now": [50.0, 60.0]},
    "tests": {
        "before": {"seconds": 1200.0, "processor seconds": 1800.0, "closing": "9 passed in 1200 s"},
        "now": {"seconds": 600.0, "processor seconds": 900.0, "closing": "8 passed in 600 s"},
    },
}


def test_the_build_before_stands_beside_this_one_in_what_both_have():
    page = results(found(*WHOLE), HAND, LOAD, BEFORE)
    assert "commit 1234567" in page
    assert "2 explorables; the load was 0.2" in page
    for line in (
        "| a move: median | 60.0 ms | 15.5 ms | 3.87 |",
        "| the first move on another slider | 90.0 ms | 80.0 ms | 1.12 |",
        "| cutting all decks | 110 s | 55 s | 2.00 |",
        "| `make test` | 20.0 min | 10.0 min | 2.00 |",
        "| its processor time | 30.0 min | 15.0 min | 2.00 |",
    ):
        assert line in page, line
    assert "Pytest's last line before: 9 passed in 1200 s. Pytest's last line now: 8 passed" in page
    assert "Beside the build before" not in results(found(*WHOLE), HAND, LOAD)


def test_moves_are_summed_up_over_explorables_and_beside_the_other_tools():
    page = results(found(*WHOLE), HAND, LOAD)
    assert "| each of 2 explorables, its row there | 15.5 ms | 35.0 ms | 3.0 kB |" in page
    assert "| the first move, the picture in sight | 35.0 ms | 39.5 ms | 3.0 kB |" in page
    another = "the first move on another slider of 2, before its row is there"
    assert f"| {another} | 70.0 ms | 79.0 ms | 40.0 kB |" in page
    assert "| each of 2 explorables in the decks | 16.0 ms | 17.9 ms |  |" in page
    assert "The slowest, slow_one, takes 20.0 ms." in page
    assert "Chromium 150.0, JupyterLab 4.6.6, bqplot 0.13.1; the load of the machine was 0.0" in page
    assert "*Times as fast* is against bqplot." in page
    curves = [
        line
        for line in page.splitlines()
        if line.endswith((" kB | 3.00 |", " kB | 1.00 |", " kB | 0.88 |"))
    ]
    assert curves == [
        "| ours, its row there | 15.0 ms | 15.9 ms | 2.9 kB | 3.00 |",
        "| bqplot | 45.0 ms | 45.9 ms | 9.0 kB | 1.00 |",
        "| nothing drawn: an empty echo in words | 51.0 ms | 51.9 ms | 3.0 kB | 0.88 |",
    ]


def met(page: str) -> dict[str, str]:
    """Of each target whether it is met."""
    table = page.partition("| what | wanted | measured | met |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0]: row[-1] for row in rows}


def test_each_target_says_whether_it_is_met():
    page = results(found(*WHOLE), HAND, LOAD)
    assert met(page) == {
        "a move, its row there: median": "yes",
        "a move, its row there: 95th percentile": "no",
        "the same curve against the fastest other tool": "yes",
        "the same curve against an empty echo": "yes",
        "the first move, the picture in sight": "yes",
        "the first move, before the row is there": "no",
        "bytes of a move": "yes",
        "20 kernels at once: a move": "yes",
        "20 kernels at once: a student": "no",
        "40 kernels at once: a move": "not measured",
        "a move in a deck": "yes",
        "the slowest first slide": "yes",
        "the largest deck": "yes",
        "cutting all decks, as `make slides` does": "no",
        "cutting them one after the other": "yes",
    }
    assert (
        "| the same curve against the fastest other tool | at least 2.8 times as fast | 3.00 times | yes |"
        in page
    )
    assert "| 20 kernels at once: a student | at most 240 MB | 240.5 MB | no |" in page


@pytest.mark.parametrize("missing", PEERS)
def test_without_every_other_tool_nothing_is_said_to_be_faster(missing: str):
    hand = deepcopy(HAND) | {
        "no peers": "The other tools could not be installed and were not measured (offline)."
    }
    del hand["one curve"][missing]
    page = results(found(*WHOLE), hand, LOAD)
    assert "were not measured (offline)." in page
    assert "*Times as fast*" not in page
    assert met(page)["the same curve against the fastest other tool"] == "not measured"
    assert met(page)["the same curve against an empty echo"] == "yes"


def test_what_failed_is_named_with_its_reason():
    hand = HAND | {"failed": {"deck, wind_up": "no new picture within 5 s of a move"}}
    said = "Not measured: deck, wind_up (no new picture within 5 s of a move)."
    assert said in results(found(*WHOLE), hand, LOAD)


def test_decks_that_were_not_measured_meet_no_target():
    said = results(found(*WHOLE), HAND | {"decks": {}}, LOAD)
    assert met(said)["a move in a deck"] == "not measured"


def test_a_median_of_17_0_is_met_and_one_above_is_not():
    for time, verdict in ((17.0, "yes"), (17.01, "no")):
        hand = HAND | {"explorables": {"one": one(10, time)}, "decks": {"one": moves(time)}}
        said = met(results(found(*WHOLE), hand, LOAD))
        assert (said["a move, its row there: median"], said["a move in a deck"]) == (verdict, verdict)


def test_forty_kernels_are_shown_once_they_were_measured():
    load = [*LOAD, {"students": "40", "memory_mb": "9500", "median_ms": "55.5"}]
    assert "| 40 kernels at once: a move | measured | 55.5 ms | yes |" in results(found(*WHOLE), HAND, load)


@pytest.mark.parametrize("count", [3, 4, 5, 22, 23, 24, 296])
@pytest.mark.parametrize("top", [False, True])
def test_a_hand_visits_positions_of_the_slider_and_every_move_leads_to_another(count: int, top: bool):
    shares = walk(count, 30, from_the_top=top)
    assert len(shares) == 31
    assert shares[0] == (1 if top else 0)
    assert {0, 1} <= set(shares)
    assert len(set(shares)) <= min(count, STOPS)
    places = [share * (count - 1) for share in shares]
    assert all(abs(place - round(place)) < 1e-9 for place in places)
    assert all(abs(one - other) > 0.99 for one, other in pairwise(places))


def test_the_page_names_machine_slowest_and_every_ratio():
    page = results(found(*WHOLE), HAND, LOAD)
    assert "2 cores of Some CPU and Python 3.11.7" in page
    assert "half take 6 ms or less; the slowest, slow_one, takes 10 ms" in page
    assert "| slow_one | 10 ms | 250 ms | 25 |" in page
    assert "| fast_one | 2 ms | 100 ms | 50 |" in page
    assert "| 01_a | 5.2 s | 3 s | 18 | 4.3 | 800 ms | 456 ms | 480 ms |" in page
    assert "| page | a slider moved | 8 ms | 1.0 |" in page, "not the 100 ms of the driver"
    assert page.index("| pools | by us | 100 µs | 1.0 |") < page.index(
        "|  | by another, x | 300 µs | 3.0 |"
    )


@pytest.mark.parametrize("missing", range(8))
def test_half_a_measurement_makes_no_page(missing: int):
    with pytest.raises(KeyError, match="test_"):
        results(found(*WHOLE[:missing], *WHOLE[missing + 1 :]), HAND, LOAD)


@pytest.mark.parametrize(("time", "text"), [(1.234, "1.2 s"), (0.0126, "13 ms"), (8.46e-5, "85 µs")])
def test_times_have_two_digits(time: float, text: str):
    assert shown(time) == text
