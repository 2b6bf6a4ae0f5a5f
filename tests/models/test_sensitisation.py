"""Wind-up and relief against SciPy's integrator, closed forms, printed numbers and laws they must obey."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.data import table
from ketalab.models import sensitisation as s
from ketalab.models.receptor import magnesium_free

PRINTED = table("pain_constants").set_index("constant").value

neurones = st.builds(
    s.Neurone,
    fade=st.floats(0.5, 20),
    jump=st.floats(0.5, 6),
    nmda_share=st.floats(0, 0.6),
    threshold=st.floats(1, 20),
    gain=st.floats(0, 1),
)
intervals, shares = st.floats(0.2, 20), st.floats(0, 1)


# Wind-up -------------------------------------------------------------------------------------------


def volleys_by_scipy(neurone: s.Neurone, interval: float, volleys: int, block: float) -> list[float]:
    """The same neurone in continuous time: each volley pours its depolarisation in within 0.1 ms."""
    width, level, before = 1e-4, 0.0, []
    for _ in range(volleys):
        before.append(level)
        volts = -70 + level
        opened = (1 + np.exp(0.062 * 70) / 3.57) / (1 + np.exp(-0.062 * volts) / 3.57)
        poured = neurone.jump * volts / -70
        poured *= 1 - neurone.nmda_share + neurone.nmda_share * (1 - block) * opened
        for span, inflow in ((width, poured / width), (interval - width, 0.0)):
            run = solve_ivp(
                lambda _t, x, inflow=inflow: inflow - x / neurone.fade,
                (0, span),
                [level],
                rtol=1e-9,
                atol=1e-12,
            )
            level = float(run.y[0, -1])
    return before


@pytest.mark.parametrize("block", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("interval", [0.5, 2.0, 4.0])
def test_a_train_is_what_scipy_integrates(interval: float, block: float):
    neurone = s.Neurone()
    here = s.depolarisation(neurone, interval, 10, block)
    np.testing.assert_allclose(here, volleys_by_scipy(neurone, interval, 10, block), rtol=2e-3, atol=1e-9)


@given(st.floats(0.5, 20), st.floats(0.2, 20), st.integers(2, 40))
def test_without_nmda_channels_the_exact_solution_is_a_geometric_series(fade, interval, volleys):
    """With m = 0 the step is linear: x' = (x + J (1 - x / 70)) e, whose powers can be summed by hand."""
    jump = 3.0
    kept = np.exp(-interval / fade)
    ratio = kept * (1 - jump / 70)
    exact = jump * kept * (1 - ratio ** np.arange(volleys)) / (1 - ratio)
    neurone = s.Neurone(fade=fade, jump=jump, nmda_share=0.0)
    np.testing.assert_allclose(s.depolarisation(neurone, interval, volleys), exact, rtol=1e-9, atol=1e-12)
    blocked = s.Neurone(fade=fade, jump=jump / 0.6, nmda_share=0.4)
    np.testing.assert_allclose(
        s.depolarisation(blocked, interval, volleys, 1.0), exact, rtol=1e-9, atol=1e-12
    )


@given(neurones, intervals, shares)
def test_answers_only_grow_along_a_train_and_the_first_is_one(neurone, interval, block):
    answers = s.wind_up(neurone, interval, 30, block)
    assert answers[0] == 1
    assert (np.diff(answers) >= -1e-9).all()
    assert (s.depolarisation(neurone, interval, 30, block) < 70).all()


@given(neurones, intervals, st.lists(shares, min_size=2, max_size=6))
def test_more_block_never_winds_up_more(neurone, interval, blocks):
    answers = s.wind_up(neurone, interval, 16, np.sort(blocks))
    assert answers.shape == (len(blocks), 16)
    assert (np.diff(answers, axis=0) <= 1e-9).all()


@given(neurones, intervals, intervals, shares)
def test_slower_volleys_never_wind_up_more(neurone, one, other, block):
    quick, slow = sorted((one, other))
    fast = s.wind_up(neurone, quick, 16, block)
    assert (s.wind_up(neurone, slow, 16, block) <= fast + 1e-9).all()


def test_the_starting_values_sum_at_the_interval_at_which_people_do():
    """Second pain climbs at intervals of 3 s or less (pain1977); theta was chosen so that it does here."""
    longest = PRINTED["summation_interval"]
    assert s.wind_up(s.Neurone(), longest - 0.05, 16)[-1] > 1
    assert s.wind_up(s.Neurone(), longest + 0.05, 16)[-1] == 1


def test_a_single_volley_does_not_notice_the_drug_and_a_train_does():
    assert (s.wind_up(s.Neurone(), 1.0, 1, [0.0, 0.5, 1.0]) == 1).all()
    grown = s.wind_up(s.Neurone(), 2.0, 16, [0.0, 0.5])[:, -1] - 1
    assert grown[1] < 0.5 * grown[0], "half of the channels carry more than half of the growth"


def test_magnesium_is_the_receptor_lessons():
    opened = float(magnesium_free(-50, 1.0) / magnesium_free(-70, 1.0))
    neurone = s.Neurone(jump=5, nmda_share=0.5)
    after = float(s.after_volley(neurone, 20.0))
    assert after == pytest.approx(20 + 5 * 50 / 70 * (0.5 + 0.5 * opened))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: s.Neurone(fade=0), r"fade: 0 is not allowed; it must be 0\.1 to 60 s"),
        (lambda: s.Neurone(nmda_share=2), r"nmda_share: 2 is not allowed; it must be 0 to 0\.6"),
        (lambda: s.wind_up(s.Neurone(), 0, 5), r"interval: 0 is not allowed; it must be 0\.05 to 600 s"),
        (lambda: s.wind_up(s.Neurone(), 1, 0), r"volleys: 0 is not allowed; it must be 1 to 200"),
        (
            lambda: s.wind_up(s.Neurone(), 1, 5, [0.2, 1.2]),
            r"block: 1\.2 is not allowed; it must be 0 to 1",
        ),
        (lambda: s.Relief(10, 0), r"half_life: 0 is not allowed; it must be 0\.1 to 100 days"),
        (lambda: s.relief(s.Relief(10, 10), [0, 0], [1, 1]), "days: they must be 2 or more and rise"),
        (
            lambda: s.relief(s.Relief(10, 10), [0, 1], [1, -1]),
            r"level: -1 is not allowed; it must be 0 to 1e\+06 ng/mL",
        ),
        (
            lambda: s.relief(s.Relief(10, 0.1), [0, 99], [1, 1]),
            r"days: 99 is not allowed; it must be 0 to 40",
        ),
    ],
)
def test_bad_input_is_named(call, message: str):
    with pytest.raises(ValueError, match=message):
        call()


# Relief --------------------------------------------------------------------------------------------


def test_relief_has_the_printed_constants():
    assert s.published_relief() == s.Relief(PRINTED["relief_c50"], PRINTED["relief_half_life"])


def test_relief_is_what_scipy_integrates():
    """A level that rises and falls within days, followed for 12 weeks."""
    model = s.published_relief()
    days = np.concatenate([np.linspace(0, 12, 4001), np.linspace(12.02, 84, 800)])

    def level(day: np.ndarray) -> np.ndarray:
        return 200 * day * np.exp(-day)

    run = solve_ivp(
        lambda t, e: model.rate * (level(t) / (level(t) + model.c50) - e),
        (0, 84),
        [0.0],
        t_eval=days,
        rtol=1e-9,
        atol=1e-12,
        max_step=0.5,
    )
    np.testing.assert_allclose(s.relief(model, days, level(days)), run.y[0], atol=2e-4)


@given(st.floats(0.1, 500), st.floats(1, 60), st.floats(1, 60))
def test_a_steady_level_gives_the_exact_rise_and_the_exact_fall(level, half_life, days):
    """E = C/(C + C50) (1 - 2^(-t/h)) while it lasts; afterwards half is left after each half-life."""
    model = s.Relief(10.5, half_life)
    time = np.linspace(0, days, 50)
    risen = s.relief(model, time, np.full(50, level))
    exact = level / (level + 10.5) * -np.expm1(-np.log(2) * time / half_life)
    np.testing.assert_allclose(risen, exact, rtol=1e-9, atol=1e-12)
    gone = np.array([0, days, days + 1e-9, days + half_life])
    left = s.relief(model, gone, np.array([level, level, 0, 0]))
    assert left[-1] == pytest.approx(exact[-1] / 2, rel=1e-6)


@given(st.lists(st.floats(0, 1000), min_size=5, max_size=5), st.floats(1, 50))
def test_relief_is_a_share_and_more_drug_never_relieves_less(levels, half_life):
    model, days = s.Relief(10.5, half_life), np.arange(5.0)
    less, more = s.relief(model, days, np.array([levels, np.array(levels) + 1]))
    assert (less >= 0).all()
    assert (more <= 1).all()
    assert (less <= more).all()
