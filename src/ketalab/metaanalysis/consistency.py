"""Do the printed numbers belong together?

An estimate lies inside its interval, and on the scale on which the interval was made (plain for a
difference, logarithmic for a ratio) it lies in the middle, give or take the rounding in print. A P value
below 0.05 goes with a 95% interval that leaves out "no effect". A reader can check all three
without any data. A finding is a question for the authors and not proof of an error: bootstrap, exact
and Bayesian intervals are lopsided by right.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import atanh, log

import numpy as np

from ketalab.metaanalysis.effect_size import Measure


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: its kind and a sentence about it."""

    kind: str
    words: str


def check(
    estimate: str | float,
    low: str | float,
    high: str | float,
    measure: Measure,
    p: float | None = None,
    level: float = 0.95,
) -> tuple[Finding, ...]:
    """What does not fit in a printed estimate, interval and P value; nothing when all is well.

    Give numbers as printed, in quotes where they end in a zero ("0.50"): the last decimal of each says
    how much rounding to allow for.
    """
    printed = [str(text).strip() for text in (estimate, low, high)]
    names = ("estimate", "low", "high")
    values = [_number(name, text) for name, text in zip(names, printed, strict=True)]
    middle, lower, upper = values
    rounding = [0.5 * 10.0 ** -len(text.partition(".")[2]) for text in printed]
    wrong = []
    if lower > upper:
        return (Finding("upside down", f"The interval runs from {printed[1]} down to {printed[2]}."),)
    for name, text, value in zip(("estimate", "lower limit"), printed, values, strict=False):
        if measure.ratio and value <= 0:
            words = f"No {measure.name} can be {text}, as this {name} is: it is above 0 by nature."
            wrong.append(Finding("impossible", words))
    if not lower <= middle <= upper:
        words = (
            f"The estimate {printed[0]} lies outside its own interval, {printed[1]} to {printed[2]}: "
            "they cannot belong to the same number."
        )
        wrong.append(Finding("outside", words))
    elif not wrong:
        wrong += _lopsided(values, rounding, measure, printed)
    if p is not None:
        wrong += _against_p(values, rounding, measure, p, level)
    return tuple(wrong)


def _number(name: str, text: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise ValueError(f"{name}: {text!r} is not allowed; it must be a number as printed")
    return value


def _lopsided(
    values: Sequence[float], rounding: Sequence[float], measure: Measure, printed: Sequence[str]
) -> list[Finding]:
    """Whether rounding alone can explain that the estimate is not in the middle."""
    scales = {"plain": float, "logarithmic": log, "Fisher's z": atanh}
    own = "logarithmic" if measure.ratio else "Fisher's z" if measure.short == "r" else "plain"
    if _central(values, rounding, scales[own]):
        return []
    fits = [name for name, scale in scales.items() if name != own and _central(values, rounding, scale)]
    words = (
        f"The estimate {printed[0]} is not in the middle of {printed[1]} to {printed[2]} on the {own} "
        f"scale of {measure.name}s, further off than rounding explains"
    )
    words += f"; on the {fits[0]} scale it is." if fits else "."
    return [Finding("lopsided", words)]


def _central(values: Sequence[float], rounding: Sequence[float], scale: Callable[[float], float]) -> bool:
    """Whether numbers that round to these can have the middle exactly between the ends."""
    least, most = (
        [value + side * half * (1 + 1e-9) for value, half in zip(values, rounding, strict=True)]
        for side in (-1, 1)
    )
    try:
        centre = [(scale(ends[1]) + scale(ends[2])) / 2 for ends in (least, most)]
        return centre[0] <= scale(most[0]) and scale(least[0]) <= centre[1]
    except ValueError:  # the scale ends before these numbers do
        return False


def _against_p(
    values: Sequence[float], rounding: Sequence[float], measure: Measure, p: float, level: float
) -> list[Finding]:
    """Whether P value and interval disagree on "no effect", where rounding does not blur the limit."""
    if not 0 <= p <= 1:
        raise ValueError(f"p: {p:g} is not allowed; it must be from 0 to 1")
    (_, lower, upper), (_, blur_low, blur_high) = values, rounding
    out = lower - blur_low > measure.null or upper + blur_high < measure.null
    within = lower + blur_low < measure.null < upper - blur_high
    limit = 1 - level
    if (out and p > limit) or (within and p < limit):
        leaves = "leaves out" if out else "includes"
        words = (
            f"P = {p:g} does not go with a {100 * level:g}% interval that {leaves} no effect "
            f"({measure.null:g})."
        )
        return [Finding("against P", words)]
    return []
