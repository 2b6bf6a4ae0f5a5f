"""The joint explorable of lessons 01 to 04: from the dose to the synapse."""

from dataclasses import replace

import numpy as np

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import DOSE, INFUSION_TIME, SELECTIVITY
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import (
    by_mouse,
    from_first_day,
    ketamine_minus_saline,
)
from ketalab.models import cascade, chain
from ketalab.models.cascade import DAY, Array
from ketalab.plots.axes import FIRST_HOUR, clock_axis, first_above, plain_numbers
from ketalab.plots.style import BLACK, LEVEL, PURPLE, figure
from ketalab.text import significant

# Name of a panel, what its axis says, its colour.
PANELS = {
    "plasma": ("plasma\nng/mL", LEVEL["plasma"]),
    "block": ("receptors\nblocked, %", LEVEL["receptor"]),
    "glutamate": ("glutamate\nextra, %", LEVEL["circuit"]),
    "mtorc1": ("mTORC1\nextra, %", PURPLE),
    "spines": ("spines\nextra, %", LEVEL["synapse"]),
}
MICE_TOP = 30.0  # %, the least the spine axis reaches, so that the mice stay in the picture


def dose_to_synapse() -> Explorable:
    """One infusion through plasma, receptor, circuit and cascade, to the spines of three weeks."""
    return Explorable(
        name="dose_to_synapse",
        title="From dose to synapse",
        controls=(
            replace(
                DOSE, help="Into a vein, in a person of 70 kg with the venous parameters of lesson 01."
            ),
            replace(INFUSION_TIME, stops=(40,)),
            Choice(
                "site",
                "Receptors as measured in",
                tuple(chain.SITES),
                chain.RATS,
                "Lesson 02: three ways to measure give three answers to how many receptors a dose blocks.",
            ),
            replace(SELECTIVITY, stops=(1.0, 2.0, 8.0), led=True),
            Slider(
                "gain",
                "Gain to spines",
                "times",
                0.3,
                3,
                0.1,
                1,
                "How strongly mTORC1 leads to spines. "
                "This is not known; 1 is the value chosen to match mice.",
                (1, 3),
            ),
        ),
        stage=_stage,
        view=_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "The drug prefers no cell": {"selectivity": 1.0},
            "The drug strongly prefers interneurons": {"selectivity": 8.0},
            "Receptors measured in a dish with magnesium": {"site": chain.MAGNESIUM},
            "Four times the dose": {"dose": 2.0},
            "As many spines as in mice": {"selectivity": 4.0, "gain": 1.5},
        },
    )


def _stage() -> Stage:
    fig = figure(7.6, 4.6)
    axes = dict(zip(PANELS, fig.subplots(len(PANELS), 1, sharex=True), strict=True))
    artists = {}
    for name, panel in axes.items():
        label, colour = PANELS[name]
        panel.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=12)
        panel.yaxis.set_label_coords(-0.09, 0.5)
        panel.locator_params(axis="y", nbins=2)
        plain_numbers(panel.yaxis)
        artists[f"{name} area"] = panel.fill_between([0], [0], color=colour, alpha=0.25, linewidth=0)
        artists[name] = panel.plot([], [], color=colour, linewidth=2)[0]
        artists[f"{name} top"] = panel.plot([], [], "|", color=colour, markersize=16, markeredgewidth=2)[0]
    rows = ketamine_minus_saline(by_mouse(from_first_day(table("dendritic_spines"))))
    seen = rows[rows.day > 0]
    axes["spines"].plot(
        seen.day * DAY,
        seen.difference,
        "o",
        color=BLACK,
        markerfacecolor="white",
        markeredgewidth=1.6,
        markersize=7,
        label="mice, measured (section 3)",
    )
    axes["spines"].legend(loc="upper left", fontsize=12, borderaxespad=0.1)
    clock_axis(axes["spines"])
    axes["spines"].set_xlabel("time after the start of the infusion (lines: model)")
    return Stage(fig, axes, artists)


def _view(dose: float, minutes: float, site: str, selectivity: float, gain: float) -> View:
    course = cascade.parameters()
    p = course.with_values(gain_spine=course.gain_spine * gain)
    run = chain.from_dose(dose, minutes, selectivity, site, p)
    levels = {
        "plasma": run.plasma,
        "block": 100 * run.block,
        "glutamate": 100 * (run.glutamate - 1),
        "mtorc1": 100 * (run.cascade["mtorc1"] - 1),
        "spines": 100 * (run.cascade["spines"] - 1),
    }
    shown = run.hours >= FIRST_HOUR
    hours = run.hours[shown]
    artists: dict[str, object] = {}
    limits: dict[str, tuple[float, float]] = {}
    for name, values in levels.items():
        drawn = values[shown]
        top = int(np.argmax(drawn))
        artists[f"{name} area"] = (hours, np.zeros_like(drawn), drawn)
        artists[name] = (hours, drawn)
        artists[f"{name} top"] = ([hours[top]], [drawn[top]]) if drawn[top] > 0 else None
        limits[f"{name}.y"] = _limits(name, drawn)
    readings = [
        Reading("ketamine in plasma, peak", float(levels["plasma"].max()), "ng/mL"),
        Reading("receptors blocked, peak", float(levels["block"].max()), "%", 2),
        Reading("extra glutamate, highest", float(levels["glutamate"].max()), "%", 2, least=0.01),
        Reading("extra mTORC1, highest", float(levels["mtorc1"].max()), "%", 2, least=0.01),
        Reading("extra spines, highest", float(levels["spines"].max()), "%", 2, least=0.01),
        Reading("numerical error", grid_error(run, p), "% of the extra spines", 1, least=0.01),
    ]
    given = f"{dose:.2f} mg/kg over {minutes:.0f} min blocks {readings[1].text} of the receptors"
    return View(artists, readings, f"{given}; {_end(run.hours, levels, readings[4].text)}.", limits)


def _end(hours: Array, levels: dict[str, Array], extra: str) -> str:
    """What comes of it at the end of the chain."""
    spines, lowest = levels["spines"], -float(levels["glutamate"].min())
    if spines.max() > 0.005:
        most = hours[int(np.argmax(spines))] / DAY
        return f"the chain ends with {extra} extra spines, most on day {most:.0f}"
    change = f"falls by up to {significant(lowest, 2)}%" if lowest > 0.05 else "hardly changes"
    return f"glutamate {change}, and the chain adds no spines"


def _limits(name: str, values: Array) -> tuple[float, float]:
    """Few and round, so that five backgrounds are seldom drawn again."""
    low = -first_above((3.0, 30.0, 100.0), -1.05 * values.min()) if values.min() < -0.05 else 0.0
    return low, _round_above(max(1.05 * values.max(), MICE_TOP if name == "spines" else 3.0))


def _round_above(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 3, 10) if step * power >= value))


def grid_error(run: chain.Chain, p: cascade.Parameters) -> float:
    """How far the grid of hours may put the spines off, in % of their height.

    The grid is of second order: on every other hour the error is four times as large, so a third of
    the difference between the two estimates the error of the finer one.
    """
    height = run.cascade["spines"].max() - 1
    if height <= 0:
        return 0.0
    coarse = np.unique(np.append(np.arange(0, len(run.hours), 2), len(run.hours) - 1))
    other = cascade.simulate(run.hours[coarse], run.glutamate[coarse] - 1, p)["spines"]
    return float(100 * np.abs(other - run.cascade["spines"][coarse]).max() / 3 / height)
