"""Explorables of the lesson on ketamine with psychotherapy: plan a session, find what mediates what."""

from functools import cache

import numpy as np

from ketalab.draw.effect_axis import span
from ketalab.draw.psychotherapy import ANALYSIS_NAMES, WINDOW_COLOUR, people_tested
from ketalab.draw.synapse import FIRST, clock_axis
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.explore.plasma import ceiling
from ketalab.models import cascade, mediation, screening
from ketalab.models import pharmacokinetics as pk
from ketalab.models.cascade import Array
from ketalab.models.mediation import ANALYSES, World
from ketalab.style import BLACK, BLUE, DRUG, GREY, PALE, PURPLE, figure, legend_above

# A session ----------------------------------------------------------------------------------------

INFUSION, MUSCLE, NASAL = "IV infusion, 40 min", "intramuscular", "nasal esketamine"
KG, PEOPLE, SEED = 70.0, 150, 11
HOURS = np.unique(np.concatenate([np.geomspace(0.1, 24, 64), [2 / 3]]))
LAST_HOUR = 504.0
BRAINS, FOLD, HALF = 200, 10.0, 0.5
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
                1.5,
                0.05,
                0.5,
                "For a person of 70 kg. Published sessions with therapy used 0.5 to 1 mg/kg into a vein.",
                (0.5, 1.0),
            ),
            Slider(
                "level",
                "Clear enough below",
                "ng/mL",
                20,
                150,
                5,
                50,
                "The level below which talk is taken to be possible. Nobody has measured it; in volunteers "
                "perception changed from 50 ng/mL on.",
                (25, 50, 100),
            ),
            Slider(
                "hour",
                "Your hour for therapy",
                "h",
                0.5,
                336,
                0.5,
                24,
                "Hours after the start of the dose.",
                (1, 2, 4, 24, 168),
            ),
        ),
        stage=_planner_stage,
        view=_planner_view,
        presets={
            "The day after, as in three protocols": {},
            "Debriefing straight after the infusion": {"hour": 1.0},
            "The same with 1 mg/kg": {"dose": 1.0, "hour": 1.0},
            "Into a muscle, 1 mg/kg, two hours": {"route": MUSCLE, "dose": 1.0, "hour": 2.0},
            "Nasal esketamine, 84 mg, going home": {"route": NASAL, "dose": 1.2, "hour": 2.0},
            "A week later": {"hour": 168.0},
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
        "band": above.fill_between([FIRST], [0], color=blue, alpha=0.2, linewidth=0, label="90 of 100"),
        "median": above.plot([], [], color=blue, label="drug in blood, model")[0],
        "level": above.plot([], [], color=GREY, linestyle="--", linewidth=1.6)[0],
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
    legend_above(fig, [artists["median"], artists["band"], pale, triangle, artists["hour drug"]], columns=3)
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
    return np.where(above.any(axis=1), crossing, FIRST)


def _planner_view(route: str, dose: float, level: float, hour: float) -> View:
    devices = max(1, round(dose * KG / pk.DEVICE_MG)) if route == NASAL else 0
    given = pk.DEVICE_MG * devices if route == NASAL else dose * KG
    curves = _levels(route, devices) * (1.0 if route == NASAL else given)
    low, median, high = np.percentile(curves, (5, 50, 95), axis=0)
    clear = _clear(curves, level)
    half, most = np.percentile(clear, (50, 95))
    top = ceiling(1.05 * high.max())
    at = int(np.searchsorted(HOURS, min(hour, HOURS[-1])))
    still = 100 * float(np.mean(clear <= hour))
    artists: dict[str, object] = {
        "band": (HOURS, low, high),
        "median": (HOURS, median),
        "level": ([FIRST, LAST_HOUR], [level, level]),
        f"{TALK}, perhaps": ([float(np.percentile(clear, 5)), LAST_HOUR], [0, 0]),
        TALK: ([most, LAST_HOUR], [0, 0]),
        "hour drug": ([hour, hour], [0, top]),
        "hour window": ([hour, hour], [-0.5, len(ROWS) - 0.5]),
    }
    open_at = {}
    for y, (name, (opens, closes)) in enumerate(_windows().items(), start=1):
        first, middle = np.percentile(opens, (5, 50))
        end, last = np.percentile(closes, (50, 95))
        artists[f"{name}, perhaps"] = ([max(first, FIRST), last], [y, y])
        artists[name] = ([max(middle, FIRST), end], [y, y])
        open_at[name] = 100 * float(np.mean((opens <= hour) & (closes >= hour)))
    readings = [
        Reading("half of the people clear after", _clock(half)),
        Reading("95 of 100 clear after", _clock(most)),
        Reading("clear at your hour", f"{still:.0f} in 100"),
        *(
            Reading(f"{name} open at your hour", f"{share:.0f} in 100 model brains")
            for name, share in open_at.items()
        ),
    ]
    left = significant(float(median[at]), 2) if hour <= HOURS[-1] and median[at] >= 1 else "below 1"
    sentence = (
        f"{given:.0f} mg, {route}: at {_clock(hour)} the median level is {left} ng/mL and "
        f"{still:.0f} of 100 people are clear enough to talk."
    )
    return View(artists, readings, sentence, {"drug.y": (0, top)})


def _clock(hours: float) -> str:
    if hours < 1:
        return f"{60 * hours:.0f} min"
    if hours < 72:
        return f"{hours:.1f} h" if hours < 10 else f"{hours:.0f} h"
    return f"{hours / 24:.1f} d".replace(".0", "")


# What mediates what -------------------------------------------------------------------------------

CAUSES, ACCOMPANIES, HOPE, ALL = "causes it", "accompanies it", "feeds hope", "does all three"
NOTHING = "has nothing to do with it"
RISE, SHARED, DRUG_EFFECT = 2.0, 0.8, 0.5
TRIALS = 100
REACH = (-1.6, 2.6)


def world(how: str, strength: float, measured: float) -> World:
    """The truth behind a choice: `strength` (SD) of benefit goes the chosen way, `DRUG_EFFECT` past it."""
    share = {ALL: strength / 3, NOTHING: 0.0}.get(how, strength)
    return World(
        rise=RISE,
        drug=DRUG_EFFECT,
        through=share / RISE if how in (CAUSES, ALL) else 0.0,
        trait=share / (RISE * SHARED) if how in (ACCOMPANIES, ALL) else 0.0,
        hope=share / World(rise=RISE, hope=1.0).hoped if how in (HOPE, ALL) else 0.0,
        shared=SHARED,
        measured=measured,
    )


def what_mediates_what() -> Explorable:
    """Trials of a known truth: which analysis tells a cause from a companion?"""
    return Explorable(
        name="what_mediates_what",
        title="What mediates what?",
        controls=(
            Choice(
                "how",
                "In truth, dissociation",
                (CAUSES, ACCOMPANIES, HOPE, ALL, NOTHING),
                CAUSES,
                "Accompanies: a trait makes people dissociate more and gain more. Feeds hope: feeling the "
                "drug tells people that they had it, and that helps.",
            ),
            Slider(
                "strength",
                "Benefit that goes this way",
                "SD",
                0.2,
                1.6,
                0.1,
                0.8,
                "Another 0.5 SD comes from the drug past the experience, always.",
                (0.8, 1.6),
            ),
            Slider(
                "people",
                "People in each trial",
                "people",
                40,
                400,
                20,
                100,
                "Half with the drug. A hundred such trials are simulated.",
                (40, 100, 400),
            ),
            Slider(
                "measured",
                "How well the trait was measured",
                "%",
                0,
                100,
                10,
                0,
                "Correlation of the measurement with the trait; mediation adjusts for what was measured.",
                (0, 50, 100),
            ),
        ),
        stage=_mediation_stage,
        view=_mediation_view,
        presets={
            "It causes the benefit": {},
            "It only accompanies it": {"how": ACCOMPANIES},
            "The same, trait half measured": {"how": ACCOMPANIES, "measured": 50},
            "The same, trait fully measured": {"how": ACCOMPANIES, "measured": 100},
            "It feeds hope": {"how": HOPE},
            "It causes it, trial of 40": {"people": 40},
        },
    )


def _mediation_stage() -> Stage:
    fig = figure(7.6, 4.6)
    cloud, rows = fig.subplots(1, 2, width_ratios=(1, 1.25))
    cloud.set(
        xlim=(-1.2, 5.2),
        ylim=(-3.4, 5.4),
        xlabel="dissociation (SD)",
        ylabel="benefit (SD)",
        title="one simulated ketamine arm",
    )
    rows.set(xlim=REACH, ylim=(len(ANALYSES) - 0.5, -0.5), xlabel="credited to dissociation (SD)")
    rows.set_yticks(range(len(ANALYSES)), [ANALYSIS_NAMES[name] for name in ANALYSES])
    rows.set_title("a hundred such trials")
    rows.grid(visible=False, axis="y")
    artists = {
        "people": cloud.plot([], [], ".", color=GREY, markersize=6)[0],
        "line": cloud.plot([], [], color=BLUE)[0],
        "truth": rows.plot([], [], color=BLACK, linewidth=3.5, label="the truth")[0],
    }
    for name in ANALYSES:
        colour = BLUE if name in ("slope", "product") else PURPLE
        artists[f"{name} trials"] = rows.plot([], [], ".", color=colour, alpha=0.3, markersize=6)[0]
        artists[f"{name} range"] = rows.plot([], [], color=colour, linewidth=2.2)[0]
        artists[name] = rows.plot([], [], "D", color=colour, markeredgecolor=BLACK, markersize=10)[0]
    each = rows.plot([], [], ".", color=GREY, markersize=9, label="each trial")[0]
    endless = rows.plot(
        [], [], "D", color=PALE, markeredgecolor=BLACK, markersize=10, label="an endless trial"
    )[0]
    legend_above(fig, [artists["truth"], endless, each], columns=3)
    return Stage(fig, {"cloud": cloud, "rows": rows}, artists)


def _mediation_view(how: str, strength: float, people: float, measured: float) -> View:
    truth = world(how, strength, measured / 100)
    answers = mediation.exact(truth)
    trials = mediation.simulate(truth, int(people), TRIALS)
    felt, gained = trials.experience[0, 1], trials.benefit[0, 1]
    slope = trials.found["slope"][0] / truth.rise
    ends = np.array([felt.min(), felt.max()])
    artists: dict[str, object] = {
        "people": (felt, gained),
        "line": (ends, gained.mean() + slope * (ends - felt.mean())),
        "truth": ([truth.truth, truth.truth], [-0.5, len(ANALYSES) - 0.5]),
    }
    for y, name in enumerate(ANALYSES):
        low, high = np.percentile(trials.found[name], (2.5, 97.5))
        artists[f"{name} trials"] = (np.clip(trials.found[name], *REACH), y + 0.22 + _jitter())
        artists[f"{name} range"] = (np.clip([low, high], *REACH), [y, y])
        artists[name] = ([answers[name]], [y])
    r = float(np.corrcoef(felt, gained)[0, 1])
    readings = [
        Reading("correlation in this ketamine arm", f"{r:.2f}"),
        Reading("the truth", f"{truth.truth:.2f} SD"),
        Reading("mediation says, in an endless trial", f"{answers['product']:.2f} SD"),
        Reading("awake minus asleep says", f"{answers['masking']:.2f} SD"),
        Reading("richer session says", f"{answers['enriching']:.2f} SD"),
        Reading("95 of 100 trials of a richer session", _range(trials.found["enriching"])),
    ]
    sentence = (
        f"In truth dissociation {how}: it brings {truth.truth:.2f} SD, and mediation credits it with "
        f"{answers['product']:.2f} SD."
    )
    return View(artists, readings, sentence)


@cache
def _jitter() -> Array:
    return 0.12 * np.sin(2.4 * np.arange(TRIALS))


def _range(found: Array) -> str:
    low, high = np.percentile(found, (2.5, 97.5))
    return f"{span(low, high, 1)} SD"
