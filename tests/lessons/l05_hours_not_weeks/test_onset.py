"""The points of the onset plot: each from its rows, counted as benefit, drawn once."""

import numpy as np
import pandas as pd
import pytest

from ketalab.data import table
from ketalab.data.bibliography import bibliography
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.models.depression_trials import ACTIVE, HIDDEN, INACTIVE

ROWS = onset.measured()


def one(measure: str, reference: str, hours: float) -> pd.Series:
    rows = ROWS[(ROWS.measure == measure) & (ROWS.reference == reference) & (ROWS.hours == hours)]
    return rows.squeeze()


def test_every_point_has_a_kind_a_time_and_a_source():
    assert set(ROWS.measure) == set(onset.MEASURES)
    assert set(ROWS.drug) <= {onset.KETAMINE, onset.ESKETAMINE, onset.ORAL, onset.CONTROL}
    assert set(ROWS.control) <= {INACTIVE, ACTIVE, HIDDEN}
    assert set(ROWS.reference) <= set(bibliography().entries)
    assert ROWS.hours.between(0.6, onset.END_H).all()
    assert np.isfinite(ROWS.value.astype(float)).all()


def test_intervals_hold_their_value():
    known = ROWS[ROWS.low.notna()]
    assert len(known) > 60
    assert (known.low <= known.value).all()
    assert (known.value <= known.high).all()
    assert (ROWS.low.isna() == ROWS.high.isna()).all()


@pytest.mark.parametrize("measure", [onset.RESPONSE, onset.POINTS])
def test_a_trial_has_one_difference_at_an_hour(measure: str):
    trials = ROWS[(ROWS.measure == measure) & ~ROWS.pool]
    assert not trials.duplicated(["hours", "label", "drug"]).any()


def test_response_is_the_difference_of_two_shares():
    row = one(onset.RESPONSE, "murrough2013", 24)
    assert row.value == pytest.approx(100 * (30 / 47 - 7 / 25))
    assert [row.low, row.high] == pytest.approx([100 * x for x in newcombe_interval(30, 47, 7, 25)])
    assert row.control == ACTIVE


def test_doses_that_share_a_placebo_group_are_joined_as_one_comparison():
    row = one(onset.POINTS, "daly2018", 24)
    each = table("trial_differences").query("trial == 'daly2018' and time_h == 24 and scale == 'MADRS'")
    assert each.value.abs().min() < row.value < each.value.abs().max()
    assert row.value == pytest.approx((11 * 9.1 + 11 * 10.0 + 12 * 10.7) / 34)
    alone = 2 * 1.96 * each.se.min()
    assert row.high - row.low < alone


def test_better_is_above_zero_whatever_the_sign_in_the_table():
    row = one(onset.POINTS, "jelovac2025", 672)
    assert (row.value, row.low, row.high) == pytest.approx((3.16, -2.22, 8.54))
    price = ROWS[(ROWS.reference == "price2022moderators") & (ROWS.hours == 24)].squeeze()
    assert price.value == 0.58
    dean = ROWS[(ROWS.reference == "dean2021") & (ROWS.control == INACTIVE)].squeeze()
    assert (dean.value, dean.low, dean.high) == pytest.approx((0.87, 0.48, 1.26))


def test_the_pooled_tablets_are_as_printed():
    rows = ROWS[(ROWS.measure == onset.RESPONSE) & (ROWS.drug == onset.ORAL)].sort_values("hours")
    assert list(rows.value) == [4, 10, 9, 11, 11, 12]
    assert list(rows.hours / 168) == [1, 2, 3, 4, 5, 6]
    assert rows.pool.all()


def test_a_group_alone_is_what_it_fell_by():
    groups = ROWS[(ROWS.measure == onset.ALONE) & (ROWS.reference == "lii2023") & (ROWS.hours == 24)]
    assert dict(zip(groups.drug, groups.value, strict=True)) == pytest.approx(
        {onset.KETAMINE: 25.1 - 12.7, onset.CONTROL: 29.9 - 16.4}
    )


def test_a_fresh_table_may_be_changed():
    mine = onset.measured(onset.POINTS)
    mine["value"] = 0.0
    assert onset.measured(onset.POINTS).value.abs().sum() > 0
