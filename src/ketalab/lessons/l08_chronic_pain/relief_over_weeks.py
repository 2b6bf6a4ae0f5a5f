"""From a course of infusions to relief that comes and goes with one half-life, beside the trials."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import MODELS, VENOUS
from ketalab.models import pharmacokinetics as pk
from ketalab.models import sensitisation as model
from ketalab.plots.axes import first_above, plain_numbers
from ketalab.plots.style import DIRECTION_ONLY, DRUG, GREEN, LEVEL, VERMILION, figure, legend_above
from ketalab.text import count

DAYS = np.concatenate([np.arange(0, 16, 0.01), np.linspace(16, 84, 137)])
WEEKS = DAYS / 7
# Where the axes end (ng/mL, %): few, so that they stay while a hand moves.
LEVELS = (30.0, 100.0, 300.0, 1000.0)
RELIEF = (2.0, 8.0, 20.0, 60.0, 100.0)
ESKETAMINE, RACEMIC = "S-ketamine", "racemic ketamine"
TRIALS = {
    "Four days, S-ketamine (Sigtermans 2009)": "sigtermans2009",
    "5 hours on 7 days, racemic (Amr 2010)": "amr2010",
    "One half-hour, S-ketamine (Noppers 2011)": "noppers2011",
    "One hour, racemic (Pickering 2020)": "pickering2020",
    "4 hours on 10 days, racemic (Schwartzman 2009)": "schwartzman2009",
    "A week day and night (Mangnus 2021)": "mangnus2022",
}


def relief_over_weeks() -> Explorable:
    """From a course of infusions to relief that comes and goes with one half-life, beside the trials."""
    return Explorable(
        name="relief_over_weeks",
        title="Relief over twelve weeks",
        controls=(
            Slider(
                "rate",
                "Infusion rate",
                "mg/h",
                5,
                70,
                1,
                20,
                "For a person of 70 kg, while the infusion runs.",
                (20, 70),
            ),
            Slider(
                "hours",
                "Hours a day",
                "h",
                0.5,
                24.0,
                0.5,
                24.0,
                "How long the infusion runs each day.",
                (0.5, 5.0, 24.0),
            ),
            Slider(
                "days",
                "Days of infusion",
                "d",
                1,
                14,
                1,
                4,
                "On how many days in a row.",
                (1, 4, 14),
                led=True,
            ),
            Slider(
                "half_life",
                "Half-life of relief",
                "d",
                5.0,
                21.0,
                0.1,
                10.9,
                "10.9 days (95% interval 5.3 to 20.5): the band in the picture.",
                (5.3, 10.9, 20.5),
            ),
            Choice(
                "drug",
                "Drug",
                (ESKETAMINE, RACEMIC),
                ESKETAMINE,
                "Half of racemic ketamine is S-ketamine. That the other half does nothing is our "
                "assumption.",
                (ESKETAMINE,),
            ),
        ),
        stage=_relief_stage,
        view=_relief_view,
        presets={name: _regimen(trial) for name, trial in TRIALS.items()},
    )


@cache
def _regimens() -> pd.DataFrame:
    return table("pain_regimens").set_index("trial")


@cache
def _regimen(trial: str) -> dict:
    row = _regimens().loc[trial]
    return {
        "rate": float(row.rate_mg_h),
        "hours": float(row.hours_a_day),
        "days": float(row.days),
        "drug": ESKETAMINE if row.drug == "esketamine" else RACEMIC,
    }


def _relief_stage() -> Stage:
    fig = figure(7.6, 4.6)
    level, relief = fig.subplots(2, 1, sharex=True, height_ratios=(1, 2))
    level.set(xlim=(-0.25, 12.25), ylabel="S-ketamine\n(ng/mL),\nmodel")
    level.yaxis.set_major_locator(MaxNLocator(3))
    plain_numbers(level.yaxis)
    relief.set(xlabel="weeks after the start", ylabel="relief (% of\nthe greatest possible)")
    relief.set_xticks(range(0, 13, 2))
    sign = {"linestyle": "none", "markersize": 11, "markeredgewidth": 2, "markerfacecolor": "white"}
    sign["gid"] = DIRECTION_ONLY
    artists = {
        "level": level.plot([], [], color=DRUG["esketamine"], linewidth=1.6)[0],
        "band": relief.fill_between(
            [0],
            [0],
            color=LEVEL["person"],
            alpha=0.3,
            linewidth=0,
            label="95% interval of the half-life, model",
        ),
        "relief": relief.plot([], [], color=LEVEL["person"], label="relief, model")[0],
        "better": relief.plot([], [], "v", color=GREEN, label="less pain than control, measured", **sign)[
            0
        ],
        "same": relief.plot(
            [], [], "s", color=VERMILION, label="no significant difference, measured", **sign
        )[0],
    }
    legend_above(fig, [artists[n] for n in ("relief", "band", "better", "same")], columns=2)
    artists["said"] = relief.text(
        0.98, 0.93, "", transform=relief.transAxes, ha="right", va="center", fontsize=12
    )
    return Stage(fig, {"level": level, "relief": relief}, artists)


def _relief_view(rate: float, hours: float, days: float, half_life: float, drug: str) -> View:
    part = 1.0 if drug == ESKETAMINE else 0.5
    level = part * rate * _level_per_mg_h(hours, int(days))
    curve, *others = (
        100 * model.relief(model.Relief(_c50(), h), DAYS, level) for h in (half_life, *_half_lives())
    )
    low, high = np.min(others, axis=0), np.max(others, axis=0)
    top = first_above(RELIEF, min(1.3 * max(high.max(), curve.max()), 100.0))
    trial = _matching(rate, hours, days, drug)
    artists = {"level": (WEEKS, level), "band": (WEEKS, low, high), "relief": (WEEKS, curve)}
    for name, sign, height in (("better", "better", 0.93), ("same", "no clear difference", 0.8)):
        at = _signs(trial, sign)
        artists[name] = (at, np.full(len(at), height * top)) if len(at) else None
    marked = artists["better"] or artists["same"]
    artists["said"] = "marks show direction, not size" if marked else None
    readings = [
        Reading("given in all", rate * hours * days, "mg", 3),
        Reading("S-ketamine, highest", float(level.max()), "ng/mL", 2),
        Reading("greatest relief", float(curve.max()), "% of the greatest possible", 2, least=0.1),
        Reading("time to halve from there", _halved_after(curve)),
        Reading("left at 12 weeks", float(curve[-1]), "% of the greatest possible", 2, least=0.01),
        Reading("trial with this course", short_name(trial) if trial else "none"),
    ]
    a_day = "day and night" if hours == 24 else f"for {hours:g} hour{'s' * (hours != 1)} a day"
    course = f"{a_day} for {count(int(days), 'day')}"
    if days == 1:
        course = f"for {hours:g} hour{'s' * (hours != 1)}"
    sentence = (
        f"{rate:.0f} mg/h of {drug} {course} lifts relief to {readings[2].text}; at 12 weeks it is "
        f"{readings[4].text}."
    )
    limits = {"level.y": (0, first_above(LEVELS, 1.05 * level.max())), "relief.y": (0, top)}
    return View(artists, readings, sentence, limits)


def _halved_after(curve: np.ndarray) -> str:
    """How long after its highest point a curve that falls from there has lost half."""
    peak = int(curve.argmax())
    steps = np.searchsorted(-curve[peak:], -curve[peak] / 2)
    return f"{DAYS[min(peak + steps, len(DAYS) - 1)] - DAYS[peak]:.0f} days"


@cache
def _level_per_mg_h(hours: float, days: int) -> np.ndarray:
    """S-ketamine in plasma (ng/mL) at DAYS of 1 mg/h for so many hours on so many days."""
    patient = pk.published(MODELS[VENOUS]).typical(70.0)
    if hours == 24:
        given = [pk.Dose(24.0 * days, "iv", duration=1440.0 * days)]
    else:
        given = [pk.Dose(hours, "iv", time=1440.0 * day, duration=60 * hours) for day in range(days)]
    return pk.concentration(patient, given, DAYS * 1440, "ketamine")[0]


@cache
def _c50() -> float:
    return model.published_relief().c50


@cache
def _half_lives() -> tuple[float, ...]:
    """Half-lives of relief (days) across its printed interval."""
    row = table("pain_constants").set_index("constant").loc["relief_half_life"]
    return tuple(np.geomspace(row.low, row.high, 5))


def _matching(rate: float, hours: float, days: float, drug: str) -> str:
    """The trial that gave just this course, by name; empty when there is none."""
    given = {"rate": rate, "hours": hours, "days": days, "drug": drug}
    return next((name for name in TRIALS.values() if _regimen(name) == given), "")


@cache
def _followup() -> pd.DataFrame:
    return table("pain_followup")


@cache
def _signs(trial: str, sign: str) -> np.ndarray:
    """Weeks at which this trial saw a difference of this sign."""
    rows = _followup()
    return rows.days[(rows.trial == trial) & (rows.sign == sign)].to_numpy() / 7
