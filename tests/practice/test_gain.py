"""What a class learned: held by simulated classes of known gain, and by formulas written otherwise."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import pointbiserialr

from ketalab.practice import gain as g
from ketalab.practice.inventory import inventory

ITEMS = len(inventory()["A"])


def written(path: Path, rows: list[list[str]]) -> Path:
    path.write_text("\n".join(",".join(row) for row in [g.columns(), *rows]) + "\n", encoding="utf-8")
    return path


def paper(student: str, time: str, form: str, right: NDArray[np.bool_]) -> list[str]:
    """A paper with these items right, and the letter after the right one where wrong."""
    letters = [
        item.key if ok else "ABC"[("ABC".index(item.key) + 1) % 3]
        for item, ok in zip(inventory()[form], right, strict=True)
    ]
    return [student, time, form, *letters]


def simulated(students: int, before: float, true_gain: float, seed: int) -> list[list[str]]:
    """A class whose chance of a right answer rises from `before` by `true_gain` of what is left to gain."""
    rng = np.random.default_rng(seed)
    after = before + true_gain * (1 - before)
    rows = []
    for n in range(students):
        able = rng.normal(0, 0.08)  # students differ, around the class's mean
        forms = "AB" if n % 2 else "BA"
        for time, form, chance in zip(g.TIMES, forms, (before, after), strict=True):
            rows.append(paper(f"s{n}", time, form, rng.random(ITEMS) < np.clip(chance + able, 0, 1)))
    return rows


@pytest.mark.parametrize("true_gain", [0.0, 0.3, 0.6])
def test_a_known_gain_lies_in_its_interval_as_often_as_it_should(tmp_path: Path, true_gain: float):
    """Sixty classes: at 95% each, 51 or fewer hits have a chance of 0.5%."""
    hits = 0
    for seed in range(60):
        rows = simulated(30, 0.45, true_gain, seed)
        found = g.gain(g.read_answers(written(tmp_path / "class.csv", rows)), seed)
        hits += found.low <= true_gain <= found.high
        assert found.low <= found.gain <= found.high
    assert hits >= 52


def test_the_gain_of_hakes_definition(tmp_path: Path):
    """From 25% to 70%: 45 of 75 points that could be gained."""
    right = np.arange(ITEMS) < ITEMS // 4, np.arange(ITEMS) < 7 * ITEMS // 10
    rows = [paper("s1", time, "A", ok) for time, ok in zip(g.TIMES, right, strict=True)]
    found = g.gain(g.read_answers(written(tmp_path / "one.csv", rows)))
    assert found.gain == pytest.approx(45 / 75)
    assert np.isnan(found.low)
    assert "too small to tell a gain from luck" in g.in_words(found)


def test_reliability_is_the_alpha_of_the_covariances():
    """KR-20 is Cronbach's alpha, here from covariances; parallel halves follow Spearman and Brown."""
    rng = np.random.default_rng(3)
    able = rng.normal(size=(400, 1))
    right = able + rng.normal(size=(400, ITEMS)) > rng.normal(size=ITEMS)
    covariance = np.cov(right.astype(float), rowvar=False)
    alpha = ITEMS / (ITEMS - 1) * (1 - np.trace(covariance) / covariance.sum())
    assert g.reliability(right) == pytest.approx(alpha)
    halves = np.corrcoef(right[:, ::2].sum(axis=1), right[:, 1::2].sum(axis=1))[0, 1]
    assert g.reliability(right) == pytest.approx(2 * halves / (1 + halves), abs=0.03)
    assert np.isnan(g.reliability(np.ones((5, ITEMS), bool)))


def test_an_items_numbers_are_those_of_its_answers(tmp_path: Path):
    rows = simulated(40, 0.4, 0.5, 7)
    answers = g.read_answers(written(tmp_path / "class.csv", rows))
    shown = g.by_item(answers)
    after = (answers.papers.time == "after").to_numpy()
    for number in range(ITEMS):
        right = answers.right[:, number]
        assert shown["before (%)"].iloc[number] == pytest.approx(100 * right[~after].mean())
        rest = np.delete(answers.right[after], number, axis=1).sum(axis=1)
        expected = pointbiserialr(right[after], rest).statistic
        assert shown["discrimination"].iloc[number] == pytest.approx(expected)
    wrong = int((~answers.right[after, 0]).sum())
    told = shown["commonest mistake after"].iloc[0]
    mistakes = {c.mistake for form in "AB" for c in inventory()[form][0].choices if c.mistake}
    assert told.split(" (")[0] in mistakes
    assert 0 < int(told.split(" (")[1].split()[0]) <= wrong


def test_missing_answers_are_said_and_count_as_wrong(tmp_path: Path):
    rows = simulated(12, 0.5, 0.4, 1)
    rows[0][5] = rows[2][6] = ""
    rows[4][3:] = [""] * ITEMS
    del rows[7]
    answers = g.read_answers(written(tmp_path / "class.csv", rows))
    told = " ".join(g.notes(answers))
    assert g.gain(answers).students == 10
    assert "2 students wrote one paper only and are not in the gain" in told
    assert "Left out, as nothing was ticked: s2 (before)" in told
    assert "2 questions without an answer were counted as wrong" in told
    assert not answers.right[0, 2]


def test_forms_in_one_order_are_said(tmp_path: Path):
    ok = np.ones(ITEMS, bool)
    ok[0] = False
    one_way = [paper(f"s{n}", t, f, ok) for n in range(3) for t, f in zip(g.TIMES, "AB", strict=True)]
    assert "All took the forms in one order" in " ".join(
        g.notes(g.read_answers(written(tmp_path / "a.csv", one_way)))
    )
    twice = [paper(f"s{n}", t, "A", ok) for n in range(3) for t in g.TIMES]
    assert "3 students had the same form twice" in " ".join(
        g.notes(g.read_answers(written(tmp_path / "b.csv", twice)))
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda r: r[3].__setitem__(5, "F"),
            r"class.csv: row 5: q3: 'F' is not allowed; it must be one of A, B, C",
        ),
        (
            lambda r: r[3].__setitem__(1, "later"),
            r"row 5: time: 'later' is not allowed; it must be one of before, after",
        ),
        (lambda r: r[3].__setitem__(2, "C"), r"row 5: form: 'C' is not allowed; it must be one of A, B"),
        (lambda r: r[3].__setitem__(0, " "), r"row 5: student is empty"),
        (lambda r: r[3].__setitem__(1, "before"), r"row 5: student 's1' has two papers before"),
        (lambda r: r[3].append("A"), r"row 5: 24 fields are not allowed; it must be 23"),
    ],
)
def test_a_damaged_file_is_refused_with_its_row(tmp_path: Path, spoil, said: str):
    rows = simulated(4, 0.5, 0.3, 1)
    spoil(rows)
    with pytest.raises(ValueError, match=said):
        g.read_answers(written(tmp_path / "class.csv", rows))


def test_a_file_that_is_no_table_is_refused(tmp_path: Path):
    path = tmp_path / "class.csv"
    path.write_bytes(b"\xff\xfe\x00s")
    with pytest.raises(ValueError, match=r"class.csv: not a table in CSV and UTF-8"):
        g.read_answers(path)
    path.write_text("name,answers\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"class.csv: row 1 must be student,time,form,q1,q2 to q20"):
        g.read_answers(path)


def test_nothing_left_to_gain_and_nobody_twice_are_refused(tmp_path: Path):
    ok = np.ones(ITEMS, bool)
    full = [paper("s1", t, f, ok) for t, f in zip(g.TIMES, "AB", strict=True)]
    with pytest.raises(ValueError, match="the mean before is 100%"):
        g.gain(g.read_answers(written(tmp_path / "a.csv", full)))
    with pytest.raises(ValueError, match="0 students wrote both papers"):
        g.gain(g.read_answers(written(tmp_path / "b.csv", full[:1])))
