"""What the lesson on risks counts: the right rows in the right place, and limits that hold."""

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from ketalab.data import table
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks


@pytest.mark.parametrize(
    ("group", "counts"), [(risks.YOUNGER, (29, 346, 1, 222)), (risks.OLDER, (12, 72, 1, 65))]
)
def test_each_age_group_has_its_own_rise_of_pressure(group: str, counts: tuple):
    found = {outcome.name: outcome for outcome in risks.outcomes(group)}["pressure up 40 mmHg"]
    assert (found.events_drug, found.n_drug, found.events_control, found.n_control) == counts


def test_benefit_comes_first_and_only_benefit_is_wanted():
    for group in (risks.YOUNGER, risks.OLDER):
        outcomes = risks.outcomes(group)
        assert [outcome.wanted for outcome in outcomes] == [True, *[False] * (len(outcomes) - 1)]
        assert outcomes[0].name == "depression halved"


def test_nobody_counted_dissociation_in_the_older_group():
    names = {outcome.name for outcome in risks.outcomes(risks.OLDER)}
    assert {"dissociation", "nausea"}.isdisjoint(names)


def test_an_unknown_group_is_named():
    with pytest.raises(ValueError, match=r"group: 'children' is not one of under 65"):
        risks.outcomes("children")


def test_surveys_have_wilsons_limits_where_there_are_counts_and_the_papers_where_not():
    rows = risks.surveys().set_index("survey")
    counted = rows[rows.events.notna()]
    low, high = proportion_confint(counted.events.astype(float), counted.n.astype(float), method="wilson")
    assert np.allclose(counted.low, 100 * low)
    assert np.allclose(counted.high, 100 * high)
    assert tuple(rows.loc["chan", ["value", "low", "high"]]) == (77.1, 56.9, 92.2)


def test_shares_from_counts_are_close_to_what_the_papers_print():
    rows = risks.surveys().merge(table("bladder_surveys")[["survey", "percent"]], on="survey")
    assert (rows.value - rows.percent_x).abs().max() < 0.5


@pytest.mark.parametrize("n", [30, 300, 1709])
def test_none_seen_has_the_exact_limit_and_nearly_that_of_the_rule_of_three(n: int):
    limit = risks.upper_limit(n)
    assert binom.pmf(0, n, limit) == pytest.approx(0.05)
    assert limit == pytest.approx(3 / n, rel=0.06)
    with pytest.raises(ValueError, match="n: 0 is not allowed; it must be 1 or more people"):
        risks.upper_limit(0)
