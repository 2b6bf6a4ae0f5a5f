"""The one sentence that a model says about a value outside its valid range."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def within(name: str, value: ArrayLike, low: float, high: float, unit: str = "") -> NDArray[np.float64]:
    """The value as an array; ValueError for the first one that is not a number from `low` to `high`."""
    values = np.asarray(value, dtype=float)
    outside = ~((values >= low) & (values <= high))
    if outside.any():
        first = values[outside].flat[0]
        raise ValueError(
            f"{name}: {first:g} is not allowed; it must be {low:g} to {high:g} {unit}".rstrip()
        )
    return values
