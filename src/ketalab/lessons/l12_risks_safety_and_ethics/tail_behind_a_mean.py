"""A mean rise of pressure and the share of people far above it: one bell, two numbers."""

import numpy as np
from matplotlib.collections import PolyCollection

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.models import exposure
from ketalab.plots.style import BLACK, VERMILION, figure, legend_above

RISE = np.linspace(-80, 140, 441)
TOP = 5.8  # people in 100 per mmHg, where the axis ends: above the narrowest bell, with room for words


def tail_behind_a_mean() -> Explorable:
    """A mean rise of pressure and the share of people far above it: one bell, two numbers."""
    return Explorable(
        name="tail_behind_a_mean",
        title="A small mean, a long tail",
        controls=(
            Slider(
                "mean",
                "Mean rise",
                "mmHg",
                0,
                30,
                1,
                3,
                "The average over people of the rise of systolic pressure.",
                (3, 13, 30),
            ),
            Slider(
                "spread",
                "Spread between people",
                "mmHg",
                8,
                40,
                1,
                10,
                "The standard deviation of the rise. No source we read prints it, so you set it.",
                (8, 10, 20, 27, 40),
            ),
            Choice(
                "people",
                "Compare with",
                (risks.YOUNGER, risks.OLDER),
                risks.YOUNGER,
                "People who rose by 40 mmHg or more at least once in four weeks of the spray, as counted.",
                (risks.YOUNGER, risks.OLDER),
            ),
        ),
        stage=_tail_stage,
        view=_tail_view,
        presets={
            "A small mean, similar people": {},
            "The same mean, different people": {"spread": 27},
            "A pooled mean": {"mean": 13, "spread": 20},
            "65 and over": {"mean": 13, "spread": 28, "people": risks.OLDER},
        },
    )


def _tail_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    main.set(xlim=(RISE[0], RISE[-1]), ylim=(0, TOP))
    main.set(xlabel="rise of systolic pressure (mmHg)", ylabel="people, in 100 per mmHg")
    main.axvline(40, color=VERMILION, linewidth=2)
    place = {"transform": main.get_xaxis_transform(), "ha": "right", "va": "center", "fontsize": 13}
    main.text(38, 0.94, "40 mmHg", color=VERMILION, **place)
    artists = {
        "tail": main.add_collection(
            PolyCollection([], color=VERMILION, alpha=0.5, label="40 or more, model")
        ),
        "bell": main.plot([], [], color=BLACK, label="people, model")[0],
        "mean": main.plot([], [], color=BLACK, linestyle="--", linewidth=1.6, label="mean")[0],
    }
    legend_above(fig, list(artists.values()), columns=3)
    artists |= {name: main.text(138, y, "", **place) for name, y in (("model", 0.92), ("counted", 0.8))}
    return Stage(fig, {"main": main}, artists)


def _tail_view(mean: float, spread: float, people: str) -> View:
    bell = 100 * np.exp(-0.5 * ((RISE - mean) / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
    beyond = RISE >= 40
    edge = np.column_stack([RISE[beyond], bell[beyond]])
    row = risks.rise_of_40(people)
    _, low, high = (100 * end for end in wilson_interval(int(row.events), int(row.n)))
    share = 100 * float(exposure.share_above(40, mean, spread))
    shown = f"{significant(share, 2)} in 100" if share >= 0.1 else "fewer than 0.1 in 100"
    artists = {
        "tail": [[(40, 0), *map(tuple, edge), (RISE[-1], 0)]],
        "bell": (RISE, bell),
        "mean": ([mean, mean], [0, bell.max()]),
        "model": f"model: {shown}",
        "counted": f"measured: {low:.1f} to {high:.1f} in 100",
    }
    inside = low <= share <= high
    readings = [
        Reading("mean rise", f"{mean:.0f} mmHg"),
        Reading("40 mmHg or more, model", shown),
        Reading("counted in the trials", f"{row.events} of {row.n}: {row.value:g} in 100"),
        Reading("95% interval", f"{low:.1f} to {high:.1f}"),
    ]
    fit = "which fits the count" if inside else f"{'fewer' if share < low else 'more'} than were counted"
    bell_words = f"With a mean of {mean:.0f} and a spread of {spread:.0f} mmHg"
    sentence = f"{bell_words}, {shown} rise by 40 mmHg or more, {fit}."
    return View(artists, readings, sentence)
