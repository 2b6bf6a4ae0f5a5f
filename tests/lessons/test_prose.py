"""Every number in a lesson's prose is tied: to an output of its section, or to a source its sentence names.

Not to any number of the course: lessons hold most numbers of two digits somewhere, so a rule that looks
everywhere lets most false numbers through. `test_few_false_numbers_would_pass` counts how many do.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import pandas as pd
import pytest
from conftest import lessons
from nbformat import NotebookNode

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.data.tables import descriptor
from ketalab.lessons import lesson
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses import cascade_fan
from ketalab.lessons.l11_ketamine_assisted_psychotherapy import session_planner
from ketalab.publish import weave
from ketalab.publish.weave import CLOCK, cited, tags

NUMBER = re.compile(r"(?<![\w.,/])[-−+]?\d[\d,]*(?:\.\d+)?(?![\w])")
# What is not a result: names of lessons, claims, objectives, sections and exercises; list numbers; years.
NAMES = re.compile(
    r"\b[Ll]essons? \d\d(?: (?:and|to) \d\d)?|\b[CO]\d\d?\b|^#+ .*$|^\d\. |Exercise \d|\b(1[89]|20)\d\d\b",
    re.MULTILINE,
)
MARKUP = re.compile(
    r'\[[^\]]*\]\(\S* "[a-z0-9]+"\)|'
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|<[^>]+>|<!--.*?-->",
    re.DOTALL,
)
# A phrase whose source its sentence names in words or a paragraph near it links (its keys), or whose
# numbers another section shows ("shown"), or that are worked out below ("ledger", ...). Only numbers found
# there are tied, only where the phrase stands: one that has changed ties nothing.
ELSEWHERE: dict[str, dict[str, str]] = {
    "00": {
        "of 61.": "ledger",
        "of 35 mg is left": "shown",
        "180 words a minute, 3 minutes for an explorable, 2 for a question, 5 for an exercise": "clock",
        "leaves 0.7% of the peak": "shown",
    },
    "01": {
        "11 to 17% arrived in people with cancer pain": "emory2022",
        "a model of 113 children found 41%": "hornik2018",
        "a clearance of 114 L/h and a volume of 752 L": "perezruixo2021",
        "our model has 109 L/h and 780 L": "shown",
        "At 0.5 mg/kg a person of 70 kg": "shown",
        "In the table everyone weighs 70 kg": "shown",
        "half-life is 3.2 h. The venous models have 7.4 and 11 h": "shown",
        "*2 to 17 min*": "esketaminech",
        "one published peak, 185 ng/mL": "zanos2018",
        "up to 780 litres in a person of 70 kg": "shown",
        "The usual 0.5 mg/kg": "shown",
        "about 44% in the esketamine label": "spravatoch",
    },
    "02": {
        "was 185 ng/mL in plasma": "shown",
        "*All three drugs at 10 µM*": "shown",
        "*A brain: 0.4 µM, magnesium, at rest*": "shown",
        "at −20 mV our memantine": "shown",
        "from 1 nM to 10 µM": "shown",
        "run from 2% of the current": "shown",
    },
    "03": {
        "800 pyramidal cells and 200 interneurons": "brunelwang2001",
        "30% of those": "shown",
    },
    "04": {
        "0.23 against 0.32 per µm": "spines",
        "We draw 200 *model brains*": "brains",
    },
    "05": {
        "about 5 points ahead": "shown",
        "5.82 points ahead (95% CI 13.3 ahead to 1.64 behind, P = 0.13). Afterwards 36.8%": "lii2023",
        "4.8 points higher. On day 1 the ketamine group's score was 3.7 points lower": "lii2023",
        "midazolam group fell by 8.8": "shown",
        "the fixed dose of 0.5 mg/kg": "loo2023",
    },
    "06": {
        "29 of 42 people with ketamine and 7 of 42": "su2023",
        "choose 230 people": "ionescu2021",
        "the trial of 84 people": "su2023",
        "69.5% were free with ketamine and 56.3% with saline": "abbar2022",
        "83 with ketamine and 73 with saline, although 73 and 83 were": "abbar2022",
        "The interval −0.43 to 0.04": "canuso2021",
    },
    "08": {
        "(P < 0.001). At week 12 it was not": "sigtermans2009",
        "76% of people had effects on the mind with ketamine, 18% with placebo": "sigtermans2009",
        "gives 2.68 ± 0.51 and 5.45 ± 0.48": "sigtermans2009",
        "at week 12 the difference in pain": "sigtermans2009",
        "the interval at week 12": "sigtermans2009",
    },
    "09": {"one dose in 15 people": "sleigh2019"},
    "10": {
        "the week-6 difference from placebo is there after week 1": "shown",
        "64% on ketamine, 52% on an SSRI": "shown",
        "stronger at step 3": "shown",
        "at weeks 1 and 2 of the TRANSFORM trials, and none for tablets on day 1": "shown",
    },
    "11": {"200 simulations": "brains"},
    "12": {
        "A spread of 20 to 38 mmHg": "shown",
        "Do the same with 13.": "shown",
        "is at most 84 mg": "janssen2020b",
        "in the survey 72.3%": "pacilio2025",
        "none of 1,709 people": "janssen2019a",
    },
    "13": {
        "into 61 claims": "ledger",
        "of 14.1, in": "abbar2022",
        "P = 0.047, at 48 hours": "murrough2015",
        "24 and 48 hours": "murrough2015",
        "22 of 61 claims": "ledger",
        "Of 61 claims 20 hold in full and 24 in part": "ledger",
    },
}
# Instructions, conventions, arithmetic that a reader can do: the phrase that holds the numbers, and why.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "00": {"claim 14 of": "the name of the example, C14"},
    "01": {
        "Tank 1 is": "a name",
        "tank 2 is": "a name",
        "in tank 1": "a name",
        "Only tank 1 has": "a name",
        "almost 800": "780 L, the largest volume shown, rounded",
        "at 80, 110 and 230 minutes": "sampling times of trials whose concentrations we could not read",
    },
    "02": {
        "about 22 times": "16 over 0.71 µM, the first row of the table above",
        "of 100 open channels": "a denominator",
        "rest and 0 mV": "where the voltage changes its sign",
        "Above 0 mV": "where the voltage changes its sign",
        "up to 500 ng/mL": "hartvig1995, abstract: the brain level; data/ has the one in plasma",
    },
    "03": {
        "(carbon-13, below)": "the name of an isotope",
        "carbon-13 spectroscopy": "the name of an isotope",
        "30 and 80 mg/kg": "chowdhury2017, abstract: doses without a result that data/ could hold",
    },
    "04": {"live for 60 days": "a setting for the task"},
    "05": {
        "a scale of 0 to 60 points": "ten items of 0 to 6 points",
        "a scale of 60": "ten items of 0 to 6 points",
        "at 40 minutes": "0.667 h in the trials' rows",
        "How large is 5 points": "the difference of the section before, in round points",
        "can be 5 points ahead": "the difference of the section before, in round points",
        "up to 20, with belief": "a setting for the task",
        "39.8 points": "a read-out at 60%, held by the test of design_the_blind",
        "17 of 20 simulated": "a read-out at trial 20, held by the test of design_the_blind",
        "63% into remission in KetECT and 22% in ELEKT-D; ketamine brought 46% and 38%": "ekstrand2024, "
        "abstract, read again on 30 November 2026; all randomised, unlike the trials' rows",
        "of 41 such trials 27 took the margin from earlier evidence and 24": "attard2022, abstract, read "
        "again on 30 November 2026; a survey of methods, so not in data/",
        "of 100 are still": "a denominator",
        "has 3 of 100": "the read-out of 3.2% at 6 months, in people",
        "Seventy of 100": "a denominator",
        "50 of 100": "a denominator; the 50% is lii2023's",
    },
    "06": {
        "Nearest to 10,000 people": "a false answer",
        "14% of those who did not": "what a specificity of 86% leaves",
        "it is 4.2": "42 over 14 less 4 people",
        "about 74 events": "the formula of the section for the curious, rounded up",
        "about 74. The table": "the formula above it, rounded up",
        "99 of 100": "what 654 per 100,000 leaves",
        "for 3 to 12 months": "3 months to 1 year in the row",
        "654 per 100,000": "a denominator",
        "per 100,000 person-years": "a denominator",
    },
    "07": {
        "About 3,000 people": "a false answer",
        "has had 3,000 people": "the false answer above it",
        "About 300 people": "a false answer",
        "About 0.9, much more": "a false answer",
        "Half as many again, 144 people": "1.5 times the 96 of the question",
        "Twice as many, 192 people": "2 times the 96 of the question",
        "root of two only, to 71%": "1 over the root of 2",
        "Four times as many, 384 people": "4 times the 96 of the question",
        "Ten times as many, 960 people": "10 times the 96 of the question",
        "in every 100": "a denominator",
        "1.3 times the truth": "a threshold for the task",
        "at 2 in the figure": "a mark in the figure",
        "from 11 men": "otto2021 and fanta2015, whose curve lesson 01 draws",
    },
    "08": {
        "Of 1,000 people, 180 would": "the risk that the explorable starts with, 18%",
        "and 180 of 1,000 people have it": "the risk that the explorable starts with, 18%",
        "acts on the 180": "the same risk",
        "171 fewer people": "a false answer: 0.95 times 180",
        "5% of the 180": "the same risk",
        "83 more": "0.46 times 180: risk ratio 1.46, seo2025",
        "people per 1,000": "a denominator",
        "from 0 to 1": "a share",
        "from 20 to 70 mg/h": "settings for the task",
        "points of 10": "the scale of pain",
    },
    "09": {
        "About 190 mmHg": "a false answer",
        "a rise of 6 would": "the upper end of the interval, 6.23, rounded",
    },
    "10": {
        "a year has 13": "cycles of 4 weeks in 52 weeks",
        "at least 16 hours": "8 sessions of 2 hours",
        "to 14 in 100": "a denominator",
        "in weeks 1 and 6": "what a fair trial would do",
        "361 mothers": "180 and 181 assessed",
    },
    "11": {
        "half of 150 virtual people": "a setting of the question",
        "two trials in 76 people": "28 and 48, the two rows on therapy with an interval",
    },
    "12": {
        "1.5 million": "1,486,213 sessions, rounded",
        "ketamine to 5%": "a setting for the task",
        "only 5%": "1 - 1.75/1000 to the power of 1,709",
    },
    "13": {
        "Kappa is 1 for full agreement and 0 for agreement": "the ends of the scale",
        "*41% fewer relapses*": "26.7% instead of 45.3%, as a share of 45.3%",
        "Of 100 people": "a denominator",
        "of 80% for": "the convention for power",
        "points (0 to 60)": "the ends of the scale, as the glossary has them",
    },
}
LEVEL = "95"  # of an interval
# Columns that say where a row comes from, not what was found.
WHERE = {
    "reference",
    "locator",
    "registry",
    "smiles",
    "inchikey",
    "formula",
    "trial",
    "study",
    "estimate_id",
}
BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|]|\d+\.) )|\n(?=\|)")
ASKED = re.compile(r"\bhere\.(?:predict|check_question|quiz|check)\(")
CITED = re.compile(r'"([a-z0-9]+)"\)')


def written(notebook: NotebookNode) -> Iterator[str]:
    """The Markdown of a lesson; the numbers of an exercise are held by its own test."""
    for cell in notebook.cells:
        made = any(tag.startswith(("solution:", "task:", "badges")) for tag in tags(cell))
        if cell.cell_type == "markdown" and not made:
            yield CLOCK.sub(" ", cell.source)


def asked(notebook: NotebookNode) -> Iterator[str]:
    """What a lesson asks: its predictions and quiz with all their answers."""
    here = lesson(notebook.metadata["ketalab"]["lesson"])
    for prediction in here.predictions.values():
        yield "\n".join([prediction.question, *(f"{o.text}\n{o.feedback}" for o in prediction.options)])
    for question in [*here.questions, *here.checks.values()]:
        yield "\n".join([question.text, *(f"{o.text}\n{o.feedback}" for o in question.options)])


def prose_numbers(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Numbers in the texts with the line they stand in."""
    return [
        (plain(number), line.strip())
        for text in texts
        for line in NAMES.sub(" ", MARKUP.sub(" ", text)).splitlines()
        for number in NUMBER.findall(line)
    ]


def plain(number: str) -> str:
    """One form for each number: no sign, no thousands commas, no trailing zeros."""
    number = number.replace(",", "").replace("−", "-").lstrip("+-")
    return number.rstrip("0").rstrip(".") if "." in number else number


def output_numbers(notebook: NotebookNode) -> set[str]:
    """Every number shown by a cell: printed, in a read-out, or in a table.

    Not what a question says, and not the volumes and pages of the references.
    """
    text = []
    for cell in notebook.cells:
        if ASKED.search(cell.source) or "references" in tags(cell):
            continue
        for output in cell.get("outputs", []):
            text.append(output.get("text", ""))
            text += [str(output.get("data", {}).get(kind, "")) for kind in ("text/plain", "text/markdown")]
    return {
        plain(n)
        for n in re.findall(r"[-−+]?\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", "\n".join(text)))
    }


def data_numbers(keys: Iterable[str]) -> set[str]:
    """Every number of the rows of `data/` that rest on these sources, as written."""
    return set().union(*(_numbers_by_source().get(key, set()) for key in keys))


@cache
def _numbers_by_source() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for resource in descriptor()["resources"]:
        frame = table(resource["name"])
        if "reference" not in frame:  # it has no source, so it vouches for nothing
            continue
        told = [name for name in frame if name not in WHERE]
        for key, *row in frame[["reference", *told]].itertuples(index=False):
            for cell in row:
                if not pd.isna(cell):
                    text = f"{cell:.10g}" if isinstance(cell, float) else str(cell)
                    numbers = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)", text)
                    found.setdefault(key, set()).update(map(plain, numbers))
    return found


def in_percent(numbers: Iterable[str]) -> set[str]:
    """Shares as percentages."""
    return {f"{float(number) * 100:.6g}" for number in numbers if float(number) <= 1}


def untied(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Numbers of what a lesson asks that it neither shows nor says nor has from its sources."""
    known = output_numbers(notebook) | data_numbers(named(notebook)) | {LEVEL}
    known |= {number for number, _ in prose_numbers(written(notebook))}
    return [
        (number, line.strip())
        for text in asked(notebook)
        for line, start, number in placed(text)
        if number not in known | in_phrases(line, start, notebook)
    ]


def named(notebook: NotebookNode) -> set[str]:
    """The sources a lesson cites, also those that only a table or a claim brings in."""
    from ketalab.data.bibliography import link

    keys = set(cited(notebook))
    shown = str(notebook.cells[-1].outputs)
    return keys | {key for key in bibliography().entries if link(key) in shown}


def sections(notebook: NotebookNode) -> Iterator[list[NotebookNode]]:
    """The cells under each second-level heading, and those before the first."""
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## ") and cells:
            yield cells
            cells = []
        cells.append(cell)
    yield cells


class Said(NamedTuple):
    """A number of the prose, the line it stands in, and the numbers that would be right in its place."""

    number: str
    line: str
    known: set[str]


def said(notebook: NotebookNode) -> Iterator[Said]:
    """Every number of a lesson's prose with those shown in its section and those of the sources that its
    paragraph, list item or row of a table cites."""
    for cells in sections(notebook):
        shown = output_numbers(NotebookNode(cells=cells)) | {LEVEL}
        for cell in cells:
            made = any(tag.startswith(("solution:", "task:", "badges")) for tag in tags(cell))
            if cell.cell_type != "markdown" or made:
                continue
            for block in BLOCKS.split(CLOCK.sub(" ", cell.source)):
                rows = data_numbers(CITED.findall(block))
                for line, start, number in placed(block):
                    tied = in_phrases(line, start, notebook)
                    percent = re.match(r"[\d,.]*\d\s?(?:%|percent)", line[start:].lstrip("-−+"))
                    yield Said(
                        number, line.strip(), shown | rows | tied | (in_percent(rows) if percent else set())
                    )


def placed(block: str) -> Iterator[tuple[str, int, str]]:
    """The numbers of a paragraph, each with its line and where in the line it starts."""
    for line in NAMES.sub(" ", MARKUP.sub(" ", block)).splitlines():
        for match in NUMBER.finditer(line):
            yield line, match.start(), plain(match[0])


def in_phrases(line: str, at: int, notebook: NotebookNode) -> set[str]:
    """The numbers of the phrase that stands at this place of the line, as far as its source holds them."""
    number = notebook.metadata["ketalab"]["lesson"]
    tied = set()
    for phrases, open_to_all in ((ELSEWHERE, False), (EXCEPTIONS, True)):
        for phrase, where in phrases.get(number, {}).items():
            start = line.find(phrase)
            if 0 <= start <= at < start + len(phrase):
                numbers = {plain(n) for n in NUMBER.findall(phrase)}
                tied |= numbers if open_to_all else numbers & elsewhere(where, notebook)
    return tied


def elsewhere(where: str, notebook: NotebookNode) -> set[str]:
    """The numbers that are found there: in another section, in rows of sources, or worked out."""
    if where == "shown":
        return output_numbers(notebook)
    if where in WORKED:
        return set(WORKED[where]())
    rows = data_numbers(where.split())
    return rows | in_percent(rows)


def _ledger() -> list[str]:
    """How many claims there are, of each verdict, and with an effect of very low certainty."""
    claims = table("claims")
    counts = [*claims.verdict.value_counts(), (claims.certainty_effect == "very low").sum()]
    return [str(len(claims)), *map(str, counts)]


def _clock() -> list[str]:
    rule = (weave.WORDS_PER_MINUTE, weave.EXPLORABLE_MIN, weave.QUESTION_MIN, weave.EXERCISE_MIN)
    return [f"{one:g}" for one in rule]


def _spines() -> list[str]:
    """Mean density on the first day of imaging, three days before the injection."""
    spines = table("dendritic_spines")
    first = spines[spines.day == spines.day.min()]
    return [f"{one:.2f}" for one in first.groupby("treatment").spines_per_um.mean()]


def _brains() -> list[str]:
    return [str(cascade_fan.BRAINS), str(session_planner.BRAINS)]


WORKED = {"ledger": _ledger, "clock": _clock, "spines": _spines, "brains": _brains}


def test_a_number_is_tied_where_it_stands(notebook: NotebookNode, lesson_name: str):
    found = [(number, line) for number, line, known in said(notebook) if number not in known]
    assert not found, f"{found}: show it, name its source in the sentence; or add its phrase to ELSEWHERE"


def test_a_phrase_stands_in_its_lesson_and_holds_its_numbers(notebook: NotebookNode, lesson_name: str):
    texts = [NAMES.sub(" ", MARKUP.sub(" ", text)) for text in [*written(notebook), *asked(notebook)]]
    lines = {line for text in texts for line in text.splitlines()}
    there, because = ELSEWHERE.get(lesson_name[:2], {}), EXCEPTIONS.get(lesson_name[:2], {})
    for phrase in [*there, *because]:
        assert NUMBER.search(phrase), phrase
        assert any(phrase in line for line in lines), phrase
    for phrase, where in there.items():
        assert where == "shown" or where in WORKED or set(where.split()) <= named(notebook), phrase


def test_few_false_numbers_would_pass():
    """Of the other numbers of two digits, how many would pass in its place? Before this rule, 78%."""
    places = [
        one
        for notebook in lessons().values()
        for one in said(notebook)
        if re.fullmatch(r"\d\d", one.number)
    ]
    others = [{str(n) for n in range(10, 100)} - {one.number} for one in places]
    passing = sum(len(other & one.known) for other, one in zip(others, places, strict=True))
    assert len(places) > 400
    assert passing / sum(map(len, others)) < 0.25


def test_what_is_asked_holds_only_numbers_of_its_lesson(notebook: NotebookNode, lesson_name: str):
    assert untied(notebook) == []


@pytest.mark.parametrize(
    "text", ["It rose by 61.803%.", "About 7,411 people.", "the mean was -87.31 points", "It fell by 63%."]
)
def test_a_number_from_nowhere_would_be_found(text: str):
    notebook = lessons()["01_from_dose_to_brain"]
    notebook.cells[8].source += f"\n\n{text}"
    assert text in [one.line for one in said(notebook) if one.number not in one.known]


def test_what_counts_as_a_number():
    text = (
        "## 4. Title 12\n1. first\nIn lesson 05 claim C14 of 1970 says `x = 3`, $y = 4$ and "
        '[Lii et al. 2023](https://doi.org/10.1038/9 "lii2023"): 0.50 of 1,200, or -3.25.\n'
    )
    assert [value for value, _ in prose_numbers([text])] == ["0.5", "1200", "3.25"]
