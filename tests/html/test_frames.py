"""Tables of frames: one row of headings, words to the left, numbers to the right."""

import re
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from ketalab.html import frames
from ketalab.html.frames import one_row_of_headings


def headings(html: str) -> list[list[str]]:
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    return [re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL) for row in re.split(r"</tr>", head)[:-1]]


FRAME = pd.DataFrame({"a": [1, 2], "b (mg)": [3, 4]})
NAMED = [
    (FRAME.rename_axis("dose"), ["dose", "a", "b (mg)"]),
    (FRAME.set_index(["a", "b (mg)"]).assign(c=1), ["a", "b (mg)", "c"]),
    (FRAME, ["", "a", "b (mg)"]),
]
IDS = ["a named index", "two levels", "no name"]


@pytest.mark.parametrize(("frame", "wanted"), NAMED, ids=IDS)
def test_the_name_of_an_index_stands_beside_the_columns(frame: pd.DataFrame, wanted: list[str]):
    html = frame.to_html()
    assert headings(one_row_of_headings(html)) == [wanted]
    body = html.partition("</thead>")[2]
    assert one_row_of_headings(html).endswith(body)
    assert headings(frames.table(frame)) == [wanted]


def test_a_table_whose_two_rows_both_name_columns_keeps_them():
    both = FRAME.rename_axis("dose").rename_axis("of", axis="columns")
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    for frame in (both, levels):
        html = frame.to_html()
        assert one_row_of_headings(html) == html
        assert len(headings(frames.table(frame))) == 2


def column(html: str, place: int) -> list[str]:
    """The classes of a column's heading and values, counted from the right."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd]([^>]*)>", row)[place] for row in rows]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["supported", "contested"], True),
        (["5-HT2A", "5-HT1A"], True),
        (["yes", ""], True),
        (["", ""], False),
        (["4.2 (1.4 to 7)", "not in our source", "12"], False),
        (["\u221212.7 to \u22123.2", "+19 (4 to 34)"], False),
        (["below 0.1", "over 99%"], False),
        (["99 patients: 0.5 and 1.0 mg/kg beat midazolam", "36 patients"], True),
        ([1.5, np.nan], False),
    ],
)
def test_words_stand_left_and_numbers_right(values: list, words: bool):
    frame = pd.DataFrame(
        {"first": 1, "second": values}, index=pd.Index([f"r{i}" for i in range(len(values))])
    )
    html = frames.table(frame)
    assert set(column(html, -1)) == ({' class="words"'} if words else {""})
    assert set(column(html, -2)) == {""}
    assert set(column(html, 0)) == {' class="words"'}


def test_a_frame_shows_every_value_as_pandas_reads_it_back():
    frame = pd.DataFrame({"g": [0.45, -0.4], "what": ["<b> & more", "-ketamine"]}, index=["one", "two"])
    html = frames.table(frame)
    for text in (">\u22120.40<", "-ketamine", "&lt;b&gt; &amp; more"):
        assert text in html
    read = pd.read_html(StringIO(html.replace("\u2212", "-")), index_col=0, flavor="lxml")[0]
    pd.testing.assert_frame_equal(read, frame, check_names=False)


def test_the_name_of_a_row_has_the_minus_sign_of_print():
    frame = pd.DataFrame({"n": [8, 8]}, index=["day -1", "day 1"])
    assert '<th class="words">day \u22121</th>' in frames.table(frame)
    levels = pd.DataFrame([[1], [2]], index=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    assert 'rowspan="2"' in frames.table(levels)


def test_frames_with_no_rows_or_more_than_are_shown_stay_tables():
    assert "<tbody>" in frames.table(FRAME.iloc[:0])
    long = frames.table(pd.DataFrame({"n": range(500)}))
    assert "500 rows" in long
    assert 'class="words"' in long


def test_a_notebook_shows_frames_so_and_a_program_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    frames.in_notebooks()  # no notebook runs here
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    frames.in_notebooks()
    shown = shell.display_formatter.format(FRAME.rename_axis("dose"))[0]
    assert shown["text/html"] == frames.table(FRAME.rename_axis("dose"))
    assert shown["text/plain"] == repr(FRAME.rename_axis("dose"))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([41.0, 9.0], ["41", "9"]),
        ([41.0, 9.5], ["41.0", "9.5"]),
        ([-7.0, np.nan], ["−7", "NaN"]),
        (["5.0 mg", "about 7.0"], ["5.0 mg", "about 7.0"]),
    ],
)
def test_whole_numbers_have_no_point(values: list, shown: list[str]):
    html = frames.table(pd.DataFrame({"found": values}))
    assert re.findall(r"<td[^>]*>(.*?)</td>", html) == shown
