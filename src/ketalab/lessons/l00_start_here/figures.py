"""Pictures of the first lesson: the map of the course, the history, the verdicts."""

import textwrap

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from ketalab.data.verdict import Verdict
from ketalab.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, VERMILION, figure

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


def course_map(lessons: pd.DataFrame, ready: set[str]) -> Figure:
    """The lessons as stepping stones, coloured by part; those not ready are outlined only."""
    fig = figure(9.6, 4.5)
    axes = fig.subplots()
    axes.set(xlim=(0, 5), ylim=(0, 3))
    axes.axis("off")
    for index, row in enumerate(lessons.itertuples()):
        line, place = divmod(index, 5)
        x = place if line % 2 == 0 else 4 - place
        y = 2 - line
        here = row.lesson in ready
        colour = PARTS[row.part]
        axes.add_patch(
            FancyBboxPatch(
                (x + 0.05, y + 0.08),
                0.88,
                0.82,
                boxstyle="round,pad=0,rounding_size=0.06",
                facecolor=colour if here else "white",
                edgecolor=colour,
                linewidth=2,
                linestyle="-" if here else (0, (4, 3)),
            )
        )
        ink = "white" if here else BLACK
        axes.text(x + 0.1, y + 0.77, row.lesson, color=ink, weight="bold", fontsize=15, va="center")
        title = textwrap.fill(row.title, 17)
        axes.text(x + 0.1, y + 0.64, title, color=ink, fontsize=11.5, va="top", linespacing=1.1)
    shown = [part for part in PARTS if part in set(lessons.part)]
    handles = [FancyBboxPatch((0, 0), 1, 1, facecolor=PARTS[part], edgecolor="none") for part in shown]
    fig.legend(handles, shown, loc="outside lower left", ncols=7, handlelength=1, columnspacing=1)
    return fig


def verdicts(claims: pd.DataFrame) -> Figure:
    """How many claims of each section of the article hold, as stacked bars."""
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
    return fig


def history(timeline: pd.DataFrame) -> Figure:
    """Every dated event as a dot, one row for each kind, with the turning points named."""
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
        ("bladder harm", 2007, "safety"),
    ):
        row = KINDS[::-1].index(kind)
        axes.annotate(text, (year, row), (0, 9), textcoords="offset points", ha="center", fontsize=12)
    for gap in (1983, 2000):
        axes.axvline(gap, color=PALE, zorder=0)
    return fig


def decimal_years(dates: pd.Series) -> pd.Series:
    """Dates such as 1970, 1983-06 or 2019-03-05 as years with a fraction."""
    parts = dates.str.split("-", expand=True).reindex(columns=range(3))
    year, month, day = (pd.to_numeric(parts[i]) for i in range(3))
    return year + (month.fillna(1) - 1) / 12 + (day.fillna(1) - 1) / 365
