"""The trial tables obey their own arithmetic; what does not in print is named here with the reason."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from ketalab.data import table
from ketalab.data.tables import data_folder

TRIALS = table("trials").set_index("trial")
COUNTS, DIFFERENCES, SCORES = table("trial_counts"), table("trial_differences"), table("trial_scores")
RATIOS = {"risk ratio", "rate ratio", "odds ratio", "hazard ratio"}

PERCENTAGE_AS_PRINTED = {("dakwar2019", "abstinence", 840): "13 of 27 is 48.1%, the abstract prints 48.2"}
LOW_FIRST_SCORES = {"lii2023": "12 or less can be reached without halving a score below 24"}
FIRST_PERIOD_ONLY = {"rodriguez2013": "carry-over: the authors analyse the first period alone"}
P_AGAINST_INTERVAL = {
    ("transform3", -3.6, -7.16): "interval without 0 but p = 0.052: two methods of an adaptive design",
}


def printed(name: str) -> pd.DataFrame:
    """The table as text, so that the printed number of decimals is kept."""
    return pd.read_csv(data_folder() / f"{name}.csv", dtype=str, keep_default_na=False)


def half_digit(number: str) -> float:
    """Half of the last digit printed: 12.5 is known to 0.05."""
    return 0.5 * 10.0 ** -len(number.partition(".")[2])


def test_nobody_has_more_events_than_people():
    for arm in ("active", "control"):
        events, people = COUNTS[f"events_{arm}"], COUNTS[f"n_{arm}"]
        known = events.notna() & people.notna()
        assert (events[known] <= people[known]).all()


def test_a_count_comes_with_its_source():
    only_percentages = COUNTS.counts_source == "percentage only"
    assert COUNTS.events_active.isna()[only_percentages].all()
    assert COUNTS.events_active.notna()[~only_percentages].all()
    assert COUNTS.percent_active.notna()[only_percentages].all()


@pytest.mark.parametrize("arm", ["active", "control"])
def test_counts_agree_with_the_percentages_printed_beside_them(arm: str):
    rows = printed("trial_counts")
    for row in rows[(rows[f"percent_{arm}"] != "") & (rows[f"n_{arm}"] != "")].to_dict("records"):
        share, people = row[f"percent_{arm}"], int(row[f"n_{arm}"])
        error = abs(100 * int(row[f"events_{arm}"]) / people - float(share))
        where = (row["trial"], row["outcome"], float(row["time_h"] or "nan"))
        assert (error <= half_digit(share) + 1e-9) != (
            where in PERCENTAGE_AS_PRINTED and arm == "active"
        ), where


@pytest.mark.parametrize("arm", ["active", "control"])
def test_a_computed_count_is_the_only_one_that_fits(arm: str):
    rows = printed("trial_counts")
    computed = (rows.counts_source == "computed from percentage") & (rows[f"percent_{arm}"] != "")
    for row in rows[computed & (rows[f"n_{arm}"] != "")].to_dict("records"):
        share, people = float(row[f"percent_{arm}"]), int(row[f"n_{arm}"])
        rounding = max(half_digit(row[f"percent_{arm}"]), 0.1)  # 0.1: dakwar2019's last digit
        fits = [k for k in range(people + 1) if abs(100 * k / people - share) <= rounding + 1e-9]
        assert fits == [int(row[f"events_{arm}"])], (row["trial"], row["outcome"], fits)


def test_what_can_be_pooled_is_complete_and_the_rest_says_why_not():
    for rows, needed in (
        (COUNTS, ["events_active", "n_active", "events_control", "n_control"]),
        (DIFFERENCES, ["value"]),
    ):
        pooled = rows[rows.poolable == "yes"]
        assert pooled[needed].notna().all(axis=None)
        assert (pooled.reason == "").all()
        assert (rows.reason[rows.poolable != "yes"] != "").all()
        designs = set(pooled.trial.map(TRIALS.design))
        assert designs <= {"parallel", "crossover", "withdrawal"}, designs
    uncertain = DIFFERENCES.se.isna() & DIFFERENCES.low.isna()
    assert set(DIFFERENCES[uncertain].poolable) == {"no"}


def test_at_24_hours_a_trial_enters_a_pool_once_for_each_comparison():
    strict = COUNTS[(COUNTS.strict_24h == "yes") & (COUNTS.poolable == "yes")]
    assert not strict.duplicated(["trial", "outcome"]).any()
    strict = DIFFERENCES[(DIFFERENCES.strict_24h == "yes") & (DIFFERENCES.poolable == "yes")]
    assert not strict.duplicated(["trial", "active"]).any()
    assert set(strict.measure) == {"mean difference"}
    assert set(strict.scale) == {"MADRS"}


def test_strict_24_hours_is_depression_a_day_after_the_first_dose():
    for rows in (COUNTS, DIFFERENCES):
        strict = rows[rows.strict_24h == "yes"]
        assert set(strict.time_h) == {24.0}
        assert set(strict.domain) == {"depression"}


def test_a_crossover_is_flagged_where_the_same_people_are_in_both_arms():
    for rows in (COUNTS[COUNTS.control != ""], DIFFERENCES):
        for trial, flags in rows.groupby("trial").crossover:
            expected = TRIALS.design[trial] == "crossover" and trial not in FIRST_PERIOD_ONLY
            assert set(flags) == {"yes" if expected else "no"}, trial


def test_arms_are_no_larger_than_the_trial():
    arms = TRIALS.n_active.fillna(0) + TRIALS.n_control.fillna(0)
    parallel = TRIALS.design.isin(["parallel", "withdrawal"])
    assert (arms <= TRIALS.n_randomised)[parallel & TRIALS.n_randomised.notna()].all()
    for rows in (COUNTS, DIFFERENCES):
        limit = rows.trial.map(TRIALS.n_randomised)
        for arm in ("n_active", "n_control"):
            known = rows[arm].notna() & limit.notna()
            assert (rows[arm][known] <= limit[known]).all()


def test_remission_is_no_more_common_than_response():
    """A fall to 12 or less halves every score of 24 or more."""
    keys = ["trial", "active", "time_h", "n_active", "n_control"]
    depression = COUNTS[(COUNTS.domain == "depression") & ~COUNTS.trial.isin(LOW_FIRST_SCORES)]
    values = ["events_active", "events_control"]
    both = depression.pivot_table(index=keys, columns="outcome", values=values, aggfunc="max")
    for arm in values:
        pair = both[arm][["response", "remission"]].dropna()
        assert len(pair) >= 10
        assert (pair.remission <= pair.response).all()


def test_all_doses_are_the_sum_of_the_doses():
    sums = COUNTS[COUNTS.counts_source == "sum of printed counts"]
    assert len(sums) > 0
    for row in sums.itertuples():
        same = (COUNTS.trial == row.trial) & (COUNTS.outcome == row.outcome) & (COUNTS.time_h == row.time_h)
        parts = COUNTS[same & COUNTS.dose.notna()]
        assert (parts.events_active.sum(), parts.n_active.sum()) == (row.events_active, row.n_active)
        assert set(parts.events_control) == {row.events_control}


@pytest.mark.parametrize("name", ["trial_differences", "trial_durability", "dissociation_links"])
def test_an_interval_holds_its_estimate(name: str):
    rows = table(name)
    low, high = rows.low.fillna(-np.inf), rows.high.fillna(np.inf)
    assert (low <= rows.value.fillna(low)).all()
    assert (rows.value.fillna(high) <= high).all()
    assert (low < high).all()


def test_a_standard_error_agrees_with_the_interval_beside_it():
    rows = DIFFERENCES[DIFFERENCES.se.notna() & DIFFERENCES.low.notna()]
    assert len(rows) > 15
    z = norm.ppf(0.5 + rows.level.astype(float) / 200)
    ratio = (rows.high - rows.low) / (2 * z * rows.se)
    adjusted = rows.model.str.contains("Dunnett")  # wider than 1.645 standard errors for three doses
    assert ratio[~adjusted].between(0.97, 1.1).all(), ratio[~adjusted]
    assert (ratio[adjusted] > 1.2).all()


def test_a_small_p_value_goes_with_an_interval_without_the_null():
    rows = DIFFERENCES[DIFFERENCES.p.str.fullmatch(r"<?[0-9.]+") & DIFFERENCES.low.notna()]
    for row in rows.itertuples():
        null = 1.0 if row.measure in RATIOS else 0.0
        excluded = row.low > null or row.high < null
        significant = float(row.p.strip("<")) <= 0.05
        exception = (row.trial, row.value, row.low) in P_AGAINST_INTERVAL
        assert (excluded == significant) != exception, row


def test_the_direction_fits_the_measure():
    of_ratio = DIFFERENCES.favours_active.isin(["below 1", "above 1"])
    assert (of_ratio == DIFFERENCES.measure.isin(RATIOS)).all()
    counted = DIFFERENCES.scale.isin(["MADRS", "HAM-D-6", "CDRS-R", "HDRS-17", "EPDS"])
    lower_is_better = counted & ~DIFFERENCES.measure.eq("Cohen d")
    assert set(DIFFERENCES.favours_active[lower_is_better]) == {"negative"}


def test_risk_differences_are_those_of_the_counts():
    observed = DIFFERENCES[
        (DIFFERENCES.measure == "risk difference") & (DIFFERENCES.reference == "katz2021")
    ]
    assert len(observed) == 8
    for row in observed.itertuples():
        same = (
            (COUNTS.trial == row.trial) & (COUNTS.active == row.active) & (COUNTS.reference == "katz2021")
        )
        counts = COUNTS[same & (COUNTS.outcome == row.scale.partition(",")[0])]
        assert len(counts) == 1, row
        k = counts.iloc[0]
        risk = 100 * (k.events_active / k.n_active - k.events_control / k.n_control)
        assert risk == pytest.approx(row.value, abs=0.15), row


def test_computed_differences_follow_from_the_scores():
    for row in DIFFERENCES[DIFFERENCES.derivation != "printed"].itertuples():
        same = (SCORES.trial == row.trial) & (SCORES.scale == row.scale) & (SCORES.time_h == row.time_h)
        active, control = (SCORES[same & (SCORES.role == role)].iloc[0] for role in ("active", "control"))
        assert row.value == pytest.approx(active["mean"] - control["mean"], abs=0.05), row
        if not np.isnan(row.se):
            error = [
                arm.se if np.isnan(arm.sd) else arm.sd / np.sqrt(float(arm.n)) for arm in (active, control)
            ]
            assert row.se == pytest.approx(np.hypot(*error), abs=0.01), row


def test_a_score_is_the_baseline_plus_its_change():
    raw = SCORES[SCORES.time_h.notna()].set_index(["trial", "arm", "scale", "time_h", "kind"])["mean"]
    checked = 0
    for (trial, arm, scale, hour, kind), change in raw.items():
        later, start = (trial, arm, scale, hour, "score"), (trial, arm, scale, 0.0, "score")
        if kind == "change" and later in raw and start in raw:
            assert raw[later] == pytest.approx(raw[start] + change, abs=0.6), later  # others dropped out
            checked += 1
    assert checked >= 12


def test_times_rise_within_a_curve_and_a_point_is_given_once():
    curve = ["trial", "arm", "domain", "scale", "kind"]
    timed = SCORES[SCORES.time_h.notna()]
    assert timed.groupby(curve, sort=False).time_h.apply(lambda hours: hours.is_monotonic_increasing).all()
    assert not timed.duplicated([*curve, "time_h"]).any()
    for rows, key in (
        (COUNTS, ["trial", "active", "control", "domain", "outcome", "definition", "time_h"]),
        (DIFFERENCES, ["trial", "active", "control", "scale", "measure", "time_h", "model"]),
    ):
        assert not rows.duplicated(key).any()


def test_a_mean_lies_on_its_scale():
    top = {"MADRS": 60, "HDRS-25": 76, "PHQ-9": 27, "SDS": 30, "HADS": 42, "CADSS": 92, "pain 0 to 10": 10}
    for scale, highest in {**top, "MADRS suicide item": 6, "C-SSRS ideation": 5}.items():
        rows = SCORES[SCORES.scale == scale]
        assert len(rows) > 0, scale
        assert rows["mean"][rows.kind == "score"].between(0, highest).all(), scale
        assert rows["mean"].abs().max() <= highest, scale


def test_the_percentage_followed_up_is_that_of_the_people_counted():
    rows = table("trial_durability")
    counted = rows[(rows.unit == "%") & rows.n.notna() & rows.events.notna()]
    assert len(counted) >= 3
    assert (100 * counted.events / counted.n - counted.value).abs().max() < 0.5


def test_every_kind_of_comparator_at_24_hours_stands_apart():
    strict = DIFFERENCES[(DIFFERENCES.strict_24h == "yes") & (DIFFERENCES.poolable == "yes")]
    kinds = strict.trial.map(TRIALS.comparator)
    assert {"saline", "midazolam", "anaesthesia + saline"} <= set(kinds)
    assert strict.trial.nunique() >= 8
