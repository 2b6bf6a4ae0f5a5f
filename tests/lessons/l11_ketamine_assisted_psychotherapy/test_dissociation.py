"""Printed links as correlations: against the printed numbers themselves and SciPy's P values."""

import numpy as np
import pytest
from scipy import stats

from ketalab.lessons.l11_ketamine_assisted_psychotherapy.trials import as_effects, correlations
from ketalab.metaanalysis.pooling import pool


def p_value(r: float, n: int) -> float:
    t = r * np.sqrt((n - 2) / (1 - r**2))
    return float(2 * stats.t.sf(abs(t), n - 2))


def test_the_people_implied_give_back_the_printed_p_value():
    found = correlations().query("how == 'printed'").set_index("time_h")
    assert found.r.to_list() == [0.35, 0.41]
    for hours, p in ((3.83, 0.007), (168, 0.01)):
        assert p_value(found.r[hours], found.n[hours]) == pytest.approx(p, rel=0.06)
        assert found.n[hours] < found.printed_n[hours]
        assert p_value(found.r[hours], found.printed_n[hours]) < p / 10  # all 108 would give far less


def test_coefficients_become_the_correlations_their_t_implies():
    found = correlations().set_index("study")
    assert p_value(found.r["echegaray2025"], 61) == pytest.approx(0.04, rel=0.01)
    assert p_value(found.r["mathai2023"], 574) == pytest.approx(0.04, abs=0.01)
    assert found.r["mathai2023"] == pytest.approx(0.08, abs=0.005)


def test_pooling_them_is_inverse_variance_on_fishers_scale():
    early = correlations().query("time_h < 30")
    z, weight = np.arctanh(early.r), early.n - 3
    fixed = pool(as_effects(early), method="fixed")
    assert np.tanh(fixed.estimate) == pytest.approx(np.tanh((weight * z).sum() / weight.sum()))
    assert fixed.weight_se == pytest.approx(weight.sum() ** -0.5)
    assert len(set(early.study)) == len(early)


def test_an_unknown_choice_is_refused():
    with pytest.raises(ValueError, match="people: 'all' is not allowed; it must be implied or printed"):
        correlations("all")
