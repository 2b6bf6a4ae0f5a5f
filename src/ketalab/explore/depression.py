"""Explorables on trials in depression: who is better and when, and which trials make the estimate."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.draw.depression import MARKER, clock_axis, onset_axes
from ketalab.draw.forest import ForestParts, forest_parts
from ketalab.evidence import depression, onset
from ketalab.evidence.depression import ACTIVE, HIDDEN, INACTIVE, Comparison
from ketalab.evidence.meta_analysis import Pooled, pool
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Steps
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.style import figure

# The race -------------------------------------------------------------------------------------------

CLOCK = {
    "40 min": 0.7,
    "2 h": 2.0,
    "4 h": 4.0,
    "1 day": 24.0,
    "3 days": 96.0,
    "1 week": 168.0,
    "2 weeks": 420.0,
    "4 weeks": 700.0,
    "6 weeks": 1008.0,
    "end of treatment": onset.END_H,
}
RANGES = {
    onset.RESPONSE: (-45, 67),
    onset.POINTS: (-8, 17),
    onset.SPREADS: (-0.2, 2.3),
    onset.ALONE: (0, 27),
}
UNITS = {
    onset.RESPONSE: ("in 100", 0),
    onset.POINTS: ("points", 1),
    onset.SPREADS: ("SD", 2),
    onset.ALONE: ("points", 1),
}
GROUPS = (onset.KETAMINE, onset.ESKETAMINE, onset.ORAL, onset.CONTROL)
EDGE = {
    "40 min": 1.2,
    "2 h": 2.9,
    "4 h": 8.0,
    "1 day": 52.0,
    "3 days": 125.0,
    "1 week": 250.0,
    "2 weeks": 520.0,
    "4 weeks": 985.0,
    "6 weeks": 1300.0,
    "end of treatment": 2300.0,
}  # hours at which the line is drawn that hides what comes later: between the crowds of points
APART = 0.065  # natural logarithm between points that were measured at one hour


def onset_race() -> Explorable:
    """What trials measured, as the clock runs from the end of an infusion to the end of a course."""
    return Explorable(
        name="onset_race",
        title="Who is better, and when",
        controls=(
            Steps(
                "clock",
                "Time after the first dose",
                tuple(CLOCK),
                "1 day",
                "How far you have looked ahead. What was measured later stays hidden.",
                ("40 min", "2 h", "1 day", "3 days", "1 week", "2 weeks", "4 weeks", "6 weeks"),
            ),
            Choice(
                "measure",
                "What was measured",
                onset.MEASURES,
                onset.POINTS,
                "Four ways to print a result. Points are not people, and a group is not a difference.",
            ),
        ),
        stage=_race_stage,
        view=_race_view,
        presets={
            "The first hour": {"clock": "40 min", "measure": onset.SPREADS},
            "The next day, against control": {},
            "The next day, each group alone": {"measure": onset.ALONE},
            "Six weeks, people who respond": {"clock": "6 weeks", "measure": onset.RESPONSE},
            "Everything, in points": {"clock": "end of treatment"},
        },
    )


@cache
def _race_rows() -> pd.DataFrame:
    """The measured points, those of one hour set apart side by side."""
    rows = onset.measured().sort_values(["measure", "hours", "drug", "control", "value"])
    same = rows.groupby(["measure", "hours"])
    place = same.cumcount() - (same.hours.transform("size") - 1) / 2
    return rows.assign(x=rows.hours * np.exp(APART * place))


def _race_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    artists = onset_axes(fig, main)
    clock_axis(main)
    main.set_title(" ", fontsize=12.5)  # keeps the room that the name of the measure needs
    artists["now"] = main.axvline(24, color="#6b6b6b", linestyle="--", linewidth=1.4)
    artists["axis"] = main.text(0.01, 1.0, "", transform=main.transAxes, va="bottom", fontsize=12.5)
    return Stage(fig, {"main": main}, artists)


@cache  # forty settings in all
def _race_view(clock: str, measure: str) -> View:
    rows = _race_rows()
    rows = rows[(rows.measure == measure) & (rows.hours <= CLOCK[clock])]
    artists: dict = {}
    for group in GROUPS:
        mine = rows[rows.drug == group]
        bars = mine[mine.low.notna()]
        artists[f"{group} bars"] = [
            [(x, low), (x, high)] for x, low, high in zip(bars.x, bars.low, bars.high, strict=True)
        ]
        for control in MARKER:
            some = mine[(mine.control == control) & ~mine.pool]
            artists[f"{group} {control}"] = (some.x, some.value) if len(some) else None
        pools = mine[mine.pool]
        artists[f"{group} pools"] = (pools.x, pools.value) if len(pools) else None
    artists["now"] = ([EDGE[clock]] * 2, [0, 1])
    artists["axis"] = f"{measure} (up is better)"
    latest = {group: _latest(rows[rows.drug == group], measure) for group in GROUPS}
    shown = GROUPS if measure == onset.ALONE else GROUPS[:3]
    readings = [Reading(group, latest[group]) for group in shown]
    readings.append(Reading("measurements so far", str(len(rows))))
    return View(artists, readings, _race_words(clock, measure, latest), {"main.y": RANGES[measure]})


def _latest(rows: pd.DataFrame, measure: str) -> str:
    """The last measurements of a drug: the range of their values and when."""
    if rows.empty:
        return "nothing measured yet"
    last = rows[rows.hours == rows.hours.max()]
    unit, digits = UNITS[measure]
    low, high = (f"{end:.{digits}f}".replace("-", "−") for end in (last.value.min(), last.value.max()))
    values = low if low == high else f"{low} to {high}"
    return f"{values} {unit}, {_when(last.hours.iloc[0])}"


def _when(hours: float) -> str:
    if hours == onset.END_H:
        return "end of treatment"
    if hours < 1:
        return f"{60 * hours:.0f} min"
    if hours < 24:
        return f"{hours:.0f} h"
    return f"day {hours / 24:.0f}"


def _race_words(clock: str, measure: str, latest: dict[str, str]) -> str:
    subject = {onset.ALONE: "Better than before"}.get(measure, "Better than control")
    return (
        f"{subject}, as last measured by {clock}: ketamine {latest[onset.KETAMINE]}; "
        f"oral antidepressants {latest[onset.ORAL]}."
    )


# Which trials ---------------------------------------------------------------------------------------

BOTH, ANY, NOBODY = "both drugs", "any control", "no trial"
IN, OUT = "counted", "left out"
AWAKE = "awake controls only"
INTERVALS = {"Hartung-Knapp": "hartung-knapp", "normal": "normal"}
KINDS = (ACTIVE, INACTIVE, HIDDEN)


def which_trials() -> Explorable:
    """Points on the depression scale a day after the first dose: choose the trials, watch the estimate."""
    return Explorable(
        name="which_trials",
        title="Which trials make the estimate?",
        controls=(
            Choice(
                "drug",
                "Drug",
                (BOTH, "racemic ketamine", "esketamine"),
                BOTH,
                "Esketamine is given as a spray, mostly beside a new tablet or standard care.",
            ),
            Choice(
                "control",
                "Control group",
                (ANY, AWAKE, *KINDS),
                ANY,
                "What the others got: nothing active, a sedative, or saline in a full anaesthesia.",
            ),
            Choice(
                "crossover",
                "Crossover trials",
                (IN, OUT),
                IN,
                "In a crossover everybody gets both, one after the other, and can compare.",
            ),
            Choice(
                "interval",
                "Interval",
                tuple(INTERVALS),
                next(iter(INTERVALS)),
                "Hartung and Knapp's is honest about few trials, to the point of saying nothing with two.",
            ),
            Steps(
                "without",
                "Leave out",
                (NOBODY, *_day().about.label),
                NOBODY,
                "Take any one trial out and see whether the answer hangs on it.",
                (NOBODY,),
            ),
        ),
        stage=_trials_stage,
        view=_trials_view,
        presets={
            "All ten": {},
            "Midazolam, honest about two trials": {"control": ACTIVE},
            "Midazolam, as if two were many": {"control": ACTIVE, "interval": "normal"},
            "Esketamine spray": {"drug": "esketamine"},
            "No crossover trials": {"crossover": OUT},
            "Only the masked trial": {"control": HIDDEN},
        },
    )


@cache
def _day() -> Comparison:
    """The trials in the order of the plot: by kind of control, then by effect."""
    day = depression.points_after_a_day()
    kind = day.about.control.map(KINDS.index).to_numpy()
    order = np.lexsort((day.effects.estimate, kind))
    return Comparison(day.about.iloc[order].reset_index(drop=True), day.effects[order])


@cache
def _trials_parts() -> ForestParts:
    day = _day()
    against = day.about.comparator.str.split(" ").str[0].replace("placebo", "spray")
    names = dict(zip(day.about.label, day.about.label + ", " + against, strict=True))
    return forest_parts(
        day.effects,
        pool(day.effects),
        order="given",
        favours=("drug better", "control better"),
        names=names.get,
        headings={"name": "Trial, control group"},
        limits=(-17, 4),
        width=7.6,
        live=True,
    )


def _trials_stage() -> Stage:
    _trials_parts.cache_clear()  # a figure belongs to one canvas
    parts = _trials_parts()
    return Stage(parts.figure, parts.axes, parts.artists)


def _chosen(drug: str, control: str, crossover: str, without: str) -> np.ndarray:
    about = _day().about
    inside = np.ones(len(about), bool)
    if drug != BOTH:
        inside &= (about.drug == drug).to_numpy()
    if control == AWAKE:
        inside &= (about.control != HIDDEN).to_numpy()
    elif control != ANY:
        inside &= (about.control == control).to_numpy()
    if crossover == OUT:
        inside &= (about.design != "crossover").to_numpy()
    return inside & (about.label != without).to_numpy()


def _trials_view(drug: str, control: str, crossover: str, interval: str, without: str) -> View:
    day, inside = _day(), _chosen(drug, control, crossover, without)
    how = INTERVALS[interval]
    pooled = pool(day.effects[inside], interval=how) if inside.any() else None
    artists = _trials_parts().view(pooled, inside)
    readings = [Reading("trials", str(inside.sum())), Reading("people", f"{day.about.n[inside].sum():.0f}")]
    return View(artists, [*readings, *_pooled_readings(pooled)], _pooled_words(pooled))


def _pooled_readings(pooled: Pooled | None) -> list[Reading]:
    if pooled is None:
        return [Reading("points, drug minus control", "nothing to pool")]
    name = "points, drug minus control" if pooled.k > 1 else "points, one trial"
    readings = [
        Reading(name, _points(pooled.estimate)),
        Reading("95 % interval", f"{_points(pooled.low)} to {_points(pooled.high)}"),
    ]
    if np.isfinite(pooled.prediction_low):
        ends = f"{_points(pooled.prediction_low)} to {_points(pooled.prediction_high)}"
        readings.append(Reading("a new trial's true effect", ends))
    if pooled.k > 1:
        readings.append(Reading("spread chance does not explain", f"{100 * pooled.i2:.0f} %"))
    return readings


def _points(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _pooled_words(pooled: Pooled | None) -> str:
    if pooled is None:
        return "No trial is left."
    who = f"{pooled.k} trials pooled" if pooled.k > 1 else "One trial"
    verdict = (
        "the interval leaves no room for zero" if pooled.excludes_null else "zero is inside the interval"
    )
    side = "lower" if pooled.estimate < 0 else "higher"
    return (
        f"{who}: {_points(abs(pooled.estimate))} points {side} than control a day after the first dose; "
        f"{verdict}."
    )
