"""Explorables of the lesson on the glutamate surge: who is blocked first, and how dose makes a surge."""

from ketalab.explorables.controls import Slider

SELECTIVITY = Slider(
    "selectivity",
    "Selectivity",
    "times",
    0.5,
    8.0,
    0.5,
    2.0,
    "By what factor ketamine holds interneurons' NMDA receptors better than those of pyramidal cells. "
    "1: it does not care. Not known; 0.5 to 8 is our range.",
    (0.5, 1.0, 2.0, 4.0, 8.0),
)


def signed(glutamate: float) -> str:
    """A change in percent with its sign."""
    percent = round(100 * (float(glutamate) - 1))
    return f"{percent:+d} %" if percent else "0 %"
