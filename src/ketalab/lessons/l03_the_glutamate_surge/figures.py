"""Pictures of the lesson on the glutamate surge."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l03_the_glutamate_surge import trials
from ketalab.models import circuit, spiking
from ketalab.models.circuit import INTERNEURON, PYRAMIDAL
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION, figure

CELL = {PYRAMIDAL: VERMILION, INTERNEURON: GREEN}
NAME = {PYRAMIDAL: "pyramidal cells", INTERNEURON: "interneurons"}
LINE = {PYRAMIDAL: "-", INTERNEURON: (0, (5, 1.5))}
SIGN = {1: "^", 0: "s", -1: "v"}
SIGN_WORD = {1: "up", 0: "no change found", -1: "down"}
HEAD = {"excites": "-|>,head_length=7,head_width=4", "inhibits": "|-|,widthA=0,widthB=6"}
SHOWN_S = 1.0  # of a raster


def wiring() -> Figure:
    """The circuit as a diagram: who excites and who inhibits whom, and where the drug can sit."""
    fig = figure(9.6, 3.6)
    axes = fig.subplots()
    axes.set(xlim=(0, 9.6), ylim=(0, 3.6), aspect="equal")
    axes.axis("off")
    places = {"distant": (1.3, 1.8), PYRAMIDAL: (5.2, 2.65), INTERNEURON: (5.2, 0.85)}
    words = {"distant": "distant\ncells", PYRAMIDAL: "pyramidal\ncells", INTERNEURON: "inter-\nneurons"}
    colour = CELL | {"distant": GREY}
    for name, (x, y) in places.items():
        axes.add_patch(Circle((x, y), 0.72, facecolor=colour[name], edgecolor="none"))
        axes.text(x, y, words[name], color="white", weight="bold", ha="center", va="center", fontsize=13)
    for start, end, kind, bend in (
        ("distant", PYRAMIDAL, "excites", -0.15),
        ("distant", INTERNEURON, "excites", 0.15),
        (PYRAMIDAL, INTERNEURON, "excites", -0.35),
        (INTERNEURON, PYRAMIDAL, "inhibits", -0.35),
    ):
        _arrow(axes, places[start], places[end], kind, colour[start], bend)
    _loop(axes, places[PYRAMIDAL], "excites", VERMILION, up=True)
    _loop(axes, places[INTERNEURON], "inhibits", GREEN, up=False)
    axes.text(6.95, 2.75, "1  block here and they fire less", color=VERMILION, fontsize=13, va="center")
    axes.text(
        6.95,
        0.95,
        "2  block here, and the brake\n    on all cells comes off",
        color=GREEN,
        fontsize=13,
        va="center",
    )
    axes.text(0.1, 0.25, "arrow: excites (AMPA, NMDA)     bar: inhibits (GABA)", color=GREY, fontsize=12)
    for x, y in ((4.36, 2.43), (4.36, 1.08)):
        axes.plot(x, y, "X", color=BLACK, markersize=13, markeredgecolor="white", zorder=5)
    axes.plot(0.25, 3.35, "X", color=BLACK, markersize=13)
    axes.text(
        0.5,
        3.35,
        "NMDA receptors that ketamine can\nblock (shown on distant inputs only)",
        fontsize=12.5,
        va="center",
    )
    return fig


def _arrow(axes: Axes, start: tuple, end: tuple, kind: str, colour: str, bend: float) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle=HEAD[kind],
            shrinkA=54,
            shrinkB=56,
            connectionstyle=f"arc3,rad={bend}",
            color=colour,
            linewidth=2.5,
        )
    )


def _loop(axes: Axes, centre: tuple, kind: str, colour: str, up: bool) -> None:
    side = 1 if up else -1
    x, y = centre
    axes.add_patch(
        FancyArrowPatch(
            (x + 0.62, y + side * 0.38),
            (x + 0.68, y - side * 0.3),
            arrowstyle=HEAD[kind],
            connectionstyle=f"arc3,rad={-side * 1.6}",
            color=colour,
            linewidth=2.5,
            shrinkA=0,
            shrinkB=0,
        )
    )


def rasters(runs: Mapping[str, spiking.Run]) -> Figure:
    """One panel a run: a mark for each spike of 40 pyramidal cells and 10 interneurons in one second.

    Under its name the block of interneurons' and of pyramidal cells' NMDA receptors, in this order.
    """
    fig = figure(9.6, 4.2)
    for axes, (title, run) in zip(fig.subplots(1, len(runs), sharey=True), runs.items(), strict=True):
        for population in (PYRAMIDAL, INTERNEURON):
            axes.plot(*raster_points(run, population), "|", color=CELL[population], markersize=5)
        blocked = f"{run.block_interneuron:.0%} blocked above, {run.block_pyramidal:.0%} below"
        axes.set(xlim=(0, SHOWN_S), ylim=(-1, 52), xlabel="time (s), cell-by-cell model")
        axes.set_title(f"{title}\n{blocked}", fontsize=13)
        axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        axes.grid(False)
    _name_rows(fig.axes[0])
    return fig


def raster_points(run: spiking.Run, population: str) -> tuple[np.ndarray, np.ndarray]:
    """Times (s) and rows of the spikes a raster shows; interneurons stand above pyramidal cells."""
    spikes, count = getattr(run, population), spiking.SHOWN[population]
    shown = (spikes.cell < count) & (spikes.time < SHOWN_S)
    base = 0 if population == PYRAMIDAL else spiking.SHOWN[PYRAMIDAL] + 1
    return spikes.time[shown], spikes.cell[shown] + base


def _name_rows(axes: Axes) -> None:
    first = spiking.SHOWN[PYRAMIDAL]
    axes.set_yticks(
        [first / 2, first + 1 + spiking.SHOWN[INTERNEURON] / 2],
        ["pyramidal cells", "interneurons"],
        rotation=90,
        va="center",
    )
    axes.tick_params(axis="y", length=0)


def reduction(selectivities: Sequence[float]) -> Figure:
    """Mean-field rates over occupancy as lines, the stored Brian2 runs beside them as squares."""
    fig = figure(9.6, 4.3)
    occupancy = np.linspace(0, 1, 101)
    for axes, selectivity in zip(
        fig.subplots(1, len(selectivities), sharey=True), selectivities, strict=True
    ):
        state = circuit.steady_state(*circuit.block_from_occupancy(occupancy, selectivity))
        runs = {o: r for (o, s), r in spiking.stored_runs().items() if s == selectivity}
        for population in (PYRAMIDAL, INTERNEURON):
            axes.plot(
                100 * occupancy,
                getattr(state, population),
                linestyle=LINE[population],
                color=CELL[population],
                label=f"{NAME[population]}, mean-field model",
            )
            axes.plot(
                [100 * o for o in runs],
                [getattr(run, population).rate for run in runs.values()],
                "s",
                color=CELL[population],
                markerfacecolor="white",
                markersize=6.5,
                label=f"{NAME[population]}, spiking model",
            )
        axes.set(title=f"selectivity {selectivity:g}", xlabel="NMDA receptors blocked (%)", ylim=(0, 12.5))
    fig.axes[0].set_ylabel("firing rate (Hz)")
    handles, labels = fig.axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside upper left", ncols=2, columnspacing=1.5)
    return fig


def observed(observations: pd.DataFrame) -> Figure:
    """Studies in people: how much, where a number was printed; only the direction where none was."""
    rows = observations[observations.species == "human"].sort_values(
        ["direction", "change"], na_position="first", kind="stable"
    )
    fig = figure(10.4, 5.4)
    strip, axes = fig.subplots(1, 2, sharey=True, width_ratios=(1, 4))
    for y, row in enumerate(rows.itertuples()):
        colour = {1: VERMILION, 0: GREY, -1: BLUE}[row.direction]
        face = colour if row.comparison.startswith("placebo") else "white"
        look = {"color": colour, "markerfacecolor": face, "markeredgewidth": 2}
        strip.plot(0, y, SIGN[row.direction], markersize=10, **look)
        axes.annotate(_label(row), (63, y), va="center", fontsize=11.5, annotation_clip=False)
        if not np.isnan(row.change):
            axes.plot([row.change - row.spread, row.change + row.spread], [y, y], color=colour, linewidth=2)
            axes.plot(row.change, y, "o", markersize=8, **look)
    axes.axvline(0, color=BLACK, linewidth=1)
    strip.set_yticks(range(len(rows)), map(short_name, rows.reference), fontsize=11)
    strip.set(xlim=(-1, 1), xticks=[], title="direction", ylim=(-0.7, len(rows) - 0.3))
    strip.grid(False)
    strip.title.set_fontsize(12)
    axes.set(xlim=(-45, 60), xlabel="change (%), where printed")
    fig.supxlabel(
        "filled: against placebo   open: before and after, or not stated   Glx: glutamate plus glutamine",
        fontsize=11,
        color=GREY,
    )
    axes.set_xticks([-40, -20, 0, 20, 40])
    return fig


SHORT = {"glutamate plus glutamine": "Glx", "carbon-13 labelled glutamine": "carbon-13 glutamine"}


def _label(row) -> str:
    """What a study measured, when, and in whom."""
    when = "" if row.timing == "not in our source" else f", {row.timing}"
    who = [] if pd.isna(row.n) else [f"n = {row.n}"]
    who += [word for word in ("depressed", "healthy") if row.subjects.startswith(word)]
    return f"{SHORT.get(row.measure, row.measure)}{when}; {', '.join(who)}"


def rat_signs(observations: pd.DataFrame) -> pd.DataFrame:
    """The directions measured in rats over dose: one row a dose and method."""
    rows = observations[(observations.species == "rat") & observations.dose.notna()]
    return rows[rows.method.isin(["microdialysis", "carbon-13 spectroscopy"])].sort_values(
        ["method", "dose"]
    )


# Pictures with their words ------------------------------------------------------------------------

PANELS = {
    "no drug": (0.0, 4.0),
    "half blocked, selectivity 4": (0.5, 4.0),
    "everything blocked": (1.0, 4.0),
}


def wiring_picture() -> Picture:
    """The circuit as a diagram."""
    alt = (
        "A circuit of three groups. Distant cells excite pyramidal cells and interneurons; crosses "
        "mark the "
        "NMDA receptors on both. Pyramidal cells excite each other and the interneurons; "
        "interneurons inhibit "
        "each other and the pyramidal cells. If the receptors on pyramidal cells are blocked, "
        "these fire less; if those on interneurons are blocked, the brake on all cells comes off."
    )
    return Picture(wiring(), "03_wiring", alt)


def raster_picture() -> Picture:
    """Three stored runs of the spiking network: no drug, half of it blocked, everything blocked."""
    runs = {name: spiking.stored_runs()[key] for name, key in PANELS.items()}
    said = "; ".join(
        f"{name} ({100 * run.block_interneuron:.0f}% of the interneurons' receptors and "
        f"{100 * run.block_pyramidal:.0f}% of the pyramidal cells'): pyramidal cells fire at "
        f"{run.pyramidal.rate:.1f} Hz and interneurons at {run.interneuron.rate:.1f} Hz"
        for name, run in runs.items()
    )
    alt = (
        "Three rasters of one second, 40 pyramidal cells below and 10 interneurons above. "
        "Share of receptors "
        f"blocked, and firing rates: {said}."
    )
    return Picture(rasters(runs), "03_rasters", alt)


def reduction_picture() -> Picture:
    """The mean field as lines over the spiking network as squares, for three selectivities."""
    shown = (1, 4, 8)
    said = []
    for selectivity in shown:
        runs = [r for (_, s), r in spiking.stored_runs().items() if s == selectivity]
        top = {p: max(getattr(r, p).rate for r in runs) for p in (PYRAMIDAL, INTERNEURON)}
        said.append(
            f"with selectivity {selectivity} pyramidal cells reach {top[PYRAMIDAL]:.1f} Hz and "
            f"interneurons "
            f"{top[INTERNEURON]:.1f} Hz in the network"
        )
    alt = (
        "Firing rate against the share of NMDA receptors blocked. Lines are the mean field, squares the "
        f"spiking network; {'; '.join(said)}. At rest they fire at 3 and 9 Hz."
    )
    return Picture(reduction(shown), "03_reduction", alt)


def people_picture() -> Picture:
    """Studies in people: how much, or only in which direction."""
    alt = f"Of the measurements in people under ketamine, {trials.in_words()}."
    return Picture(observed(table("surge_observations")), "03_people", alt)
