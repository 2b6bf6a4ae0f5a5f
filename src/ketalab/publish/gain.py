"""`make gain ANSWERS=class.csv`: what a class learned, as a page a teacher can read and print."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd

from ketalab.practice.gain import Answers, by_item, gain, in_words, notes, read_answers, reliability
from ketalab.publish.inventory import FOLDER, PAGE
from ketalab.publish.slides import write_page
from ketalab.text import decimals

ROUNDED = {"before (%)": 0, "after (%)": 0, "discrimination": 2}


def main(files: Sequence[str]) -> None:
    """Write the page for one table of answers; ValueError in one sentence for a table that is damaged."""
    if len(files) != 1:
        raise ValueError(f"gain: {len(files)} tables were named; it must be 1: make gain ANSWERS=class.csv")
    path = Path(files[0])
    if not path.is_file():
        raise FileNotFoundError(f"gain: {path} is not there")
    content = page(read_answers(path))
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"gain_of_{path.stem}.html"
    write_page(target, PAGE, title="What the class learned", content=content)
    print(f"The page is {target}.")


def page(answers: Answers) -> str:
    """The page's content: the gain in words, what to know before believing it, and a table of the ideas."""
    after = (answers.papers.time == "after").to_numpy()
    sure = reliability(answers.right[after])
    parts = [f"<p><b>{escape(in_words(gain(answers)))}</b></p>"]
    if warned := notes(answers):
        parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in warned) + "</ul>")
    parts.append(
        f"<p>Reliability of the papers after (Kuder and Richardson's formula 20): {_number(sure, 2)}. "
        "It says how far the questions rank the same students alike; twenty different ideas need not.</p>"
        "<h2>Idea by idea</h2>"
        "<p>Discrimination is the correlation with the rest of the paper, after the course. Near zero or "
        "below: the question, or what was taught, needs a look. A dash: too few papers, or all or none "
        "right.</p>"
    )
    shown = by_item(answers).assign(
        **{name: lambda t, n=name: _column(t[n], ROUNDED[n]) for name in ROUNDED}
    )
    scrolls = 'class="table" tabindex="0" role="region" aria-label="Idea by idea"'
    parts.append(f"<div {scrolls}>{shown.reset_index().to_html(border=0, index=False)}</div>")
    return "".join(parts)


def _column(values: pd.Series, places: int) -> list[str]:
    return [_number(value, places) for value in values]


def _number(value: float, places: int) -> str:
    return "–" if pd.isna(value) else decimals(value, places)
