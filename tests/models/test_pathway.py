"""The cohort against a matrix power, people followed one by one, closed forms, and laws it must obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketalab.models import pathway as p

chances = st.floats(0, 1, allow_subnormal=False)
steps_of = st.lists(st.builds(p.Step, chances, chances, chances), min_size=1, max_size=5)
FOUR = [p.Step(0.368, 0.62, 0.4), p.Step(0.306, 0.38, 0.5), p.Step(0.137, 0.34, 0.6), p.Step(0.13, 1, 0.71)]


@given(steps_of, st.integers(1, 40))
def test_nobody_is_lost_or_made(steps, cycles):
    shares = p.cohort(steps, cycles)
    assert (shares >= -1e-12).all()
    np.testing.assert_allclose(shares.sum(-1), 1, atol=1e-9)
    np.testing.assert_allclose(p.transition(steps).sum(-1), 1, atol=1e-12)


@given(steps_of, st.integers(1, 30))
def test_the_course_is_a_power_of_the_matrix(steps, cycles):
    matrix = p.transition(steps)[0]
    state = np.linalg.matrix_power(matrix, cycles)[0]
    k = len(steps)
    by_hand = [state[: 3 * k].sum(), state[3 * k : 4 * k].sum(), *state[4 * k :]]
    np.testing.assert_allclose(p.cohort(steps, cycles)[0, -1], by_hand, atol=1e-9)


def test_people_followed_one_by_one_arrive_where_the_cohort_says():
    """40,000 people, each with their own dice, after 26 cycles: within four standard errors."""
    rng, n, cycles = np.random.default_rng(3), 40_000, 26
    ends = dict.fromkeys(p.OUTCOMES, 0)
    remits = [1 - (1 - s.remission) ** (1 / 3) for s in FOUR]
    relapses = [1 - (1 - s.relapse) ** (1 / 13) for s in FOUR]
    dice = rng.random((n, cycles, 2))
    for person in dice:
        step, spent, place = 0, 0, "in treatment"
        for first, second in person:
            if place == "well":
                place = "relapsed" if first < relapses[step] else "well"
            elif place == "in treatment":
                spent += 1
                if first < remits[step]:
                    place = "well"
                elif spent == 3:
                    last = step == len(FOUR) - 1
                    place = "all steps used" if last else place if second < FOUR[step].goes_on else "left"
                    step, spent = min(step + 1, len(FOUR) - 1), 0
        ends[place] += 1
    expected = p.cohort(FOUR, cycles)[0, -1]
    for share, name in zip(expected, p.OUTCOMES, strict=True):
        assert ends[name] / n == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n) + 1e-4), name


@given(steps_of)
def test_after_a_step_the_published_proportion_has_remitted(steps):
    """With nobody relapsing, the well after all steps are those who ever remitted."""
    calm = [p.Step(s.remission, s.goes_on, 0.0) for s in steps]
    shares = p.cohort(calm, 3 * len(steps))[0]
    assert shares[-1, 1] == pytest.approx(p.remission_ever(steps)[0], abs=1e-9)
    assert shares[3, 1] >= steps[0].remission - 1e-9


def test_without_leaving_the_steps_give_the_published_two_thirds():
    """STAR*D's printed 67% [@rush2006] is its four proportions with nobody leaving."""
    stay = [p.Step(r, 1, 0) for r in (0.368, 0.306, 0.137, 0.130)]
    assert round(100 * p.remission_ever(stay)[0]) == 67


def test_a_year_well_leaves_what_did_not_relapse():
    start = [p.Step(1.0, 0.0, 0.4)]
    shares = p.cohort(start, 14)[0]
    assert shares[1, 1] == pytest.approx(1)
    assert shares[14, 1] == pytest.approx(0.6)
    halved = p.cohort([start[0].times(1, 0.5)], 14)[0]
    assert halved[14, 1] == pytest.approx(0.6**0.5)


@given(steps_of, st.integers(0, 4), st.floats(1, 3))
def test_a_better_step_never_lowers_remission(steps, which, ratio):
    better = list(steps)
    at = which % len(steps)
    better[at] = better[at].times(ratio)
    assert p.remission_ever(better)[0] >= p.remission_ever(steps)[0] - 1e-12


@given(steps_of, st.floats(0, 1))
def test_less_relapse_never_means_fewer_well(steps, hazard):
    kept = [s.times(1, hazard) for s in steps]
    assert (p.cohort(kept, 20)[0, :, 1] >= p.cohort(steps, 20)[0, :, 1] - 1e-9).all()


def test_draws_run_side_by_side():
    rates = np.array([0.2, 0.4])
    both = p.cohort([p.Step(rates, 0.5, 0.3), p.Step(0.1, 1, 0.5)], 10)
    for i, rate in enumerate(rates):
        alone = p.cohort([p.Step(rate, 0.5, 0.3), p.Step(0.1, 1, 0.5)], 10)
        np.testing.assert_allclose(both[i], alone[0])


def test_draws_of_a_proportion_and_a_ratio_have_the_moments_they_should():
    draws = p.proportion(52, 377, 20_000, seed=1)
    assert draws.mean() == pytest.approx(52.5 / 378, rel=0.01)
    assert draws.std() == pytest.approx(np.sqrt(52.5 * 325.5 / 378**2 / 379), rel=0.03)
    ratios = p.ratio_draws(0.49, 0.29, 0.84, 20_000, seed=1)
    assert np.percentile(ratios, [2.5, 50, 97.5]) == pytest.approx([0.29, 0.49, 0.84], rel=0.03)
    assert (p.proportion(0, 10, 5, 1) == p.proportion(0, 10, 5, 1)).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: p.Step(1.2, 0.5, 0.5), r"remission: 1\.2 is not allowed; it must be from 0 to 1"),
        (lambda: p.Step(0.2, [0.5, -1], 0.5), r"goes_on: -1 is not allowed"),
        (lambda: p.Step(0.2, 0.5, float("nan")), r"relapse: nan is not allowed"),
        (lambda: FOUR[0].times(-1), r"ratio: -1 is not allowed; it must be 0 or more"),
        (lambda: FOUR[0].times(1, -0.1), r"hazard: -0\.1 is not allowed; it must be 0 or more"),
        (lambda: p.cohort([], 3), r"steps: none is not allowed; there must be 1 or more"),
        (lambda: p.cohort(FOUR, 0), r"cycles: 0 is not allowed; it must be 1 or more"),
        (lambda: p.proportion(5, 4, 1, 1), r"events: 5 is not allowed; it must be from 0 to n, which is 4"),
        (lambda: p.ratio_draws(1, 2, 3, 1, 1), r"estimate: 1 is not allowed; it must be from low to high"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_published_steps_are_the_printed_numbers():
    steps = p.published()
    assert [s.remission for s in steps] == pytest.approx([0.368, 0.306, 0.137, 0.130])
    assert steps[0].goes_on == pytest.approx(1439 / (3671 * (1 - 0.368)))
    assert steps[-1].goes_on == 0
    assert (steps[0].relapse, steps[-1].relapse) == (0.4, 0.71)
    assert np.diff([s.relapse for s in steps]) == pytest.approx([0.31 / 3] * 3)


def test_published_draws_lie_around_the_printed_numbers_and_repeat():
    steps, again = p.published(2000), p.published(2000)
    for drawn, printed in zip(steps, p.published(), strict=True):
        assert np.mean(drawn.remission) == pytest.approx(printed.remission, rel=0.05)
        assert np.mean(drawn.goes_on) == pytest.approx(printed.goes_on, rel=0.05)
    assert (np.asarray(steps[1].remission) == np.asarray(again[1].remission)).all()
    with pytest.raises(ValueError, match="draws: -1 is not allowed; it must be 0 or more"):
        p.published(-1)
