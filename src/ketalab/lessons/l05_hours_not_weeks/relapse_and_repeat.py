"""Explorable: how long a response lasts, and what further sessions would do if relapse were steady."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.models import relapse
from ketalab.plots.axes import ReadAs, read_as
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, figure
from ketalab.text import grouped

SESSIONS = {
    "none": relapse.NEVER,
    "every 4 weeks": 28.0,
    "every 2 weeks": 14.0,
    "weekly": 7.0,
}
YEAR = 365.0
PROTECTED = 7.0  # days after a session: an assumption, not a measurement
DAYS = np.unique(np.concatenate([np.geomspace(2, 400, 220), np.arange(0, 400, 3.5)[1:]]))
TICKS = {"3 days": 3, "1 week": 7, "2 weeks": 14, "1 month": 30, "3 months": 91, "1 year": 365}
ONE, SEVERAL, SPRAY = "after one infusion", "after several infusions", "after a course of esketamine"
STYLE = {ONE: ("o", BLACK), SEVERAL: ("^", GREEN), SPRAY: ("s", ORANGE)}


def _without_sessions(at: Mapping[str, object]) -> str | None:
    return "There is no further session." if at["sessions"] == "none" else None


def relapse_and_repeat() -> Explorable:
    """People who got better, after the last session or with sessions that go on."""
    return Explorable(
        name="relapse_and_repeat",
        title="How long does it last?",
        controls=(
            Slider(
                "half",
                "Half relapse without sessions after",
                "days",
                5,
                300,
                1,
                18,
                "The markers show what was measured: from 18 days after infusions to 273 after "
                "months of spray.",
                (18, 57, 273),
            ),
            Steps(
                "sessions",
                "Further sessions",
                tuple(SESSIONS),
                "weekly",
                "Starting on day 0. Each is taken to protect for a week; nobody has measured for "
                "how long it does.",
                ("none", "every 4 weeks", "every 2 weeks", "weekly"),
            ),
            Slider(
                "ratio",
                "Hazard after a session",
                "times",
                0.1,
                1,
                0.01,
                0.49,
                "At 1 a session does nothing. SUSTAIN-1 found 0.49, in people chosen because they "
                "were stable.",
                (0.2, 0.49, 1),
                greyed=_without_sessions,
            ),
            Slider(
                "spread",
                "People differ by",
                "variance",
                0,
                4,
                0.5,
                0,
                "How much the hazard varies between people. At 0 all are alike; otherwise those who "
                "relapse easily go first.",
                (0, 3.5),
                led=True,
            ),
        ),
        stage=_stage,
        view=_view,
        presets={
            "Six infusions at most, then none": {"sessions": "none"},
            "Six infusions at most, then weekly": {},
            "Half in 57 days, people alike": {"half": 57, "sessions": "none"},
            "Half in 57 days, people differ": {"half": 57, "sessions": "none", "spread": 3.5},
            "Stable for months, then weekly": {"half": 273},
            "Sessions that do nothing": {"ratio": 1.0},
        },
    )


@dataclass(frozen=True)
class Point:
    """A measured share that had not relapsed at a day (or the day at which half had)."""

    who: str
    kind: str
    day: float
    share: float
    low: float
    high: float
    reference: str


KINDS = {
    "ibrahim2012": ONE,
    "mathew2010": ONE,
    "murrough2013b": SEVERAL,
    "albott2018": SEVERAL,
    "ketect": SEVERAL,
    "takahashi2021": SPRAY,
    "sustain1": SPRAY,
}


@cache
def measured() -> tuple[Point, ...]:
    """Responders or remitters followed without further ketamine; limits of a median's day where printed."""
    rows = table("trial_durability")
    labels = table("trials").set_index("trial").label
    rows = rows[
        (rows.domain == "depression")
        & rows.trial.isin(KINDS)
        & ~rows.group.str.contains("on riluzole|ECT remitters")
    ]
    points = []
    for row in rows.itertuples():
        who = f"{labels[row.trial]}, {row.group}"
        if row.measure.startswith("median time"):
            day, share = row.value, 50.0
        elif row.measure in ("relapsed", "responding"):
            day, share = row.time_h / 24, row.value if row.measure == "responding" else 100 - row.value
        else:
            continue
        points.append(Point(who, KINDS[row.trial], day, share, row.low, row.high, row.reference))
    return tuple(points)


def _stage() -> Stage:
    fig = figure(7.6, 4.5)
    main = fig.subplots()
    main.set(xscale="log", xlim=(2.5, 420), ylim=(0, 104))
    main.set_xticks(list(TICKS.values()), list(TICKS))
    main.set_xticks([], minor=True)
    read_as(main.xaxis, ReadAs(minutes=24 * 60))
    main.set(xlabel="after the last session of the first course", ylabel="not relapsed (%)")
    for kind, (marker, colour) in STYLE.items():
        mine = [point for point in measured() if point.kind == kind]
        for point in mine:
            if np.isfinite(point.low):
                end = point.high if np.isfinite(point.high) else 420.0
                main.plot([point.low, end], [point.share] * 2, color=colour, linewidth=2)
        main.plot(
            [p.day for p in mine],
            [p.share for p in mine],
            marker,
            color=colour,
            markerfacecolor="white",
            markeredgewidth=2.2,
            markersize=9,
            label=f"{kind}, measured",
            zorder=3,
        )
    artists = {
        "untreated": main.plot([], [], "--", color=GREY, label="no further sessions, model")[0],
        "treated": main.plot([], [], color=BLUE, label="with sessions, model")[0],
    }
    handles, labels = main.get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper left", ncols=2, columnspacing=1.2, handletextpad=0.6)
    return Stage(fig, {"main": main}, artists)


def _view(half: float, sessions: str, ratio: float, spread: float) -> View:
    window = PROTECTED
    hazard, spacing = relapse.hazard_from_median(half, spread), SESSIONS[sessions]
    alone = 100 * relapse.still_well(DAYS, hazard, spread=spread)
    together = 100 * relapse.still_well(DAYS, hazard, ratio, spacing, window, spread)
    artists = {"untreated": (DAYS, alone), "treated": (DAYS, together)}
    year = _at(YEAR, hazard, ratio, spacing, window, spread)
    middle = relapse.median_days(hazard, ratio, spacing, window, spread)
    given = relapse.sessions_given(YEAR, spacing)
    readings = [
        Reading("until half relapse, without sessions", half, "days"),
        Reading("until half relapse, with sessions", middle, "days"),
        Reading(
            "well at 6 months, without sessions",
            _at(182, hazard, 1.0, relapse.NEVER, 0.0, spread),
            "%",
            2,
            least=0.1,
        ),
        Reading(
            "well at 6 months, with sessions",
            _at(182, hazard, ratio, spacing, window, spread),
            "%",
            2,
            least=0.1,
        ),
        Reading("well at a year, with sessions", year, "%", 2, least=0.1),
        Reading("sessions in a year", str(given)),
    ]
    return View(artists, readings, _words(sessions, half, middle))


def _words(sessions: str, half: float, middle: float) -> str:
    if sessions == "none":
        return f"In this model half have relapsed by day {grouped(half)}; there are no further sessions."
    weekly = sessions == "weekly"
    how, make = ("weekly sessions", "make") if weekly else (f"a session {sessions}", "makes")
    if round(middle) == round(half):
        return f"In this model {how} {make} no difference: half have relapsed by day {grouped(half)}."
    by = f"by day {grouped(middle)} instead of day {grouped(half)}"
    return f"In this model, with {how}, half have relapsed {by}."


def _at(day: float, *model: float) -> float:
    return 100 * float(relapse.still_well(day, *model))
