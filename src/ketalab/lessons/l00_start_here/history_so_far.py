"""What was known in a year of your choice."""

from functools import cache

import pandas as pd

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l00_start_here.figures import KINDS, decimal_years
from ketalab.plots.style import BLACK, BLUE, GREY, PALE, figure, legend_above
from ketalab.text import date_in_words

ALL = "all kinds"


def history_so_far() -> Explorable:
    """What was known in a year of your choice."""
    return Explorable(
        name="history_so_far",
        title="What was known by then?",
        controls=(
            Slider(
                "year",
                "Year",
                "",
                1955,
                2026,
                1,
                1975,
                "Dots up to the end of this year are filled in; later ones are grey.",
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
    main.set(xlim=(1953, 2029), ylim=(-0.7, len(KINDS) - 0.3), xlabel="year")
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
        "now": ([year + 0.99, year + 0.99], [-0.7, len(KINDS)]),  # in its last days
        "future": (future.when, future.row),
        "past": (past.when, past.row),
        "latest": (latest.when, latest.row),
    }
    if past.empty:
        sentence = f"By the end of {year}, none of these events had happened."
    else:
        sentence = (
            f"The latest event up to the end of {year} is from {date_in_words(latest.date.item())}: "
            f"{latest.event.item()}"
        )
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
