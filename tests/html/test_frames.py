"""Tables of frames have one row of headings, whatever pandas writes."""

import re

import pandas as pd
import pytest

from ketalab.html.frames import one_row_of_headings


def headings(html: str) -> list[list[str]]:
    head = html.partition("<thead>")[2].partition("</thead>")[0]
    return [re.findall(r"<th[^>]*>(.*?)</th>", row, re.DOTALL) for row in re.split(r"</tr>", head)[:-1]]


FRAME = pd.DataFrame({"a": [1, 2], "b (mg)": [3, 4]})


@pytest.mark.parametrize(
    ("frame", "wanted"),
    [
        (FRAME.rename_axis("dose"), ["dose", "a", "b (mg)"]),
        (FRAME.set_index(["a", "b (mg)"]).assign(c=1), ["a", "b (mg)", "c"]),
        (FRAME, ["", "a", "b (mg)"]),
    ],
    ids=["a named index", "two levels", "no name"],
)
def test_the_name_of_an_index_stands_beside_the_columns(frame: pd.DataFrame, wanted: list[str]):
    html = frame.to_html()
    assert headings(one_row_of_headings(html)) == [wanted]
    body = html.partition("</thead>")[2]
    assert one_row_of_headings(html).endswith(body)


def test_a_table_whose_two_rows_both_name_columns_keeps_them():
    both = FRAME.rename_axis("dose").rename_axis("of", axis="columns")
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    for frame in (both, levels):
        html = frame.to_html()
        assert one_row_of_headings(html) == html
