"""Magnesium and a drug in one pore: the current against voltage, and how much the drug blocks."""

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l02_blocking_the_nmda_receptor.shared import DEPOLARISED, MAGNESIUM, REST
from ketalab.models import receptor
from ketalab.plots.style import BLACK, GREY, LEVEL, PALE, figure, legend_above
from ketalab.text import real_minus

VOLTS = np.linspace(-100, 60, 161)


def pore_block() -> Explorable:
    """Magnesium and a drug in one pore: the current against voltage, and how much the drug blocks."""
    return Explorable(
        name="pore_block",
        title="Two blockers, one pore",
        controls=(
            MAGNESIUM,
            Slider(
                "free",
                "Free drug",
                "µM",
                0.0,
                20.0,
                0.1,
                2.0,
                "Concentration of the unbound drug around the receptor.",
                (0.0, 0.4, 2.0, 5.0, 20.0),
            ),
            Choice(
                "drug",
                "Drug",
                receptor.BLOCKERS,
                receptor.KETAMINE,
                "Memantine is given in dementia. Phencyclidine and dizocilpine block more strongly; dizocilpine is "
                "used in experiments only.",
                ("ketamine", "memantine", "dizocilpine"),
            ),
        ),
        stage=_pore_stage,
        view=_pore_view,
        presets={
            "A brain's magnesium, 2 µM": {},
            "A dish without magnesium": {"magnesium": 0.0},
            "What 0.5 mg/kg leaves free: 0.4 µM": {"free": 0.4},
            "Dizocilpine, 2 µM": {"drug": "dizocilpine"},
            "Magnesium alone": {"free": 0.0},
        },
    )


def _pore_stage() -> Stage:
    fig = figure(7.6, 4.6)
    current, block = fig.subplots(1, 2)
    current.set(xlim=(-100, 60), ylim=(-1.05, 0.65), ylabel="current (1 = unblocked at 100 mV)")
    block.set(xlim=(-100, 60), ylim=(0, 100), ylabel="blocked by the drug (%)")
    fig.supxlabel("voltage across the membrane (mV)", fontsize=13)
    for axes in (current, block):
        axes.set_xticks([-100, -70, -40, 0, 40])
        axes.axvline(REST, color=PALE, linewidth=1.4, zorder=0)
    current.axhline(0, color=PALE, linewidth=1.4, zorder=0)
    block.annotate(
        "rest", (REST, 100), (0, 2), textcoords="offset points", ha="center", fontsize=12, color=GREY
    )
    drug = LEVEL["receptor"]
    artists = {
        "open": current.plot([], [], color=PALE, linewidth=2.4, label="nothing in the pore, model")[0],
        "magnesium": current.plot([], [], color=GREY, linestyle="--", label="magnesium alone, model")[0],
        "both": current.plot([], [], color=drug, label="magnesium and the drug, model")[0],
        "without": block.plot([], [], color=drug, linestyle=":", label="blocked without magnesium, model")[
            0
        ],
        "share": block.plot([], [], color=drug)[0],
        "best": block.plot([], [], color=BLACK, linestyle="--", linewidth=1.2)[0],
    }
    legend_above(fig, [artists[n] for n in ("open", "magnesium", "both", "without")], columns=2)
    return Stage(fig, {"current": current, "block": block}, artists)


def _pore_view(magnesium: float, free: float, drug: str) -> View:
    blocker = receptor.published(drug)
    share = 100 * receptor.equilibrium_block(free, blocker, VOLTS, magnesium)
    best = int(np.argmax(share))
    at_rest = float(receptor.equilibrium_block(free, blocker, REST, magnesium))
    alone = receptor.relative_current(VOLTS, magnesium)
    artists = {
        "open": (VOLTS, VOLTS / 100),
        "magnesium": (VOLTS, alone),
        "both": (VOLTS, receptor.relative_current(VOLTS, magnesium, free, blocker)),
        "without": (VOLTS, 100 * receptor.equilibrium_block(free, blocker, VOLTS, 0.0)),
        "share": (VOLTS, share),
        "best": ([VOLTS[best]] * 2, [0, share[best]]) if free else None,
    }
    readings = [
        Reading("free of magnesium at rest", 100 * float(receptor.magnesium_free(REST, magnesium)), "%", 2),
        Reading("blocked by the drug at rest", 100 * at_rest, "%", 2),
        Reading("blocked by it at −20 mV", 100 * _block(free, blocker, DEPOLARISED, magnesium), "%", 2),
        Reading("blocked most at", real_minus(f"{VOLTS[best]:.0f} mV") if free else "no drug"),
        Reading("half is blocked at rest by", float(receptor.half_block(blocker, REST, magnesium)), "µM", 2),
        Reading("without magnesium, by", float(receptor.half_block(blocker, REST, 0.0)), "µM", 2),
    ]
    sentence = (
        f"With {magnesium:.1f} mM magnesium, {free:.1f} µM free {drug} blocks {readings[1].text} of the "
        f"current at rest and {readings[2].text} at −20 mV."
    )
    return View(artists, readings, sentence)


def _block(free: float, blocker: receptor.Blocker, voltage: float, magnesium: float) -> float:
    return float(receptor.equilibrium_block(free, blocker, voltage, magnesium))
