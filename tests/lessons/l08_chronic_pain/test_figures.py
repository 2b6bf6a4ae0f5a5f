"""The pain pictures show the rows of the tables, all of them, and nothing else."""

import numpy as np
import pytest

from ketalab.data import table
from ketalab.lessons.l08_chronic_pain import figures as draw
from ketalab.models.sensitisation import Neurone
from ketalab.plots.style import course_look

POOLED = table("pooled_estimates").set_index("estimate_id")


@pytest.fixture(autouse=True)
def _look():
    with course_look():
        yield


def markers(axes) -> list[tuple[float, float]]:
    """Where single markers stand."""
    lines = [line for line in axes.lines if line.get_marker() not in ("None", "", None)]
    return [(float(x), float(y)) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def bars(axes) -> list[tuple[float, ...]]:
    """Ends of the upright interval bars."""
    lines = [line for line in axes.lines if line.get_marker() in ("None", "", None)]
    return [tuple(line.get_ydata()) for line in lines if len(set(line.get_xdata())) == 1]


def test_the_weeks_are_the_published_estimates_with_their_intervals():
    axes = draw.weeks(table("pooled_estimates"), 2.0).figure.axes[0]
    rows = POOLED.loc[list(draw.WINDOWS)]
    assert sorted(y for _, y in markers(axes)) == sorted(rows.estimate)
    assert sorted(bars(axes)) == sorted(zip(rows.low, rows.high, strict=True))
    assert set(rows.reference) == set(draw.REVIEWS)


def test_every_follow_up_of_every_trial_is_drawn_once():
    followed = table("pain_followup")
    axes = draw.fading(followed).figure.axes[0]
    assert sorted(x for x, _ in markers(axes)) == pytest.approx(sorted(followed.days))
    assert set(followed.trial) == set(draw.TRIALS)


def test_every_experiment_with_an_nmda_blocker_has_a_sign():
    rows = table("sensitisation_experiments")
    shown = rows[rows.measure.isin(draw.MEASURES) & ~rows.drug.isin(["morphine", "alfentanil"])]
    texts = [text.get_text() for text in draw.experiments(rows).figure.axes[0].texts]
    cells = shown.groupby(["population", "drug", "reference", "measure"]).sign.agg(set)
    for glyph in ("▼", "=", "▲", "▼ ="):
        expected = sum(
            glyph == ("▼ =" if len(signs) > 1 else draw.GLYPHS[next(iter(signs))][0]) for signs in cells
        )
        assert texts.count(glyph) == expected, glyph


def test_savings_are_drawn_where_printed_and_signed_where_not():
    rows = table("opioid_sparing").set_index("row").loc[list(draw.SAVINGS)]
    axes = draw.savings(table("opioid_sparing")).figure.axes[0]
    assert sorted(x for x, _ in markers(axes)) == sorted(rows.value.dropna())
    signed = [text.get_text() for text in axes.texts]
    assert len(signed) == rows.value.isna().sum()
    assert signed.count("▼") == ((rows.measure == "sign") & (rows.sign == "less")).sum()


def test_doses_are_rates_for_seventy_kilograms():
    regimens = table("pain_regimens")
    axes = draw.doses(table("pain_guidelines"), regimens).figure.axes[0]
    assert sorted(x for x, _ in markers(axes)) == pytest.approx(sorted(regimens.rate_mg_h / 70))


def test_the_saw_tooth_starts_each_tooth_where_the_last_has_faded_to():
    time, height = draw.sawtooth(Neurone(), 1.0, 10.0)
    assert (height >= 0).all()
    falls = np.diff(height) < 0
    assert (np.diff(height)[~falls] > 0).sum() == 10
    assert time[-1] == pytest.approx(11.0)
