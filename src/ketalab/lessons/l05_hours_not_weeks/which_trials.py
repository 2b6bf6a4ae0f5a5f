"""Points on the depression scale a day after the first dose: choose the trials, watch the estimate."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.models import depression_trials as depression
from ketalab.models.depression_trials import ACTIVE, HIDDEN, INACTIVE, Comparison
from ketalab.plots.forest import ForestParts, forest_parts
from ketalab.plots.style import course_look
from ketalab.text import grouped, real_minus

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
                "What the others got: nothing active, a sedative, or saline during general anaesthesia.",
            ),
            Choice(
                "crossover",
                "Crossover trials",
                (IN, OUT),
                IN,
                "In a crossover trial everybody gets both treatments, one after the other, and so can "
                "compare them.",
            ),
            Choice(
                "interval",
                "Interval",
                tuple(INTERVALS),
                next(iter(INTERVALS)),
                "The Hartung-Knapp interval widens when trials are few; with two it says almost nothing.",
            ),
            Steps(
                "without",
                "Leave out",
                (NOBODY, *_day().about.label),
                NOBODY,
                "Leave out any one trial and see whether the estimate depends on it.",
                (NOBODY,),
            ),
        ),
        stage=_trials_stage,
        view=_trials_view,
        presets={
            "All ten": {},
            "Midazolam: two trials, the wide interval": {"control": ACTIVE},
            "Midazolam: two trials, the normal interval": {"control": ACTIVE, "interval": "normal"},
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
    with course_look():  # whoever asks first, the words are as wide as in every picture
        return forest_parts(
            day.effects,
            pool(day.effects),
            order="given",
            favours=("drug better", "control better"),
            names=names.get,
            headings={"name": "Trial, control group", "estimate": "points [95% interval]"},
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
    each = day.about.n / (1 + (day.about.design == "crossover"))  # there everybody is in both groups
    people = grouped(each[inside].sum())
    readings = [Reading("trials", str(inside.sum())), Reading("people", people)]
    return View(artists, [*readings, *_pooled_readings(pooled)], _pooled_words(pooled))


def _pooled_readings(pooled: Pooled | None) -> list[Reading]:
    if pooled is None:
        return [Reading("points, drug minus control", "nothing to pool")]
    name = "points, drug minus control" if pooled.k > 1 else "points, one trial"
    readings = [
        Reading(name, _points(pooled.estimate)),
        Reading("95% interval", f"{_points(pooled.low)} to {_points(pooled.high)}"),
    ]
    if np.isfinite(pooled.prediction_low):
        ends = f"{_points(pooled.prediction_low)} to {_points(pooled.prediction_high)}"
        readings.append(Reading("a new trial's true effect", ends))
    if pooled.k > 1:
        readings.append(Reading("variation beyond chance (I²)", f"{100 * pooled.i2:.0f}%"))
    return readings


def _points(value: float) -> str:
    return real_minus(f"{value:.1f}")


def _pooled_words(pooled: Pooled | None) -> str:
    if pooled is None:
        return "No trial is left."
    who = f"{pooled.k} trials pooled" if pooled.k > 1 else "One trial"
    verdict = "the interval excludes zero" if pooled.excludes_null else "the interval includes zero"
    side = "lower" if pooled.estimate < 0 else "higher"
    return (
        f"{who}: {_points(abs(pooled.estimate))} points {side} than control a day after the first dose; "
        f"{verdict}."
    )
