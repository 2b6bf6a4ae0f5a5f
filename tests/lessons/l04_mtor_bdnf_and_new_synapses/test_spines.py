"""The spine counts: as the authors list them, and mouse by mouse."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ketalab.data import table
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import (
    by_mouse,
    from_first_day,
    ketamine_minus_saline,
)

SPINES = table("dendritic_spines")


def test_sixteen_mice_and_their_dendrites():
    assert SPINES.groupby("treatment").mouse.nunique().to_dict() == {"ketamine": 8, "saline": 8}
    assert SPINES[SPINES.day == -1].groupby("treatment").branch.count().to_dict() == {
        "ketamine": 59,
        "saline": 97,
    }
    assert not SPINES.duplicated(["mouse", "branch", "day"]).any()


def test_density_and_rates_agree_for_most_dendrites():
    """density(next) = density (1 + formed - eliminated): a slip in copying would break it."""
    wide = SPINES.sort_values(["mouse", "branch", "day"])
    before = wide.groupby(["mouse", "branch"]).spines_per_um.shift()
    expected = before * (1 + (wide.formed_percent - wide.eliminated_percent) / 100)
    off = (expected - wide.spines_per_um).abs().dropna()
    assert len(off) > 400
    assert (off <= 0.013).mean() > 0.9  # the rest disagree in the source itself


def test_damaged_dendrites_are_left_out_and_the_first_day_is_zero():
    dendrites = from_first_day(SPINES)
    assert (dendrites[dendrites.day <= 5].damaged == 0).all()
    lost = set(zip(SPINES.mouse, SPINES.branch, strict=True)) - set(
        zip(dendrites.mouse, dendrites.branch, strict=True)
    )
    assert {mouse for mouse, _ in lost} == {"K86", "K89"}
    first = by_mouse(dendrites).query("day == -3").change
    np.testing.assert_allclose(first, 0, atol=1e-9)


def test_the_difference_is_that_of_the_mice():
    mice = by_mouse(from_first_day(SPINES))
    rows = ketamine_minus_saline(mice).set_index("day")
    assert rows.difference.round(1).to_dict() == {-1: -0.5, 1: 6.8, 3: 14.8, 5: 18.5, 10: 24.7, 15: 11.9}
    assert rows.loc[1, ["ketamine", "saline"]].tolist() == [8, 8]
    assert rows.loc[15, ["ketamine", "saline"]].tolist() == [3, 1]
    assert rows.loc[3:, "low"].isna().all()
    day1 = mice[mice.day == 1]
    a, b = (day1[day1.treatment == name].change for name in ("ketamine", "saline"))
    error = np.sqrt(a.var() / 8 + b.var() / 8)
    freedom = error**4 / ((a.var() / 8) ** 2 / 7 + (b.var() / 8) ** 2 / 7)
    half = stats.t.ppf(0.975, freedom) * error
    assert rows.loc[1, "high"] - rows.loc[1, "low"] == pytest.approx(2 * half)


def test_two_equal_groups_do_not_differ():
    days = pd.DataFrame({"mouse": [f"S{i}" for i in range(5)] + [f"K{i}" for i in range(5)]})
    days = days.assign(treatment=["saline"] * 5 + ["ketamine"] * 5, day=1, change=[1.0, 2, 3, 4, 5] * 2)
    row = ketamine_minus_saline(days).iloc[0]
    assert row.difference == 0
    assert row.low == -row.high < 0
