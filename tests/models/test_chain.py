"""The joined models: against the slow way, against their parts, and against what must hold."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import PchipInterpolator

from ketalab.data import table
from ketalab.models import cascade, chain, circuit, receptor
from ketalab.models import pharmacokinetics as pk


def slowly(
    dose: float,
    minutes: float = 40.0,
    selectivity: float = 1.0,
    site: str = chain.RATS,
) -> chain.Chain:
    """The same without table and grid: the circuit solved at every hour, the cascade stepped by LSODA.

    Takes seconds. The glutamate between two of many hours is a smooth curve through both.
    """
    p = cascade.parameters()
    quick = chain.from_dose(dose, minutes, selectivity, site)
    fine = np.unique(np.concatenate([quick.hours, np.linspace(0, 24, 481)]))
    _, _, block = chain._receptor_level(dose, minutes, site, fine)
    solved = circuit.fixed_point(*circuit.block_from_occupancy(block, selectivity)).glutamate
    end = minutes / 60
    before, after = fine <= end, fine >= end  # the level has a corner where the infusion ends
    rising = PchipInterpolator(fine[before], solved[before] - 1)
    falling = PchipInterpolator(fine[after], solved[after] - 1)
    states = [np.ones((len(cascade.STEPS), 1))]
    for drive, hours in (
        (rising, quick.hours[quick.hours <= end]),
        (falling, quick.hours[quick.hours >= end]),
    ):
        stepped = solve_ivp(
            lambda t, y, drive=drive: cascade.slopes(y, float(drive(t)), p),
            (hours[0], hours[-1]),
            states[-1][:, -1],
            method="LSODA",
            t_eval=hours[1:],
            rtol=1e-8,
            atol=1e-11,
        )
        states.append(stepped.y)
    by_name = dict(zip(cascade.STEPS, np.hstack(states), strict=True))
    glutamate = np.interp(quick.hours, fine, solved)
    return chain.Chain(quick.hours, quick.plasma, quick.free, quick.block, glutamate, by_name)


@pytest.mark.parametrize(
    ("dose", "minutes", "selectivity", "site"),
    [
        (0.5, 40, 4, chain.RATS),
        (2.0, 2, 10, chain.NO_MAGNESIUM),
        (1.0, 120, 2, chain.RATS),
        (0.1, 40, 10, chain.MAGNESIUM),
    ],
)
def test_the_quick_way_is_within_a_percent_of_the_slow_one(dose, minutes, selectivity, site):
    quick, slow = (way(dose, minutes, selectivity, site) for way in (chain.from_dose, slowly))
    np.testing.assert_allclose(quick.glutamate, slow.glutamate, atol=0.01 * abs(slow.glutamate - 1).max())
    for step in cascade.STEPS:
        height = abs(slow.cascade[step] - 1).max()
        assert abs(quick.cascade[step] - slow.cascade[step]).max() < 0.01 * height, step


def test_every_link_is_the_model_of_its_lesson():
    run = chain.from_dose(0.7, 30, 3, chain.MAGNESIUM)
    patient = pk.published("otto2021").typical(70)
    plasma = pk.concentration(patient, [pk.Dose(49, "iv", duration=30)], run.hours * 60, "ketamine")[0]
    np.testing.assert_allclose(run.plasma, np.maximum(plasma, 0))
    bound = table("drug_facts").set_index("fact").value["binding_rac"]
    mass = table("molecules").set_index("molecule").molar_mass["ketamine"]
    np.testing.assert_allclose(run.free, run.plasma * (1 - bound) / mass)
    block = receptor.equilibrium_block(run.free, receptor.published("ketamine"), -70, 1.0)
    np.testing.assert_allclose(run.block, block)
    state = circuit.steady_state(*circuit.block_from_occupancy(block, 3))
    np.testing.assert_allclose(run.glutamate, state.glutamate)
    alone = cascade.simulate(run.hours, state.glutamate - 1, cascade.parameters())
    np.testing.assert_allclose(run.cascade["spines"], alone["spines"])


def test_three_sources_give_three_answers_in_this_order():
    peaks = {site: chain.from_dose(0.5, site=site).block.max() for site in chain.SITES}
    assert peaks[chain.MAGNESIUM] < peaks[chain.RATS] < peaks[chain.NO_MAGNESIUM]
    half = table("nmda_biophysics").set_index("constant").value["ketamine_rat"]
    free = chain.from_dose(0.5).free.max()
    assert peaks[chain.RATS] == pytest.approx(free / (free + half))


def test_no_dose_leaves_every_level_at_rest():
    run = chain.from_dose(0.0)
    assert run.plasma.max() == run.block.max() == 0
    np.testing.assert_allclose(run.glutamate, 1, atol=1e-6)
    for step in cascade.STEPS:
        np.testing.assert_allclose(run.cascade[step], 1, atol=1e-6)


def test_a_drug_that_prefers_no_cell_makes_no_spine():
    run = chain.from_dose(0.5, selectivity=1)
    assert run.glutamate.min() < 0.99
    np.testing.assert_allclose(run.cascade["spines"], 1, atol=1e-4)


def test_an_unknown_site_is_named():
    with pytest.raises(ValueError, match="site: 'a mouse' is not one of living rats, a dish"):
        chain.from_dose(0.5, site="a mouse")
