"""Pictures of the lesson on mTOR, BDNF and new synapses."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.trials import (
    STEP_NAMES,
    by_mouse,
    from_first_day,
    ketamine_minus_saline,
)
from ketalab.models import cascade
from ketalab.models import screening as screens
from ketalab.plots.axes import FIRST_HOUR, clock_axis
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, SKY, VERMILION, figure
from ketalab.text import decimals, real_minus

Array = NDArray[np.float64]

# One colour throughout the lesson for each step a reader sees.
STEP_COLOUR = {
    "ampa": ORANGE,
    "bdnf": SKY,
    "trkb": BLUE,
    "mtorc1": PURPLE,
    "protein": VERMILION,
    "spines": GREEN,
}
DIRECTION = {1: ("^", "up"), 0: ("o", "no change"), -1: ("v", "down")}


def clocks(hours: Array, run: Mapping[str, Array], findings: pd.DataFrame) -> Figure:
    """Each step of the model on a clock from minutes to weeks; below it what was measured, and when."""
    fig = figure(9.6, 5.6)
    above, below = fig.subplots(2, 1, sharex=True, height_ratios=(1, 1.5))
    for step, name in STEP_NAMES.items():
        extra = run[step] - 1
        above.plot(hours, extra / extra.max(), color=STEP_COLOUR[step], label=name)
    above.set(ylim=(0, 1.08), yticks=(0, 0.5, 1), ylabel="model: share\nof its own peak")
    dated = findings.dropna(subset=["from_h"])
    for row in dated[dated.measure.isin(MEASURES)].itertuples():
        same = dated[dated.measure == row.measure]
        y = MEASURES.index(row.measure) + _lane(row.reference, list(dict.fromkeys(same.reference)))
        start, end = max(row.from_h, FIRST_HOUR * 1.05), max(row.to_h, FIRST_HOUR * 1.05)
        below.plot([start, end], [y, y], color=BLACK, linewidth=1.6)
        _mark(below, (start * end) ** 0.5, y, row.direction)
        if row.to_h == same[same.reference == row.reference].to_h.max():
            below.annotate(
                row.species, (end, y), (8, 0), textcoords="offset points", va="center", fontsize=11
            )
    names = ["synapse marker (scan)" if name == "SV2A by PET" else name for name in MEASURES]
    below.set_yticks(range(len(MEASURES)), names)
    below.set(ylim=(len(MEASURES) - 0.4, -0.6), xlabel="time after the dose")
    below.grid(False, axis="y")
    for y in range(len(MEASURES) - 1):
        below.axhline(y + 0.5, color=PALE, linewidth=1)
    clock_axis(below, 1100)
    for direction, (_, name) in DIRECTION.items():
        _mark(below, np.nan, np.nan, direction, label=f"measured: {name}")
    fig.legend(loc="outside upper left", ncols=5, columnspacing=1.0, handletextpad=0.4)
    return fig


MEASURES = ["BDNF", "mTORC1", "synaptic protein", "spine formation", "spine density", "SV2A by PET"]


def _lane(reference: str, references: list[str]) -> float:
    """How far a study stands from the middle of its row, so that two studies stay apart."""
    return 0.42 * (references.index(reference) - (len(references) - 1) / 2)


def _mark(axes: Axes, x: float, y: float, direction: int, label: str | None = None) -> None:
    marker = DIRECTION[direction][0]
    axes.plot(
        x,
        y,
        marker,
        color=BLACK,
        markerfacecolor="white" if direction == 0 else BLACK,
        markeredgewidth=1.6,
        markersize=8,
        label=label,
        linestyle="none",
    )


def spine_counts(mice: pd.DataFrame, hours: Array, model: Array) -> Figure:
    """Spine density of every mouse over the days, and ketamine minus saline beside the model's line.

    `mice` has one row a mouse and day: treatment, mouse, day, change (% of the mouse's first day).
    """
    fig = figure(9.6, 4.6)
    left, right = fig.subplots(1, 2, width_ratios=(1.15, 1))
    colours = {"saline": GREY, "ketamine": BLUE}
    for treatment, colour in colours.items():
        group = mice[mice.treatment == treatment]
        for _, one in group.groupby("mouse"):
            left.plot(one.day, one.change, "o-", color=colour, alpha=0.45, linewidth=1.4, markersize=5)
        mean = group.groupby("day").change.mean()
        left.plot(mean.index, mean, color=colour, linewidth=3, label=f"{treatment}, measured: mean of mice")
    left.axvline(0, ymin=0.25, color=BLACK, linestyle="--", linewidth=1.2)  # it ends above the legend
    left.annotate("injection", (0, 32), (5, 0), textcoords="offset points", fontsize=11.5)
    left.set_xticks([-3, 0, 5, 10, 15])
    left.set(xlabel="day", ylabel="spine density, change since first day (%)", ylim=(-54, 38))
    difference = ketamine_minus_saline(mice)
    right.plot(hours / 24, 100 * (model - 1), color=GREEN, label="model")
    for row in difference.itertuples():
        if not np.isnan(row.low):
            right.plot([row.day, row.day], [row.low, row.high], color=BLACK, linewidth=2)
        right.plot(row.day, row.difference, "o", color=BLACK, markerfacecolor="white", markeredgewidth=2)
        right.text(row.day, 32, f"{row.ketamine}\n{row.saline}", ha="center", va="top", fontsize=11.5)
    right.plot([], [], "o", color=BLACK, markerfacecolor="white", markeredgewidth=2, label="measured")
    right.axhline(0, color=GREY, linewidth=1)
    right.set_title("mice: ketamine above, saline below", fontsize=11.5, weight="normal", color=GREY)
    right.set(xlabel="day", ylabel="ketamine minus saline, points", xlim=(-2.2, 17), ylim=(-14, 34))
    right.set_xticks([-1, 1, 3, 5, 10, 15])
    left.legend(loc="lower left", fontsize=11.5)
    right.legend(loc="lower right", fontsize=11.5)
    return fig


def screening(effects: pd.DataFrame, labels: Mapping[str, str], top: int = 5) -> Figure:
    """For each output the rates that move it most (Morris, mu*), as a share of the strongest."""
    outputs = list(dict.fromkeys(effects.output))
    fig = figure(10.2, 3.8)
    for axes, output in zip(fig.subplots(1, len(outputs)), outputs, strict=True):
        rows = effects[effects.output == output].nlargest(top, "mu_star")
        axes.barh([labels[rate] for rate in rows.rate], rows.mu_star / rows.mu_star.max(), color=GREEN)
        axes.invert_yaxis()
        axes.set(xlim=(0, 1), xticks=(0, 0.5, 1))
        axes.set_title(output, fontsize=12.5, loc="right")
        axes.grid(False, axis="y")
        axes.tick_params(axis="y", labelsize=11.5)
    fig.supxlabel("model: strength, relative to the strongest", fontsize=12.5)
    return fig


VERDICT = {
    "blocked": VERMILION,
    "weakened": ORANGE,
    "onset kept, duration lost": ORANGE,
    "not blocked": GREEN,
    "no change": GREEN,
    "improved": BLUE,
    "opposite": PURPLE,
    "": "none",
}
SAID = {"opposite": "more of it, less improvement"}  # what the table's word means where it stands


def tests(rows: pd.DataFrame) -> Figure:
    """Who tested what, and what became of the synapses and of behaviour or mood."""
    fig = figure(10.2, 5.6)
    axes = fig.subplots()
    rows = rows.iloc[::-1]
    for y, row in enumerate(rows.itertuples()):
        axes.text(-0.04, y, f"{row.manipulation}", ha="right", va="center", fontsize=11.5)
        who = f"{row.species}, n = {row.n}" if row.n and row.n.isdigit() else row.species
        axes.text(0.02, y, who, va="center", fontsize=11.5, color=GREY)
        for x, verdict in ((0.95, row.synapses), (2.1, row.behaviour)):
            if verdict:
                axes.plot(x, y, "s", color=VERDICT[verdict], markersize=11)
                axes.text(x + 0.1, y, SAID.get(verdict, verdict), va="center", fontsize=11.5)
        axes.text(3.75, y, short_name(row.reference), va="center", fontsize=11.5)
        axes.axhline(y + 0.5, color=PALE, linewidth=0.8)
    top = len(rows) - 0.3
    axes.text(-0.04, top, "what was done", weight="bold", ha="right", va="bottom")
    for x, text in (
        (0.02, "to whom"),
        (0.88, "synapses, signals"),
        (2.03, "behaviour, mood"),
        (3.75, "source"),
    ):
        axes.text(x, top, text, weight="bold", va="bottom")
    axes.set(xlim=(-2.2, 4.95), ylim=(-0.6, top + 0.7))
    axes.axis("off")
    return fig


def timing(rows: pd.DataFrame, windows: Mapping[str, tuple[float, float]]) -> Figure:
    """When learning and memory were tested after the dose, below the model's three windows."""
    fig = figure(9.6, 4.8)
    axes = fig.subplots()
    known = rows.dropna(subset=["from_h"])
    labels = []
    for y, (name, (opens, closes)) in enumerate(windows.items()):
        axes.plot([opens, closes], [y, y], color=STEP_COLOUR[name], linewidth=9, solid_capstyle="butt")
        labels.append(f"model: {STEP_NAMES[name]}")
    for y, row in enumerate(known.itertuples(), start=len(windows)):
        start, end = max(row.from_h, FIRST_HOUR * 1.05), row.to_h
        axes.plot([start, end], [y, y], color=BLACK, linewidth=2)
        _mark(axes, (start * end) ** 0.5, y, row.direction)
        labels.append(f"{row.label}, {row.species}")
    axes.axhline(len(windows) - 0.5, color=GREY, linewidth=1)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(ylim=(len(labels) - 0.5, -0.5), xlabel="time after the dose")
    axes.grid(False, axis="y")
    clock_axis(axes, 700)
    for direction, name in ((1, "in the expected direction"), (0, "no change"), (-1, "opposite")):
        _mark(axes, np.nan, np.nan, direction, label=f"measured: {name}")
    fig.legend(loc="outside upper left", ncols=3, fontsize=12)
    return fig


# Pictures with their words ------------------------------------------------------------------------


def _session() -> tuple[Array, Mapping[str, Array]]:
    return cascade.after_sessions(21, cascade.parameters())


def clock_picture() -> Picture:
    """The clocks of the model after one session, above what was measured and when."""
    hours, run = _session()
    peaks = {name: cascade.window(hours, run[step] - 1)[1] for step, name in STEP_NAMES.items()}
    said = ", ".join(f"{name} {peak:.1f}" for name, peak in peaks.items())
    alt = (
        "Above, the model's curves from minutes to weeks on a logarithmic axis. They peak after these "
        f"hours: {said}. Below, what was measured. In rats, BDNF and mTORC1 were raised at 2 and 6 hours "
        "and back at rest at 12 hours; mTORC1 was raised again at 24 hours. In mice, spine formation "
        "was unchanged at first and raised later. The synapse marker in brain scans was unchanged at "
        "one day in people and mice, and raised at three weeks in mice after three doses."
    )
    return Picture(clocks(hours, run, table("cascade_findings")), "04_clocks", alt)


def spines_picture() -> Picture:
    """Spine density of every mouse, and ketamine minus saline beside the model."""
    hours, run = _session()
    mice = by_mouse(from_first_day(table("dendritic_spines")))
    rows = ketamine_minus_saline(mice)
    said = "; ".join(
        f"day {real_minus(str(row.day))}: {decimals(row.difference, 1)} points "
        f"(ketamine mice {row.ketamine}, saline mice {row.saline})"
        for row in rows.itertuples()
    )
    alt = (
        "Left, change of spine density in sixteen mice since their first day, in percent; both groups "
        "fall before the injection, then the saline mice fall further and the ketamine mice hardly at "
        f"all. Right, ketamine minus saline. {said}. Intervals are drawn where each group has five mice "
        "or more; the model's line was made to pass days 1, 3 and 5 and lies below day 10."
    )
    return Picture(spine_counts(mice, hours, run["spines"]), "04_spines", alt)


def timing_picture() -> Picture:
    """When learning and memory were tested, below the model's three windows."""
    hours, run = _session()
    windows = {step: cascade.window(hours, run[step] - 1)[::2] for step in ("mtorc1", "protein", "spines")}
    said = "; ".join(
        f"{STEP_NAMES[step]} from {opens:.0f} to {closes:.0f} hours"
        for step, (opens, closes) in windows.items()
    )
    alt = (
        f"Above, the model's windows: {said}. Below, studies: optimistic beliefs and visual potentiation "
        "at 3 to 4 hours and training of self-worth from day 1 to 5 in the expected direction in "
        "people; recall of fear during the drug opposite; hippocampal potentiation in rats unchanged at "
        "30 minutes and restored at 3.5 hours."
    )
    return Picture(timing(table("plasticity_timing"), windows), "04_timing", alt)


def screening_picture() -> Picture:
    """Which of the model's numbers move three of its outputs most."""
    labels = table("cascade_parameters").set_index("parameter").label
    effects = screens.morris()
    said = "; ".join(
        f"{output}: "
        + ", ".join(labels[rate] for rate in effects[effects.output == output].nlargest(5, "mu_star").rate)
        for output in dict.fromkeys(effects.output)
    )
    alt = (
        "Bars for three results of the model: the five numbers that change each result most, strongest "
        f"first. {said}."
    )
    return Picture(screening(effects, labels), "04_screening", alt)


def tests_picture() -> Picture:
    """Who tested what, and what became of synapses and of behaviour or mood."""
    rows = table("mechanism_tests")
    rows = rows[rows.behaviour != ""]
    said = "; ".join(
        f"{r.manipulation.replace('none: ', 'nothing blocked, ')}, {r.species}: "
        f"{SAID.get(r.behaviour, r.behaviour)}"
        for r in rows.itertuples()
    )
    alt = (
        f"A table of {len(rows)} tests: what was done, in whom, and what became of behaviour or mood. "
        f"{said}."
    )
    return Picture(tests(rows), "04_tests", alt)
