"""Icon arrays: of 100 people, who is well at this time, with the drug and with its comparison."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ketalab.data import table
from ketalab.explorables.cached_text import stamp
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants.figures import ORAL
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants.trials import (
    classes,
    on_placebo,
    with_and_without,
)
from ketalab.plots.style import BLACK, BLUE, GREY, PALE, figure, legend_above
from ketalab.text import decimals, grouped

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
    """A ketamine trial as the icons show it: its rows in `trial_counts`, and where `trials` has no count of
    each group, the population of `adverse_reactions` that holds the treated."""

    trial: str
    active: str
    drug: str
    control: str
    people: str
    treated: str = ""


STUDIES = {
    "infusion or midazolam (Murrough 2013)": Study(
        "murrough2013",
        "ketamine",
        "ketamine\ninfusion",
        "midazolam\ninfusion",
        "drugs had failed them; taking none",
    ),
    "infusion under anaesthesia (Lii 2023)": Study(
        "lii2023", "ketamine", "ketamine,\nasleep", "saline,\nasleep", "depressed, having surgery"
    ),
    "spray, first week (Daly 2018)": Study(
        "daly2018",
        "esketamine, all doses",
        "spray\n+ old tablet",
        "placebo spray\n+ old tablet",
        "drugs had failed them",
    ),
    "spray and new tablet (TRANSFORM)": Study(
        "transform12",
        "esketamine",
        "spray\n+ new tablet",
        "placebo spray\n+ new tablet",
        "drugs had failed them",
        "treatment-resistant depression, with a new oral antidepressant",
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
        title="Of 100 people, who is well, and when?",
        controls=(
            Choice(
                "study",
                "Ketamine trial",
                tuple(STUDIES),
                "spray and new tablet (TRANSFORM)",
                "The randomised trial on the left; each counted different people at different times.",
            ),
            Choice(
                "tablet",
                "Oral drug",
                tuple(TABLETS),
                "SSRI",
                "The class of oral drug on the right, against placebo tablets.",
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
            "Day 1": {},
            "Both seen: week 1": {"study": "spray, first week (Daly 2018)", "time": "week 1"},
            "Both seen: week 4": {"time": "week 4"},
            "End of the tablet trials": {"time": END},
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
    colours = {"drug": (BLUE, "#a9a9a9"), "tablet": (ORAL, "#a9a9a9")}
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
        ({"color": BLACK, "marker": "x"}, "left, or not counted"),
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
        "tablet who": "primary care" if time == END else "outpatients, mostly",
    }
    for name, arms, which, label in zip(
        GRIDS, (left, left, right, right), (0, 1, 0, 1), names, strict=True
    ):
        artists[f"{name} name"] = label
        artists |= _icons(name, arms, which)
    sides = _people_readings("left", "its comparison", left), _people_readings("right", "placebo", right)
    readings = [reading for both in zip(*sides, strict=True) for reading in both]  # side by side, as drawn
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
    everybody = _treated(about.treated) if about.treated else _randomised(about.trial, seen)
    events = int(row.events_active), int(row.events_control)
    return tuple(
        Arm(100 * well / n, 100 * (n - there) / n, f"{well} of {n}")
        for well, there, n in zip(events, seen, everybody, strict=True)
    )


def _treated(population: str) -> tuple[int, int]:
    rows = table("adverse_reactions")
    row = rows[(rows.drug == "esketamine") & (rows.population == population)].iloc[0]
    return int(row.n_drug), int(row.n_placebo)


def _randomised(trial: str, seen: tuple[int, int]) -> tuple[int, int]:
    about = table("trials").set_index("trial").loc[trial]
    return max(int(about.n_active), seen[0]), max(int(about.n_control), seen[1])


@cache
def _tablet_arms(tablet: str, time: str) -> tuple[Arm, Arm] | None:
    if time == END:
        well, lost = (with_and_without(TABLETS[tablet], events) for events in ("responders", "lost"))
        people = classes("responders").people
        return (
            Arm(100 * well[0], 100 * lost[0], f"{grouped(people[TABLETS[tablet]])} people"),
            Arm(100 * well[3], 100 * lost[3], f"{grouped(people['placebo'])} people"),
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
        Reading(f"{side}: extra", f"{decimals(extra, 0, sign=True)} of 100"),
    ]


def _people_sentence(study: str, tablet: str, time: str, left, right) -> str:
    when = {"day 1": "On day 1", END: "At the end of the tablet trials"}.get(time, f"In {time}")
    trial = study.rpartition("(")[2].rstrip(")")
    one = f"{trial} has {_extra(left)}" if left else f"{trial} has no count of both groups"
    other = (
        f"{tablet} trials have {_extra(right)}" if right else f"{tablet} trials have no count in our data"
    )
    asked = " The two sides studied different people." if left and right else ""
    return f"{when} {one}; {other}.{asked}"


def _extra(arms: tuple[Arm, Arm]) -> str:
    extra = round(arms[0].well) - round(arms[1].well)
    return f"{abs(extra)} {'more' if extra >= 0 else 'fewer'} well in 100 with the drug"
