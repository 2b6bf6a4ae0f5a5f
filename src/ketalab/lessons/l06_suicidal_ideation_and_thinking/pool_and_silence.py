"""Pool the trials that printed counts; then add those that did not, as if they found no difference."""

from functools import cache

import numpy as np
from matplotlib.collections import PolyCollection

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l06_suicidal_ideation_and_thinking import trials as ideation
from ketalab.metaanalysis.effect_size import Effects, join
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.plots.style import BLACK, DRUG, GREY, OPEN, PALE, figure, legend_above

EVERYBODY, STRATUM, OUT = "everybody", "depressive disorder only", "left out"
ALL, ACTIVE = "midazolam or placebo", "midazolam only"
IN_ACTIVE = np.array([True, True, True, False, False, False, True, True, False, True, False])


def pool_and_silence() -> Explorable:
    """Pool the trials that printed counts; then add those that did not, as if they found no difference."""
    return Explorable(
        name="pool_and_silence",
        title="What the pool shows, and what it leaves out",
        controls=(
            Choice(
                "abbar",
                "Abbar 2022",
                (EVERYBODY, STRATUM, OUT),
                EVERYBODY,
                "The whole trial, only its people with a depressive disorder, or leave the trial out.",
            ),
            Choice(
                "control",
                "Compared with",
                (ALL, ACTIVE),
                ALL,
                "Midazolam can be felt as well. Choosing it leaves out every trial against saline "
                "or a placebo spray, Abbar 2022 among them.",
            ),
            Slider(
                "silent",
                "Silent trials added",
                "trials",
                0,
                5,
                1,
                0,
                "What if: each trial without published counts, at its real size, as if it had found no "
                "difference. Nobody measured that.",
                (0, 1, 2, 3, 4, 5),
            ),
        ),
        stage=_pool_stage,
        view=_pool_view,
        presets={
            "What was published": {},
            "Abbar: depressive disorder only": {"abbar": STRATUM},
            "Midazolam only": {"control": ACTIVE, "abbar": OUT},
            "The four small silent ones": {"silent": 4},
            "All the silent ones": {"silent": 5},
            "The most sceptical choice": {"abbar": STRATUM, "silent": 5},
        },
    )


@cache
def _rows() -> Effects:
    """The measured trials, then the silent ones."""
    return join(ideation.effects(), ideation.silent())


@cache
def _row_names() -> list[str]:
    about = table("trials").set_index("trial").label
    names = [about[key] for key in ideation.counted().trial]
    names += ["Abbar 2022", "Abbar 2022, depressive"]
    return names + [f"{about[key]}, what if" for key in ideation.SILENT]


def _pool_stage() -> Stage:
    fig = figure(7.6, 4.7)
    main = fig.subplots()
    k = len(_row_names())
    main.set_xscale("log")
    main.set(xlim=(0.08, 60), ylim=(-k - 0.6, 0.6), xlabel="odds ratio of being better with ketamine")
    main.set_xticks([0.1, 0.3, 1, 3, 10, 30], ["0.1", "0.3", "1", "3", "10", "30"])
    main.set_xticks([], minor=True)
    main.set_yticks(-np.arange(k + 1.0), [*_row_names(), "all together"])
    main.get_yticklabels()[-1].set_weight("bold")
    main.axvline(1, color=BLACK, linewidth=1.4)
    main.axhline(-k + 0.5, color=GREY, linewidth=0.8)  # not as thick as an interval
    main.grid(False, axis="y")
    artists = {}
    for name, colour, style in (("out", PALE, "-"), ("measured", DRUG["ketamine"], "-"), ("if", GREY, ":")):
        artists[f"{name} bars"] = main.hlines([], [], [], color=colour, linewidth=2.4, linestyle=style)
        marker = "x" if name == "if" else "o"
        artists[name] = main.plot([], [], marker, color=colour, markersize=9, **OPEN)[0]
    for name, label in (("measured", "measured"), ("if", "what if: no difference"), ("out", "left out")):
        artists[name].set_label(label)
    artists["diamond"] = main.add_collection(PolyCollection([], color=BLACK, label="pool"))
    legend_above(fig, [artists[name] for name in ("measured", "if", "out", "diamond")], columns=4)
    return Stage(fig, {"main": main}, artists)


def _included(abbar: str, control: str, silent: float) -> np.ndarray:
    """Which rows are pooled."""
    inside = np.ones(len(_rows()), bool)
    inside[4], inside[5] = abbar == EVERYBODY, abbar == STRATUM
    inside[6:] = np.arange(len(ideation.SILENT)) < silent
    return inside & IN_ACTIVE if control == ACTIVE else inside


def _pool_view(abbar: str, control: str, silent: float) -> View:
    inside = _included(abbar, control, silent)
    pooled = pool(_rows()[inside])
    low, high = np.exp(_rows().interval())
    middle, y = np.exp(_rows().estimate), -np.arange(len(inside), dtype=float)
    spoken = np.arange(len(inside)) < 6
    artists = {"diamond": [_diamond(pooled, -len(inside))]}
    groups = {"measured": inside & spoken, "if": inside & ~spoken, "out": ~inside & spoken}
    for name, which in groups.items():
        artists[name] = (middle[which], y[which])
        ends = zip(low[which], high[which], y[which], strict=True)
        artists[f"{name} bars"] = [[(a, at), (b, at)] for a, b, at in ends]
    n = pooled.natural
    verdict = "excludes" if pooled.excludes_null else "includes"
    made_up = int((inside & ~spoken).sum())
    if made_up == 1:
        with_what = ", one of them a what-if,"
    else:
        with_what = f", {made_up} of them what-ifs," if made_up else ""
    sentence = (
        f"{pooled.k} trials{with_what} give an odds ratio of {n.estimate:.1f}; "
        f"its interval, {n.low:.1f} to {n.high:.1f}, {verdict} 1 (no difference)."
    )
    readings = [
        Reading("odds ratio, pooled", f"{n.estimate:.2f}"),
        Reading("95% interval", f"{n.low:.2f} to {n.high:.2f}"),
        Reading("trials measured", str(int((inside & spoken).sum()))),
        Reading("silent trials added", str(made_up)),
    ]
    return View(artists, readings, sentence)


def _diamond(pooled: Pooled, y: float) -> list[tuple[float, float]]:
    n = pooled.natural
    return [(n.low, y), (n.estimate, y + 0.32), (n.high, y), (n.estimate, y - 0.32)]
