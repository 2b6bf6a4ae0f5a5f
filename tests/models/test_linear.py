"""The exact solution against other engines, exact formulas and laws it must obey."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.models.linear import (
    Dose,
    Entry,
    LinearModel,
    amounts,
    clearance,
    concentration,
    steady_state_volume,
)

flows = st.floats(0.01, 5.0)  # L/min
volumes = st.floats(2.0, 500.0)  # L
times = np.array([0, 0.5, 3, 10, 40, 41, 90, 240, 720, 1440.0])


def three_compartments(cl, v1, q2, v2, q3, v3) -> LinearModel:
    """A mammillary model, written down here independently of the package's builder."""
    K = np.array(
        [
            [-(cl + q2 + q3) / v1, q2 / v2, q3 / v3],
            [q2 / v1, -q2 / v2, 0],
            [q3 / v1, 0, -q3 / v3],
        ]
    )
    volume = np.array([v1])
    return LinearModel(
        ("blood", "near", "far"), K[None], {"iv": (Entry("blood"),)}, {"drug": ("blood", volume)}
    )


@st.composite
def models(draw) -> LinearModel:
    cl, q2, q3 = draw(flows), draw(flows), draw(flows)
    return three_compartments(cl, draw(volumes), q2, draw(volumes), q3, draw(volumes))


minutes = st.floats(0, 300).map(lambda x: round(x, 1))
doses = st.builds(
    Dose,
    st.floats(0.1, 500),
    st.just("iv"),
    minutes,
    st.one_of(st.just(0.0), st.floats(0.5, 200).map(lambda x: round(x, 1))),
)


@given(models(), st.lists(doses, min_size=1, max_size=4), st.floats(0.1, 20))
def test_twice_the_dose_is_twice_the_amount(model, given_doses, factor):
    larger = [Dose(d.amount * factor, "iv", d.time, d.duration) for d in given_doses]
    np.testing.assert_allclose(
        amounts(model, larger, times),
        factor * amounts(model, given_doses, times),
        rtol=1e-9,
        atol=1e-12 * sum(d.amount for d in larger),
    )


@given(models(), doses, doses)
def test_doses_add_up(model, one, other):
    together = amounts(model, [one, other], times)
    np.testing.assert_allclose(
        together, amounts(model, [one], times) + amounts(model, [other], times), rtol=1e-9, atol=1e-9
    )


@given(models(), st.lists(doses, min_size=1, max_size=4))
def test_no_amount_is_negative_and_none_comes_from_nowhere(model, given_doses):
    held = amounts(model, given_doses, times)[0]
    so_far = sum(
        d.amount * np.clip((times - d.time) / d.duration, 0, 1)
        if d.duration
        else d.amount * (times >= d.time)
        for d in given_doses
    )
    total = sum(d.amount for d in given_doses)
    assert (held >= -1e-9 * total).all()
    assert (held.sum(axis=1) <= so_far + 1e-9 * total).all()


@given(models(), st.floats(1, 300))
@settings(max_examples=30)
def test_mass_balance(model, duration):
    """What is still inside and what has left through clearance make up the dose."""
    fine = np.linspace(0, 6000, 60001)
    held = amounts(model, [Dose(100, "iv", duration=duration)], fine)[0]
    leaving = held @ -model.K[0].sum(axis=0)
    left = np.concatenate([[0], np.cumsum((leaving[1:] + leaving[:-1]) / 2 * np.diff(fine))])
    given_so_far = 100 * np.clip(fine / duration, 0, 1)
    np.testing.assert_allclose(held.sum(axis=1) + left, given_so_far, atol=0.2)


@given(models())
def test_steady_state_is_rate_over_clearance(model):
    slowest = 1 / np.abs(np.linalg.eigvals(model.K[0])).min()
    long = 60 * slowest
    level = concentration(model, [Dose(0.5 * long, "iv", duration=long)], [long], "drug")[0, 0]
    assert level == pytest.approx(1000 * 0.5 / clearance(model, "drug")[0], rel=1e-6)


def test_clearance_and_volume_are_those_put_in():
    model = three_compartments(cl=1.5, v1=12, q2=2.4, v2=39, q3=1.2, v3=174)
    assert clearance(model, "drug")[0] == pytest.approx(1.5)
    assert steady_state_volume(model, "drug", model.compartments)[0] == pytest.approx(12 + 39 + 174)


@given(models(), st.lists(doses, min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_agrees_with_scipy_stepping_the_equation(model, given_doses):
    def slope(t, a):
        inflow = sum(
            d.amount / d.duration * (d.time <= t < d.time + d.duration) for d in given_doses if d.duration
        )
        return model.K[0] @ a + np.array([inflow, 0, 0])

    breaks = sorted(
        {0.0, 720.0, *(x for d in given_doses for x in (d.time, d.time + d.duration) if x < 720)}
    )
    state = np.zeros(3)
    for start, end in pairwise(breaks):
        state[0] += sum(d.amount for d in given_doses if d.duration == 0 and d.time == start)
        middle = (start + end) / 2

        def piece(t, a, at=middle):
            return slope(at, a)

        state = solve_ivp(piece, (start, end), state, method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    exact = amounts(model, given_doses, [720.0 - 1e-12])[0, 0]
    np.testing.assert_allclose(exact, state, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-12, 1e-9, 1e-7, 1e-6, 1e-5, 1e-3, 0.1])
def test_equal_and_nearly_equal_rates_give_the_bateman_curve(gap):
    """Two compartments in a row: exact also where their rates coincide and modes do not exist."""
    k, l = 0.05, 0.05 * (1 + gap)  # noqa: E741 - l is the second rate of the textbook formula
    K = np.array([[[-k, 0], [k, -l]]])
    model = LinearModel(("first", "second"), K, {"in": (Entry("first"),)})
    t = np.array([0.0, 1, 10, 50, 200])
    x = (l - k) * t
    exact = 10 * k * t * np.exp(-k * t) * np.where(x == 0, 1.0, -np.expm1(-x) / np.where(x == 0, 1, x))
    second = amounts(model, [Dose(10, "in")], t)[0, :, 1]
    np.testing.assert_allclose(second, exact, rtol=1e-8, atol=1e-9)


def test_three_equal_rates_and_an_infusion_match_scipy():
    k = 0.05
    K = np.array([[[-k, 0, 0], [k, -k, 0], [0, k, -k]]])
    model = LinearModel(("a", "b", "c"), K, {"in": (Entry("a"),)})
    t = np.array([5.0, 20, 30, 100])
    exact = amounts(model, [Dose(30, "in", time=2, duration=15)], t)[0]

    def slope(at, state):
        return K[0] @ state + np.array([2.0 if 2 <= at < 17 else 0, 0, 0])

    stepped = solve_ivp(slope, (0, 100), np.zeros(3), t_eval=t, rtol=1e-11, atol=1e-13, max_step=0.25)
    np.testing.assert_allclose(exact, stepped.y.T, rtol=1e-5)


def test_only_the_upstream_part_is_solved_and_gives_the_same():
    K = np.array([[[-0.1, 0, 0], [0.1, -0.05, 0], [0, 0.05, -0.02]]])
    model = LinearModel(("a", "b", "c"), K, {"in": (Entry("a"),)})
    assert model.upstream(["b"]).compartments == ("a", "b")
    whole = amounts(model, [Dose(1, "in")], times)[0, :, 1]
    np.testing.assert_allclose(
        amounts(model, [Dose(1, "in")], times, ["b"])[0, :, 0], whole, rtol=1e-9, atol=1e-12
    )


def test_times_may_come_in_any_order_and_before_the_dose():
    model = three_compartments(1, 10, 1, 20, 1, 30)
    shuffled = amounts(model, [Dose(5, time=10)], [30.0, -5.0, 20.0])
    straight = amounts(model, [Dose(5, time=10)], [-5.0, 20.0, 30.0])
    np.testing.assert_array_equal(shuffled[0, [1, 2, 0]], straight[0])
    assert (straight[0, 0] == 0).all()


def test_a_thousand_patients_stay_under_200_megabytes():
    K = np.repeat(three_compartments(1, 10, 1, 20, 1, 30).K, 1000, axis=0)
    model = LinearModel(
        ("blood", "near", "far"), K, {"iv": (Entry("blood"),)}, {"drug": ("blood", np.full(1000, 10.0))}
    )
    tracemalloc.start()
    curves = concentration(model, [Dose(35, duration=40)], np.linspace(0, 360, 600), "drug")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert curves.shape == (1000, 600)
    assert peak < 200e6


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Dose(-3), "dose amount: -3 is not allowed; it must be 0 mg or more"),
        (lambda: Dose(float("nan")), "dose amount: nan is not allowed"),
        (lambda: Dose(1, time=-2), "dose time: -2 is not allowed; it must be 0 min or more"),
        (lambda: Dose(1, duration=float("inf")), "dose duration: inf is not allowed"),
        (
            lambda: amounts(three_compartments(1, 1, 1, 1, 1, 1), [Dose(1, "sniffed")], [1]),
            "dose route: 'sniffed' is not in this model; it has iv",
        ),
        (
            lambda: amounts(three_compartments(1, 1, 1, 1, 1, 1), [Dose(1)], [float("nan")]),
            "times: every time must be a finite number of minutes",
        ),
        (
            lambda: concentration(three_compartments(1, 1, 1, 1, 1, 1), [Dose(1)], [1], "ethanol"),
            "compound: 'ethanol' is not in this model; it has drug",
        ),
    ],
)
def test_bad_input_gets_one_clear_sentence(make, says):
    with pytest.raises(ValueError, match=r".+") as error:
        make()
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)
