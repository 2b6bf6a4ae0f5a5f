"""The cascade: against SciPy and libRoadRunner, against what it was matched to, and against laws."""

import locale
import re
from dataclasses import asdict, fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from ketalab.data import table
from ketalab.models import cascade
from ketalab.models.cascade import STEPS, Blocked, Parameters

COURSE = cascade.parameters()
HOURS = cascade.timeline(21)
BLOCKERS = [field.name for field in fields(Blocked)]
# Each blocker, and the states that lie upstream of what it blocks.
UPSTREAM = {
    "ampa": (),
    "bdnf": ("ampa",),
    "mtorc1": ("ampa", "bdnf", "surface", "trkb"),
    "protein": ("ampa", "bdnf", "surface", "trkb", "mtorc1"),
}


def run(p: Parameters = COURSE, blocked: Blocked = cascade.NOTHING, hours: np.ndarray = HOURS):
    return cascade.simulate(hours, cascade.surge(hours, p), p, blocked)


def stepped_by_scipy(p: Parameters, blocked: Blocked, hours: np.ndarray) -> np.ndarray:
    """The equations of the lesson, written down again and stepped by an implicit solver."""
    k = np.log(2)

    def drive(t: float) -> float:
        rise = (1 - np.exp(-k / p.fade * min(t, p.given))) / (1 - np.exp(-k / p.fade * p.given))
        return p.surge * rise * np.exp(-k / p.fade * max(t - p.given, 0))

    def hill(x: float, half: float) -> float:
        return x / (x + half) if x > 0 else 0.0

    def slope(t: float, y: np.ndarray) -> list[float]:
        ampa, bdnf, surface, trkb, mtorc1, protein, spines = y
        d = drive(t)
        release = (1 - p.resting) * hill(ampa - 1, p.half_bdnf) + p.resting * hill(d, p.half_bdnf)
        bound = bdnf * (1 + p.saturation) / (bdnf + p.saturation)
        crowd = max(bound - 1, 0) / p.saturation
        answer = p.gain_mtorc1 * hill(trkb - 1, p.half_mtorc1)
        return [
            p.rate_ampa * (1 + (1 - blocked.ampa) * d - ampa),
            k / p.life_bdnf * (1 + (1 - blocked.bdnf) * p.gain_bdnf * release - bdnf),
            k / p.life_surface * (1 - surface) - p.loss_surface * crowd * surface,
            p.rate_trkb * (surface * bound - trkb),
            k / p.life_mtorc1 * (1 + (1 - blocked.mtorc1) * answer - mtorc1),
            k / p.life_protein * (1 + (1 - blocked.protein) * p.gain_protein * (mtorc1 - 1) - protein),
            (1 + p.gain_spine * (protein - 1) - spines) / p.life_spine,
        ]

    early = solve_ivp(slope, (0, p.given), np.ones(7), method="LSODA", rtol=1e-9, atol=1e-11)
    late = solve_ivp(
        slope,
        (p.given, hours[-1]),
        early.y[:, -1],
        method="LSODA",
        t_eval=hours[hours > p.given],
        rtol=1e-9,
        atol=1e-11,
    )
    return late.y


@pytest.mark.parametrize(
    ("changes", "blocked"),
    [
        ({}, Blocked()),
        ({"surge": 2.0, "resting": 0.4, "life_bdnf": 0.6}, Blocked(ampa=0.7)),
        ({"saturation": 8.0, "life_mtorc1": 3.0, "life_spine": 1500.0}, Blocked(bdnf=0.3, protein=0.5)),
    ],
)
def test_it_agrees_with_the_equations_stepped_by_scipy(changes, blocked):
    p = COURSE.with_values(**changes)
    theirs = stepped_by_scipy(p, blocked, HOURS)
    ours = run(p, blocked)
    for i, step in enumerate(STEPS):
        mine = ours[step][p.given < HOURS]
        scale = np.abs(ours[step] - 1).max()
        assert np.abs(mine - theirs[i]).max() < 0.005 * scale, step


@pytest.mark.parametrize("resting", [0.0, 0.5])
def test_slopes_are_those_of_the_quick_way(resting):
    """Where `simulate` stands, it moves as `slopes` says; also when some BDNF is released at rest."""
    p = COURSE.with_values(resting=resting)
    hours = np.linspace(0, 12, 12001)
    drive = cascade.surge(hours, p)
    states = cascade.simulate(hours, drive, p, Blocked(protein=0.3))
    for i in (500, 2500, 9000):
        now = [states[step][i] for step in STEPS]
        moved = [
            (states[step][i + 1] - states[step][i - 1]) / (hours[i + 1] - hours[i - 1]) for step in STEPS
        ]
        np.testing.assert_allclose(
            cascade.slopes(now, drive[i], p, Blocked(protein=0.3)), moved, rtol=2e-3, atol=2e-5
        )


def test_more_glutamate_never_slows_the_release_of_bdnf():
    """Both ways to BDNF raise it: through AMPA receptors (lepack2015) and at rest (autry2011)."""
    bdnf = STEPS.index("bdnf")
    for resting in (0.0, 0.5, 1.0):
        p = COURSE.with_values(resting=resting)
        slope = [cascade.slopes(np.full(7, 1.5), drive, p)[bdnf] for drive in (0.0, 0.5, 1.0, 2.0)]
        assert np.all(np.diff(slope) >= 0)
        assert (slope[-1] > slope[0]) == (resting > 0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("blocked", [Blocked(), Blocked(ampa=0.5), Blocked(mtorc1=1)])
def test_it_agrees_with_libroadrunner_on_the_antimony_file(blocked):
    theirs = cascade.by_roadrunner(HOURS, COURSE, blocked)
    ours = run(blocked=blocked)
    whole = run()
    for step in STEPS:
        scale = np.abs(whole[step] - 1).max()
        assert np.abs(ours[step] - theirs[step]).max() < 0.005 * scale, step


def test_the_finer_the_grid_the_closer_it_comes():
    p, blocked = COURSE, Blocked()
    errors = []
    for step in (0.4, 0.2, 0.1):
        hours = np.unique(np.append(np.arange(0, 48.1, step), p.given))
        theirs = stepped_by_scipy(p, blocked, hours)
        errors.append(np.abs(run(hours=hours)["mtorc1"][hours > p.given] - theirs[4]).max())
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < errors[0] / 8  # second order: four times smaller for each halving


def sbml() -> str:
    antimony = pytest.importorskip("antimony")
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(cascade.ANTIMONY.read_text(encoding="utf-8")) >= 0
    return antimony.getSBMLString("cascade")


def test_libsbml_finds_the_units_of_every_equation_consistent():
    """With a unit left out or wrong it would warn."""
    libsbml = pytest.importorskip("libsbml")

    def warnings(model: str) -> list[str]:
        document = libsbml.readSBMLFromString(model)
        document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
        return [document.getError(i).getMessage() for i in range(document.checkConsistency())]

    assert warnings(sbml()) == []
    for wrong in ('id="life_spine" value="215" units="per_hour"', 'id="life_spine" value="215"'):
        changed = sbml().replace('id="life_spine" value="215" units="hour"', wrong)
        assert changed != sbml()
        assert warnings(changed)


@pytest.mark.filterwarnings("ignore")
def test_copasi_reads_the_same_model():
    """A third engine on the exported SBML: it agrees with libRoadRunner to a hundred millionth."""
    characters = locale.setlocale(locale.LC_CTYPE)
    basico = pytest.importorskip("basico")
    locale.setlocale(locale.LC_CTYPE, characters)  # which COPASI sets to "C" for the whole process
    model = basico.load_model_from_string(sbml())
    try:
        for name, value in asdict(COURSE).items():
            basico.set_parameters(name, exact=True, initial_value=float(value))
        hours = cascade.timeline(21)
        options = {"values": list(hours), "use_initial_values": True, "r_tol": 1e-10, "a_tol": 1e-12}
        theirs, ours = basico.run_time_course(**options), cascade.by_roadrunner(hours, COURSE)
        assert basico.get_model_units()["time_unit"] == "3.6*ks"
    finally:
        basico.remove_datamodel(model)
    for step in STEPS:
        np.testing.assert_allclose(theirs[step], ours[step], rtol=0, atol=2e-8)


def test_the_antimony_file_states_the_values_of_the_table():
    text = cascade.ANTIMONY.read_text(encoding="utf-8")
    for name, value in asdict(COURSE).items():
        found = re.search(rf"(?<![a-z_]){name} = ([0-9.]+)", text)
        assert found, name
        assert float(found[1]) == pytest.approx(value), name


rates = st.floats(0.2, 5.0)


@given(st.builds(dict, **dict.fromkeys(("surge", "gain_bdnf", "half_bdnf", "saturation"), rates)),
       st.builds(Blocked, *[st.floats(0, 1)] * 4))  # fmt: skip
def test_without_drug_every_state_stays_at_rest(changes, blocked):
    states = cascade.simulate(HOURS, np.zeros_like(HOURS), COURSE.with_values(**changes), blocked)
    for step in STEPS:
        np.testing.assert_allclose(states[step], 1, rtol=0, atol=1e-12)


@given(st.floats(-1, 0))
def test_less_glutamate_than_at_rest_makes_nothing_new(depth: float):
    states = cascade.simulate(HOURS, np.full_like(HOURS, depth), COURSE)
    assert states["ampa"].max() <= 1 + 1e-12
    for step in ("bdnf", "mtorc1", "protein", "spines"):
        np.testing.assert_allclose(states[step], 1, atol=1e-12)


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_a_complete_block_removes_what_lies_downstream_and_nothing_upstream(blocker: str):
    whole, blocked = run(), run(blocked=Blocked(**{blocker: 1.0}))
    for step in STEPS:
        if step in UPSTREAM[blocker]:
            np.testing.assert_array_equal(blocked[step], whole[step])
        else:
            np.testing.assert_allclose(blocked[step], 1, atol=1e-12)


@given(st.sampled_from(BLOCKERS), st.floats(0, 1), st.floats(0, 1), rates, rates)
def test_the_more_is_blocked_the_less_is_left(blocker, one, other, surge, gain):
    """In height: late in the day a blocked brain may even have more TrkB, as it lost fewer receptors."""
    p = COURSE.with_values(surge=surge, gain_bdnf=gain)
    less, more = (run(p, Blocked(**{blocker: x})) for x in sorted((one, other)))
    for step in set(STEPS) - {"surface"}:
        assert more[step].max() <= less[step].max() + 1e-9, step
    for step in ("ampa", "bdnf"):
        assert (more[step] <= less[step] + 1e-9).all(), step


def test_the_resting_route_survives_a_block_of_ampa_but_not_of_bdnf():
    p = COURSE.with_values(resting=0.5)
    heights = {name: run(p, b)["spines"].max() - 1 for name, b in
               {"none": Blocked(), "ampa": Blocked(ampa=1), "bdnf": Blocked(bdnf=1)}.items()}  # fmt: skip
    assert 0.2 < heights["ampa"] / heights["none"] < 0.8
    assert heights["bdnf"] == pytest.approx(0, abs=1e-12)


def test_only_the_product_of_the_gains_can_be_seen_in_the_spines():
    """Twice the protein gain with half the spine gain: the spines cannot tell."""
    other = COURSE.with_values(gain_protein=2 * COURSE.gain_protein, gain_spine=COURSE.gain_spine / 2)
    np.testing.assert_allclose(run(other)["spines"], run()["spines"], rtol=1e-12)
    assert run(other)["protein"].max() > run()["protein"].max() + 0.05


# What the values were matched to ----------------------------------------------------------------------


def extra_at(step: str, hour: float, p: Parameters = COURSE) -> float:
    states = run(p)
    return float(np.interp(hour, HOURS, states[step] - 1) / (states[step].max() - 1))


def test_signalling_is_on_at_2_and_6_h_and_off_at_12_as_in_rats():
    for step in ("bdnf", "mtorc1"):
        on = [extra_at(step, hour) for hour in (2, 6)]
        assert min(on) > 0.4, step
        assert extra_at(step, 12) < 0.1, step


def test_the_second_wave_at_24_h_is_not_in_the_model():
    assert extra_at("mtorc1", 24) < 0.01


def test_saturating_bdnf_halves_surface_trkb_in_two_to_three_hours():
    hours = np.linspace(0, 4, 401)
    p = COURSE.with_values(gain_bdnf=cascade.WIDEST, life_bdnf=0.001, rate_ampa=1000)
    surface = cascade.simulate(hours, np.full_like(hours, 100.0), p)["surface"]
    assert 2 < np.interp(-0.5, -surface, hours) < 3


def test_spines_follow_the_mice():
    """Days 1, 3 and 5: ketamine minus saline 6.8, 14.8 and 18.5 points, mice as the unit."""
    spines = 100 * (np.interp([24, 72, 120], HOURS, run()["spines"]) - 1)
    np.testing.assert_allclose(spines, [6.8, 14.8, 18.5], atol=2)


def test_the_lifetime_is_that_of_the_saline_mice():
    spines = table("dendritic_spines").query("treatment == 'saline' and day == 1")
    gone = spines.groupby("mouse").eliminated_percent.mean().mean()
    assert 100 * (1 - np.exp(-48 / COURSE.life_spine)) == pytest.approx(gone, abs=1)


def test_every_value_lies_in_its_range_and_says_what_it_rests_on():
    rows = table("cascade_parameters")
    assert (rows.low <= rows.value).all()
    assert (rows.value <= rows.high).all()
    assert set(rows.parameter) == {field.name for field in fields(Parameters)}
    assert (rows[rows.basis.isin(["measured", "chosen to match"])].matches != "").all()


# The surge, the clock, the window -----------------------------------------------------------------------


def test_the_surge_is_highest_at_the_end_of_a_session_and_halves_every_fade():
    p = COURSE
    end, later = cascade.surge([p.given, p.given + p.fade], p)
    assert end == pytest.approx(p.surge)
    assert later == pytest.approx(p.surge / 2)
    assert cascade.surge([-1, 0], p).tolist() == [0, 0]


def test_sessions_add_up_in_the_surge():
    both = cascade.surge(HOURS, COURSE, (0, 24))
    shifted = cascade.surge(HOURS - 24, COURSE)
    np.testing.assert_allclose(both, cascade.surge(HOURS, COURSE) + shifted)


def test_the_clock_is_fine_after_every_session():
    hours = cascade.timeline(5, (0, 24, 48))
    for start in (0, 24, 48):
        assert np.diff(hours[(hours >= start) & (hours <= start + 6)]).max() < 0.11
    assert hours[-1] >= 48 + 5 * 24


def test_a_session_soon_after_another_finds_fewer_receptors():
    _, together = cascade.after_sessions(3, COURSE, starts=(0, 12))
    hours = cascade.timeline(3, (0, 12))
    first = together["mtorc1"][hours <= 12].max() - 1
    second = together["mtorc1"][hours > 12].max() - 1
    assert second < 0.9 * first


def test_a_window_is_read_off_a_triangle():
    times = np.array([0.0, 2.0, 4.0, 8.0])
    assert cascade.window(times, [0, 0, 1, 0]) == pytest.approx((3, 4, 6))
    assert cascade.window(times, [0, 0, 0, 0]) == (0, 0, 0)
    assert cascade.window(times, [0, 0, 1, 0.8]) == pytest.approx((3, 4, 8))
    assert cascade.window(times, [1, 0.6, 0, 0]) == pytest.approx((0, 0, 2 + 0.1 / 0.6 * 2))


def test_many_brains_at_once_are_the_same_as_one_by_one():
    rng = np.random.default_rng(4)
    many = COURSE.with_values(
        gain_bdnf=rng.uniform(0.5, 2, 5), life_spine=rng.uniform(100, 900, 5), fade=rng.uniform(0.5, 3, 5)
    )
    together = cascade.simulate(HOURS, cascade.surge(HOURS, many), many)
    for i in range(5):
        one = replace(COURSE, gain_bdnf=many.gain_bdnf[i], life_spine=many.life_spine[i], fade=many.fade[i])
        alone = run(one)
        for step in STEPS:
            np.testing.assert_allclose(together[step][:, i], alone[step], rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Blocked(ampa=1.2), "blocked ampa: 1.2 is not allowed; it must be 0 to 1"),
        (
            lambda: COURSE.with_values(life_spine=0),
            "life_spine: 0 is not allowed; it must be 0.0001 to 10000",
        ),
        (lambda: COURSE.with_values(resting=2), "resting: 2 is not allowed; it must be 0 to 1"),
        (lambda: COURSE.with_values(surge=np.array([1, np.nan])), "surge: nan is not allowed"),
        (lambda: COURSE.with_values(mood=1), "parameter: 'mood' is not one of surge, given"),
        (lambda: cascade.simulate([0, 0], [0, 0], COURSE), "times: they must be two or more hours"),
        (lambda: cascade.simulate([0, 1], [0, -2], COURSE), "drive: -2 is not allowed; it must be -1 to"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, says):
    with pytest.raises(ValueError, match=r".+") as error:
        call()
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)
