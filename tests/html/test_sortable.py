"""The sortable table: ranks that sort as a reader expects, links, and a text for where no HTML is shown."""

import re

import pandas as pd
import pytest

from ketalab import sortable
from ketalab.data import table
from ketalab.html.sortable import SortableTable

FRAME = pd.DataFrame(
    {
        "stage": pd.Categorical(["late", "early", "late"], ["early", "late"], ordered=True),
        "effect": [10.0, 9.5, None],
        "who": ["rats", "People", "mice"],
        "source": ["zarate2006", "li2010", "domino2010"],
    }
)


def ranks(html: str, column: int) -> list[int]:
    rows = re.findall(r"<tr>(.*?)</tr>", html.split("<tbody>")[1])
    return [int(re.findall(r'data-rank="(\d+)"', row)[column]) for row in rows]


def test_every_kind_of_column_is_ranked_in_its_own_order():
    html = sortable(FRAME, "Three rows", sources=["source"])._repr_html_()
    assert ranks(html, 0) == [2, 1, 2]  # the order of the categories, not of the alphabet
    assert ranks(html, 1) == [2, 1, 3]  # 9.5 before 10, the gap last
    assert ranks(html, 2) == [3, 2, 1]  # capitals do not come first
    assert ranks(html, 3) == [3, 2, 1]  # by the name that is shown


def test_headings_are_buttons_with_a_scope_and_the_table_has_a_caption():
    html = sortable(FRAME, "Three rows & more")._repr_html_()
    assert len(re.findall(r'<th scope="col"[^>]*><button type="button">', html)) == 4
    assert "<caption>Three rows &amp; more</caption>" in html
    assert 'role="status"' in html
    assert "data-lm-suppress-shortcuts" in html


def test_reference_keys_become_links_and_text_is_escaped():
    html = sortable(FRAME.assign(who="<b>"), "Links", sources=["source"])._repr_html_()
    assert '<a href="https://doi.org/10.1126/science.1190287">Li et al. 2010</a>' in html
    assert "<b>" not in html


def test_numbers_in_words_have_the_minus_sign_of_print():
    shown = sortable(FRAME.assign(who=["at -70 mV", "-3 to 2", "[3H]MK-801"]), "Minus")
    for text in ("at \u221270 mV", "\u22123 to 2", "[3H]MK-801"):
        assert text in shown._repr_html_()
        assert text in repr(shown)


def test_dates_are_said_in_words_and_sorted_by_time():
    shown = sortable(FRAME.assign(date=["2019-03", "2025-02-07", "2024-04"]), "Dates")
    for text in ("March 2019", "7 February 2025", "April 2024"):
        assert f">{text}</td>" in shown._repr_html_()
        assert text in repr(shown)
    assert ranks(shown._repr_html_(), 4) == [1, 3, 2]


def test_it_asks_nobody_for_anything():
    html = sortable(FRAME, "Offline")._repr_html_()
    assert not re.search(r"src=|@import|url\(|fetch\(", html)


def test_the_text_says_all_the_table_says():
    text = repr(sortable(FRAME, "Three rows", sources=["source"]))
    assert text.splitlines()[0] == "Three rows"
    assert "stage: late; effect: 10; who: rats; source: Zarate et al. 2006a" in text
    assert "stage: late; who: mice; source: Domino 2010" in text  # a gap is left out
    assert max(map(len, text.splitlines())) <= 100


def test_a_thousand_and_more_has_its_comma_and_a_year_has_none():
    frame = pd.DataFrame({"year": [2021], "people": [17600], "change": [-1234.5], "n": pd.array([999])})
    html, text = (show(sortable(frame, "Counts")) for show in (SortableTable._repr_html_, repr))
    assert re.findall(r"<td [^>]*>([^<]*)</td>", html) == ["2021", "17,600", "−1,234.5", "999"]
    assert "year: 2021; people: 17,600; change: −1,234.5; n: 999" in text


def test_the_same_frame_gives_the_same_bytes():
    assert sortable(FRAME, "One")._repr_html_() == sortable(FRAME.copy(), "One")._repr_html_()
    names = {re.search(r'id="(sortable-\w+)"', sortable(FRAME, c)._repr_html_())[1] for c in ("One", "Two")}
    assert len(names) == 2


def test_the_frame_is_not_changed_and_its_index_does_not_matter():
    evidence = table("surge_evidence")
    before = evidence.copy()
    shown = sortable(evidence[evidence.stance == "against"], "Against", sources=["reference"])
    assert len(re.findall("<tr>", shown._repr_html_())) == (evidence.stance == "against").sum() + 1
    pd.testing.assert_frame_equal(evidence, before)


def test_bad_input_is_named():
    with pytest.raises(
        ValueError, match="sources: 'reference' is not a column; the frame has stage, effect"
    ):
        sortable(FRAME, "No", sources=["reference"])
    with pytest.raises(ValueError, match=r"reference: 'rats' is not in references\.bib"):
        sortable(FRAME, "No", sources=["who"])


def test_a_column_without_a_name_has_no_button_to_press():
    html = sortable(pd.DataFrame({"": ["+", "-"], "drug": ["a", "b"]}), "signs")._repr_html_()
    assert html.count("<button") == 1
    assert "<tr><td></td><th" in html
