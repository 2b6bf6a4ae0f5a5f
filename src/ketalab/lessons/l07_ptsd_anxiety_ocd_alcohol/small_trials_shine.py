"""Fifty trials of one size and one true effect: what those that are "significant" report."""

from functools import cache

import numpy as np
from matplotlib.lines import Line2D
from scipy.special import ndtri

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.shared import DASHED, Z, segments, the_rows
from ketalab.metaanalysis import next_trial as nt
from ketalab.metaanalysis.effect_size import HEDGES_G
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION, figure, legend_above

GROUPS = (10, 15, 20, 30, 50, 100, 200, 400)
TRIALS = 50
ALL, PRINTED = "all fifty trials", "only the “significant” ones"


@cache
def _luck() -> np.ndarray:
    """The luck of 50 trials: equally likely deviations from the truth, in standard errors."""
    return ndtri((np.arange(TRIALS) + 0.5) / TRIALS)


def small_trials_shine() -> Explorable:
    """Fifty trials of one size and one true effect: what those that are "significant" report."""
    return Explorable(
        name="small_trials_shine",
        title="Why small trials exaggerate",
        controls=(
            Steps(
                "group",
                "People in each group",
                tuple(map(str, GROUPS)),
                "15",
                "Two equal groups. Outside depression most trials have fewer than 50 people.",
                tuple(map(str, GROUPS)),
            ),
            Slider(
                "effect",
                "True effect",
                "SD",
                0.0,
                1.2,
                0.1,
                0.3,
                "The difference that all fifty trials look for, in standard deviations (Hedges' g).",
                (0.0, 0.2, 0.3, 0.5, 0.8),
            ),
            Choice(
                "shown",
                "Published are",
                (ALL, PRINTED),
                ALL,
                "If only “significant” trials are published, the grey ones stay in a drawer.",
            ),
        ),
        stage=_shine_stage,
        view=_shine_view,
        presets={
            "15 a group, a small effect": {},
            "15 a group, no effect": {"effect": 0.0},
            "50 a group, a small effect": {"group": "50"},
            "200 a group, a small effect": {"group": "200"},
            "15 a group, a large effect": {"effect": 0.8},
            "15 a group, only what is published": {"shown": PRINTED},
        },
    )


def _shine_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlim=(-1.5, 2.5), ylim=(-1, TRIALS), xlabel="what a trial reports (SD, with its 95% interval)")
    main.set_yticks([])
    main.set_ylabel("50 simulated trials (model)")
    main.grid(visible=False)
    main.axvline(0, color=BLACK, linewidth=1)
    kinds = {"open": GREY, "found": GREEN, "wrong": VERMILION}
    words = {
        "open": "includes no effect",
        "found": "“significant”, better",
        "wrong": "“significant”, worse",
    }
    artists = {kind: the_rows(main, colour) for kind, colour in kinds.items()}
    artists |= {
        f"{kind} dots": main.plot([], [], "o", color=colour, markersize=3.5)[0]
        for kind, colour in kinds.items()
    }
    truth = main.plot([], [], color=BLUE, linewidth=2.5, label="true effect")[0]
    mean = main.plot(
        [], [], color=GREEN, linewidth=2.5, linestyle=DASHED, label="mean of “significant”, better"
    )[0]
    artists |= {"truth": truth, "mean": mean}
    keys = [
        Line2D([], [], color=kinds[kind], marker="o", markersize=4, label=words[kind]) for kind in kinds
    ]
    legend_above(fig, [*keys, truth, mean], columns=3)
    return Stage(fig, {"main": main}, artists)


def _shine_view(group: str, effect: float, shown: str) -> View:
    n = int(group)
    se = nt.standard_error_of_trial(HEDGES_G, n, effect=effect)
    printed = effect + se * _luck()
    low, high = printed - Z * se, printed + Z * se
    kind = np.where(low > 0, "found", np.where(high < 0, "wrong", "open"))
    chosen = nt.significance_filter(effect, se)
    y = np.arange(TRIALS)
    artists = {}
    for name in ("open", "found", "wrong"):
        these = (kind == name) & ((name != "open") | (shown == ALL))
        artists[name] = segments(low[these], high[these], y[these])
        artists[f"{name} dots"] = (printed[these], y[these])
    artists["truth"] = ([effect] * 2, [-1, TRIALS])
    better = kind == "found"
    artists["mean"] = ([printed[better].mean()] * 2, [-1, TRIALS]) if better.any() else None
    larger = "luck alone" if effect == 0 else f"{chosen.type_m:.1f} times"
    found = int((kind != "open").sum())
    tail = (
        "all by luck" if effect == 0 else f"on average reporting {chosen.type_m:.1f} times the true effect"
    )
    readings = [
        Reading("trials “significant”", f"{found} of {TRIALS}"),
        Reading("chance of it (power)", f"{significant(100 * chosen.power, 2)}%"),
        Reading("they report, on average", larger + (" the truth" if effect else "")),
        Reading(
            "of those, wrong side",
            f"{significant(100 * chosen.type_s, 2)}%" if chosen.type_s >= 0.001 else "below 0.1%",
        ),
        Reading("width of an interval", 2 * Z * se, "SD", 2),
        Reading("people in a trial", f"{2 * n}"),
    ]
    sentence = f"One trial in {1 / chosen.power:.0f} is “significant”, {tail}."
    if chosen.power > 0.5:
        sentence = f"Of 100 trials {100 * chosen.power:.0f} are “significant”, {tail}."
    if shown == PRINTED:
        sentence += " The picture shows only these."
    fits = printed[0] - Z * se > -1.5 and printed[-1] + Z * se < 2.5
    return View(artists, readings, sentence, {"main.x": (-1.5, 2.5) if fits else (-2.5, 3.5)})
