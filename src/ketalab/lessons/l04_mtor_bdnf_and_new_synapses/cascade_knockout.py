"""Block one step of the cascade and see what survives, upstream and downstream."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import STEP_COLOUR, STEP_NAMES
from ketalab.models import cascade
from ketalab.models.cascade import DAY, Array, Blocked
from ketalab.plots.axes import FIRST_HOUR, clock_axis
from ketalab.plots.style import BLACK, figure

NOTHING, AMPA = "nothing", "AMPA receptors"
BDNF, MTORC1, PROTEIN = "BDNF release", "mTORC1", "protein synthesis"
BLOCKERS = {NOTHING: None, AMPA: "ampa", BDNF: "bdnf", MTORC1: "mtorc1", PROTEIN: "protein"}
# What blocking this step did in experiments; the sources stand in `data/mechanism_tests.csv`.
IN_ANIMALS = {
    NOTHING: "not tested here",
    AMPA: "rats: signals and behaviour weaker",
    BDNF: "rats: behaviour blocked",
    MTORC1: "rats: spines and behaviour blocked",
    PROTEIN: "no test read for this lesson",
}
IN_PEOPLE = {MTORC1: "mood at 24 h not altered (n = 20)"}
WEEKS = 3


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
                "How much of it is blocked",
                "%",
                0,
                100,
                5,
                90,
                "A drug rarely blocks everything. For the Met/Met mice, "
                "which release less BDNF, we found no number.",
                (50, 90, 100),
                greyed=lambda at: "Nothing is blocked." if at["blocked"] == NOTHING else None,
            ),
            Slider(
                "surge",
                "Extra glutamate",
                "times rest",
                0.05,
                2,
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
            "All of mTORC1": {"strength": 100},
            "AMPA receptors blocked, as NBQX does": {"blocked": AMPA, "strength": 100},
            "The same, but BDNF has a second route": {
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
    fig = figure(7.6, 4.2)
    main, bars = fig.subplots(1, 2, width_ratios=(1.55, 1))
    main.set(
        ylim=(0, 1.1),
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
    rows = list(STEP_NAMES)
    bars.set(xlim=(0, 105), ylim=(len(rows) - 0.5, -0.5), xlabel="peak that is left (%)")
    bars.set_yticks(range(len(rows)), [STEP_NAMES[step] for step in rows])
    for label, step in zip(bars.get_yticklabels(), rows, strict=True):
        label.set(color=BLACK, weight="bold")
        artists[f"{step} left"] = bars.plot(
            [], [], color=STEP_COLOUR[step], linewidth=15, solid_capstyle="butt"
        )[0]
    bars.grid(False, axis="y")
    return Stage(fig, {"main": main, "bars": bars}, artists)


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
    for y, step in enumerate(STEP_NAMES):
        extra = run[step] - 1
        left[step] = 100 * float(extra.max()) / heights[step]
        artists[f"{step} intact"] = (hours[shown], (intact[step][shown] - 1) / heights[step])
        artists[step] = (hours[shown], np.maximum(extra[shown], 0) / heights[step])
        artists[f"{step} left"] = ([0, left[step]], [y, y])
    day3 = 100 * (_on_day(hours, run["spines"], 3) - 1)
    intact3 = 100 * (_on_day(hours, intact["spines"], 3) - 1)
    readings = [
        Reading("BDNF left", left["bdnf"], "%", 2, least=0.1),
        Reading("mTORC1 left", left["mtorc1"], "%", 2, least=0.1),
        Reading("new spines left", left["spines"], "%", 2, least=0.1),
        Reading("spines on day 3", day3, "% above rest", 2, least=0.1),
        Reading("in animals", IN_ANIMALS[blocked]),
        Reading("in people", IN_PEOPLE.get(blocked, "not tested")),
    ]
    if which is None or strength == 0:
        sentence = (
            f"Nothing is blocked: on day 3 the model has {significant(day3, 2)}% more spines than at rest."
        )
    else:
        sentence = (
            f"With {strength:.0f}% of {blocked} blocked, {readings[2].text} of the new spines are left; "
            f"with nothing blocked, the model has {significant(intact3, 2)}% more spines on day 3 "
            "than at rest."
        )
    return View(artists, readings, sentence)


def _on_day(hours: Array, values: Array, day: float) -> float:
    return float(np.interp(day * DAY, hours, values))
