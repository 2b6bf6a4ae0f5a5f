"""`make cards`: for a class without screens, on paper. Every word comes from the ledger and the lessons.

Evidence cards (one a claim, on A6), the claims that lesson 13 has a reader grade, the predictions of all
lessons, and a key to all three.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from ketalab.data import claim, table
from ketalab.data.bibliography import link, short_name
from ketalab.data.certainty import LEVELS
from ketalab.data.lessons import lesson_files, ready
from ketalab.data.verdict import Verdict
from ketalab.lessons import lesson
from ketalab.paths import ROOT
from ketalab.practice.asking import LETTERS
from ketalab.publish import stored
from ketalab.publish.slides import write_page
from ketalab.text import count, with_real_minus

FOLDER = ROOT / "dist" / "cards"
PAGE = "cards.html.j2"
GRADING = re.compile(r'grading\("([C\d ]+)"')
EACH = 2  # results for, and against
SIDES = {"for": "Speaks for it", "against": "Speaks against it"}
BOX = '<span class="box"></span>'


def main(_: Sequence[str] = (), folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    numbers = table("claims").claim.tolist()
    pages = {
        "evidence_cards": ("Evidence cards", "a6", "".join(map(card, numbers))),
        "claims_to_grade": ("Grade these claims", "a4", to_grade(graded())),
        "predictions": ("Predict first", "a4", predictions()),
        "key": ("The key", "a4", key(numbers)),
    }
    for name, (title, paper, content) in pages.items():
        write_page(folder / f"{name}.html", PAGE, title=title, paper=paper, content=content)
    print(f"{count(len(numbers), 'evidence card')}, two sheets and the key are in {folder}.")
    print("Open each in a browser and print it. For four cards on a sheet of A4, print four pages a sheet.")


def results(number: str, side: str) -> list[tuple[str, str, str]]:
    """Up to two results on one side of a claim: finding, reference, place in it.

    They are the first of the ledger, each from another source where there are two; where it holds fewer
    results for a claim, trials that tested it stand in.
    """
    sources = claim(number).sources
    rows = list(sources[sources.stance == side].itertuples())
    if side == "for":
        tests = table("claim_tests")
        rows += list(tests[tests.claim == number].itertuples())
    found: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        found.setdefault(row.reference, (row.finding, row.reference, row.locator))
    again = [(row.finding, row.reference, row.locator) for row in rows]
    return [*found.values(), *(one for one in again if one not in found.values())][:EACH]


def card(number: str) -> str:
    """A claim with results for and against it, and without our verdict."""
    about = claim(number).about
    sides = []
    for side, heading in SIDES.items():
        found = results(number, side)
        lines = "".join(
            f"<li>{escape(with_real_minus(finding))} "
            f"<cite>{_cited(reference)}, {escape(locator)}</cite></li>"
            for finding, reference, locator in found
        )
        if len(found) < EACH:
            missing = "no other" if found else "no"
            lines += f'<li class="none">The ledger holds {missing} result {side} it.</li>'
        sides.append(f'<h3 class="{side}">{heading}</h3><ul>{lines}</ul>')
    return (
        f'<section class="card"><h2><b>{number}</b> {escape(about.statement)}</h2>'
        f"<blockquote>{escape(about.quoted)}</blockquote>{''.join(sides)}</section>"
    )


def graded() -> list[str]:
    """The claims that lesson 13 has a reader grade; ValueError when it has none graded."""
    path = next(path for path in lesson_files() if path.name.startswith("13"))
    for cell in stored.notebook(path).cells:
        if cell.cell_type == "code" and (found := GRADING.search(cell.source)):
            return found[1].split()
    raise ValueError(f"{path.name}: grading: no cell grades claims; one must")


def to_grade(numbers: Sequence[str]) -> str:
    """Claims to grade on paper, with boxes for the verdict and for how sure one is."""
    meanings = "".join(
        f"<li><b>{verdict.sign} {escape(verdict)}</b>: {escape(verdict.meaning)}</li>"
        for verdict in Verdict
    )
    head = "".join(
        f'<th scope="col" aria-label="{escape(verdict)}">{verdict.sign}</th>' for verdict in Verdict
    )
    head += "".join(f'<th scope="col"><small>{escape(level)}</small></th>' for level in LEVELS)
    rows = "".join(
        f'<tr><th scope="row"><b>{number}</b> {escape(claim(number).about.statement)}</th>'
        + f"<td>{BOX}</td>" * (len(Verdict) + len(LEVELS))
        + "</tr>"
        for number in numbers
    )
    return (
        "<p>Tick a verdict for each claim, and its certainty, before anybody tells you ours.</p>"
        f'<ul class="verdicts">{meanings}</ul>'
        '<table class="grade"><thead><tr><td></td>'
        f'<th scope="colgroup" colspan="{len(Verdict)}">Verdict</th>'
        f'<th scope="colgroup" colspan="{len(LEVELS)}">Certainty</th></tr>'
        f'<tr><th scope="col">Claim</th>{head}'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def predictions() -> str:
    """Every prediction of every lesson, lettered as on the slides."""
    titles = table("lessons").set_index("lesson").title
    blocks = []
    for number in sorted(ready()):
        asked = "".join(
            f"<li>{escape(one.question)}<ol class='choices'>"
            + "".join(f"<li>{BOX} {escape(option.text)}</li>" for option in one.options)
            + "</ol></li>"
            for one in lesson(number).predictions.values()
        )
        blocks.append(
            f"<section class='asked'><h2>{number} {escape(titles[number])}</h2><ol>{asked}</ol></section>"
        )
    return (
        "<p>Tick one answer before you see anything. A wrong guess that stands on paper teaches the most; "
        f"nobody marks it. The letters are those of the slides.</p>{''.join(blocks)}"
    )


def key(numbers: Sequence[str]) -> str:
    """Verdicts of all claims with their reasons, and what happened in each prediction."""
    rows = "".join(_verdict(number) for number in numbers)
    answers = "".join(_answers(number) for number in sorted(ready()))
    return (
        "<p>Not for students. On a card stand the first two results of the ledger on each side, from "
        "different sources where there are; the ledger in lesson 13 holds them all.</p><h2>Verdicts</h2>"
        '<table><thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col">Sure</th>'
        f'<th scope="col">Because</th><th scope="col">Lesson</th></tr></thead><tbody>{rows}</tbody></table>'
        f"<h2>Predictions</h2>{answers}"
    )


def _verdict(number: str) -> str:
    about = claim(number).about
    verdict, reason = Verdict(about.verdict), escape(with_real_minus(about.reason))
    return (
        f'<tr><th scope="row">{number}</th><td>{verdict.sign} {escape(verdict)}</td>'
        f"<td>{escape(about.certainty)}</td><td>{reason}</td><td>{about.lesson}</td></tr>"
    )


def _answers(number: str) -> str:
    return f"<h3>Lesson {number}</h3><ol>{''.join(_happened(number))}</ol>"


def _happened(number: str) -> Iterator[str]:
    for one in lesson(number).predictions.values():
        letter, right = next(
            (letter, option) for letter, option in zip(LETTERS, one.options, strict=False) if option.right
        )
        yield f"<li><b>{letter}. {escape(right.text)}.</b> {escape(right.says)}</li>"


def _cited(reference: str) -> str:
    address, name = link(reference), escape(short_name(reference))
    return f'<a href="{escape(address)}">{name}</a>' if address else name
