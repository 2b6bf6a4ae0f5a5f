"""The depression trials that are pooled: the right rows, each once, and the same sums by another way."""

import numpy as np
import pytest
from metaanalysis.worked import by_statsmodels

from ketalab.data import table
from ketalab.metaanalysis.effect_size import odds_ratio
from ketalab.metaanalysis.pooling import pool
from ketalab.models import depression_trials as depression

COMPARISONS = {
    "response": depression.response_after_a_day,
    "points": depression.points_after_a_day,
    "four weeks": depression.points_after_four_weeks,
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_each_trial_stands_once_with_its_effect_and_its_kind_of_control(name: str):
    comparison = COMPARISONS[name]()
    about = comparison.about
    assert about.trial.is_unique
    assert tuple(about.label) == comparison.effects.study
    assert set(about.control) <= {depression.INACTIVE, depression.ACTIVE, depression.HIDDEN}
    assert comparison.effects.informative.all()
    assert (about.n > 0).all()


def test_nothing_that_the_tables_forbid_is_pooled():
    counts = table("trial_counts")
    forbidden = counts[(counts.outcome == "response") & (counts.poolable == "no")]
    effects = depression.response_after_a_day()
    for row, treated, control in zip(
        effects.about.itertuples(), effects.effects.treated, effects.effects.control, strict=True
    ):
        mine = counts[(counts.trial == row.trial) & (counts.time_h == row.time_h)]
        mine = mine[(mine.outcome == "response") & (mine.poolable != "no")]
        printed = {
            f"{r.events_active}/{r.n_active}, {r.events_control}/{r.n_control}" for r in mine.itertuples()
        }
        assert f"{treated}, {control}" in printed, row.trial
    assert "zarate2006" in set(forbidden.trial)
    assert "zarate2006" not in set(effects.about.trial)


def test_confirmed_rows_are_complete_counts_at_exactly_a_day():
    comparison = depression.response_after_a_day()
    confirmed = comparison.about[comparison.about.confirmed]
    assert set(confirmed.trial) == {"murrough2013", "lapidus2014", "lii2023", "daly2018"}
    assert set(confirmed.time_h) == {24.0}
    assert (comparison.about.time_h <= depression.LATEST_RESPONSE_H).all()
    assert len(comparison.about) == 8


def test_response_is_pooled_as_statsmodels_pools_the_same_counts():
    comparison = depression.response_after_a_day()
    pooled, other = pool(comparison.effects), by_statsmodels(comparison.effects)
    assert other.mean_effect_re == pytest.approx(pooled.estimate, rel=1e-6)
    by_hand = odds_ratio(30, 47, 7, 25)
    at = list(comparison.about.trial).index("murrough2013")
    assert comparison.effects.estimate[at] == pytest.approx(by_hand.estimate[0])


def test_doses_that_share_a_control_group_are_one_comparison():
    points = depression.points_after_a_day()
    janik = list(points.about.trial).index("janik2025")
    differences = table("trial_differences")
    rows = differences[
        (differences.trial == "janik2025") & (differences.time_h == 24) & (differences.scale == "MADRS")
    ]
    assert len(rows) == 2
    assert rows.value.min() < points.effects.estimate[janik] < rows.value.max()
    assert points.effects.se[janik] < rows.se.min()  # more people than in either arm
    assert points.effects.n[janik] == 86 + 95 + 197
    daly = list(points.about.trial).index("daly2018")
    assert points.effects.n[daly] == 34 + 33


def test_an_interval_of_another_level_is_read_at_its_level():
    """Takahashi printed standard errors beside 90% intervals widened for three doses: the errors count."""
    weeks = depression.points_after_four_weeks()
    at = list(weeks.about.trial).index("takahashi2021")
    assert weeks.effects.se[at] == pytest.approx(12 * np.sqrt(1 / 112 + 1 / 72), rel=0.06)


def test_trials_can_be_chosen_by_any_column_and_several_values():
    points = depression.points_after_a_day()
    ketamine = points.where(drug="racemic ketamine")
    assert set(points.about.trial[ketamine]) == {"murrough2013", "lapidus2014", "lii2023", "dwyer2021"}
    both = points.where(drug="racemic ketamine", control=[depression.ACTIVE, depression.HIDDEN])
    assert set(points.about.trial[both]) == {"murrough2013", "lii2023", "dwyer2021"}
    assert points.where().all()
