"""Dates, large numbers and P values have one form in everything that a lesson shows."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from nbformat import NotebookNode

from ketalab.publish.weave import tags

# What is no prose: styles, scripts, code, equations, addresses, tags but for their alt texts.
UNSAID = re.compile(
    r"<(style|script|code|svg)\b.*?</\1>|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$"
    r"|\]\([^)\s]*(?:\)[^)\s\"]*)?(?: \"[^\"]*\")?\)|(?:https?://|doi\.org/|www\.)[^\s<]+",
    re.DOTALL,
)
ALT = re.compile(r'\balt="([^"]*)"')
FORMS = {
    "a date in words": re.compile(r"(?<![\w-])(?:1[89]|20)\d\d-[01]\d(?:-[0-3]\d)?(?![\w-])"),
    "a comma at thousands": re.compile(r"(?<![\w.,/:\-–])(?!(?:1[89]|20)\d\d\b)\d{4,}(?:\.\d+)?(?![\w/:])"),
    "a capital P": re.compile(r"(?<![\w_])p\s?[=<>≤≥]\s?[\d.]"),
}


def shown(notebook: NotebookNode) -> Iterator[str]:
    """What a reader sees of a lesson, but for its references, whose numbers are names."""
    for cell in notebook.cells:
        if "references" in tags(cell):
            continue
        if cell.cell_type == "markdown":
            yield said(cell.source)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield said(output.get("text", ""))
            yield from (said(str(data.get(f"text/{kind}", ""))) for kind in ("html", "markdown", "plain"))


def said(text: str) -> str:
    text = UNSAID.sub(" ", text)
    return unescape(re.sub(r"<[^>]+>", " ", " ".join([text, *ALT.findall(text)])))


def amiss(text: str) -> list[str]:
    """Where a text has another form, and which it should have."""
    return [
        f"{text[max(0, found.start() - 30) : found.end() + 20]!r} wants {form}"
        for form, other in FORMS.items()
        for found in other.finditer(text)
    ]


def test_dates_large_numbers_and_p_values_have_one_form(notebook: NotebookNode):
    assert [fault for text in shown(notebook) for fault in amiss(text)] == []


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<td>2019-03</td>", "a date in words"),
        ("approved on 2025-02-07, after", "a date in words"),
        ("of 1200 people", "a comma at thousands"),
        ('<img alt="about 12000.5 ng/mL">', "a comma at thousands"),
        ("did not differ (p = 0.03)", "a capital P"),
        ("`ok` p<0.001", "a capital P"),
    ],
)
def test_another_form_would_be_found(text: str, form: str):
    assert [fault.partition(" wants ")[2] for fault in amiss(said(text))] == [form]


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 and in the 1970s, from 1983 to 2026, P = 0.03",
        '[Fava et al. 2018](https://doi.org/10.1038/s41380-018-0256-5 "fava2018"), 1,200 people',
        "<style>p > 1000</style> NCT01627782; $10^{4}$ and 1,234.5",
    ],
)
def test_good_form_passes(text: str):
    assert amiss(said(text)) == []
