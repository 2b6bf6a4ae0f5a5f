"""Route, dose and duration to a plasma curve, measurements of the same setting, and two tanks under it."""

from dataclasses import replace
from functools import cache

import numpy as np

from ketalab.data import table
from ketalab.explorables.cached_text import stamp
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import ARTERIAL, DOSE, INFUSION_TIME, MODELS, PEREZ, VENOUS, typical
from ketalab.lessons.l01_from_dose_to_brain.shared import (
    LETTERS,
    NAMES,
    Moment,
    held_in_tanks,
    moments,
    tanks_numbers,
    tanks_stage,
    tanks_view,
)
from ketalab.models import pharmacokinetics as pk
from ketalab.plots.axes import first_above, plain_numbers
from ketalab.plots.style import BLACK, DRUG, GREY, PALE, figure, legend_above
from ketalab.text import count, significant

FLOOR = 1.0  # ng/mL, the bottom of the logarithmic axis
TOPS = (50.0, 400.0, 2000.0, 10000.0, 40000.0)  # ng/mL: few, so that the axis stays while a hand moves
INFUSION, BOLUS, IM = "IV infusion", "IV bolus", "intramuscular"
NASAL, ORAL = "nasal esketamine", "swallowed"
ROUTES = {INFUSION: "iv", BOLUS: "iv", IM: "im", NASAL: "nasal", ORAL: "oral"}
SIX_HOURS = np.concatenate([np.arange(0, 60, 0.5), np.arange(60, 361, 2.0)])
HALF_MINUTES = np.arange(0, 360.5, 0.5)
SEEN = np.searchsorted(HALF_MINUTES, SIX_HOURS)  # which of them the curves go through
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
            replace(
                INFUSION_TIME,
                help="How long the infusion runs; the other routes do not use it.",
                greyed=lambda at: None if at["route"] == INFUSION else "Only an infusion takes a time.",
            ),
            Slider(
                "weight",
                "Body weight",
                "kg",
                40,
                140,
                1,
                70,
                "A heavier person gets more milligrams; in some models the body handles them "
                "differently, too.",
            ),
            Choice(
                "model",
                "Model",
                tuple(MODELS),
                VENOUS,
                "The published parameter set behind the line. Nasal and swallowed doses always "
                "use Perez-Ruixo 2021, the only set here that has these routes.",
                (VENOUS, ARTERIAL),
                greyed=lambda at: (
                    f"For this route always {PEREZ}." if at["route"] in (NASAL, ORAL) else None
                ),
            ),
            Choice(
                "scale",
                "Scale",
                (LINEAR, LOG),
                LINEAR,
                "On a logarithmic scale a constant half-life is a straight line.",
            ),
        ),
        stage=_route_stage,
        view=_route_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "The same dose over 10 min": {"minutes": 10},
            "Volunteers: about 10 mg over 30 min": {"dose": 0.15, "minutes": 30, "weight": 68},
            "The same dose as a bolus": {"route": BOLUS},
            "Anaesthetic induction: 2 mg/kg bolus": {"route": BOLUS, "dose": 2.0, "scale": LOG},
            "Into a muscle, 0.5 mg/kg": {"route": IM},
            "Nasal esketamine, 84 mg": {"route": NASAL, "dose": 1.2},
            "Swallowed, about 25 mg": {"route": ORAL, "dose": 0.35},
        },
    )


def _route_stage() -> Stage:
    fig = figure(7.6, 4.7)
    main, tanks = fig.subplots(2, 1, height_ratios=(1.39, 1))
    main.set(xlabel="hours after the start", ylabel="plasma concentration (ng/mL)", xlim=(0, 6))
    main.set_ylim(FLOOR, TOPS[1])
    plain_numbers(main.yaxis)
    main.yaxis.label.set_fontsize(12)
    artists = {
        "given": main.axvspan(0, 1, color=PALE, zorder=0, label="while the drug is given"),
        "band": main.fill_between(
            [0],
            [0],
            color=DRUG["ketamine"],
            alpha=0.2,
            linewidth=0,
            label="half absorbed in 2 to 17 min",
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
    aside = {"transform": main.transAxes, "ha": "right", "va": "center", "fontsize": 12}
    artists["later"] = stamp(main, 0.985, 0.5, **aside)
    for letter, name, side in zip(LETTERS, NAMES, ("right", "left", "center"), strict=True):
        artists[f"{letter} when"] = main.axvline(
            0, color=GREY, linestyle=":", linewidth=1.4, label=f"{letter}, {name}"
        )
        above = {"transform": main.get_xaxis_transform(), "weight": "bold", "va": "bottom", "ha": side}
        artists[letter] = stamp(main, 0, 1.03, fontsize=12, **above)
    artists |= tanks_stage(tanks)
    keys = [artists[name] for name in ("ketamine", "norketamine", "measured", "given", "band")]
    legend_above(fig, keys, columns=3)
    return Stage(fig, {"main": main, "tanks": tanks}, artists)


def _doses(route: str, milligrams: float, minutes: float) -> list[pk.Dose]:
    if route == NASAL:
        devices = max(1, round(milligrams / pk.DEVICE_MG))
        return pk.nasal_devices(pk.DEVICE_MG * devices)
    return [pk.Dose(milligrams, ROUTES[route], duration=minutes if route == INFUSION else 0.0)]


@cache
def _observations(route: str) -> np.recarray:
    rows = table("plasma_concentrations").query("compound == 'ketamine'")
    return rows[rows.route == ROUTES[route]].dropna(subset=["time_min"]).to_records(index=False)


def _measured(route: str, given: float, dose: float, minutes: float) -> np.recarray:
    """Measurements of this setting: same route and duration, dose within a tenth."""
    rows = _observations(route)
    same = np.abs(rows.dose / np.where(rows.dose_unit == "mg", given, dose) - 1) < 0.1
    if ROUTES[route] == "iv":
        same &= rows.infusion_min == (minutes if route == INFUSION else 0)
    return rows[same]


def _route_view(route: str, dose: float, minutes: float, weight: float, model: str, scale: str) -> View:
    patient = typical(PEREZ if route in (NASAL, ORAL) else model, weight)
    doses = _doses(route, dose * weight, minutes)
    given = sum(d.amount for d in doses)
    patients = [patient]
    if route == IM:
        patients = [pk.intramuscular(patient), *(pk.intramuscular(patient, t) for t in (2, 17))]
    held = held_in_tanks(patients[0], doses, HALF_MINUTES)
    level = held[:, 0] / patients[0].observed["ketamine"][1][0] * 1000  # ng/mL
    ketamine = level[SEEN]
    curves = [ketamine, *(pk.concentration(p, doses, SIX_HOURS, "ketamine")[0] for p in patients[1:])]
    norketamine = pk.concentration(patients[0], doses, SIX_HOURS, "norketamine")[0]
    rows = _measured(route, given, dose, minutes)
    last, rows = rows.time_min.max(initial=0), rows[rows.time_min <= SIX_HOURS[-1]]
    lasted = max(d.time for d in doses) + (minutes if route == INFUSION else 1.5)
    seen_then = np.fmax(rows.value, rows.high).max(initial=0)
    top = first_above(TOPS, 1.02 * max(np.max(curves), norketamine.max(), seen_then))
    hours = SIX_HOURS / 60
    seen = moments(patients[0], held, HALF_MINUTES)
    artists: dict[str, object] = {
        "given": (0, 0, lasted / 60, 1),  # over the whole height, on either scale
        "band": (hours, curves[1], curves[2]) if route == IM else None,
        "norketamine": (hours, np.maximum(norketamine, 0.1)),
        "ketamine": (hours, np.maximum(ketamine, 0.1)),
        "interval": _bars(rows),
        "measured": (rows.time_min / 60, rows.value),
        "later": f"measured up to {last / 60:g} h \N{RIGHTWARDS ARROW}" if last > SIX_HOURS[-1] else "",
    }
    for letter, moment in zip(LETTERS, seen, strict=True):
        artists[f"{letter} when"] = ([moment.minute / 60] * 2, [0, 1])
        artists[letter] = (moment.minute / 60, 1.03, letter)
    artists |= tanks_view(seen, given)
    readings = [
        Reading("ketamine peak", float(level.max()), "ng/mL"),
        Reading("time of the peak", seen[0].when),
        Reading("ketamine at 40 min", float(np.interp(40, SIX_HOURS, ketamine)), "ng/mL"),
        Reading("ketamine at 4 h", float(np.interp(240, SIX_HOURS, ketamine)), "ng/mL"),
        Reading("norketamine peak", float(norketamine.max()), "ng/mL"),
        Reading("measured, closest to the peak", _nearest(rows, seen[0].minute), "ng/mL"),
    ]
    whose = PEREZ if route in (NASAL, ORAL) else model
    sentence = (
        f"{_words(route, given, minutes)}: ketamine peaks at {readings[0].text} in the model of {whose}. "
        f"{_in_words(seen)}"
    )
    limits = {"main.yscale": "log" if scale == LOG else "linear"}
    limits["main.y"] = (FLOOR, TOPS[-1]) if scale == LOG else (0.0, top)
    return View(artists, readings, sentence, limits, beside=tanks_numbers(seen))


def _in_words(seen: tuple[Moment, Moment, Moment]) -> str:
    """The tissue's tank at the peak and when it is fullest, in a sentence."""
    peak, fullest, _ = (f"{significant(moment.tissue, 2)} mg" for moment in seen)
    return f"Tissue then holds {peak}; it holds most, {fullest}, at {seen[1].when}."


def _bars(rows: np.recarray) -> list[list[tuple[float, float]]]:
    """Vertical interval bars, where an interval was printed."""
    known = rows[~np.isnan(rows.low + rows.high)]
    return [
        [(at / 60, low), (at / 60, high)]
        for at, low, high in zip(known.time_min, known.low, known.high, strict=True)
    ]


def _nearest(rows: np.recarray, minute: float) -> float | str:
    if not len(rows):
        return "none for this setting"
    return float(rows.value[np.abs(rows.time_min - minute).argmin()])


def _words(route: str, given: float, minutes: float) -> str:
    return (
        f"{given:.3g} mg "
        + {
            INFUSION: f"into a vein over {minutes:.0f} min",
            BOLUS: "into a vein at once",
            IM: "into a muscle",
            NASAL: f"of esketamine into the nose, {count(round(given / pk.DEVICE_MG), 'device')}",
            ORAL: "swallowed",
        }[route]
    )
