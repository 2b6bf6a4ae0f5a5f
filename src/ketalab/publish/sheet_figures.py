"""The key picture of each cheat sheet, as large as it is printed and with no letter below 9 points."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ketalab.data import table
from ketalab.data.verdict import VERDICTS, Verdict
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import STEP_COLOUR, clock_axis
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.lessons.l07_ptsd_anxiety_ocd_alcohol.figures import CONDITION
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants import trials as comparators
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.figures import on_one_scale
from ketalab.models import cascade
from ketalab.models import pharmacokinetics as pk
from ketalab.models.open_questions import open_questions
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, SKY, VERMILION, figure
from ketalab.text import interval

WIDTH = 7.4  # inches: what A4 and US Letter have between their margins
SMALL, LABEL = 9.0, 9.5  # points
STEPS = {
    "plasma": "drug in plasma",
    "glutamate": "glutamate",
    "bdnf": "BDNF",
    "mtorc1": "mTORC1",
    "protein": "synaptic\nprotein",
    "spines": "spines",
}
COLOUR = {**STEP_COLOUR, "plasma": BLACK, "glutamate": STEP_COLOUR["ampa"]}
TREATMENT = {"infusion": BLUE, "spray": SKY, "tablet": VERMILION}
QUESTIONS = (
    "depression_placebo",
    "depression_midazolam",
    "ptsd_corrected",
    "anxiety_rater",
    "ocd_response",
    "alcohol_days",
    "alcohol_relapse",
)


def _sheet_figure(height: float) -> Figure:
    fig = figure(WIDTH, height)
    fig.get_layout_engine().set(w_pad=0.03, h_pad=0.03)
    return fig


def _settle(axes: Axes) -> None:
    axes.tick_params(labelsize=SMALL)
    axes.xaxis.label.set_size(SMALL)
    axes.yaxis.label.set_size(SMALL)
    axes.grid(visible=False)


def moods() -> pd.DataFrame:
    """When trials compared mood with a control: hours, and whether the interval leaves out zero."""
    rows = onset.measured()
    rows = rows[(rows.drug == "ketamine") & (rows.measure != onset.ALONE) & rows.low.notna() & ~rows.pool]
    rows = rows.drop_duplicates(["hours", "reference"])
    return rows.assign(better=rows.low > 0)[["hours", "better", "reference"]]


def clocks() -> Figure:
    """Each step from plasma to spines on one clock; below it, when trials looked at mood."""
    p = cascade.parameters()
    hours, run = cascade.after_sessions(35, p)
    patient = pk.published("otto2021").typical(70)
    times = np.geomspace(0.1, 800, 400)
    plasma = pk.concentration(patient, [pk.Dose(35, "iv", duration=40)], times * 60, "ketamine")[0]
    lines = {"plasma": (times, plasma)}
    lines["glutamate"] = (hours, cascade.surge(hours, p))
    lines |= {step: (hours, run[step] - 1) for step in STEPS if step not in lines}
    fig = _sheet_figure(2.5)
    above, below = fig.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for step, (x, y) in lines.items():
        height = y / y.max()
        above.fill_between(x, 0, height, color=COLOUR[step], alpha=0.10, linewidth=0)
        above.plot(x, height, color=COLOUR[step], linewidth=1.8)
    for step, (hour, y) in PLACES.items():
        text = STEPS[step]
        above.text(hour, y, text, color=COLOUR[step], fontsize=SMALL, ha="center", weight="bold")
    above.set(ylim=(0, 1.42), yticks=(0, 0.5, 1), ylabel="model: share\nof own height")
    rows = moods()
    for hour, group in rows.groupby("hours"):
        for place, better in enumerate(group.better.sort_values(ascending=False)):
            face = BLUE if better else "white"
            below.plot(hour, place, "o", color=BLUE, markerfacecolor=face, markersize=5.5)
    below.set(ylim=(-0.8, rows.groupby("hours").size().max() - 0.2), yticks=(), ylabel="trials")
    clock_axis(below, 800)
    below.set_xlabel("time after the start of the infusion")
    keys = [
        Line2D(
            [], [], marker="o", linestyle="", color=BLUE, markerfacecolor=face, markersize=5.5, label=name
        )
        for face, name in ((BLUE, "measured: mood better than control"), ("white", "includes zero"))
    ]
    below.legend(handles=keys, loc="upper left", fontsize=SMALL, handletextpad=0.1, borderaxespad=0.1)
    for axes in (above, below):
        _settle(axes)
    return fig


PLACES = {
    "plasma": (0.33, 1.07),
    "glutamate": (1.0, 1.22),
    "bdnf": (2.1, 1.06),
    "mtorc1": (4.6, 1.06),
    "protein": (13, 1.06),
    "spines": (170, 1.06),
}


def uses() -> Figure:
    """One estimate a condition with its interval, in standard deviations."""
    questions = open_questions()
    fig = _sheet_figure(2.25)
    axes = fig.subplots()
    for y, key in enumerate(reversed(QUESTIONS)):
        question = questions[key]
        low, high = question.interval
        colour = CONDITION[question.condition]
        axes.plot([low, high], [y, y], color=colour, linewidth=2.2)
        axes.plot(question.estimate, y, "o", color=colour, markersize=6)
        n = "" if np.isnan(question.n) else f", {question.n:.0f} people"
        text = f"{question.estimate:.2f} ({interval(low, high)}){n}"
        axes.text(3.45, y, text, va="center", fontsize=SMALL)
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(QUESTIONS)), [questions[key].name for key in reversed(QUESTIONS)])
    axes.set(xlim=(-0.6, 5.6), ylim=(-0.6, len(QUESTIONS) - 0.4), xticks=(0, 0.5, 1, 1.5, 2, 2.5, 3))
    axes.set_xlabel("measured: better with ketamine →  (standard deviations, 95% interval)", x=0.35)
    _settle(axes)
    return fig


def comparisons() -> Figure:
    """Left, who does well without and with a drug; right, what adding one thing brought."""
    fig = _sheet_figure(2.45)
    left, right = fig.subplots(1, 2, width_ratios=(1.08, 1))
    designs = comparators.designs()
    for y, row in enumerate(designs.iloc[::-1].itertuples()):
        colour = TREATMENT[row.kind]
        left.plot([row.control, row.drug], [y, y], color=colour, linewidth=2.2)
        left.plot(row.control, y, "o", color=GREY, markersize=6)
        left.plot(row.drug, y, "o", color=colour, markersize=6)
    left.set_yticks(range(len(designs)), designs.label.iloc[::-1])
    left.set(
        xlim=(0, 100),
        ylim=(-0.6, len(designs) - 0.4),
        xlabel="do well (%): grey without, colour with",
    )
    left.set_title("With and without the drug", fontsize=LABEL)
    rows = _contrasts()
    for y, (estimate, low, high, colour) in enumerate(reversed(rows.values())):
        right.plot([low, high], [y, y], color=colour, linewidth=2.2)
        right.plot(estimate, y, "o", color=colour, markersize=6)
    right.axvline(0, color=BLACK, linewidth=1)
    right.set_yticks(range(len(rows)), list(rows)[::-1])
    right.set(ylim=(-0.6, len(rows) - 0.4), xlabel="better (standard deviations) →")
    right.set_title("Therapy added (green) or ketamine (blue)", fontsize=LABEL, x=-0.72)
    for axes in (left, right):
        _settle(axes)
    return fig


def _contrasts() -> dict[str, tuple[float, float, float, str]]:
    """What adding one thing brought, where an interval was printed, and a colour for the thing."""
    found = {}
    for row in table("therapy_contrasts").query("finding != 'no result yet'").itertuples(index=False):
        effects = on_one_scale(pd.Series(row._asdict()))
        if effects is not None:
            low, high = (float(end[0]) for end in effects.interval())
            colour = GREEN if row.isolates == "therapy" else BLUE
            found[row.label] = (float(effects.estimate[0]), low, high, colour)
    return found


def verdicts() -> Figure:
    """The number of every claim of the article, sorted by its verdict."""
    claims = table("claims")
    rows = [(verdict, list(claims[claims.verdict == verdict].claim)) for verdict in VERDICTS]
    per_line = 20
    fig = _sheet_figure(0.34 * sum(-(-len(held) // per_line) for _, held in rows) + 0.12)
    axes = fig.subplots()
    y = 0.0
    for verdict, held in rows:
        axes.text(
            -0.7, y, f"{verdict}: {len(held)}", ha="right", va="center", fontsize=LABEL, weight="bold"
        )
        for place, claim in enumerate(held):
            x, line = place % per_line, place // per_line
            ink = "white" if verdict in ("supported", "unsupported") else BLACK
            box = {"boxstyle": "round,pad=0.28", "facecolor": Verdict(verdict).colour, "edgecolor": "none"}
            axes.text(x, y + line, claim, ha="center", va="center", fontsize=SMALL, color=ink, bbox=box)
        y += -(-len(held) // per_line)
    axes.set(xlim=(-5.2, per_line - 0.4), ylim=(y - 0.4, -0.6))
    axes.set_axis_off()
    return fig
