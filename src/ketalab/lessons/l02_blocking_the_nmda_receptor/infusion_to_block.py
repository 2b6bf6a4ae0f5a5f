"""From a dose to the plasma, to the free drug, to the share of the receptors it blocks."""

from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from ketalab.data import table
from ketalab.explorables.canvas import Stage, set_scale
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.explorables.dosing import ARTERIAL, DOSE, INFUSION_TIME, MODELS, VENOUS
from ketalab.lessons.l02_blocking_the_nmda_receptor.shared import MAGNESIUM, REST
from ketalab.models import pharmacokinetics as pk
from ketalab.models import receptor
from ketalab.models.linear import LinearModel
from ketalab.plots.axes import first_above
from ketalab.plots.style import DRUG, GREEN, LEVEL, PALE, figure, legend_above
from ketalab.text import real_minus

TOPS = (0.5, 2.0, 10.0, 50.0, 200.0)  # µM: few, so that the axis stays while a hand moves
FLOOR = 0.01  # %, far below the axis
MINUTES = np.concatenate([np.arange(0, 120, 1.0), np.arange(120, 241, 4.0)])


def infusion_to_block() -> Explorable:
    """From a dose to the plasma, to the free drug, to the share of the receptors it blocks."""
    return Explorable(
        name="infusion_to_block",
        title="From infusion to receptor",
        controls=(
            replace(
                DOSE,
                step=0.1,
                help="Racemic ketamine into a vein, in a person of 70 kg.",
                stops=(0.5, 1.0, 2.0),
            ),
            replace(INFUSION_TIME, stops=(2, 40)),
            Slider(
                "unbound",
                "Free in plasma",
                "%",
                40,
                80,
                1,
                53,
                "The part not bound to protein: 53% where binding was strongest, 57% for esketamine.",
                (40, 53, 80),
            ),
            Slider(
                "voltage",
                "Membrane voltage",
                "mV",
                -80,
                0,
                5,
                -70,
                "Of the membrane around the channel: about −70 at rest, nearer to −20 at a busy synapse.",
                (-70, -20),
            ),
            Slider("magnesium", "Magnesium", "mM", 0.0, 2.0, 0.1, 1.0, MAGNESIUM.help, led=True),
            Choice(
                "model",
                "Model",
                (VENOUS, ARTERIAL),
                VENOUS,
                "The model behind the plasma curve; both were built on S-ketamine.",
            ),
        ),
        stage=_infusion_stage,
        view=_infusion_view,
        presets={
            "Depression trials: 0.5 mg/kg over 40 min": {},
            "The same at a busy synapse: −20 mV": {"voltage": -20},
            "As if there were no magnesium": {"magnesium": 0.0},
            "Anaesthetic: 2 mg/kg over 2 min, arterial": {"dose": 2.0, "minutes": 2, "model": ARTERIAL},
        },
    )


def _infusion_stage() -> Stage:
    fig = figure(7.6, 4.6)
    free, block = fig.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    fig.get_layout_engine().set(hspace=0.1)
    free.set(xlim=(0, 4), ylabel="free (µM)")
    block.set(xlabel="hours after the start", ylabel="blocked or filled (%)", ylim=(0.1, 100))
    free.yaxis.set_major_locator(MaxNLocator(3))
    set_scale(block, "y", "log")
    artists = {
        "given_free": free.axvspan(0, 1, color=PALE, zorder=0),
        "given": block.axvspan(0, 1, color=PALE, zorder=0, label="while the drug is given"),
        "free": free.plot([], [], color=DRUG["ketamine"], label="free ketamine, model")[0],
        "band": block.fill_between(
            [0], [0], color=GREEN, alpha=0.3, linewidth=0, label="sites filled, from rat data, model"
        ),
        "without": block.plot(
            [], [], color=LEVEL["receptor"], linestyle=":", label="at rest without magnesium, model"
        )[0],
        "pore": block.plot([], [], color=LEVEL["receptor"], label="your setting, model")[0],
    }
    legend_above(fig, [artists[n] for n in ("free", "pore", "without", "band", "given")], columns=3)
    return Stage(fig, {"free": free, "block": block}, artists)


@cache
def _patient(model: str) -> LinearModel:
    return pk.published(MODELS[model]).typical(70.0)


@cache
def _rat() -> np.ndarray:
    """Free concentration (µM) at which half of the sites were occupied in living rats, with 95% CI."""
    row = table("nmda_biophysics").set_index("constant").loc["ketamine_rat"]
    return np.array([row.value, row.low, row.high])


def _infusion_view(
    dose: float, minutes: float, unbound: float, voltage: float, magnesium: float, model: str
) -> View:
    given = [pk.Dose(dose * 70, "iv", duration=minutes)]
    plasma = pk.concentration(_patient(model), given, MINUTES, "ketamine")[0]
    free = receptor.free_concentration(plasma, unbound / 100, _molar_mass())
    blocker = receptor.published(receptor.KETAMINE)
    pore = 100 * receptor.equilibrium_block(free, blocker, voltage, magnesium)
    without = 100 * receptor.equilibrium_block(free, blocker, REST, 0.0)
    low, high = (100 * free / (free + half) for half in _rat()[[2, 1]])
    hours = MINUTES / 60
    top = first_above(TOPS, 1.02 * free.max())
    artists = {
        "given_free": (0, 0, minutes / 60, 1),
        "given": (0, 0, minutes / 60, 1),
        "free": (hours, free),
        "band": (hours, np.maximum(low, FLOOR), np.maximum(high, FLOOR)),
        "without": (hours, np.maximum(without, FLOOR)),
        "pore": (hours, np.maximum(pore, FLOOR)),
    }
    readings = [
        Reading("in plasma, peak", float(plasma.max()), "ng/mL"),
        Reading("free, peak", float(free.max()), "µM", 2),
        Reading("blocked, your setting", float(pore.max()), "%", 2),
        Reading("at rest, no magnesium", float(without.max()), "%", 2),
        Reading("sites filled, from rat data", f"{low.max():.0f} to {high.max():.0f}%"),
        Reading("blocked at 4 h", float(pore[-1]), "%", 2, least=0.01),
    ]
    sentence = (
        f"{dose:.1f} mg/kg over {minutes:.0f} min: {readings[1].text} is free at the peak and blocks "
        f"{readings[2].text} of the current at {real_minus(f'{voltage:.0f}')} mV with "
        f"{magnesium:.1f} mM magnesium."
    )
    return View(artists, readings, sentence, {"free.y": (0, top)})


@cache
def _molar_mass() -> float:
    return float(table("molecules").set_index("molecule").molar_mass[receptor.KETAMINE])
