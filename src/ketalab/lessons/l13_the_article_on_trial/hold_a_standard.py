"""How certain, against what and for how long: which claims stand?"""

from functools import cache
from itertools import compress

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from numpy.typing import NDArray

from ketalab.data.bibliography import short_name
from ketalab.data.certainty import COMPARISONS, LEVELS, asked, carrying, surviving
from ketalab.data.tables import table
from ketalab.data.verdict import HOLDS, Verdict
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l13_the_article_on_trial.figures import SECTIONS
from ketalab.plots.style import GREY, PALE, figure, legend_above

ASKED = dict(
    zip(("nothing", "an inert control", "an active placebo", "a treatment"), COMPARISONS, strict=True)
)
COUNTS, FAILS = "stands", "falls"


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
                "The lowest certainty you accept, of the verdict and of the effect; the rules are given "
                "with the ledger.",
            ),
            Choice(
                "comparison",
                "A benefit must have beaten",
                tuple(ASKED),
                "nothing",
                "Inert: saline or nothing added. Active placebo: a drug that can be felt, such as "
                "midazolam. Treatment: one given for the condition. Only claims of benefit are judged.",
            ),
            Slider(
                "weeks",
                "and lasted, with a control group",
                "weeks",
                0,
                52,
                1,
                0,
                "How long after randomisation the same trial still found the difference. Claims of speed "
                "are not judged.",
                (0, 4, 26),
            ),
            Choice(
                "partly",
                "What holds in part",
                (COUNTS, FAILS),
                COUNTS,
                "Whether a claim that is partly supported is good enough for you.",
            ),
        ),
        stage=_standard_stage,
        view=_standard_view,
        presets={
            "Anything that holds, at least in part": {},
            "A careful prescriber": {"least": "low", "comparison": "an inert control", "weeks": 4},
            "A sceptical regulator": {
                "least": "low",
                "comparison": "an active placebo",
                "partly": FAILS,
            },
            "A patient asking about the next half year": {"comparison": "an inert control", "weeks": 26},
            "A patient who could have another treatment": {"comparison": "a treatment", "weeks": 26},
            "Only what is certain": {"least": "high", "partly": FAILS},
        },
    )


@cache
def _verdicts() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which claims hold, at least in part, and which in full."""
    verdict = table("claims").verdict
    return verdict.isin(HOLDS).to_numpy(), (verdict == "supported").to_numpy()


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
        "part": ("stands, in part", {"color": Verdict.PARTLY_SUPPORTED.colour, "alpha": 0.45}),
        "falls": ("falls by your standard", {"color": "none", "edgecolors": GREY, "linestyle": ":"}),
        "unasked": ("cannot be judged", {"color": PALE, "alpha": 0.5}),
        "never": ("did not hold to begin with", {"color": "none", "edgecolors": GREY, "linewidths": 0.8}),
    }

    def squares(size: float) -> dict[str, PathCollection]:
        look = {"marker": "s", "s": size, "linewidths": 1.6}
        return {
            name: axes.scatter([], [], label=label, **(look | colours))
            for name, (label, colours) in kinds.items()
        }

    artists, in_the_key = squares(380), squares(150)
    legend_above(fig, list(in_the_key.values()), columns=3)
    return Stage(fig, {"claims": axes}, artists)


def _standard_view(least: str, comparison: str, weeks: float, partly: str) -> View:
    claims, x, y = _places()
    stands = surviving(claims, least, ASKED[comparison], weeks, partly == COUNTS)
    can = asked(claims, ASKED[comparison], weeks)
    held, full = _verdicts()
    groups = {
        "stands": stands & full,
        "part": stands & ~full,
        "falls": held & can & ~stands,
        "unasked": held & ~can,
        "never": ~held,
    }
    readings = [
        Reading("claims that stand", f"{stands.sum()} of {can.sum()} judged"),
        Reading("of these, supported in full", f"{(stands & full).sum()}"),
        Reading("fall by your standard", f"{groups['falls'].sum()}"),
        Reading("held, but cannot be judged", f"{groups['unasked'].sum()}"),
        Reading("did not hold to begin with", f"{(~held).sum()}"),
        Reading(
            "trials or pools that carry them",
            _carriers({*compress(claims["claim"].tolist(), stands)}, comparison, weeks),
        ),
    ]
    whole = can.all()
    of = f"the article's {len(can)} claims" if whole else f"the {can.sum()} claims that it can judge"
    sentence = (
        f"By this standard {stands.sum() or 'none'} of {of} {'stands' if stands.sum() == 1 else 'stand'}."
    )
    if not whole:
        why = "claim no benefit or are not about time" if weeks else "claim no benefit"
        sentence += f" The other {(~can).sum()} {why}."
    return View({name: (x[which], y[which]) for name, which in groups.items()}, readings, sentence, {})


def _carriers(standing: set[str], comparison: str, weeks: float) -> str:
    """How many trials, or pools of trials, carry the claims that stand; their names where they are few."""
    if comparison == "nothing" and not weeks:
        return "not asked"
    names = sorted({name for claim, name in _carrying(comparison, weeks) if claim in standing})
    return f"{len(names)} ({', '.join(names)})" if 0 < len(names) <= 2 else f"{len(names)}"


@cache
def _carrying(comparison: str, weeks: float) -> tuple[tuple[str, str], ...]:
    """The claims that a trial or a pool carries, each with the name of that."""
    rows = carrying(ASKED[comparison], weeks)
    names = (_labels().get(row.trial) or short_name(row.reference) for row in rows.itertuples())
    return tuple(zip(rows.claim, names, strict=True))


@cache
def _labels() -> dict[str, str]:
    return dict(zip(*(table("trials")[column] for column in ("trial", "label")), strict=True))
