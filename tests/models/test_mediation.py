"""Simulated trials of a known truth against the exact answers, and against another regression."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from ketalab.models import mediation
from ketalab.models.mediation import ANALYSES, CausalModel, exact, simulate

WORLDS = (
    CausalModel(indirect=0.4),
    CausalModel(drug=0.5, confounder=0.8, loading=0.7),
    CausalModel(drug=0.3, expectancy=0.9, rise=1.2),
    CausalModel(
        rise=1.5, drug=-0.2, indirect=0.3, expectancy=0.6, confounder=-0.7, loading=0.6, measured=0.8
    ),
    CausalModel(rise=3, drug=0.5, confounder=1, loading=0.9, measured=1),
)


@pytest.mark.parametrize("world", WORLDS)
def test_large_trials_find_the_exact_answers(world: CausalModel):
    trials = simulate(world, people=20_000, trials=20)
    answers = exact(world)
    for name in ANALYSES:
        found = trials.found[name]
        assert found.mean() == pytest.approx(answers[name], abs=5 * found.std() / 20**0.5 + 1e-9), name
    treated = trials.experience[:, 1].ravel(), trials.benefit[:, 1].ravel()
    assert np.corrcoef(*treated)[0, 1] == pytest.approx(answers["correlation"], abs=0.01)
    effect = trials.benefit[:, 1].mean() - trials.benefit[:, 0].mean()
    assert effect == pytest.approx(world.total, abs=0.03)


@pytest.mark.parametrize("world", WORLDS)
def test_each_small_trial_is_analysed_as_statsmodels_would(world: CausalModel):
    trials = simulate(world, people=40, trials=3, seed=5)
    awake = mediation._people(40, 3, 5)[0]
    proxy = world.measured * awake.trait + (1 - world.measured**2) ** 0.5 * awake.proxy
    for i in range(3):
        arm = np.repeat([0.0, 1.0], 20)
        experience, benefit = trials.experience[i].ravel(), trials.benefit[i].ravel()
        columns = np.column_stack([np.ones(40), arm, experience, proxy[i].ravel()])
        coefficient = sm.OLS(benefit, columns).fit().params[2]
        rise = sm.OLS(experience, columns[:, :2]).fit().params[1]
        assert trials.found["product"][i] == pytest.approx(rise * coefficient)
        treated = sm.OLS(benefit[20:], columns[20:, [0, 2]]).fit().params[1]
        assert trials.found["slope"][i] == pytest.approx(world.rise * treated)


@given(
    st.floats(0, 3),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.floats(0, 0.95),
    st.floats(0, 1),
)
def test_only_enriching_is_right_in_every_world(rise, through, trait, shared, measured):
    world = CausalModel(rise=rise, indirect=through, confounder=trait, loading=shared, measured=measured)
    answers = exact(world)
    assert answers["enriching"] == pytest.approx(world.truth)
    assert answers["masking"] == pytest.approx(world.truth)  # nobody hopes here
    bias = abs(answers["product"] - world.truth)
    assert bias <= abs(answers["slope"] - world.truth) + 1e-12  # adjusting never makes it worse here
    if measured == 1:
        assert bias == pytest.approx(0, abs=1e-9)


def test_accompanying_alone_looks_like_causing():
    """Two worlds with the same correlation and the same mediation, one with and one without any cause."""
    causes, accompanies = CausalModel(indirect=0.4), CausalModel(confounder=0.5, loading=0.8)
    same = ("slope", "product")
    assert [exact(causes)[name] for name in same] == pytest.approx([exact(accompanies)[n] for n in same])
    assert causes.truth == pytest.approx(0.8)
    assert accompanies.truth == 0
    assert exact(accompanies)["masking"] == 0


def test_the_same_seed_gives_the_same_people_in_every_world():
    first, second = (simulate(CausalModel(drug=drug), 40, 2) for drug in (0, 1))
    assert (first.experience == second.experience).all()
    assert (second.benefit - first.benefit)[:, 1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: CausalModel(rise=6), "rise: 6 is not allowed; it must be 0 to 5"),
        (lambda: CausalModel(loading=1), "loading: 1 is not allowed; it must be 0 to 0.99"),
        (
            lambda: CausalModel(expectancy=float("nan")),
            "expectancy: nan is not allowed; it must be -3 to 3",
        ),
        (lambda: simulate(CausalModel(), 41, 1), "people: 41 is not allowed; it must be an even number"),
        (lambda: simulate(CausalModel(), 40, 0), "trials: 0 is not allowed; it must be 1 or more"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make, sentence: str):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        make()
