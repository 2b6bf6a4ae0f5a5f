"""Every claim stands in the lesson that treats it, and its certainty follows from the rule."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.data.certainty import COMPARISONS, LEVELS, SHORTCOMINGS, START, by_rule, certainty, surviving
from ketalab.data.lessons import lesson_files, ready

CLAIMS = table("claims")
FLAGS = st.fixed_dictionaries({name: st.booleans() for name in SHORTCOMINGS})


def untreated() -> list[str]:
    """Claims that do not stand in the text of the lesson that is said to treat them."""
    texts = {
        path.name[:2]: "\n".join(
            "".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        )
        for path in lesson_files()
    }
    return [
        f"{row.claim} is not in lesson {row.lesson}"
        for row in CLAIMS.itertuples()
        if row.lesson in texts and not stands(row.claim, texts[row.lesson])
    ]


def stands(number: str, text: str) -> bool:
    """Whether a claim is named, alone or in a run such as C01 to C05 or C44 C45."""
    if re.search(rf"\b{number}\b", text):
        return True
    runs = re.findall(r"\bC(\d\d) to C(\d\d)\b", text)
    return any(int(first) <= int(number[1:]) <= int(last) for first, last in runs)


def test_every_claim_stands_in_the_lesson_that_treats_it():
    assert len(ready()) >= 12
    assert untreated() == []


def test_a_claim_that_is_nowhere_would_be_found():
    assert not stands("C14", "C13 and C144 and C15 to C20")
    assert stands("C14", "claims C10 to C20")


def test_certainty_follows_from_the_rule_row_by_row():
    assert (by_rule(CLAIMS) == CLAIMS.certainty).all()
    assert set(CLAIMS.certainty) == set(LEVELS)


def test_the_rule_by_hand():
    assert certainty("documents", {}) == "high"
    assert certainty("experiments", {"bias": True}) == "moderate"
    assert certainty("experiments", dict.fromkeys(SHORTCOMINGS, True)) == "very low"
    assert certainty("observation", {"imprecise": True}) == "very low"
    assert certainty("none", {}) == "very low"


@given(st.sampled_from(list(START)), FLAGS, st.sampled_from(SHORTCOMINGS))
def test_a_further_shortcoming_never_makes_surer(evidence: str, flags: dict, more: str):
    before, after = certainty(evidence, flags), certainty(evidence, flags | {more: True})
    assert LEVELS.index(after) <= LEVELS.index(before)


def test_comparisons_and_weeks_have_a_source_and_fit_together():
    known = bibliography().entries
    for row in CLAIMS.itertuples():
        assert row.certainty_reason.endswith("."), row.claim
        for key in filter(None, (row.tested_by, row.lasted_by)):
            assert key in known, (row.claim, key)
        assert bool(row.tested_by) == (row.comparator in ("control", "active")), row.claim
        assert bool(row.lasted_by) == (row.weeks > 0), row.claim
        if row.evidence == "none":
            assert row.comparator in ("none", "not needed"), row.claim
        if row.weeks == row.weeks:
            assert row.comparator != "not needed", row.claim


@given(
    st.sampled_from(LEVELS), st.sampled_from(COMPARISONS), st.floats(0, 60), st.booleans(), st.floats(0, 20)
)
def test_asking_for_more_never_lets_more_stand(least, comparison, weeks, partly, more):
    held = surviving(CLAIMS, least, comparison, weeks, partly)
    assert not (surviving(CLAIMS, least, comparison, weeks + more, partly) & ~held).any()
    assert not (surviving(CLAIMS, "high", comparison, weeks, partly) & ~held).any()
    assert not (surviving(CLAIMS, least, "active", weeks, partly) & ~held).any()
    assert not (surviving(CLAIMS, least, comparison, weeks, False) & ~held).any()


def test_who_stands_by_hand():
    stand = dict(zip(CLAIMS.claim, surviving(CLAIMS, "moderate", "active"), strict=True))
    assert stand["C14"]  # many trials, midazolam among them
    assert not stand["C17"]  # low
    assert not stand["C44"]  # control group only
    assert stand["C32"]  # a date on a label needs no comparison
    assert not stand["C34"]  # never held


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="evidence: 'rumour' is not allowed; it must be one of documents"):
        certainty("rumour", {})
    with pytest.raises(ValueError, match="shortcoming: 'age' is not allowed"):
        certainty("documents", {"age": True})
    with pytest.raises(ValueError, match="least: 'sure' is not allowed; it must be one of very low"):
        surviving(CLAIMS, "sure")
    with pytest.raises(ValueError, match="comparison: 'hope' is not allowed"):
        surviving(CLAIMS, comparison="hope")
    with pytest.raises(ValueError, match="weeks: -1 is not allowed; it must be 0 or more"):
        surviving(CLAIMS, weeks=-1)


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("lesson", "", "[0-9]{2}"),
        ("verdict", "", "one of supported, partly supported"),
        ("certainty", "sure", "one of high, moderate"),
        ("bias", "perhaps", "one of yes, no"),
        ("comparator", "hope", "one of active, control"),
        ("weeks", "-3", "a number from 0 to 520"),
    ],
)
def test_a_damaged_claim_is_named(column: str, value: str, allowed: str, tmp_path: Path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    with (folder / "claims.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[6][column] = value
    with (folder / "claims.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    monkeypatch.setenv("KETALAB_DATA", str(folder))
    with pytest.raises(ValueError, match=rf"claims\.csv, row \d+, column {column}") as error:
        table("claims")
    assert allowed in str(error.value)
