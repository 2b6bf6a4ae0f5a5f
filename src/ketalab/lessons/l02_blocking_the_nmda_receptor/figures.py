"""Pictures of the lesson on the NMDA receptor, each with its words."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l02_blocking_the_nmda_receptor.trials import strip_of_the_usual_dose
from ketalab.models import receptor
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, LEVEL, ORANGE, PALE, VERMILION, figure
from ketalab.text import decimals, listed, real_minus

# The scheme ----------------------------------------------------------------------------------------

BOXES = {
    "closed": (0.0, 1.0, "closed\nno glutamate", BLUE),
    "ready": (1.4, 1.0, "closed\nglutamate bound", BLUE),
    "open": (2.8, 1.0, "open\ncurrent flows", GREEN),
    "magnesium": (4.2, 1.0, "open\nmagnesium in it", GREY),
    "closed blocked": (0.0, 0.0, "trapped\nno glutamate", VERMILION),
    "ready blocked": (1.4, 0.0, "trapped\nglutamate bound", VERMILION),
    "open blocked": (2.8, 0.0, "open\ndrug in it", ORANGE),
}
STEPS = (
    ("closed", "ready", "glutamate"),
    ("ready", "open", "gate"),
    ("open", "magnesium", "very fast"),
    ("closed blocked", "ready blocked", "glutamate"),
    ("ready blocked", "open blocked", "gate"),
    ("open", "open blocked", "drug: only here"),
)


def magnesium() -> Picture:
    """Current through open channels against voltage, for three amounts of magnesium (mM)."""
    voltage = np.linspace(-100, 60, 161)  # mV
    fig = figure(9.0, 4.0)
    axes = fig.subplots()
    for amount, style in ((0.0, "-"), (0.1, ":"), (1.0, "--")):
        current = receptor.relative_current(voltage, amount)
        axes.plot(voltage, current, style, color=GREY, label=f"{amount:g} mM magnesium, model")
    axes.set(
        xlabel="voltage across the membrane (mV)",
        ylabel="current (1 = unblocked at 100 mV)",
        xlim=(-100, 60),
    )
    axes.legend()
    free = [decimals(100 * float(receptor.magnesium_free(v, 1.0)), 0) for v in (-70, -20, 40)]
    return Picture(
        fig,
        "02_magnesium",
        "Current through open NMDA channels against voltage, for three amounts of magnesium. "
        "Without magnesium it is a straight line through zero. With one millimolar, "
        f"{free[0]} percent of the channels are free at minus 70 millivolts, {free[1]} at minus 20 and "
        f"{free[2]} at plus 40: almost no inward current passes at rest, and most near minus 30.",
    )


def scheme() -> Picture:
    """The states of the receptor as boxes, the steps between them as arrows."""
    fig = figure(9.6, 4.0)
    axes = fig.subplots()
    axes.set(xlim=(-0.5, 4.7), ylim=(-0.35, 1.35))
    axes.axis("off")
    for x, y, text, colour in BOXES.values():
        axes.add_patch(
            FancyBboxPatch(
                (x - 0.42, y - 0.25),
                0.84,
                0.5,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor="white",
                edgecolor=colour,
                linewidth=2.4,
            )
        )
        axes.text(x, y, text, ha="center", va="center", fontsize=13, color=BLACK)
    for one, other, text in STEPS:
        (x, y), (u, v) = BOXES[one][:2], BOXES[other][:2]
        across = y == v
        ends = ((x + 0.43, y), (u - 0.43, v)) if across else ((x, y - 0.26), (u, v + 0.26))
        axes.add_patch(FancyArrowPatch(*ends, arrowstyle="<|-|>", mutation_scale=14, color=GREY, shrinkA=0))
        middle = ((x + u) / 2, y + 0.13) if across else (x + 0.08, (y + v) / 2)
        axes.text(*middle, text, ha="center" if across else "left", va="center", fontsize=12, color=GREY)
    return Picture(
        fig,
        "02_scheme",
        "A scheme of seven states. Top row: closed without glutamate, closed with glutamate, open with "
        "current, open with magnesium in it. Bottom row: trapped without glutamate, trapped with "
        "glutamate, open with the drug in it. The drug passes between the rows only through the "
        "open state.",
    )


def occupants(free_um: float = 2.0, voltages: tuple[float, ...] = (-70.0, -20.0, 40.0)) -> Picture:
    """What sits in the open pores, in percent, with 1 mM magnesium and this much free ketamine (µM)."""
    ketamine = receptor.published(receptor.KETAMINE)
    volts = np.array(voltages)
    drug = 100 * receptor.equilibrium_block(free_um, ketamine, volts, 1.0)
    empty = (100 - drug) * receptor.magnesium_free(volts, 1.0)
    parts = (
        (empty, "empty", PALE, None),
        (100 - drug - empty, "magnesium", GREY, "//"),
        (drug, "ketamine", LEVEL["receptor"], None),
    )
    fig = figure(9.6, 3.2)
    axes = fig.subplots()
    left = np.zeros(len(volts))
    for share, name, colour, hatch in parts:
        axes.barh(
            range(len(volts)), share, left=left, color=colour, hatch=hatch, edgecolor="white", label=name
        )
        for y, (start, width) in enumerate(zip(left, share, strict=True)):
            if width > 2:
                axes.text(
                    start + width / 2,
                    y,
                    f"{width:.0f}",
                    ha="center",
                    va="center",
                    fontsize=13,
                    color=BLACK,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                )
        left = left + share
    axes.set_yticks(range(len(volts)), [real_minus(f"{v:.0f} mV") for v in volts])
    axes.set(xlim=(0, 100), xlabel="share of the open channels, model (%)")
    axes.invert_yaxis()
    axes.grid(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    held = 100 - drug - empty
    shares = "; ".join(
        f"at {decimals(v, 0)} millivolts magnesium is in {decimals(m, 0)} percent and ketamine in "
        f"{decimals(d, 0)}"
        for v, m, d in zip(volts, held, drug, strict=True)
    )
    return Picture(
        fig,
        "02_occupants",
        "Bars that show what sits in the open channels with one millimolar magnesium and "
        f"{decimals(free_um, 1)} micromolar free ketamine: {shares}. The others are empty.",
    )


# What it is measured against -----------------------------------------------------------------------


def leaving() -> Picture:
    """How fast blockers leave the active channel: off-rates as printed, one row a drug."""
    constants = table("nmda_biophysics")
    rows = constants[(constants.symbol == "off_rate") & (constants.ligand != "magnesium")].assign(
        name=lambda frame: frame.ligand.where(frame.receptor != "native", frame.ligand + ", mouse neurons")
    )
    rows = rows.sort_values("value")
    fig = figure(9.2, 3.2)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        if not np.isnan(row.low):
            axes.plot([row.low, row.high], [y, y], color=BLACK, linewidth=2)
        axes.plot(
            row.value,
            y,
            "o",
            color=BLACK,
            markerfacecolor="white",
            markeredgewidth=2,
            markersize=9,
            zorder=3,
        )
        half_life = f"half leave in {np.log(2) / row.value:.3g} s   ({short_name(row.reference)})"
        axes.annotate(half_life, (1.35, y), va="center", fontsize=12, annotation_clip=False)
    axes.set_yticks(range(len(rows)), rows.name)
    axes.set(xscale="log", xlim=(0.002, 1), ylim=(-0.6, len(rows) - 0.4), xlabel="off-rate, measured (1/s)")
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(False, axis="y")
    rates = "; ".join(f"{row.name} {row.value:g}" for row in rows.itertuples(index=False))
    return Picture(
        fig,
        "02_leaving",
        f"Off-rates of blockers from an active channel, per second, on a logarithmic axis: {rates}. "
        "The slowest, dizocilpine, needs minutes for half of it to leave.",
    )


def dose_response() -> Picture:
    """Ketamine: the model's curves with the measurements of the same kind, a panel for each kind."""
    constants, free = table("nmda_biophysics"), strip_of_the_usual_dose()
    by_key = constants.set_index("constant")
    concentration = np.geomspace(0.02, 100, 200)
    ketamine = receptor.published(receptor.KETAMINE)
    fig = figure(10.0, 5.2)
    current, occupancy = fig.subplots(1, 2, sharex=True, sharey=True)
    curves = (
        (-70.0, 0.0, "rest, no magnesium", ":"),
        (-20.0, 1.0, "−20 mV, magnesium", "--"),
        (-70.0, 1.0, "rest, magnesium", "-"),
    )
    for axes in (current, occupancy):
        axes.axvspan(*free, color=PALE, zorder=0)
        for voltage, magnesium, name, style in curves:
            block = 100 * receptor.equilibrium_block(concentration, ketamine, voltage, magnesium)
            axes.plot(concentration, block, style, color=LEVEL["receptor"], label=f"{name}, model")
    hollow = {
        "color": BLACK,
        "markerfacecolor": "white",
        "markeredgewidth": 2,
        "markersize": 10,
        "zorder": 4,
    }
    for place, marker in (("cell", "s"), ("outside", "^")):
        rows = constants[constants.constant.str.startswith(f"orser_{place}")]
        dose = rows.symbol.str.extract(r"at_([\d.]+)_uM")[0].astype(float)
        where = rows.preparation.str.split(", ").str[-1].iloc[0]
        current.plot(
            dose,
            100 * (1 - rows.value),
            marker,
            linestyle="none",
            label=f"{where} channels, measured",
            **hollow,
        )
    for axes, key, text in (
        (current, "ketamine_ic50", "half of a whole cell's current, measured"),
        (occupancy, "ketamine_rat", "half filled in living rats, measured"),
    ):
        row = by_key.loc[key]
        axes.plot([row.low, row.high], [50, 50], color=BLACK, linewidth=2.4, zorder=3)
        axes.plot(row.value, 50, "o" if axes is current else "D", linestyle="none", label=text, **hollow)
    for axes, title in ((current, "Current blocked"), (occupancy, "Binding sites filled")):
        axes.set(xscale="log", xlim=(0.02, 100), ylim=(0, 100), xlabel="free ketamine (µM)")
        axes.set_title(title, loc="left", fontsize=14)
        axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
        axes.set_xticks([], minor=True)
    current.set_ylabel("%")
    current.annotate(
        "0.5 mg/kg", (np.sqrt(free[0] * free[1]), 97), ha="center", va="top", fontsize=12, color=GREY
    )
    handles, labels = current.get_legend_handles_labels()
    more, words = occupancy.get_legend_handles_labels()
    fig.legend(handles + more[3:], labels + words[3:], loc="outside upper left", ncols=3, columnspacing=1.0)
    rat = by_key.loc["ketamine_rat"].value
    return Picture(
        fig,
        "02_dose_response",
        "Two panels of block against free ketamine on a logarithmic axis, each with three model "
        "curves: at rest without magnesium, at minus 20 millivolts with magnesium, at rest with magnesium, "
        "from left to right. Left, current blocked: channels on whole cells (cell-attached) lie far above "
        "all curves, channels in torn-off patches (outside-out) lie between them. Right, binding sites in "
        f"living rats: half are filled at {rat:g} micromolar, between the first two curves.",
    )


SIGNS = {"better": ("▲", GREEN), "displaced": ("▲", GREEN), "no clear difference": ("=", VERMILION)}


def human_studies() -> Picture:
    """Trials of channel blockers in depression, and scans of the pore: direction only, no sizes."""
    studies = table("nmda_blocker_studies")
    titles = {
        "depression": "Did depression fall more than with the comparison?",
        "occupancy": "Did a scan see ketamine in the pore?",
    }
    fig = figure(9.6, 5.2)
    axes = fig.subplots()
    axes.axis("off")
    y = 0.0
    for question, title in titles.items():
        axes.text(0, y, title, fontsize=14, weight="bold", va="center")
        y -= 1
        for row in studies[studies.question == question].itertuples():
            sign, colour = SIGNS[row.direction]
            axes.text(0.02, y, sign, fontsize=19, color=colour, ha="center", va="center", weight="bold")
            n = f"{row.n} people" if pd.notna(row.n) else "not in our source"
            axes.text(0.05, y, row.drug, fontsize=13, va="center")
            axes.text(0.37, y, f"against {row.comparison}", fontsize=13, va="center")
            axes.text(0.62, y, n, fontsize=13, va="center")
            axes.text(0.8, y, short_name(row.reference), fontsize=13, va="center", color=GREY)
            y -= 1
        y -= 0.3
    for x, direction in ((0.62, "better"), (0.8, "no clear difference")):
        sign, colour = SIGNS[direction]
        axes.text(x, 0, sign, fontsize=19, color=colour, va="center", weight="bold")
        words = "yes" if direction == "better" else direction
        axes.text(x + 0.03, 0, words, fontsize=13, va="center")
    axes.set(xlim=(0, 1.02), ylim=(y + 0.5, 0.6))
    trials = studies[studies.question == "depression"]
    better = listed(sorted(set(trials.drug[trials.direction == "better"])))
    alike = listed(sorted(set(trials.drug[trials.direction == "no clear difference"])))
    return Picture(
        fig,
        "02_human_studies",
        f"A list of {len(trials)} trials in depression, each with a sign. Better than the "
        f"comparison in at least "
        f"one: {better}. No clear difference in at least one: {alike}. Below, two scans: ketamine "
        "displaced one tracer, and another showed no consistent change.",
    )


# The atlas -----------------------------------------------------------------------------------------

ATLAS_DRUGS = {
    "racemic ketamine": "ketamine",
    "S-ketamine": "S-ketamine",
    "R-ketamine": "R-ketamine",
    "S-norketamine": "S-norketamine",
    "R-norketamine": "R-norketamine",
    "phencyclidine": "phencyclidine",
    "dizocilpine": "dizocilpine",
    "fluoxetine": "fluoxetine",
    "sertraline": "sertraline",
    "citalopram": "citalopram",
    "paroxetine": "paroxetine",
    "venlafaxine": "venlafaxine",
    "bupropion": "bupropion",
    "amitriptyline": "amitriptyline",
}
ATLAS_TARGETS = {
    "NMDA, pore site": "NMDA\npore",
    "opioid mu": "mu\nopioid",
    "opioid kappa": "kappa\nopioid",
    "opioid delta": "delta\nopioid",
    "dopamine D2, high state": "D2\nhigh",
    "serotonin 5-HT2": "5-HT2\n ",
    "serotonin transporter": "SERT\n ",
    "noradrenaline transporter": "NET\n ",
    "dopamine transporter": "DAT\n ",
}
WEAK_TO_TIGHT = LinearSegmentedColormap.from_list("weak to tight", ["white", "#bfe3f7", "#56B4E9"])


def atlas(binding: pd.DataFrame) -> pd.DataFrame:
    """Binding constants (µM) as drugs x targets; several sources meet at their geometric mean."""
    rows = binding[(binding.kind == "binding") & binding.ligand.isin(ATLAS_DRUGS)]
    means = rows.assign(log=np.log(rows.value_um)).pivot_table(
        index="ligand", columns="target", values="log"
    )
    means = np.exp(means.reindex(index=list(ATLAS_DRUGS), columns=list(ATLAS_TARGETS)))
    return means.rename(index=ATLAS_DRUGS)


def atlas_axes(binding: pd.DataFrame, width: float, height: float) -> tuple[Figure, Axes, LineCollection]:
    """The heat map of binding constants, and a gauge in each known cell that starts at zero."""
    constants = atlas(binding)
    tightness = -np.log10(constants.to_numpy())
    fig = figure(width, height)
    axes = fig.subplots()
    axes.imshow(np.nan_to_num(tightness, nan=-3), cmap=WEAK_TO_TIGHT, vmin=-2, vmax=4, aspect="auto")
    axes.set_xticks(range(len(ATLAS_TARGETS)), ATLAS_TARGETS.values(), fontsize=12)
    axes.set_yticks(range(len(constants)), constants.index, fontsize=12)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.grid(False)
    axes.set_xticks(np.arange(0.5, len(ATLAS_TARGETS) - 1), minor=True)
    axes.set_yticks(np.arange(0.5, len(constants) - 1), minor=True)
    axes.grid(which="minor", color=PALE, linewidth=1)
    axes.tick_params(which="minor", length=0)
    spread = binding[binding.kind == "binding"].groupby(["ligand", "target"]).value_um
    low, high = spread.min(), spread.max()
    for y, drug in enumerate(ATLAS_DRUGS):
        for x, target in enumerate(ATLAS_TARGETS):
            if (drug, target) in low.index:
                text = _constant(low[drug, target], high[drug, target])
                axes.text(x, y - 0.1, text, ha="center", va="center", fontsize=12, color=BLACK)
    gauges = LineCollection([], colors=LEVEL["receptor"], linewidths=4, capstyle="butt")
    axes.add_collection(gauges)
    return fig, axes, gauges


def _constant(low: float, high: float) -> str:
    """A constant in nM below 0.1 µM, else in µM; the middle of several sources is marked as such."""
    value = np.sqrt(low * high)
    text = f"{float(f'{value * 1000:.2g}'):g} nM" if value < 0.1 else f"{float(f'{value:.2g}'):g}"
    return text if low == high else f"≈{text}"
