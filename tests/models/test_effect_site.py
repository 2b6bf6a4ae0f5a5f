"""The effect site: against SciPy, libRoadRunner, and what can be said without a computer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import Entry, LinearModel, concentration

ANTIMONY = Path(__file__).parent / "antimony"
TIMES = np.linspace(0, 240, 481)
HALF_LIVES = st.floats(0.05, 30)


def constant_plasma(level: float = 100.0) -> LinearModel:
    """A compartment nothing leaves: a bolus of `level` / 1000 mg into 1 L stays at `level` ng/mL."""
    return LinearModel(
        ("ketamine",),
        np.zeros((1, 1, 1)),
        {"iv": (Entry("ketamine"),)},
        {"ketamine": ("ketamine", np.ones(1))},
    )


@given(HALF_LIVES, st.floats(0.01, 300))
def test_a_constant_plasma_level_is_followed_exactly(half_life: float, minute: float):
    model = es.with_effect_site(constant_plasma(), half_life)
    site = concentration(model, [pk.Dose(0.1, "iv")], [minute], es.EFFECT_SITE)[0, 0]
    assert site == pytest.approx(100 * (1 - 0.5 ** (minute / half_life)), rel=1e-9)


@given(HALF_LIVES)
def test_a_steady_rise_is_followed_by_one_over_ke0(half_life: float):
    model = es.with_effect_site(constant_plasma(), half_life)
    late = 60 * half_life
    ramp = [pk.Dose(1.0, "iv", duration=2 * late)]
    plasma, site = (concentration(model, ramp, [late], c)[0, 0] for c in ("ketamine", es.EFFECT_SITE))
    slope = 1000 / (2 * late)
    assert (plasma - site) / slope == pytest.approx(es.steady_ramp_lag(half_life), rel=1e-6)
    assert es.steady_ramp_lag(half_life) == pytest.approx(half_life / np.log(2))


@given(st.floats(0, 0.999), HALF_LIVES)
def test_after_the_time_to_reach_a_fraction_it_is_reached(fraction: float, half_life: float):
    minutes = es.minutes_to_reach(fraction, half_life)
    assert 1 - 0.5 ** (minutes / half_life) == pytest.approx(fraction)


@pytest.mark.parametrize("half_life", [23 / 60, 8.3])
@pytest.mark.parametrize("name", ["otto2021", "simons2022", "domino1984"])
def test_it_agrees_with_scipy(name: str, half_life: float):
    patient = pk.published(name).typical()
    joined = es.with_effect_site(patient, half_life)
    doses = [pk.Dose(140, "iv", duration=1.0), pk.Dose(100, "iv", time=1.0, duration=59.0)]
    ours = concentration(joined, doses, TIMES, es.EFFECT_SITE)[0]
    compartment, volume = patient.observed["ketamine"]
    at = patient.index(compartment)

    def slope(minute: float, state: np.ndarray) -> np.ndarray:
        given_now = sum(d.amount / d.duration for d in doses if d.time <= minute < d.time + d.duration)
        change = patient.K[0] @ state[:-1]
        change[at] += given_now
        level = 1000 * state[at] / volume[0]
        return np.append(change, np.log(2) / half_life * (level - state[-1]))

    state, theirs = np.zeros(len(patient.compartments) + 1), np.zeros(TIMES.size)
    for start, stop in ((0, 1), (1, 60), (60, 240)):  # the solver must not step over a change of rate
        inside = (start <= TIMES) & (stop >= TIMES)
        run = solve_ivp(
            slope, (start, stop - 1e-9), state, "LSODA", dense_output=True, rtol=1e-10, atol=1e-10
        )
        theirs[inside], state = run.sol(TIMES[inside])[-1], run.y[:, -1]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_it_agrees_with_libroadrunner():
    import antimony
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
    half_life = 2.5
    text = (ANTIMONY / "simons2022.ant").read_text("utf-8")
    more = "  at time >= 40: R = 0\n  ke0 = ln(2)/2.5; Ce = 0\n  Ce' = ke0*(ketamine - Ce)\nend"
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text.replace("\nend", f"\n{more}")) >= 0, antimony.getLastError()
    engine = roadrunner.RoadRunner(antimony.getSBMLString("simons2022"))
    engine.integrator.relative_tolerance, engine.integrator.absolute_tolerance = 1e-10, 1e-12
    model = pk.published("simons2022")
    for row in model.parameters:
        if row.part == "ketamine" and row.symbol in ("V1", "CL", "Q2", "V2", "Q3", "V3"):
            engine[row.symbol] = float(row.at(np.array([70.0]))[0])
    engine["R"] = 140 / 40
    theirs = np.array(engine.simulate(0, 240, 481, ["time", "ketamine", "Ce"]))
    joined, doses = es.with_effect_site(model.typical(), half_life), [pk.Dose(140, "iv", duration=40)]
    for column, compound in ((1, "ketamine"), (2, es.EFFECT_SITE)):
        ours = concentration(joined, doses, TIMES, compound)[0]
        np.testing.assert_allclose(ours, theirs[:, column], rtol=3e-6, atol=1e-5, err_msg=compound)


def after_bolus(half_life: float) -> tuple[np.ndarray, np.ndarray]:
    """Plasma and effect site of the typical patient in the hour after 140 mg, one value each 0.06 s."""
    joined = es.with_effect_site(pk.published("simons2022").typical(), half_life)
    minutes, bolus = np.linspace(0.001, 60, 60001), [pk.Dose(140, "iv")]
    return tuple(concentration(joined, bolus, minutes, c)[0] for c in ("ketamine", es.EFFECT_SITE))


@pytest.mark.parametrize("half_life", [0.2, 2.5, 8.3])
def test_the_site_is_highest_where_it_meets_the_falling_plasma(half_life: float):
    plasma, site = after_bolus(half_life)
    peak = int(np.argmax(site))
    assert (site < plasma)[: peak - 1].all()
    assert (site > plasma)[peak + 2 :].all()


def test_a_slower_site_peaks_later_and_lower():
    curves = [after_bolus(half_life)[1] for half_life in (0.1, 0.4, 1.0, 4.0, 12.0)]
    times, heights = [int(np.argmax(curve)) for curve in curves], [curve.max() for curve in curves]
    assert times == sorted(set(times))
    assert heights == sorted(heights, reverse=True)


def test_the_effect_site_takes_nothing_from_the_rest():
    patient = pk.published("otto2021").typical()
    joined, doses = es.with_effect_site(patient, 5.0), [pk.Dose(35, "iv", duration=40)]
    for compound in patient.observed:
        before, after = (concentration(m, doses, TIMES, compound) for m in (patient, joined))
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9)


def test_it_equals_a_rate_of_the_body_without_harm():
    """With ke0 equal to an eigenvalue the modes run together; the matrix exponential takes over."""
    K = np.array([[[-0.1]]])
    model = LinearModel(
        ("ketamine",), K, {"iv": (Entry("ketamine"),)}, {"ketamine": ("ketamine", np.ones(1))}
    )
    joined = es.with_effect_site(model, np.log(2) / 0.1)
    site = concentration(joined, [pk.Dose(1, "iv")], TIMES, es.EFFECT_SITE)[0]
    np.testing.assert_allclose(site, 1000 * 0.1 * TIMES * np.exp(-0.1 * TIMES), rtol=1e-9, atol=1e-9)


def test_time_above_a_level_and_the_last_of_it():
    minutes, curve = [0, 10, 20, 30, 40], [0, 100, 100, 0, 0]
    assert es.minutes_above(minutes, curve, 50) == pytest.approx(20)
    assert es.minutes_above(minutes, curve, 100) == pytest.approx(10)
    assert es.minutes_above(minutes, curve, 101) == 0
    assert es.last_minute_above(minutes, curve, 50) == pytest.approx(25)
    assert es.first_minute_above(minutes, curve, 50) == pytest.approx(5)
    assert es.first_minute_above(minutes, [3, 2, 1, 0, 0], 2) == 0
    assert np.isnan(es.first_minute_above(minutes, curve, 200))
    assert es.last_minute_above(minutes, [0, 1, 2, 3, 4], 2) == 40
    assert np.isnan(es.last_minute_above(minutes, curve, 200))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: es.with_effect_site(m, 0), "half_life: 0 is not allowed; it must be 0.001 to 120 min"),
        (lambda m: es.with_effect_site(m, float("nan")), "half_life: nan is not allowed"),
        (lambda m: es.with_effect_site(m, 1, "water"), "compound: 'water' is not in this model"),
        (lambda m: es.minutes_to_reach(1.0, 1), "fraction: 1.0 is not allowed; it must be 0 to below 1"),
    ],
)
def test_bad_input_is_named(call, says: str):
    with pytest.raises(ValueError, match=says):
        call(pk.published("otto2021").typical())
