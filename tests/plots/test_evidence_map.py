"""The map shows every trial once, by shape as well as colour."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ketalab.plots import evidence_map as em
from ketalab.plots.style import FOLDER as STYLE
from ketalab.plots.style import course_look

BASELINE = str(Path(__file__).parent / "baseline")
LOOK = {"style": str(STYLE / "ketalab.mplstyle"), "savefig_kwargs": {"dpi": 100}, "tolerance": 4}
DESIGNS = ("active placebo", "saline", "open")


@pytest.fixture(autouse=True)
def look():
    with course_look():
        yield


def trials() -> pd.DataFrame:
    """Made-up trials: only the references are real, so that links lead somewhere."""
    rows = [
        ("zarate2006", "depression", "saline", 18, "benefit", "zarate2006"),
        ("lii2023", "depression", "active placebo", 40, "no clear difference", "lii2023"),
        ("Third", "depression", "saline", 19, "benefit", "zarate2006"),
        ("Fourth", "depression", "saline", 20, "mixed", "zarate2006"),
        ("Fifth", "depression", "saline", 20, "harm", "unknown2000"),
        ("Sixth <&>", "post-traumatic stress disorder with chronic pain", "open", 500, "mixed", "lii2023"),
        ("Seventh", "alcohol use disorder", "active placebo", 6, "benefit", "lii2023"),
    ]
    return pd.DataFrame(rows, columns=list(em.COLUMNS))


def test_every_trial_stands_once_in_its_cell_and_none_touches_another():
    places = em.arranged(trials(), DESIGNS)
    marks = places.marks
    assert len(marks) == 7
    for row in marks.itertuples():
        top, end = places.rows[row.indication]
        left, right = places.columns[row.design]
        assert top < row.y - em.MARK / 2
        assert row.y + em.MARK / 2 < end
        assert left <= row.x <= right
        assert row.x == pytest.approx(places.x(row.n, row.design))
    gaps = np.hypot(*(np.subtract.outer(marks[c].to_numpy(), marks[c].to_numpy()) for c in "xy"))
    assert gaps[np.triu_indices(7, 1)].min() > 0.95 * em.MARK


def test_many_trials_of_one_size_find_room():
    crowd = pd.DataFrame([("t", "pain", "open", 30, "benefit", "x")] * 25, columns=list(em.COLUMNS))
    marks = em.arranged(crowd).marks
    assert marks.y.nunique() == 25
    assert np.diff(np.sort(marks.y)).min() == pytest.approx(em.MARK)


def test_shape_and_colour_both_tell_the_direction():
    shapes, colours = zip(*em.DIRECTIONS.values(), strict=True)
    assert len(set(shapes)) == len(set(colours)) == 5


def test_the_picture_counts_the_trials_of_each_direction():
    figure = em.evidence_map(trials(), designs=DESIGNS, title="What the trials found")
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["benefit (3)", "mixed (2)", "no clear difference (1)", "harm (1)"]
    drawn = sum(len(line.get_xdata()) for line in figure.axes[0].lines if line.get_gid())
    assert drawn == 7


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="n"), "trials: column n is missing; a map needs trial, indication"),
        (lambda t: t[:0], "trials: 0 rows are not allowed; a map needs 1 or more"),
        (
            lambda t: t.assign(direction="good"),
            "direction of zarate2006: 'good' is not allowed; it must be one of benefit",
        ),
        (lambda t: t.assign(n=0), "n of zarate2006: 0 is not allowed; it must be 1 or more"),
        (lambda t: t.assign(n=None), "n of zarate2006: nan is not allowed; it must be 1 or more"),
        (
            lambda t: t.assign(design="odd"),
            "design of zarate2006: 'odd' is not allowed; it must be one of active placebo",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        em.evidence_map(change(trials()), designs=DESIGNS)


@pytest.mark.mpl_image_compare(baseline_dir=BASELINE, filename="evidence_map.png", **LOOK)
def test_the_map_looks_as_it_should():
    return em.evidence_map(trials(), designs=DESIGNS, title="What the trials found")


def test_a_trial_without_an_interval_is_hollow_and_the_legend_says_what_that_is():
    rows = trials().assign(interval=[False] + 6 * [True])
    lines = em.evidence_map(rows).axes[0].lines
    hollow = [line for line in lines if line.get_markerfacecolor() == "white" and line.get_gid()]
    assert sum(len(line.get_xdata()) for line in hollow) == 1
    legend = [text.get_text() for text in em.evidence_map(rows).legends[0].get_texts()]
    assert em.HOLLOW in legend


def test_no_comparison_stands_in_the_legend_only_where_it_occurs():
    def legend(rows: pd.DataFrame) -> str:
        return "; ".join(text.get_text() for text in em.evidence_map(rows).legends[0].get_texts())

    assert em.NO_COMPARISON not in legend(trials())
    alone = trials().replace({"direction": {"harm": em.NO_COMPARISON}})
    assert f"{em.NO_COMPARISON} (1)" in legend(alone)
