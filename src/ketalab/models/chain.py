"""From the dose to the synapse: the models of lessons 01 to 04 joined end to end.

    dose -> plasma -> free drug -> receptors blocked -> glutamate -> cascade -> spines

Three things are taken the quick way, each for a reason. The receptor is at equilibrium (it settles in
seconds, plasma moves in minutes). The circuit is in its steady state for the block of the moment (it
settles in less than a second) and read off a table. The cascade is solved by `cascade.simulate` on a
grid of hours. A test that takes neither of the last two says what they cost.

Three sources give three answers to how many receptors a free concentration blocks; `SITES` names them.
Times in h, plasma in ng/mL, free drug in µM, block as a share, glutamate relative to rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from ketalab.data import table
from ketalab.models import cascade, circuit, receptor
from ketalab.models import pharmacokinetics as pk
from ketalab.models.cascade import Array

PATIENT, WEIGHT = "otto2021", 70.0  # the venous parameter set of lesson 01; kg
WATCHED = 21.0  # days
RATS, MAGNESIUM, NO_MAGNESIUM = "living rats", "a dish with magnesium", "a dish without magnesium"


def _in_rats(free: Array) -> Array:
    half = table("nmda_biophysics").set_index("constant").value["ketamine_rat"]
    return free / (free + half)


def _in_a_dish(magnesium: float) -> Callable[[Array], Array]:
    return lambda free: receptor.equilibrium_block(
        free, receptor.published(receptor.KETAMINE), magnesium_mm=magnesium
    )


# Where the number of blocked receptors comes from: binding in living rats, or the current in cells at
# rest in a dish, with the brain's magnesium or without.
SITES: dict[str, Callable[[Array], Array]] = {
    RATS: _in_rats,
    MAGNESIUM: _in_a_dish(receptor.PHYSIOLOGICAL_MM),
    NO_MAGNESIUM: _in_a_dish(0.0),
}


@dataclass(frozen=True)
class Chain:
    """One run: every level at every hour, and the states of the cascade by name."""

    hours: Array
    plasma: Array
    free: Array
    block: Array
    glutamate: Array
    cascade: dict[str, Array]


def from_dose(
    dose: float,
    minutes: float = 40.0,
    selectivity: float = 1.0,
    site: str = RATS,
    parameters: cascade.Parameters | None = None,
) -> Chain:
    """One infusion of `dose` (mg/kg) over `minutes`, followed for three weeks.

    `selectivity`: how many times more tightly the drug holds receptors of interneurons than of
    pyramidal cells. Raises ValueError for an unknown `site`, and what the models joined here raise.
    """
    hours = np.unique(np.append(cascade.timeline(WATCHED), minutes / 60))
    plasma, free, block = _receptor_level(dose, minutes, site, hours)
    glutamate = circuit.steady_state(*circuit.block_from_occupancy(block, selectivity)).glutamate
    states = cascade.simulate(hours, glutamate - 1, parameters or cascade.parameters())
    return Chain(hours, plasma, free, block, glutamate, states)


def _receptor_level(dose: float, minutes: float, site: str, hours: ArrayLike) -> tuple[Array, Array, Array]:
    """Plasma (ng/mL), free drug (µM) and share of receptors blocked at these hours."""
    if site not in SITES:
        raise ValueError(f"site: {site!r} is not one of {', '.join(SITES)}")
    given = [pk.Dose(dose * WEIGHT, "iv", duration=minutes)]
    plasma = pk.concentration(_patient(), given, np.asarray(hours) * 60, "ketamine")[0]
    plasma = np.maximum(plasma, 0.0)
    free = receptor.free_concentration(plasma, *free_share())
    return plasma, free, SITES[site](free)


@cache
def _patient() -> pk.LinearModel:
    return pk.published(PATIENT).typical(WEIGHT)


@cache
def free_share() -> tuple[float, float]:
    """The unbound fraction of ketamine in plasma and its molar mass (g/mol), from the tables."""
    bound = table("drug_facts").set_index("fact").value["binding_rac"]
    mass = table("molecules").set_index("molecule").molar_mass["ketamine"]
    return 1 - float(bound), float(mass)
