"""Pictures of the first lesson, each with its words: map, history, verdicts, model beside measurements."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.patches import FancyBboxPatch

from ketalab.data import table
from ketalab.data.verdict import Verdict
from ketalab.lessons.l00_start_here import trials
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, DRUG, GREEN, GREY, ORANGE, PALE, PURPLE, VERMILION, figure
from ketalab.text import decimals, listed

PARTS = {
    "Start": GREY,
    "Neuroscience": BLUE,
    "Clinical applications": GREEN,
    "Comparison": VERMILION,
    "Psychotherapy": PURPLE,
    "Risks": ORANGE,
    "Verdict": BLACK,
}
KINDS = (
    "chemistry",
    "basic science",
    "clinical research",
    "regulation",
    "guideline",
    "safety",
)


HEAD = {
    "arrowstyle": "-|>",
    "color": BLACK,
    "linewidth": 1.6,
    "shrinkA": 0,
    "shrinkB": 0,
    "mutation_scale": 11,
}


def course_map() -> Picture:
    """The lessons as stepping stones coloured by part, an arrow from each to the next."""
    lessons = table("lessons")
    fig = figure(9.6, 4.5)
    axes = fig.subplots()
    axes.set(xlim=(0, 5), ylim=(0, 3))
    axes.axis("off")
    for index, row in enumerate(lessons.itertuples()):
        line, place = divmod(index, 5)
        x, y = place, 2 - line
        colour = PARTS[row.part]
        axes.add_patch(
            FancyBboxPatch(
                (x + 0.05, y + 0.08),
                0.88,
                0.82,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=colour,
                edgecolor=colour,
                linewidth=2,
            )
        )
        ink = BLACK if colour in (GREEN, ORANGE, PURPLE, VERMILION) else "white"
        axes.text(x + 0.1, y + 0.77, row.lesson, color=ink, weight="bold", fontsize=15, va="center")
        for below, words in enumerate(textwrap.wrap(row.title, 17)):
            axes.text(x + 0.1, y + 0.55 - 0.16 * below, words, color=ink, fontsize=11.5)
    for index in range(len(lessons) - 1):
        line, place = divmod(index, 5)
        y = 2 - line
        if place < 4:
            way = [(place + 0.94, y + 0.49), (place + 1.04, y + 0.49)]
        else:  # down and back to the first of the next row
            way = [(4.49, y + 0.07), (4.49, y - 0.01), (0.49, y - 0.01), (0.49, y - 0.09)]
        axes.plot(*zip(*way[:-1], strict=True), color=BLACK, linewidth=1.6, solid_joinstyle="round")
        axes.annotate("", way[-1], way[-2], arrowprops=HEAD)
    shown = [part for part in PARTS if part in set(lessons.part)]
    handles = [FancyBboxPatch((0, 0), 1, 1, facecolor=PARTS[part], edgecolor="none") for part in shown]
    fig.legend(handles, shown, loc="outside lower left", ncols=7, handlelength=1, columnspacing=1)
    return Picture(
        fig,
        "00_course_map",
        f"{len(lessons)} stepping stones in three rows, joined by arrows from left to right, numbered "
        f"{lessons.lesson.iloc[0]} to {lessons.lesson.iloc[-1]} and coloured by part: "
        f"{listed([part.lower() for part in shown])}.",
    )


def verdicts() -> Picture:
    """How many claims of each section of the article hold, as stacked bars."""
    claims = table("claims")
    counts = claims.assign(part=claims.section.str.split(":").str[0]).pivot_table(
        index="part", columns="verdict", values="claim", aggfunc="count", fill_value=0, sort=False
    )
    counts = counts.iloc[::-1]
    fig = figure(9.0, 4.4)
    axes = fig.subplots()
    left = pd.Series(0, index=counts.index)
    for verdict in Verdict:
        width = counts.get(verdict.value, pd.Series(0, index=counts.index))
        bars = axes.barh(counts.index, width, left=left, color=verdict.colour, label=verdict.value)
        dark = verdict in (Verdict.SUPPORTED, Verdict.UNSUPPORTED)
        axes.bar_label(
            bars,
            [str(n) if n else "" for n in width],
            label_type="center",
            color="white" if dark else BLACK,
            weight="bold",
        )
        left = left + width
    axes.set_xlabel("claims of the article")
    axes.grid(False, axis="y")
    fig.legend(loc="outside upper left", ncols=5, handlelength=1, columnspacing=1.2)
    by_section = "; ".join(
        f"{part}: {', '.join(f'{n} {name}' for name, n in row.items() if n)}"
        for part, row in counts.iloc[::-1].iterrows()
    )
    return Picture(
        fig, "00_verdicts", f"Stacked bars of verdicts for the sections of the article. {by_section}."
    )


def model_and_measurement() -> Picture:
    """One dose: a model as a line, and what was measured in other people as hollow circles."""
    rows = trials.volunteers()
    minutes = np.arange(0, 601)
    line = trials.predicted(minutes)
    fig = figure(9.0, 4.0)
    axes = fig.subplots()
    axes.plot(minutes / 60, line, color=DRUG["esketamine"], label="model (Perez-Ruixo 2021)")
    axes.plot(
        rows.time_min / 60,
        rows.value,
        "o",
        color=BLACK,
        markerfacecolor="white",
        markeredgewidth=2,
        label="measured (Otto 2021, 17 volunteers)",
    )
    axes.set(xlabel="hours after the start", ylabel="S-ketamine in plasma (ng/mL)", ylim=(0, 60))
    axes.legend()
    return Picture(
        fig,
        "00_model_and_measurement",
        f"A model line rises to about {decimals(line.max(), 0)} ng/mL at half an hour and falls over ten "
        f"hours. {len(rows)} hollow circles, the measured values, start at {decimals(rows.value.max(), 0)} "
        "ng/mL and lie above the line at every time.",
    )


def history() -> Picture:
    """Every dated event as a dot, one row for each kind, with the turning points named."""
    timeline = table("timeline")
    fig = figure(9.6, 4.2)
    axes = fig.subplots()
    years = decimal_years(timeline.date)
    rows = timeline.kind.map(KINDS[::-1].index)
    axes.plot(years, rows, "o", color=BLUE, markersize=9, alpha=0.75)
    axes.set_yticks(range(len(KINDS)), KINDS[::-1])
    axes.set(xlim=(1954, 2029), ylim=(-0.6, len(KINDS) + 0.1), xlabel="year")
    for text, year, kind in (
        ("ketamine made", 1962, "chemistry"),
        ("approved", 1970, "regulation"),
        ("NMDA block found", 1983, "basic science"),
        ("mood lifts", 2000, "clinical research"),
        ("nasal esketamine", 2019, "regulation"),
        ("bladder harm", 2007.3, "safety"),
    ):
        row = KINDS[::-1].index(kind)
        axes.annotate(text, (year, row), (0, 9), textcoords="offset points", ha="center", fontsize=12)
    for gap in (1983, 2000):
        axes.axvline(gap, color=PALE, zorder=0)
    return Picture(
        fig,
        "00_history",
        f"{len(timeline)} dots on a time axis from 1956 to 2025 in six rows. Chemistry fills the 1950s and "
        "1960s, the NMDA finding stands alone in 1983, clinical research falls silent between 1966 "
        "and 2000, "
        "and regulation, guidelines and safety crowd together after 2015. Two grey lines mark 1983 "
        "and 2000.",
    )


def decimal_years(dates: pd.Series) -> pd.Series:
    """Dates such as 1970, 1983-06 or 2019-03-05 as years with a fraction."""
    parts = dates.str.split("-", expand=True).reindex(columns=range(3))
    year, month, day = (pd.to_numeric(parts[i]) for i in range(3))
    return year + (month.fillna(1) - 1) / 12 + (day.fillna(1) - 1) / 365
