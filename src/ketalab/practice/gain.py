"""What a class learned: the concept inventory before and after, item by item and as a whole.

The normalised gain is that of a class: its mean gain as a share of the gain that was possible,
(after - before) / (100 - before) with the means in percent [@hake1998]. Its interval comes from drawing
students again (the bias-corrected and accelerated bootstrap of SciPy), so it says how far the gain would
move with other students of the same kind, and not whether the course caused it: a class has no control.
Difficulty is the share right, discrimination the correlation of an item with the rest of the paper, and
reliability Kuder and Richardson's formula 20 [@kuder1937], each among the papers written after the course.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import bootstrap

from ketalab.checks import one_of
from ketalab.practice.inventory import FORMS, Item, inventory
from ketalab.text import count, decimals

TIMES = ("before", "after")
FEW = 10  # below this many students no interval is worth printing
DRAWS = 5000


@dataclass(frozen=True)
class Answers:
    """A class's papers: `letters` has a row a paper and a column an item, "" where nothing was ticked."""

    papers: pd.DataFrame  # student, time, form
    letters: NDArray[np.str_]
    blank: tuple[str, ...] = ()  # papers without any answer, left out

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which answers are right, papers x items; an item without an answer is not."""
        keys = {form: np.array([item.key for item in items]) for form, items in inventory().items()}
        return self.letters == np.array([keys[form] for form in self.papers.form])


@dataclass(frozen=True)
class Gain:
    """Means in percent, the gain and its 95% interval (NaN for a class of fewer than `FEW`)."""

    students: int
    before: float
    after: float
    gain: float
    low: float
    high: float


def columns() -> list[str]:
    """The head of a table of answers."""
    return ["student", "time", "form", *(f"q{n}" for n in range(1, len(_items()) + 1))]


def read_answers(path: Path) -> Answers:
    """A class's answers from a CSV file: student, time, form, and a letter or nothing for each question.

    ValueError, one sentence with file, row, column and what is allowed: for a file that is not UTF-8 text
    with these columns, a row that is too long or too short, a time, form or letter that is not known, a
    student without a name, and a student with two papers of one time.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path.name}: not a table in CSV and UTF-8 ({error})") from None
    head = columns()
    if not rows or [name.strip() for name in rows[0]] != head:
        raise ValueError(f"{path.name}: row 1 must be {','.join(head[:5])} to {head[-1]}")
    papers, letters, blank, met = [], [], [], set()
    for number, row in enumerate(rows[1:], start=2):
        if not any(field.strip() for field in row):
            continue
        where = f"{path.name}: row {number}"
        if len(row) != len(head):
            raise ValueError(f"{where}: {len(row)} fields are not allowed; it must be {len(head)}")
        student, time, form, *ticked = (field.strip() for field in row)
        time, form = time.lower(), form.upper()
        one_of(f"{where}: time", time, TIMES)
        one_of(f"{where}: form", form, FORMS)
        if not student:
            raise ValueError(f"{where}: student is empty; it must be a name or a number")
        if (student, time) in met:
            raise ValueError(f"{where}: student {student!r} has two papers {time}; it must be one")
        met.add((student, time))
        ticked = [letter.upper() for letter in ticked]
        for name, letter, item in zip(head[3:], ticked, inventory()[form], strict=True):
            one_of(f"{where}: {name}", letter or "nothing", [*dict(item.lettered), "nothing"])
        if any(ticked):
            papers.append((student, time, form))
            letters.append(ticked)
        else:
            blank.append(f"{student} ({time})")
    frame = pd.DataFrame(papers, columns=head[:3])
    return Answers(frame, np.array(letters, str).reshape(len(papers), len(head) - 3), tuple(blank))


def gain(answers: Answers, seed: int = 1) -> Gain:
    """The normalised gain of the students who wrote both papers.

    ValueError when nobody wrote both, or when nothing was left to gain.
    """
    before, after = _pairs(answers, "score").to_numpy(float).T
    if not len(before):
        raise ValueError("answers: 0 students wrote both papers; it must be 1 or more")
    if before.mean() == 100:
        raise ValueError("answers: the mean before is 100%; it must be below, or nothing is left to gain")
    low = high = np.nan
    if len(before) >= FEW:
        found = bootstrap(
            (before, after),
            _normalised,
            paired=True,
            vectorized=True,
            n_resamples=DRAWS,
            method="BCa",
            rng=np.random.default_rng(seed),
        ).confidence_interval
        low, high = map(float, found)
        if np.isnan(low) or np.isnan(high):  # everybody gained alike: drawing again changes nothing
            low = high = float(_normalised(before, after))
    return Gain(
        len(before),
        float(before.mean()),
        float(after.mean()),
        float(_normalised(before, after)),
        low,
        high,
    )


def in_words(found: Gain) -> str:
    """What the gain of a class does and does not say, in a sentence or two."""
    part = f"{count(found.students, 'student')} wrote both papers: from {found.before:.0f}% right to "
    part += f"{found.after:.0f}%, a normalised gain of {decimals(found.gain)}"
    if found.students < FEW:
        return f"{part}. The class is too small to tell a gain from luck; it takes {FEW} or more."
    part += f" (95% interval {decimals(found.low)} to {decimals(found.high)})"
    if found.low > 0:
        return f"{part}. The class knew more after than before; without a control group, why is open."
    if found.high < 0:
        return f"{part}. The class knew less after than before."
    return f"{part}. The class is too small, or its gain too uneven, to tell it from none."


def by_item(answers: Answers) -> pd.DataFrame:
    """A row an idea: share right before and after (%), discrimination and the commonest mistake after.

    NaN where there are no papers, or where all or none were right.
    """
    right, after = answers.right, (answers.papers.time == "after").to_numpy()
    rows = []
    for number, item in enumerate(_items()):
        rest = right.sum(axis=1) - right[:, number]
        rows.append(
            {
                "idea": item.idea,
                "lesson": item.lesson,
                "before (%)": _share(right[~after, number]),
                "after (%)": _share(right[after, number]),
                "discrimination": _correlation(right[after, number], rest[after]),
                "commonest mistake after": _mistake(answers, after, number),
            }
        )
    return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="question"))


def reliability(right: NDArray[np.bool_]) -> float:
    """Kuder and Richardson's formula 20 for papers x items; NaN for under two papers or equal scores."""
    right = np.asarray(right, float)
    if len(right) < 2 or right.shape[1] < 2:
        return float("nan")
    spread = right.sum(axis=1).var(ddof=1)
    if spread == 0:
        return float("nan")
    items = right.shape[1]
    within = right.var(axis=0, ddof=1).sum()
    return float(items / (items - 1) * (1 - within / spread))


def notes(answers: Answers) -> list[str]:
    """What a teacher has to know before believing the numbers."""
    found = []
    pairs = _pairs(answers, "form")
    alone = answers.papers.student.nunique() - len(pairs)
    if alone:
        found.append(f"{count(alone, 'student')} wrote one paper only and {_is(alone)} not in the gain.")
    if answers.blank:
        found.append(f"Left out, as nothing was ticked: {', '.join(answers.blank)}.")
    left = int((answers.letters == "").sum())
    if left:
        were = _is(left, "was", "were")
        found.append(f"{count(left, 'question')} without an answer {were} counted as wrong.")
    ways = Counter(zip(pairs.before, pairs.after, strict=True))
    same = sum(n for (first, second), n in ways.items() if first == second)
    if same:
        found.append(f"{count(same, 'student')} had the same form twice: part of the gain may be memory.")
    crossed = {way: n for way, n in ways.items() if way[0] != way[1]}
    if len(crossed) == 1:
        found.append(
            "All took the forms in one order: if one form is easier, that is part of the gain. "
            "Let half the class begin with the other."
        )
    return found


def _items() -> Sequence[Item]:
    return inventory()[FORMS[0]]


def _pairs(answers: Answers, what: str) -> pd.DataFrame:
    """A column of the papers before and after, for the students who wrote both."""
    papers = answers.papers.assign(score=100 * answers.right.mean(axis=1)).set_index("student")
    sides = [papers[what][papers.time == time].rename(time) for time in TIMES]
    return pd.concat(sides, axis=1, join="inner")


def _normalised(
    before: NDArray[np.float64], after: NDArray[np.float64], axis: int = -1
) -> NDArray[np.float64]:
    first, second = before.mean(axis=axis), after.mean(axis=axis)
    return (second - first) / (100 - first)


def _share(right: NDArray[np.bool_]) -> float:
    return float(100 * right.mean()) if len(right) else float("nan")


def _correlation(right: NDArray[np.bool_], rest: NDArray[np.int_]) -> float:
    if len(right) < 3 or right.std() == 0 or rest.std() == 0:
        return float("nan")
    return float(np.corrcoef(right, rest)[0, 1])


def _mistake(answers: Answers, chosen: NDArray[np.bool_], number: int) -> str:
    """What most of those think who were wrong, with how many they are; the first of equals."""
    met: Counter[str] = Counter()
    for form, letter in zip(answers.papers.form[chosen], answers.letters[chosen, number], strict=True):
        mistake = dict(inventory()[form][number].lettered)[letter].mistake if letter else ""
        if mistake:
            met[mistake] += 1
    if not met:
        return ""
    mistake, times = max(met.items(), key=lambda pair: (pair[1], pair[0]))
    return f"{mistake} ({times} of {int(chosen.sum())})"


def _is(number: int, one: str = "is", many: str = "are") -> str:
    return one if number == 1 else many
