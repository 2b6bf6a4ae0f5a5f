"""A cohort through the steps of STAR*D, with esketamine at one of them and without."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib.patches import Rectangle
from scipy.optimize import brentq

from ketalab.data import table
from ketalab.explorables.cached_text import stamp
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants.figures import DARK_SPRAY
from ketalab.metaanalysis.effect_size import risk_ratio
from ketalab.models import pathway
from ketalab.plots.axes import round_up
from ketalab.plots.style import BLACK, DRUG, GREEN, GREY, PALE, PURPLE, figure, legend_above
from ketalab.text import decimals, interval

DRAWS = 200
CYCLES = 26
MONTHS = np.arange(CYCLES + 1) * pathway.CYCLE_WEEKS * 12 / 52
NEVER = "no step"
ENTRY = {NEVER: None, "step 2": 1, "step 3": 2, "step 4": 3}
KEPT, STOPPED = "continued once well", "stopped once well"
COUNTED, EVERYBODY = "as counted in STAR*D", "everybody"
PRINTED, AGAIN = "as printed", "as re-analysed"
FATE_COLOUR = {
    "well": GREEN,
    "relapsed": PURPLE,
    "in treatment": "#f0c878",
    "left": "#c9c9c9",
    "all steps used": "#9a9a9a",
}
TOP = list(FATE_COLOUR)[-1]
ROOM = 4.5  # of 100 people: what a number needs in its slice


def _without_spray(at: Mapping[str, object]) -> str | None:
    return "Nobody gets the spray." if at["entry"] == NEVER else None


def four_steps() -> Explorable:
    """A cohort through the steps of STAR*D, with esketamine at one of them and without."""
    return Explorable(
        name="four_steps",
        title="Four steps, with and without esketamine",
        controls=(
            Choice(
                "entry",
                "Esketamine at",
                tuple(ENTRY),
                "step 3",
                "The step at which the spray is added. Its licence asks for two failed drugs: step 3.",
                (NEVER, "step 2", "step 3"),
            ),
            Slider(
                "ratio",
                "Remission with it",
                "times",
                1.0,
                2.5,
                0.05,
                1.55,
                "Remission at that step, against a tablet at that step; about 1.55 in the trial against "
                "quetiapine.",
                (1.0, 1.55, 2.5),
                greyed=_without_spray,
            ),
            Choice(
                "after",
                "The spray is",
                (KEPT, STOPPED),
                KEPT,
                "Continued: the relapse rate of the withdrawal trial, 0.49 times. Stopped: no protection.",
                greyed=_without_spray,
            ),
            Choice(
                "onward",
                "Who goes on, if not well",
                (COUNTED, EVERYBODY),
                COUNTED,
                "Those who start the next step: as many as were counted in STAR*D, or everybody.",
            ),
            Choice(
                "remission",
                "Remission in STAR*D",
                (PRINTED, AGAIN),
                PRINTED,
                "As printed in 2006, or lowered at every step until the total is the 35% of 2023.",
            ),
        ),
        stage=_steps_stage,
        view=_steps_view,
        presets={
            "Spray at step 3, continued": {},
            "Spray at step 3, stopped": {"after": STOPPED},
            "No spray, but nobody leaves": {"entry": NEVER, "onward": EVERYBODY},
            "Spray at step 2": {"entry": "step 2"},
            "Spray at step 3, and nobody leaves": {"onward": EVERYBODY},
            "The re-analysed STAR*D": {"remission": AGAIN},
        },
    )


def _steps_stage() -> Stage:
    fig = figure(7.6, 4.7)
    main, bars = fig.subplots(1, 2, width_ratios=(1.5, 1))
    main.set(xlim=(0, 24), ylim=(0, 60), xlabel="months after the first tablet", ylabel="well (%)")
    main.set_xticks([0, 6, 12, 18, 24])
    main.axvline(12, color=PALE, linewidth=1.4, zorder=0)
    artists = {
        "band without": main.fill_between([0], [0], color=GREY, alpha=0.22, linewidth=0),
        "band with": main.fill_between([0], [0], color=DRUG["esketamine"], alpha=0.35, linewidth=0),
        "without": main.plot([], [], color=GREY, linestyle="--", label="without esketamine, model")[0],
        "with": main.plot([], [], color=DARK_SPRAY, label="with esketamine, model")[0],
        "as counted": main.plot(
            [], [], color=BLACK, linestyle=":", linewidth=1.6, label="no esketamine, as counted"
        )[0],
    }
    keys = [artists["with"], artists["without"], artists["as counted"]]
    legend_above(fig, keys, columns=2)
    bars.set(xlim=(-0.55, 1.55), ylim=(0, 107), ylabel="of 100 people at 12 months, model")
    bars.set_xticks([0, 1], ["without", "with"])
    bars.grid(False)
    bars.spines.left.set_visible(False)
    bars.set_yticks([])
    for which in ("without", "with"):
        for fate, colour in FATE_COLOUR.items():
            artists[f"{which} {fate}"] = bars.add_patch(Rectangle((0, 0), 0, 0, color=colour))
            artists[f"{which} {fate} text"] = stamp(bars, 0, 0, ha="center", va="center", fontsize=12)
    return Stage(fig, {"main": main, "bars": bars}, artists)


@cache
def from_trial(outcome: str) -> tuple[float, float, float]:
    """Remission with esketamine over remission with quetiapine, and its 95% limits [@reif2023]."""
    rows = table("trial_counts").query("trial == 'escapetrd'")
    row = rows[rows.outcome == outcome].iloc[0]
    found = risk_ratio([row.events_active], [row.n_active], [row.events_control], [row.n_control])
    middle, margin = float(found.estimate[0]), 1.959964 * float(found.se[0])
    return tuple(float(np.exp(x)) for x in (middle, middle - margin, middle + margin))


@cache
def relapse_hazard() -> tuple[float, float, float]:
    """Hazard of relapse with the spray continued over changed to placebo, and its limits [@daly2019]."""
    rows = table("antidepressant_outcomes")
    row = rows[(rows.reference == "daly2019") & (rows.unit == "HR")].iloc[0]
    return float(row.value), float(row.low), float(row.high)


@cache
def lowered_to(total: float) -> float:
    """By what to multiply remission at every step so that `total` of all who start reach it."""
    steps = pathway.published()
    return float(
        brentq(lambda f: float(pathway.remission_ever([s.times(f) for s in steps])[0]) - total, 0.1, 1)
    )


@cache
def reanalysed_total() -> float:
    return (
        float(table("stard_steps").query("reference == 'pigott2023' and unit == '%'").value.iloc[0]) / 100
    )


@cache
def base_steps(onward: str, remission: str, draws: int) -> tuple[pathway.Step, ...]:
    """STAR*D's steps under the reader's two assumptions."""
    factor = 1.0 if remission == PRINTED else lowered_to(reanalysed_total())
    steps = [step.times(factor) for step in pathway.published(draws)]
    if onward == EVERYBODY:
        steps = [replace(step, goes_on=1.0) for step in steps]
    return tuple(steps)


def steps_with_spray(
    steps: Sequence[pathway.Step], entry: str, ratio: float, kept: bool, draws: int
) -> list[pathway.Step]:
    """The same steps with esketamine at one of them; with draws its two effects are uncertain, too.

    The spread of the ratio on the logarithmic scale is the trial's, around the value of the slider.
    """
    with_spray = list(steps)
    if ENTRY[entry] is None:
        return with_spray
    middle, low, high = from_trial("remission")
    hazard, least, most = relapse_hazard()
    times, rate = np.asarray(ratio), np.asarray(hazard if kept else 1.0)
    if draws:
        times = pathway.ratio_draws(ratio, ratio * low / middle, ratio * high / middle, draws, seed=31)
        rate = pathway.ratio_draws(hazard, least, most, draws, seed=32) if kept else rate
    at = ENTRY[entry]
    with_spray[at] = with_spray[at].times(times, rate)
    return with_spray


@cache
def _without(onward: str, remission: str) -> tuple[np.ndarray, np.ndarray]:
    """The cohort without esketamine: the middle course, and the draws."""
    return tuple(pathway.cohort(base_steps(onward, remission, draws), CYCLES) for draws in (0, DRAWS))


def _steps_view(entry: str, ratio: float, after: str, onward: str, remission: str) -> View:
    plain, plain_draws = _without(onward, remission)
    courses = [
        pathway.cohort(
            steps_with_spray(base_steps(onward, remission, n), entry, ratio, after == KEPT, n), CYCLES
        )
        for n in (0, DRAWS)
    ]
    spray, spray_draws = courses
    artists: dict[str, object] = {}
    for name, middle, draws in (("without", plain, plain_draws), ("with", spray, spray_draws)):
        low, high = 100 * np.percentile(draws[..., 1], [2.5, 97.5], axis=0)
        artists[f"band {name}"] = (MONTHS, low, high)
        artists[name] = (MONTHS, 100 * middle[0, :, 1])
        artists |= _fates(name, float(name == "with"), middle[0, pathway.YEAR_CYCLES])
    year = pathway.YEAR_CYCLES
    counted = _without(COUNTED, PRINTED)[0][0, :, 1]
    artists["as counted"] = (MONTHS, 100 * counted)
    extra = 100 * (spray[0, year, 1] - plain[0, year, 1])
    low, high = 100 * np.percentile(spray_draws[:, year, 1] - plain_draws[:, year, 1], [2.5, 97.5])
    treated = 100 * _reach(base_steps(onward, remission, 0), entry)
    difference = f"{decimals(extra, 1, sign=True)} ({interval(low, high, 1)})" if ENTRY[entry] else "none"
    readings = [
        Reading("well at 12 months, without", 100 * plain[0, year, 1], "of 100", 3),
        Reading("well at 12 months, with", 100 * spray[0, year, 1], "of 100", 3),
        Reading("difference", difference),
        Reading("well at 12 months, as counted", 100 * counted[year], "of 100", 3),
        Reading("given esketamine", treated, "of 100", 2),
        Reading(
            "more well, of 100 given it", decimals(100 * extra / treated, 1) if treated else "none given"
        ),
        Reading("sessions for one more well", _sessions(treated, extra)),
    ]
    highest = 100 * float(np.percentile(spray_draws[..., 1], 97.5, axis=0).max())
    limits = {"main.y": (0, round_up(max(highest, 60)))}
    return View(artists, readings, _steps_sentence(entry, extra, treated, onward), limits)


def _fates(which: str, x: float, shares: np.ndarray) -> dict[str, object]:
    """The stacked bar of one cohort with its numbers: each in its slice where there is room, and that of a
    thin top slice above the bar."""
    named = dict(zip(pathway.OUTCOMES, 100 * shares, strict=True))
    artists: dict[str, object] = {}
    bottom = 0.0
    for fate in FATE_COLOUR:
        height = float(named[fate])
        artists[f"{which} {fate}"] = (x - 0.42, bottom, 0.84, height)
        name = "used up" if fate == "all steps used" else fate
        above = fate == TOP and 0.5 <= height < ROOM
        text = f"{name} {height:.0f}" if height >= ROOM or above else ""
        artists[f"{which} {fate} text"] = (x, 103.5 if above else bottom + height / 2, text)
        bottom += height
    return artists


def _reach(steps: Sequence[pathway.Step], entry: str) -> float:
    """Share of those who start that comes as far as the step with esketamine."""
    if ENTRY[entry] is None:
        return 0.0
    reached = 1.0
    for step in steps[: ENTRY[entry]]:
        reached *= (1 - float(step.remission)) * float(step.goes_on)
    return reached


@cache
def sessions_in_four_weeks() -> int:
    rows = table("treatment_costs").set_index("item")
    return int(rows.value["sessions in the first four weeks"])


def _sessions(treated: float, extra: float) -> str:
    """Sessions of the first four weeks for one more person well at a year."""
    if extra < 0.05:
        return "nobody more"
    return f"at least {significant(sessions_in_four_weeks() * treated / extra, 2)}"


def _steps_sentence(entry: str, extra: float, treated: float, onward: str) -> str:
    if ENTRY[entry] is None:
        others = "everybody goes on" if onward == EVERYBODY else "as many leave as in STAR*D"
        return f"Nobody gets esketamine here, and {others}: the dotted line is the course as counted."
    return (
        f"Of 100 people who start, {treated:.0f} reach {entry}; with esketamine there, "
        f"{decimals(extra, 1)} "
        "more of the 100 are well at 12 months."
    )
