"""What trials measured, as the clock runs from the end of an infusion to the end of a course."""

from functools import cache

import pandas as pd

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.lessons.l05_hours_not_weeks.figures import MARKER, onset_axes, onset_clock
from ketalab.plots.style import figure
from ketalab.text import count, real_minus

CLOCK = {
    "40 min": 0.7,
    "2 h": 2.0,
    "4 h": 4.0,
    "1 day": 24.0,
    "3 days": 72.0,
    "1 week": 168.0,
    "2 weeks": 336.0,
    "4 weeks": 672.0,
    "6 weeks": 1008.0,
    "end of treatment": onset.END_H,
}
RANGES = {
    onset.RESPONSE: (-45, 67),
    onset.POINTS: (-8, 20),
    onset.SMD: (-0.2, 2.3),
    onset.ALONE: (0, 27),
}
UNITS = {
    onset.RESPONSE: ("in 100", 0),
    onset.POINTS: ("points", 1),
    onset.SMD: ("SD", 2),
    onset.ALONE: ("points", 1),
}
GROUPS = (onset.KETAMINE, onset.ESKETAMINE, onset.ORAL, onset.CONTROL)
PAST = 1.05  # the dashed line is drawn just right of its hour, so that it hides no point


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
                "Up to here you see what was measured; the rest is hidden.",
                ("40 min", "2 h", "1 day", "3 days", "1 week", "2 weeks", "4 weeks", "6 weeks"),
            ),
            Choice(
                "measure",
                "What was measured",
                onset.MEASURES,
                onset.POINTS,
                "Three ways to state a difference between groups, "
                "and the change within each group, which is not one.",
            ),
        ),
        stage=_race_stage,
        view=_race_view,
        presets={
            "The first hour": {"clock": "40 min", "measure": onset.SMD},
            "The next day, against control": {},
            "The next day, each group alone": {"measure": onset.ALONE},
            "Six weeks, people who respond": {"clock": "6 weeks", "measure": onset.RESPONSE},
            "Everything, in points": {"clock": "end of treatment"},
        },
    )


@cache
def _race_rows() -> pd.DataFrame:
    """The measured points in the order of the clock."""
    return onset.measured().sort_values(["measure", "hours", "drug", "control", "value"])


def _race_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    artists = onset_axes(fig, main)
    onset_clock(main)
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
            [(x, low), (x, high)] for x, low, high in zip(bars.hours, bars.low, bars.high, strict=True)
        ]
        for control in MARKER:
            some = mine[(mine.control == control) & ~mine.pool]
            artists[f"{group} {control}"] = (some.hours, some.value) if len(some) else None
        pools = mine[mine.pool]
        artists[f"{group} pools"] = (pools.hours, pools.value) if len(pools) else None
    artists["now"] = ([CLOCK[clock] * PAST] * 2, [0, 1])
    artists["axis"] = f"{measure} (up is better)"
    latest = {group: _latest(rows[rows.drug == group], measure) for group in GROUPS}
    shown = [g for g in GROUPS if g != (onset.ORAL if measure == onset.ALONE else onset.CONTROL)]
    readings = [Reading(group, latest[group]) for group in shown]
    readings.append(Reading("measurements so far", str(len(rows))))
    return View(artists, readings, _race_words(clock, measure, latest), {"main.y": RANGES[measure]})


def _latest(rows: pd.DataFrame, measure: str) -> str:
    """The last measurements of a drug: the range of their values and when."""
    if rows.empty:
        return "not measured yet"
    last = rows[rows.hours == rows.hours.max()]
    unit, digits = UNITS[measure]
    low, high = (real_minus(f"{end:.{digits}f}") for end in (last.value.min(), last.value.max()))
    values = low if low == high else f"{low} to {high}"
    who = last.label.unique()
    of = who[0] if len(who) == 1 else count(len(who), "group" if measure == onset.ALONE else "result")
    return f"{values} {unit} on {_when(last.hours.iloc[0])} ({of})"


def _when(hours: float) -> str:
    if hours == onset.END_H:
        return "the last day of treatment"
    if hours < 1:
        return f"the first day, at {60 * hours:.0f} min"
    if hours < 24:
        return f"the first day, at {hours:.0f} h"
    return f"day {hours / 24:.0f}"


def _race_words(clock: str, measure: str, latest: dict[str, str]) -> str:
    rival = onset.CONTROL if measure == onset.ALONE else onset.ORAL
    other = f"{rival}, {latest[rival]}"
    what = {onset.ALONE: "falls of the score"}.get(measure, "leads over control")
    until = clock.replace("end", "the end", 1)
    return (
        f"The latest {what} up to {until} are: ketamine, {latest[onset.KETAMINE]}; {other}. Different "
        "trials measured at different times, so a change over time is not the course of one group."
    )
