"""One infusion: the drug in the blood, and depression scores for two weeks, measured."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage, set_scale
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.models import pharmacokinetics as pk
from ketalab.models.depression_trials import masked_scores
from ketalab.plots.axes import ReadAs, read_as
from ketalab.plots.style import BLACK, DRUG, figure, legend_above
from ketalab.text import decimals, interval

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
                "How much time has passed. Later measurements stay hidden. The time axis is logarithmic.",
            ),
            Choice(
                "arms",
                "Show",
                (DRUG_ONLY, BOTH),
                DRUG_ONLY,
                "Look at the ketamine group alone, or beside the saline group.",
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


def _mood_stage() -> Stage:
    fig = figure(7.6, 4.6)
    drug, mood = fig.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    set_scale(drug, "x", "log")
    drug.set(xlim=(FIRST_HOUR, 400), ylim=(0, 105), ylabel="ketamine\n(% of its peak)")
    ticks = {"before": FIRST_HOUR, "1 h": 1, "6 h": 6, "1 day": 24, "3 days": 72, "14 days": 336}
    mood.set(ylim=(0, 40), ylabel="depression score\n(MADRS)", xlabel="time, on a logarithmic axis")
    mood.set_xticks(list(ticks.values()), list(ticks))
    mood.set_xticks([], minor=True)
    read_as(mood.xaxis, ReadAs(minutes=60))
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
    """Ketamine at 0.5 mg/kg over 40 min in a person of 70 kg: the curve (ng/mL) and its peak.

    The curve is zero where the logarithmic axis says "before".
    """
    person = pk.published("otto2021").typical()
    dose = [pk.Dose(35.0, "iv", duration=40.0)]
    curve = pk.concentration(person, dose, HOURS * 60, "ketamine")[0]
    curve[0] = 0.0
    return curve, float(curve.max())


def _mood_view(clock: str, arms: str) -> View:
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
    scores = masked_scores()
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
    return View(artists, *_mood_words(clock, arms, share, peak, latest))


def _mood_words(clock, arms, share, peak, latest) -> tuple[list[Reading], str]:
    ketamine, saline = latest["ketamine"], latest["saline"]
    on = "before the infusion" if ketamine.time_h == 0 else f"on day {ketamine.time_h / 24:.0f}"
    readings = [
        Reading("ketamine in blood now", share * peak if share else "zero", "ng/mL", least=0.01),
        Reading("share of its peak", 100 * share if share else "zero", "%", 2, least=0.01),
        Reading(f"ketamine group's score {on}", f"{ketamine['mean']:.1f} points"),
    ]
    sentence = (
        f"Before the infusion there is no ketamine. The ketamine group's score was {ketamine['mean']:.1f}."
        if clock == "before"
        else f"{clock} after the start the ketamine level is {readings[1].text} of its peak. "
        f"The ketamine group's last score, measured {on}, was {ketamine['mean']:.1f}."
    )
    if arms == BOTH:
        error = np.sqrt(ketamine.sd**2 / ketamine.n + saline.sd**2 / saline.n)
        difference = ketamine["mean"] - saline["mean"]
        low, high = difference - 1.96 * error, difference + 1.96 * error
        readings += [
            Reading(f"saline group's score {on}", f"{saline['mean']:.1f} points"),
            Reading("ketamine minus saline", f"{decimals(difference, 1)} points"),
            Reading("95% interval", interval(low, high, 1)),
        ]
        sentence += f" The saline group's was {saline['mean']:.1f}."
    return readings, sentence
