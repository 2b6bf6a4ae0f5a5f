"""Deaths in the randomised trials of emergency intubation, pooled in the reader's own way."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.metaanalysis.effect_size import Effects, risk_ratio, treated_risk
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.plots.axes import ReadAs, read_as, say_sides
from ketalab.plots.style import BLACK, BLUE, GREY, MARKS_A_PLACE, PALE, figure
from ketalab.text import decimals, grouped, interval

BEFORE, NOW = "until 2024", "with the trial of 2025"
ALONE, ALL = "ketamine alone, by person", "also clusters and mixtures"
RANDOM, FIXED = "may differ", "is one and the same"
NEWEST = "casey2025"


def ketamine_or_etomidate() -> Explorable:
    """Deaths in the randomised trials of emergency intubation, pooled in the reader's own way."""
    return Explorable(
        name="ketamine_or_etomidate",
        title="Ketamine or etomidate: deaths",
        controls=(
            Choice(
                "until", "Trials", (BEFORE, NOW), NOW, "Leave the large trial out to see what was known."
            ),
            Choice(
                "kind",
                "Which",
                (ALONE, ALL),
                ALONE,
                "All adds two trials: one gave clusters of patients the same drug, one mixed "
                "ketamine with propofol.",
            ),
            Choice(
                "method",
                "The true effect",
                (RANDOM, FIXED),
                RANDOM,
                "May differ between trials: the interval then also holds how far trials differ. "
                "One and the same in all: a fixed-effect pool.",
            ),
            Slider(
                "risk",
                "Deaths with etomidate",
                "%",
                5,
                50,
                1,
                29,
                "Turns the ratio into people: how many of 1,000 would die with ketamine. It was "
                "29.1% in 2025.",
                (15, 29, 45),
            ),
        ),
        stage=_trials_stage,
        view=_trials_view,
        presets={
            "Everything by person, now": {},
            "What was known in 2024": {"until": BEFORE},
            "All eight trials": {"kind": ALL},
            "All eight, one truth": {"kind": ALL, "method": FIXED},
        },
    )


@cache
def _deaths() -> tuple[pd.DataFrame, Effects]:
    """Deaths in every randomised trial against etomidate: the rows, and their risk ratios."""
    rows = table("trial_counts").query(
        "domain == 'anaesthesia' and control == 'etomidate' and outcome == 'death' and poolable != 'no'"
    )
    label = table("trials").set_index("trial").label
    counts = rows.events_active, rows.n_active, rows.events_control, rows.n_control
    return rows, risk_ratio(*counts, study=rows.trial.map(label))


def _trials_stage() -> Stage:
    fig = figure(7.6, 4.6)
    axes, artists = trials_stage(fig, _deaths()[1])
    return Stage(fig, {"main": axes}, artists)


@cache
def _pooled(until: str, kind: str, method: str) -> tuple[Pooled, np.ndarray, int]:
    """The pool of the trials that are in, which they are, and how many people were in them."""
    rows, effects = _deaths()
    inside = np.ones(len(rows), bool)
    if until == BEFORE:
        inside &= (rows.trial != NEWEST).to_numpy()
    if kind == ALONE:
        inside &= (rows.poolable == "yes").to_numpy()
    people = int(rows[inside][["n_active", "n_control"]].to_numpy().sum())
    return pool(effects[inside], "paule-mandel" if method == RANDOM else "fixed"), inside, people


def _trials_view(until: str, kind: str, method: str, risk: float) -> View:
    pooled, inside, people = _pooled(until, kind, method)
    ratio = pooled.natural
    ends = pooled.estimate, pooled.low, pooled.high
    more = [1000 * (treated_risk(pooled.measure, end, risk / 100) - risk / 100) for end in ends]
    readings = [
        Reading("trials", str(pooled.k)),
        Reading("people", grouped(people)),
        Reading("pooled risk ratio", ratio.estimate, "", 3),
        Reading("its 95% interval", f"{ratio.low:.2f} to {ratio.high:.2f}"),
        Reading("deaths in 1,000, etomidate", f"{10 * risk:.0f}"),
        Reading("with ketamine", f"{decimals(more[0], 0, sign=True)} ({interval(more[1], more[2], 0)})"),
    ]
    dead = [10 * risk + extra for extra in more]
    words = f"{10 * risk:.0f} deaths in 1,000 become {dead[0]:.0f} ({dead[1]:.0f} to {dead[2]:.0f})"
    verdict = (
        "the interval includes no difference" if ratio.low < 1 < ratio.high else "the interval excludes 1"
    )
    sentence = (
        f"{pooled.k} trials, {grouped(people)} people; if the true effect {method}, the risk ratio is "
        f"{ratio.estimate:.2f} "
        f"({ratio.low:.2f} to {ratio.high:.2f}), so {words}: {verdict}."
    )
    return View(place_trials(_deaths()[1], pooled, inside, words), readings, sentence)


def trials_stage(fig: Figure, effects: Effects) -> tuple[Axes, dict[str, Artist]]:
    """Names and counts at the left, intervals at the right, a line and a diamond for the pool below."""
    axes = fig.subplots()
    y = np.arange(len(effects))
    names = [
        f"{study}   {ketamine}, {etomidate}"
        for study, ketamine, etomidate in zip(effects.study, effects.treated, effects.control, strict=True)
    ]
    axes.set_yticks([*y, len(effects) + 0.3], [*names, "Pooled"])
    axes.set_ylim(len(effects) + 1.8, -0.6)
    say_sides(axes, "risk ratio", ("fewer deaths with ketamine", "more"))
    axes.text(
        -0.02,
        -1,
        "died with ketamine, with etomidate",
        ha="right",
        color=GREY,
        fontsize=12,
        transform=axes.get_yaxis_transform(),
    )
    ticks = (0.25, 0.5, 1, 2, 4)
    axes.set_xlim(np.log(0.22), np.log(4.5))
    axes.set_xticks(np.log(ticks), [f"{tick:g}" for tick in ticks])
    read_as(axes.xaxis, ReadAs(ratio=True))
    axes.grid(False, axis="y")
    axes.axvline(0, color=GREY, linewidth=1.4)
    start = [[(0.0, -9.0), (0.0, -9.0)]]
    artists: dict[str, Artist] = {
        "out": axes.add_collection(LineCollection(start, colors=PALE, linewidths=3), autolim=False),
        "intervals": axes.add_collection(LineCollection(start, colors=BLACK, linewidths=2), autolim=False),
        "squares": axes.add_collection(
            PolyCollection(start, facecolors=BLACK, gid=MARKS_A_PLACE), autolim=False
        ),
        "line": axes.plot([], [], color=BLUE, linewidth=1.4, linestyle="--")[0],
        "diamond": axes.add_collection(PolyCollection(start, facecolors=BLUE), autolim=False),
        "people": axes.text(
            0.5,
            len(effects) + 1.3,
            "",
            ha="center",
            va="center",
            color=BLUE,
            transform=axes.get_yaxis_transform(),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        ),
    }
    return axes, artists


def place_trials(
    effects: Effects, pooled: Pooled, inside: NDArray[np.bool_], people: str
) -> dict[str, object]:
    """The data of every mark for this pool of the trials that are in, and what it means in people."""
    low, high = effects.interval()
    y, x = np.arange(len(effects)), effects.estimate
    bars = np.stack([np.column_stack([low, y]), np.column_stack([high, y])], axis=1)
    half = 0.24 * np.sqrt(pooled.weights / pooled.weights.max())
    wide, tall = half * 0.33, np.maximum(half, 0.08)
    corners = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
    squares = [
        [(centre + a * w, at + b * h) for a, b in corners]
        for centre, at, w, h in zip(x[inside], y[inside], np.maximum(wide, 0.03), tall, strict=True)
    ]
    foot = len(effects) + 0.3
    diamond = [
        (pooled.low, foot),
        (pooled.estimate, foot - 0.3),
        (pooled.high, foot),
        (pooled.estimate, foot + 0.3),
    ]
    return {
        "out": bars[~inside],
        "intervals": bars[inside],
        "squares": squares,
        "line": ([pooled.estimate] * 2, [-1, foot]),
        "diamond": [diamond],
        "people": people,
    }
