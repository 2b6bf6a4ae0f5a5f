"""When the window opens, peaks and closes, for the level you call the window."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import STEP_COLOUR, STEP_NAMES
from ketalab.models import cascade
from ketalab.models.cascade import DAY, Array
from ketalab.plots.axes import first_above
from ketalab.plots.style import BLACK, GREY, PALE, figure, legend_above
from ketalab.text import count, how_often

SIGNAL, PROTEINS, SPINES = "signalling (mTORC1)", "synaptic protein", "spines"
LEVELS = {SIGNAL: "mtorc1", PROTEINS: "protein", SPINES: "spines"}
AFTER = 21.0  # days watched after the last session, or to the end of the picture
SHOWN_AFTER = {SIGNAL: 2.0, PROTEINS: 14.0, SPINES: 21.0}  # days drawn after it
ENDS = (2.0, 7.0, 21.0, 42.0, 70.0)  # days: few, so that the axis stays while a hand moves
HALF = 0.5


def plasticity_window() -> Explorable:
    """When the window opens, peaks and closes, for the level you call the window."""
    return Explorable(
        name="plasticity_window",
        title="A window, but of what?",
        controls=(
            Choice(
                "level",
                "Which window",
                tuple(LEVELS),
                SIGNAL,
                "The step of the chain you mean; the others stay in the picture as thin lines.",
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
                greyed=lambda at: "There is only one session." if at["sessions"] == 1 else None,
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
                led=True,
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
    main.set(xlabel="days after the first session", ylabel="rise, share of its own peak", ylim=(0, 1.1))
    main.set_yticks((0, 0.5, 1))
    main.xaxis.set_major_formatter("{x:g}")  # 2, not 2.00, which the edge of the picture would cut
    artists = {
        "open": main.fill_between(
            [0], [0], color=PALE, linewidth=0, label="window open: half of the peak or more"
        )
    }
    for step in LEVELS.values():
        artists[f"{step} thin"] = main.plot([], [], color=STEP_COLOUR[step], linewidth=1.4)[0]
        artists[step] = main.plot(
            [], [], color=STEP_COLOUR[step], linewidth=3.2, label=f"{STEP_NAMES[step]}, model"
        )[0]
    artists["sessions"] = main.plot([], [], "v", color=BLACK, markersize=9, label="session", clip_on=False)[
        0
    ]
    artists["hour"] = main.plot([], [], color=GREY, linestyle="--", linewidth=1.8, label="your hour")[0]
    keys = [artists[name] for name in (*LEVELS.values(), "open", "sessions", "hour")]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"main": main}, artists)


def _window_view(level: str, sessions: float, interval: float, hour: float, lifetime: float) -> View:
    given = int(sessions)
    starts = tuple(interval * i for i in range(given))
    p = cascade.parameters().with_values(life_spine=lifetime * DAY)
    at = starts[-1] + hour
    end = first_above(ENDS, max(starts[-1] / DAY + SHOWN_AFTER[level], at / DAY))
    watched = max(AFTER, end - starts[-1] / DAY)
    hours, run = cascade.after_sessions(watched, p, starts=starts)
    extra = {step: run[step] - 1 for step in LEVELS.values()}
    heights = {step: float(values.max()) for step, values in extra.items()}
    chosen = LEVELS[level]
    opens, peaks, closes = cascade.window(hours, extra[chosen], HALF)
    days = hours / DAY
    share = {step: values / heights[step] for step, values in extra.items()}
    artists: dict[str, object] = {
        "open": _band(days, share[chosen], HALF),
        "sessions": (np.array(starts) / DAY, np.full(given, 1.05)),
        "hour": ([at / DAY, at / DAY], [0, 1.1]),
    }
    for step in LEVELS.values():
        line = (days, share[step])
        artists[f"{step} thin"] = None if step == chosen else line
        artists[step] = line if step == chosen else None
    open_hours = _time_above(hours, share[chosen], HALF)
    first = _first_height(chosen, lifetime, watched)
    readings = [
        Reading("opens first after", _clock(opens)),
        Reading("peaks after", _clock(peaks)),
        Reading(
            "closes last after", _clock(closes) if closes < hours[-1] else f"more than {_clock(hours[-1])}"
        ),
        Reading("open for, in total", _clock(open_hours)),
        Reading(
            "level at your hour, of its peak",
            100 * float(np.interp(at, hours, share[chosen])),
            "%",
            2,
            least=1,
        ),
        Reading("peak, compared with one session", heights[chosen] / first, "times", 2),
    ]
    spans = _spans(hours, extra[chosen])
    sentence = _words(level, given, starts, spans, hours[-1], open_hours)
    sentence += f" At your hour the level is {readings[4].text} of the peak."
    return View(artists, readings, sentence, {"main.x": (0, end)})


@cache
def _first_height(step: str, lifetime: float, watched: float) -> float:
    """Height of the extra activity in so many days after a single session."""
    p = cascade.parameters().with_values(life_spine=lifetime * DAY)
    return float(cascade.after_sessions(watched, p)[1][step].max() - 1)


def _spans(hours: Array, values: Array) -> list[tuple[float, float]]:
    """The times (h) at which the window opens and closes, one pair for each time that it is open."""
    high = values >= HALF * values.max()
    edges = np.flatnonzero(high[1:] != high[:-1])
    level = HALF * values.max()
    part = (level - values[edges]) / (values[edges + 1] - values[edges])
    times = list(hours[edges] + part * (hours[edges + 1] - hours[edges]))
    if high[-1]:
        times.append(float(hours[-1]))
    return list(zip(times[::2], times[1::2], strict=True))


def _words(
    level: str,
    sessions: int,
    starts: tuple[float, ...],
    spans: list[tuple[float, float]],
    watched: float,
    open_hours: float,
) -> str:
    """What the picture says, in one sentence that holds for one window and for many."""
    after = f"After {count(sessions, 'session')} the window of {level}"
    opens, closes = spans[0][0], spans[-1][1]
    until = (
        f"closes {_clock(closes)} after it" if closes < watched else "is still open when we stop looking"
    )
    if len(spans) == 1:
        which = "the" if sessions == 1 else "the first"
        return f"{after} opens once, {_clock(opens)} after {which} session began, and {until}."
    if len(spans) == sessions:
        first, last = (t - starts[0] for t in spans[0])
        return (
            f"{after} opens {how_often(sessions)}, from about {_clock(first)} to {_clock(last)} after the "
            f"start of each; it is open for {_clock(open_hours)} in total."
        )
    return (
        f"{after} opens {how_often(len(spans))}, first after {_clock(opens)}; it is open for "
        f"{_clock(open_hours)} in total."
    )


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
