"""Designs side by side: each row is its trial's counts, and the network on its placebo share."""

from itertools import pairwise

import numpy as np
import pytest

from ketalab.data import table
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants import trials as c
from ketalab.metaanalysis import number_needed as nn


def test_each_design_is_the_counts_of_its_trial():
    rows = c.designs().set_index("label")
    escape = rows.loc["ESCAPE: remission, week 8"]
    assert (escape.drug, escape.control) == pytest.approx((100 * 91 / 336, 100 * 60 / 340))
    low, high = nn.newcombe_interval(91, 336, 60, 340)
    assert (escape.low, escape.high) == pytest.approx((100 * low, 100 * high))
    assert len(rows) == len(c.DESIGNS) + 1
    assert (rows.low < rows.difference).all()
    assert (rows.difference < rows.high).all()


def test_no_design_rests_on_a_row_that_must_not_be_pooled():
    counts = table("trial_counts")
    for d in c.DESIGNS:
        found = counts[
            (counts.trial == d.trial) & (counts.outcome == d.outcome) & (counts.active == d.active)
        ]
        assert "yes" in set(found[found.time_h == d.time_h].poolable), d.label


def test_with_and_without_keeps_the_odds_ratio():
    with_drug, low, high, without = c.with_and_without("SSRI", "responders")
    row = c.classes("responders").frame().set_index("treatment").loc["SSRI"]
    odds = lambda p: p / (1 - p)  # noqa: E731
    assert odds(with_drug) / odds(without) == pytest.approx(row.estimate)
    assert odds(low) / odds(without) == pytest.approx(row.low)
    assert odds(high) / odds(without) == pytest.approx(row.high)


def test_wilson_interval_is_the_textbook_one():
    """The limits solve (p - events/n)^2 = z^2 p (1 - p) / n."""
    _, low, high = nn.wilson_interval(7, 25)
    for p in (low, high):
        assert (p - 7 / 25) ** 2 == pytest.approx(1.959964**2 * p * (1 - p) / 25, rel=1e-5)
    assert nn.wilson_interval(0, 20)[1] == 0
    assert nn.wilson_interval(20, 20)[2] == 1
    with pytest.raises(ValueError, match="events: 5 is not allowed; it must be from 0 to n, which is 4"):
        nn.wilson_interval(5, 4)


def test_placebo_share_is_people_not_trials():
    arms = table("antidepressant_arms").query("treatment == 'placebo'")
    known = arms[arms.lost.notna()]
    assert c.on_placebo("lost") == pytest.approx(known.lost.sum() / known.n.sum())
    assert not np.isclose(c.on_placebo("lost"), (known.lost / known.n).mean(), atol=1e-4)


def test_the_frames_are_the_counts_and_ratios_of_their_sources():
    fair = c.fair_frame()
    assert fair["kind of comparator"].tolist().count("active placebo") == 1  # midazolam
    assert fair.loc["ESCAPE: remission, week 8", "kind of comparator"] == "treatment"
    assert fair.loc["ESCAPE: remission, week 8", "paid by"] == "the maker"
    assert c.first_week().loc["responders, of 100 people"].tolist() == ["4", "12", "33"]
    counts = table("trial_counts").query("trial == 'lii2023' and outcome == 'response' and time_h == 24")
    row = counts.iloc[0]
    low, high = nn.newcombe_interval(
        *(int(row[n]) for n in ("events_active", "n_active", "events_control", "n_control"))
    )
    shown = c.first_day().loc["infusion, asleep (Lii 2023)"].iloc[-1]
    assert shown == f"+10 (−{-100 * low:.0f} to {100 * high:.0f})"


def test_nobody_is_lost_between_the_steps():
    steps = c.step_by_step()
    for now, later in pairwise(steps):
        assert later.start == pytest.approx(now.on)
    gone = sum(step.remit + step.leave for step in steps)
    assert gone + steps[-1].on == pytest.approx(100)
    totals = c.remission_totals()
    assert sum(step.remit for step in steps) == pytest.approx(totals["computed here: with those who left"])
    assert round(totals["printed: if nobody had left"]) == 67  # the total printed in 2006


def test_people_who_go_on_for_one_fewer_relapse_are_whole_and_enough():
    frame = c.relapse_frame()
    saved = (frame["switched to placebo (%)"] - frame["continued (%)"]) / 100
    assert (frame["go on for one fewer"] * saved >= 1).all()
    assert ((frame["go on for one fewer"] - 1) * saved < 1).all()
