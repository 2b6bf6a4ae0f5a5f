"""Explorable: what happens to a pooled correlation when studies that published no number join the sum."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.collections import PolyCollection

from ketalab.data.bibliography import short_name
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.trials import as_effects, correlations
from ketalab.metaanalysis.effect_size import Effects, fisher_z, join
from ketalab.metaanalysis.pooling import pool
from ketalab.plots.style import BLACK, BLUE, DIRECTION_ONLY, GREY, PALE, figure, legend_above
from ketalab.text import count as counted
from ketalab.text import decimals, grouped, interval

DAY = 24  # h, the last time used
IMPLIED, PRINTED = "those the P values imply", "those the abstracts name"
DIFFER, SAME = "may differ", "is one and the same"
MOST = 5  # silent studies at most
WIDTH = (-0.4, 0.75)  # correlations shown; beside them stand the people


def _without_silent(at: Mapping[str, object]) -> str | None:
    return None if at["silent"] else "There is no silent study."


def silent_studies() -> Explorable:
    """Add studies that found no link and published no number; watch the pool."""
    return Explorable(
        name="silent_studies",
        title="The studies that published no number",
        controls=(
            Slider(
                "silent",
                "Silent studies added",
                "studies",
                0,
                MOST,
                1,
                3,
                "Studies that reported no link and published no number; a review found three of five.",
                (0, 1, 3, 5),
            ),
            Slider(
                "size",
                "People in each of them",
                "people",
                10,
                300,
                10,
                50,
                "Unknown, so choose. The studies that published a number have 58 to 576 people.",
                (30, 50, 100, 300),
                greyed=_without_silent,
            ),
            Slider(
                "link",
                "Correlation in each of them",
                "",
                -0.2,
                0.2,
                0.05,
                0.0,
                "Unknown, and too weak to be published. 0 is no link at all.",
                (0.0,),
                greyed=_without_silent,
            ),
            Choice(
                "people",
                "People behind a correlation",
                (IMPLIED, PRINTED),
                IMPLIED,
                "One abstract names more people than its P value does; see exercise 1.",
            ),
            Choice(
                "truth",
                "The true link",
                (DIFFER, SAME),
                DIFFER,
                "If it may differ between studies, the interval also holds how far they differ.",
            ),
        ),
        stage=_stage,
        view=_view,
        presets={
            "Three silent studies of 50": {},
            "Five silent studies of 100": {"silent": 5, "size": 100},
            "Only what was published": {"silent": 0},
            "As if the link were one and the same": {"truth": SAME, "silent": 0},
            "The same with three silent studies": {"truth": SAME},
        },
    )


@cache
def _printed(people: str) -> Effects:
    found = correlations("implied" if people == IMPLIED else "printed")
    return as_effects(found[found.time_h <= DAY].sort_values("n", ascending=False))


def _stage() -> Stage:
    fig = figure(7.6, 4.6)
    axes = fig.subplots()
    names = [short_name(study) for study in _printed(IMPLIED).study]
    rows = [*names, *(f"silent study {i + 1}" for i in range(MOST)), "all together"]
    axes.set_yticks(range(len(rows)), rows)
    axes.set(
        xlim=(WIDTH[0], WIDTH[1] + 0.2),
        ylim=(len(rows) - 0.4, -0.6),
        xlabel="more dissociation, more benefit →  (correlation)",
    )
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=GREY, linewidth=1.4)
    axes.axhspan(len(names) - 0.5, len(rows) - 1.5, color=PALE, alpha=0.35, linewidth=0)
    artists = {}
    for i in range(len(rows) - 1):
        said = i < len(names)
        colour = BLACK if said else GREY
        artists[f"interval {i}"] = axes.plot([], [], color=colour, linewidth=2)[0]
        artists[f"mark {i}"] = axes.plot(
            [],
            [],
            "o" if said else "s",
            color=colour,
            markerfacecolor=BLACK if said else "white",
            markersize=9,
        )[0]
        artists[f"people {i}"] = axes.text(WIDTH[1] + 0.19, i, "", ha="right", va="center", fontsize=12)
    artists["prediction"] = axes.plot(
        [], [], color=BLUE, linewidth=1.6, linestyle="--", label="a new study"
    )[0]
    for name, colour in (("interval", GREY), ("prediction", BLUE)):
        for side, shape in (("left", "<"), ("right", ">")):  # where a line goes on beyond the axis
            look = {"color": colour, "markersize": 8, "clip_on": False, "gid": DIRECTION_ONLY}
            look["label"] = f"{name} goes on to the {side}"
            artists[f"{name} goes on {side}"] = axes.plot([], [], shape, **look)[0]
    artists["pool"] = axes.add_collection(PolyCollection([[(0, 0)] * 4], facecolors=BLUE), autolim=False)
    keys = [
        axes.plot([], [], "o-", color=BLACK, markersize=9, label="measured, 95% interval")[0],
        axes.plot([], [], "s-", color=GREY, markerfacecolor="white", markersize=9, label="assumed")[0],
        axes.plot([], [], "D", color=BLUE, markersize=9, label="pooled")[0],
        artists["prediction"],
    ]
    legend_above(fig, keys, columns=4)
    return Stage(fig, {"main": axes}, artists)


def _view(silent: float, size: float, link: float, people: str, truth: str) -> View:
    said, count = _printed(people), int(silent)
    effects = said
    if count:
        names = [f"silent study {i + 1}" for i in range(count)]
        effects = join(said, fisher_z(np.full(count, link), np.full(count, size), study=names))
    pooled = pool(effects, method="paule-mandel" if truth == DIFFER else "fixed")
    low, high = map(np.tanh, effects.interval())
    artists: dict[str, object] = {}
    for i in range(len(said) + MOST):
        here = i < len(effects)
        artists[f"interval {i}"] = (np.clip([low[i], high[i]], *WIDTH), [i, i]) if here else None
        artists[f"mark {i}"] = ([np.tanh(effects.estimate[i])], [i]) if here else None
        artists[f"people {i}"] = f"n = {effects.n[i]:.0f}" if here else ""
    n, y = pooled.natural, len(said) + MOST
    ends = np.clip([n.low, n.high], *WIDTH)
    artists["pool"] = [[(ends[0], y), (n.estimate, y - 0.28), (ends[1], y), (n.estimate, y + 0.28)]]
    known = not np.isnan(n.prediction_low)
    artists["prediction"] = (
        (np.clip([n.prediction_low, n.prediction_high], *WIDTH), [y + 0.42] * 2) if known else None
    )
    rows = [(low[i], high[i], i) for i in range(len(effects))]
    artists |= _going_on("interval", rows)
    artists |= _going_on("prediction", [(n.prediction_low, n.prediction_high, y + 0.42)] if known else [])
    readings = [
        Reading("pooled correlation", decimals(n.estimate)),
        Reading("95% interval", interval(n.low, n.high)),
        Reading(
            "true link in a new study",
            interval(n.prediction_low, n.prediction_high) if known else "assumed to be the same",
        ),
        Reading("spread that chance does not explain", f"{100 * pooled.i2:.0f}%"),
        Reading("people in all", grouped(effects.n.sum())),
        Reading("differences in benefit it explains", f"{100 * n.estimate**2:.1f}%"),
    ]
    words = "leaves out zero" if pooled.excludes_null else "includes zero"
    added = (
        f"With {counted(count, 'silent study', 'silent studies')}" if count else "With what was published"
    )
    sentence = f"{added} the pooled correlation is {readings[0].text}, and its interval {words}."
    return View(artists, readings, sentence)


def _going_on(name: str, lines: list[tuple[float, float, float]]) -> dict[str, object]:
    """The ends of these lines (from, to, height) that lie beyond the axis, marked at its edge."""
    left = [y for low, _, y in lines if low < WIDTH[0]]
    right = [y for _, high, y in lines if high > WIDTH[1]]
    return {
        f"{name} goes on left": (np.full(len(left), WIDTH[0] + 0.013), left) if left else None,
        f"{name} goes on right": (np.full(len(right), WIDTH[1] - 0.013), right) if right else None,
    }
