"""Pictures of the lesson on PTSD, anxiety, OCD and alcohol: what was found, and how sure it is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import NullFormatter

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.trials import (
    COLUMNS,
    day_one,
    mapped_trials,
)
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.models.open_questions import (
    CONDITIONS,
    DIFFERENCE,
    ODDS,
    PRINTED,
    OpenQuestion,
    open_questions,
)
from ketalab.plots.evidence_map import DIRECTIONS, evidence_map
from ketalab.plots.funnel import funnel
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, VERMILION, figure
from ketalab.text import decimals, interval, real_minus

CONDITION = {"PTSD": VERMILION, "anxiety": ORANGE, "OCD": PURPLE, "alcohol": GREEN, "depression": GREY}
HOW = {PRINTED: "o", ODDS: "s", DIFFERENCE: "D"}
HOW_WORD = {
    PRINTED: "as published",
    ODDS: "our conversion from an odds ratio",
    DIFFERENCE: "our conversion from a difference in days",
}
CONTROL = {"any": BLACK, "inactive": ORANGE, "another drug": BLUE}
BETTER = "ketamine better →"


# The map ------------------------------------------------------------------------------------------


def the_map() -> Picture:
    """Every trial by condition, comparison, size and result."""
    rows = mapped_trials()
    labels = table("trials").set_index("trial").label
    said = []
    for name, group in rows.groupby("indication", sort=False):
        trials = "; ".join(
            f"{labels[r.trial]}, {r.n:.0f} people, {r.direction}" for r in group.itertuples()
        )
        said.append(f"{name}: {trials}.")
    alt = f"Map of {len(rows)} trials by condition and comparison. {' '.join(said)}"
    return Picture(evidence_map(rows, designs=list(COLUMNS)), "07_map", alt)


# A memory -----------------------------------------------------------------------------------------


def two_ways() -> Picture:
    """What a cue without the old outcome does to a memory, short and long, and where a drug can act."""
    fig = figure(10.4, 4.2)
    axes = fig.subplots()
    axes.set(xlim=(0, 10.4), ylim=(0, 4.2))
    axes.axis("off")
    boxes = {
        "old": (0.1, 1.55, "fear memory\n“tone: shock”", VERMILION),
        "open": (4.3, 2.75, "memory open,\nfor hours", VERMILION),
        "again": (8.25, 2.75, "stored again:\nweaker, same\nor stronger", VERMILION),
        "new": (4.3, 0.35, "new memory\n“tone: safe now”", BLUE),
        "safe": (8.25, 0.35, "stored beside\nthe old one", BLUE),
    }
    for x, y, words, colour in boxes.values():
        axes.add_patch(Rectangle((x, y), 2.05, 1.1, facecolor="white", edgecolor=colour, linewidth=2.5))
        axes.text(x + 1.02, y + 0.55, words, ha="center", va="center", fontsize=13)
    for start, end, colour in (
        ((2.15, 2.3), (4.3, 3.3), VERMILION),
        ((2.15, 1.9), (4.3, 0.9), BLUE),
        ((6.35, 3.3), (8.25, 3.3), VERMILION),
        ((6.35, 0.9), (8.25, 0.9), BLUE),
    ):
        look = {"arrowstyle": "-|>", "mutation_scale": 22, "linewidth": 3, "color": colour}
        axes.add_patch(FancyArrowPatch(start, end, shrinkA=0, shrinkB=0, **look))
    axes.text(2.55, 3.35, "short reminder", fontsize=13, ha="center", color=VERMILION)
    axes.text(2.55, 0.75, "long session", fontsize=13, ha="center", color=BLUE)
    for x, y, label in ((3.3, 2.83, "1"), (7.25, 3.3, "2"), (7.25, 0.9, "3")):
        axes.plot(x, y, "o", color=BLACK, markersize=20, markeredgecolor="white", zorder=5)
        axes.text(x, y, label, color="white", ha="center", va="center", fontsize=13, zorder=6)
    axes.text(7.25, 2.1, "1 opening   2 storing again   3 storing the new:", fontsize=12.5, ha="center")
    axes.text(7.25, 1.75, "in rats NMDA receptors are needed for all three", fontsize=12.5, ha="center")
    alt = (
        "A fear memory can go two ways. A short reminder opens it for hours; then it is stored "
        "again, weaker, "
        "the same or stronger. A long session makes a new memory, tone means safe now, stored "
        "beside the old "
        "one. Three numbers mark where NMDA receptors are needed in rats: opening, storing again, "
        "storing the new."
    )
    return Picture(fig, "07_two_ways", alt)


# PTSD ---------------------------------------------------------------------------------------------

POOLS = (
    ("borgogna_all", "all times", "any"),
    ("borgogna_corrected", "the same, bias-corrected", "any"),
    ("borgogna_24h_passive", "a day, inactive control", "inactive"),
    ("borgogna_24h_active", "a day, another drug", "another drug"),
    ("borgogna_1week", "one week", "any"),
)
PTSD_TRIALS = (
    ("feder2014", "1 dose, midazolam", "another drug"),
    ("feder2021", "6 doses, midazolam", "another drug"),
    ("duek2023", "1 dose and therapy, midazolam", "another drug"),
    ("abdallah2022", "8 doses, saline", "inactive"),
)


def ptsd() -> Picture:
    """Pools and trials in PTSD: an interval where one can be had in g, the direction alone where not."""
    fig = figure(10.4, 5.0)
    strip, axes = fig.subplots(1, 2, sharey=True, width_ratios=(1, 6.6))
    pools = table("pooled_estimates").set_index("estimate_id")
    rows = [(words, control, *pools.loc[key, ["estimate", "low", "high"]]) for key, words, control in POOLS]
    places = np.arange(len(rows) + len(PTSD_TRIALS) + 1)[::-1]
    for y, (_, control, estimate, low, high) in zip(places, rows, strict=False):
        _pool(axes, y, estimate, low, high, CONTROL[control])
        axes.text(2.1, y, f"{estimate:.2f} ({interval(low, high)})", va="center", fontsize=12)
    trials = table("trials").set_index("trial")
    differences = table("trial_differences")
    differences = differences[(differences.domain == "PTSD") & (differences.poolable != "no")]
    differences = differences.set_index("trial")
    marks = {"positive": "benefit", "null": "no clear difference", "mixed": "mixed"}
    said = [f"{words}: {decimals(e)} ({interval(a, b)})" for words, _, e, a, b in rows]
    for y, (trial, _, control) in zip(places[len(rows) + 1 :], PTSD_TRIALS, strict=True):
        direction = marks[trials.primary_result[trial]]
        shape, colour = DIRECTIONS[direction]
        strip.plot(0, y, shape, color=colour, markersize=11)
        n = trials.n_randomised[trial]
        found = differences.loc[trial] if trial in differences.index else None
        if found is None:
            words = f"no interval, n = {n}"
        elif found.measure == "Cohen d":
            axes.plot([found.low, found.high], [y, y], color=CONTROL[control], linewidth=2.5)
            axes.plot(found.value, y, "s", color=CONTROL[control], markersize=9)
            words = f"{found.value:.2f} ({interval(found.low, found.high)}), n = {n}"
        else:
            words = f"{found.value:g} points ({found.low:g} to {found.high:g}), n = {n}"
        axes.text(2.1, y, words, va="center", fontsize=12)
        said.append(f"{trials.label[trial]}: {direction}, {words}")
    names = (
        [words for words, *_ in rows]
        + [""]
        + [f"{trials.label[trial]}: {words}" for trial, words, _ in PTSD_TRIALS]
    )
    strip.set_yticks(places, names, fontsize=12.5)
    strip.set(xlim=(-1, 1), xticks=[], ylim=(-0.7, places[0] + 0.7))
    strip.set_title("trial found", fontsize=12)
    axes.set(xlim=(-0.5, 3.9), xlabel=f"difference in symptoms (g, standard deviations)   {BETTER}")
    axes.set_xticks([-0.5, 0, 0.5, 1, 1.5, 2])
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.axhline(places[len(rows)], color=PALE, linewidth=1)
    for panel in (strip, axes):
        panel.grid(visible=False)
    axes.set_title("pools of six trials (diamonds), then single trials", fontsize=12, loc="left")
    handles = [
        Line2D([], [], color=colour, linewidth=2.5, marker="D", label=f"{name} control")
        for name, colour in CONTROL.items()
    ]
    handles[-1].set_label("another drug as control")
    handles += [
        Line2D([], [], linestyle="none", marker=DIRECTIONS[name][0], color=DIRECTIONS[name][1], label=name)
        for name in ("benefit", "mixed", "no clear difference")
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=6, columnspacing=0.8, handletextpad=0.3)
    alt = f"Pooled differences in PTSD symptoms (g), then single trials. {'; '.join(said)}."
    return Picture(fig, "07_ptsd", alt)


def _pool(axes: Axes, y: float, estimate: float, low: float, high: float, colour: str) -> None:
    axes.plot([low, high], [y, y], color=colour, linewidth=2.5)
    axes.plot(estimate, y, "D", color=colour, markersize=9)


# Numbers that belong together ---------------------------------------------------------------------


def inside(rows: pd.DataFrame) -> Picture:
    """Where each printed estimate lies in its own interval: half-way, or the numbers do not fit."""
    fig = figure(10.4, 4.8)
    axes = fig.subplots()
    axes.axvspan(0, 1, color="#eef3f7", zorder=0)
    names = []
    for y, row in enumerate(rows[::-1].itertuples()):
        scale = np.log if row.measure == "OR" else np.asarray
        low, middle, high = (float(scale(value)) for value in (row.low, row.estimate, row.high))
        place = (middle - low) / (high - low)
        fits = 0 <= place <= 1
        colour = BLUE if fits else VERMILION
        axes.plot([0, 1], [y, y], color=PALE, linewidth=2.5, zorder=1)
        axes.plot(place, y, "o" if fits else "X", color=colour, markersize=9 if fits else 14)
        words = real_minus(f"{row.estimate:.2f} ({interval(row.low, row.high)})")
        axes.text(
            1.12, y, words, va="center", fontsize=12, color=colour, weight="normal" if fits else "bold"
        )
        when = row.outcome if pd.isna(row.time) or not row.time else row.time
        against = f", {row.comparator}" if row.comparator.split()[0] in ("passive", "active") else ""
        names.append(f"{short_name(row.reference)}: {row.indication}, {when}{against}")
    axes.set_yticks(range(len(rows)), names, fontsize=12)
    axes.set(xlim=(-0.15, 1.7), ylim=(-0.7, len(rows) - 0.3))
    axes.set_xticks([0, 0.5, 1], ["lower end", "half-way", "upper end"])
    axes.set_xlabel("the printed estimate in its own interval (odds ratios: logarithms)", x=0.35)
    axes.grid(visible=False)
    outside = rows[(rows.estimate < rows.low) | (rows.estimate > rows.high)]
    said = "; ".join(f"{r.estimate:g} with {r.low:g} to {r.high:g}" for r in outside.itertuples())
    alt = f"{len(rows)} printed estimates, each drawn in its own interval. Outside its interval: {said}."
    return Picture(fig, "07_inside", alt)


# Who got better -----------------------------------------------------------------------------------

RESPONDERS = (
    ("feder2021", "CAPS-5", "PTSD\nscore 30% lower"),
    ("taylor2018", "rater", "social anxiety\nthe rater's scale"),
    ("taylor2018", "self", "social anxiety\nthe patient's scale"),
    ("rodriguez2013", "Y-BOCS", "OCD\nrater, one week"),
    ("bloch2012", "35%", "OCD, treatment failed\nopen, three days"),
    ("dakwar2020", "alcohol", "alcohol\nabstinent, 3 weeks"),
)


def responders() -> Picture:
    """Who got better, with ketamine and with the control: shares with Wilson's intervals and counts."""
    fig = figure(10.4, 4.9)
    axes = fig.subplots()
    counts, said = table("trial_counts"), []
    for y, (trial, definition, words) in enumerate(reversed(RESPONDERS)):
        row = next(r for r in counts[counts.trial == trial].itertuples() if definition in r.definition)
        _share(axes, y + 0.17, row.events_active, row.n_active, BLUE, "o")
        if pd.notna(row.n_control):
            _share(axes, y - 0.17, row.events_control, row.n_control, GREY, "s")
            axes.text(132, y, row.control.removesuffix(" x 6"), va="center", fontsize=12, color=GREY)
            other = f"{row.events_control:.0f} of {row.n_control:.0f}"
        else:
            other = "no control"
            axes.text(132, y, "no control", va="center", fontsize=12, color=GREY)
        name = words.replace("\n", ", ")
        said.append(f"{name}: {row.events_active:.0f} of {row.n_active:.0f}, {other}")
    axes.set_yticks(range(len(RESPONDERS)), [name for *_, name in reversed(RESPONDERS)], fontsize=12.5)
    axes.set(xlim=(-3, 160), ylim=(-0.6, len(RESPONDERS) - 0.4), xlabel="people who got better (%)")
    axes.set_xticks([0, 20, 40, 60, 80, 100])
    axes.xaxis.set_label_coords(0.32, -0.1)
    axes.grid(visible=False)
    for y in range(len(RESPONDERS) - 1):
        axes.axhline(y + 0.5, color=PALE, linewidth=1)
    handles = [
        Line2D([], [], color=BLUE, marker="o", linewidth=2.5, label="ketamine"),
        Line2D([], [], color=GREY, marker="s", linewidth=2.5, label="control, named on the right"),
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=2)
    alt = f"People who got better, ketamine and control, with wide intervals. {'; '.join(reversed(said))}."
    return Picture(fig, "07_responders", alt)


def _share(axes: Axes, y: float, events: float, n: float, colour: str, shape: str) -> None:
    share, low, high = (100 * value for value in wilson_interval(int(events), int(n)))
    axes.plot([low, high], [y, y], color=colour, linewidth=2.5)
    axes.plot(share, y, shape, color=colour, markersize=9)
    axes.text(105, y, f"{events:.0f} of {n:.0f}", va="center", fontsize=12, color=colour)


# Alcohol ------------------------------------------------------------------------------------------

CELLS = {  # one group each of the two by two trial: place and people
    ("saline", "therapy"): (0.2, 1.75, 23),
    ("ketamine", "therapy"): (2.3, 1.75, 24),
    ("saline", "education"): (0.2, 0.1, 25),
    ("ketamine", "education"): (2.3, 0.1, 24),
}
COMPARED = (
    ("ketamine", "saline", "ketamine added\n(both rows)", BLUE),
    ("ketamine with therapy", "ketamine with education", "therapy added\n(to ketamine)", GREEN),
    ("ketamine with therapy", "saline with education", "both added\n(corner to corner)", VERMILION),
)


def alcohol() -> Picture:
    """The alcohol trial as a square of four groups, and what each comparison across it found."""
    fig = figure(10.4, 4.4)
    square, axes = fig.subplots(1, 2, width_ratios=(1, 1.35))
    square.set(xlim=(0, 4.6), ylim=(0, 3.6))
    square.axis("off")
    for (drug, talk), (x, y, n) in CELLS.items():
        square.add_patch(Rectangle((x, y), 1.55, 1.1, facecolor="#f0f0f0", edgecolor=GREY))
        square.text(x + 0.78, y + 0.55, f"{drug}\n{talk}\nn = {n}", ha="center", va="center", fontsize=13)
    for start, end, colour in (
        ((0.2, 3.15), (3.85, 3.15), BLUE),
        ((4.15, 0.2), (4.15, 2.8), GREEN),
        ((1.7, 1.1), (2.4, 1.85), VERMILION),
    ):
        square.add_patch(
            FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=22, linewidth=3, color=colour)
        )
    square.text(2.05, 3.3, "ketamine added", color=BLUE, ha="center", fontsize=13)
    square.text(4.32, 1.5, "therapy added", color=GREEN, va="center", fontsize=13, rotation=90)
    square.text(2.02, 1.52, "both added", color=VERMILION, ha="right", fontsize=13)
    rows = table("trial_differences")
    rows = rows[(rows.trial == "grabski2022") & (rows.scale == "days abstinent")]
    said = []
    for y, (active, control, name, colour) in enumerate(reversed(COMPARED)):
        row = rows[(rows.active == active) & (rows.control == control)].iloc[0]
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=3)
        axes.plot(row.value, y, "o", color=colour, markersize=11)
        words = f"{row.value:.1f} ({interval(row.low, row.high, 1)})"
        said.append(f"{name.splitlines()[0]}: {words}")
        axes.text(max(row.value, 6.5), y + 0.2, words, ha="center", fontsize=13, color=colour)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(COMPARED)), [words for *_, words, _ in reversed(COMPARED)], fontsize=12.5)
    axes.set(xlim=(-10, 32), ylim=(-0.5, len(COMPARED) - 0.4))
    axes.set_xlabel("more days abstinent over 6 months\n(percentage points, 95% interval)")
    axes.grid(visible=False)
    alt = (
        "A square of four groups: saline or ketamine, with therapy or education, 23 to 25 people "
        "each. Beside "
        f"it more days abstinent, in percentage points. {'; '.join(reversed(said))}."
    )
    return Picture(fig, "07_alcohol", alt)


# How wide -----------------------------------------------------------------------------------------

BESIDE = {  # points by which a label stands off its mark
    "ptsd_corrected": (-10, -16, "right"),
    "ptsd_repeated": (-10, -12, "right"),
    "anxiety_rater": (12, -2, "left"),
    "anxiety_self": (12, 5, "left"),
    "ocd_response": (-4, 13, "left"),
    "alcohol_days": (-12, -12, "right"),
    "alcohol_relapse": (12, 0, "left"),
    "alcohol_abstinent": (12, 3, "left"),
    "depression_placebo": (6, 12, "left"),
    "depression_midazolam": (12, -8, "left"),
}


def law(n: np.ndarray | float) -> np.ndarray | float:
    """Width of a 95% interval of g with n people in two equal groups and a small effect."""
    return 2 * 1.959964 * 2 / np.sqrt(n)


def widths() -> Picture:
    """Width of each interval against the people behind it, beside the least that arithmetic allows."""
    fig = figure(10.4, 4.9)
    axes = fig.subplots()
    people = np.geomspace(9, 900, 50)
    axes.plot(people, law(people), color=BLACK, linewidth=2)
    axes.text(330, law(330) * 0.58, "model: 7.84 / √n", fontsize=12.5, rotation=-17)
    for question in open_questions().values():
        if np.isnan(question.n):
            continue
        look = {"color": CONDITION[question.condition], "markersize": 11}
        axes.plot(question.n, question.width, HOW[question.how], **look)
        dx, dy, side = BESIDE[question.key]
        axes.annotate(
            question.name,
            (question.n, question.width),
            (dx, dy),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=12.5,
        )
    axes.set(xscale="log", yscale="log", xlim=(9, 900), ylim=(0.22, 5))
    axes.set_xlabel("people behind the estimate")
    axes.set_ylabel("width of the 95% interval (g)")
    axes.set_xticks([10, 30, 100, 300], ["10", "30", "100", "300"])
    axes.set_yticks([0.25, 0.5, 1, 2, 4], ["0.25", "0.5", "1", "2", "4"])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    handles = [
        Line2D([], [], linestyle="none", marker=shape, color=BLACK, markersize=9, label=HOW_WORD[how])
        for how, shape in HOW.items()
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=3)
    said = "; ".join(
        f"{q.name}: {q.width:.2f} with {q.n:.0f} people" for q in open_questions().values() if q.n == q.n
    )
    alt = f"Width of the interval against people, both axes logarithmic; model: 7.84 over root n. {said}."
    return Picture(fig, "07_widths", alt)


# All on one scale -----------------------------------------------------------------------------------


def one_scale(questions: Sequence[OpenQuestion] | None = None) -> Picture:
    """Every estimate with its interval on the scale of g, by condition, depression as the yardstick."""
    shown = list(questions or open_questions().values())
    fig = figure(10.4, 5.4)
    axes = fig.subplots()
    for y, question in enumerate(reversed(shown)):
        colour = CONDITION[question.condition]
        low, high = question.interval
        axes.plot([low, high], [y, y], color=colour, linewidth=3)
        axes.plot(question.estimate, y, HOW[question.how], color=colour, markersize=10)
        n = "" if np.isnan(question.n) else f", n = {question.n:.0f}"
        axes.text(3.5, y, f"{question.estimate:.2f} ({interval(low, high)}){n}", va="center", fontsize=12)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(shown)), [question.name for question in reversed(shown)], fontsize=12.5)
    for y in np.flatnonzero(np.diff([CONDITIONS.index(q.condition) for q in reversed(shown)])):
        axes.axhline(y + 0.5, color=PALE, linewidth=1)
    axes.set(xlim=(-0.6, 5.6), ylim=(-0.6, len(shown) - 0.4))
    axes.set_xticks([-0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3])
    axes.set_xlabel(f"difference (g, in standard deviations)   {BETTER}", x=0.32)
    axes.grid(visible=False)
    handles = [
        Line2D([], [], linestyle="none", marker=shape, color=BLACK, markersize=9, label=HOW_WORD[how])
        for how, shape in HOW.items()
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=3)
    said = "; ".join(f"{q.name}: {decimals(q.estimate)} ({interval(*q.interval)})" for q in shown)
    return Picture(fig, "07_one_scale", f"Estimates with intervals on one scale, in g. {said}.")


# Do small trials shine? -----------------------------------------------------------------------------


def funnel_of_depression() -> Picture:
    """Trials in depression after a day: a funnel, Egger's line, and what trim-and-fill adds."""
    found = day_one()
    fig = funnel(
        found.effects,
        found.pooled,
        filled=found.filled,
        line=found.line,
        favours=("control better", "ketamine better"),
    )
    alt = (
        f"Funnel of {len(found.effects)} trials in depression: odds ratio of response against "
        "standard error. "
        f"Pool {found.pooled.natural.estimate:.1f}; trim-and-fill adds {found.filled.missing} "
        "trials on the "
        f"{found.filled.side} and then gives {found.filled.pooled.natural.estimate:.1f}."
    )
    return Picture(fig, "07_funnel", alt)
