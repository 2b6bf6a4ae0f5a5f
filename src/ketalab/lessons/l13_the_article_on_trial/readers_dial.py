"""What you believed, how you take the trials, and what you should believe then."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l13_the_article_on_trial.figures import trial_marks
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.models import belief
from ketalab.models.depression_trials import points_after_a_day, points_after_four_weeks
from ketalab.plots.style import BLACK, BLUE, GREY, ORANGE, figure, legend_above
from ketalab.text import chance, decimals, interval

DAY, MONTH = "a day after the dose", "after four weeks of spray"
REACH = (-6.0, 18.0)
GRID = np.linspace(*REACH, 481)
DASH_DOT = (0, (3, 1, 0.8, 1))  # short enough to be seen whole in the key
PEAK = 1.0  # density at which the axis ends: above the sharpest belief


@cache
def _trials(outcome: str) -> tuple[pd.DataFrame, Pooled]:
    compared = points_after_a_day() if outcome == DAY else points_after_four_weeks()
    return trial_marks(compared.effects), pool(compared.effects)


def readers_dial() -> Explorable:
    """What you believed, how you take the trials, and what you should believe then."""
    return Explorable(
        name="readers_dial",
        title="How would your verdict move?",
        controls=(
            Choice(
                "outcome",
                "Benefit over control",
                (DAY, MONTH),
                DAY,
                "Points of the MADRS, which runs from 0 to 60; all trials of lesson 05 that printed them.",
            ),
            Slider(
                "before",
                "You expected",
                "points",
                -2,
                10,
                0.5,
                2,
                "Your best guess before these trials.",
                (0, 2, 8),
            ),
            Slider(
                "spread",
                "give or take",
                "points",
                0.5,
                8,
                0.5,
                4,
                "The standard deviation of your belief: small if you were sure.",
                (1, 4),
            ),
            Slider(
                "bias",
                "Take off for poor blinding",
                "points",
                0,
                6,
                0.5,
                0,
                "How much of the trials' difference you put down to expectancy. Nobody has measured it.",
                (0, 3),
                led=True,
            ),
            Slider(
                "worth",
                "Worth having from",
                "points",
                0,
                8,
                0.5,
                2,
                "The smallest benefit that you would find worth having. A judgement.",
                (2, 4),
            ),
        ),
        stage=_dial_stage,
        view=_dial_view,
        presets={
            "An open mind": {},
            "A sceptic": {"before": 0, "spread": 1},
            "An enthusiast": {"before": 8, "spread": 1},
            "A sceptic who doubts the blinding": {"before": 0, "spread": 1, "bias": 3},
            "An open mind that doubts the blinding": {"bias": 3},
            "An open mind, after four weeks": {"outcome": MONTH},
        },
    )


def _dial_stage() -> Stage:
    fig = figure(7.6, 4.6)
    above, below = fig.subplots(2, 1, sharex=True, height_ratios=(1.25, 1))
    above.set(ylim=(0, PEAK), xlim=REACH, ylabel="belief (model)")
    above.set_yticks([])
    below.set(ylim=(10.7, -0.7), xlabel="benefit over control (MADRS points)", ylabel="trials")
    below.set_yticks([])
    below.grid(visible=False, axis="y")
    for axes in (above, below):
        axes.axvline(0, color=GREY, linewidth=1)
    artists = {
        "shade": above.fill_between(GRID, 0 * GRID, color=BLUE, alpha=0.2, linewidth=0),
        "before": above.plot([], [], color=GREY, linestyle="--", label="before")[0],
        "trials": above.plot(
            [], [], color=ORANGE, linestyle=DASH_DOT, label="trials, less what you take off"
        )[0],
        "after": above.plot([], [], color=BLUE, linewidth=2.6, label="after")[0],
        "worth": above.plot([], [], color=BLACK, linestyle=":", linewidth=1.8, label="worth having")[0],
        "limits": below.add_collection(LineCollection([], colors=BLACK, linewidths=1.5)),
        "measured": below.plot(
            [], [], "o", color=BLACK, markerfacecolor="white", markersize=7, label="measured, 95% interval"
        )[0],
    }
    shown = [artists[name] for name in ("before", "trials", "after", "worth", "measured")]
    legend_above(fig, shown, columns=3)
    return Stage(fig, {"belief": above, "trials": below}, artists)


def _dial_view(outcome: str, before: float, spread: float, bias: float, worth: float) -> View:
    marks, pooled = _trials(outcome)
    prior = belief.Belief(before, spread)
    trials = belief.Belief(-pooled.estimate - bias, pooled.se)
    after = belief.combine(prior, trials)
    rows = np.arange(len(marks)) * 10 / (len(marks) - 1)
    density = after.density(GRID)
    artists = {
        "shade": (GRID, 0 * GRID, np.where(worth <= GRID, density, 0)),
        "before": (GRID, prior.density(GRID)),
        "trials": (GRID, trials.density(GRID)),
        "after": (GRID, density),
        "worth": ([worth, worth], [0, PEAK]),
        "measured": (marks.benefit, rows),
        "limits": [[(row.low, y), (row.high, y)] for row, y in zip(marks.itertuples(), rows, strict=True)],
    }
    low, high = after.interval()
    chances = chance(prior.above(worth)), chance(after.above(worth))
    readings = [
        Reading(
            "trials say, before you take off",
            f"{decimals(-pooled.estimate, 1)} ({interval(-pooled.high, -pooled.low, 1)}) points",
        ),
        Reading("you expect now", f"{decimals(after.mean, 1)} ({interval(low, high, 1)}) points"),
        Reading("chance of any benefit, before", chance(prior.above(0))),
        Reading("chance of any benefit, after", chance(after.above(0))),
        Reading(f"chance of {worth:g} {'point' if worth == 1 else 'points'} or more, after", chances[1]),
        Reading("weight of what you believed before", chance(belief.weight(prior, trials))),
    ]
    stays = f"stays {'at ' if chances[1][0].isdigit() else ''}{chances[1]}"
    move = stays if chances[0] == chances[1] else f"goes from {chances[0]} to {chances[1]}"
    sentence = (
        f"You now expect {decimals(after.mean, 1)} points. "
        f"The chance you give to a benefit worth having {move}."
    )
    return View(artists, readings, sentence, {})
