"""How a value is refused: one sentence with name, value and what is allowed, before any computing."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def refuse(name: str, value: Any, allowed: str) -> ValueError:
    """The error that says it: "dose: -1 is not allowed; it must be 0 to 3 mg/kg"."""
    shown = f"{value:g}" if isinstance(value, int | float | np.number) else repr(value)
    return ValueError(f"{name}: {shown} is not allowed; it must be {allowed}")


def within(name: str, value: ArrayLike, low: float, high: float, unit: str = "") -> NDArray[np.float64]:
    """The value as an array; ValueError for the first one that is not a number from `low` to `high`."""
    values = np.asarray(value, dtype=float)
    fits = (values >= low) & (values <= high)
    return _checked(name, values, fits, lambda: f"{low:g} to {high:g} {unit}".rstrip())


def at_least(name: str, value: ArrayLike, least: float, unit: str = "") -> NDArray[np.float64]:
    """The value as an array; ValueError for the first one that is not a finite number from `least` on."""
    values = np.asarray(value, dtype=float)
    fits = (values >= least) & (values < np.inf)
    return _checked(name, values, fits, lambda: f"{f'{least:g} {unit}'.rstrip()} or more")


def above(name: str, value: ArrayLike, limit: float, unit: str = "") -> NDArray[np.float64]:
    """The value as an array; ValueError for the first one that is not a number above `limit`."""
    values = np.asarray(value, dtype=float)
    return _checked(name, values, values > limit, lambda: f"above {limit:g} {unit}".rstrip())


def one_of(name: str, value: Any, known: Iterable[Any]) -> Any:
    """The value; ValueError when it is none of those known."""
    known = list(known)
    if value not in known:
        raise refuse(name, value, f"one of {', '.join(map(str, known))}")
    return value


def _checked(
    name: str, values: NDArray[np.float64], fits: NDArray[np.bool_], allowed: Callable[[], str]
) -> NDArray[np.float64]:
    """The values where all of them fit; what is allowed is put into words only for one that does not."""
    if not fits.all():
        raise refuse(name, float(values[~fits].flat[0]) if values.ndim else float(values), allowed())
    return values
