"""Who was free of suicidal thoughts at each visit after one infusion: shares over time, and people."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l06_suicidal_ideation_and_thinking import trials as ideation
from ketalab.metaanalysis.number_needed import people, wilson_interval
from ketalab.plots.style import DRUG, OPEN, ORANGE, figure, legend_above

TIMES = {"4 h": 4.0, "day 2": 24.0, "day 3": 48.0, "day 5": 96.0, "day 7": 144.0, "day 14": 312.0}
ALONE, BOTH = "ketamine only", "ketamine and midazolam"
ARMS = (("ketamine", "active", "ketamine", "o", -0.06), ("midazolam", "control", "comparator", "s", 0.06))
ACROSS, ROWS = 7, 6  # the 42 people of a group
TOP = {"ketamine": 7.6, "midazolam": 0.0}  # where the lowest row of a group stands


def first_two_weeks() -> Explorable:
    """Who was free of suicidal thoughts, visit by visit, after one infusion."""
    return Explorable(
        name="first_two_weeks",
        title="One infusion: who is free of suicidal thoughts?",
        controls=(
            Steps(
                "time",
                "Follow people until",
                tuple(TIMES),
                "4 h",
                "Later counts stay hidden. Day 1 is the day of the infusion.",
            ),
            Choice(
                "arms",
                "Show",
                (ALONE, BOTH),
                ALONE,
                "The ketamine group alone, or beside the midazolam group.",
            ),
        ),
        stage=_weeks_stage,
        view=_weeks_view,
        presets={
            "The first evening": {},
            "The first evening, both groups": {"arms": BOTH},
            "A week, both groups": {"time": "day 7", "arms": BOTH},
            "Two weeks, ketamine only": {"time": "day 14"},
            "Two weeks, both groups": {"time": "day 14", "arms": BOTH},
        },
    )


def _weeks_stage() -> Stage:
    fig = figure(7.6, 4.4)
    main, people_ = fig.subplots(1, 2, width_ratios=(2.1, 1))
    main.set(xlim=(-0.6, 13.6), ylim=(0, 55), ylabel="free of suicidal thoughts (%)")
    main.set(xlabel="day (the infusion is on day 1)")
    main.set_xticks([hours / 24 for hours in TIMES.values()], ["1", "2", "3", "5", "7", "14"])
    main.grid(False, axis="x")
    people_.axis("off")
    people_.set(xlim=(-0.8, ACROSS - 0.2), ylim=(-0.8, TOP["ketamine"] + ROWS + 0.5))
    artists = {"gap": main.plot([], [], color=ORANGE, linewidth=10, alpha=0.45, solid_capstyle="butt")[0]}
    artists["gap"].set_label("difference")
    for arm, _, ink, marker, _ in ARMS:
        colour = DRUG[ink]
        artists[f"{arm} bars"] = main.vlines([], [], [], color=colour, linewidth=2.4)
        label = f"{arm} (42 people), measured"
        artists[arm] = main.plot([], [], marker, color=colour, markersize=10, label=label, **OPEN)[0]
        grid = {"color": colour, "markersize": 10, "linestyle": "none"}
        artists[f"{arm} people"] = people_.plot([], [], marker, markerfacecolor="white", **grid)[0]
        artists[f"{arm} free"] = people_.plot([], [], marker, **grid)[0]
        artists[f"{arm} words"] = people_.text(-0.4, TOP[arm] + ROWS - 0.2, "", fontsize=12)
    legend_above(fig, [artists[name] for name in ("ketamine", "midazolam", "gap")], columns=3)
    return Stage(fig, {"main": main, "people": people_}, artists)


def _people(arm: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the first `number` people of a group stand, row by row from the top left."""
    place = np.arange(number)
    return place % ACROSS, TOP[arm] + ROWS - 1 - place // ACROSS


@cache
def _shares() -> dict[str, np.ndarray]:
    """By arm: percent free and the ends of Wilson's 95% interval, at each time."""
    rows, found = ideation.course(), {}
    for arm, role, *_ in ARMS:
        looks = zip(rows[f"events_{role}"], rows[f"n_{role}"], strict=True)
        found[arm] = 100 * np.array([wilson_interval(events, n) for events, n in looks]).T
    return found


def _weeks_view(time: str, arms: str) -> View:
    last = list(TIMES).index(time)
    row, x = ideation.course().iloc[last], np.array(list(TIMES.values()))[: last + 1] / 24
    parts = ("", " bars", " people", " free", " words")  # over no circles the words would say: nobody
    artists = dict.fromkeys(("gap", *(f"midazolam{part}" for part in parts)))
    for arm, role, _, _, nudge in ARMS if arms == BOTH else ARMS[:1]:
        middle, low, high = _shares()[arm][:, : last + 1]
        at = x + nudge
        artists[f"{arm} bars"] = [[(a, b), (a, c)] for a, b, c in zip(at, low, high, strict=True)]
        artists[arm] = (at, middle)
        artists[f"{arm} people"] = _people(arm, ACROSS * ROWS)
        artists[f"{arm} free"] = _people(arm, int(row[f"events_{role}"]))
        artists[f"{arm} words"] = f"{arm}: filled = free"
    when = "4 hours after one infusion" if time == "4 h" else f"On {time}"
    sentence = f"{when}, {row.events_active:.0f} of 42 people with ketamine were free of suicidal thoughts"
    readings = [Reading("ketamine", f"{row.events_active:.0f} of {row.n_active:.0f}")]
    if arms == ALONE:
        return View(artists, readings, f"{sentence}. How many would have been free without it?")
    artists["gap"] = ([x[last], x[last]], [_shares()["midazolam"][0, last], _shares()["ketamine"][0, last]])
    gain = row.gain
    readings += [
        Reading("midazolam", f"{row.events_control:.0f} of {row.n_control:.0f}"),
        Reading("difference", f"{100 * gain.difference:.0f} in 100"),
        Reading("95% interval", f"{100 * gain.low:.0f} to {100 * gain.high:.0f} in 100"),
        Reading(
            "people treated for one more to be free",
            f"{people(gain.estimate)}{'; the interval includes zero' if gain.low < 0 < gain.high else ''}"
            if gain.difference
            else "no number: the difference is zero",
        ),
    ]
    return View(artists, readings, f"{sentence}, and {row.events_control:.0f} of 42 with midazolam.")
