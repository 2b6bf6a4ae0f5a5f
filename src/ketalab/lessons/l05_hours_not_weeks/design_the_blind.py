"""Explorable: how much of a difference could belief make, if people guess their arm?

Below, the expected value: what is left for the drug, whatever belief is worth. Above, the same model person
by person: trials of the chosen design are drawn one after the other, each with its own people and luck.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.metaanalysis.effect_size import normal_quantile
from ketalab.models import blinding
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, PURPLE, figure, legend_above
from ketalab.text import decimals, interval

# Parallel trials whose people are counted arm by arm, so that they can be drawn person by person.
TRIALS = {
    "Murrough 2013, midazolam, day 1": ("murrough2013", 24),
    "TRANSFORM-2, placebo spray, week 4": ("popova2019", 648),
    "Jelovac 2025, midazolam, week 4": ("jelovac2025", 672),
    "Lii 2023, under anaesthesia, day 1": ("lii2023", 24),
}
DRAWS = 20
MOST = 20.0  # points that belief may be worth
BELIEF = np.linspace(0, MOST, 41)
TREATED, CONTROL = 3.0, 2.0  # where the arms stand in the picture of people
SPREAD_OUT = 0.38  # how far from there a person may stand
WORDS_ABOVE = 27.0  # points: over every band, also where the control group believes more
POINTS = (-45.0, 50.0)  # what the people of all drawn trials have in common
BETTER = "points better than the control group is expected to be"


def design_the_blind() -> Explorable:
    """Choose a trial, how many guess right, and what belief is worth: what is left for the drug?"""
    share = {"low": 40, "high": 100, "step": 10}
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
            ),
            Slider(
                "treated",
                "Guess right, drug group",
                "%",
                **share,
                start=80,
                help="Share of the drug group that believes it got the drug.",
            ),
            Slider(
                "control",
                "Guess right, control group",
                "%",
                **share,
                start=80,
                help="Share of the control group that believes it did not get the drug.",
            ),
            Slider(
                "belief",
                "Belief is worth",
                "points",
                0,
                16,
                4,
                8,
                "How much better people score because they believe they got it. Nobody has measured this.",
            ),
            Steps(
                "draw",
                "Trial number",
                tuple(map(str, range(1, DRAWS + 1))),
                "1",
                "Draws the next trial of the same design: the same truth, other people.",
            ),
        ),
        stage=_stage,
        view=_view,
        presets={
            "Both groups guess alike": {"treated": 60, "control": 40},
            "Most guess right": {},
            "Six in ten guess right": {"treated": 60, "control": 60},
            "Everybody knows": {"treated": 100, "control": 100},
            "Everybody knows, twenty trials": {"treated": 100, "control": 100, "draw": str(DRAWS)},
            "The masked trial": {
                "trial": "Lii 2023, under anaesthesia, day 1",
                "treated": 60,
                "control": 40,
            },
        },
    )


# What was measured ----------------------------------------------------------------------------------


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
    return {"midazolam": -midazolam, "saline, asleep": float(asleep[0] - asleep[24])}


class Design(NamedTuple):
    """A trial as it was made: people on the drug and on control, and how far people of an arm differ."""

    people: tuple[int, int]
    spread: float


@cache
def design(trial: str) -> Design:
    """The people that the trial analysed, and the standard deviation (points) that its interval implies."""
    reference, hours = TRIALS[trial]
    rows = table("trial_differences")
    rows = rows[(rows.reference == reference) & (rows.time_h == hours) & (rows.scale == "MADRS")]
    counted = rows[rows.poolable == "yes"].iloc[0]
    if pd.isna(counted.n_active):  # not printed beside the difference
        counted = table("trials").set_index("trial").loc[counted.trial]
    people = int(counted.n_active), int(counted.n_control)
    row = _measured().loc[trial]
    error = (row.high - row.low) / (2 * normal_quantile(0.95))
    return Design(people, float(error / np.sqrt(sum(1 / size for size in people))))


def trials_of(
    trial: str, treated: float, control: float, belief: float, seeds: Iterable[int]
) -> tuple[blinding.Trial, ...]:
    """Trials of one design, one for each seed, whose expected difference is the one that was measured.

    The drug is worth what belief leaves it, and people of an arm differ by as much in all as the trial's
    interval implies. Points are counted from the control group's expected mean.
    """
    p, q = treated / 100, control / 100
    people, spread = design(trial)
    left = float(blinding.drug_effect_left(_measured().loc[trial].value, belief, p, q))
    rest = [blinding.spread_beside_belief(spread, belief, share) for share in (p, 1 - q)]
    setting = {"drug": left, "belief": belief, "right_treated": p, "right_control": q}
    setting |= {"base": -belief * (1 - q), "spread": tuple(rest)}
    return tuple(blinding.simulate(people, seed, **setting) for seed in seeds)


@lru_cache(256)
def draws(trial: str, treated: float, control: float, belief: float) -> tuple[blinding.Trial, ...]:
    """The trials that a reader can page through."""
    return trials_of(trial, treated, control, belief, range(1, DRAWS + 1))


# The picture ----------------------------------------------------------------------------------------


def _stage() -> Stage:
    fig = figure(7.6, 5.3)
    people, trials, main = fig.subplots(3, 1, height_ratios=[1.1, 0.85, 1.3])
    fig.get_layout_engine().set(h_pad=0.02, hspace=0.0)
    artists = _people(people) | _trials(trials) | _sum(main)
    keys = [
        Line2D([], [], **_dot(GREY, filled=True), label="believes it got the drug"),
        Line2D([], [], **_dot(GREY, filled=False), label="does not believe it"),
        Line2D([], [], color=GREEN, linewidth=2.5, label="interval above zero"),
        Line2D([], [], color=GREY, linewidth=2.5, label="not above zero"),
        artists["line"],
        artists["point"],
    ]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"people": people, "trials": trials, "main": main}, artists)


def _dot(colour: str, *, filled: bool) -> dict:
    """How a person looks."""
    face = colour if filled else "white"
    return {
        "marker": "o",
        "linestyle": "none",
        "color": colour,
        "markerfacecolor": face,
        "markersize": 5,
        "markeredgewidth": 1.1,
    }


def _expected(axes: Axes) -> Line2D:
    """A line from top to bottom: only its place across is a number."""
    look = {"color": BLUE, "linewidth": 1.6, "label": "difference expected"}
    return axes.plot([], [], "--", transform=axes.get_xaxis_transform(), **look)[0]


def _people(axes: Axes) -> dict:
    """The people of the trial that is drawn and the means of its arms."""
    axes.set(xlim=POINTS, ylim=(CONTROL - 0.5, TREATED + 0.5))
    axes.set_yticks([TREATED, CONTROL], ["drug", "control"])
    axes.set_xlabel(BETTER).set_visible(False)  # it stands under the trials
    axes.tick_params(labelbottom=False)
    axes.grid(visible=False)
    axes.axvline(0, color=GREY, linewidth=1.4)
    artists = {}
    for arm, colour in (("drug", BLUE), ("control", GREY)):
        for filled, words in ((True, "believes"), (False, "does not believe")):
            (dots,) = axes.plot([], [], **_dot(colour, filled=filled), label=f"{arm} group, {words}")
            artists[f"{arm} {words}"] = dots
    artists["truth"] = _expected(axes)
    artists["means"] = axes.plot(
        [],
        [],
        "|",
        color=BLACK,
        markersize=30,
        markeredgewidth=3,
        linestyle="none",
        label="mean of the group",
    )[0]
    return artists


def _trials(axes: Axes) -> dict:
    """What the trials drawn so far have found."""
    axes.set(xlim=POINTS, ylim=(DRAWS + 0.9, 0.1), xlabel=BETTER)
    axes.set_yticks([1, 10, 20])
    axes.set_ylabel("trial")
    axes.grid(visible=False)
    axes.axvline(0, color=GREY, linewidth=1.4)
    words = "dashed: expected\nthick: this trial\nupright bar: mean"
    axes.text(POINTS[1], 10.5, words, fontsize=12, ha="right", va="center", color="#3b3b3b")
    artists = {"truth below": _expected(axes)}
    for name, colour in (("not above zero", GREY), ("above zero", GREEN)):
        bars = LineCollection([], colors=colour, linewidths=2, label=f"interval {name}")
        artists[name] = axes.add_collection(bars)
    artists["this bar"] = axes.plot([], [], color=BLACK, linewidth=4.5, label="this trial, interval")[0]
    artists["differences"] = axes.plot(
        [], [], "o", color=BLACK, markersize=3, linestyle="none", label="difference found"
    )[0]
    artists["tally"] = axes.text(POINTS[0] + 1, 10.5, "", fontsize=12.5, va="center", color=BLACK)
    return artists


def _sum(axes: Axes) -> dict:
    """What is left for the drug, whatever belief is worth."""
    axes.set(xlim=(-0.9, MOST), ylim=(-28, 34))
    axes.set_yticks([-20, 0, 20])
    axes.set_xticks(range(0, int(MOST) + 1, 5))
    axes.set_xlabel("what belief is worth (points)", labelpad=2)
    axes.set_ylabel("left for\nthe drug")
    axes.axhline(0, color=GREY, linewidth=1.4)
    groups = control_groups()
    for points in groups.values():
        axes.plot(points, 0, "s", color=GREY, markerfacecolor="white", markeredgewidth=2, markersize=8)
    fell = " and ".join(f"{points:.1f} ({name})" for name, points in groups.items())
    words = {"fontsize": 12, "va": "center", "color": "#3b3b3b"}
    axes.text(-0.4, WORDS_ABOVE, f"squares: control groups fell by {fell}", **words)
    axes.text(-0.4, -22.5, "purple: belief as you set it", **words)
    return {
        "band": axes.fill_between([0], [0], color=BLUE, alpha=0.15, linewidth=0),
        "line": axes.plot([], [], color=BLUE, label="left for the drug, model")[0],
        "belief": axes.plot([], [], "--", color=PURPLE, linewidth=1.8)[0],
        "here": axes.plot([], [], "|", color=PURPLE, markersize=18, markeredgewidth=3)[0],
        "bar": axes.plot([], [], color=BLACK, linewidth=2.4)[0],
        "point": axes.plot(
            [],
            [],
            "o",
            linestyle="none",
            color=BLACK,
            markerfacecolor="white",
            markeredgewidth=2.4,
            markersize=9,
            label="difference, measured",
        )[0],
        "zero": axes.plot([], [], "x", color=BLUE, markersize=11, markeredgewidth=3)[0],
        "where": axes.text(-0.4, -11.5, "", fontsize=12, color=BLUE, va="center"),
    }


def _view(trial: str, treated: float, control: float, belief: float, draw: str) -> View:
    row = _measured().loc[trial]
    right = treated / 100, control / 100
    line, low, high = (
        blinding.drug_effect_left(end, BELIEF, *right) for end in (row.value, row.low, row.high)
    )
    left = [float(blinding.drug_effect_left(end, belief, *right)) for end in (row.value, row.low, row.high)]
    enough = blinding.belief_that_explains(row.value, *right)
    so_far = draws(trial, treated, control, belief)[: int(draw)]
    artists = _drawn(so_far, row.value) | {
        "band": (BELIEF, low, high),
        "line": (BELIEF, line),
        "belief": ([belief, belief], [-6, 17]),  # between the words, which it would cross
        "here": ([belief], [left[0]]),
        "bar": ([0, 0], [row.low, row.high]),
        "point": ([0], [row.value]),
        "zero": ([enough], [0]) if enough <= MOST else None,
        "where": f"× nothing left at {enough:.1f} points" if enough <= MOST else None,
    }
    gap = round(100 * float(blinding.unblinding(*right)))
    this, above = so_far[-1], sum(one.interval[0] > 0 for one in so_far)
    readings = [
        Reading("measured (points)", _span(row.value, row.low, row.high)),
        Reading("blind failed by", f"{decimals(gap, 0)}%"),
        Reading("left for the drug", _span(*left)),
        Reading("nothing left at", f"{enough:.1f} points" if np.isfinite(enough) else "no belief"),
        Reading("this trial", _span(this.difference, *this.interval)),
        Reading("guessed right", _guesses(this)),
        Reading("above zero so far", f"{above} of {draw}"),
    ]
    return View(artists, readings, f"{_words(gap, belief, left, enough)} {_drawn_words(so_far)}")


def _drawn(so_far: tuple[blinding.Trial, ...], expected: float) -> dict:
    """Where the people of the last trial stand, and what all so far have found."""
    this = so_far[-1]
    y = np.where(this.treated, TREATED, CONTROL) + SPREAD_OUT * _scattered(this.treated.size)
    artists = {}
    for arm, own in (("drug", this.treated), ("control", ~this.treated)):
        for words, who in (("does not believe", own & ~this.believes), ("believes", own & this.believes)):
            artists[f"{arm} {words}"] = (this.improvement[who], y[who]) if who.any() else None
    rows = np.arange(1, len(so_far) + 1)
    ends = np.array([one.interval for one in so_far])
    bars = [[(low, at), (high, at)] for (low, high), at in zip(ends, rows, strict=True)]
    above = ends[:, 0] > 0
    return artists | {
        "truth": ([expected, expected], [0, 1]),
        "means": (
            [this.improvement[this.treated].mean(), this.improvement[~this.treated].mean()],
            [TREATED, CONTROL],
        ),
        "truth below": ([expected, expected], [0, 1]),
        "not above zero": [bar for bar, good in zip(bars, above, strict=True) if not good],
        "above zero": [bar for bar, good in zip(bars, above, strict=True) if good],
        "this bar": (ends[-1], [rows[-1]] * 2),
        "differences": ([one.difference for one in so_far], rows),
        "tally": f"intervals above\nzero: {above.sum()} of {len(so_far)}",
    }


@cache
def _scattered(count: int) -> NDArray[np.float64]:
    """Heights from -1 to 1 at which neighbours in a list stand far apart."""
    return 2 * ((np.arange(count) * 0.6180339887) % 1) - 1


def count_points(points: float) -> str:
    """Points in words: "1 point", "2.5 points"."""
    return f"{points:g} point{'' if points == 1 else 's'}"


def _span(value: float, low: float, high: float) -> str:
    return f"{decimals(value, 1)} ({interval(low, high, 1)})"


def _guesses(trial: blinding.Trial) -> str:
    people = int(trial.treated.sum()), int((~trial.treated).sum())
    counts = (round(share * size) for share, size in zip(trial.right, people, strict=True))
    return ", ".join(f"{count} of {size}" for count, size in zip(counts, people, strict=True))


def _words(gap: float, belief: float, left: list[float], enough: float) -> str:
    if gap <= 0:
        more = "Both groups believe alike" if gap == 0 else "The control group believes more"
        return f"{more}, so belief cannot explain the difference."
    return (
        f"Belief worth {count_points(belief)} leaves {decimals(left[0], 1)} points for the drug; "
        f"worth {enough:.1f}, it leaves nothing."
    )


def _drawn_words(so_far: tuple[blinding.Trial, ...]) -> str:
    this = so_far[-1]
    found = "is above zero" if this.interval[0] > 0 else "is not above zero"
    number, points = len(so_far), decimals(this.difference, 1)
    return f"Simulated trial {number} finds {points} points, and its interval {found}."
