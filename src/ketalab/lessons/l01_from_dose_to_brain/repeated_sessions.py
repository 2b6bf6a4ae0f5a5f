"""Repeated infusions: what is left before the next, what accumulates, when it is gone."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ketalab.explorables.canvas import Stage, set_scale
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import ARTERIAL, DOSE, typical
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import LinearModel
from ketalab.plots.axes import first_above
from ketalab.plots.style import BLACK, DRUG, GREY, figure, legend_above

SESSION_MIN = 40.0
COMPOUNDS = ("ketamine", "norketamine", "hydroxynorketamine")
GONE = 1.0  # ng/mL, below which we call a compound washed out
DAY = 1440.0
WATCHED = (4.0, 20.0, 80.0)  # days: few, so that the axis stays while a hand moves


def _one_session(at: Mapping[str, object]) -> str | None:
    return "There is one session only." if at["sessions"] == 1 else None


def repeated_sessions() -> Explorable:
    """Repeated infusions: what is left before the next, what accumulates, when it is gone."""
    return Explorable(
        name="repeated_sessions",
        title="Repeated sessions and washout",
        controls=(
            replace(
                DOSE,
                high=1.0,
                help="Each infusion runs over 40 min, in a person of 70 kg; Simons 2022, arterial blood.",
                stops=(0.25, 0.5, 1.0),
            ),
            Slider(
                "interval",
                "Hours between sessions",
                "h",
                4,
                168,
                4,
                84,
                "From the start of one infusion to the start of the next.",
                (4, 12, 24, 84, 168),
                greyed=_one_session,
                led=True,
            ),
            Slider("sessions", "Sessions", "", 1, 12, 1, 6, "The number of infusions.", (1, 2, 6, 12)),
        ),
        stage=_sessions_stage,
        view=_sessions_view,
        presets={
            "Twice a week for three weeks": {},
            "Three times a week for two weeks": {"interval": 56},
            "One session": {"sessions": 1},
            "Every 4 hours (not a treatment)": {"interval": 4, "sessions": 12},
        },
    )


def _sessions_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(
        xlabel="days after the first session",
        ylabel="plasma concentration (ng/mL)",
        ylim=(0.1, 1000),
    )
    set_scale(main, "y", "log")
    main.xaxis.set_major_locator(MaxNLocator(integer=True))
    artists = {
        compound: main.plot([], [], color=DRUG[compound], label=f"{compound}, model")[0]
        for compound in reversed(COMPOUNDS)
    }
    artists["gone"] = main.plot(
        [], [], color=GREY, linestyle="--", linewidth=1.4, label="1 ng/mL, washed out"
    )[0]
    artists["washout"] = main.plot([], [], "o", color=BLACK, markersize=9, label="ketamine washed out")[0]
    legend_above(fig, list(artists.values()), columns=3)
    return Stage(fig, {"main": main}, artists)


def _sessions_view(dose: float, interval: float, sessions: float) -> View:
    patient = typical(ARTERIAL, 70.0)
    gap, count = interval * 60, int(sessions)
    doses = pk.every(pk.Dose(dose * 70, "iv", duration=SESSION_MIN), gap, count)
    after = _after_one_dose()
    starts = gap * np.arange(count)
    times = np.unique(
        np.concatenate([start + after[after <= gap] for start in starts[:-1]] + [starts[-1] + after])
    )
    curves = {c: pk.concentration(patient, doses, times, c)[0] for c in COMPOUNDS}
    ketamine, metabolite = curves["ketamine"], curves["hydroxynorketamine"]
    days = times / DAY
    gone = _last_above(times, ketamine) / DAY
    last = int(np.argmin(np.abs(times - (starts[-1] + SESSION_MIN))))
    first = int(np.argmin(np.abs(times - SESSION_MIN)))
    before = _before_next(patient, dose, gap, count)
    artists = {compound: (days, np.maximum(curves[compound], 1e-3)) for compound in COMPOUNDS}
    end = first_above(WATCHED, days[-1])
    artists |= {"gone": ([0, end], [GONE, GONE]), "washout": ([gone], [GONE])}
    readings = [
        Reading("peak of the first session", float(ketamine[first]), "ng/mL"),
        Reading("peak of the last session", float(ketamine[last]), "ng/mL"),
        Reading("accumulation, last over first", float(ketamine[last] / ketamine[first]), "times"),
        Reading("left just before the next", before, "ng/mL", 2, least=0.01)
        if count > 1
        else Reading("left just before the next", "no next session"),
        Reading("ketamine below 1 ng/mL after", (gone - starts[-1] / DAY) * 24, "h"),
        Reading(
            "hydroxynorketamine below 1 ng/mL after",
            (_last_above(times, metabolite) - starts[-1]) / 60,
            "h",
        ),
    ]
    sentence = (
        (
            f"{count} sessions of {dose:.2f} mg/kg, one every {interval:.0f} h: the last peak is "
            f"{readings[2].text} the first."
        )
        if count > 1
        else (
            f"One session of {dose:.2f} mg/kg: ketamine is below 1 ng/mL {readings[4].text} after it began."
        )
    )
    return View(artists, readings, sentence, {"main.x": (0, end)})


@cache
def _after_one_dose() -> NDArray[np.float64]:
    """Minutes at which a session is drawn: close together while it changes fast, for two days."""
    rise = np.linspace(0, SESSION_MIN, 9)
    return np.concatenate([rise, np.linspace(45, 70, 6), np.geomspace(80, 2 * DAY, 45)])


def _last_above(times: NDArray[np.float64], curve: NDArray[np.float64]) -> float:
    """When the curve falls below the washed-out line for good."""
    at = int(np.flatnonzero(curve > GONE)[-1])
    if at + 1 == len(times):
        return float(times[at])
    steps = np.log([curve[at], GONE, curve[at + 1]])
    return float(times[at] + (times[at + 1] - times[at]) * (steps[0] - steps[1]) / (steps[0] - steps[2]))


def _before_next(patient: LinearModel, dose: float, gap: float, count: int) -> float:
    """Ketamine at the moment the next session would start (ng/mL)."""
    doses = pk.every(pk.Dose(dose * 70, "iv", duration=SESSION_MIN), gap, count)
    return float(pk.concentration(patient, doses, [gap * count], "ketamine")[0, 0])
