"""Explorable: how much of a difference could belief make, if people guess their arm?"""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.models import blinding
from ketalab.plots.style import BLACK, BLUE, GREY, PURPLE, figure, legend_above
from ketalab.text import real_minus

TRIALS = {
    "Murrough 2013, midazolam, day 1": ("murrough2013", 24),
    "Dwyer 2021, midazolam, day 1": ("dwyer2021", 24),
    "Lapidus 2014, saline, day 1": ("lapidus2014", 24),
    "ASPIRE-I, placebo spray, day 1": ("fu2020", 24),
    "TRANSFORM-2, placebo spray, week 4": ("popova2019", 648),
    "Jelovac 2025, midazolam, week 4": ("jelovac2025", 672),
    "Lii 2023, under anaesthesia, day 1": ("lii2023", 24),
}
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 2}
MOST = 20.0  # points that belief may be worth
BELIEF = np.linspace(0, MOST, 41)


def design_the_blind() -> Explorable:
    """Choose a trial, how many guess right, and what belief is worth: what is left for the drug?"""
    share = {"low": 0, "high": 100, "step": 1}
    return Explorable(
        name="design_the_blind",
        title="Design the blind",
        controls=(
            Choice(
                "trial",
                "Trial",
                tuple(TRIALS),
                next(iter(TRIALS)),
                "The difference it measured, with its interval, is drawn at the left edge.",
                (
                    "Murrough 2013, midazolam, day 1",
                    "TRANSFORM-2, placebo spray, week 4",
                    "Lii 2023, under anaesthesia, day 1",
                ),
            ),
            Slider(
                "treated",
                "On the drug, guess the drug",
                "%",
                **share,
                start=80,
                help="Share of the drug group that believes it got the drug.",
                stops=(50, 80, 100),
            ),
            Slider(
                "control",
                "On control, guess control",
                "%",
                **share,
                start=80,
                help="Share of the control group that believes it did not get the drug.",
                stops=(50, 80, 100),
            ),
            Slider(
                "belief",
                "Belief is worth",
                "points",
                0,
                MOST,
                0.5,
                5,
                "How much better people score because they believe they got it. Nobody has measured this.",
                (0, 5, 10, 20),
            ),
        ),
        stage=_stage,
        view=_view,
        presets={
            "Both groups guess alike": {"treated": 60, "control": 40},
            "Most guess right": {},
            "Everybody knows": {"treated": 100, "control": 100},
            "The masked trial": {
                "trial": "Lii 2023, under anaesthesia, day 1",
                "treated": 60,
                "control": 40,
            },
        },
    )


@cache
def _measured() -> pd.DataFrame:
    """Points better than control, one row a trial of the menu."""
    rows = onset.measured(onset.POINTS)
    rows = rows[~rows.pool].set_index(["reference", "hours"])
    return pd.DataFrame({name: rows.loc[key] for name, key in TRIALS.items()}).T


@cache
def control_groups() -> dict[str, float]:
    """Points by which two control groups improved within a day: belief and everything else."""
    scores = table("trial_scores")
    control = scores[(scores.scale == "MADRS") & (scores.role == "control")]
    midazolam = control.query("trial == 'murrough2013' and kind == 'change' and time_h == 24")[
        "mean"
    ].item()
    asleep = control[(control.trial == "lii2023") & (control.kind == "score")].set_index("time_h")["mean"]
    return {"midazolam group": -midazolam, "saline group, anaesthesia": float(asleep[0] - asleep[24])}


def _stage() -> Stage:
    fig = figure(7.6, 4.5)
    main = fig.subplots()
    main.set(xlim=(-0.9, MOST), ylim=(-12.5, 18))
    main.set_xticks(range(0, int(MOST) + 1, 5))
    main.set_xlabel("what belief is worth (points)")
    main.set_ylabel("left for the drug (points)")
    main.axhline(0, color=GREY, linewidth=1.4)
    for (name, points), y in zip(control_groups().items(), (-9.2, -11.4), strict=True):
        main.plot([points, points], [y, 0], ":", color=GREY, linewidth=1.4)
        main.plot(points, 0, "s", color=GREY, markerfacecolor="white", markeredgewidth=2, markersize=9)
        words = f"{name}: fell by {points:.1f}"
        main.text(points - 0.2, y, words, fontsize=12, ha="right", va="center", color="#3b3b3b")
    artists = {
        "band": main.fill_between([0], [0], color=BLUE, alpha=0.15, linewidth=0),
        "line": main.plot([], [], color=BLUE, label="left for the drug, model")[0],
        "belief": main.plot([], [], "--", color=PURPLE, linewidth=1.8)[0],
        "here": main.plot([], [], "|", color=PURPLE, markersize=18, markeredgewidth=3)[0],
        "bar": main.plot([], [], color=BLACK, linewidth=2.4)[0],
        "point": main.plot(
            [],
            [],
            "o",
            linestyle="none",
            color=BLACK,
            markerfacecolor="white",
            markeredgewidth=2.4,
            markersize=10,
            label="difference, measured",
        )[0],
        "zero": main.plot([], [], "x", color=BLUE, markersize=11, markeredgewidth=3)[0],
        "where": main.text(0.5, 16.4, "", fontsize=12.5, color=BLUE, bbox=WHITE),
    }
    yard = main.plot(
        [],
        [],
        "s",
        color=GREY,
        markerfacecolor="white",
        markeredgewidth=2,
        label="a control group, measured",
    )[0]
    legend_above(fig, [artists["line"], artists["point"], yard], columns=3)
    return Stage(fig, {"main": main}, artists)


def _view(trial: str, treated: float, control: float, belief: float) -> View:
    row = _measured().loc[trial]
    right = treated / 100, control / 100
    line, low, high = (
        blinding.drug_effect_left(end, BELIEF, *right) for end in (row.value, row.low, row.high)
    )
    left = [float(blinding.drug_effect_left(end, belief, *right)) for end in (row.value, row.low, row.high)]
    enough = blinding.belief_that_explains(row.value, *right)
    seen = enough <= MOST
    artists = {
        "band": (BELIEF, low, high),
        "line": (BELIEF, line),
        "belief": ([belief, belief], [-7.5, 15]),  # between the words, which it would cross
        "here": ([belief], [left[0]]),
        "bar": ([0, 0], [row.low, row.high]),
        "point": ([0], [row.value]),
        "zero": ([enough], [0]) if seen else None,
        "where": f"× nothing is left for the drug if belief is worth {enough:.1f} points" if seen else None,
    }
    gap = 100 * float(blinding.unblinding(*right))
    readings = [
        Reading("measured: drug better by", _span(row.value, row.low, row.high)),
        Reading("unblinding (100%: everybody knows)", real_minus(f"{gap:.0f}%")),
        Reading("left for the drug (model)", _span(*left)),
        Reading(
            "belief that explains it all", f"{enough:.1f} points" if np.isfinite(enough) else "none could"
        ),
    ]
    return View(artists, readings, _words(gap, belief, left, enough))


def count_points(points: float) -> str:
    """Points in words: "1 point", "2.5 points"."""
    return f"{points:g} point{'' if points == 1 else 's'}"


def _span(value: float, low: float, high: float) -> str:
    return real_minus(f"{value:.1f} points ({low:.1f} to {high:.1f})")


def _words(gap: float, belief: float, left: list[float], enough: float) -> str:
    if gap <= 0:
        return (
            "At least as many of the control group as of the drug group believe that they got the drug, so "
            "belief cannot explain the difference."
        )
    drug = real_minus(f"{left[0]:.1f}")
    return (
        f"If belief is worth {count_points(belief)}, the drug is left with {drug} points; belief "
        f"would have "
        f"to be worth {enough:.1f} points to explain the whole difference."
    )
