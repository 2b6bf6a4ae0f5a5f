"""Estimates on one scale against their sources, and the conversions against simulated people."""

import re

import numpy as np
import pytest
from scipy import stats

from ketalab.data import table
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.trials import day_one, mapped_trials
from ketalab.metaanalysis import effect_size as es
from ketalab.models.open_questions import CONDITIONS, open_questions


def test_an_odds_ratio_becomes_a_difference_as_chinn_says():
    effects = es.from_interval(4.0, 2.0, 8.0, es.ODDS_RATIO)
    g = es.standardised(effects)
    assert g.measure is es.HEDGES_G
    assert g.estimate[0] == pytest.approx(np.log(4) / 1.81, rel=0.003)
    assert g.estimate / g.se == pytest.approx(effects.estimate / effects.se)
    assert es.standardised(g) is g


def test_on_logistic_outcomes_the_conversion_is_exact():
    scale = np.sqrt(3) / np.pi  # of a logistic distribution with standard deviation 1
    for shift in (0.2, 0.8):
        for cut in (-0.5, 0.3):
            p1, p0 = (stats.logistic.sf(cut - move, scale=scale) for move in (shift, 0))
            log_or = np.log(p1 / (1 - p1)) - np.log(p0 / (1 - p0))
            ratio = es.from_standard_error(np.exp(log_or), 0.1, es.ODDS_RATIO)
            assert es.standardised(ratio).estimate[0] == pytest.approx(shift)


def test_only_odds_ratios_are_converted():
    words = "measure: a risk ratio is not allowed; it must be an odds ratio or standardised"
    with pytest.raises(ValueError, match=re.escape(words)):
        es.standardised(es.from_interval(2, 1, 4, es.RISK_RATIO))


def test_a_difference_and_its_interval_give_back_the_standardised_difference():
    rng = np.random.default_rng(1)
    treated, control = rng.normal(62, 20, 48), rng.normal(50, 20, 44)
    pooled = np.sqrt((47 * treated.var(ddof=1) + 43 * control.var(ddof=1)) / 90)
    margin = 1.959964 * pooled * np.sqrt(1 / 48 + 1 / 44)
    gap = treated.mean() - control.mean()
    found = es.standardised_from_difference(gap, gap - margin, gap + margin, 48, 44)
    d = gap / pooled
    assert found.estimate == pytest.approx(d)
    assert found.se == pytest.approx(np.sqrt(1 / 48 + 1 / 44 + d**2 / (2 * (48 + 44))))


def test_every_question_is_its_source():
    questions = open_questions()
    assert [q.condition for q in questions.values()] == sorted(
        (q.condition for q in questions.values()), key=CONDITIONS.index
    )
    pools = table("pooled_estimates").set_index("estimate_id")
    assert questions["ptsd_corrected"].estimate == pools.estimate["borgogna_corrected"]
    assert questions["depression_midazolam"].estimate == -pools.estimate["dean_midazolam_score"]
    assert questions["alcohol_relapse"].estimate == pytest.approx(-np.log(0.80) * np.sqrt(3) / np.pi)
    felt = (16 / 2) / (9 / 8)
    assert questions["anxiety_self"].estimate == pytest.approx(np.log(felt) * np.sqrt(3) / np.pi)
    assert questions["anxiety_rater"].n == 18


def test_the_map_holds_every_trial_of_the_four_conditions_once():
    rows = mapped_trials()
    assert not rows.trial.duplicated().any()
    trials = table("trials")
    listed = set(trials[trials.domain.isin(["PTSD", "anxiety", "OCD"])].trial)
    assert listed - set(rows.trial) == {"dadabayev2020"}, "people with chronic pain, some of them with PTSD"
    assert set(rows[rows.indication == "alcohol"].trial) == {
        "grabski2022",
        "dakwar2020",
        "das2019",
        "krupitsky1997",
    }
    assert (rows[rows.direction == "no comparison"].design == "no randomisation seen").all()
    known = rows.set_index("trial").interval
    assert known["grabski2022"]
    assert not known["abdallah2022"]
    assert not known["duek2023"]


def test_egger_s_intercept_is_that_of_an_ordinary_regression():
    """Estimate over its error on one over its error, by SciPy."""
    found = day_one()
    fit = stats.linregress(1 / found.effects.se, found.effects.estimate / found.effects.se)
    assert found.line.intercept == pytest.approx(fit.intercept)
    t = fit.intercept / fit.intercept_stderr
    assert found.line.p == pytest.approx(2 * stats.t.sf(abs(t), len(found.effects) - 2))


def test_imagined_trials_mirror_real_ones_and_are_no_more_than_there_are():
    found = day_one()
    k = len(found.effects)
    imagined = found.filled.effects.se[k:]
    assert len(imagined) == found.filled.missing < k
    assert set(np.round(imagined, 9)) <= set(np.round(found.effects.se, 9))
