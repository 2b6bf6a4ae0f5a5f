"""Explorables of the first lesson: the history so far, and the drug and the mood over days."""

from functools import cache

import numpy as np
import pandas as pd
from scipy import stats

from ketalab.draw.start import KINDS, decimal_years
from ketalab.evidence import table
from ketalab.explore.canvas import Stage, set_scale
from ketalab.explore.controls import Choice, Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.models import pharmacokinetics as pk
from ketalab.style import BLACK, BLUE, DRUG, GREY, PALE, figure, legend_above

# The history so far -------------------------------------------------------------------------------

ALL = "all kinds"


def history_so_far() -> Explorable:
    """What was known in a year of your choice."""
    return Explorable(
        name="history_so_far",
        title="What was known in ...?",
        controls=(
            Slider(
                "year",
                "Year",
                "",
                1955,
                2026,
                1,
                1975,
                "Everything up to the end of this year is filled in; the rest is still to come.",
                (1956, 1966, 1975, 1985, 1995, 2005, 2010, 2015, 2020, 2026),
            ),
            Choice(
                "kind",
                "Kind of event",
                (ALL, *KINDS),
                ALL,
                "Show all events or one kind.",
                (ALL, "clinical research", "regulation"),
            ),
        ),
        stage=_history_stage,
        view=_history_view,
        presets={
            "Just approved: 1970": {"year": 1970},
            "Before anyone tried it for depression: 1999": {"year": 1999},
            "The year of the nasal spray: 2019": {"year": 2019},
        },
    )


@cache
def _events() -> pd.DataFrame:
    events = table("timeline")
    return events.assign(when=decimal_years(events.date), row=events.kind.map(KINDS[::-1].index))


def _history_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    main.set(xlim=(1953, 2029), ylim=(-0.7, len(KINDS) - 0.3))
    main.set_yticks(range(len(KINDS)), KINDS[::-1])
    dot = {"linestyle": "none", "marker": "o", "markersize": 10}
    artists = {
        "now": main.plot([], [], color=GREY, linestyle="--", linewidth=1.6, label="the year")[0],
        "future": main.plot([], [], **dot, color=PALE, label="still to come")[0],
        "past": main.plot([], [], **dot, color=BLUE, label="so far")[0],
        "latest": main.plot([], [], **dot, color=BLACK, label="latest")[0],
    }
    legend_above(fig, [artists[name] for name in ("past", "latest", "future", "now")], columns=4)
    return Stage(fig, {"main": main}, artists)


def _history_view(year: float, kind: str) -> View:
    events = _events()
    events = events if kind == ALL else events[events.kind == kind]
    year = int(year)
    past, future = events[events.when < year + 1], events[events.when >= year + 1]
    latest = past.tail(1)
    artists = {
        "now": ([year + 1, year + 1], [-0.7, len(KINDS)]),
        "future": (future.when, future.row),
        "past": (past.when, past.row),
        "latest": (latest.when, latest.row),
    }
    if past.empty:
        sentence = f"By the end of {year}, none of these events had happened."
    else:
        sentence = f"By the end of {year} the latest was ({latest.date.item()}): {latest.event.item()}"
    readings = [
        Reading("events so far", str(len(past))),
        Reading("still to come", str(len(future))),
        Reading("years since ketamine was made", _since(year, 1962)),
        Reading("years since FDA approval", _since(year, 1970)),
        Reading("years since the first depression report", _since(year, 2000)),
    ]
    return View(artists, readings, sentence)


def _since(year: int, start: int) -> str:
    return str(year - start) if year >= start else "not yet"


# The drug and the mood ----------------------------------------------------------------------------

CLOCK = {
    "before": 0.0,
    "10 min": 1 / 6,
    "40 min": 2 / 3,
    "2 h": 2.0,
    "6 h": 6.0,
    "1 day": 24.0,
    "2 days": 48.0,
    "3 days": 72.0,
    "5 days": 120.0,
    "7 days": 168.0,
    "14 days": 336.0,
}
BOTH, DRUG_ONLY = "ketamine and saline", "ketamine only"
FIRST_HOUR = 0.03  # h, where the logarithmic time axis begins; "before" stands there
HOURS = np.unique(np.concatenate([np.geomspace(FIRST_HOUR, 24, 90), [2 / 3], [30, 40, 60, 336]]))


def drug_and_mood() -> Explorable:
    """One infusion: the drug in the blood, and depression scores for two weeks, measured."""
    return Explorable(
        name="drug_and_mood",
        title="One infusion: the drug and the mood",
        controls=(
            Steps(
                "clock",
                "Time after the start",
                tuple(CLOCK),
                "40 min",
                "How far you have looked ahead. Later measurements stay hidden.",
            ),
            Choice(
                "arms",
                "Show",
                (DRUG_ONLY, BOTH),
                DRUG_ONLY,
                "Look at the ketamine group alone, or beside the saline group.",
            ),
            Slider(
                "dose",
                "Dose",
                "mg/kg",
                0.1,
                1.0,
                0.05,
                0.5,
                "Changes the drug's curve only: the trial was done at 0.5 mg/kg.",
            ),
        ),
        stage=_mood_stage,
        view=_mood_view,
        presets={
            "End of the infusion": {},
            "The next day, ketamine only": {"clock": "1 day"},
            "The next day, both groups": {"clock": "1 day", "arms": BOTH},
            "Two weeks, both groups": {"clock": "14 days", "arms": BOTH},
        },
    )


@cache
def _scores() -> pd.DataFrame:
    """Mean scores with 95 % confidence intervals, by arm and hour."""
    rows = table("trial_scores").query("trial == 'lii2023' and scale == 'MADRS' and kind == 'score'")
    half = stats.t.ppf(0.975, rows.n.astype(float) - 1) * rows.sd / np.sqrt(rows.n.astype(float))
    return rows.assign(low=rows["mean"] - half, high=rows["mean"] + half)


def _mood_stage() -> Stage:
    fig = figure(7.6, 4.6)
    drug, mood = fig.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    set_scale(drug, "x", "log")
    drug.set(xlim=(FIRST_HOUR, 400), ylim=(0, 105), ylabel="ketamine\n(% of its peak)")
    ticks = {"before": FIRST_HOUR, "1 h": 1, "6 h": 6, "1 day": 24, "3 days": 72, "14 days": 336}
    mood.set(ylim=(0, 40), ylabel="depression score\n(MADRS)")
    mood.set_xticks(list(ticks.values()), list(ticks))
    mood.set_xticks([], minor=True)
    ink = {"ketamine": DRUG["ketamine"], "saline": DRUG["comparator"]}
    artists = {
        "line": drug.plot([], [], color=ink["ketamine"], label="ketamine in blood, model")[0],
        "now drug": drug.axvline(1, color=BLACK, linestyle="--", linewidth=1.2),
        "now mood": mood.axvline(1, color=BLACK, linestyle="--", linewidth=1.2),
    }
    for arm, marker in (("saline", "s"), ("ketamine", "o")):
        artists[f"{arm} bars"] = mood.vlines([], [], [], color=ink[arm], linewidth=2)
        artists[arm] = mood.plot(
            [],
            [],
            linestyle="none",
            marker=marker,
            color=ink[arm],
            markersize=9,
            markerfacecolor="white",
            markeredgewidth=2.4,
            label=f"{arm} group, measured",
        )[0]
    legend_above(fig, [artists[name] for name in ("line", "ketamine", "saline")], columns=3)
    return Stage(fig, {"drug": drug, "mood": mood}, artists)


@cache
def _relative() -> tuple[np.ndarray, float]:
    """Ketamine at 1 mg/kg over 40 min in a person of 70 kg: the curve (ng/mL) and its peak."""
    person = pk.published("otto2021").typical()
    dose = [pk.Dose(70.0, "iv", duration=40.0)]
    curve = pk.concentration(person, dose, HOURS * 60, "ketamine")[0]
    return curve, float(curve.max())


def _mood_view(clock: str, arms: str, dose: float) -> View:
    hour = CLOCK[clock]
    curve, peak = _relative()
    share = 0.0 if hour == 0 else float(np.interp(hour, HOURS, curve)) / peak
    shown = max(hour, FIRST_HOUR)
    seen = shown >= HOURS
    artists = {
        "line": (HOURS[seen], 100 * curve[seen] / peak),
        "now drug": ([shown, shown], [0, 1]),
        "now mood": ([shown, shown], [0, 1]),
    }
    scores = _scores()
    latest = {}
    for arm, nudge in (("saline", 1.05), ("ketamine", 1 / 1.05)):
        rows = scores[(scores.arm == arm) & (scores.time_h <= hour)]
        latest[arm] = rows.iloc[-1]
        if arm == "saline" and arms == DRUG_ONLY:
            artists |= {"saline": None, "saline bars": None}
            continue
        x = np.maximum(rows.time_h, FIRST_HOUR * 1.1) * nudge
        bars = zip(x, rows.low, rows.high, strict=True)
        artists[f"{arm} bars"] = [[(at, low), (at, high)] for at, low, high in bars]
        artists[arm] = (x, rows["mean"])
    return View(artists, *_mood_words(clock, arms, share, dose * peak, latest))


def _mood_words(clock, arms, share, peak, latest) -> tuple[list[Reading], str]:
    ketamine, saline = latest["ketamine"], latest["saline"]
    measured = "before" if ketamine.time_h == 0 else f"day {ketamine.time_h / 24:.0f}"
    readings = [
        Reading("ketamine in blood now", share * peak, "ng/mL", least=0.01),
        Reading("share of its peak", 100 * share, "%", 2, least=0.01),
        Reading(f"score, ketamine group, {measured}", f"{ketamine['mean']:.1f} points"),
    ]
    sentence = (
        f"{'Before the infusion' if clock == 'before' else f'{clock} after the start'} ketamine is at "
        f"{readings[1].text} of its peak; the ketamine group's score was {ketamine['mean']:.1f}."
    )
    if arms == BOTH:
        error = np.sqrt(ketamine.sd**2 / ketamine.n + saline.sd**2 / saline.n)
        difference = ketamine["mean"] - saline["mean"]
        low, high = difference - 1.96 * error, difference + 1.96 * error
        readings += [
            Reading(f"score, saline group, {measured}", f"{saline['mean']:.1f} points"),
            Reading("ketamine minus saline", f"{difference:.1f} points"),
            Reading("95 % interval", f"{low:.1f} to {high:.1f}"),
        ]
        sentence += f" The saline group's was {saline['mean']:.1f}."
    return readings, sentence
