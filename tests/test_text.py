"""Numbers as a reader sees them: rounded as Python rounds, with a real minus, never a negative zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.text import (
    MINUS,
    breakable,
    chance,
    count,
    decimals,
    duration,
    grouped,
    how_often,
    in_points,
    interval,
    listed,
    significant,
    unbroken,
    with_unit,
)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_decimals_read_back_as_the_rounded_number(value: float, places: int):
    shown = decimals(value, places)
    assert "-" not in shown
    read = float(shown.replace(MINUS, "-").replace(",", ""))
    assert read == pytest.approx(round(value, places), abs=1e-9)


@pytest.mark.parametrize("value", [-0.0, 0.0, -0.004, 0.004])
def test_what_rounds_to_zero_has_no_sign(value: float):
    assert decimals(value) == decimals(value, sign=True) == "0.00"


def test_a_chance_is_never_told_as_certain():
    assert [chance(share) for share in (0.0, 0.004, 0.0051, 0.536, 0.994)] == [
        *["under 1%"] * 2,
        *("1%", "54%", "99%"),
    ]
    assert {chance(share) for share in (0.9951, 0.99925, 1.0)} == {"over 99%"}


def test_signs_are_those_of_print():
    assert decimals(-541, 0) == "−541"
    assert decimals(3.5, 1, sign=True) == "+3.5"
    assert significant(-0.0123, 2) == "−0.012"
    assert interval(-8.54, 2.22) == "−8.54 to 2.22"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("24 h: under half", "24~h: under half"),
        ("after 24 hours: P = 0.32.", "after 24~hours: P~=~0.32."),
        ("of 0.57 SD, n = 41 and r < −0.2", "of 0.57~SD, n~=~41 and r~<~−0.2"),
        ("1.1 ng/mL for 5 days (lesson 02)", "1.1~ng/mL for 5~days (lesson~02)"),
        ("10 d × 4.2", "10~d ×~4.2"),
        ("it varies 10-fold, or 2.4-fold", "it varies 10-_fold, or 2.4-_fold"),
        ("24-hour results; S-ketamine", "24-_hour results; S-ketamine"),
        ("PHQ-9, 2019-03-05, 8-12, open-label; 10.1038/s41591-025-03800-w", None),
        ("5 hormones, 10 sessions, 14 of 42 people, 2 in 100, lesson one", None),
        ("x = y; 3 m; 24 h/d; the day 3", None),
    ],
)
def test_a_number_stays_with_its_unit_and_its_sign(text: str, held: str | None):
    assert unbroken(text).replace("\xa0", "~").replace("\u2060", "_") == (held or text)
    assert breakable(unbroken(text)) == text


def test_words_agree_with_their_number():
    assert [count(n, "study", "studies") for n in (0, 1, 2, 1200)] == [
        "no study",
        "1 study",
        "2 studies",
        "1,200 studies",
    ]
    assert count(3, "device") == "3 devices"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (40, "40 min"),
        (90, "90 min"),
        (360, "6 h"),
        (4320, "3 days"),
        (40320, "28 days"),
        (1577880, "3 years"),
    ],
)
def test_a_time_is_said_in_the_unit_people_use(minutes: float, words: str):
    assert duration(minutes) == words


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (("a", "b"), "a or b"), (["a", "b", "c"], "a, b or c")],
)
def test_words_in_a_row(names, said):
    assert listed(names, "or") == said


@given(st.integers(-(10**9), 10**9))
def test_thousands_are_apart_and_the_number_reads_back(value: int):
    shown = grouped(value)
    assert int(shown.replace(",", "").replace(MINUS, "-")) == value
    assert all(len(digits) == 3 for digits in shown.split(",")[1:])
    assert len(shown.lstrip(MINUS).split(",")[0]) <= 3


def test_what_rounds_to_nothing_has_no_sign():
    assert [grouped(value) for value in (-0.4, 0.0, 1499.6, -12400)] == [
        "0",
        "0",
        "1,500",
        f"{MINUS}12,400",
    ]


def test_a_unit_stands_at_its_number():
    shown = [with_unit("10", unit) for unit in ("min", "% of rest", "fold", "")]
    assert shown == ["10 min", "10% of rest", "10-fold", "10"]


def test_a_change_in_points_and_a_number_of_times_agree_with_their_number():
    said = [in_points(change) for change in (36, 1, 0.4, 0, -1, -1.4, 2352)]
    minus = "\N{MINUS SIGN}1 point"
    assert said == ["+36 points", "+1 point", "0 points", "0 points", minus, minus, "+2,352 points"]
    assert [how_often(number) for number in (1, 2, 3, 1200)] == ["once", "twice", "3 times", "1,200 times"]
