"""When the infusion starts to how strong a memory is a day later, below what was measured."""

from functools import cache, lru_cache

import numpy as np
from matplotlib.ticker import NullLocator

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.shared import DASHED
from ketalab.models import reconsolidation as rc
from ketalab.models.reconsolidation import Hypothesis
from ketalab.plots.style import BLACK, BLUE, GREY, ORANGE, figure, legend_above
from ketalab.text import in_points

ACCOUNTS = {
    "blocks opening and storing": Hypothesis(opening=1, storing=1, surprise=0),
    "blocks storing only": Hypothesis(opening=0, storing=1, surprise=0),
    "makes it surprising only": Hypothesis(opening=0, storing=0, surprise=0.8),
    "surprises, and blocks storing a little": Hypothesis(opening=0, storing=0.35, surprise=1.2),
}
TURN = 20.0  # min at which a session is half reminder, half something new
STARTS = np.unique(
    np.concatenate([-np.geomspace(26, 1, 30), np.linspace(-1, 1, 81), np.linspace(1, 8, 36)])
)
SEEN = 0.05  # of the memory before: a smaller change would not be seen
MARK = {"stronger": "^", "no effect": "o", "weaker": "v"}
LANES = {"human": 1, "rat": 0, "mouse": 0}


def reminder_and_drug() -> Explorable:
    """When the infusion starts to how strong a memory is a day later, below what was measured."""
    return Explorable(
        name="reminder_and_drug",
        title="A reminder and a drug",
        controls=(
            Choice(
                "account",
                "Ketamine",
                tuple(ACCOUNTS),
                "blocks opening and storing",
                "What ketamine is assumed to do to a memory. None of the four accounts is proven.",
            ),
            Steps(
                "length",
                "Session",
                ("reminder, 5 min", "longer reminder, 15 min", "extinction, 60 min"),
                "reminder, 5 min",
                "How long the cue is shown without the old outcome. Short: the memory opens. Long: a new "
                "one is learned. Half of each at 20 min, which is our assumption.",
            ),
            Slider(
                "start",
                "Infusion starts",
                "h",
                -3.0,
                6.0,
                0.1,
                -0.5,
                "Start of a 40-minute infusion of 0.5 mg/kg, counted from the start of the session.",
                (-2.0, -0.5, 0.1, 1.0, 4.0),
            ),
            Slider(
                "peak",
                "Blocked at the peak",
                "%",
                10,
                90,
                5,
                50,
                "Share of NMDA receptors blocked when the plasma level is highest. Not known in people.",
                (50,),
            ),
        ),
        stage=_reminder_stage,
        view=_reminder_view,
        presets={
            "Before a reminder, as a blocker": {},
            "Right after a reminder, as a blocker": {"start": 0.1},
            "Before a reminder, as a surprise": {"account": "makes it surprising only"},
            "During exposure therapy, as a blocker": {"length": "extinction, 60 min", "start": -0.3},
            "Surprise and a little block": {"account": "surprises, and blocks storing a little"},
        },
    )


def _minutes(length: str) -> float:
    return float(length.split(", ")[1].removesuffix(" min"))


@cache
def _experiments(session: str) -> np.recarray:
    """Experiments with a known time of the drug: one row a finding, tested a day or more later."""
    rows = table("memory_experiments")
    rows = rows[(rows.session == session) & rows.hours.notna()]
    special = rows.experiment.isin(["honsberger_3h", "honsberger_opening"])
    return rows[~special].assign(lane=lambda found: found.species.map(LANES)).to_records(index=False)


def _reminder_stage() -> Stage:
    fig = figure(7.6, 4.6)
    signs, main = fig.subplots(2, 1, sharex=True, height_ratios=(1, 3.2))
    main.set(
        xlabel="start of the infusion (h, 0: the session starts)",
        ylabel="memory a day later\n(% of before)",
    )
    main.set_xscale("symlog", linthresh=1, linscale=1.2)
    main.set_xlim(-27, 8)
    hours = {-24: "−24", -6: "−6", -2: "−2", -1: "−1", -0.5: "−½", 0: "0", 0.5: "½", 1: "1", 3: "3", 6: "6"}
    main.set_xticks(list(hours), list(hours.values()))
    main.xaxis.set_minor_locator(NullLocator())
    signs.set(ylim=(-0.6, 1.6))
    signs.set_yticks([1, 0], ["people", "rats, mice"], fontsize=12)
    signs.tick_params(labelbottom=False)
    ring = {"markersize": 19, "markerfacecolor": "none", "markeredgewidth": 2.5}
    artists = {
        "without": main.plot([], [], color=GREY, linestyle=DASHED, label="model, no drug")[0],
        "with": main.plot([], [], color=BLUE, linewidth=3, label="model, ketamine")[0],
        "here": main.plot([], [], "D", color=ORANGE, markersize=10, label="your infusion")[0],
        "met": signs.plot([], [], "o", color=BLUE, label="model agrees", **ring)[0],
    }
    for direction, shape in MARK.items():
        label = f"measured: {direction}"
        artists[direction] = signs.plot([], [], shape, color=BLACK, markersize=10, label=label)[0]
    shown = [artists[name] for name in (*MARK, "with", "without", "here", "met")]
    legend_above(fig, shown, columns=3)
    return Stage(fig, {"main": main, "signs": signs}, artists)


@lru_cache(maxsize=256)
def _strengths(account: str, length: str, peak: float) -> tuple[np.ndarray, float]:
    found = rc.remembered(ACCOUNTS[account], STARTS, _minutes(length), peak / 100, TURN)
    return found.strength, found.without


def _direction(change: float) -> str:
    return "stronger" if change > SEEN else "weaker" if change < -SEEN else "no effect"


def _reminder_view(account: str, length: str, start: float, peak: float) -> View:
    strength, without = _strengths(account, length, peak)
    here = rc.remembered(ACCOUNTS[account], start, _minutes(length), peak / 100, TURN)
    session = "extinction" if length.startswith("extinction") else "reminder"
    rows = _experiments(session)
    changes = np.interp(rows.hours, STARTS, strength) - without
    met = np.array([_direction(c) == d for c, d in zip(changes, rows.direction, strict=True)])
    artists = {
        "with": (STARTS, 100 * strength),
        "without": ([STARTS[0], STARTS[-1]], [100 * without] * 2),
        "here": ([start], [100 * here.strength[0]]),
        "met": (rows.hours[met], rows.lane[met]),
    }
    for direction in MARK:
        chosen = rows[rows.direction == direction]
        artists[direction] = (chosen.hours, chosen.lane)
    change = float(here.change[0])
    word = {"stronger": "stronger than", "weaker": "weaker than", "no effect": "about as strong as"}
    sentence = (
        f"A day later the memory is {word[_direction(change)]} without the drug; "
        f"this account reproduces {met.sum()} of {len(rows)} findings."
    )
    with_drug, without_drug = round(100 * float(here.strength[0])), round(100 * without)
    readings = [
        Reading("memory with ketamine", f"{with_drug}% of before"),
        Reading("memory without", f"{without_drug}% of before"),
        Reading("change", in_points(with_drug - without_drug)),
        Reading("opened by the session", 100 * float(here.opened[0]), "%", 2, 0.5),
        Reading("storing that met a block", 100 * float(here.blocked[0]), "%", 2, 0.5),
        Reading("findings reproduced", f"{met.sum()} of {len(rows)}"),
    ]
    top = next(limit for limit in (110.0, 160.0, 220.0) if limit >= 100 * strength.max())
    return View(artists, readings, sentence, {"main.y": (0, top)})
