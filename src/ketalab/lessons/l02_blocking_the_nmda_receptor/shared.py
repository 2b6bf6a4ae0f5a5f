"""Explorables of the lesson on the NMDA receptor: the pore, the train, the infusion, the other targets."""

from ketalab.explorables.controls import Slider

REST, DEPOLARISED = -70.0, -20.0
MAGNESIUM = Slider(
    "magnesium",
    "Magnesium",
    "mM",
    0.0,
    2.0,
    0.1,
    1.0,
    "Magnesium outside the cell; about 1 mM in the brain; most binding experiments used none.",
    (0.0, 1.0),
)
