"""Grade first, compare afterwards: the reader's verdicts on some claims beside the ledger's.

The page shows one claim at a time with a choice of verdict and of certainty, and afterwards counts how
often both judges agree, draws where they differ, and links each difference to its lesson. It needs
no kernel: a script in the page does the counting, the same that `ketalab.data.readings` does. Where no
script runs, and on paper, all claims stand below each other and the answers are folded. What was graded
stays graded after the cell runs again and after a reload, as a question's answer does (static/marks.js says
where); on a slide every class begins afresh.

Cohen's kappa is the agreement beyond what two judges would reach by chance, each with the habits they
have [@cohen1960]: kappa = (p - e) / (1 - e), with p the share of agreement and e that expected by chance.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from ketalab.data.certainty import LEVELS
from ketalab.data.tables import table
from ketalab.data.verdict import VERDICTS, Verdict
from ketalab.html.claims_list import lesson_link
from ketalab.html.claims_table import wrapped
from ketalab.html.files import static

MEANING = {verdict.value: verdict.meaning for verdict in Verdict}
SIGN = {verdict.value: verdict.sign for verdict in Verdict}
NOTHING = "Nothing graded yet: choose a verdict and its certainty."


STYLE = static("html", "grading.css")
SCRIPT = static("html", "grading.js")


@dataclass(frozen=True)
class Grading:
    """See the module. `numbers` are the claims in the order in which they are shown."""

    numbers: tuple[str, ...]

    def _repr_html_(self) -> str:
        claims = table("claims").set_index("claim")
        forms = "".join(
            self._form(i, number, claims.statement[number]) for i, number in enumerate(self.numbers)
        )
        answers = "".join(
            f'<li data-answer="{number}">{number}: {escape(claims.verdict[number])}, '
            f"{escape(claims.certainty[number])}. "
            f"{lesson_link(claims.lesson[number])}</li>"
            for number in self.numbers
        )
        more = f"{len(self.numbers) - 1} more claims to grade are in the lesson's pages."
        return (
            f'<div class="ketalab-grading" data-lm-suppress-shortcuts="true" data-at="0" '
            f'data-mark="grading/{" ".join(self.numbers)}" '
            f'data-ledger="{escape(self._ledger(claims))}"><style>\n{STYLE}</style>{forms}'
            f'<div class="result" data-part="result" hidden></div>'
            '<p><button type="button" data-go="back" disabled>Back</button>'
            '<button type="button" data-go="next">Next</button>'
            '<button type="button" data-go="compare">Compare with the ledger</button>'
            f'<span role="status">{NOTHING}</span></p><p class="paper">{more}</p>'
            "<details><summary>Without the buttons: the ledger's grades</summary>"
            f"<ul>{answers}</ul></details>"
            f"<script>\n{SCRIPT}</script></div>"
        )

    def _form(self, place: int, number: str, statement: str) -> str:
        hidden = "" if place == 0 else " hidden"
        return (
            f'<fieldset data-claim="{number}"{hidden}><legend>{number}. {escape(statement)}</legend>'
            f'<div class="ways"><div role="radiogroup" aria-label="verdict">'
            f"<p>Your verdict</p>{self._choices(number, 'verdict', MEANING)}</div>"
            f'<div role="radiogroup" aria-label="certainty"><p>Certainty of your verdict</p>'
            f"{self._choices(number, 'certainty', dict.fromkeys(LEVELS[::-1], ''))}</div></div></fieldset>"
        )

    def _choices(self, number: str, what: str, options: Mapping[str, str]) -> str:
        return "".join(
            f'<label><input type="radio" name="grade-{number}-{what}" data-what="{what}" value="{option}">'
            f"<span><b>{SIGN.get(option, '')} {option}</b>{': ' if more else ''}{more}</span></label>"
            for option, more in options.items()
        )

    def _ledger(self, claims: pd.DataFrame) -> str:
        its = {
            number: {
                "verdict": claims.verdict[number],
                "certainty": claims.certainty[number],
            }
            for number in self.numbers
        }
        return json.dumps(
            {
                "claims": its,
                "verdicts": VERDICTS,
                "signs": tuple(SIGN.values()),
                "levels": LEVELS,
                "nothing": NOTHING,
            },
            ensure_ascii=False,
        )

    def __repr__(self) -> str:
        claims = table("claims").set_index("claim")
        lines = ["Grade first. " + NOTHING, f"  Verdicts: {', '.join(VERDICTS)}."]
        for number in self.numbers:
            lines += wrapped(f"{number} {claims.statement[number]}")
        return "\n".join(lines)


def grading(numbers: Sequence[str]) -> Grading:
    """Claims for the reader to grade; ValueError for one the ledger does not hold, or none at all."""
    known = table("claims").claim.tolist()
    if not numbers:
        raise ValueError("numbers: 0 claims are not allowed; give 1 or more")
    for number in numbers:
        if number not in known:
            raise ValueError(f"claim: {number!r} is not one of C01 to {known[-1]}")
    return Grading(tuple(dict.fromkeys(numbers)))
