"""Block one step of the cascade and see what survives, upstream and downstream."""

from functools import cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Polygon

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.datatable import tabbed
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import STEP_COLOUR, STEP_NAMES
from ketalab.models import cascade
from ketalab.models.cascade import DAY, Array, Blocked
from ketalab.plots.arrow import arrow
from ketalab.plots.axes import FIRST_HOUR, clock_axis
from ketalab.plots.style import BLACK, GREY, PALE, figure, legend_above

NOTHING, AMPA = "nothing", "AMPA receptors"
BDNF, MTORC1, PROTEIN = "BDNF release", "mTORC1", "protein synthesis"
BLOCKERS = {NOTHING: None, AMPA: "ampa", BDNF: "bdnf", MTORC1: "mtorc1", PROTEIN: "protein"}
EXTRA = {
    AMPA: "the extra activity of AMPA receptors",
    BDNF: "the extra BDNF release",
    MTORC1: "the extra activity of mTORC1",
    PROTEIN: "the extra protein synthesis",
}
# What blocking this step did in experiments; the sources stand in `data/mechanism_tests.csv`.
IN_ANIMALS = {
    NOTHING: "not tested here",
    AMPA: "rats: signals and behaviour weaker",
    BDNF: "rats: behaviour blocked",
    MTORC1: "rats: spines and behaviour blocked",
    PROTEIN: "no test read for this lesson",
}
WEEKS = 3
GLUTAMATE, MOST_SURGE = "glutamate", 2.0  # times rest, where the slider ends
# Places in the chain: a vessel is 100 wide, then comes its number; the second route runs outside.
WIDE, NUMBER, OUTSIDE, ARROW, VESSEL = 158, 104, 150, 14, 15


@cache
def _in_people(blocked: str) -> str:
    """What blocking this step did in people."""
    if blocked != MTORC1:
        return "not tested"
    n = table("mechanism_tests").set_index("test").n["mtor_human"]
    return f"mood at 24 h: no clear effect (n = {n})"


def cascade_knockout() -> Explorable:
    """Block one step of the cascade and see what survives, upstream and downstream."""
    return Explorable(
        name="cascade_knockout",
        title="Knock out a step",
        controls=(
            Choice(
                "blocked",
                "What is blocked",
                tuple(BLOCKERS),
                MTORC1,
                "We assume that the blocker removes the extra activity and leaves resting activity alone.",
            ),
            Slider(
                "strength",
                "Extra activity blocked",
                "%",
                0,
                100,
                5,
                90,
                "100% takes all that the dose adds at this step; what is there at rest stays. A drug "
                "rarely blocks everything. For the Met/Met mice, which release less BDNF, we found no "
                "number.",
                (50, 90, 100),
                greyed=lambda at: "Nothing is blocked." if at["blocked"] == NOTHING else None,
                led=True,
            ),
            Slider(
                "surge",
                "Extra glutamate",
                "times rest",
                0.05,
                MOST_SURGE,
                0.05,
                0.5,
                "The height of the surge. There is no agreed number; see lesson 03.",
                (0.2, 0.5, 1.5),
            ),
            Slider(
                "resting",
                "BDNF by a second route",
                "%",
                0,
                100,
                5,
                0,
                "BDNF made because NMDA receptors are blocked at rest. Its share is unknown.",
                (0, 50),
            ),
        ),
        stage=_knockout_stage,
        view=_knockout_view,
        presets={
            "mTORC1, as by rapamycin": {},
            "Nothing blocked": {"blocked": NOTHING},
            "mTORC1, all of its extra activity": {"strength": 100},
            "AMPA receptors blocked, as NBQX does": {"blocked": AMPA, "strength": 100},
            "AMPA receptors blocked, half of BDNF elsewhere": {
                "blocked": AMPA,
                "strength": 100,
                "resting": 50,
            },
            "BDNF blocked, as an antibody does": {"blocked": BDNF},
            "Less BDNF released, as in Met/Met mice": {"blocked": BDNF, "strength": 70},
            "Protein synthesis": {"blocked": PROTEIN},
        },
    )


def _knockout_stage() -> Stage:
    fig = figure(7.6, 4.7)
    grid = fig.add_gridspec(1, 2, width_ratios=(1.1, 1))
    main, bars, over = (fig.add_subplot(grid[at]) for at in (0, 1, 1))
    main.set(
        ylim=(-0.3, 1.1),  # TrkB falls below rest while its receptors are away from the surface
        yticks=(0, 0.5, 1),
        xlabel="time after the dose",
        ylabel="rise, share of unblocked peak",
    )
    clock_axis(main, leave_out=("10 min", "3 d", "3 wk"))
    main.set_title("model", fontsize=13)
    artists = {}
    for step, colour in STEP_COLOUR.items():
        artists[f"{step} intact"] = main.plot([], [], color=colour, linewidth=1.2, linestyle=":")[0]
        artists[step] = main.plot([], [], color=colour)[0]
    artists |= _chain(bars, over)
    intact = main.plot([], [], color=BLACK, linewidth=1.2, linestyle=":", label="with nothing blocked")
    legend_above(fig, intact, columns=1)
    return Stage(fig, {"main": main, "bars": bars, "over": over}, artists)


def _chain(bars: Axes, over: Axes) -> dict[str, Artist]:
    """Glutamate and the steps it sets off, one below the other: each a vessel filled to its peak, an arrow
    to the next, and over them what is crossed out. `over` lies on `bars` and holds no numbers."""
    names = {GLUTAMATE: GLUTAMATE} | STEP_NAMES
    limits = {"xlim": (0, WIDE), "ylim": (len(names) - 0.6, -0.72)}
    bars.set(**limits, xlabel="peak, % of the model's highest", xticks=[])
    bars.set_yticks(range(len(names)), list(names.values()))
    bars.tick_params(axis="y", length=0)
    for label in bars.get_yticklabels():
        label.set(color=BLACK, weight="bold")
    bars.spines[:].set_visible(False)
    bars.grid(False)
    over.set(**limits)
    over.axis("off")
    over.text(NUMBER, -0.42, "above rest", fontsize=12, ha="left", va="bottom")
    artists: dict[str, Artist] = {}
    for y, step in enumerate(names):
        bars.plot([0, 100], [y, y], color=PALE, linewidth=VESSEL, solid_capstyle="butt", zorder=1)
        artists[f"{step} peak"] = bars.plot(
            [], [], color=STEP_COLOUR.get(step, GREY), linewidth=VESSEL, solid_capstyle="butt"
        )[0]
        artists[f"{step} says"] = over.text(0, 0, "", fontsize=12, ha="left", va="center")
        if y and step != "bdnf":
            over.add_patch(Polygon(_arrow(ARROW, y - 0.72, y - 0.28), facecolor=GREY, edgecolor="none"))
    thin = {"linewidths": 1.6, "linestyles": ":"}
    artists["intact peaks"] = over.add_collection(LineCollection([], colors=BLACK, **thin), autolim=False)
    grey = {"facecolors": GREY, "linewidths": 0}
    artists["first route"] = over.add_collection(PolyCollection([], **grey), autolim=False)
    artists["route"] = over.add_collection(PolyCollection([], **grey), autolim=False)
    artists["route says"] = over.text(0, 0, "", fontsize=12, ha="right", va="center")
    cross = LineCollection([], colors=BLACK, linewidths=3.2, capstyle="round")
    artists["cross"] = over.add_collection(cross, autolim=False)
    artists["cross says"] = over.text(0, 0, "", fontsize=12, weight="bold", ha="left", va="center")
    return artists


def _arrow(x: float, start: float, tip: float) -> list[tuple[float, float]]:
    return arrow((start, tip - 0.17, tip), (x - 2, x + 2), wider=4)


def _cross(x: float, y: float) -> list[list[tuple[float, float]]]:
    across, up = 5, 0.15
    return [[(x - across, y - up), (x + across, y + up)], [(x - across, y + up), (x + across, y - up)]]


@cache
def _intact(surge: float, resting: float) -> tuple[Array, dict[str, Array], dict[str, float]]:
    """Hours, states and heights of the extra activity with nothing blocked."""
    p = cascade.parameters().with_values(surge=surge, resting=resting / 100)
    hours, run = cascade.after_sessions(7 * WEEKS, p)
    return hours, run, {step: float(run[step].max() - 1) for step in STEP_NAMES}


def _knockout_view(blocked: str, strength: float, surge: float, resting: float) -> View:
    hours, intact, heights = _intact(surge, resting)
    p = cascade.parameters().with_values(surge=surge, resting=resting / 100)
    which = BLOCKERS[blocked]
    block = Blocked(**{which: strength / 100}) if which else Blocked()
    run = cascade.simulate(hours, cascade.surge(hours, p), p, block)
    shown = hours >= FIRST_HOUR
    artists: dict[str, object] = {}
    left: dict[str, float] = {}
    for step in STEP_NAMES:
        extra = run[step] - 1
        left[step] = 100 * float(extra.max()) / heights[step]
        artists[f"{step} intact"] = (hours[shown], (intact[step][shown] - 1) / heights[step])
        artists[step] = (hours[shown], extra[shown] / heights[step])
    peaks = {step: left[step] / 100 * heights[step] for step in STEP_NAMES}
    artists |= _chain_view(peaks, heights, surge, which, strength, resting)
    day3 = 100 * (_on_day(hours, run["spines"], 3) - 1)
    intact3 = 100 * (_on_day(hours, intact["spines"], 3) - 1)
    readings = [
        Reading("BDNF left", left["bdnf"], "%", 2, least=0.1),
        Reading("mTORC1 left", left["mtorc1"], "%", 2, least=0.1),
        Reading("new spines left", left["spines"], "%", 2, least=0.1),
        Reading("extra spines on day 3", day3, "%", 2, least=0.1),
        Reading("seen in animals", IN_ANIMALS[blocked]),
        Reading("seen in people", _in_people(blocked)),
    ]
    if which is None or strength == 0:
        sentence = (
            f"Nothing is blocked: on day 3 the model has {significant(day3, 2)}% more spines than at rest."
        )
    else:
        spines = readings[2].text.replace("below", "less than")
        sentence = (
            f"With {strength:.0f}% of {EXTRA[blocked]} blocked, {spines} of the new spines are left; "
            f"with nothing blocked, the model has {significant(intact3, 2)}% more spines on day 3 "
            "than at rest."
        )
    return View(artists, readings, sentence, beside=_numbers(peaks, heights))


def _numbers(peaks: dict[str, float], intact: dict[str, float]) -> str:
    """What stands beside the chain, and its dotted marks, as a table."""
    rows = {name: [_rise(height[step]) for height in (peaks, intact)] for step, name in STEP_NAMES.items()}
    return tabbed("highest, above rest", ["at your setting", "with nothing blocked"], rows)


def _chain_view(
    peaks: dict[str, float],
    intact: dict[str, float],
    surge: float,
    which: str | None,
    strength: float,
    resting: float,
) -> dict[str, object]:
    """Peaks above rest of glutamate and of every step, with this block and without, and the block."""
    peaks, intact = {GLUTAMATE: surge} | peaks, {GLUTAMATE: surge} | intact
    highest = {GLUTAMATE: MOST_SURGE} | _intact(MOST_SURGE, 0)[2]
    artists: dict[str, object] = {}
    marks = []
    rows = {step: y for y, step in enumerate(peaks)}
    for step, y in rows.items():
        artists[f"{step} peak"] = ([0, 100 * peaks[step] / highest[step]], [y, y])
        artists[f"{step} says"] = (NUMBER, y, _rise(peaks[step]))
        at = 100 * intact[step] / highest[step]
        marks.append([(at, y - 0.24), (at, y + 0.24)])
    artists["intact peaks"] = marks
    to = rows["bdnf"]
    if resting:  # from glutamate past the AMPA receptors to BDNF
        tip, half = NUMBER + 31, 0.04
        line, low, high = NUMBER + 37, to - half, to + half
        head = [(tip + 6, to + 0.15), (tip, to), (tip + 6, to - 0.15)]
        outer = [(line, -half), (OUTSIDE, -half), (OUTSIDE, high), (tip + 6, high)]
        inner = [(tip + 6, low), (OUTSIDE - 3, low), (OUTSIDE - 3, half), (line, half)]
        artists["route"] = [[*outer, *head, *inner]]
        free = 1.5 if which == "ampa" and strength else 0.5  # where nothing is said of a block
        artists["route says"] = (OUTSIDE - 6, free, f"second route: {resting:.0f}%")
    artists["first route"] = [_arrow(ARROW, to - 0.72, to - 0.28)] if resting < 100 else []
    if which and strength:
        y = rows[which] - 0.5
        second = _cross(OUTSIDE - 1.5, y) if which == "bdnf" and resting else []
        artists["cross"] = [*_cross(ARROW, y), *second]
        artists["cross says"] = (ARROW + 10, y, f"{strength:.0f}% blocked")
    return artists


def _rise(share: float) -> str:
    """How far above rest: "+24%", "0%"."""
    text = _percent(100 * share)
    return text if text == "0%" else f"+{text}"


def _percent(value: float) -> str:
    return "0%" if value < 0.05 else f"{significant(value, 2)}%"


def _on_day(hours: Array, values: Array, day: float) -> float:
    return float(np.interp(day * DAY, hours, values))
