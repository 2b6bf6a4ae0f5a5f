"""Magnesium and a drug in one pore: the current against voltage, how much the drug blocks, and fifty open
channels at one voltage, in the shares the model gives."""

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from ketalab.explorables.cached_text import stamp
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.datatable import tabbed
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l02_blocking_the_nmda_receptor.shared import DEPOLARISED, MAGNESIUM, REST
from ketalab.models import receptor
from ketalab.plots.style import BLACK, GREY, LEVEL, PALE, figure, legend_above
from ketalab.text import real_minus

VOLTS = np.linspace(-100, 60, 161)
CHANNELS, COLUMNS = 50, 25  # in the picture of the membrane, and in each of its two rows
TOP, BOTTOM, THICK = 53.0, 6.0, 20.0  # the lower edges of the two membranes and how thick they are
PROTEIN = "#a9a9a9"


def pore_block() -> Explorable:
    """Magnesium and a drug in one pore: the current against voltage, and how much the drug blocks."""
    return Explorable(
        name="pore_block",
        title="Two blockers, one pore",
        controls=(
            replace(MAGNESIUM, led=True),
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
            Slider(
                "voltage",
                "Voltage of the 50 channels",
                "mV",
                -100,
                60,
                10,
                REST,
                "Inside minus outside. The curves show every voltage; the dots mark this one, and the "
                "50 channels below stand at it.",
                (-100, REST, DEPOLARISED, 0, 60),
                led=True,
            ),
            Choice(
                "drug",
                "Drug",
                receptor.BLOCKERS,
                receptor.KETAMINE,
                "Memantine is given in dementia. Phencyclidine and dizocilpine block more "
                "strongly; dizocilpine is "
                "used in experiments only.",
                ("ketamine", "memantine", "dizocilpine"),
            ),
        ),
        stage=_pore_stage,
        view=_pore_view,
        presets={
            "A brain's magnesium, 2 µM": {},
            "A busy synapse, −20 mV": {"voltage": DEPOLARISED},
            "A dish without magnesium": {"magnesium": 0.0},
            "What 0.5 mg/kg leaves free: 0.4 µM": {"free": 0.4},
            "Dizocilpine, 2 µM": {"drug": "dizocilpine"},
            "Magnesium alone": {"free": 0.0},
        },
    )


def _pore_stage() -> Stage:
    fig = figure(7.6, 4.9)
    grid = fig.add_gridspec(2, 2, height_ratios=(2.1, 1))
    current, block = (fig.add_subplot(grid[0, column]) for column in range(2))
    current.set(xlim=(-100, 60), ylim=(-1.05, 0.65), ylabel="current (1 = unblocked\nat 100 mV)")
    block.set(xlim=(-100, 60), ylim=(0, 100), ylabel="blocked by the drug (%)")
    for axes in (current, block):
        axes.set_xlabel("voltage across the membrane (mV)")
        axes.set_xticks([-100, -70, -40, 0, 40])
        axes.axvline(REST, color=PALE, linewidth=1.4, zorder=0)
    current.axhline(0, color=PALE, linewidth=1.4, zorder=0)
    block.annotate(
        "rest", (REST, 100), (0, 2), textcoords="offset points", ha="center", fontsize=12, color=GREY
    )
    drug = LEVEL["receptor"]
    artists = {
        "open": current.plot([], [], color=PALE, linewidth=2.4, label="empty pore, model")[0],
        "magnesium": current.plot([], [], color=GREY, linestyle="--", label="magnesium alone, model")[0],
        "both": current.plot([], [], color=drug, label="magnesium and the drug, model")[0],
        "without": block.plot([], [], color=drug, linestyle=":", label="blocked without magnesium, model")[
            0
        ],
        "share": block.plot([], [], color=drug)[0],
        "best": block.plot([], [], color=BLACK, linestyle="--", linewidth=1.2)[0],
        "current here": current.plot([], [], "o", color=BLACK, clip_on=False, label="the 50 channels")[0],
        "share here": block.plot([], [], "o", color=BLACK, clip_on=False, label="the 50 channels")[0],
    }
    for name in ("current here", "share here"):  # the dot may stand on the edge
        artists[name].set_in_layout(False)
    legend_above(fig, [artists[n] for n in ("open", "magnesium", "both", "without", "share here")], 3)
    pores = fig.add_subplot(grid[1, :])
    artists |= _membrane(pores)
    return Stage(fig, {"current": current, "block": block, "pores": pores}, artists)


def _membrane(axes: Axes) -> dict[str, Line2D]:
    """A process of the cell, cut lengthwise: two membranes, the inside between them, a row of channels in
    each; and what moves in it."""
    axes.set(xlim=(0, COLUMNS), ylim=(0, 90))
    axes.set_axis_off()
    for low in (TOP, BOTTOM):
        middles = np.arange(COLUMNS) + 0.5
        edges = np.concatenate(([0.0], np.sort([middles - 0.33, middles + 0.33], axis=None), [COLUMNS]))
        for left, right in edges.reshape(-1, 2):
            axes.fill_between([left, right], low + 3, low + THICK - 3, color=PALE, linewidth=0)
        walls = [[(x, low), (x, low + THICK)] for x in edges[1:-1]]
        axes.add_collection(LineCollection(walls, colors=PROTEIN, linewidths=3))
    axes.text(
        0, 78, "outside the cell; 50 open channels, each stands for 2 in 100", fontsize=12, va="bottom"
    )
    looks = {
        "drug": {"marker": "D", "markersize": 6.5, "color": LEVEL["receptor"]},
        "magnesium": {"marker": "o", "markersize": 8, "color": GREY},
        "down": {"marker": "v", "markersize": 5.5, "color": BLACK},
        "up": {"marker": "^", "markersize": 5.5, "color": BLACK},
    }
    middle = (TOP + BOTTOM + THICK) / 2
    for look, x in zip(("drug", "magnesium"), (6.2, 12.4), strict=True):
        axes.plot([x], [middle], linestyle="none", **looks[look])
    found = {
        f"in the pore: {name}": axes.plot([], [], linestyle="none", **look)[0]
        for name, look in looks.items()
    }
    for name, x in (("inside", 0), ("drugs", 6.7), ("ions", 12.9), ("empty", 18.2)):
        found[name] = stamp(axes, x, middle, va="center", fontsize=12)
    return found


def _pore_view(magnesium: float, free: float, voltage: float, drug: str) -> View:
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
        "current here": (
            [voltage],
            [float(receptor.relative_current(voltage, magnesium, free, blocker))],
        ),
        "share here": ([voltage], [100 * _block(free, blocker, voltage, magnesium)]),
    }
    held = _of_fifty(magnesium, free, voltage, blocker)
    artists |= _occupants(held, voltage, drug)
    readings = [
        Reading("free of magnesium at rest", 100 * float(receptor.magnesium_free(REST, magnesium)), "%", 2),
        Reading("blocked by the drug at rest", 100 * at_rest, "%", 2),
        Reading("blocked by it at −20 mV", 100 * _block(free, blocker, DEPOLARISED, magnesium), "%", 2),
        Reading("blocked most at", _most_blocked(VOLTS[best]) if free else "no drug"),
        Reading(
            "half is blocked at rest by", float(receptor.half_block(blocker, REST, magnesium)), "µM", 2
        ),
        Reading("without magnesium, by", float(receptor.half_block(blocker, REST, 0.0)), "µM", 2),
    ]
    sentence = (
        f"With {magnesium:.1f} mM magnesium, {free:.1f} µM free {drug} blocks {readings[1].text} of the "
        f"current at rest and {readings[2].text} at −20 mV. {_counted(held, voltage, drug)}"
    )
    counts = {
        f"hold {drug}": [str(held[0])],
        "hold magnesium": [str(held[1])],
        "empty": [str(held[2])],
    }
    beside = tabbed(f"50 open channels at {real_minus(f'{voltage:.0f}')} mV", ["channels"], counts)
    return View(artists, readings, sentence, beside=beside)


def _most_blocked(at: float) -> str:
    """The voltage (mV) of the highest block; the first of the picture stands for all below it."""
    return real_minus(f"{at:.0f} mV") + (" or lower" if at == VOLTS[0] else "")


def _block(free: float, blocker: receptor.Blocker, voltage: float, magnesium: float) -> float:
    return float(receptor.equilibrium_block(free, blocker, voltage, magnesium))


def _of_fifty(magnesium: float, free: float, voltage: float, blocker: receptor.Blocker) -> list[int]:
    """Of fifty open channels at this voltage: how many hold the drug, hold magnesium, are empty.

    The shares times fifty, rounded down; what is missing goes to those that lost most by it.
    """
    drug = _block(free, blocker, voltage, magnesium)
    empty = (1 - drug) * float(receptor.magnesium_free(voltage, magnesium))
    exact = CHANNELS * np.array([drug, 1 - drug - empty, empty])
    whole = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(whole - exact, kind="stable")[: CHANNELS - whole.sum()]:
        whole[place] += 1
    return whole.tolist()


def _occupants(held: list[int], voltage: float, drug: str) -> dict[str, object]:
    """The channels column by column: the drug from the left, then magnesium, then the empty ones with the
    way the current goes."""
    places = np.arange(CHANNELS)
    x = places // 2 + 0.5
    upper = places % 2 == 0
    y = np.where(upper, TOP, BOTTOM) + THICK / 2
    drugs, ions = places < held[0], (places >= held[0]) & (places < held[0] + held[1])
    empty = ~drugs & ~ions
    inward, outward = empty & (voltage < 0), empty & (voltage > 0)
    shown = {
        "drug": drugs,
        "magnesium": ions,
        "down": inward & upper | outward & ~upper,
        "up": inward & ~upper | outward & upper,
    }
    found: dict[str, object] = {f"in the pore: {name}": (x[one], y[one]) for name, one in shown.items()}
    flow = "current in" if voltage < 0 else "current out" if voltage > 0 else "no current"
    return found | {
        "inside": real_minus(f"inside {voltage:.0f} mV"),
        "drugs": f"{held[0]} {drug}",
        "ions": f"{held[1]} magnesium",
        "empty": f"{held[2]} empty: {flow}" if held[2] else "0 empty",
    }


def _counted(held: list[int], voltage: float, drug: str) -> str:
    """The fifty channels in words, for none, one and many."""

    def those(count: int, one: str, many: str) -> str:
        return f"{count or 'none'} {one if count <= 1 else many}"

    parts = [those(count, "holds", "hold") for count in held[:2]]
    return (
        f"Of 50 open channels at {real_minus(f'{voltage:.0f}')} mV, {parts[0]} {drug}, {parts[1]} "
        f"magnesium and {those(held[2], 'is', 'are')} empty."
    )
