"""What 1,000 people after surgery gain and pay when ketamine is added, from published ratios."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.plots.axes import first_above, plain_numbers
from ketalab.plots.style import DRUG, GREY, figure, legend_above
from ketalab.text import listed

ANYONE, DEPENDENT = "surgery in general", "dependent on opioids"
USE = {ANYONE: "assouline_use", DEPENDENT: "nielsen_use"}
NAUSEA = {
    "pain pumps (Assouline 2016)": "assouline_nausea",
    "any comparison (Seo 2025)": "seo_nausea",
    "against opioids (Seo 2025)": "seo_nausea_opioid",
    "against other drugs (Seo 2025)": "seo_nausea_other",
}
PUMPS, ANY, OPIOIDS, OTHERS = NAUSEA
TOPS = (200.0, 500.0, 1000.0)  # people: few, so that the axis stays while a hand moves


def opioid_sparing() -> Explorable:
    """What 1,000 people after surgery gain and pay when ketamine is added, from published ratios."""
    return Explorable(
        name="opioid_sparing",
        title="Morphine saved, nausea and hallucinations",
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
                "Two reviews, four answers: it depends on what the control group was given.",
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
                "18% in the placebo group of one trial of 356 people; elsewhere far more.",
                (18, 40),
                led=True,
            ),
            Slider(
                "seeing",
                "Hallucinations without ketamine",
                "%",
                0.5,
                15.0,
                0.5,
                4.0,
                "None of 178 people in that placebo group; more after other operations. Always from "
                "the review of pain pumps.",
                (1.0, 4.0, 10.0),
            ),
        ),
        stage=_sparing_stage,
        view=_sparing_view,
        presets={
            "Pain pumps: the smaller review": {},
            "The larger review, any comparison": {"review": ANY},
            "Against drugs other than opioids": {"review": OTHERS},
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
    plain_numbers(people.xaxis)
    people.set_yticks([1, 0], ["nausea,\nvomiting", "hallucinations"])
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
    some = review != OTHERS  # against other drugs there is no opioid to save
    if not some:
        artists |= dict.fromkeys(("use_bar", "use_without", "use_with"))
    spared = Reading("morphine saved", without - left[0], "mg", 3)
    between = f"{without - left[2]:.3g} to {without - left[1]:.3g} mg"
    readings = [
        spared if some else Reading("morphine saved", "no opioid in the control group"),
        Reading("interval of the saving", between if some else "not a question"),
        Reading("nausea, per 1,000", _change(-fewer[0])),
        Reading("interval of nausea", f"{_change(-fewer[1])} to {_change(-fewer[2])}"),
        Reading("hallucinations, per 1,000", _change(more[0])),
        Reading("interval of hallucinations", f"{_change(more[1])} to {_change(more[2])}"),
    ]
    ill_now, seeing_now = _change(-fewer[0]), _change(more[0])
    sentence = f"Of 1,000 people {ill_now} {'has' if ill_now.startswith('1 ') else 'have'} nausea and "
    sentence += f"{seeing_now} hallucinate{'s' if seeing_now.startswith('1 ') else ''}"
    sentence += (
        f", for {spared.text} less morphine in a day." if some else "; there is no morphine to save."
    )
    unclear = [
        what
        for what, ends in (("nausea", fewer[1:]), ("hallucinations", more[1:]))
        if ends.min() <= 0 <= ends.max()
    ]
    if unclear:
        sentence += f" For {listed(unclear)} the interval includes no difference."
    top = first_above(TOPS, max(ill[2], 10 * sick, visions[2]))
    return View(artists, readings, sentence, {"people.x": (0, top)})


def _change(people: float) -> str:
    rounded = round(people)
    return "as many" if rounded == 0 else f"{abs(rounded)} {'more' if rounded > 0 else 'fewer'}"
