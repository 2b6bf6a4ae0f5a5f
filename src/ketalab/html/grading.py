"""Grade first, compare afterwards: the reader's verdicts on some claims beside the ledger's.

The page shows one claim at a time with a choice of verdict and of certainty, and afterwards counts how
often both judges agree, draws where they differ, and links each difference to its lesson. It needs
no kernel: a script in the page does the counting, the same that `agreement` does in Python. Where no
script runs, and on paper, all claims stand below each other and the answers are folded. What was graded
stays graded after the cell runs again and after a reload, as practice.js keeps it for questions: in the
browser's storage under the address of the lab; on a slide every class begins afresh.

Cohen's kappa is the agreement beyond what two judges would reach by chance, each with the habits they
have [@cohen1960]: kappa = (p - e) / (1 - e), with p the share of agreement and e that expected by chance.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import nan

import pandas as pd

from ketalab.data.certainty import LEVELS
from ketalab.data.tables import table
from ketalab.data.verdict import VERDICTS, Verdict
from ketalab.html.claims_list import lesson_link
from ketalab.html.claims_table import wrapped

MEANING = {verdict.value: verdict.meaning for verdict in Verdict}
SIGN = {verdict.value: verdict.sign for verdict in Verdict}
NOTHING = "Nothing graded yet: choose a verdict and how sure you are."


@dataclass(frozen=True)
class Agreement:
    """How far two judges agree: counts (rows the reader, columns the ledger) and what differs."""

    counts: pd.DataFrame
    misjudged: tuple[str, ...]

    @property
    def graded(self) -> int:
        return int(self.counts.to_numpy().sum())

    @property
    def agreed(self) -> int:
        return self.graded - len(self.misjudged)

    @property
    def kappa(self) -> float:
        """Cohen's kappa; NaN where chance alone would make both judges agree always."""
        if not self.graded:
            return nan
        shares = self.counts.to_numpy() / self.graded
        chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
        return nan if chance > 1 - 1e-12 else float((shares.trace() - chance) / (1 - chance))

    def __repr__(self) -> str:
        if not self.graded:
            return NOTHING
        kappa = "" if self.kappa != self.kappa else f", kappa {self.kappa:.2f}"
        lines = [f"You agree with the ledger on {self.agreed} of {self.graded}{kappa}."]
        claims = table("claims").set_index("claim")
        lines += [
            f"  {number}: the ledger says {claims.verdict[number]}; lesson {claims.lesson[number]}"
            for number in self.misjudged
        ]
        return "\n".join(lines)


def agreement(mine: Mapping[str, str]) -> Agreement:
    """Compare verdicts, by number of the claim, with the ledger's.

    Raises ValueError for a claim the ledger does not hold or a verdict that is not one of its five.
    """
    theirs = table("claims").set_index("claim").verdict
    counts = pd.DataFrame(0, index=list(VERDICTS), columns=list(VERDICTS))
    for number, verdict in mine.items():
        if number not in theirs.index:
            raise ValueError(f"claim: {number!r} is not one of C01 to {theirs.index[-1]}")
        if verdict not in VERDICTS:
            raise ValueError(
                f"verdict of {number}: {verdict!r} is not allowed; it must be one of {', '.join(VERDICTS)}"
            )
        counts.loc[verdict, theirs[number]] += 1
    return Agreement(counts, tuple(number for number in mine if mine[number] != theirs[number]))


STYLE = """
.ketalab-grading { border: 2px solid #0072b2; padding: 8px 16px; color: #1b1b1b; background: #fff;
  color-scheme: light; line-height: 1.3; }
.ketalab-grading fieldset { border: 0; padding: 0; margin: 0 0 6px; }
.ketalab-grading fieldset[hidden], .ketalab-grading [data-part][hidden] { display: none; }
.ketalab-grading legend { font-weight: bold; font-size: 1.1em; padding: 0; margin: 4px 0; }
.ketalab-grading .ways { display: grid; grid-template-columns: 1.7fr 1fr; gap: 4px 30px; }
.ketalab-grading label { display: block; padding: 2px 0; cursor: pointer; }
.ketalab-grading.ketalab-grading p { margin: 0 0 4px; font-size: 1em; line-height: 1.3; }
.ketalab-grading.ketalab-grading button { font: inherit; padding: 4px 14px; margin-right: 8px;
  cursor: pointer; border: 1px solid #0072b2; border-radius: 3px; background: #fff; color: #1b1b1b; }
.ketalab-grading :is(button, input, a):focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
.ketalab-grading.ketalab-grading button:disabled { opacity: 0.4; cursor: default; }
.ketalab-grading .result .sum { grid-column: 1 / -1; }
.ketalab-grading .result { display: grid; grid-template-columns: auto 1fr; gap: 6px 24px; }
.ketalab-grading.ketalab-grading table { border-collapse: collapse; margin: 4px 0; font-size: 0.85em; }
.ketalab-grading.ketalab-grading :is(th, td) { border: 1px solid #8a8a8a; padding: 3px 7px;
  text-align: center; background: #fff; color: #1b1b1b; }
.ketalab-grading.ketalab-grading td.same { background: #bfe5d8; font-weight: bold; }
.ketalab-grading.ketalab-grading td.other { background: #f7d9c4; font-weight: bold; }
.ketalab-grading.ketalab-grading ul { margin: 4px 0; padding-left: 1.2em; font-size: 0.85em;
  max-height: 17em; overflow-y: auto; }
.ketalab-grading a { color: #00557f; }
.ketalab-grading details:not([open]) > ul { display: none; }
.ketalab-grading .paper { display: none; }
.reveal .ketalab-grading { font-size: 21px; }
.reveal .ketalab-grading details { display: none; }
.reveal .ketalab-grading.ketalab-grading :is(th, td) { line-height: 1.2; padding: 2px 8px; }
.reveal .ketalab-grading.ketalab-grading li { margin: 0; line-height: 1.25; }
.reveal .ketalab-grading.ketalab-grading ul { max-height: 245px; }
@media print {
  .ketalab-grading { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .ketalab-grading button, .ketalab-grading [role=status] { display: none; }
  .ketalab-grading fieldset { break-inside: avoid; }
  .ketalab-grading.ketalab-grading ul { max-height: none; overflow: visible; }
  .ketalab-grading:not(.reveal *) fieldset[hidden] { display: block; }
  .reveal .ketalab-grading .paper { display: block; font-weight: bold; }
}
"""
SCRIPT = """
if (!window.ketalabGrading) {
  const home = (() => {
    const config = document.getElementById("jupyter-config-data");
    try { return JSON.parse(config.textContent).baseUrl; } catch { return ""; }
  })();
  const memory = {};
  const place = (box) => `ketalab:${home}:${box.dataset.mark}`;
  const read = (box) => {
    const known = memory[place(box)];
    if (box.closest(".reveal")) return known;
    try { return JSON.parse(localStorage.getItem(place(box))) ?? known; } catch { return known; }
  };
  const write = (box) => {
    const { claims } = parts(box), grades = {};
    for (const claim of claims) {
      grades[claim.dataset.claim] = [picked(claim, "verdict"), picked(claim, "certainty")];
    }
    const mark = memory[place(box)] = { at: Number(box.dataset.at), grades };
    if (box.closest(".reveal")) return;
    try { localStorage.setItem(place(box), JSON.stringify(mark)); } catch { /* nothing */ }
  };
  const recall = (box) => {
    box.classList.add("scripted");
    const mark = read(box);
    if (!mark) return;
    for (const input of box.querySelectorAll("input")) {
      const [verdict, certainty] = mark.grades[input.closest("fieldset").dataset.claim] ?? [];
      input.checked = input.value === (input.dataset.what === "verdict" ? verdict : certainty);
    }
    box.dataset.at = mark.at;
    draw(box);
  };
  const parts = (box) => ({
    claims: [...box.querySelectorAll("fieldset[data-claim]")], result: box.querySelector(".result"),
    status: box.querySelector("[role=status]"), all: JSON.parse(box.dataset.ledger),
  });
  const picked = (claim, what) => claim.querySelector(`input[data-what=${what}]:checked`)?.value;
  const draw = (box) => {
    const { claims, result, status } = parts(box), at = Number(box.dataset.at ?? 0);
    const comparing = at >= claims.length;
    claims.forEach((claim, i) => { claim.hidden = i !== at; });
    result.hidden = !comparing;
    box.querySelector("[data-go=back]").disabled = at === 0;
    box.querySelector("[data-go=next]").disabled = comparing;
    const graded = claims.filter((claim) => picked(claim, "verdict")).length;
    status.textContent = comparing ? "" : `Claim ${at + 1} of ${claims.length}; ${graded} graded.`;
    if (comparing) compare(box);
  };
  // The link of the folded list, as it leads from here: to the notebook, the deck or the page.
  const lessonOf = (box, claim) =>
    box.querySelector(`[data-answer=${claim.dataset.claim}] a`).outerHTML;
  const compare = (box) => {
    const { claims, result, all } = parts(box), names = all.verdicts, levels = all.levels;
    const counts = names.map(() => names.map(() => 0)), differ = [];
    let graded = 0, agreed = 0, rated = 0, level = 0, bolder = 0;
    for (const claim of claims) {
      const mine = picked(claim, "verdict"), its = all.claims[claim.dataset.claim];
      if (!mine) continue;
      graded += 1;
      counts[names.indexOf(mine)][names.indexOf(its.verdict)] += 1;
      if (mine === its.verdict) agreed += 1;
      else differ.push(`<li><b>${claim.dataset.claim}</b> you: ${mine}; ledger: ${its.verdict},
        ${its.certainty}. ${lessonOf(box, claim)}</li>`);
      const sure = picked(claim, "certainty");
      if (!sure) continue;
      rated += 1;
      level += sure === its.certainty;
      bolder += levels.indexOf(sure) > levels.indexOf(its.certainty);
    }
    if (!graded) { result.innerHTML = `<p>${all.nothing}</p>`; return; }
    const add = (a, b) => a + b;
    const rows = counts.map((row) => row.reduce(add, 0));
    const columns = names.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
    const chance = rows.reduce((sum, n, i) => sum + n * columns[i], 0) / graded ** 2;
    const beyond = ((agreed / graded - chance) / (1 - chance)).toFixed(2);
    const kappa = chance > 1 - 1e-12 ? "" : ` Cohen's kappa: ${beyond}.`;
    const cell = (n, same) => n ? `<td class="${same ? "same" : "other"}">${n}</td>` : "<td>·</td>";
    const head = all.signs.map((sign) => `<th scope="col">${sign}</th>`).join("");
    const line = (row, i) => row.map((n, j) => cell(n, i === j)).join("");
    const body = counts.map((row, i) =>
      `<tr><th scope="row">${all.signs[i]} ${names[i]}</th>${line(row, i)}</tr>`).join("");
    const sure = rated ? ` How sure: the same level ${level} times of ${rated}, surer than the ledger
      ${bolder} times.` : "";
    const list = differ.length
      ? `<p>Where you differ:</p><ul tabindex="0">${differ.join("")}</ul>` : "<p>No difference.</p>";
    const sum = `<b>You agree with the ledger on ${agreed} of ${graded}.</b>${kappa}${sure}`;
    result.innerHTML = `<p class="sum">${sum}</p>
      <table><caption>rows: you; columns: ledger</caption><tr><td></td>${head}</tr>${body}</table>
      <div>${list}</div>`;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".ketalab-grading button[data-go]");
    if (!button) return;
    const box = button.closest(".ketalab-grading"), last = parts(box).claims.length;
    const at = Number(box.dataset.at ?? 0), go = button.dataset.go;
    box.dataset.at = go === "compare" ? last : Math.max(0, Math.min(last, at + (go === "next" ? 1 : -1)));
    draw(box);
    write(box);
    (button.disabled ? box.querySelector("[data-go=back]") : button).focus();
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest?.(".ketalab-grading");
    if (!box) return;
    draw(box);
    write(box);
  });
  // A cell that runs again, or that JupyterLab draws again, brings a new element.
  const greet = () => document.querySelectorAll(".ketalab-grading:not(.scripted)").forEach(recall);
  new MutationObserver(greet).observe(document.documentElement, { childList: true, subtree: true });
  window.ketalabGrading = greet;
}
window.ketalabGrading();
"""


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
            f'data-ledger="{escape(self._ledger(claims))}"><style>{STYLE}</style>{forms}'
            f'<div class="result" data-part="result" hidden></div>'
            '<p><button type="button" data-go="back" disabled>Back</button>'
            '<button type="button" data-go="next">Next</button>'
            '<button type="button" data-go="compare">Compare with the ledger</button>'
            f'<span role="status">{NOTHING}</span></p><p class="paper">{more}</p>'
            "<details><summary>Without the buttons: the ledger's grades</summary>"
            f"<ul>{answers}</ul></details>"
            f"<script>{SCRIPT}</script></div>"
        )

    def _form(self, place: int, number: str, statement: str) -> str:
        hidden = "" if place == 0 else " hidden"
        return (
            f'<fieldset data-claim="{number}"{hidden}><legend>{number}. {escape(statement)}</legend>'
            f'<div class="ways"><div role="radiogroup" aria-label="verdict">'
            f"<p>Your verdict</p>{self._choices(number, 'verdict', MEANING)}</div>"
            f'<div role="radiogroup" aria-label="how sure"><p>How sure are you of it?</p>'
            f"{self._choices(number, 'certainty', dict.fromkeys(LEVELS[::-1], ''))}</div></div></fieldset>"
        )

    def _choices(self, number: str, what: str, options: Mapping[str, str]) -> str:
        return "".join(
            f'<label><input type="radio" name="grade-{number}-{what}" data-what="{what}" '
            f'value="{option}"> <b>{SIGN.get(option, "")} {option}</b>{": " if more else ""}{more}</label>'
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
