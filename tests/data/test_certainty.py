"""Every claim stands in its lesson and in the article; its certainties follow from the rules; a benefit
stands by what one trial found."""

import csv
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.data.certainty import (
    COMPARISONS,
    DOUBTS,
    LEVELS,
    SHORTCOMINGS,
    asked,
    carrying,
    surviving,
    weaker,
)
from ketalab.data.claims import article
from ketalab.data.lessons import lesson_files, ready

CLAIMS = table("claims")
TESTS = table("claim_tests")
FLAGS = st.fixed_dictionaries({name: st.booleans() for name in SHORTCOMINGS})
START = {"documents": 4, "experiments": 4, "observation": 2, "none": 1}  # steps of LEVELS
MEASURED = sorted(set(START) - {"documents"})
# Comparators of the table of trials, by how hard they are; the words are the table's own.
LEVEL = {
    "inert": {
        "saline",
        "anaesthesia + saline",
        "placebo spray",
        "placebo spray + antidepressant",
        "placebo spray + standard care",
        "placebo tablet",
        "usual care",
    },
    "active placebo": {"midazolam", "other active"},
    "treatment": {"ECT", "quetiapine", "opioid", "etomidate", "propofol"},
}
# Words with which the article hedges, and words that keep the hedge in ours.
HEDGES = {
    r"\bcan\b": r"\bcan\b",
    r"\bmay\b": r"\bmay\b",
    "studies suggest": "studies suggest",
    "preliminary research indicates": "preliminary research indicates",
    "shown promise": "shown promise",
    "is thought to be": "is thought to be",
    "is considered": "is considered",
    r"\bmust be\b": r"\bmust be\b",
    "potentially": "potentially",
    "typically": "typically",
    "usually": "usually",
    "primarily for": "primarily",
    "often": "often",
    "sometimes": "sometimes",
    "for many patients": "for many patients",
    "for some": "for some|some of the",
    "will likely": "will likely",
    "research also points": "research also points",
    r"\bhelps\b": r"\bhelps?\b",
}


def certainty_of_effect(evidence: str, shortcomings: Mapping[str, bool]) -> str:
    """The level for a kind of evidence and its shortcomings; empty for documents, which can have none."""
    lost = sum(shortcomings[name] for name in SHORTCOMINGS if name in shortcomings)
    if evidence == "documents":
        assert not lost
        return ""
    return LEVELS[max(1, START[evidence] - lost) - 1]


def certainty_of_verdict(doubts: Mapping[str, bool]) -> str:
    """The level for the doubts about a verdict."""
    return LEVELS[len(LEVELS) - sum(doubts[name] for name in DOUBTS if name in doubts) - 1]


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


def test_every_quotation_stands_in_the_article_once_to_the_letter():
    text = article()
    for row in CLAIMS.itertuples():
        assert text.count(row.quoted) == 1, row.claim
        assert row.quoted == row.quoted.strip(), row.claim
        assert "\n" not in row.quoted, row.claim


def test_the_claims_follow_the_article():
    """Section by section the first quotations come in the order of the article."""
    text = article()
    order = {
        name: text.index(quotations.iloc[0])
        for name, quotations in CLAIMS.groupby("section", sort=False).quoted
    }
    assert sorted(order.values()) == list(order.values())


def lost_hedges(quoted: str, statement: str) -> list[str]:
    """Hedges of the article's sentence that the statement in our words has not kept."""
    return [
        hedge
        for hedge, kept in HEDGES.items()
        if re.search(hedge, quoted, re.IGNORECASE) and not re.search(kept, statement, re.IGNORECASE)
    ]


def test_statements_keep_the_articles_hedges():
    for row in CLAIMS.itertuples():
        assert lost_hedges(row.quoted, row.statement) == [], row.claim


def test_a_lost_hedge_would_be_found():
    assert lost_hedges("which can take weeks or months", "They take weeks or months.") == [r"\bcan\b"]
    assert lost_hedges("has shown promise in reducing cravings", "It reduces cravings.") == [
        "shown promise"
    ]


def test_a_changed_verdict_says_why_and_from_what():
    changed = CLAIMS[CLAIMS.verdict_before != ""]
    assert ((CLAIMS.verdict_before == "") == (CLAIMS.change == "")).all()
    assert (changed.verdict_before != changed.verdict).all()
    assert changed.change.str.endswith(".").all()
    assert set(changed.claim) == {"C11", "C15", "C24", "C25", "C27", "C53", "C54", "C58"}


def test_certainties_follow_from_the_rules_row_by_row():
    for row in CLAIMS.to_dict("records"):
        doubts = {name: row[name] == "yes" for name in DOUBTS}
        assert row["certainty"] == certainty_of_verdict(doubts), row["claim"]
        lost = {name: row[name] == "yes" for name in SHORTCOMINGS}
        assert row["certainty_effect"] == certainty_of_effect(row["evidence"], lost), row["claim"]
    assert set(CLAIMS.certainty_effect) == {*LEVELS, ""}
    assert ((CLAIMS.certainty_effect == "") == (CLAIMS.evidence == "documents")).all()
    assert CLAIMS.doubt.str.endswith(".").all()
    assert CLAIMS.certainty_reason.str.endswith(".").all()


def test_a_verdict_can_be_sure_where_the_effect_is_not():
    """What was not studied can be known not to have been studied."""
    unsupported = CLAIMS[CLAIMS.verdict == "unsupported"]
    assert ((unsupported.certainty == "high") & (unsupported.certainty_effect == "very low")).any()


def test_speed_is_no_surer_than_the_trials_of_the_same_infusion():
    """C14 and C38 speak of what C20 does; a review rated it very low, so none of them can be above low."""
    effect = CLAIMS.set_index("claim").certainty_effect
    assert effect["C14"] == effect["C38"] == effect["C20"] == "low"


def test_the_rules_by_hand():
    assert certainty_of_effect("documents", {}) == ""
    assert certainty_of_effect("experiments", {"bias": True}) == "moderate"
    assert certainty_of_effect("experiments", dict.fromkeys(SHORTCOMINGS, True)) == "very low"
    assert certainty_of_effect("observation", {"imprecise": True}) == "very low"
    assert certainty_of_effect("none", {}) == "very low"
    assert certainty_of_verdict({}) == "high"
    assert certainty_of_verdict({"one_study": True, "not_read": False}) == "moderate"
    assert certainty_of_verdict(dict.fromkeys(DOUBTS, True)) == "very low"
    one = CLAIMS[CLAIMS.claim == "C25"].assign(certainty="moderate", certainty_effect="high")
    assert weaker(one).tolist() == ["moderate"]
    assert weaker(one.assign(certainty_effect="low")).tolist() == ["low"]
    assert weaker(one.assign(certainty_effect="")).tolist() == ["moderate"]


@given(st.sampled_from(MEASURED), FLAGS, st.sampled_from(SHORTCOMINGS))
def test_a_further_shortcoming_never_makes_surer(evidence: str, flags: dict, more: str):
    before, after = (
        certainty_of_effect(evidence, flags),
        certainty_of_effect(evidence, flags | {more: True}),
    )
    assert LEVELS.index(after) <= LEVELS.index(before)


def test_every_test_names_its_trial_comparison_and_source():
    trials, known = table("trials").set_index("trial"), bibliography().entries
    benefit = CLAIMS.set_index("claim").benefit
    for row in TESTS.itertuples():
        assert row.reference in known, row
        assert benefit[row.claim] != "none", row.claim
        if row.trial:
            its = trials.loc[row.trial]
            assert its.comparator in LEVEL[row.level], row
            assert its.design in ("parallel", "crossover", "withdrawal"), row
    assert not TESTS.duplicated(["claim", "reference", "level", "weeks"]).any()
    assert ((CLAIMS.time == "") == (CLAIMS.benefit == "none")).all()


def test_what_holds_of_a_benefit_was_found_against_a_control():
    benefit = CLAIMS[
        (CLAIMS.benefit == "ketamine") & CLAIMS.verdict.isin(["supported", "partly supported"])
    ]
    assert set(benefit.claim) <= set(TESTS.claim)


def test_midazolam_and_fentanyl_are_placebos_that_are_felt_and_not_treatments():
    levels = TESTS.groupby("against")["level"].unique()
    assert set(levels["midazolam"]) == set(levels["fentanyl"]) == {"active placebo"}
    assert set(levels["quetiapine"]) == set(levels["electroconvulsive therapy"]) == set(levels["morphine"])
    assert set(levels["morphine"]) == {"treatment"}


@given(
    st.sampled_from(LEVELS), st.sampled_from(COMPARISONS), st.floats(0, 60), st.booleans(), st.floats(0, 20)
)
def test_asking_for_more_never_lets_more_stand(least, comparison, weeks, partly, more):
    held = surviving(CLAIMS, least, comparison, weeks, partly)
    assert not (surviving(CLAIMS, least, comparison, weeks + more, partly) & ~held).any()
    assert not (surviving(CLAIMS, "high", comparison, weeks, partly) & ~held).any()
    assert not (surviving(CLAIMS, least, "treatment", weeks, partly) & ~held).any()
    assert not (surviving(CLAIMS, least, comparison, weeks, False) & ~held).any()
    assert not (held & ~asked(CLAIMS, comparison, weeks)).any()


def standing(**wanted) -> set[str]:
    return set(CLAIMS.claim[surviving(CLAIMS, **wanted)])


def test_who_stands_by_hand():
    assert {"C14", "C32", "C58"} <= standing()
    assert "C34" not in standing()  # never held
    assert "C14" in standing(comparison="active placebo")  # midazolam
    assert "C14" not in standing(comparison="treatment")  # midazolam is none
    assert "C14" not in standing(comparison="active placebo", weeks=4)  # not a question of time: not asked
    assert not asked(CLAIMS, "none", 4)[CLAIMS.claim == "C14"].any()
    assert "C32" not in standing(comparison="inert")  # a date on a label claims no benefit: not asked
    assert "C28" not in standing(comparison="treatment")  # as good as morphine is not better
    assert "C27" in standing(comparison="inert", weeks=26)
    assert "C27" not in standing(comparison="active placebo", weeks=26)


def test_half_a_year_better_than_a_treatment_is_one_trials_finding():
    stand = standing(comparison="treatment", weeks=26)
    carriers = carrying("treatment", 26)
    assert stand == {"C02", "C04", "C16", "C20"}
    assert set(carriers.reference[carriers.claim.isin(stand)]) == {"reif2023"}
    assert table("trials").set_index("trial").blinding["escapetrd"] == "rater-blind"


def test_a_comparison_of_one_trial_and_a_time_of_another_do_not_add_up():
    tests = TESTS[TESTS.claim == "C27"]
    assert {*tests.level} == {"active placebo", "inert"}
    assert surviving(CLAIMS, comparison="active placebo", weeks=3, tests=tests).sum() == 1
    assert surviving(CLAIMS, comparison="inert", weeks=26, tests=tests).sum() == 1
    assert surviving(CLAIMS, comparison="active placebo", weeks=26, tests=tests).sum() == 0


def test_bad_input_is_named():
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
        ("certainty_effect", "sure", "one of high, moderate"),
        ("quoted", "", "filled-in text"),
        ("benefit", "hope", "one of ketamine, tablets, none"),
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
