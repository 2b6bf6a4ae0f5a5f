"""Every citation leads somewhere, and nothing stands in the bibliography unused."""

import re

import pandas as pd
import pytest
from conftest import ROOT, lessons

from ketalab.data import cite, claim, references, table
from ketalab.data.bibliography import bibliography, link, markdown_link, short_name
from ketalab.data.tables import descriptor
from ketalab.publish.weave import cited

KEYS = set(bibliography().entries)


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketalab.data.bibliography._named", {})


def keys_used_in_tables() -> set[str]:
    used = set()
    for resource in descriptor()["resources"]:
        frame = table(resource["name"])
        if "reference" in frame:
            used |= set(frame.reference) - {""}  # a definition may need none; facts are held by test_tables
    return used


def keys_used_in_lessons() -> set[str]:
    return {key for notebook in lessons().values() for key in cited(notebook)}


def keys_used_in_code() -> set[str]:
    """Sources of methods, as `[@key]` in docstrings, and those of the tests' worked examples."""
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests" / "metaanalysis").glob("*.py")]
    used = {key for file in files for key in re.findall(r"\[@([a-z0-9]+)\]", file.read_text())}
    for file in (ROOT / "tests" / "metaanalysis" / "examples").glob("*.csv"):
        used |= set(pd.read_csv(file).reference)
    return used - {"key"}  # the word that stands for any of them


def keys_used() -> set[str]:
    return keys_used_in_tables() | keys_used_in_lessons() | keys_used_in_code()


def test_every_key_used_has_an_entry():
    assert keys_used() - KEYS == set()


def test_no_entry_is_an_orphan():
    assert KEYS - keys_used() == set()


@pytest.mark.parametrize("key", sorted(KEYS))
def test_an_entry_can_be_found_by_a_reader(key: str):
    entry = bibliography().entries[key]
    assert entry.fields["title"]
    assert re.fullmatch(r"(19|20)\d\d|undated, read in 20\d\d", entry.fields["year"]), key
    assert entry.persons["author"], key
    assert link(key).startswith("http"), key
    assert entry.fields.get("annote"), f"{key} does not say what was read"
    if "doi" in entry.fields:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", entry.fields["doi"]), entry.fields["doi"]
    if entry.type == "article":
        assert "doi" in entry.fields, f"{key} is a journal article without a DOI"


def test_names_in_running_text():
    assert short_name("zarate2006") == "Zarate et al. 2006"
    assert short_name("sinner2008") == "Sinner and Graf 2008"
    assert short_name("domino2010") == "Domino 2010"
    assert short_name("hugabstract2026") == "Abstract by Hug and others, undated"


def test_a_citation_is_text_and_link():
    citation = cite("zarate2006", "lii2023")
    assert repr(citation) == "Zarate et al. 2006; Lii et al. 2023"
    assert "(https://doi.org/10.1001/archpsyc.63.8.856 " in citation._repr_markdown_()
    assert markdown_link("zarate2006").endswith('"zarate2006")')


def test_the_reference_list_is_sorted_unique_and_linked(nothing_named):
    shown = references("zarate2006", "domino2010", "zarate2006")
    assert repr(shown).splitlines()[0].startswith("E. F. Domino")
    assert len(repr(shown).splitlines()) == 2
    assert '<a href="https://doi.org/10.1001/archpsyc.63.8.856">' in shown._repr_html_()


def test_a_source_named_by_a_table_joins_the_list(nothing_named):
    repr(cite("domino2010"))
    assert [line[:4] for line in repr(references("zarate2006")).splitlines()] == ["E. F", "C. A"]


@pytest.mark.parametrize("call", [cite, references])
def test_an_unknown_key_is_named(call):
    with pytest.raises(ValueError, match=r"reference: 'nobody2099' is not in references\.bib"):
        call("nobody2099")


def test_every_claim_of_the_article_has_verdict_source_and_lesson():
    claims, sources, lesson_numbers = table("claims"), table("claim_sources"), set(table("lessons").lesson)
    assert list(claims.claim) == [f"C{n:02d}" for n in range(1, 62)]
    for row in claims.itertuples():
        assert row.reason
        assert row.lesson in lesson_numbers
        stances = set(sources[sources.claim == row.claim].stance)
        assert stances, f"{row.claim} has no source"
        if row.verdict == "contested":
            assert stances == {"for", "against"}, row.claim
        if row.verdict in ("overstated", "unsupported"):
            assert "against" in stances, row.claim


def test_a_claim_shows_its_sources_for_and_against():
    shown = repr(claim("C14"))
    assert "Verdict: supported" in shown
    assert re.search(r"against +Lii et al\. 2023", shown)
    assert "| against | [Lii et al. 2023](https://doi.org/" in claim("C14")._repr_markdown_()
    with pytest.raises(ValueError, match="claim: 'C99' is not one of C01 to C61"):
        claim("C99")
