"""Explorables of the lesson on PTSD, anxiety, OCD and alcohol: a reminder and a drug, why small trials
shine, and how many more patients would settle a question.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ketalab.metaanalysis.effect_size import normal_quantile

Z = normal_quantile(0.95)
DASHED = (0, (4, 2))


def segments(low: np.ndarray, high: np.ndarray, y: np.ndarray) -> list[list[tuple[float, float]]]:
    """Horizontal bars for a collection of lines."""
    return [[(left, at), (right, at)] for left, right, at in zip(low, high, y, strict=True)]


def the_rows(axes: Axes, colour: str) -> LineCollection:
    return axes.add_collection(LineCollection([], colors=colour, linewidths=2.5))
