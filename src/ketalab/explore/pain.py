"""Explorables of the lesson on chronic pain: wind-up, relief over weeks, the price of saving opioids."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from ketalab.evidence import table
from ketalab.evidence.bibliography import short_name
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider
from ketalab.explore.explorable import Explorable, Reading, View
from ketalab.explore.plasma import MODELS, VENOUS, ceiling
from ketalab.models import pharmacokinetics as pk
from ketalab.models import sensitisation as model
from ketalab.style import (
    BLACK,
    DIRECTION_ONLY,
    DRUG,
    GREEN,
    GREY,
    LEVEL,
    PALE,
    VERMILION,
    figure,
    legend_above,
)

# Wind-up -------------------------------------------------------------------------------------------

PULSES = 16
GAPS = np.linspace(0.5, 6, 56)  # s
LONGEST = 6.0


def wind_up() -> Explorable:
    """Sixteen pulses to the skin: how a spinal neurone answers, with and without a channel blocker."""
    return Explorable(
        name="wind_up",
        title="Sixteen pulses to the skin",
        controls=(
            Slider(
                "interval",
                "One pulse every",
                "s",
                0.5,
                6.0,
                0.1,
                1.0,
                "Time between two pulses. One a second is what two experiments in people used.",
                (0.5, 1.0, 2.0, 3.0, 5.0),
            ),
            Slider(
                "block",
                "NMDA channels blocked",
                "%",
                0,
                100,
                1,
                50,
                "By ketamine. Lesson 02 found estimates from a few percent to more than half for one dose.",
                (0, 20, 50, 100),
            ),
            Slider(
                "fade",
                "Slow potential fades in",
                "s",
                1.0,
                20.0,
                0.5,
                5.0,
                "Its time constant; the part that lasts 1 to 20 s was seen in the spinal cord of rats.",
                (2.0, 5.0, 10.0),
            ),
            Slider(
                "share",
                "Part through NMDA channels",
                "%",
                0,
                60,
                5,
                40,
                "Of the slow potential at rest. No source gave it: move it.",
            ),
            Slider(
                "jump",
                "One pulse leaves",
                "mV",
                1.0,
                6.0,
                0.5,
                5.0,
                "Slow depolarisation after one pulse at rest. No source gave it: move it.",
            ),
            Slider(
                "threshold",
                "More answer from",
                "mV",
                2.0,
                15.0,
                0.5,
                6.5,
                "Depolarisation above which the cell answers more. Set so that summation starts at 3 s.",
            ),
        ),
        stage=_wind_up_stage,
        view=_wind_up_view,
        presets={
            "One pulse a second, half blocked": {},
            "Too slow to sum: every 5 s": {"interval": 5.0},
            "Every 2 s, a fifth blocked": {"interval": 2.0, "block": 20},
            "A cell that forgets in 2 s": {"fade": 2.0},
            "All NMDA channels blocked": {"block": 100},
        },
    )


def _wind_up_stage() -> Stage:
    fig = figure(7.6, 4.6)
    train, rates = fig.subplots(1, 2, width_ratios=(3, 2))
    train.set(xlim=(1, PULSES), xlabel="pulse", ylabel="answer (the first pulse: 1)")
    train.set_xticks([1, 4, 8, 12, 16])
    rates.set(xlim=(0, LONGEST), xlabel="one pulse every ... s", ylabel="answer to pulse 16")
    rates.set_xticks([0, 1, 2, 3, 4, 5, 6])
    people = table("pain_constants").set_index("constant").value["summation_interval"]
    rates.axvline(people, color=BLACK, linestyle=":", linewidth=1.6, zorder=0)
    rates.annotate(
        "people sum\nup to here,\nmeasured",
        (people, 1),
        (5, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        fontsize=12,
    )
    artists = {
        "free": train.plot([], [], color=GREY, linestyle="--", label="no drug, model")[0],
        "blocked": train.plot([], [], color=DRUG["ketamine"], label="NMDA channels blocked, model")[0],
        "free_rates": rates.plot([], [], color=GREY, linestyle="--")[0],
        "blocked_rates": rates.plot([], [], color=DRUG["ketamine"])[0],
        "here": rates.plot([], [], color=PALE, linewidth=2.4, zorder=0)[0],
    }
    legend_above(fig, [artists["free"], artists["blocked"]], columns=2)
    return Stage(fig, {"train": train, "rates": rates}, artists)


def _wind_up_view(
    interval: float, block: float, fade: float, share: float, jump: float, threshold: float
) -> View:
    neurone = model.Neurone(fade, jump, share / 100, threshold)
    blocks = np.array([0.0, block / 100])
    free, blocked = model.wind_up(neurone, interval, PULSES, blocks)
    ends = model.depolarisation(neurone, GAPS, PULSES, blocks[:, None])[..., -1]
    rates = 1 + neurone.gain * np.maximum(ends - threshold, 0)
    pulses, top = np.arange(1, PULSES + 1), ceiling(1.05 * free[-1])
    high = ceiling(1.05 * rates[0, 0])
    artists = {
        "free": (pulses, free),
        "blocked": (pulses, blocked),
        "free_rates": (GAPS, rates[0]),
        "blocked_rates": (GAPS, rates[1]),
        "here": ([interval, interval], [0, high]),
    }
    taken = 100 * (free[-1] - blocked[-1]) / (free[-1] - 1) if free[-1] > 1 else 0.0
    readings = [
        Reading("pulse 16, no drug", free[-1], "times the first", 2),
        Reading("pulse 16, blocked", blocked[-1], "times the first", 2),
        Reading("growth taken away", taken if free[-1] > 1 else "nothing grows", "%", 2),
        Reading("pulse 1, blocked", blocked[0], "of the undrugged", 2),
        Reading("sums up to, no drug", _summing(ends[0], threshold)),
        Reading("sums up to, blocked", _summing(ends[1], threshold)),
    ]
    sentence = (
        f"One pulse every {interval:.1f} s makes pulse {PULSES} {readings[0].text}; with {block:.0f} % of "
        f"the NMDA channels blocked it is {readings[1].text}."
    )
    return View(artists, readings, sentence, {"train.y": (0, top), "rates.y": (0, high)})


def _summing(ends: np.ndarray, threshold: float) -> str:
    """The longest interval at which the last pulse finds the cell above its threshold, in words."""
    if ends[0] <= threshold:
        return "never"
    if ends[-1] > threshold:
        return f"more than {LONGEST:.0f} s"
    return f"{np.interp(-threshold, -ends, GAPS):.1f} s"


# Relief over weeks ---------------------------------------------------------------------------------

DAYS = np.concatenate([np.arange(0, 16, 0.01), np.linspace(16, 84, 137)])
WEEKS = DAYS / 7
ESKETAMINE, RACEMIC = "S-ketamine", "racemic ketamine"
TRIALS = {
    "100 hours, S-ketamine (Sigtermans 2009)": "sigtermans2009",
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
            ),
            Slider(
                "half_life",
                "Half-life of relief",
                "d",
                5.0,
                21.0,
                0.1,
                10.9,
                "10.9 days, 95 % interval 5.3 to 20.5: the band in the picture.",
                (5.3, 10.9, 20.5),
            ),
            Choice(
                "drug",
                "Drug",
                (ESKETAMINE, RACEMIC),
                ESKETAMINE,
                "Half of racemic ketamine is S-ketamine; that the other half does nothing is assumed.",
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
    level.set(xlim=(-0.1, 12.2), ylabel="S-ketamine\n(ng/mL),\nmodel")
    level.yaxis.set_major_locator(MaxNLocator(3))
    relief.set(xlabel="weeks after the start", ylabel="relief (% of ceiling)")
    relief.set_xticks(range(0, 13, 2))
    sign = {"linestyle": "none", "markersize": 11, "markeredgewidth": 2, "markerfacecolor": "white"}
    sign["gid"] = DIRECTION_ONLY
    artists = {
        "level": level.plot([], [], color=DRUG["esketamine"], linewidth=1.6)[0],
        "band": relief.fill_between(
            [0], [0], color=LEVEL["person"], alpha=0.3, linewidth=0, label="its 95 % interval, model"
        ),
        "relief": relief.plot([], [], color=LEVEL["person"], label="relief, model")[0],
        "better": relief.plot([], [], "v", color=GREEN, label="less pain than control, measured", **sign)[
            0
        ],
        "same": relief.plot([], [], "s", color=VERMILION, label="no difference, measured", **sign)[0],
    }
    legend_above(fig, [artists[n] for n in ("relief", "band", "better", "same")], columns=2)
    return Stage(fig, {"level": level, "relief": relief}, artists)


def _relief_view(rate: float, hours: float, days: float, half_life: float, drug: str) -> View:
    part = 1.0 if drug == ESKETAMINE else 0.5
    level = part * rate * _level_per_mg_h(hours, int(days))
    curve, *others = (
        100 * model.relief(model.Relief(_c50(), h), DAYS, level) for h in (half_life, *_half_lives())
    )
    low, high = np.min(others, axis=0), np.max(others, axis=0)
    top = min(ceiling(1.3 * max(high.max(), curve.max())), 100.0)
    trial = _matching(rate, hours, days, drug)
    seen = _signs(trial)
    artists = {"level": (WEEKS, level), "band": (WEEKS, low, high), "relief": (WEEKS, curve)}
    for name, sign, height in (("better", "better", 0.93), ("same", "no difference", 0.8)):
        at = seen.days[seen.sign == sign] / 7
        artists[name] = (at, np.full(len(at), height * top)) if len(at) else None
    end = days - 1 + hours / 24
    readings = [
        Reading("given in all", rate * hours * days, "mg", 3),
        Reading("S-ketamine, highest", float(level.max()), "ng/mL", 2),
        Reading("most relief", float(curve.max()), "% of ceiling", 2, least=0.1),
        Reading("from that, half left after", _halved_after(curve)),
        Reading("left at 12 weeks", float(curve[-1]), "% of ceiling", 2, least=0.01),
        Reading("trial with this course", short_name(trial) if trial else "none here"),
    ]
    sentence = (
        f"{rate:.0f} mg/h of {drug}, {hours:g} hours a day on {days:.0f} day{'s' * (days > 1)} (to day "
        f"{end:.1f}), lifts relief to {readings[2].text}; at 12 weeks it is {readings[4].text}."
    )
    limits = {"level.y": (0, ceiling(1.05 * level.max())), "relief.y": (0, top)}
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


def _signs(trial: str) -> pd.DataFrame:
    """When this trial still saw a difference, and when not."""
    return _followup()[_followup().trial == trial]


# Saving opioids ------------------------------------------------------------------------------------

ANYONE, DEPENDENT = "surgery in general", "dependent on opioids"
USE = {ANYONE: "assouline_use", DEPENDENT: "nielsen_use"}
NAUSEA = {
    "pain pumps (Assouline 2016)": "assouline_nausea",
    "any comparison (Seo 2025)": "seo_nausea",
    "against opioids (Seo 2025)": "seo_nausea_opioid",
    "against others (Seo 2025)": "seo_nausea_other",
}
PUMPS, ANY, OPIOIDS, OTHERS = NAUSEA


def opioid_sparing() -> Explorable:
    """What 1,000 people after surgery gain and pay when ketamine is added, from published ratios."""
    return Explorable(
        name="opioid_sparing",
        title="Morphine saved, and what it buys",
        controls=(
            Choice(
                "who",
                "Who",
                (ANYONE, DEPENDENT),
                ANYONE,
                "The saving of seven pooled trials of pumps, or of one trial in people who took opioids.",
                (ANYONE, DEPENDENT),
            ),
            Choice(
                "review",
                "Nausea, from",
                tuple(NAUSEA),
                PUMPS,
                "Two reviews, four answers: what the control group got decides.",
                tuple(NAUSEA),
            ),
            Slider(
                "sick",
                "Nausea without ketamine",
                "%",
                5,
                60,
                1,
                18,
                "18 % in the placebo group of one trial of 356 people; other places have far more.",
                (18, 40),
            ),
            Slider(
                "seeing",
                "Hallucinations without ketamine",
                "%",
                0.5,
                15.0,
                0.5,
                4.0,
                "None of 178 in that placebo group; after other operations more. Move it.",
                (1.0, 4.0, 10.0),
            ),
        ),
        stage=_sparing_stage,
        view=_sparing_view,
        presets={
            "Pain pumps: the smaller review": {},
            "The larger review, any comparison": {"review": ANY},
            "Against a technique without opioids": {"review": OTHERS},
            "Often sick, against opioids": {"review": OPIOIDS, "sick": 40},
            "Dependent on opioids": {"who": DEPENDENT, "review": ANY},
        },
    )


def _sparing_stage() -> Stage:
    fig = figure(7.6, 4.6)
    use, people = fig.subplots(2, 1, height_ratios=(2, 3))
    use.set(xlim=(0, 140), ylim=(-0.7, 0.7), xlabel="morphine in 24 hours (mg)")
    use.set_yticks([0], ["opioid"])
    people.set(xlim=(0, 1000), ylim=(-0.6, 1.6), xlabel="of 1,000 people")
    people.set_yticks([1, 0], ["nausea,\nvomiting", "hallucina-\ntions"])
    for axes in (use, people):
        axes.grid(False, axis="y")
    artists = {}
    for name, axes in (("use", use), ("people", people)):
        artists[f"{name}_bar"] = axes.add_collection(
            LineCollection([], colors=DRUG["ketamine"], linewidths=3, label="its interval, as printed")
        )
        artists[f"{name}_without"] = axes.plot(
            [],
            [],
            "o",
            color=GREY,
            markersize=11,
            markerfacecolor="white",
            markeredgewidth=2,
            label="without ketamine",
        )[0]
        artists[f"{name}_with"] = axes.plot(
            [], [], "D", color=DRUG["ketamine"], markersize=10, label="with ketamine, computed"
        )[0]
    legend_above(fig, [artists[n] for n in ("use_without", "use_with", "use_bar")], columns=3)
    return Stage(fig, {"use": use, "people": people}, artists)


@cache
def _ratios() -> pd.DataFrame:
    return table("opioid_sparing").set_index("row")


@cache
def _use(who: str) -> tuple[float, np.ndarray]:
    """Opioid without ketamine (mg in 24 h), and with it: middle, lowest, highest."""
    row = _ratios().loc[USE[who]]
    if who == DEPENDENT:
        scores = table("trial_scores").query("trial == 'nielsen2017' and role == 'control'")
        without = float(scores["mean"].iloc[0])
    else:
        share = table("pain_constants").set_index("constant").value["opioid_share_saved"]
        without = float(-100 * row.value / share)
    return without, np.maximum(without + np.array([row.value, row.low, row.high]), 0)


def _sparing_view(who: str, review: str, sick: float, seeing: float) -> View:
    without, left = _use(who)
    nausea = _ratios().loc[NAUSEA[review], ["value", "low", "high"]].to_numpy(float)
    odds_ratio = _ratios().loc["assouline_hallucination", ["value", "low", "high"]].to_numpy(float)
    ill = np.minimum(10 * sick * nausea, 1000)
    odds = odds_ratio * seeing / (100 - seeing)
    visions = 1000 * odds / (1 + odds)
    artists = {
        "use_bar": [[(left[1], 0), (left[2], 0)]],
        "use_without": ([without], [0]),
        "use_with": ([left[0]], [0]),
        "people_bar": [[(ill[1], 1), (ill[2], 1)], [(visions[1], 0), (visions[2], 0)]],
        "people_without": ([10 * sick, 10 * seeing], [1, 0]),
        "people_with": ([ill[0], visions[0]], [1, 0]),
    }
    fewer, more = 10 * sick - ill, visions - 10 * seeing
    readings = [
        Reading("morphine saved", without - left[0], "mg", 3),
        Reading("interval of the saving", f"{without - left[2]:.2g} to {without - left[1]:.2g} mg"),
        Reading("nausea, per 1,000", _change(-fewer[0])),
        Reading("interval of nausea", f"{_change(-fewer[1])} to {_change(-fewer[2])}"),
        Reading("hallucinations, per 1,000", _change(more[0])),
        Reading("interval of these", f"{_change(more[1])} to {_change(more[2])}"),
    ]
    sentence = (
        f"Of 1,000 people {_change(-fewer[0])} have nausea and {_change(more[0])} hallucinate, for "
        f"{without - left[0]:.3g} mg less morphine in a day."
    )
    top = ceiling(1.05 * max(ill[2], 10 * sick, visions[2]))
    return View(artists, readings, sentence, {"people.x": (0, top)})


def _change(people: float) -> str:
    rounded = round(people)
    return "as many" if rounded == 0 else f"{abs(rounded)} {'more' if rounded > 0 else 'fewer'}"
