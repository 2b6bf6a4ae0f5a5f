"""Explorables of the lesson on traditional antidepressants: hundred people, two labels, four steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from scipy.optimize import brentq

from ketalab.draw.antidepressants import DARK_SPRAY, ORAL
from ketalab.evidence import table
from ketalab.evidence.comparators import classes, on_placebo, with_and_without
from ketalab.evidence.effect_size import risk_ratio
from ketalab.evidence.number_needed import newcombe_interval, wilson_interval
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.explore.plasma import ceiling
from ketalab.explore.stamp import stamp
from ketalab.models import pathway
from ketalab.style import BLACK, BLUE, DRUG, GREEN, GREY, PALE, PURPLE, figure, legend_above

# Hundred people ------------------------------------------------------------------------------------

TIMES = {
    "day 1": (24,),
    "week 1": (168,),
    "week 2": (336,),
    "week 4": (648, 672),
    "end of tablet trials": (),
}
END = "end of tablet trials"


@dataclass(frozen=True)
class Study:
    """A ketamine trial as the icons show it: its rows in `trial_counts`, and how many were randomised."""

    trial: str
    active: str
    drug: str
    control: str
    people: str
    randomised: tuple[int, int] | None = None


STUDIES = {
    "infusion or midazolam (Murrough 2013)": Study(
        "murrough2013",
        "ketamine",
        "ketamine\ninfusion",
        "midazolam\ninfusion",
        "drugs had failed, off drugs",
    ),
    "infusion under anaesthesia (Lii 2023)": Study(
        "lii2023", "ketamine", "ketamine,\nasleep", "saline,\nasleep", "depressed, having surgery"
    ),
    "spray, first week (Daly 2018)": Study(
        "daly2018",
        "esketamine, all doses",
        "spray\n+ old tablet",
        "placebo spray\n+ old tablet",
        "drugs had failed",
    ),
    "spray and new tablet (TRANSFORM)": Study(
        "transform12",
        "esketamine",
        "spray\n+ new tablet",
        "placebo spray\n+ new tablet",
        "drugs had failed",
        (346, 222),
    ),
    "infusion and escitalopram (Hu 2016)": Study(
        "hu2016",
        "ketamine with escitalopram",
        "infusion\n+ new tablet",
        "saline\n+ new tablet",
        "severe, starting a tablet",
    ),
}
TABLETS = {
    "SSRI": "SSRI",
    "tricyclic": "tricyclic",
    "SNRI": "SNRI",
    "St John's wort": "hypericum",
}


@dataclass(frozen=True)
class Arm:
    """Of 100 people: how many did well, how many nobody saw at this time; and the counts behind it."""

    well: float
    lost: float
    counts: str


def hundred_people() -> Explorable:
    """Icon arrays: of 100 people, who is well at this time, with the drug and with its comparison."""
    return Explorable(
        name="hundred_people",
        title="Whose day 1, whose week 6?",
        controls=(
            Choice(
                "study",
                "Ketamine trial",
                tuple(STUDIES),
                "spray and new tablet (TRANSFORM)",
                "Which randomised trial stands on the left; each saw other people at other times.",
            ),
            Choice(
                "tablet",
                "Oral drug",
                tuple(TABLETS),
                "SSRI",
                "Which class of oral drug stands on the right, against placebo tablets.",
                ("SSRI", "St John's wort"),
            ),
            Steps(
                "time",
                "Time after the first dose",
                tuple(TIMES),
                "day 1",
                "The day or week at which people are counted.",
            ),
        ),
        stage=_people_stage,
        view=_people_view,
        presets={
            "Whose day 1?": {},
            "Both seen: week 1": {"study": "spray, first week (Daly 2018)", "time": "week 1"},
            "Both seen: week 4": {"time": "week 4"},
            "Whose end of trial?": {"time": END},
            "Ketamine when nobody can tell": {"study": "infusion under anaesthesia (Lii 2023)"},
            "An infusion that everybody can tell": {"study": "infusion or midazolam (Murrough 2013)"},
        },
    )


TABLET_NAMES = {name: f"{name}\ntablet" for name in TABLETS} | {"St John's wort": "St John's\nwort"}
ICON = {"marker": "o", "markersize": 8.4, "linestyle": "none"}
GRIDS = ("drug", "control", "tablet", "placebo")
STATES = ("extra", "well", "ill", "lost", "unseen")


def _people_stage() -> Stage:
    fig = figure(7.6, 4.2)
    axes = dict(zip(GRIDS, fig.subplots(1, 4), strict=True))
    artists = {}
    colours = {"drug": (BLUE, "#9cc7e6"), "tablet": (ORAL, "#f2b98f")}
    for name, ax in axes.items():
        strong, light = colours.get(name, (GREY, "#a9a9a9"))
        ax.set(xlim=(-0.7, 9.7), ylim=(-3.2, 14.6))
        ax.set_axis_off()
        looks = {
            "extra": {"color": strong},
            "well": {"color": light},
            "ill": {"markerfacecolor": "white", "markeredgecolor": GREY, "markeredgewidth": 1.1},
            "lost": {"color": BLACK, "marker": "x", "markeredgewidth": 1.2},
            "unseen": {"color": PALE, "markersize": 2},
        }
        for state, look in looks.items():
            artists[f"{name} {state}"] = ax.plot([], [], **(ICON | look))[0]
        artists[f"{name} name"] = stamp(ax, 4.5, 9.9, ha="center", va="bottom", fontsize=12.5)
        artists[f"{name} count"] = stamp(ax, 4.5, -0.8, ha="center", va="top", fontsize=16, weight="bold")
        artists[f"{name} people"] = stamp(ax, 4.5, -2.2, ha="center", va="top", fontsize=12, color=GREY)
    for name, colour in (("drug", BLUE), ("tablet", ORAL)):
        artists[f"{name} who"] = stamp(
            axes[name], 10.2, 13.2, ha="center", va="bottom", fontsize=13, weight="bold", color=colour
        )
    looks = [
        ({"color": BLUE}, "well, more than without the drug"),
        ({"color": "#a9a9a9"}, "well, as without the drug"),
        ({"markerfacecolor": "white", "markeredgecolor": GREY}, "not well"),
        ({"color": BLACK, "marker": "x"}, "left, or not seen"),
    ]
    keys = [axes["control"].plot([], [], label=label, **(ICON | look))[0] for look, label in looks]
    legend_above(fig, keys, columns=2)
    return Stage(fig, axes, artists)


def _people_view(study: str, tablet: str, time: str) -> View:
    left, right = _ketamine_arms(study, time), _tablet_arms(tablet, time)
    about = STUDIES[study]
    names = (about.drug, about.control, TABLET_NAMES.get(tablet, tablet), "placebo\ntablet")
    artists: dict[str, object] = {
        "drug who": about.people,
        "tablet who": "primary care" if time == END else "mostly outpatients",
    }
    for name, arms, which, label in zip(
        GRIDS, (left, left, right, right), (0, 1, 0, 1), names, strict=True
    ):
        artists[f"{name} name"] = label
        artists |= _icons(name, arms, which)
    readings = [
        *_people_readings("left", "its comparison", left),
        *_people_readings("right", "placebo", right),
    ]
    return View(artists, readings, _people_sentence(study, tablet, time, left, right))


def _icons(name: str, arms: tuple[Arm, Arm] | None, which: int) -> dict[str, object]:
    """Where the hundred icons of one arm stand, from the bottom: well, not well, not seen."""
    order = dict.fromkeys(STATES, 0)
    if arms is None:
        order["unseen"] = 100
        shown = {"count": "no data", "people": ""}
    else:
        arm, well = arms[which], round(arms[which].well)
        order["lost"] = round(arm.lost)
        order["extra"] = max(well - round(arms[1].well), 0) if which == 0 else 0
        order["well"] = well - order["extra"]
        order["ill"] = 100 - well - order["lost"]
        shown = {"count": f"{well} well", "people": arm.counts}
    ends = np.cumsum([0, *(order[state] for state in STATES)])
    places = np.arange(100)
    artists: dict[str, object] = {f"{name} {key}": text for key, text in shown.items()}
    for state, start, end in zip(STATES, ends[:-1], ends[1:], strict=True):
        at = places[start:end]
        artists[f"{name} {state}"] = (at % 10, at // 10)
    return artists


@cache
def _ketamine_arms(study: str, time: str) -> tuple[Arm, Arm] | None:
    about = STUDIES[study]
    counts = table("trial_counts")
    rows = counts[
        (counts.trial == about.trial)
        & (counts.active == about.active)
        & (counts.domain == "depression")
        & (counts.outcome == "response")
        & counts.time_h.isin(TIMES[time])
    ]
    if rows.empty:
        return None
    row = rows.iloc[0]
    seen = int(row.n_active), int(row.n_control)
    everybody = about.randomised or _randomised(about.trial, seen)
    events = int(row.events_active), int(row.events_control)
    return tuple(
        Arm(100 * well / n, 100 * (n - there) / n, f"{well} of {n}")
        for well, there, n in zip(events, seen, everybody, strict=True)
    )


def _randomised(trial: str, seen: tuple[int, int]) -> tuple[int, int]:
    about = table("trials").set_index("trial").loc[trial]
    return max(int(about.n_active), seen[0]), max(int(about.n_control), seen[1])


@cache
def _tablet_arms(tablet: str, time: str) -> tuple[Arm, Arm] | None:
    if time == END:
        well, lost = (with_and_without(TABLETS[tablet], events) for events in ("responders", "lost"))
        people = classes("responders").people
        return (
            Arm(100 * well[0], 100 * lost[0], f"{people[TABLETS[tablet]]:,} people"),
            Arm(100 * well[3], 100 * lost[3], f"{people['placebo']:,} people"),
        )
    weekly = ssri_weekly()
    week = {"week 1": 1, "week 2": 2, "week 4": 4}.get(time)
    if tablet != "SSRI" or week is None:
        return None
    placebo = float(np.interp(week, [1, 6], [_placebo_at_week_1(), 100 * on_placebo("responders")]))
    note = "derived" if week == 1 else "interpolated"
    return Arm(placebo + weekly[week], 0, note), Arm(placebo, 0, note)


@cache
def ssri_weekly() -> dict[int, float]:
    """Responders on an SSRI minus on placebo, in 100 people, by week [@taylor2006]."""
    rows = table("pooled_estimates").query("reference == 'taylor2006' and measure == 'RD'")
    return {round(row.time_h / 168): row.estimate for row in rows.itertuples()}


def _placebo_at_week_1() -> float:
    """What the printed risk ratio and difference of week 1 imply: difference over ratio minus one."""
    rows = table("pooled_estimates").query("reference == 'taylor2006' and measure == 'RR'")
    ratio = float(rows.estimate.iloc[0])
    return ssri_weekly()[1] / (ratio - 1)


def _people_readings(side: str, control: str, arms: tuple[Arm, Arm] | None) -> list[Reading]:
    if arms is None:
        return [
            Reading(f"{side}: well", "no data"),
            Reading(f"{control}: well", "no data"),
            Reading(f"{side}: extra", "no data"),
        ]
    extra = round(arms[0].well) - round(arms[1].well)
    return [
        Reading(f"{side}: well", f"{arms[0].well:.0f} of 100"),
        Reading(f"{control}: well", f"{arms[1].well:.0f} of 100"),
        Reading(f"{side}: extra", f"{extra:+d} of 100"),
    ]


def _people_sentence(study: str, tablet: str, time: str, left, right) -> str:
    when = {"day 1": "On day 1", END: "At the end of the tablet trials"}.get(time, f"In {time}")
    trial = study.rpartition("(")[2].rstrip(")")
    one = f"{trial} has {_extra(left)}" if left else f"{trial} has no count of both groups"
    other = f"{tablet} trials have {_extra(right)}" if right else f"{tablet} trials have none in our data"
    asked = " They asked different people." if left and right else ""
    return f"{when} {one}; {other}.{asked}"


def _extra(arms: tuple[Arm, Arm]) -> str:
    extra = round(arms[0].well) - round(arms[1].well)
    return f"{abs(extra)} {'more' if extra >= 0 else 'fewer'} well in 100 with the drug"


# Two labels ----------------------------------------------------------------------------------------

DRUGS = ("esketamine", "sertraline", "venlafaxine", "desvenlafaxine")
MINUS, ON_DRUG, ON_PLACEBO = "difference", "on the drug", "on placebo"
SCALES = (MINUS, ON_DRUG, ON_PLACEBO)
ROWS = 12
RESISTANT = "treatment-resistant depression, with a new oral antidepressant"
DRUG_COLOUR = {
    "esketamine": DARK_SPRAY,
    "sertraline": ORAL,
    "venlafaxine": PURPLE,
    "desvenlafaxine": GREEN,
}


def adverse_tornado() -> Explorable:
    """Adverse reactions of two drugs, mirrored, on one scale with intervals."""
    return Explorable(
        name="adverse_tornado",
        title="Two labels side by side",
        controls=(
            Choice(
                "one", "Left", DRUGS, "esketamine", "The drug on the left, from its label or pooled trials."
            ),
            Choice("other", "Right", DRUGS, "sertraline", "The drug on the right."),
            Steps(
                "scale",
                "Show",
                SCALES,
                MINUS,
                "On the drug, on placebo, or the difference: only the difference is the drug's doing.",
            ),
        ),
        stage=_tornado_stage,
        view=_tornado_view,
        presets={
            "Spray and sertraline": {},
            "The same, without subtracting placebo": {"scale": ON_DRUG},
            "The placebo groups": {"scale": ON_PLACEBO},
            "Spray and venlafaxine": {"other": "venlafaxine"},
            "Two tablets": {"one": "desvenlafaxine", "other": "sertraline"},
        },
    )


def _tornado_stage() -> Stage:
    fig = figure(7.6, 4.9)
    left, right = fig.subplots(1, 2, width_ratios=(55, 92))
    left.set(xlim=(51, -4), xlabel="of 100 people")
    right.set(xlim=(-41, 51), xlabel="of 100 people  (× is not in its table)")
    artists = {}
    for side, ax in (("one", left), ("other", right)):
        ax.set(ylim=(ROWS - 0.5, -1.7), xticks=(0, 20, 40), yticks=())
        ax.grid(False, axis="y")
        ax.spines.left.set_visible(False)
        ax.axvline(0, color=GREY, linewidth=1)
        for drug in DRUGS:
            look = {"colors": DRUG_COLOUR[drug]}
            artists[f"{side} {drug} stem"] = ax.hlines([], [], [], linewidth=10, alpha=0.3, **look)
            artists[f"{side} {drug} whisker"] = ax.hlines([], [], [], linewidth=2, **look)
            artists[f"{side} {drug} dot"] = ax.plot([], [], "o", color=DRUG_COLOUR[drug], markersize=8)[0]
        artists[f"{side} none"] = ax.plot([], [], "x", color=GREY, markersize=6, markeredgewidth=1.4)[0]
        artists[f"{side} name"] = stamp(
            ax, 1, -1.1, ha="right" if side == "one" else "left", va="center", fontsize=14, weight="bold"
        )
    for row in range(ROWS):
        artists[f"label {row}"] = stamp(right, -20.5, row, ha="center", va="center", fontsize=12)
    return Stage(fig, {"one": left, "other": right}, artists)


@cache
def reactions(drug: str, scale: str) -> pd.DataFrame:
    """Reactions of one drug in 100 people with intervals, by reaction: value, low, high."""
    rows = table("adverse_reactions")
    rows = rows[(rows.drug == drug) & ((drug != "esketamine") | (rows.population == RESISTANT))]
    rows = rows[~rows.reaction.str.startswith("stopped")]  # leaving the trial is not a reaction
    found = {}
    for row in rows.itertuples():
        on, off = (int(row.events_drug), int(row.n_drug)), (int(row.events_placebo), int(row.n_placebo))
        if scale == MINUS:
            middle, ends = on[0] / on[1] - off[0] / off[1], newcombe_interval(*on, *off)
        else:
            events, n = on if scale == ON_DRUG else off
            middle, *ends = wilson_interval(events, n)
        found[row.reaction] = (100 * middle, 100 * ends[0], 100 * ends[1])
    return pd.DataFrame.from_dict(found, orient="index", columns=["value", "low", "high"])


@cache
def _tornado_view(one: str, other: str, scale: str) -> View:
    frames = {"one": reactions(one, scale), "other": reactions(other, scale)}
    both = pd.concat([frame.value for frame in frames.values()], axis=1).max(axis=1)
    order = list(both.sort_values(ascending=False, kind="stable").index[:ROWS])
    artists: dict[str, object] = {}
    for side, drug in (("one", one), ("other", other)):
        artists |= _side(side, drug, frames[side].reindex(order))
    for row in range(ROWS):
        artists[f"label {row}"] = _labelled(order[row]) if row < len(order) else ""
    tops = {side: frame.value.idxmax() for side, frame in frames.items()}
    weeks = {d: _people_of(d) for d in (one, other)}
    readings = [
        Reading("most, left", f"{tops['one']}: {frames['one'].value.max():.0f}"),
        Reading("95 % interval, left", _limits(frames["one"].loc[tops["one"]])),
        Reading("people, left", weeks[one]),
        Reading("most, right", f"{tops['other']}: {frames['other'].value.max():.0f}"),
        Reading("95 % interval, right", _limits(frames["other"].loc[tops["other"]])),
        Reading("people, right", weeks[other]),
    ]
    return View(artists, readings, _tornado_sentence(one, other, scale, frames, tops))


@cache
def _labelled(reaction: str) -> str:
    """The reaction, and whose percentage it is where that is not everybody's."""
    rows = table("adverse_reactions")
    people = rows[rows.reaction == reaction].people.iloc[0]
    return reaction if people == "all" else f"{reaction} ({people})"


def _side(side: str, drug: str, rows: pd.DataFrame) -> dict[str, object]:
    """The marks of one side: stems, intervals and dots for its drug, crosses where it has no row."""
    y = np.arange(len(rows), dtype=float)
    known = rows.value.notna().to_numpy()
    artists: dict[str, object] = {
        f"{side} {d} {what}": None for d in DRUGS for what in ("stem", "whisker", "dot")
    }
    value, low, high = (rows[name].to_numpy()[known] for name in ("value", "low", "high"))
    artists[f"{side} {drug} stem"] = _segments(np.zeros(len(value)), value, y[known])
    artists[f"{side} {drug} whisker"] = _segments(low, high, y[known])
    artists[f"{side} {drug} dot"] = (value, y[known])
    artists[f"{side} none"] = (np.zeros((~known).sum()), y[~known])
    artists[f"{side} name"] = drug
    return artists


def _segments(start: np.ndarray, end: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([np.column_stack([start, y]), np.column_stack([end, y])], axis=1)


def _limits(row: pd.Series) -> str:
    return f"{row.low:.0f} to {row.high:.0f} of 100"


def _people_of(drug: str) -> str:
    rows = table("adverse_reactions")
    row = rows[(rows.drug == drug) & (rows.people == "all")].iloc[0]
    return f"{int(row.n_drug):,} and {int(row.n_placebo):,}"


def _tornado_sentence(one: str, other: str, scale: str, frames, tops) -> str:
    top = frames["one"].value.max(), frames["other"].value.max()
    if scale == ON_PLACEBO:
        return (
            f"On placebo alone {top[0]:.0f} of 100 report {tops['one']} in the trials of {one}, and "
            f"{top[1]:.0f} report {tops['other']} in those of {other}."
        )
    more = "more than on placebo" if scale == MINUS else "on the drug"
    return (
        f"{one.capitalize()}: {tops['one']} in {top[0]:.0f} of 100 {more}; "
        f"{other}: {tops['other']} in {top[1]:.0f}. A cross means: not in that table, which is not nought."
    )


# Four steps ----------------------------------------------------------------------------------------

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
            ),
            Choice(
                "after",
                "The spray is",
                (KEPT, STOPPED),
                KEPT,
                "Continued: the relapse rate of the withdrawal trial, 0.49 times. Stopped: no protection.",
            ),
            Choice(
                "onward",
                "Those not well: who goes on",
                (COUNTED, EVERYBODY),
                COUNTED,
                "Who starts the next step: the people counted there in STAR*D, or everybody.",
            ),
            Choice(
                "remission",
                "Remission in STAR*D",
                (PRINTED, AGAIN),
                PRINTED,
                "As printed in 2006, or lowered at every step until the total is the 35 % of 2023.",
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
    }
    legend_above(fig, [artists["with"], artists["without"]], columns=2)
    bars.set(xlim=(-0.55, 1.55), ylim=(0, 100), ylabel="of 100 people at 12 months, model")
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
    """Remission with esketamine over remission with quetiapine, and its 95 % limits [@reif2023]."""
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
    extra = 100 * (spray[0, year, 1] - plain[0, year, 1])
    low, high = 100 * np.percentile(spray_draws[:, year, 1] - plain_draws[:, year, 1], [2.5, 97.5])
    treated = 100 * _reach(base_steps(onward, remission, 0), entry)
    readings = [
        Reading("well at 12 months, without", 100 * plain[0, year, 1], "of 100", 3),
        Reading("well at 12 months, with", 100 * spray[0, year, 1], "of 100", 3),
        Reading("difference", f"{extra:+.1f} ({low:+.1f} to {high:+.1f})"),
        Reading("given esketamine", treated, "of 100", 2),
        Reading("more well, of 100 given it", 100 * extra / treated if treated else 0.0, "", 2, least=0.1),
        Reading("sessions per one more well", _sessions(treated, extra)),
    ]
    highest = 100 * float(np.percentile(spray_draws[..., 1], 97.5, axis=0).max())
    limits = {"main.y": (0, ceiling(max(highest, 60)))}
    return View(artists, readings, _steps_sentence(entry, extra, treated, onward), limits)


def _fates(which: str, x: float, shares: np.ndarray) -> dict[str, object]:
    """The stacked bar of one cohort, with the numbers that have room."""
    named = dict(zip(pathway.OUTCOMES, 100 * shares, strict=True))
    artists: dict[str, object] = {}
    bottom = 0.0
    for fate in FATE_COLOUR:
        height = float(named[fate])
        artists[f"{which} {fate}"] = (x - 0.42, bottom, 0.84, height)
        name = "used up" if fate == "all steps used" else fate
        text = f"{name} {height:.0f}" if height >= 4.5 else ""
        artists[f"{which} {fate} text"] = (x, bottom + height / 2, text)
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
        return "no one more"
    return f"{significant(sessions_in_four_weeks() * treated / extra, 2)} at least"


def _steps_sentence(entry: str, extra: float, treated: float, onward: str) -> str:
    if ENTRY[entry] is None:
        others = "everybody goes on" if onward == EVERYBODY else "many leave between the steps"
        return f"Without esketamine and when {others}, this is what the printed proportions add up to."
    return (
        f"Of 100 who start, {treated:.0f} ever come to {entry}; with esketamine there {extra:.1f} more "
        "of the 100 are well at 12 months."
    )
