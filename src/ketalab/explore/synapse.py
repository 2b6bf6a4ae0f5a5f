"""Explorables of the lesson on mTOR, BDNF and new synapses: knock out, wait, doubt."""

from functools import cache
from math import ceil

import numpy as np

from ketalab.draw.synapse import FIRST, STEP_COLOUR, STEP_NAMES, clock_axis
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.explore.plasma import ceiling
from ketalab.models import cascade, screening
from ketalab.models.cascade import DAY, Array, Blocked
from ketalab.style import BLACK, GREEN, GREY, PALE, figure, legend_above

# Knock out a step ---------------------------------------------------------------------------------

NOTHING, AMPA = "nothing", "AMPA receptors"
BDNF, MTORC1, PROTEIN = "BDNF release", "mTORC1", "protein synthesis"
BLOCKERS = {NOTHING: None, AMPA: "ampa", BDNF: "bdnf", MTORC1: "mtorc1", PROTEIN: "protein"}
# What blocking this step did in experiments; the sources stand in `data/mechanism_tests.csv`.
IN_ANIMALS = {
    NOTHING: "not tested here",
    AMPA: "rats: signals and behaviour weaker",
    BDNF: "rats: behaviour blocked",
    MTORC1: "rats: spines and behaviour blocked",
    PROTEIN: "no test read for this lesson",
}
IN_PEOPLE = {MTORC1: "mood at 24 h not altered (n = 20)"}
WEEKS = 3


def cascade_knockout() -> Explorable:
    """Block one step of the cascade and see what survives, upstream and downstream."""
    return Explorable(
        name="cascade_knockout",
        title="Knock out a step",
        controls=(
            Choice(
                "blocked",
                "What is blocked",
                tuple(BLOCKERS),
                MTORC1,
                "The blocker takes away extra activity only; resting activity is left alone, which is "
                "an assumption of the model.",
            ),
            Slider(
                "strength",
                "How much of it is blocked",
                "%",
                0,
                100,
                5,
                90,
                "A drug rarely blocks all. For the Met/Met mice no number was found.",
                (50, 90, 100),
            ),
            Slider(
                "surge",
                "Extra glutamate",
                "times rest",
                0.05,
                2,
                0.05,
                0.5,
                "The height of the surge. It has no agreed number; lesson 03 discusses it.",
                (0.2, 0.5, 1.5),
            ),
            Slider(
                "resting",
                "BDNF by a second route",
                "%",
                0,
                100,
                5,
                0,
                "Made because NMDA receptors are blocked at rest, without AMPA receptors. Share unknown.",
                (0, 50),
            ),
        ),
        stage=_knockout_stage,
        view=_knockout_view,
        presets={
            "mTORC1, as by rapamycin": {},
            "Nothing blocked": {"blocked": NOTHING},
            "All of mTORC1": {"strength": 100},
            "All of AMPA receptors, as by NBQX": {"blocked": AMPA, "strength": 100},
            "The same, but BDNF has a second route": {
                "blocked": AMPA,
                "strength": 100,
                "resting": 50,
            },
            "BDNF release, as by an antibody": {"blocked": BDNF},
            "BDNF release in part, as in Met/Met mice": {"blocked": BDNF, "strength": 70},
            "Protein synthesis": {"blocked": PROTEIN},
        },
    )


def _knockout_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main, bars = fig.subplots(1, 2, width_ratios=(1.55, 1))
    main.set(
        ylim=(0, 1.1),
        yticks=(0, 0.5, 1),
        xlabel="time after the dose",
        ylabel="extra, share of intact height",
    )
    clock_axis(main, leave_out=("10 min", "3 d", "3 wk"))
    main.set_title("model", fontsize=13)
    artists = {}
    for step, colour in STEP_COLOUR.items():
        artists[f"{step} intact"] = main.plot([], [], color=colour, linewidth=1.2, linestyle=":")[0]
        artists[step] = main.plot([], [], color=colour)[0]
    rows = list(STEP_NAMES)
    bars.set(xlim=(0, 105), ylim=(len(rows) - 0.5, -0.5), xlabel="height left (%)")
    bars.set_yticks(range(len(rows)), [STEP_NAMES[step] for step in rows])
    for label, step in zip(bars.get_yticklabels(), rows, strict=True):
        label.set(color=BLACK, weight="bold")
        artists[f"{step} left"] = bars.plot(
            [], [], color=STEP_COLOUR[step], linewidth=15, solid_capstyle="butt"
        )[0]
    bars.grid(False, axis="y")
    return Stage(fig, {"main": main, "bars": bars}, artists)


@cache
def _intact(surge: float, resting: float) -> tuple[Array, dict[str, Array], dict[str, float]]:
    """Hours, states and heights of the extra activity with nothing blocked."""
    p = cascade.parameters().with_values(surge=surge, resting=resting / 100)
    hours, run = cascade.after_sessions(7 * WEEKS, p)
    return hours, run, {step: float(run[step].max() - 1) for step in STEP_NAMES}


def _knockout_view(blocked: str, strength: float, surge: float, resting: float) -> View:
    hours, intact, heights = _intact(surge, resting)
    p = cascade.parameters().with_values(surge=surge, resting=resting / 100)
    which = BLOCKERS[blocked]
    block = Blocked(**{which: strength / 100}) if which else Blocked()
    run = cascade.simulate(hours, cascade.surge(hours, p), p, block)
    shown = hours >= FIRST
    artists: dict[str, object] = {}
    left: dict[str, float] = {}
    for y, step in enumerate(STEP_NAMES):
        extra = run[step] - 1
        left[step] = 100 * float(extra.max()) / heights[step]
        artists[f"{step} intact"] = (hours[shown], (intact[step][shown] - 1) / heights[step])
        artists[step] = (hours[shown], np.maximum(extra[shown], 0) / heights[step])
        artists[f"{step} left"] = ([0, left[step]], [y, y])
    day3 = 100 * (_on_day(hours, run["spines"], 3) - 1)
    intact3 = 100 * (_on_day(hours, intact["spines"], 3) - 1)
    readings = [
        Reading("BDNF left", left["bdnf"], "%", 2, least=0.1),
        Reading("mTORC1 left", left["mtorc1"], "%", 2, least=0.1),
        Reading("new spines left", left["spines"], "%", 2, least=0.1),
        Reading("extra spines on day 3", day3, "% of rest", 2, least=0.1),
        Reading("in animals", IN_ANIMALS[blocked]),
        Reading("in people", IN_PEOPLE.get(blocked, "not tested")),
    ]
    if which is None or strength == 0:
        sentence = f"Nothing is blocked: on day 3 the model has {readings[3].text} more spines."
    else:
        sentence = (
            f"With {strength:.0f} % of {blocked} blocked, {readings[2].text} of the new spines are left; "
            f"without the blocker day 3 had {significant(intact3, 2)} %."
        )
    return View(artists, readings, sentence)


def _on_day(hours: Array, values: Array, day: float) -> float:
    return float(np.interp(day * DAY, hours, values))


# The window ---------------------------------------------------------------------------------------

SIGNAL, PROTEINS, SPINES = "signalling (mTORC1)", "synaptic protein", "spines"
LEVELS = {SIGNAL: "mtorc1", PROTEINS: "protein", SPINES: "spines"}
AFTER = 21.0  # days watched after the last session
SHOWN_AFTER = {SIGNAL: 2.0, PROTEINS: 14.0, SPINES: 21.0}  # days drawn after it
HALF = 0.5


def plasticity_window() -> Explorable:
    """When the window opens, peaks and closes, for the level you call the window."""
    return Explorable(
        name="plasticity_window",
        title="A window, but of what?",
        controls=(
            Choice(
                "level",
                "The window is a window of",
                tuple(LEVELS),
                SIGNAL,
                "Which level of the cascade you mean; the others stay in the picture, thin.",
            ),
            Slider("sessions", "Sessions", "", 1, 8, 1, 2, "How many sessions of 40 min.", (1, 2, 6)),
            Slider(
                "interval",
                "Hours between sessions",
                "h",
                12,
                168,
                12,
                84,
                "From one session to the next.",
                (24, 84, 168),
            ),
            Slider(
                "hour",
                "Your hour for learning",
                "h",
                0,
                168,
                1,
                24,
                "Hours after the last session at which someone would train or talk.",
                (4, 24),
            ),
            Slider(
                "lifetime",
                "Mean lifetime of a spine",
                "d",
                5,
                60,
                1,
                9,
                "About 9 days from the saline mice of this lesson; much longer in other studies.",
                (9,),
            ),
        ),
        stage=_window_stage,
        view=_window_view,
        presets={
            "Two sessions in a week": {},
            "One session": {"sessions": 1},
            "One session, window of spines": {"sessions": 1, "level": SPINES},
            "Twice a week for three weeks": {"sessions": 6},
            "Twice a week, spines that last": {"sessions": 6, "level": SPINES, "lifetime": 60},
            "Six sessions a day apart": {"sessions": 6, "interval": 24, "level": PROTEINS},
        },
    )


def _window_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    main.set(xlabel="days after the first session", ylabel="extra, share of own height", ylim=(0, 1.1))
    main.set_yticks((0, 0.5, 1))
    artists = {
        "open": main.fill_between(
            [0], [0], color=PALE, linewidth=0, label="window open: half its height or more"
        )
    }
    for step in LEVELS.values():
        artists[f"{step} thin"] = main.plot([], [], color=STEP_COLOUR[step], linewidth=1.4)[0]
        artists[step] = main.plot(
            [], [], color=STEP_COLOUR[step], linewidth=3.2, label=f"{STEP_NAMES[step]}, model"
        )[0]
    artists["sessions"] = main.plot([], [], "v", color=BLACK, markersize=9, label="session")[0]
    artists["hour"] = main.plot([], [], color=GREY, linestyle="--", linewidth=1.8, label="your hour")[0]
    keys = [artists[name] for name in (*LEVELS.values(), "open", "sessions", "hour")]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"main": main}, artists)


def _window_view(level: str, sessions: float, interval: float, hour: float, lifetime: float) -> View:
    count = int(sessions)
    starts = tuple(interval * i for i in range(count))
    p = cascade.parameters().with_values(life_spine=lifetime * DAY)
    hours, run = cascade.after_sessions(AFTER, p, starts=starts)
    extra = {step: run[step] - 1 for step in LEVELS.values()}
    heights = {step: float(values.max()) for step, values in extra.items()}
    chosen = LEVELS[level]
    opens, peaks, closes = cascade.window(hours, extra[chosen], HALF)
    at = starts[-1] + hour
    days = hours / DAY
    share = {step: values / heights[step] for step, values in extra.items()}
    artists: dict[str, object] = {
        "open": _band(days, share[chosen], HALF),
        "sessions": (np.array(starts) / DAY, np.full(count, 1.05)),
        "hour": ([at / DAY, at / DAY], [0, 1.1]),
    }
    for step in LEVELS.values():
        line = (days, share[step])
        artists[f"{step} thin"] = None if step == chosen else line
        artists[step] = line if step == chosen else None
    open_hours = _time_above(hours, share[chosen], HALF)
    first = _first_height(chosen, lifetime)
    readings = [
        Reading("opens", _clock(opens)),
        Reading("peaks", _clock(peaks)),
        Reading("closes", _clock(closes) if closes < hours[-1] else f"later than {_clock(hours[-1])}"),
        Reading("open in all", _clock(open_hours)),
        Reading("height at your hour", 100 * float(np.interp(at, hours, share[chosen])), "%", 2, least=1),
        Reading("height, against one session", heights[chosen] / first, "times", 2),
    ]
    sentence = (
        f"After {count} session{'s' if count > 1 else ''} the window of {level} opens {readings[0].text} "
        f"after the first one began and closes {'at ' if closes < hours[-1] else ''}{readings[2].text}; "
        f"at your hour it stands at {readings[4].text} of its height."
    )
    last = max(starts[-1] / DAY + SHOWN_AFTER[level], at / DAY)
    return View(artists, readings, sentence, {"main.x": (0, 2.0 if last <= 2 else 7 * ceil(last / 7))})


@cache
def _first_height(step: str, lifetime: float) -> float:
    """Height of the extra activity after a single session."""
    p = cascade.parameters().with_values(life_spine=lifetime * DAY)
    return float(cascade.after_sessions(AFTER, p)[1][step].max() - 1)


def _band(times: Array, values: Array, level: float) -> tuple[Array, Array, Array]:
    """The edges of a band that stands wherever the line is at or above the level."""
    above = values >= level
    before = np.flatnonzero(above[1:] != above[:-1])
    part = (level - values[before]) / (values[before + 1] - values[before])
    edges = np.repeat(times[before] + part * (times[before + 1] - times[before]), 2)
    x = np.concatenate([times[:1], edges, times[-1:]])
    standing = np.append(above[before], above[-1])
    return x, np.zeros_like(x), 1.1 * np.repeat(standing, 2)


def _time_above(hours: Array, values: Array, level: float) -> float:
    """Hours a line spends at or above a level, the pieces between points taken as straight."""
    low, high = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    rise = np.maximum(high - low, 1e-15)
    part = np.clip((high - level) / rise, 0, 1)
    return float((np.diff(hours) * np.where(low >= level, 1.0, part)).sum())


def _clock(hours: float) -> str:
    """Hours as people say them."""
    if hours < 72:
        return f"{hours:.1f} h" if hours < 10 else f"{hours:.0f} h"
    return f"{hours / DAY:.1f} d" if hours < 10 * DAY else f"{hours / DAY:.0f} d"


# Doubt ---------------------------------------------------------------------------------------------

BRAINS = 200
ALL, GAINS, RATES = "all that was not measured", "gains and thresholds only", "speeds and half-lives only"
BANDS = (5, 25, 50, 75, 95)


def cascade_fan() -> Explorable:
    """Let the unknown rates vary and count which conclusions survive."""
    return Explorable(
        name="cascade_fan",
        title="What if we do not know the rates?",
        controls=(
            Slider(
                "fold",
                "Each rate may vary",
                "fold",
                1,
                100,
                1,
                10,
                "Width of the range of each unknown rate, around the value of the course; 1 is known.",
                (1, 3, 10, 30, 100),
            ),
            Choice(
                "which",
                "What is unknown",
                (ALL, GAINS, RATES),
                ALL,
                "Gains and thresholds say how much, speeds and half-lives say when.",
            ),
            Choice(
                "step",
                "Step in the picture",
                tuple(STEP_NAMES.values()),
                "spines",
                "The step whose range is drawn; the counts do not depend on it.",
                ("mTORC1", "spines"),
            ),
        ),
        stage=_fan_stage,
        view=_fan_view,
        presets={
            "Tenfold, everything unknown": {},
            "Tenfold, only how much": {"which": GAINS},
            "Tenfold, only when": {"which": RATES, "step": "mTORC1"},
            "A hundredfold": {"fold": 100},
            "As if all were known": {"fold": 1},
        },
    )


def _fan_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    clock_axis(main)
    main.set(xlabel="time after the dose", ylabel="extra, % of rest")
    artists = {
        "wide": main.fill_between(
            [0], [0], color=GREEN, alpha=0.18, linewidth=0, label="90 of 100 model brains"
        ),
        "narrow": main.fill_between([0], [0], color=GREEN, alpha=0.35, linewidth=0, label="50 of 100"),
        "median": main.plot([], [], color=GREEN, label="median, model")[0],
        "course": main.plot(
            [], [], color=BLACK, linestyle="--", linewidth=1.6, label="values of the course"
        )[0],
    }
    legend_above(fig, list(artists.values()), columns=4)
    return Stage(fig, {"main": main}, artists)


@cache
def _names(which: str) -> tuple[str, ...]:
    names = screening.uncertain(("unknown", "chosen to match"))
    kind = {GAINS: ("surge", "gain", "half_", "saturation"), RATES: ("rate", "life", "fade")}.get(which)
    return tuple(name for name in names if kind is None or name.startswith(kind))


@cache
def _course() -> tuple[Array, dict[str, Array]]:
    return cascade.after_sessions(screening.WATCHED, cascade.parameters())


@cache
def _brains(fold: float, which: str) -> tuple[Array, dict[str, Array], dict[str, float]]:
    """Hours, states of all model brains and the share in which each conclusion holds."""
    hours = _course()[0]
    p = screening.scatter(BRAINS, fold, _names(which))
    run = cascade.simulate(hours, cascade.surge(hours, p), p)
    holds = {name: float(np.mean(check(hours, run))) for name, check in screening.CONCLUSIONS.items()}
    return hours, run, holds


def _fan_view(fold: float, which: str, step: str) -> View:
    name = next(key for key, label in STEP_NAMES.items() if label == step)
    hours, run, holds = _brains(fold, which)
    bands = 100 * (np.percentile(run[name], BANDS, axis=1) - 1)
    low, quarter, median, three_quarters, high = np.maximum(bands, 0)
    course = 100 * (_course()[1][name] - 1)
    artists = {
        "wide": (hours, low, high),
        "narrow": (hours, quarter, three_quarters),
        "median": (hours, median),
        "course": (hours, np.maximum(course, 0)),
    }
    readings = [Reading(claim, f"{100 * share:.0f} in 100") for claim, share in holds.items()]
    ends = 100 * (np.percentile(_spines_on_day_3(fold, which), [5, 95]) - 1)
    low_3, high_3 = (significant(end, 2) for end in ends)
    readings.append(Reading("extra spines on day 3", f"{low_3} to {high_3} %"))
    sure = sum(share >= 0.95 for share in holds.values())
    sentence = (
        f"{which.capitalize()}, {fold:.0f}-fold: {sure} of {len(holds)} conclusions hold in 95 of "
        f"100 model brains or more."
    )
    return View(artists, readings, sentence, {"main.y": (0, ceiling(1.05 * max(high.max(), course.max())))})


def _spines_on_day_3(fold: float, which: str) -> Array:
    hours, run, _ = _brains(fold, which)
    after = int(np.searchsorted(hours, 3 * DAY))
    return run["spines"][after]
