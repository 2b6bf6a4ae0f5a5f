"""The same order for three hundred virtual people."""

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import DOSE, INFUSION_TIME, MODELS, VENOUS
from ketalab.models import pharmacokinetics as pk
from ketalab.models.linear import LinearModel
from ketalab.plots.axes import first_above, plain_numbers
from ketalab.plots.style import BLACK, DRUG, GREY, figure, legend_above

PEOPLE, SEED = 300, 7
FOUR_HOURS = np.unique(np.concatenate([np.linspace(0, 130, 53), np.linspace(130, 240, 23)]))
BY_WEIGHT, SAME_FOR_ALL = "by body weight", "the same for everyone"
TOPS = (400.0, 1000.0, 3000.0, 10000.0, 40000.0)  # ng/mL: few, so that the axis stays while a hand moves
PERCENTILES = (5, 25, 50, 75, 95)


def population_fan() -> Explorable:
    """The same order for three hundred virtual people."""
    return Explorable(
        name="population_fan",
        title="The same prescription, three hundred people",
        controls=(
            replace(
                DOSE,
                high=1.0,
                help="The prescribed dose. If all get the same, they get what a person of 70 kg would get.",
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
                led=True,
            ),
            Choice(
                "model",
                "Model",
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
    plain_numbers(main.yaxis)
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
    *areas, _ = artists.values()
    one = Line2D(
        [], [], linestyle="none", marker=".", color=BLACK, markersize=9, label="each person at the end"
    )
    legend_above(fig, [*areas, one], columns=3)
    return Stage(fig, {"main": main}, artists)


@cache
def _deviates() -> NDArray[np.float64]:
    return np.random.default_rng(SEED).standard_normal(PEOPLE)


@cache
def _people(model: str, spread: float) -> tuple[LinearModel, NDArray[np.float64]]:
    weight = np.clip(75 + spread * _deviates(), 40, 160)
    return pk.published(MODELS[model]).population(PEOPLE, SEED, weight), weight


@lru_cache(256)
def _one_mg_per_kg(
    minutes: float, dosing: str, spread: float, model: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """After 1 mg/kg: the percentiles of all people, and each person at the end of the infusion (ng/mL). The
    model is linear, so another dose multiplies both."""
    people, weight = _people(model, spread)
    times = np.append(FOUR_HOURS, minutes)
    unit = pk.concentration(people, [pk.Dose(1.0, "iv", duration=minutes)], times, "ketamine")
    curves = unit * (weight if dosing == BY_WEIGHT else np.full(PEOPLE, 70.0))[:, None]
    return np.percentile(curves, PERCENTILES, axis=0), curves[:, -1].copy()


def _fan_view(dose: float, minutes: float, dosing: str, spread: float, model: str) -> View:
    _, weight = _people(model, spread)
    bands, ends_of_people = _one_mg_per_kg(minutes, dosing, spread, model)
    low, quarter, median, three_quarters, high = dose * bands
    at_end = dose * ends_of_people
    top = first_above(TOPS, 1.02 * at_end.max())
    jitter = minutes + min(2.5, minutes) * np.sin(np.arange(PEOPLE))
    artists = {
        "wide": (FOUR_HOURS, low[:-1], high[:-1]),
        "narrow": (FOUR_HOURS, quarter[:-1], three_quarters[:-1]),
        "median": (FOUR_HOURS, median[:-1]),
        "end": ([minutes, minutes], [0, top]),
        "people": (jitter, at_end),
    }
    ends = (f"{end:.0f}" for end in (weight.min(), weight.max()))  # one where all weigh the same
    share = 100 * float(np.mean((at_end >= 100) & (at_end <= 250)))
    readings = [
        Reading("median at the end", float(median[-1]), "ng/mL"),
        Reading("lowest 5 in 100 are below", float(low[-1]), "ng/mL"),
        Reading("highest 5 in 100 are above", float(high[-1]), "ng/mL"),
        Reading("higher limit over lower limit", float(high[-1] / low[-1]), "times"),
        Reading("between 100 and 250 ng/mL", f"{share:.0f} in 100"),
        Reading("lightest to heaviest person", f"{' to '.join(dict.fromkeys(ends))} kg"),
    ]
    prescribed = f"{dose:.2f} mg/kg" if dosing == BY_WEIGHT else f"{70 * dose:.3g} mg for everyone"
    sentence = (
        f"With {prescribed} over {minutes:.0f} min, 90 of 100 virtual people end the infusion "
        f"between {readings[1].text} and {readings[2].text}."
    )
    return View(artists, readings, sentence, {"main.y": (0, top)})
