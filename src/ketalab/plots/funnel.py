"""The funnel plot: every trial's effect against its standard error, and what may be missing."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from ketalab.checks import one_of
from ketalab.metaanalysis.effect_size import Effects
from ketalab.metaanalysis.pooling import Pooled
from ketalab.metaanalysis.small_study import Egger, TrimAndFill
from ketalab.plots.axes import say_sides, set_effect_axis
from ketalab.plots.forest import WIDTH, Size
from ketalab.plots.style import BLACK, BLUE, GREY, ORANGE, PALE, VERMILION, figure, legend_above


def funnel(
    effects: Effects,
    pooled: Pooled,
    *,
    filled: TrimAndFill | None = None,
    line: Egger | None = None,
    favours: tuple[str, str] = ("", ""),
    size: Size = "slide",
) -> Figure:
    """Each trial's effect against its standard error, small and unsure trials at the bottom.

    Without bias and without differences between trials, 95 of 100 fall inside the pale funnel. `filled`
    adds the trials that trim-and-fill imagined, `line` Egger's line.
    """
    one_of("size", size, tuple(WIDTH))
    use = effects[effects.informative]
    if len(use) == 0:
        raise ValueError("effects: 0 trials are not allowed; a funnel plot needs 1 or more")
    shown = filled.effects if filled else use
    deepest = 1.08 * float(np.max(shown.se))
    fig = figure(WIDTH[size], 5.0)
    axes = fig.subplots()
    edge = 1.96 * deepest
    low = min(shown.estimate.min(), pooled.estimate - edge, 0.0)
    high = max(shown.estimate.max(), pooled.estimate + edge, 0.0)
    room = 0.04 * (high - low)
    ends = [pooled.estimate - edge, pooled.estimate, pooled.estimate + edge]
    region = axes.fill(ends, [deepest, 0, deepest], color=PALE, alpha=0.6, linewidth=0, zorder=0)[0]
    region.set_label("95 of 100 by chance alone")
    centre = axes.axvline(pooled.estimate, color=BLUE, linewidth=1.8, label="pooled")
    axes.axvline(0, color=GREY, linewidth=1.4)
    trials = axes.plot(use.estimate, use.se, "o", color=BLACK, markeredgecolor="white", label="trial")[0]
    keys: list[Artist] = [trials, centre]
    if filled and filled.missing:
        imagined = shown[len(use) :]
        style = {"color": ORANGE, "markerfacecolor": "white", "markeredgewidth": 2}
        keys += axes.plot(imagined.estimate, imagined.se, "o", label="added by trim-and-fill", **style)
    if line is not None:
        at = np.array([0.0, deepest])
        keys += axes.plot(line.slope + line.intercept * at, at, "--", color=VERMILION, label="Egger's line")
    set_effect_axis(axes, effects.measure, (low - room, high + room), most=7 if size == "slide" else 5)
    axes.set(ylim=(deepest, 0), ylabel="standard error", xlabel=effects.measure.name)
    if any(favours) and size == "slide":
        say_sides(axes, effects.measure.name, favours)
    legend_above(fig, [*keys, region], columns=5 if size == "slide" else 1)
    return fig
