"""The read-outs of lesson 04 against the models, computed here without the explorables' code."""

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.cascade_knockout import BLOCKERS, IN_ANIMALS
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.dose_to_synapse import grid_error
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import clock_picture
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.plasticity_window import LEVELS, _band, _time_above
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import STEP_NAMES, after_rapamycin
from ketalab.models import cascade, chain, screening

COURSE = cascade.parameters()


def reading(name: str, label: str, **values) -> float | str:
    return {r.label: r.value for r in explorable(name).at(**values).readings}[label]


@pytest.mark.parametrize(
    ("choice", "blocked"),
    [
        ("AMPA receptors", {"ampa": 0.5}),
        ("BDNF release", {"bdnf": 0.5}),
        ("mTORC1", {"mtorc1": 0.5}),
        ("protein synthesis", {"protein": 0.5}),
    ],
)
def test_the_knock_out_read_out_is_the_model(choice: str, blocked: dict):
    hours = cascade.timeline(21)
    p = COURSE.with_values(surge=1.5, resting=0.25)
    drive = cascade.surge(hours, p)
    whole = cascade.simulate(hours, drive, p)
    left = cascade.simulate(hours, drive, p, cascade.Blocked(**blocked))
    shown = {"blocked": choice, "strength": 50, "surge": 1.5, "resting": 25}
    for label, step in (("BDNF left", "bdnf"), ("mTORC1 left", "mtorc1"), ("new spines left", "spines")):
        expected = 100 * (left[step].max() - 1) / (whole[step].max() - 1)
        assert reading("cascade_knockout", label, **shown) == pytest.approx(expected)
    day3 = 100 * (np.interp(72, hours, left["spines"]) - 1)
    assert reading("cascade_knockout", "extra spines on day 3", **shown) == pytest.approx(day3)


@pytest.mark.parametrize(
    ("blocked", "surge", "resting"),
    [("mTORC1", 0.5, 0), ("AMPA receptors", 2, 100), ("BDNF release", 0.05, 50), ("nothing", 1.5, 25)],
)
def test_the_chain_is_filled_to_the_peaks_of_the_model(blocked: str, surge: float, resting: int):
    """Full is the peak with the most glutamate and nothing blocked; dots are this glutamate, unblocked."""
    which = BLOCKERS[blocked]
    setting = {"blocked": blocked, "strength": 70, "surge": surge, "resting": resting}
    artists = explorable("cascade_knockout").at(**setting).artists

    def peaks(surge: float, resting: float, **block: float) -> dict[str, float]:
        p = COURSE.with_values(surge=surge, resting=resting)
        run = cascade.after_sessions(21, p, cascade.Blocked(**block))[1]
        return {step: run[step].max() - 1 for step in STEP_NAMES}

    highest, unblocked = peaks(2, 0), peaks(surge, resting / 100)
    now = peaks(surge, resting / 100, **({which: 0.7} if which else {}))
    assert artists["glutamate peak"][0] == [0, pytest.approx(50 * surge)]
    for y, step in enumerate(STEP_NAMES, start=1):
        (_, filled), places = artists[f"{step} peak"]
        assert places == [y, y]
        assert filled == pytest.approx(100 * now[step] / highest[step])
        assert 0 <= filled <= 100.001
        assert artists["intact peaks"][y][0][0] == pytest.approx(100 * unblocked[step] / highest[step])
        said = artists[f"{step} says"][2]
        assert float(said.strip("+%")) == pytest.approx(100 * now[step], rel=0.06, abs=0.06)
    assert ("cross" in artists) == (which is not None)
    if which:
        middle = np.mean(artists["cross"][:2], axis=(0, 1))[1]
        assert middle == list(STEP_NAMES).index(which) + 0.5  # between the step and the one before it
        assert len(artists["cross"]) == (4 if which == "bdnf" and resting else 2)
        assert artists["cross says"][2] == "70% blocked"
    assert ("route" in artists) == (resting > 0)
    assert bool(artists["first route"]) == (resting < 100)


def test_what_the_knock_out_says_of_experiments_stands_in_the_table():
    """Each short line about animals belongs to rows of `mechanism_tests` with that verdict."""
    tests = table("mechanism_tests")
    rats = tests[tests.species == "rat"].set_index("target")
    said = {"AMPA receptors": "weaker", "BDNF": "blocked", "mTORC1": "blocked"}
    for target, word in said.items():
        assert rats.behaviour[target].startswith(word[:5])
        line = next(text for choice, text in IN_ANIMALS.items() if choice.startswith(target[:4]))
        assert line.startswith("rats")
        assert word in line
    assert set(IN_ANIMALS) == set(BLOCKERS)
    people = tests.set_index("test").loc["mtor_human"]
    assert people.behaviour == "not blocked"
    assert people.n == "20"


@pytest.mark.parametrize("level", LEVELS)
def test_the_window_read_out_is_the_model(level: str):
    starts = (0.0, 48.0, 96.0)
    p = COURSE.with_values(life_spine=20 * 24)
    hours, run = cascade.after_sessions(21, p, starts=starts)
    extra = run[LEVELS[level]] - 1
    once = cascade.after_sessions(21, p)[1][LEVELS[level]].max() - 1
    shown = {"level": level, "sessions": 3, "interval": 48, "hour": 10, "lifetime": 20}
    share = 100 * np.interp(106, hours, extra) / extra.max()
    assert reading("plasticity_window", "level at your hour, of its peak", **shown) == pytest.approx(share)
    times = reading("plasticity_window", "peak, compared with one session", **shown)
    assert times == pytest.approx(extra.max() / once)


def test_hours_above_a_level_and_the_band_agree_on_a_zigzag():
    times = np.array([0.0, 1, 2, 3, 4])
    values = np.array([0.0, 1, 0, 1, 1])
    assert _time_above(times, values, 0.5) == pytest.approx(0.5 + 0.5 + 0.5 + 1)
    x, floor, top = _band(times, values, 0.5)
    assert (floor == 0).all()
    assert np.trapezoid((top > 0).astype(float), x) == pytest.approx(2.5)
    assert x.tolist() == [0, 0.5, 0.5, 1.5, 1.5, 2.5, 2.5, 4]


def test_the_fan_read_out_counts_brains():
    names = [
        n for n in screening.uncertain(("unknown", "chosen to match")) if n.startswith(("gain", "half"))
    ]
    names += ["surge", "saturation"]
    p = screening.scatter(200, 30, names)
    hours, run = cascade.after_sessions(screening.WATCHED, p)
    shown = {"fold": 30, "which": "gains and thresholds only"}
    for claim, holds in screening.CONCLUSIONS.items():
        assert reading("cascade_fan", claim, **shown) == f"{100 * np.mean(holds(hours, run)):.0f} in 100"


def test_a_fan_of_known_rates_has_no_width():
    wide = explorable("cascade_fan").at(fold=1).artists["wide"]
    np.testing.assert_allclose(wide[1], wide[2], atol=1e-9)


# The joint explorable -----------------------------------------------------------------------------------


def test_the_joint_read_out_is_the_chain():
    shown = {"dose": 1.0, "minutes": 20, "site": chain.NO_MAGNESIUM, "selectivity": 4.0, "gain": 2.0}
    p = COURSE.with_values(gain_spine=2 * COURSE.gain_spine)
    run = chain.from_dose(1.0, 20, 4.0, chain.NO_MAGNESIUM, p)
    for label, expected in (
        ("ketamine in plasma, peak", run.plasma.max()),
        ("receptors blocked, peak", 100 * run.block.max()),
        ("extra glutamate, highest", 100 * (run.glutamate.max() - 1)),
        ("extra mTORC1, highest", 100 * (run.cascade["mtorc1"].max() - 1)),
        ("extra spines, highest", 100 * (run.cascade["spines"].max() - 1)),
    ):
        assert reading("dose_to_synapse", label, **shown) == pytest.approx(expected)


@pytest.mark.parametrize(("dose", "selectivity"), [(0.5, 2.0), (2.0, 8.0)])
def test_the_stated_error_of_the_grid_is_the_true_one_in_size(dose: float, selectivity: float):
    """Against a grid twenty times as fine, with the same glutamate between its points."""
    run = chain.from_dose(dose, selectivity=selectivity)
    fine = np.unique(np.concatenate([run.hours, np.linspace(0, 24, 4801)]))
    smooth = PchipInterpolator(run.hours, run.glutamate)(fine) - 1
    exact = np.interp(run.hours, fine, cascade.simulate(fine, smooth, COURSE)["spines"])
    height = exact.max() - 1
    true = 100 * np.abs(run.cascade["spines"] - exact).max() / height
    stated = grid_error(run, COURSE)
    assert true < 3 * stated + 0.01
    assert stated < 0.5


def test_a_preset_passes_through_the_mice():
    shown = explorable("dose_to_synapse")
    line = shown.at(**shown.presets["As many spines as in mice"]).artists["spines"]
    np.testing.assert_allclose(np.interp([24, 72, 120], *line), [6.8, 14.8, 18.5], atol=2.5)


def test_the_window_says_how_often_it_opens_and_when():
    """Six sessions open six windows of signalling, each on its own day; one window of spines."""
    for sessions, often in ((1, "once"), (2, "twice"), (6, "6 times")):
        sentence = explorable("plasticity_window").at(sessions=sessions).sentence
        assert f"opens {often}" in sentence
        assert "1.7 h" in sentence
        assert "6.9 h" in sentence
    lasting = explorable("plasticity_window").at(level="spines", sessions=6, lifetime=60).sentence
    assert "opens once" in lasting
    assert "still open" in lasting
    merged = explorable("plasticity_window").at(level="synaptic protein", sessions=6, interval=84).sentence
    assert "opens 4 times, first after 9.1 h; it is open for 17 d in total." in merged


def test_the_rapamycin_table_is_what_the_abstract_prints():
    rows = after_rapamycin()
    assert rows.iloc[:, :2].to_numpy().tolist() == [[41, 13], [29, 7]]
    assert list(rows["P, as printed"]) == ["0.04", "0.003"]


def test_what_the_alt_text_of_the_clocks_says_is_the_model():
    hours, run = cascade.after_sessions(21, COURSE)
    peak = hours[np.argmax(run["spines"])]
    assert f"spines {peak:.1f}" in clock_picture().alt
