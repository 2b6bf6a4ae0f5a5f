"""The axis under effects: positions on the analysis scale, ticks labelled as a reader knows them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ketalab.metaanalysis.effect_size import Effects, Measure
from ketalab.metaanalysis.pooling import Pooled
from ketalab.text import real_minus

Array = NDArray[np.float64]
CLOCK = {1 / 6: "10 min", 1: "1 h", 6: "6 h", 24: "1 d", 72: "3 d", 168: "1 wk", 504: "3 wk"}
FIRST_HOUR = 0.1  # h, where a logarithmic clock begins

STEPS = ((1, 2, 5), (1, 3), (1,))
CLOSE = np.log(5)  # a span in which plain steps of a ratio still read well
CORRELATIONS = (
    np.arange(-9, 10) / 10,
    np.array([-0.95, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 0.95]),
    np.array([-0.9, -0.5, 0, 0.5, 0.9]),
)


@dataclass(frozen=True)
class ReadAs:
    """How a place on an axis is read where it does not say its own value: as a time, `minutes` to one, as
    the ratio whose logarithm it is, or as what `value` makes of it."""

    minutes: float = 0.0
    ratio: bool = False
    value: Callable[[float], float] | None = None


def read_as(axis: Axis, how: ReadAs) -> None:
    """Say how places on this axis are read; tables of numbers and the hand on a picture ask for it."""
    axis.ketalab_read_as = how


def reading_of(axis: Axis) -> ReadAs | None:
    """How places on this axis are read; None where they are read as they stand."""
    return getattr(axis, "ketalab_read_as", None)


def plain_numbers(axis: Axis) -> None:
    """Label this axis with numbers as a sentence writes them: "1,000", never 1000 and never 10³."""
    axis.set_major_formatter(lambda value, _position: real_minus(f"{value:,g}"))


def say_sides(axes: Axes, name: str, sides: tuple[str, str]) -> None:
    """Name the axis across, and below at its ends what lies there. As texts of their own: a page would
    draw the blanks between words of one line together."""
    left, right = (f"\N{LEFTWARDS ARROW} {sides[0]}", f"{sides[1]} \N{RIGHTWARDS ARROW}")
    axes.set_xlabel(f"{name}\n ")
    for text, at, says in ((left, 0.0, sides[0]), (right, 1.0, sides[1])):
        if says:
            place = {"xy": (at, 0.0), "xycoords": ("axes fraction", axes.xaxis.label)}
            look = {"ha": "left" if at == 0 else "right", "va": "bottom"}
            axes.annotate(text, **place, **look, fontsize=axes.xaxis.label.get_fontsize())


def set_effect_axis(axes: Axes, measure: Measure, limits: tuple[float, float], most: int = 7) -> None:
    """Limits on the analysis scale, ticks at round numbers of the natural scale."""
    ticks = tick_values(measure, *limits, most=most)
    labels = [real_minus(f"{tick:g}") for tick in ticks]
    axes.set_xlim(limits)
    axes.set_xticks(measure.analysis(ticks), labels)
    if measure.ratio:
        read_as(axes.xaxis, ReadAs(ratio=True))
    elif measure.natural is np.tanh:
        read_as(axes.xaxis, ReadAs(value=np.tanh))
    axes.set_xticks([], minor=True)


def tick_values(measure: Measure, low: float, high: float, most: int = 7) -> Array:
    """Round numbers on the natural scale, `most` at most, between limits on the analysis scale."""
    if measure.ratio:
        ladders = [_plain(np.exp(low), np.exp(high), most)] if high - low < CLOSE else []
        exponents = np.arange(np.floor(low / np.log(10)) - 1, np.ceil(high / np.log(10)) + 1)
        ladders += [np.outer(10.0**exponents, steps).ravel() for steps in STEPS]
        apart = np.ceil(len(exponents) / (most - 2))  # decades between ticks, 1 always among them
        ladders.append(10.0 ** exponents[exponents % apart == 0])
        return _first_fitting(ladders, np.log, low, high, most)
    if measure.natural is np.tanh:
        return _first_fitting(CORRELATIONS, np.arctanh, low, high, most)
    return _plain(low, high, most)


def _plain(low: float, high: float, most: int) -> Array:
    """Evenly spaced round numbers."""
    ticks = MaxNLocator(nbins=most - 1, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return ticks[(ticks >= low) & (ticks <= high)]


def _first_fitting(ladders: Sequence[Array], scale: Callable, low: float, high: float, most: int) -> Array:
    """The finest ladder with two rungs or more that is neither too long nor too narrow."""
    for ladder in ladders:
        places = scale(ladder)
        inside = (places >= low) & (places <= high)
        gaps = np.diff(places[inside]) / (high - low)
        if 2 <= inside.sum() <= most and gaps.min() > 0.55 / most:
            return ladder[inside]
    places = scale(ladders[-1])
    return ladders[-1][(places >= low) & (places <= high)]


def effect_limits(effects: Effects, pools: Sequence[Pooled] = ()) -> tuple[float, float]:
    """Where an axis ends: all estimates are in, and no interval without end squeezes the others.

    Intervals of trials up to three times as unsure as the middling one fit in whole, and so do those of
    pools that are not wider than the widest of these.
    """
    use = effects.informative
    if not use.any():
        return -1.0, 1.0
    low, high = (ends[use] for ends in effects.interval())
    width = high - low
    usual = width <= 3 * np.median(width)
    aside = 0.15 * np.median(width)  # keeps a square off the edge
    estimate = effects.estimate[use]
    ends = [0.0, *(estimate - aside), *(estimate + aside), *low[usual], *high[usual]]
    widest = np.max(width[usual])
    for pooled in pools:
        ends.append(pooled.estimate)
        for pair in ((pooled.low, pooled.high), (pooled.prediction_low, pooled.prediction_high)):
            if pair[1] - pair[0] <= 1.3 * widest:  # false where it is not known
                ends += pair
    room = 0.05 * (max(ends) - min(ends))
    return min(ends) - room, max(ends) + room


def round_up(value: float) -> float:
    """The next round number above a value, so that an axis changes seldom and never flickers."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-9)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value))


def first_above(ends: Sequence[float], value: float) -> float:
    """The first of a few ends of an axis that a value does not pass: a hand seldom moves such an axis."""
    return next(end for end in ends if end >= value)


def clock_axis(
    axes: Axes,
    last: float = 504.0,
    leave_out: Sequence[str] = (),
    ticks: Mapping[float, str] = CLOCK,
    first: float = FIRST_HOUR,
) -> None:
    """A logarithmic time axis (hours), from minutes to weeks, labelled as people say it."""
    shown = {hour: label for hour, label in ticks.items() if label not in leave_out}
    axes.set_xscale("log")
    axes.set_xlim(first, last)
    axes.set_xticks(list(shown), list(shown.values()))
    axes.set_xticks([], minor=True)
    read_as(axes.xaxis, ReadAs(minutes=60))
