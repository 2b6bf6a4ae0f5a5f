"""Pictures of the lesson on suicidal thoughts: the scales, two endpoints, eight measures, who, thinking."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ketalab.data.bibliography import short_name
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, DRUG, GREEN, GREY, ORANGE, PALE, SKY, VERMILION, figure, legend_above
from ketalab.text import MINUS, count, decimals, interval, real_minus

KETAMINE = {"color": DRUG["ketamine"], "marker": "o"}
MIDAZOLAM = {"color": DRUG["comparator"], "marker": "s"}
FREE = "#bfe5d8"  # the part of a scale that a trial counted as free of suicidal thoughts


def measured(axes: Axes, x, y, low, high, *, color: str, marker: str, label: str = "") -> None:
    """Markers with their intervals, horizontal: how everything measured is drawn here."""
    error = np.abs(np.vstack([np.subtract(x, low), np.subtract(high, x)]).astype(float))
    style = {"markersize": 10, "markerfacecolor": "white", "markeredgewidth": 2.4, "elinewidth": 2.4}
    axes.errorbar(x, y, xerr=error, fmt=marker, color=color, capsize=0, label=label, **style)


def minus(text: str) -> str:
    return real_minus(text)


# The scales ----------------------------------------------------------------------------------------


def scales(rows: pd.DataFrame) -> Picture:
    """Each scale as a ruler of the same length: who rates, where a trial began, where it said free."""
    fig = figure(9.6, 4.5)
    axes = fig.subplots()
    axes.axis("off")
    for y, row in zip(range(len(rows), 0, -1), rows.itertuples(), strict=True):
        top = row.high if pd.notna(row.high) else None
        axes.text(-0.03, y + 0.13, row.label, ha="right", va="center", fontsize=13, weight="bold")
        items = "1 item" if row.items == 1 else f"{row.items:.0f} items"
        rater = row.rated_by.replace("the person, or a clinician", "person or clinician")
        axes.text(-0.03, y - 0.2, f"{rater}; {items}", ha="right", va="center", fontsize=12, color=GREY)
        _ruler(axes, y, row, top)
    axes.text(0, 0.3, "no thoughts", fontsize=12, color=GREY)
    axes.text(1, 0.3, "worst score", fontsize=12, color=GREY, ha="right")
    axes.plot([], [], color=FREE, linewidth=10, solid_capstyle="butt", label="a trial counted as free")
    axes.plot([], [], "v", color=VERMILION, label="a trial let people in from here up")
    axes.set(xlim=(-0.78, 1.12), ylim=(0.15, len(rows) + 0.6))
    fig.legend(loc="outside upper left", ncols=2)
    return Picture(
        fig, "06_scales", f"Five scales, each drawn as a line of the same length. {_scales_in_words(rows)}"
    )


def _scales_in_words(rows: pd.DataFrame) -> str:
    """One sentence for each scale: its ends, where a trial let people in, what it called free."""
    said = []
    for row in rows.itertuples():
        name = row.label[:1].upper() + row.label[1:]
        text = (
            f"{name}: 0 to {row.high:.0f}"
            if pd.notna(row.high)
            else f"{name}: from 0, highest score not seen"
        )
        if pd.notna(row.entry):
            text += f", people were let into a trial from {row.entry:.0f}"
        if pd.notna(row.free):
            text += f", counted as free at {row.free:.0f}" + (" or less" if row.free else "")
        said.append(f"{text}.")
    return " ".join(said)


def _ruler(axes: Axes, y: int, row, top: float | None) -> None:
    """One scale: a line with its ends, and the parts that trials gave a meaning."""
    span = top or 4.0  # the clinician's scale: its highest score was not seen, so the line is left open
    if pd.notna(row.free):
        axes.plot([0, max(row.free / span, 0.012)], [y, y], color=FREE, linewidth=15, solid_capstyle="butt")
    end = {"arrowstyle": "-", "lw": 2.4} if top else {"arrowstyle": "->", "lw": 2.4, "ls": "--"}
    if not top:
        axes.text(0.62, y + 0.26, "top not seen: not to scale", fontsize=12, color=GREY, va="center")
    axes.annotate("", (1.0, y), (0, y), arrowprops=end | {"color": BLACK, "shrinkA": 0, "shrinkB": 0})
    axes.text(0.0, y - 0.36, "0", ha="center", va="center", fontsize=12)  # the lowest score of all five
    axes.text(1.0, y - 0.36, f"{top:.0f}" if top else "?", ha="center", va="center", fontsize=12)
    if pd.notna(row.entry):
        axes.plot(row.entry / span, y + 0.2, "v", color=VERMILION, markersize=10)
        axes.text(row.entry / span, y - 0.36, f"{row.entry:.0f}", ha="center", va="center", fontsize=12)


# Better mood, same suicidality ---------------------------------------------------------------------


def two_endpoints(mood: pd.DataFrame, suicidality: pd.Series) -> Picture:
    """Esketamine against placebo: depression score on the left, clinician's severity on the right."""
    fig = figure(9.6, 4.0)
    left, right = fig.subplots(1, 2, width_ratios=(1.2, 1))
    y = np.arange(len(mood), 0, -1.0)
    style = {"color": SKY, "marker": "D"}
    measured(left, mood.estimate, y, mood.low, mood.high, **style)
    left.set_yticks(y, mood.time)
    left.set(ylim=(0.4, len(mood) + 0.7), xlim=(-7, 3), xlabel="points, esketamine minus placebo")
    left.set_title("Depression (MADRS, 0 to 60)")
    measured(right, [suicidality.value], [2], [suicidality.low], [suicidality.high], **style)
    right.set_yticks([2], ["24 h"])
    right.set(ylim=(0.4, len(mood) + 0.7), xlim=(-0.7, 0.3), xlabel="points, esketamine minus placebo")
    right.set_title("Suicidality (CGI-SS-r)")
    for axes in (left, right):
        axes.axvline(0, color=BLACK, linewidth=1.4)
        axes.grid(False, axis="y")
    for at, row in zip(y, mood.itertuples(), strict=True):
        text = minus(f"{row.estimate:g} ({row.low:g} to {row.high:g})")
        left.text(row.estimate, at + 0.2, text, ha="center", fontsize=12)
    text = minus(f"{suicidality.value:.2f} ({suicidality.low:g} to {suicidality.high:g})")
    right.text(-0.02, 2.2, text, ha="right", fontsize=12)  # beside the line of no difference
    right.text(-0.68, 0.55, "esketamine better", fontsize=12, color=GREY)
    left.text(-6.8, 0.55, "esketamine better", fontsize=12, color=GREY)
    said = "; ".join(
        f"{row.time}: {decimals(row.estimate, 1)} ({interval(row.low, row.high)})"
        for row in mood.itertuples()
    )
    alt = (
        f"Esketamine minus placebo in two trials. Left, depression (MADRS points), {said}: every "
        "interval lies left of zero, which means no difference. Right, suicidality at 24 h: "
        f"{decimals(suicidality.value)} ({interval(suicidality.low, suicidality.high)}), an interval "
        "that includes zero."
    )
    return Picture(fig, "06_two_endpoints", alt)


# One trial, eight measures -------------------------------------------------------------------------


def eight_measures(rows: pd.DataFrame) -> Picture:
    """Change within each arm a day after one infusion, measure by measure, in standard deviations."""
    fig = figure(9.6, 4.8)
    axes = fig.subplots()
    order = list(dict.fromkeys(rows.measure))
    place = {measure: len(order) - i for i, measure in enumerate(order)}
    for arm, style, nudge in (("ketamine", KETAMINE, 0.17), ("midazolam", MIDAZOLAM, -0.17)):
        mine = rows[rows.arm == arm]
        y = mine.measure.map(place) + nudge
        label = f"{arm} ({mine.n.iloc[0]:.0f} people), measured"
        measured(axes, mine.d, y, mine.d_low, mine.d_high, label=label, **style)
    labels = rows.drop_duplicates("measure")
    axes.set_yticks([place[m] for m in labels.measure], labels.label)
    for kind, group in labels.groupby("kind", sort=False):
        low = min(place[m] for m in group.measure)
        axes.axhline(low - 0.5, color=PALE, linewidth=1.2)
        middle = np.mean([place[m] for m in group.measure])
        axes.text(2.28, middle, kind.replace(" ", "\n"), va="center", ha="right", fontsize=13, color=GREY)
    axes.axvline(0, color=BLACK, linewidth=1.4)
    axes.set(xlim=(-1.1, 2.3), ylim=(0.4, len(order) + 0.6))
    axes.set_xlabel("better after than before, in standard deviations")
    axes.grid(False, axis="y")
    legend_above(fig, axes.get_legend_handles_labels()[0], columns=2)
    wide = rows.pivot_table(index="label", columns="arm", values="d").loc[list(labels.label)]
    said = "; ".join(
        f"{label}: {decimals(row.ketamine)} and {decimals(row.midazolam)}" for label, row in wide.iterrows()
    )
    alt = (
        "Improvement a day after treatment, in standard deviations, on eight measures. Ketamine first, "
        f"midazolam second: {said}."
    )
    return Picture(fig, "06_eight_measures", alt)


# Who -----------------------------------------------------------------------------------------------


GROUPS = {
    ("ketamine x 2", 72): "everybody, day 3",
    ("ketamine x 2, bipolar", 72): "bipolar disorder, day 3",
    ("ketamine x 2, depressive", 72): "depressive disorder, day 3",
    ("ketamine x 2, other", 72): "other diagnoses, day 3",
    ("ketamine x 2", 1008): "everybody, week 6",
}


def by_diagnosis(differences: pd.DataFrame, labels: dict[tuple[str, int], str] = GROUPS) -> Picture:
    """Printed odds ratios of being free of suicidal thoughts, whole trial and strata, on a log axis."""
    rows = differences[differences.trial == "abbar2022"].set_index(["active", "time_h"]).loc[list(labels)]
    fig = figure(9.6, 3.9)
    axes = fig.subplots()
    y = np.arange(len(rows), 0, -1.0)
    measured(axes, rows.value, y, rows.low, rows.high, **KETAMINE)
    axes.set_xscale("log")
    axes.set_xlim(0.15, 700)
    axes.set_xticks([0.3, 1, 3, 10, 30, 100], ["0.3", "1", "3", "10", "30", "100"])
    axes.set_xticks([], minor=True)
    axes.set_yticks(y, [labels[name] for name in rows.index])
    axes.axvline(1, color=BLACK, linewidth=1.4)
    axes.axhline(y[-1] + 0.5, color=PALE)
    for at, row in zip(y, rows.itertuples(), strict=True):
        text = f"{row.value:g} ({row.low:g} to {row.high:g})"
        axes.text(680, at, text, ha="right", va="center", fontsize=13)
    axes.set(ylim=(0.4, len(rows) + 0.6), xlabel="odds ratio of being free of suicidal thoughts")
    axes.text(1.08, len(rows) + 0.42, "ketamine better →", fontsize=12, color=GREY)
    axes.grid(False, axis="y")
    said = "; ".join(
        f"{labels[name]}: {row.value:g} ({row.low:g} to {row.high:g})"
        for name, row in zip(rows.index, rows.itertuples(), strict=True)
    )
    alt = (
        "Odds ratios of being free of suicidal thoughts with ketamine, compared with saline, in one "
        f"trial. {said}."
    )
    return Picture(fig, "06_by_diagnosis", alt)


# Thinking ------------------------------------------------------------------------------------------

SIGNS = {
    "better": ("+", GREEN),
    "worse": (MINUS, VERMILION),
    "linked": ("↔", ORANGE),
    "no link": ("", BLACK),
}
THINKING = {
    "The trial the article cites: a day after ketamine, against midazolam": {
        ("keilp2021", "choice reaction time"): "choice reaction time",
        ("keilp2021", "Stroop interference"): "holding back a wrong answer (Stroop)",
    },
    "Did better thinking go with fewer suicidal thoughts?": {
        ("keilp2021", "thinking", "suicidal thoughts"): "gains on the tests, same trial",
        ("chen2021", "working memory"): "working memory, six infusions",
        ("zhou2022", "processing speed"): "processing speed, six infusions",
        ("zhou2022", "working memory and learning"): "memory and learning, six infusions",
    },
    "And at other times?": {
        ("zhornitsky2022", "thinking"): "eleven domains, while ketamine acts",
        ("morgan2010", "spatial working memory"): "spatial memory, more use over a year",
    },
}


def thinking(links: pd.DataFrame) -> Picture:
    """What became better or worse, and what went together: signs, not sizes."""
    said = []
    fig = figure(9.6, 4.9)
    axes = fig.subplots()
    axes.axis("off")
    y = 0.0
    for title, rows in THINKING.items():
        axes.text(0, y, title, fontsize=14, weight="bold", va="center")
        y -= 1
        for (study, one, *other), words in rows.items():
            chosen = links[(links.study == study) & (links.one == one)]
            row = chosen[chosen.other.isin(other)].iloc[0] if other else chosen.iloc[0]
            sign, colour = SIGNS[row.finding]
            people = f", {count(int(row.n), 'person', 'people')}" if pd.notna(row.n) else ""
            who = f"{row.design}{people}"
            said.append(f"{words}, {row.finding} ({who})")
            axes.text(0.01, y, sign, fontsize=19, color=colour, ha="center", va="center", weight="bold")
            axes.text(0.03, y, row.finding, fontsize=13, va="center", weight="bold")
            axes.text(0.12, y, words, fontsize=13, va="center")
            axes.text(0.52, y, who, fontsize=13, va="center")
            source = short_name(row.reference)
            axes.text(1.02, y, source, fontsize=13, va="center", ha="right", color=GREY)
            y -= 1
        y -= 0.25
    axes.set(xlim=(-0.01, 1.02), ylim=(y + 0.6, 0.6))
    return Picture(
        fig, "06_thinking", f"Findings on thinking, each with its direction and study. {'; '.join(said)}."
    )
