"""The read-outs on suicidal thoughts against sums made here, without the explorables' code."""

import numpy as np
import pytest
from metaanalysis.worked import by_statsmodels
from scipy.stats import binom, poisson

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l06_suicidal_ideation_and_thinking import (
    first_two_weeks,
    pool_and_silence,
    trial_on_events,
)
from ketalab.lessons.l06_suicidal_ideation_and_thinking import trials as ideation


def readings(name: str, **values) -> dict:
    return {r.label: r.value for r in explorable(name).at(**values).readings}


@pytest.mark.parametrize("time", first_two_weeks.TIMES)
def test_the_weeks_show_the_rows_of_the_table(time: str):
    rows = table("trial_counts").query("trial == 'su2023' and outcome == 'remission of ideation'")
    row = rows[rows.time_h == first_two_weeks.TIMES[time]].iloc[0]
    shown = readings("first_two_weeks", time=time, arms=first_two_weeks.BOTH)
    assert shown["ketamine"] == f"{row.events_active} of {row.n_active}"
    assert shown["midazolam"] == f"{row.events_control} of {row.n_control}"
    gap = 100 * (row.events_active / row.n_active - row.events_control / row.n_control)
    assert shown["difference"] == f"{gap:.0f} in 100"


def test_alone_the_other_group_is_hidden():
    view = explorable("first_two_weeks").at(time="day 14")
    assert view.artists["midazolam"] is None
    assert len(view.readings) == 1


def test_later_counts_stay_hidden():
    view = explorable("first_two_weeks").at(time="day 3", arms=first_two_weeks.BOTH)
    assert len(view.artists["ketamine"][0]) == len(view.artists["midazolam bars"]) == 3


def test_the_pool_is_that_of_statsmodels():
    inside = pool_and_silence._included(pool_and_silence.STRATUM, pool_and_silence.ACTIVE, 5)
    assert inside.sum() == 6
    other = by_statsmodels(pool_and_silence._rows()[inside])
    pooled = float(
        readings(
            "pool_and_silence", abbar=pool_and_silence.STRATUM, control=pool_and_silence.ACTIVE, silent=5
        )["odds ratio, pooled"]
    )
    assert pooled == pytest.approx(np.exp(other.mean_effect_re), abs=0.006)


def test_midazolam_only_keeps_the_trials_against_midazolam():
    about = table("trials").set_index("trial").comparator
    keys = ["murrough2013", "grunebaum2018", "su2023", "domany2022", "abbar2022", "abbar2022"]
    assert pool_and_silence.IN_ACTIVE.tolist() == [
        about[key] == "midazolam" for key in [*keys, *ideation.SILENT]
    ]


def test_one_abbar_at_a_time_and_silence_added_one_by_one():
    for abbar, expected in (
        (pool_and_silence.EVERYBODY, [1, 0]),
        (pool_and_silence.STRATUM, [0, 1]),
        (pool_and_silence.OUT, [0, 0]),
    ):
        assert pool_and_silence._included(abbar, pool_and_silence.ALL, 0)[4:6].tolist() == expected
    assert [
        pool_and_silence._included(pool_and_silence.OUT, pool_and_silence.ALL, k).sum() for k in range(6)
    ] == list(range(4, 10))


def test_what_ifs_are_drawn_apart_from_measurements():
    view = explorable("pool_and_silence").at(silent=5)
    assert len(view.artists["measured"][0]) == 5
    assert np.allclose(view.artists["if"][0], 1)


@pytest.mark.parametrize(("people", "left"), [("230", 50), ("490", 30), ("490", 70)])
def test_the_chance_is_that_of_counts_taken_one_by_one(people: str, left: int):
    event = "attempt, 2 years (clozapine trial)"
    expected = trial_on_events.SIZE[people] * 55 / 490
    counts = np.arange(int(4 * expected) + 30)
    treated, untreated = np.meshgrid(counts, counts, indexing="ij")
    total = treated + untreated
    few = np.minimum(treated, untreated)
    verdict = (total > 0) & (binom.cdf(few, total, 0.5) <= 0.025)
    weight = poisson.pmf(treated, expected * left / 100) * poisson.pmf(untreated, expected)
    shown = readings("trial_on_events", event=event, left=left, people=people)
    assert float(shown["chance of detecting it"].rstrip("%")) == pytest.approx(
        100 * (weight * verdict).sum(), abs=1
    )


def test_a_trial_of_the_size_that_is_needed_is_enough():
    needed = readings("trial_on_events")["people in each group for an 80% chance"]
    assert 7_000 < needed < 8_000
    assert float(readings("trial_on_events", people="30,000")["chance of detecting it"].rstrip("%")) > 95


def test_the_first_year_is_that_of_studies_of_the_first_year():
    """Chung 2017 prints 654 per 100,000 person-years for studies of 3 to 12 months: 0.65% in a year. A year
    cannot hold fewer deaths than its first three months, nor twice as many as the rate says."""
    row = table("suicide_events").set_index("event").loc["discharge_first_year"]
    assert (row.value, row.reference) == (654, "chung2017")
    shown = readings("trial_on_events")["risk of the event without treatment"]
    assert shown == f"{100 * (1 - np.exp(-654 / 100_000)):.2f}%" == "0.65%"
    early = readings("trial_on_events", event="death, 3 months after discharge")
    assert float(early["risk of the event without treatment"].rstrip("%")) < 0.65


def test_as_many_people_are_filled_as_were_free():
    view = explorable("first_two_weeks").at(time="day 5", arms=first_two_weeks.BOTH)
    for arm, free in (("ketamine", 11), ("midazolam", 3)):
        everybody, filled = view.artists[f"{arm} people"], view.artists[f"{arm} free"]
        assert len(set(zip(*everybody, strict=True))) == 42
        assert len(filled[0]) == free
        assert set(zip(*filled, strict=True)) <= set(zip(*everybody, strict=True))


def test_the_most_sceptical_choice_is_the_lowest_pool_of_all():
    """Over every setting the odds ratio is lowest where the preset says it is."""
    shown = explorable("pool_and_silence")
    chosen = float(
        readings("pool_and_silence", **shown.presets["The most sceptical choice"])["odds ratio, pooled"]
    )
    every = [
        float(readings("pool_and_silence", abbar=a, control=c, silent=k)["odds ratio, pooled"])
        for a in (pool_and_silence.EVERYBODY, pool_and_silence.STRATUM, pool_and_silence.OUT)
        for c in (pool_and_silence.ALL, pool_and_silence.ACTIVE)
        for k in range(6)
    ]
    assert chosen == min(every)
