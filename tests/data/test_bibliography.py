"""Every citation leads somewhere, and nothing stands in the bibliography unused."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pandas as pd
import pytest
from conftest import ROOT, lessons, of_each
from pybtex.database import parse_string
from pybtex.richtext import Text

from ketalab.data import cite, claim, references, table
from ketalab.data.bibliography import (
    ReferenceList,
    _full,
    _place,
    _years,
    bibliography,
    html_link,
    link,
    markdown_link,
    short_name,
)
from ketalab.data.tables import descriptor
from ketalab.publish.weave import cited

# How much of a source was read, from most to least: its `read` field.
READ = ("full text", "part", "abstract", "second-hand", "not read")

KEYS = set(bibliography().entries)


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketalab.data.bibliography._named", {})


@pytest.fixture
def bib(monkeypatch: pytest.MonkeyPatch, nothing_named: None):
    """Put a small bibliography in the place of the course's."""

    def use(text: str) -> None:
        entries = parse_string(text, bib_format="bibtex")
        monkeypatch.setattr("ketalab.data.bibliography._bibliography", lambda path: entries)
        for kept in (_years, _place, _full):
            monkeypatch.setattr(f"ketalab.data.bibliography.{kept.__name__}", kept.__wrapped__)

    return use


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
    used = {key for file in files for key in re.findall(r"\[@([a-z0-9]+)\]", file.read_text("utf-8"))}
    for file in (ROOT / "tests" / "metaanalysis" / "examples").glob("*.csv"):
        used |= set(pd.read_csv(file).reference)
    return used - {"key"}  # the word that stands for any of them


def keys_used() -> set[str]:
    return keys_used_in_tables() | keys_used_in_lessons() | keys_used_in_code()


def test_every_key_used_has_an_entry():
    assert keys_used() - KEYS == set()


def test_no_entry_is_an_orphan():
    assert KEYS - keys_used() == set()


# Pages a reader is sent to: registries, regulators, publishers and makers, and the homes of software.
HOSTS = {
    "dailymed.nlm.nih.gov",
    "clinicaltrials.gov",
    "hdl.handle.net",
    "www.fda.gov",
    "www.govinfo.gov",
    "www.cdc.gov",
    "cdc.gov",
    "www.ema.europa.eu",
    "www.nice.org.uk",
    "www.scottishmedicines.org.uk",
    "www.who.int",
    "paho.org",
    "www.drugoffice.gov.hk",
    "beta.nihr.ac.uk",
    "www.spravato.com",
    "www.spravatohcp.com",
    "jnj.com",
    "jnjmedicalconnect.com",
    "www.jnjmedicalconnect.com",
    "www.pfizer.no",
    "www.psychiatrist.com",
    "www.hkmj.org",
    "www.cmaj.ca",
    "jamanetwork.com",
    "emj.bmj.com",
    "www.ceemjournal.org",
    "advbiores.mui.ac.ir",
    "hrbopenresearch.org",
    "portal.research.lu.se",  # of the authors' own university; the article's DOI was not read
    "pubs.asahq.org",
    "ruor.uottawa.ca",
    "handbook-5-1.cochrane.org",
    "www.metafor-project.org",
    "metafor-project.org",
    "github.com",
    "www.rdkit.org",
    "www.guidetopharmacology.org",
    "drugs.ncats.io",
    "en.wikipedia.org",
    "www.acep.org",
    "www.sciencemediacentre.org",
    "www.chemistanddruggist.co.uk",
    "www.prescriber.org.uk",
    "www.bioworld.com",
    "www.odt.co.nz",
    "bioquicknews.com",
    "elsevier.com",
    "em.umaryland.edu",
    "e-safe-anaesthesia.org",
    "www.mims.com",
    "www.drugs.com",
}
ARTICLES = sorted(key for key in KEYS if bibliography().entries[key].type == "article")
JOURNALS = {bibliography().entries[key].fields.get("journal", "none").casefold() for key in ARTICLES}


def authors(key: str) -> list[str]:
    return [str(person).strip("{}") for person in bibliography().entries[key].persons.get("author", [])]


def alike(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(Text.from_latex(text)).casefold())


def test_an_entry_says_what_it_is_and_what_was_read():
    of_each(sorted(KEYS), says_what_it_is)


def says_what_it_is(key: str) -> None:
    entry = bibliography().entries[key]
    assert entry.fields["title"]
    assert re.fullmatch(r"(19|20)\d\d|undated", entry.fields["year"]), key
    assert entry.fields.get("annote"), f"{key} does not say what was read"
    assert entry.fields.get("read") in READ, f"{key} does not say how much was read"
    assert "year of reading" not in entry.fields["annote"]
    if "doi" in entry.fields:
        assert re.fullmatch(r"10\.\d{4,9}/\S+", entry.fields["doi"]), entry.fields["doi"]
    if "pmid" in entry.fields:
        assert re.fullmatch(r"\d{5,8}", entry.fields["pmid"])
    if "pmcid" in entry.fields:
        assert re.fullmatch(r"PMC\d{5,8}", entry.fields["pmcid"])


def test_an_author_is_a_person_or_an_institution():
    of_each(sorted(KEYS), credits_somebody)


def credits_somebody(key: str) -> None:
    for name in authors(key):
        assert name.casefold() not in JOURNALS, f"{key} credits its journal"
        assert not re.search(
            r"(?i)abstract|not shown|^trial |clinicaltrials\.gov|pubmed|^article|label|monograph", name
        ), f"{key} credits {name}"
    if authors(key):
        assert authors(key)[-1] != "others" or len(authors(key)) > 1


def test_a_journal_article_can_be_found_by_a_librarian():
    of_each(ARTICLES, can_be_found)


def can_be_found(key: str) -> None:
    entry = bibliography().entries[key]
    assert entry.fields["journal"]
    assert "howpublished" not in entry.fields
    if not {"doi", "pmid", "pmcid"} & set(entry.fields):
        assert re.search(r"(?i)\bno (DOI|number)\b", entry.fields["annote"]), (
            f"{key} has neither DOI nor PubMed number and does not say why"
        )


def test_a_reader_is_sent_to_the_source_and_never_to_a_copy():
    of_each(sorted(KEYS), leads_to_the_source)


def leads_to_the_source(key: str) -> None:
    entry = bibliography().entries[key]
    if "url" in entry.fields:
        assert not {"doi", "pmid", "pmcid"} & set(entry.fields), f"{key}: the number is its link"
        assert urlsplit(entry.fields["url"]).hostname in HOSTS, entry.fields["url"]
    shown = ReferenceList((key,))._repr_html_() + html_link(key) + markdown_link(key)
    for copy in entry.fields.get("seen", "").split():
        assert copy == link(key) or f'"{copy}"' not in shown, f"{key} links the copy that was read"


def test_one_source_has_one_key():
    for field in ("doi", "pmid", "pmcid"):
        values = [e.fields[field].casefold() for e in bibliography().entries.values() if field in e.fields]
        assert [value for value, count in Counter(values).items() if count > 1] == []
    titles = Counter(
        (alike(e.fields["title"]), e.fields["year"], e.fields.get("doi") or e.fields.get("pages"))
        for e in bibliography().entries.values()
    )
    assert [title for title, count in titles.items() if count > 1] == []


def test_names_in_running_text(bib):
    assert short_name("zarate2006") == "Zarate et al. 2006a"  # a second paper of that year is cited, too
    assert short_name("sinner2008") == "Sinner and Graf 2008"
    assert short_name("domino2010") == "Domino 2010"
    bib(
        """
        @misc{one, author = {{J\\&J}}, title = {One}, year = {2024}}
        @misc{two, author = {{{Drug {O}ffice}}}, title = {Two}, year = {undated}}
        @article{three, title = {{A [11C] study of many and more words}}, journal = {J}, year = {2001}}
        @misc{xa, author = {Lee, A. and Roe, B. and others}, title = {X}, year = {2016}}
        @misc{xb, author = {Lee, C. and Roe, B. and Doe, J.}, title = {Y}, year = {2016}}
        """
    )
    assert short_name("one") == "J&J 2024"
    assert short_name("two") == "Drug Office, undated"
    assert short_name("three") == "“A 11C study of many and …” 2001"
    assert (short_name("xa"), short_name("xb")) == ("Lee et al. 2016a", "Lee et al. 2016b")
    assert [line.count("2016b.") for line in repr(ReferenceList(("xb", "xa"))).splitlines()] == [0, 1]


def test_no_two_sources_have_the_same_name():
    assert [name for name, count in Counter(map(short_name, sorted(KEYS))).items() if count > 1] == []
    assert not [key for key in KEYS if re.search(r"[{}\\]", short_name(key))]


def test_a_source_without_a_link_shows_its_reference(bib):
    bib(
        "@misc{one, author = {Lee, A.}, title = {A <rare> book}, year = {1999}, seen = {http://copy.example/}}"
    )
    assert link("one") == ""
    assert markdown_link("one") == '[Lee 1999](#References "one")'
    assert html_link("one") == '<span title="A. Lee. A &lt;rare&gt; book. 1999.">Lee 1999</span>'
    assert "copy.example" not in ReferenceList(("one",))._repr_html_()


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ("doi = {10.1000/x}, pmid = {12345}", "https://doi.org/10.1000/x"),
        ("pmid = {12345}, pmcid = {PMC99999}", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
        ("pmcid = {PMC99999}", "https://pmc.ncbi.nlm.nih.gov/articles/PMC99999/"),
        ("url = {https://www.who.int/x}", "https://www.who.int/x"),
    ],
)
def test_the_link_is_the_most_lasting_address(bib, fields: str, address: str):
    bib(f"@misc{{one, author = {{Lee, A.}}, title = {{T}}, year = {{1999}}, {fields}}}")
    assert link("one") == address
    assert f'href="{address}"' in ReferenceList(("one",))._repr_html_()
    assert f'href="{address}"' in html_link("one")


def test_institutions_stand_among_persons_in_the_alphabet(bib):
    bib(
        """
        @misc{a, author = {Zuo, A.}, title = {T}, year = {2000}}
        @misc{b, author = {{{European Agency}}}, title = {T}, year = {2000}}
        @misc{c, author = {Özgür, A.}, title = {T}, year = {2000}}
        @misc{d, author = {Øye, I.}, title = {T}, year = {2000}}
        @misc{e, author = {Abbott, J.}, title = {T}, year = {2000}}
        @misc{f, title = {{Memory in rats}}, year = {2000}}
        @misc{g, author = {Abbott, J.}, title = {T}, year = {1990}}
        """
    )
    firsts = [line.split(".")[0] for line in repr(ReferenceList(tuple("abcdefg"))).splitlines()]
    assert firsts == ["J", "J", "European Agency", "Memory in rats", "I", "A", "A"]
    assert "1990" in repr(ReferenceList(tuple("abcdefg"))).splitlines()[0]


def test_the_whole_list_prints_each_source_with_its_title():
    printed = repr(ReferenceList(tuple(sorted(KEYS))))
    assert len(printed.splitlines()) == len(KEYS)
    assert not re.search(r"[{}\\]|None", printed)


def test_a_citation_is_text_and_link():
    citation = cite("zarate2006", "lii2023")
    assert repr(citation) == "Zarate et al. 2006a; Lii et al. 2023"
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
