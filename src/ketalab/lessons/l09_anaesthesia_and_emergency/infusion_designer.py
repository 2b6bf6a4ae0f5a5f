"""A bolus and an infusion in plasma and at the effect site, among the concentrations that act."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from ketalab.data import table
from ketalab.explorables.canvas import Stage, set_scale
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import ARTERIAL, MODELS, VENOUS
from ketalab.lessons.l09_anaesthesia_and_emergency import shared
from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import LinearModel, concentration
from ketalab.plots.style import BLACK, DRUG, LEVEL, PALE, figure, legend_above
from ketalab.text import grouped

WEIGHT = 70.0  # kg
MINUTES = np.concatenate(
    [np.arange(0, 5, 0.05), np.arange(5, 20, 0.2), np.arange(20, 60, 0.5), np.arange(60, 181, 1.0)]
)
FLOOR, ROOF = 20.0, 20000.0  # ng/mL, the ends of the axis
SHORT, LONG = "first 20 min", "three hours"
WINDOWS = {SHORT: 20.0, LONG: 180.0}
DELAYS = {
    "11 s (roused)": "arousal",
    "23 s (slow waves)": "slow_waves",
    "47 s (theta waves)": "theta_waves",
    "8.3 min (pain)": "pain relief",
}  # effect in `half_lives`
ROUSED, SLOW, THETA, PAIN = DELAYS


def infusion_designer() -> Explorable:
    """A bolus and an infusion in plasma and at the effect site, among the concentrations that act."""
    return Explorable(
        name="infusion_designer",
        title="From dose to sleep: plasma and effect site",
        controls=(
            Slider(
                "bolus",
                "First dose",
                "mg/kg",
                0.0,
                3.0,
                0.1,
                0.0,
                "Into a vein over 60 s, in a person of 70 kg.",
                (0.0, 0.4, 0.5, 0.7, 2.0),
                led=True,
            ),
            Slider(
                "rate",
                "Infusion",
                "µg/kg/min",
                0.0,
                100.0,
                0.5,
                12.5,
                "Follows the first dose. Volunteers and patients in studies were given 12.5 to 41.",
                (0.0, 12.5, 15.0, 41.0),
                led=True,
            ),
            Slider("minutes", "Infusion time", "min", 5, 120, 5, 40, "How long the infusion runs."),
            Steps(
                "delay",
                "Delay",
                tuple(DELAYS),
                SLOW,
                "Half-life of the delay between blood and effect, as measured: rousing, brain waves, pain.",
                (SLOW, PAIN),
            ),
            Choice(
                "model",
                "Model",
                (ARTERIAL, VENOUS),
                ARTERIAL,
                "The published model behind the lines; both were made from S-ketamine.",
            ),
            Choice("window", "Show", (SHORT, LONG), LONG, "How much of the time axis you see."),
        ),
        stage=_designer_stage,
        view=_designer_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "Induction: 2 mg/kg in a minute": {"bolus": 2.0, "rate": 0.0, "window": SHORT},
            "Induction, with the slow delay": {"bolus": 2.0, "rate": 0.0, "window": SHORT, "delay": PAIN},
            "Surgery, 1979: 2 mg/kg, then 41 µg/kg/min": {"bolus": 2.0, "rate": 41.0},
            "Volunteers, 2001: 0.7 mg/kg, then 15 µg/kg/min": {"bolus": 0.7, "rate": 15.0},
        },
    )


def _designer_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main, ladder = fig.subplots(1, 2, width_ratios=(3.1, 1), sharey=True)
    main.set(xlabel="minutes after the start", ylabel="ketamine (ng/mL)", xlim=(0, 20))
    set_scale(main, "y", "log")
    main.set_ylim(FLOOR, ROOF)
    main.yaxis.set_major_formatter(lambda value, _position: grouped(value))
    main.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    shared.ladder(ladder, main)
    site = LEVEL["person"]
    artists = {
        "given": main.axvspan(0, 1, color=PALE, alpha=0.4, zorder=0, label="being given"),
        "plasma": main.plot([], [], color=DRUG["ketamine"], linewidth=2, label="plasma, model")[0],
        "site": main.plot([], [], color=site, linewidth=3, label="effect site, model")[0],
        "interval": main.vlines([], [], [], color=BLACK, linewidth=2),
        "level": main.plot([], [], "o", color=BLACK, markerfacecolor="white", markeredgewidth=2)[0],
        "waited": main.hlines([], [], [], color=BLACK, linewidth=2),
        "orders": main.plot(
            [], [], "o", color=BLACK, markerfacecolor="white", markeredgewidth=2, label="measured"
        )[0],
    }
    legend_above(fig, [artists[name] for name in ("plasma", "site", "orders", "given")], columns=4)
    return Stage(fig, {"main": main}, artists)


@cache
def _patient(model: str, delay: str) -> LinearModel:
    return es.with_effect_site(
        pk.published(MODELS[model]).typical(WEIGHT), shared.half_lives()[DELAYS[delay]]
    )


def schedule(bolus: float, rate: float, minutes: float) -> list[pk.Dose]:
    """A first dose (mg/kg) over a minute, then an infusion (µg/kg/min), in a person of 70 kg."""
    start = shared.injection() if bolus else 0.0
    return [
        pk.Dose(bolus * WEIGHT, "iv", duration=shared.injection()),
        pk.Dose(rate / 1000 * WEIGHT * minutes, "iv", time=start, duration=minutes),
    ]


def _designer_view(bolus: float, rate: float, minutes: float, delay: str, model: str, window: str) -> View:
    patient, doses = _patient(model, delay), schedule(bolus, rate, minutes)
    plasma = concentration(patient, doses, MINUTES, "ketamine")[0]
    site = concentration(patient, doses, MINUTES, es.EFFECT_SITE)[0]
    lost, back = shared.level("loss of response"), shared.level("return of response")
    asleep = site >= lost
    until = es.last_minute_above(MINUTES, site, back) if asleep.any() else float("nan")
    ends = (shared.injection() if bolus else 0.0) + (minutes if rate else 0.0)
    artists = {
        "given": (0, 0, ends, 1) if bolus or rate else None,  # over the whole height
        "plasma": (MINUTES, np.maximum(plasma, 0.1)),
        "site": (MINUTES, np.maximum(site, 0.1)),
        **_measured(bolus, rate, minutes),
    }
    peak = MINUTES[int(np.argmax(site))]
    readings = [
        Reading("highest in plasma", float(plasma.max()), "ng/mL", 2),
        Reading("highest at the effect site", float(site.max()), "ng/mL", 2),
        Reading("effect site highest at", _clock(peak) if site.max() > 0 else "never"),
        Reading(
            "response lost", _clock(es.first_minute_above(MINUTES, site, lost)) if asleep.any() else "never"
        ),
        Reading("response back", _back(until) if asleep.any() else "not lost"),
        Reading("given in all", bolus + rate * minutes / 1000, "mg/kg", 2),
    ]
    words = " and ".join(
        text
        for text, there in (
            (f"{bolus:.1f} mg/kg in 60 s", bolus),
            (f"{rate:g} µg/kg/min for {minutes:.0f} min", rate),
        )
        if there
    )
    outcome = (
        f"response is lost after {readings[3].text}, {_until(until)}"
        if asleep.any()
        else f"the effect site reaches {readings[1].text}, and response is not lost"
    )
    sentence = f"{words}: {outcome}." if words else "Nothing is given."
    return View(artists, readings, sentence, {"main.x": (0.0, WINDOWS[window])})


def _clock(minute: float) -> str:
    """A time as people say it: seconds up to two minutes, then minutes."""
    return (
        f"{60 * minute:.0f} s"
        if minute < 2
        else f"{minute:.1f} min"
        if minute < 10
        else f"{minute:.0f} min"
    )


def _back(minute: float) -> str:
    return "later than three hours" if minute >= MINUTES[-1] else _clock(minute)


def _until(minute: float) -> str:
    return "and is not back after three hours" if minute >= MINUTES[-1] else f"and back at {_clock(minute)}"


def _measured(bolus: float, rate: float, minutes: float) -> dict[str, object]:
    """What was measured with this schedule: a level under infusion, or when orders were followed again."""
    marks: dict[str, object] = {"interval": None, "level": None, "waited": None, "orders": None}
    for row in _infusions():
        if rate and abs(rate / row.rate - 1) < 0.1 and abs(bolus / row.bolus - 1) < 0.1:
            at = minutes / 2
            marks["interval"], marks["level"] = [[(at, row.low), (at, row.high)]], ([at], [row.level])
    if bolus == 2.0 and not rate:
        row = _orders()
        level = shared.level("return of response")
        marks["waited"] = [[(row.low, level), (row.high, level)]]
        marks["orders"] = ([row.value], [level])
    return marks


@cache
def _infusions() -> tuple:
    """The rows of `anaesthetic_infusions`."""
    return tuple(table("anaesthetic_infusions").itertuples())


@cache
def _orders() -> pd.Series:
    """Minutes until simple orders were followed again after 2 mg/kg of the racemate."""
    rows = table("induction_drugs")
    return rows[(rows.quantity == "simple orders followed") & (rows.drug == "racemic ketamine")].iloc[0]
