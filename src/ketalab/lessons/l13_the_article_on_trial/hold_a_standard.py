"""How certain, against what and for how long: which claims stand?"""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from numpy.typing import NDArray

from ketalab.data.certainty import COMPARISONS, LEVELS, surviving
from ketalab.data.tables import table
from ketalab.data.verdict import HOLDS, Verdict
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l13_the_article_on_trial.figures import SECTIONS
from ketalab.plots.style import GREY, PALE, figure, legend_above

ASKED = dict(zip(("nothing", "a control group", "an active treatment"), COMPARISONS, strict=True))
COUNTS, FAILS = "stands", "falls"
TESTABLE = "claims of benefit"


def hold_a_standard() -> Explorable:
    """How certain, against what and for how long: which claims stand?"""
    return Explorable(
        name="hold_a_standard",
        title="Hold the article to your standard",
        controls=(
            Steps(
                "least",
                "Certainty at least",
                LEVELS,
                "very low",
                "The lowest certainty you accept. The rule behind it stands below the ledger.",
            ),
            Choice(
                "comparison",
                "A benefit must have beaten",
                tuple(ASKED),
                "nothing",
                "Active: another drug or treatment that works, may work, or is felt. Only claims of "
                "benefit are asked.",
            ),
            Slider(
                "weeks",
                "and lasted, with a control group",
                "weeks",
                0,
                52,
                1,
                0,
                "The longest time at which a controlled difference was found. Claims in which time is not "
                "the question pass.",
                (0, 4, 26),
            ),
            Choice(
                "partly",
                "What holds in part",
                (COUNTS, FAILS),
                COUNTS,
                "Whether partly supported is good enough for you.",
            ),
        ),
        stage=_standard_stage,
        view=_standard_view,
        presets={
            "Anything that holds, at least in part": {},
            "A careful prescriber": {"least": "moderate", "comparison": "a control group", "weeks": 4},
            "A sceptical regulator": {
                "least": "moderate",
                "comparison": "an active treatment",
                "partly": FAILS,
            },
            "A patient asking about the next half year": {"comparison": "a control group", "weeks": 26},
            "Only what is certain": {"least": "high", "partly": FAILS},
        },
    )


@cache
def _places() -> tuple[pd.DataFrame, NDArray[np.float64], NDArray[np.float64]]:
    """The claims with the place of each: its number within its section, and the section's row."""
    claims = table("claims")
    x = claims.groupby("section").cumcount().to_numpy(float)
    y = claims.section.map(list(SECTIONS).index).to_numpy(float)
    return claims, x, y


def _standard_stage() -> Stage:
    claims, x, y = _places()
    fig = figure(7.6, 4.6)
    axes = fig.subplots()
    axes.set(xlim=(-0.7, 12.7), ylim=(len(SECTIONS) - 0.4, -0.6))
    axes.set_yticks(range(len(SECTIONS)), SECTIONS.values())
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    for number, across, down in zip(claims.claim, x, y, strict=True):
        axes.text(across, down, number[1:], fontsize=12, ha="center", va="center_baseline")
    kinds = {
        "stands": ("stands", {"color": Verdict.SUPPORTED.colour, "alpha": 0.45}),
        "part": ("stands in part", {"color": Verdict.PARTLY_SUPPORTED.colour, "alpha": 0.45}),
        "falls": ("falls by your standard", {"color": "none", "edgecolors": GREY, "linestyle": ":"}),
        "never": ("never held", {"color": "none", "edgecolors": PALE}),
    }

    def squares(size: float) -> dict[str, PathCollection]:
        look = {"marker": "s", "s": size, "linewidths": 1.6}
        return {
            name: axes.scatter([], [], label=label, **look, **colours)
            for name, (label, colours) in kinds.items()
        }

    artists, in_the_key = squares(380), squares(150)
    legend_above(fig, list(in_the_key.values()), columns=4)
    return Stage(fig, {"claims": axes}, artists)


def _standard_view(least: str, comparison: str, weeks: float, partly: str) -> View:
    claims, x, y = _places()
    stands = surviving(claims, least, ASKED[comparison], weeks, partly == COUNTS)
    held = claims.verdict.isin(HOLDS).to_numpy()
    full = (claims.verdict == "supported").to_numpy()
    groups = {
        "stands": stands & full,
        "part": stands & ~full,
        "falls": held & ~stands,
        "never": ~held,
    }
    benefit = (claims.comparator != "not needed").to_numpy()
    readings = [
        Reading("claims that stand", f"{stands.sum()} of {len(claims)}"),
        Reading("of these supported in full", f"{(stands & full).sum()}"),
        Reading("fall by your standard", f"{(held & ~stands).sum()}"),
        Reading("never held", f"{(~held).sum()}"),
        Reading(f"{TESTABLE} that stand", f"{(stands & benefit).sum()} of {benefit.sum()}"),
        Reading("all other claims that stand", f"{(stands & ~benefit).sum()} of {(~benefit).sum()}"),
    ]
    sentence = (
        f"By this standard {stands.sum()} of the article's {len(claims)} claims stand, and "
        f"{(stands & benefit).sum()} of its {benefit.sum()} {TESTABLE}."
    )
    return View({name: (x[which], y[which]) for name, which in groups.items()}, readings, sentence, {})
