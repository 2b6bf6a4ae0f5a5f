"""The receptor's explorables against the printed constants and closed forms, worked out here anew."""

from math import exp

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ketalab.data import table
from ketalab.lessons import explorable
from ketalab.lessons.l02_blocking_the_nmda_receptor.figures import ATLAS_DRUGS, ATLAS_TARGETS, atlas
from ketalab.models import pharmacokinetics as pk
from ketalab.text import real_minus

BINDING = table("receptor_binding")


def read(name: str, label: str, **values) -> float | str:
    return {r.label: r.value for r in explorable(name).at(**values).readings}[label]


def pore(free: float, voltage: float, magnesium: float) -> tuple[float, float]:
    """Percent of the current that magnesium leaves and, of that, percent that ketamine takes."""
    held = magnesium / 3.57 * exp(-0.062 * voltage)
    drug = free / (0.71 * exp(0.79 * (voltage + 70) / 25.4))
    return 100 / (1 + held), 100 * drug / (1 + held + drug)


# Two blockers, one pore ----------------------------------------------------------------------------


@pytest.mark.parametrize("free", [0.1, 2.0, 20.0])
@pytest.mark.parametrize("magnesium", [0.0, 1.0, 2.0])
def test_the_pore_reads_what_the_formula_says(free: float, magnesium: float):
    left, taken = pore(free, -70, magnesium)
    setting = {"free": free, "magnesium": magnesium}
    assert read("pore_block", "free of magnesium at rest", **setting) == pytest.approx(left, rel=2e-3)
    assert read("pore_block", "blocked by the drug at rest", **setting) == pytest.approx(taken, rel=2e-3)
    taken = pore(free, -20, magnesium)[1]
    assert read("pore_block", "blocked by it at −20 mV", **setting) == pytest.approx(taken, rel=2e-3)
    half = read("pore_block", "half is blocked at rest by", **setting)
    assert pore(half, -70, magnesium)[1] == pytest.approx(50, rel=1e-3)


def test_the_share_is_largest_where_its_slope_is_zero():
    """d/dV of K(V)(1 + Mg/K_Mg): magnesium's part x must satisfy delta/25.4 (1 + x) = 0.062 x."""
    pull = 0.79 / 25.4
    x = pull / (0.062 - pull)
    voltage = -np.log(3.57 * x) / 0.062
    assert read("pore_block", "blocked most at") == real_minus(f"{voltage:.0f} mV")


def test_curves_of_the_pore_agree_with_each_other():
    artists = explorable("pore_block").at(free=2.0).artists
    volts, alone = artists["magnesium"]
    taken = np.array([pore(2.0, v, 1.0)[1] for v in volts])
    assert artists["share"][1] == pytest.approx(taken, rel=2e-3)
    assert artists["both"][1] == pytest.approx(alone * (1 - taken / 100), rel=2e-3, abs=1e-12)


def occupants(**setting) -> tuple[int, int, int]:
    """How many pores of the picture hold the drug, hold magnesium, are empty with a current."""
    artists = explorable("pore_block").at(**setting).artists
    drug, ions, down, up = (
        len(artists[f"in the pore: {name}"][0]) for name in ("drug", "magnesium", "down", "up")
    )
    return drug, ions, down + up


@pytest.mark.parametrize("voltage", [-100, -70, -20, 40])
@pytest.mark.parametrize(("magnesium", "free"), [(0.0, 0.0), (0.0, 2.0), (1.0, 0.4), (2.0, 20.0)])
def test_fifty_channels_are_held_in_the_shares_of_the_formula(voltage, magnesium, free):
    left, taken = pore(free, voltage, magnesium)
    empty = left / 100 * (1 - taken / 100)
    shares = 50 * np.array([taken / 100, 1 - taken / 100 - empty, empty])
    counted = occupants(voltage=voltage, magnesium=magnesium, free=free)
    assert sum(counted) == 50
    assert np.abs(counted - shares).max() < 1


def test_the_membrane_shows_which_way_the_current_goes_and_says_its_counts():
    def shown(**setting):
        view = explorable("pore_block").at(**setting)
        places = {name: view.artists[f"in the pore: {name}"] for name in ("down", "up")}
        return view.sentence, places, view.artists["empty"]

    sentence, places, empty = shown(voltage=-20)
    assert "at −20 mV, 12 hold ketamine, 19 hold magnesium and 19 are empty." in sentence
    assert empty == "19 empty: current in"
    assert min(places["down"][1]) > max(places["up"][1]), "into the cell: down from above, up from below"
    _, places, empty = shown(voltage=20)
    assert max(places["down"][1]) < min(places["up"][1])
    assert empty.endswith("current out")
    _, places, empty = shown(voltage=0)
    assert not len(places["down"][0]) + len(places["up"][0])
    assert empty.endswith("no current")
    sentence, *_ = shown(magnesium=0.0, free=0.0)
    assert "none holds ketamine, none holds magnesium and 50 are empty" in sentence


# Pulses before, during and after a drug ------------------------------------------------------------


def test_silence_frees_nothing_and_pulses_do():
    short, long = (
        read("pulse_train", "ketamine, after the pause", rest=rest, free=10.0) for rest in (20, 120)
    )
    assert short == pytest.approx(long, abs=0.5)
    after = read("pulse_train", "ketamine, last pulse", rest=120, free=10.0)
    assert after > long + 30


@pytest.mark.parametrize("frequency", [0.2, 1.0])
def test_block_counts_pulses_not_seconds(frequency: float):
    at = read("pulse_train", "ketamine, end of the drug", frequency=frequency)
    assert at == pytest.approx(read("pulse_train", "ketamine, end of the drug"), abs=1)


def test_every_train_starts_whole_and_follows_the_order_of_leaving():
    artists = explorable("pulse_train").at(free=2.0).artists
    for pulses, current in artists.values():
        assert len(pulses) == len(current) == 75
        assert current[0] == pytest.approx(100)
        assert (np.diff(current[5:35]) < 1e-9).all()
        assert (np.diff(current[36:]) > -0.2).all()
    last = {name: current[-1] for name, (_, current) in artists.items()}
    assert last["memantine"] > last["ketamine"] > last["dizocilpine"]


# From infusion to receptor -------------------------------------------------------------------------


def test_the_infusion_is_followed_from_dose_to_block():
    """The plasma curve stepped by a solver, then protein, molar mass and pore by hand."""
    patient = pk.published("otto2021").typical(70.0)
    entry = patient.entries["iv"][0]
    given = np.zeros(len(patient.compartments))
    given[patient.index(entry.compartment)] = np.ravel(entry.fraction)[0] * 0.5 * 70 / 40
    start = np.zeros_like(given)
    run = solve_ivp(lambda _, a: patient.K[0] @ a + given, (0, 40), start, "LSODA", rtol=1e-9, atol=1e-12)
    compartment, volume = patient.observed["ketamine"]
    plasma = 1000 * run.y[patient.index(compartment), -1] / volume[0]
    free = plasma * 0.53 / 237.73
    assert read("infusion_to_block", "in plasma, peak") == pytest.approx(plasma, rel=1e-6)
    assert read("infusion_to_block", "free, peak") == pytest.approx(free, rel=1e-4)
    for voltage, magnesium in ((-70, 1.0), (-20, 1.0), (0, 2.0)):
        setting = {"voltage": voltage, "magnesium": magnesium}
        taken = pore(free, voltage, magnesium)[1]
        assert read("infusion_to_block", "blocked, your setting", **setting) == pytest.approx(
            taken, rel=2e-3
        )
    low, high = (100 * free / (free + half) for half in (2.14, 0.99))
    assert read("infusion_to_block", "sites filled, from rat data") == f"{low:.0f} to {high:.0f}%"


def test_more_protein_binding_means_less_block():
    blocks = [read("infusion_to_block", "blocked, your setting", unbound=u) for u in (40, 53, 80)]
    assert blocks == sorted(blocks)
    assert blocks[2] == pytest.approx(2 * blocks[0], rel=0.05)  # far below saturation, nearly in proportion


# What else it touches ------------------------------------------------------------------------------


def test_the_atlas_holds_binding_constants_only_and_meets_sources_at_their_geometric_mean():
    constants = atlas(BINDING)
    rows = BINDING[BINDING.kind == "binding"]
    pore_site = rows[(rows.ligand == "racemic ketamine") & (rows.target == "NMDA, pore site")].value_um
    assert len(pore_site) > 1
    assert constants.loc["ketamine", "NMDA, pore site"] == pytest.approx(
        np.prod(pore_site) ** (1 / len(pore_site))
    )
    pairs = rows[rows.ligand.isin(ATLAS_DRUGS) & rows.target.isin(ATLAS_TARGETS)]
    assert constants.notna().sum().sum() == len(pairs.groupby(["ligand", "target"]))


def test_no_functional_constant_is_in_the_atlas():
    functional = BINDING[BINDING.kind == "functional"]
    assert len(functional)
    changed = BINDING.assign(value_um=BINDING.value_um.where(BINDING.kind == "binding", 1e-9))
    assert atlas(changed).equals(atlas(BINDING))


@pytest.mark.parametrize(("free", "um"), [("10 nM", 0.01), ("0.4 µM", 0.4), ("100 µM", 100.0)])
def test_a_gauge_is_as_long_as_its_share(free: str, um: float):
    view = explorable("target_atlas").at(free=free)
    constants = atlas(BINDING)
    for (left, y), (right, _) in view.artists["filled"]:
        x = round(left + 0.44)
        constant = constants.iloc[round(y - 0.36), x]
        assert (right - left) / 0.88 == pytest.approx(um / (um + constant))
    mu = BINDING[(BINDING.ligand == "racemic ketamine") & (BINDING.target == "opioid mu")].value_um.item()
    assert read("target_atlas", "ketamine, mu opioid", free=free) == pytest.approx(100 * um / (um + mu))


def test_where_block_only_grows_towards_the_edge_the_edge_stands_for_what_lies_beyond():
    at = {r.label: r.text for r in explorable("pore_block").at(magnesium=0.0).readings}["blocked most at"]
    assert at == "\N{MINUS SIGN}100 mV or lower"
    within = {r.label: r.text for r in explorable("pore_block").at().readings}["blocked most at"]
    assert within == "\N{MINUS SIGN}21 mV"
