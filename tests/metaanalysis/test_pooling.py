"""Pooling against printed results, statsmodels, root finders and the laws it must obey."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from metaanalysis.worked import COUNTS, FOLDER, by_statsmodels, data, effects, half_a_unit
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from ketalab.metaanalysis import effect_size as es
from ketalab.metaanalysis import pooling as ma
from ketalab.metaanalysis import small_study

PRINTED = pd.read_csv(FOLDER / "printed.csv", dtype={"printed": str})
RANDOM = ("paule-mandel", "reml", "dersimonian-laird")


@st.composite
def trials(draw, least: int = 2, most: int = 12, measure: es.Measure = es.MEAN_DIFFERENCE) -> es.Effects:
    """Any set of trials whose standard errors differ by up to a factor of a hundred."""
    k = draw(st.integers(least, most))
    y = draw(arrays.arrays(float, k, elements=st.floats(-5, 5)))
    se = draw(arrays.arrays(float, k, elements=st.floats(0.05, 5)))
    return es.from_standard_error(measure.natural(y), se, measure)


# Printed results ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row", list(PRINTED.itertuples()), ids=lambda r: f"{r.example} {r.measure} {r.method} {r.quantity}"
)
def test_a_printed_result_is_met_to_its_last_decimal(row):
    shown = effects(row.example, row.measure)
    if row.method.endswith("trim-and-fill"):
        method = row.method.split()[0]
        pooled = small_study.trim_and_fill(shown, method=method, interval=row.interval).pooled
    else:
        pooled = ma.pool(shown, row.method, row.interval)
    assert getattr(pooled, row.quantity) == pytest.approx(
        float(row.printed), abs=1.001 * half_a_unit(row.printed)
    )


def test_leaving_one_out_meets_the_printed_table():
    printed = data("leave_one_out")
    shown, places = effects("bcg", "OR"), np.arange(13)
    pools = [ma.pool(shown[places != one], "dersimonian-laird", "normal") for one in places]
    for name, near in (("estimate", 1e-6), ("low", 1e-6), ("high", 1e-6), ("tau2", 1e-7)):
        found = [getattr(pooled, name) for pooled in pools]
        assert found == pytest.approx(printed[name].to_list(), abs=near), name


def test_two_esketamine_trials_pool_to_what_their_sponsor_printed():
    """ASPIRE I and II at 24 h, against the pool of their patients, which rounds and adjusts differently."""
    two = es.from_interval([-3.8, -3.9], [-6.56, -6.60], [-1.09, -1.11], es.MEAN_DIFFERENCE)
    pooled = ma.pool(two, "fixed")
    printed = pd.read_csv("data/pooled_estimates.csv").set_index("estimate_id").loc["canuso_24h"]
    assert pooled.estimate == pytest.approx(printed.estimate, abs=0.1)
    assert pooled.low == pytest.approx(printed.low, abs=0.1)
    assert pooled.high == pytest.approx(printed.high, abs=0.1)


# A second engine --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "example",
    [("bcg", "OR"), ("bcg", "RR"), ("fine1993", "OR"), ("kacker2004", "given"), ("thirdwave", "given")],
)
@pytest.mark.parametrize("method", ["paule-mandel", "dersimonian-laird"])
def test_statsmodels_agrees(example, method):
    shown = effects(*example)
    theirs = by_statsmodels(shown, method)
    plain = ma.pool(shown, method, "normal")
    knapp = ma.pool(shown, method, "hartung-knapp plain")
    fixed = ma.pool(shown, "fixed")
    near = 1e-9 if method == "dersimonian-laird" else 1e-5  # its search for tau2 stops there
    assert plain.tau2 == pytest.approx(theirs.tau2, abs=near)
    assert plain.estimate == pytest.approx(theirs.mean_effect_re, abs=near)
    assert plain.se == pytest.approx(theirs.sd_eff_w_re, abs=near)
    assert knapp.se == pytest.approx(theirs.sd_eff_w_re_hksj, abs=near)
    assert (knapp.low, knapp.high) == pytest.approx(tuple(theirs.conf_int(use_t=True)[3]), abs=10 * near)
    assert fixed.estimate == pytest.approx(theirs.mean_effect_fe)
    assert (fixed.low, fixed.high) == pytest.approx(tuple(theirs.conf_int(use_t=False)[0]))
    assert plain.q == pytest.approx(theirs.q)
    assert plain.i2 == pytest.approx(max(theirs.i2, 0))
    assert plain.weights == pytest.approx(theirs.weights_rel_re, abs=near)


@given(trials())
def test_statsmodels_sees_a_difference_between_trials_wherever_there_is_one(shown):
    """Paule and Mandel's tau2 is above zero where Q is above its degrees of freedom, k - 1; the tau2 found
    brings Q down to them."""
    ours, freedom = ma.pool(shown, "paule-mandel", "normal"), len(shown) - 1
    assume(ours.q > freedom + 1e-3)
    theirs = by_statsmodels(shown)
    assert theirs.tau2 > 0
    w = 1 / (shown.se**2 + theirs.tau2)
    assert w @ (shown.estimate - theirs.mean_effect_re) ** 2 == pytest.approx(freedom, abs=1e-4)
    assert theirs.tau2 == pytest.approx(ours.tau2, rel=1e-3, abs=1e-3)
    assert theirs.mean_effect_re == pytest.approx(ours.estimate, rel=1e-3, abs=1e-3)


def test_statsmodels_does_not_lose_the_variance_of_these_four():
    """A tighter search for tau2 than statsmodels' own ends at none here."""
    four = es.from_standard_error([-0.7, -0.3, -0.8, 0.3], [0.1, 0.2, 0.2, 0.4], es.MEAN_DIFFERENCE)
    theirs, ours = by_statsmodels(four), ma.pool(four)
    assert theirs.tau2 == pytest.approx(0.1473, abs=1e-4)
    assert (theirs.tau2, theirs.mean_effect_re) == pytest.approx((ours.tau2, ours.estimate), abs=1e-5)


@given(trials())
def test_paule_mandel_is_the_root_that_brent_finds(shown):
    y, v = shown.estimate, shown.se**2

    def excess(tau2: float) -> float:
        w = 1 / (v + tau2)
        return w @ (y - np.average(y, weights=w)) ** 2 - (len(y) - 1)

    tau2 = float(ma.between_variance(y, v))
    if excess(0) <= 0:
        assert tau2 == 0
    else:
        assert tau2 == pytest.approx(brentq(excess, 0, 1e4, xtol=1e-12), rel=1e-7, abs=1e-9)


@given(trials(least=3))
def test_reml_is_the_top_of_its_likelihood(shown):
    y, v = shown.estimate, shown.se**2

    def loss(tau2: float) -> float:
        w = 1 / (v + tau2)
        mean = np.average(y, weights=w)
        return 0.5 * (np.log(v + tau2).sum() + np.log(w.sum()) + w @ (y - mean) ** 2)

    tau2 = float(ma.between_variance(y, v, "reml"))
    near = [max(0.0, tau2 + step) for step in (-1e-3, 1e-3)]
    assert loss(tau2) <= min(map(loss, near)) + 1e-9
    top = minimize_scalar(loss, bounds=(0, 200), method="bounded", options={"xatol": 1e-8})
    assume(top.x < 150)
    # The likelihood may have two tops; the scoring starts at a moment estimate and finds a near one.
    assert loss(tau2) <= top.fun + 0.2


@given(trials(least=2))
def test_the_interval_of_tau2_lies_between_two_quantiles_of_q(shown):
    pooled = ma.pool(shown)
    y, v = shown.estimate, shown.se**2

    def q(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float(w @ (y - np.average(y, weights=w)) ** 2)

    for end, chance in ((pooled.tau2_low, 0.975), (pooled.tau2_high, 0.025)):
        target = stats.chi2.ppf(chance, len(y) - 1)
        assert end == 0 or q(end) == pytest.approx(target, rel=1e-6)
        assert end > 0 or q(0) <= target * (1 + 1e-9)
    assert pooled.tau2_low <= pooled.tau2 <= pooled.tau2_high


def batch(y, v, method, interval=None):
    """Estimate and limits of every data set in a batch: y and v are sets x trials."""
    interval = interval or ("normal" if method == "fixed" else "hartung-knapp")
    mean, se, _ = ma.pooled_mean(y, v, ma.between_variance(y, v, method), interval)
    margin = es.normal_quantile(0.95, None if interval == "normal" else y.shape[-1] - 1) * se
    return mean, mean - margin, mean + margin


def test_a_batch_is_pooled_as_each_of_its_sets():
    rng = np.random.default_rng(1)
    y, v = rng.normal(size=(40, 7)), rng.uniform(0.01, 2, size=(40, 7))
    for method in (*RANDOM, "fixed"):
        mean, low, high = batch(y, v, method)
        for i in range(40):
            one = ma.pool(es.from_standard_error(y[i], np.sqrt(v[i]), es.MEAN_DIFFERENCE), method)
            assert (mean[i], low[i], high[i]) == pytest.approx((one.estimate, one.low, one.high), rel=1e-7)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """4,000 simulated reviews of eight trials: Hartung-Knapp holds its level, the normal one does not."""
    rng = np.random.default_rng(11)
    v = rng.uniform(0.02, 0.4, size=(4000, 8))
    y = 0.3 + rng.normal(size=v.shape) * np.sqrt(v + 0.15)
    inside = {}
    for interval in ("hartung-knapp", "normal"):
        _, low, high = batch(y, v, "paule-mandel", interval)
        inside[interval] = np.mean((low < 0.3) & (high > 0.3))
    assert inside["hartung-knapp"] == pytest.approx(0.95, abs=0.015)
    assert inside["normal"] < 0.93


def test_a_prediction_interval_holds_the_next_trial_as_often_as_it_says():
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(1500):
        v = rng.uniform(0.02, 0.2, 25)
        y = rng.normal(size=25) * np.sqrt(v + 0.25)
        pooled = ma.pool(es.from_standard_error(y, np.sqrt(v), es.MEAN_DIFFERENCE))
        hits += pooled.prediction_low < rng.normal() * 0.5 < pooled.prediction_high
    assert hits / 1500 == pytest.approx(0.95, abs=0.02)


# Laws -------------------------------------------------------------------------------------------------

SCALES = ("estimate", "low", "high", "prediction_low", "prediction_high")


@pytest.mark.parametrize("method", [*RANDOM, "fixed"])
@given(shown=trials(), seed=st.integers(0, 1000))
def test_the_order_of_trials_does_not_matter(method, shown, seed):
    order = np.random.default_rng(seed).permutation(len(shown))
    one, other = ma.pool(shown, method), ma.pool(shown[order], method)
    for name in (*SCALES, "tau2", "i2", "q"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-6, abs=1e-7, nan_ok=True), (
            name
        )
    assert one.weights[order] == pytest.approx(other.weights, rel=1e-6)


@pytest.mark.parametrize("method", RANDOM)
@given(shown=trials(least=3), shift=st.floats(-10, 10), scale=st.floats(0.1, 10))
def test_pooling_moves_with_shift_and_scale(method, shown, shift, scale):
    moved = es.from_standard_error(
        scale * shown.estimate + shift, scale * shown.se, es.MEAN_DIFFERENCE, study=shown.study
    )
    one, other = ma.pool(shown, method), ma.pool(moved, method)
    for name in SCALES:
        expected = scale * getattr(one, name) + shift
        assert getattr(other, name) == pytest.approx(expected, rel=1e-5, abs=1e-5), name
    assert other.tau2 == pytest.approx(scale**2 * one.tau2, rel=1e-5, abs=1e-6)


@given(trials())
def test_random_effects_are_fixed_effects_where_trials_agree(shown):
    fixed = ma.pool(shown, "fixed")
    for method in RANDOM:
        pooled = ma.pool(shown, method, "normal")
        if pooled.tau2 == 0:
            assert (pooled.low, pooled.high) == pytest.approx((fixed.low, fixed.high))
        else:
            assert pooled.se > fixed.se


@given(trials())
def test_the_held_hartung_knapp_interval_is_never_the_narrower(shown):
    held = ma.pool(shown)
    for other in ("normal", "hartung-knapp plain"):
        narrow = ma.pool(shown, "paule-mandel", other)
        assert held.low <= narrow.low + 1e-9
        assert held.high >= narrow.high - 1e-9
    assert held.prediction_low <= held.low or held.k < 3


@given(trials())
def test_weights_are_shares_and_the_pool_lies_among_its_trials(shown):
    for method in (*RANDOM, "fixed"):
        pooled = ma.pool(shown, method)
        assert pooled.weights.sum() == pytest.approx(1)
        assert (pooled.weights >= 0).all()
        assert shown.estimate.min() - 1e-9 <= pooled.estimate <= shown.estimate.max() + 1e-9
        assert 0 <= pooled.i2 <= 1
        assert 0 <= pooled.p <= 1


def test_swapping_the_groups_turns_the_pool_over():
    rows = data("bcg")
    one = ma.pool(es.risk_ratio(*(rows[name] for name in COUNTS))).natural
    other = ma.pool(es.risk_ratio(*(rows[name] for name in (*COUNTS[2:], *COUNTS[:2])))).natural
    assert one.estimate == pytest.approx(1 / other.estimate)
    assert (one.low, one.prediction_low) == pytest.approx((1 / other.high, 1 / other.prediction_high))


# Edges ------------------------------------------------------------------------------------------------


def test_one_trial_is_itself_and_says_so():
    one = effects("bcg", "OR")[:1]
    pooled = ma.pool(one)
    low, high = one.interval()
    assert (pooled.estimate, pooled.low, pooled.high) == pytest.approx((one.estimate[0], low[0], high[0]))
    assert np.isnan([pooled.tau2, pooled.i2, pooled.prediction_low, pooled.q]).all()
    assert list(pooled.weights) == [1.0]
    assert pooled.warnings[0].startswith("One trial only: this is that trial's own interval.")
    assert "1 trial" in repr(pooled)
    assert "spread" not in repr(pooled)


def test_two_trials_have_no_prediction_interval_and_say_so():
    pooled = ma.pool(effects("bcg", "OR")[[0, 7]])
    assert np.isnan(pooled.prediction_low)
    assert pooled.high - pooled.low > 2 * 12 * pooled.weight_se  # t on one degree of freedom is 12.7
    assert pooled.warnings[0].startswith("Two trials:")


def test_three_trials_are_said_to_be_few():
    assert "Only 3 trials" in ma.pool(effects("bcg", "OR")[:3]).warnings[0]


@pytest.mark.parametrize("method", RANDOM)
def test_identical_trials_do_not_make_an_interval_without_width(method):
    same = es.from_standard_error([0.5] * 4, [0.2] * 4, es.HEDGES_G)
    held, plain = ma.pool(same, method), ma.pool(same, method, "hartung-knapp plain")
    assert plain.low == plain.high == pytest.approx(0.5)
    assert held.high - held.low == pytest.approx(2 * stats.t.ppf(0.975, 3) * 0.1)
    assert held.tau2 == held.i2 == 0
    assert any("held at 1" in warning for warning in held.warnings)
    assert plain.p == 0


def test_one_enormous_trial_does_not_break_the_sums():
    shown = es.from_standard_error([0.1, 0.9, -0.4], [1e-6, 0.5, 0.4], es.MEAN_DIFFERENCE)
    fixed, pooled = ma.pool(shown, "fixed"), ma.pool(shown)
    assert fixed.estimate == pytest.approx(0.1, abs=1e-6)
    assert fixed.weights[0] > 0.999999
    assert np.isfinite([pooled.low, pooled.high, pooled.tau2_high]).all()


def test_trials_that_say_nothing_are_left_out_and_said():
    shown = es.odds_ratio([0, 3, 5], [20, 20, 30], [0, 6, 9], [25, 20, 30], study=["empty", "b", "c"])
    pooled = ma.pool(shown)
    assert pooled.k == 2
    assert pooled.weights[0] == 0
    assert pooled.weights.sum() == pytest.approx(1)
    assert any(warning.startswith("empty: nobody or everybody") for warning in pooled.warnings)


def test_nothing_left_is_refused():
    shown = es.odds_ratio([0, 0], [20, 20], [0, 0], [25, 20])
    for call in (ma.pool, lambda e: ma.by_subgroup(e, ["a", "b"])):
        with pytest.raises(ValueError, match="effects: 0 trials are not allowed; pooling needs 1 or more"):
            call(shown)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda e: ma.pool(e, "bayes"),
            "method: 'bayes' is not allowed; it must be one of paule-mandel, reml",
        ),
        (
            lambda e: ma.pool(e, interval="wide"),
            "interval: 'wide' is not allowed; it must be one of hartung-knapp",
        ),
        (lambda e: ma.pool(e, level=95), "level: 95 is not allowed; it must be between 0 and 1"),
        (lambda e: ma.by_subgroup(e, ["a"]), "group: 1 values are not allowed; it must have 13"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        call(effects("bcg", "OR"))
    assert "\n" not in str(error.value)


# Several sides ----------------------------------------------------------------------------------------


def test_subgroups_are_pooled_by_themselves_and_compared():
    rows, shown = data("bcg"), effects("bcg", "RR")
    groups = ma.by_subgroup(shown, rows.allocation, method="dersimonian-laird", interval="normal")
    assert list(groups.pooled) == ["random", "alternate", "systematic"]
    for name, part in groups.pooled.items():
        alone = ma.pool(shown[(rows.allocation == name).to_numpy()], "dersimonian-laird", "normal")
        assert (part.estimate, part.tau2) == (alone.estimate, alone.tau2)
    means = np.array([part.estimate for part in groups.pooled.values()])
    w = 1 / np.array([part.se for part in groups.pooled.values()]) ** 2
    q = w @ (means - np.average(means, weights=w)) ** 2
    assert groups.q == pytest.approx(q)
    assert groups.freedom == 2
    assert groups.p == pytest.approx(stats.chi2.sf(q, 2))
    assert "on 2 df, P =" in repr(groups)


def test_the_difference_between_two_groups_squares_to_their_q():
    shown = effects("bcg", "RR")[:9]
    groups = ma.by_subgroup(shown, ["a"] * 4 + ["b"] * 5)
    ratio = groups.difference("a", "b")
    low, high = np.log([ratio.low, ratio.high])
    z = np.log(ratio.estimate) / ((high - low) / 2 / stats.norm.ppf(0.975))
    assert z**2 == pytest.approx(groups.q)
    with pytest.raises(ValueError, match="group: 'c' is not one of a, b"):
        groups.difference("a", "c")


def test_one_group_alone_has_nothing_to_differ_from():
    groups = ma.by_subgroup(effects("bcg", "RR"), ["all"] * 13)
    assert groups.freedom == 0
    assert np.isnan(groups.p)
    assert groups.words == "There is only one group."


def test_the_pool_says_what_it_is():
    text = repr(ma.pool(effects("bcg", "RR")))
    assert text.splitlines() == [
        "Risk ratio 0.49, 95% interval 0.33 to 0.73; 13 trials (Paule-Mandel, Hartung-Knapp interval)",
        "  spread between trials: tau² 0.32 (0.12 to 1.11), I² 92% (88 to 95%), Q 152 on 12 df, P < 0.001",
        "  true effect in a new trial: 0.13 to 1.80",
    ]
    assert "tau² taken as 0" in repr(ma.pool(effects("bcg", "RR"), "fixed"))


def test_correlations_are_pooled_on_fishers_scale():
    shown = es.fisher_z([0.3, 0.5, -0.1], [40, 60, 30])
    pooled = ma.pool(shown, "fixed")
    z = np.average(np.arctanh([0.3, 0.5, -0.1]), weights=[37, 57, 27])
    assert pooled.natural.estimate == pytest.approx(np.tanh(z))
    assert pooled.se == pytest.approx(1 / np.sqrt(37 + 57 + 27))
    assert -1 < ma.pool(shown).natural.prediction_low < ma.pool(shown).natural.prediction_high < 1
