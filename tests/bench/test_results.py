"""The page of measured times says what was measured, and refuses to leave something out."""

import pytest
from bench.results import results, shown


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
    measured("page", "test_a_slider_moved", 0.1, inside=8.0),
    measured("pools", "test_by_another[x]", 0.0003),
    measured("pools", "test_by_us", 0.0001),
)


def test_the_page_names_machine_slowest_and_every_ratio():
    page = results(found(*WHOLE))
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
        results(found(*WHOLE[:missing], *WHOLE[missing + 1 :]))


@pytest.mark.parametrize(("time", "text"), [(1.234, "1.2 s"), (0.0126, "13 ms"), (8.46e-5, "85 µs")])
def test_times_have_two_digits(time: float, text: str):
    assert shown(time) == text
