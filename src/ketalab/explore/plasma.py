"""Explorables of the lesson from dose to brain: one curve, many sessions, many people."""

from dataclasses import replace
from functools import cache
from math import ceil, log10

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ketalab.evidence import table
from ketalab.explore.canvas import Stage, set_scale
from ketalab.explore.controls import Choice, Slider
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import LinearModel
from ketalab.style import BLACK, DRUG, GREY, PALE, figure, legend_above

Array = NDArray[np.float64]

MODELS = {
    "Otto 2021 (venous)": "otto2021",
    "Perez-Ruixo 2021 (venous)": "perezruixo2021",
    "Simons 2022 (arterial)": "simons2022",
}
VENOUS, PEREZ, ARTERIAL = MODELS
FLOOR = 1.0  # ng/mL, the bottom of the logarithmic axes


def ceiling(value: float) -> float:
    """The next round number above a value, so that an axis changes seldom and never flickers."""
    power = 10.0 ** np.floor(log10(max(value, 1e-9)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value))


@cache
def _typical(model: str, weight: float) -> LinearModel:
    return pk.published(MODELS[model]).typical(weight)


# The two controls that explorables of a dose have in common; each says its own help and stops.
DOSE = Slider(
    "dose",
    "Dose",
    "mg/kg",
    0.1,
    2.0,
    0.05,
    0.5,
    "Dose for each kilogram of body weight.",
    (0.25, 0.5, 1.0, 2.0),
)
INFUSION_TIME = Slider(
    "minutes", "Infusion time", "min", 2, 120, 1, 40, "How long the infusion runs.", (10, 40, 100)
)

# One dose -----------------------------------------------------------------------------------------

INFUSION, BOLUS, IM = "IV infusion", "IV bolus", "intramuscular"
NASAL, ORAL = "nasal esketamine", "swallowed"
ROUTES = {INFUSION: "iv", BOLUS: "iv", IM: "im", NASAL: "nasal", ORAL: "oral"}
SIX_HOURS = np.concatenate([np.arange(0, 60, 0.5), np.arange(60, 361, 2.0)])
LINEAR, LOG = "linear", "logarithmic"


def route_to_plasma() -> Explorable:
    """Route, dose and duration to a plasma curve, with measurements of the same setting beside it."""
    return Explorable(
        name="route_to_plasma",
        title="From dose to plasma",
        controls=(
            Choice(
                "route",
                "Route",
                tuple(ROUTES),
                INFUSION,
                "How the dose is given. Nasal doses come in whole devices of 28 mg.",
            ),
            DOSE,
            replace(INFUSION_TIME, help="How long the infusion runs; the other routes do not use it."),
            Slider(
                "weight",
                "Body weight",
                "kg",
                40,
                140,
                1,
                70,
                "Multiplies the dose; in some models it changes the body too.",
            ),
            Choice(
                "model",
                "Whose parameters",
                tuple(MODELS),
                VENOUS,
                "The published parameter set behind the line. Nasal and swallowed doses always "
                "use Perez-Ruixo 2021, the only set here that has these routes.",
                (VENOUS, ARTERIAL),
            ),
            Choice(
                "scale",
                "Scale",
                (LINEAR, LOG),
                LINEAR,
                "On the logarithmic scale a steady half-life is a straight line.",
            ),
        ),
        stage=_route_stage,
        view=_route_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "Volunteers: 10 mg over 30 min": {"dose": 0.15, "minutes": 30, "weight": 68},
            "The same dose as a bolus": {"route": BOLUS},
            "Anaesthetic induction: 2 mg/kg bolus": {"route": BOLUS, "dose": 2.0, "scale": LOG},
            "Into a muscle, 0.5 mg/kg": {"route": IM},
            "Nasal esketamine, 84 mg": {"route": NASAL, "dose": 1.2},
            "Swallowed, 25 mg": {"route": ORAL, "dose": 0.35},
        },
    )


def _route_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlabel="hours after the start", ylabel="plasma concentration (ng/mL)", xlim=(0, 6))
    artists = {
        "given": main.axvspan(0, 1, color=PALE, zorder=0, label="drug being given"),
        "band": main.fill_between(
            [0],
            [0],
            color=DRUG["ketamine"],
            alpha=0.2,
            linewidth=0,
            label="if absorbed in 2 or in 17 min",
        ),
        "norketamine": main.plot([], [], color=DRUG["norketamine"], label="norketamine, model")[0],
        "ketamine": main.plot([], [], color=DRUG["ketamine"], label="ketamine, model")[0],
        "interval": main.vlines([], [], [], color=BLACK, linewidth=1.6),
        "measured": main.plot(
            [],
            [],
            "o",
            color=BLACK,
            markerfacecolor="white",
            markeredgewidth=2,
            label="ketamine, measured",
        )[0],
    }
    keys = [artists[name] for name in ("ketamine", "norketamine", "measured", "given", "band")]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"main": main}, artists)


def _doses(route: str, milligrams: float, minutes: float) -> list[pk.Dose]:
    if route == NASAL:
        devices = max(1, round(milligrams / pk.DEVICE_MG))
        return pk.nasal_devices(pk.DEVICE_MG * devices)
    return [pk.Dose(milligrams, ROUTES[route], duration=minutes if route == INFUSION else 0.0)]


@cache
def _observations(route: str) -> pd.DataFrame:
    rows = table("plasma_concentrations").query("compound == 'ketamine'")
    return rows[rows.route == ROUTES[route]].dropna(subset=["time_min"])


def _measured(route: str, given: float, dose: float, minutes: float) -> pd.DataFrame:
    """Measurements of this setting: same route and duration, dose within a tenth."""
    rows = _observations(route)
    same = np.abs(rows.dose / np.where(rows.dose_unit == "mg", given, dose) - 1) < 0.1
    if ROUTES[route] == "iv":
        same &= rows.infusion_min == (minutes if route == INFUSION else 0)
    return rows[same]


def _route_view(route: str, dose: float, minutes: float, weight: float, model: str, scale: str) -> View:
    patient = _typical(PEREZ if route in (NASAL, ORAL) else model, weight)
    doses = _doses(route, dose * weight, minutes)
    given = sum(d.amount for d in doses)
    patients = [patient]
    if route == IM:
        patients = [pk.intramuscular(patient), *(pk.intramuscular(patient, t) for t in (2, 17))]
    curves = [pk.concentration(p, doses, SIX_HOURS, "ketamine")[0] for p in patients]
    ketamine = curves[0]
    norketamine = pk.concentration(patients[0], doses, SIX_HOURS, "norketamine")[0]
    rows = _measured(route, given, dose, minutes)
    at, height = pk.peak(SIX_HOURS, ketamine)
    lasted = max(d.time for d in doses) + (minutes if route == INFUSION else 1.5)
    top = ceiling(1.02 * max(np.max(curves), norketamine.max(), rows.value.max() if len(rows) else 0))
    bottom = FLOOR if scale == LOG else 0.0
    hours = SIX_HOURS / 60
    artists = {
        "given": (0, bottom, lasted / 60, top * 10),
        "band": (hours, curves[1], curves[2]) if route == IM else None,
        "norketamine": (hours, np.maximum(norketamine, 0.1)),
        "ketamine": (hours, np.maximum(ketamine, 0.1)),
        "interval": _bars(rows),
        "measured": (rows.time_min / 60, rows.value),
    }
    readings = [
        Reading("ketamine peak", height, "ng/mL"),
        Reading("time of the peak", at, "min", 2),
        Reading("ketamine at 40 min", float(np.interp(40, SIX_HOURS, ketamine)), "ng/mL"),
        Reading("ketamine at 4 h", float(np.interp(240, SIX_HOURS, ketamine)), "ng/mL"),
        Reading("norketamine peak", float(norketamine.max()), "ng/mL"),
        Reading("measured, closest to the peak", _nearest(rows, at), "ng/mL"),
    ]
    sentence = f"{_words(route, given, minutes)}: ketamine peaks at {readings[0].text}."
    limits = {"main.yscale": "log" if scale == LOG else "linear", "main.y": (bottom, top)}
    return View(artists, readings, sentence, limits)


def _bars(rows: pd.DataFrame) -> list[list[tuple[float, float]]]:
    """Vertical interval bars, where an interval was printed."""
    known = rows.dropna(subset=["low", "high"])
    return [[(r.time_min / 60, r.low), (r.time_min / 60, r.high)] for r in known.itertuples()]


def _nearest(rows: pd.DataFrame, minute: float) -> float | str:
    if rows.empty:
        return "none for this setting"
    return float(rows.value.iloc[int(np.abs(rows.time_min - minute).to_numpy().argmin())])


def _words(route: str, given: float, minutes: float) -> str:
    return (
        f"{given:.3g} mg "
        + {
            INFUSION: f"into a vein over {minutes:.0f} min",
            BOLUS: "into a vein at once",
            IM: "into a muscle",
            NASAL: f"of esketamine into the nose, {ceil(given / pk.DEVICE_MG)} devices",
            ORAL: "swallowed",
        }[route]
    )


# Many sessions ------------------------------------------------------------------------------------

SESSION_MIN = 40.0
COMPOUNDS = ("ketamine", "norketamine", "hydroxynorketamine")
GONE = 1.0  # ng/mL, below which we call a compound washed out
DAY = 1440.0


def repeated_sessions() -> Explorable:
    """Repeated infusions: what is left before the next, what accumulates, when it is gone."""
    return Explorable(
        name="repeated_sessions",
        title="Repeated sessions and washout",
        controls=(
            replace(
                DOSE,
                high=1.0,
                help="Each infusion, over 40 min, in a person of 70 kg.",
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
            ),
            Slider("sessions", "Sessions", "", 1, 12, 1, 6, "How many infusions.", (1, 2, 6, 12)),
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
        [], [], color=GREY, linestyle="--", linewidth=1.4, label="1 ng/mL: washed out"
    )[0]
    artists["washout"] = main.plot([], [], "o", color=BLACK, markersize=9, label="ketamine washed out")[0]
    legend_above(fig, list(artists.values()), columns=3)
    return Stage(fig, {"main": main}, artists)


def _sessions_view(dose: float, interval: float, sessions: float) -> View:
    patient = _typical(ARTERIAL, 70.0)
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
    artists |= {"gone": ([0, days[-1]], [GONE, GONE]), "washout": ([gone], [GONE])}
    readings = [
        Reading("peak of the first session", float(ketamine[first]), "ng/mL"),
        Reading("peak of the last session", float(ketamine[last]), "ng/mL"),
        Reading("accumulation, last over first", float(ketamine[last] / ketamine[first]), "times"),
        Reading("left just before the next", before, "ng/mL", 2, least=0.01),
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
    return View(artists, readings, sentence, {"main.x": (0, ceiling(days[-1]))})


@cache
def _after_one_dose() -> Array:
    """Minutes at which a session is drawn: close together while it changes fast, for two days."""
    rise = np.linspace(0, SESSION_MIN, 9)
    return np.concatenate([rise, np.linspace(45, 70, 6), np.geomspace(80, 2 * DAY, 45)])


def _last_above(times: Array, curve: Array) -> float:
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


# Many people --------------------------------------------------------------------------------------

PEOPLE, SEED = 300, 7
FOUR_HOURS = np.unique(np.concatenate([np.linspace(0, 130, 53), np.linspace(130, 240, 23)]))
BY_WEIGHT, SAME_FOR_ALL = "by body weight", "the same for everyone"
PERCENTILES = (5, 25, 50, 75, 95)


def population_fan() -> Explorable:
    """The same order for three hundred virtual people."""
    return Explorable(
        name="population_fan",
        title="The same order, three hundred people",
        controls=(
            replace(
                DOSE,
                high=1.0,
                help="Prescribed dose; a fixed dose is this times 70 kg.",
                stops=(0.25, 0.5, 1.0),
            ),
            INFUSION_TIME,
            Choice(
                "dosing",
                "The dose is",
                (BY_WEIGHT, SAME_FOR_ALL),
                BY_WEIGHT,
                "Milligrams for each kilogram, or the same milligrams for all.",
            ),
            Slider(
                "spread",
                "Spread of body weight (SD)",
                "kg",
                0,
                30,
                1,
                15,
                "How much people differ in weight, around 75 kg.",
                (0, 15, 30),
            ),
            Choice(
                "model",
                "Whose parameters",
                tuple(MODELS),
                VENOUS,
                "The published parameter set, with the variation between people it reports.",
                (VENOUS,),
            ),
        ),
        stage=_fan_stage,
        view=_fan_view,
        presets={
            "0.5 mg/kg over 40 min": {},
            "The same 35 mg for everyone": {"dosing": SAME_FOR_ALL},
            "The same 35 mg, very different people": {"dosing": SAME_FOR_ALL, "spread": 30},
            "Faster: over 10 min": {"minutes": 10},
        },
    )


def _fan_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlabel="minutes after the start", ylabel="ketamine in plasma (ng/mL)", xlim=(0, 240))
    blue = DRUG["ketamine"]
    artists = {
        "wide": main.fill_between([0], [0], color=blue, alpha=0.18, linewidth=0, label="90 of 100 people"),
        "narrow": main.fill_between([0], [0], color=blue, alpha=0.35, linewidth=0, label="50 of 100"),
        "median": main.plot([], [], color=blue, label="median, model")[0],
        "end": main.plot([], [], color=GREY, linestyle="--", linewidth=1.4, label="end of the infusion")[0],
        "people": main.plot(
            [], [], ".", color=BLACK, alpha=0.35, markersize=5, label="each person at the end"
        )[0],
    }
    legend_above(fig, list(artists.values()), columns=3)
    return Stage(fig, {"main": main}, artists)


@cache
def _deviates() -> Array:
    return np.random.default_rng(SEED).standard_normal(PEOPLE)


@cache
def _people(model: str, spread: float) -> tuple[LinearModel, Array]:
    weight = np.clip(75 + spread * _deviates(), 40, 160)
    return pk.published(MODELS[model]).population(PEOPLE, SEED, weight), weight


def _fan_view(dose: float, minutes: float, dosing: str, spread: float, model: str) -> View:
    people, weight = _people(model, spread)
    times = np.append(FOUR_HOURS, minutes)
    unit = pk.concentration(people, [pk.Dose(1.0, "iv", duration=minutes)], times, "ketamine")
    given = dose * (weight if dosing == BY_WEIGHT else np.full(PEOPLE, 70.0))
    curves = unit * given[:, None]
    low, quarter, median, three_quarters, high = np.percentile(curves, PERCENTILES, axis=0)
    at_end = curves[:, -1]
    top = ceiling(1.05 * at_end.max())
    jitter = minutes + 2.5 * np.sin(np.arange(PEOPLE))
    artists = {
        "wide": (FOUR_HOURS, low[:-1], high[:-1]),
        "narrow": (FOUR_HOURS, quarter[:-1], three_quarters[:-1]),
        "median": (FOUR_HOURS, median[:-1]),
        "end": ([minutes, minutes], [0, top]),
        "people": (jitter, at_end),
    }
    share = 100 * float(np.mean((at_end >= 100) & (at_end <= 250)))
    readings = [
        Reading("median at the end", float(median[-1]), "ng/mL"),
        Reading("lowest 5 in 100 are below", float(low[-1]), "ng/mL"),
        Reading("highest 5 in 100 are above", float(high[-1]), "ng/mL"),
        Reading("high over low", float(high[-1] / low[-1]), "times"),
        Reading("between 100 and 250 ng/mL", share, "in 100", 2),
        Reading("lightest to heaviest person", f"{weight.min():.0f} to {weight.max():.0f} kg"),
    ]
    sentence = (
        f"{dose:.2f} mg/kg over {minutes:.0f} min, {dosing}: from {readings[1].text} to "
        f"{readings[2].text} at the end of the infusion in 90 of 100 virtual people."
    )
    return View(artists, readings, sentence, {"main.y": (0, top)})
