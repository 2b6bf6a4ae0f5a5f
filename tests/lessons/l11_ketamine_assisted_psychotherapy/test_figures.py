"""Pictures of lesson 11 draw what stands in their tables, on the scale they claim."""

import numpy as np
import pytest

from ketalab.data import table
from ketalab.lessons.l11_ketamine_assisted_psychotherapy import figures as draw

CONTRASTS = table("therapy_contrasts").set_index("contrast", drop=False)


def interval(contrast: str) -> tuple[float, float, float]:
    effects = draw.on_one_scale(CONTRASTS.loc[contrast])
    return tuple(float(x) for x in effects.frame()[["estimate", "low", "high"]].iloc[0])


def test_a_printed_difference_in_sd_keeps_its_numbers_and_turns_its_sign_where_less_is_better():
    assert interval("cbt_rater") == pytest.approx((0.65, -0.55, 1.82), abs=0.03)
    assert interval("selfworth_drug") == pytest.approx((0.61, 0.28, 0.95), abs=0.01)


def test_an_odds_ratio_becomes_sd_by_the_spread_of_the_logistic():
    expected = np.log([5.7, 1.3, 25.1]) * np.sqrt(3) / np.pi
    assert interval("cocaine") == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("contrast", ["mbrp", "alcohol_drug"])
def test_days_become_sd_without_changing_what_the_interval_leaves_out(contrast: str):
    row = CONTRASTS.loc[contrast]
    estimate, low, high = interval(contrast)
    assert np.sign([low, high]).tolist() == np.sign([row.low, row.high]).tolist()
    z = row.value / ((row.high - row.low) / (2 * 1.959964))
    assert estimate == pytest.approx(z * np.sqrt(4 / row.n))


def test_what_printed_no_interval_is_not_put_on_the_scale():
    silent = CONTRASTS[CONTRASTS.low.isna()]
    assert len(silent) >= 8
    assert all(draw.on_one_scale(row) is None for _, row in silent.iterrows())


def test_every_bar_of_a_protocol_is_there_and_assumed_ones_are_hatched():
    rows = table("session_protocols")
    axes = draw.protocols().figure.axes[0]
    bars = [bar for bar in axes.patches if bar.get_width()]
    assert len(bars) == len(rows)
    for bar, row in zip(bars, rows.itertuples(), strict=True):
        assert (bar.get_x(), bar.get_width()) == pytest.approx((row.from_h, row.to_h - row.from_h))
        assert bool(bar.get_hatch()) == (row.basis != "printed")


def test_every_experiment_on_memory_has_a_mark():
    axes = draw.memories().figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() in "^ov"]
    assert len(marks) == len(table("memory_experiments"))


def test_the_scores_under_anaesthesia_are_those_of_the_table():
    containers = draw.masked().figure.axes[0].containers
    scores = table("trial_scores").query("trial == 'lii2023' and scale == 'MADRS'")
    for container, arm in zip(containers, ("ketamine", "saline"), strict=True):
        drawn = container.lines[0].get_ydata()
        assert list(drawn) == list(scores[scores.arm == arm].sort_values("time_h")["mean"])
