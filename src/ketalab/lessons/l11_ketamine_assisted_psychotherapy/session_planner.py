"""Route, dose and hour: when is talk possible, and which window would still be open?"""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.figures import WINDOW_COLOUR, people_tested
from ketalab.models import cascade, screening
from ketalab.models import pharmacokinetics as pk
from ketalab.models.cascade import Array
from ketalab.plots.axes import FIRST_HOUR, clock_axis, round_up
from ketalab.plots.style import BLACK, DRUG, GREY, figure, legend_above

INFUSION, MUSCLE, NASAL = "IV infusion, 40 min", "intramuscular", "nasal esketamine"
KG, PEOPLE, SEED = 70.0, 150, 11
LARGEST = 1.5  # mg/kg, the end of the slider
HOURS = np.unique(np.concatenate([np.geomspace(0.1, 24, 64), [2 / 3]]))
LAST_HOUR = 504.0
BRAINS, FOLD, HALF = 200, 10.0, 0.5
CLOCK = {  # hours, close where people clear and wide where windows close, as on the axis
    "30 min": 0.5, "1 h": 1.0, "1.5 h": 1.5, "2 h": 2.0, "2.5 h": 2.5, "3 h": 3.0, "4 h": 4.0, "6 h": 6.0,
    "12 h": 12.0, "24 h": 24.0, "2 days": 48.0, "3 days": 72.0, "1 week": 168.0, "2 weeks": 336.0,
}  # fmt: skip
WINDOWS = {"signalling": "mtorc1", "synaptic protein": "protein", "spines": "spines"}
TALK = "clear enough to talk"
MEASURED = "measured in people"
ROWS = (TALK, *WINDOWS, MEASURED)


def session_planner() -> Explorable:
    """Route, dose and hour: when is talk possible, and which window would still be open?"""
    return Explorable(
        name="session_planner",
        title="Plan a session",
        controls=(
            Choice(
                "route",
                "Route",
                (INFUSION, MUSCLE, NASAL),
                INFUSION,
                "How the dose is given. Nasal doses come in whole devices of 28 mg.",
            ),
            Slider(
                "dose",
                "Dose",
                "mg/kg",
                0.25,
                LARGEST,
                0.05,
                0.5,
                "For a person of 70 kg. Published sessions with therapy used 0.5 to 1 mg/kg into a vein.",
                (0.5, 1.0),
                led=True,
            ),
            Slider(
                "level",
                "Clear enough below",
                "ng/mL",
                20,
                150,
                5,
                50,
                "The level below which talk is assumed to be possible. Nobody has measured it; in "
                "volunteers perception changed above 50 ng/mL.",
                (25, 50, 100),
            ),
            Steps(
                "hour",
                "Your hour for therapy",
                tuple(CLOCK),
                "24 h",
                "Time after the start of the dose.",
                tuple(CLOCK),
            ),
        ),
        stage=_planner_stage,
        view=_planner_view,
        presets={
            "The day after, as in three protocols": {},
            "Debriefing straight after the infusion": {"hour": "1 h"},
            "The same with 1 mg/kg": {"dose": 1.0, "hour": "1 h"},
            "Into a muscle, 1 mg/kg, two hours": {"route": MUSCLE, "dose": 1.0, "hour": "2 h"},
            "Nasal esketamine, 84 mg, going home": {"route": NASAL, "dose": 1.2, "hour": "2 h"},
            "A week later": {"hour": "1 week"},
        },
    )


def _planner_stage() -> Stage:
    fig = figure(7.6, 4.8)
    above, below = fig.subplots(2, 1, sharex=True, height_ratios=(1, 1.15))
    clock_axis(above, leave_out=("3 wk",))
    above.set(ylabel="ketamine (ng/mL)")
    below.set(xlabel="time after the start of the dose", ylim=(len(ROWS) - 0.5, -0.5))
    below.set_yticks(range(len(ROWS)), ROWS)
    below.grid(visible=False)
    blue = DRUG["ketamine"]
    artists = {
        "band": above.fill_between(
            [FIRST_HOUR], [0], color=blue, alpha=0.2, linewidth=0, label="90 of 100"
        ),
        "median": above.plot([], [], color=blue, label="drug in blood, model")[0],
        "level": above.plot([], [], color=GREY, linestyle="--", linewidth=1.6, label="clear enough below")[
            0
        ],
    }
    for name in (TALK, *WINDOWS):
        look = {"color": WINDOW_COLOUR[name], "solid_capstyle": "butt", "linewidth": 15}
        artists[f"{name}, perhaps"] = below.plot([], [], alpha=0.3, **look)[0]
        artists[name] = below.plot([], [], **look)[0]
    y = ROWS.index(MEASURED)
    for start, end in people_tested():
        below.plot([start, end], [y, y], color=BLACK, linewidth=1.6)
        below.plot((start * end) ** 0.5, y, "^", color=BLACK, markersize=9)
    for which, axes in (("drug", above), ("window", below)):
        artists[f"hour {which}"] = axes.plot(
            [], [], color=BLACK, linestyle="--", linewidth=1.8, label="your hour"
        )[0]
    pale = below.plot([], [], color=GREY, linewidth=9, alpha=0.35, label="5 to 95 of 100, model")[0]
    triangle = below.plot([], [], "^", color=BLACK, markersize=9, label="measured")[0]
    lines = [artists[name] for name in ("median", "band", "hour drug", "level")]
    legend_above(fig, [*lines[:2], pale, triangle, *lines[2:]], columns=3)
    return Stage(fig, {"drug": above, "window": below}, artists)


@cache
def _levels(route: str, devices: int) -> Array:
    """Ketamine in blood (ng/mL) of each virtual person after 1 mg, or after all of the nasal devices."""
    if route == NASAL:
        people = pk.published("perezruixo2021").population(PEOPLE, SEED, KG)
        return pk.concentration(people, pk.nasal_devices(pk.DEVICE_MG * devices), HOURS * 60, "ketamine")
    people = pk.published("otto2021").population(PEOPLE, SEED, KG)
    if route == MUSCLE:
        return pk.concentration(pk.intramuscular(people), [pk.Dose(1.0, "im")], HOURS * 60, "ketamine")
    return pk.concentration(people, [pk.Dose(1.0, "iv", duration=40.0)], HOURS * 60, "ketamine")


@cache
def _windows() -> dict[str, tuple[Array, Array]]:
    """When each window opens and closes (h) in each model brain, all that was not measured let loose."""
    p = screening.scatter(BRAINS, FOLD, tuple(screening.uncertain(("unknown", "chosen to match"))))
    hours, run = cascade.after_sessions(screening.WATCHED, p)
    found = {}
    for name, step in WINDOWS.items():
        ends = [cascade.window(hours, run[step][:, i] - 1, HALF) for i in range(BRAINS)]
        found[name] = np.array([end[0] for end in ends]), np.array([end[2] for end in ends])
    return found


def _clear(curves: Array, level: float) -> Array:
    """The hour from which each person stays below the level; curves are straight between two hours."""
    above = curves > level
    person = np.arange(len(curves))
    last = np.minimum(len(HOURS) - 1 - np.argmax(above[:, ::-1], axis=1), len(HOURS) - 2)
    high, low = curves[person, last], curves[person, last + 1]
    part = np.clip((high - level) / np.maximum(high - low, 1e-12), 0, 1)
    crossing = HOURS[last] + part * (HOURS[last + 1] - HOURS[last])
    return np.where(above.any(axis=1), crossing, FIRST_HOUR)


@cache
def _top(route: str) -> float:
    """The end of the level's axis (ng/mL): room for the largest dose of a route, so it stands still."""
    devices = round(LARGEST * KG / pk.DEVICE_MG) if route == NASAL else 0
    given = 1.0 if route == NASAL else LARGEST * KG
    return round_up(1.05 * float(np.percentile(given * _levels(route, devices), 95, axis=0).max()))


def _planner_view(route: str, dose: float, level: float, hour: str) -> View:
    at_hour = CLOCK[hour]
    devices = max(1, round(dose * KG / pk.DEVICE_MG)) if route == NASAL else 0
    given = pk.DEVICE_MG * devices if route == NASAL else dose * KG
    curves = _levels(route, devices) * (1.0 if route == NASAL else given)
    low, median, high = np.percentile(curves, (5, 50, 95), axis=0)
    clear = _clear(curves, level)
    half, most = np.percentile(clear, (50, 95))
    top = _top(route)
    at = int(np.searchsorted(HOURS, min(at_hour, HOURS[-1])))
    still = 100 * float(np.mean(clear <= at_hour))
    artists: dict[str, object] = {
        "band": (HOURS, low, high),
        "median": (HOURS, median),
        "level": ([FIRST_HOUR, LAST_HOUR], [level, level]),
        f"{TALK}, perhaps": ([float(np.percentile(clear, 5)), LAST_HOUR], [0, 0]),
        TALK: ([most, LAST_HOUR], [0, 0]),
        "hour drug": ([at_hour, at_hour], [0, top]),
        "hour window": ([at_hour, at_hour], [-0.5, len(ROWS) - 0.5]),
    }
    open_at = {}
    for y, (name, (opens, closes)) in enumerate(_windows().items(), start=1):
        first, middle = np.percentile(opens, (5, 50))
        end, last = np.percentile(closes, (50, 95))
        artists[f"{name}, perhaps"] = ([max(first, FIRST_HOUR), last], [y, y])
        artists[name] = ([max(middle, FIRST_HOUR), end], [y, y])
        open_at[name] = 100 * float(np.mean((opens <= at_hour) & (closes >= at_hour)))
    readings = [
        Reading("half of the people clear after", _clock(half)),
        Reading("95 of 100 clear after", _clock(most)),
        Reading("clear at your hour", f"{still:.0f} in 100"),
        *(
            Reading(f"{name} open at your hour", f"{share:.0f} in 100 model brains")
            for name, share in open_at.items()
        ),
    ]
    left = significant(float(median[at]), 2) if at_hour <= HOURS[-1] and median[at] >= 1 else "below 1"
    sentence = (
        f"{given:.0f} mg, {route}: at {hour} the median level is {left} ng/mL, and "
        f"{still:.0f} of 100 people would be clear enough to talk."
    )
    return View(artists, readings, sentence, {"drug.y": (0, top)})


def _clock(hours: float) -> str:
    if hours < 1:
        return f"{60 * hours:.0f} min"
    if hours < 72:
        return f"{hours:.1f} h" if hours < 10 else f"{hours:.0f} h"
    return f"{hours / 24:.1f} d".replace(".0", "")
