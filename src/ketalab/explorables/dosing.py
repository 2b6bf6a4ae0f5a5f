"""What explorables of a dose have in common: whose parameters, the dose and how long it runs."""

from functools import cache

from ketalab.explorables.controls import Slider
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import LinearModel

MODELS = {
    "Otto 2021 (venous)": "otto2021",
    "Perez-Ruixo 2021 (venous)": "perezruixo2021",
    "Simons 2022 (arterial)": "simons2022",
}
VENOUS, PEREZ, ARTERIAL = MODELS


@cache
def typical(model: str, weight: float) -> LinearModel:
    return pk.published(MODELS[model]).typical(weight)


# The two controls that explorables of a dose have in common; each says its own help and stops.
DOSE = Slider(
    "dose",
    "Dose",
    "mg/kg",
    0.1,
    2.0,
    0.05,
    0.5,
    "Dose for each kilogram of body weight.",
    (0.25, 0.5, 1.0, 2.0),
)
INFUSION_TIME = Slider(
    "minutes", "Infusion time", "min", 2, 120, 1, 40, "How long the infusion runs.", (10, 40, 100)
)

# How much better ketamine holds the receptors of interneurons: asked in two lessons.
SELECTIVITY = Slider(
    "selectivity",
    "Selectivity",
    "times",
    0.5,
    8.0,
    0.5,
    2.0,
    "How many times more strongly ketamine binds to NMDA receptors of interneurons than to those of "
    "pyramidal cells; 1 means no preference. The true value is not known; 0.5 to 8 is our range.",
    (0.5, 1.0, 2.0, 4.0, 8.0),
)
