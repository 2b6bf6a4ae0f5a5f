"""Pictures of the lesson on depression: onset, the masked trial, doses, rivals."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ketalab.data import table
from ketalab.lessons.l05_hours_not_weeks import trials as onset
from ketalab.metaanalysis.effect_size import normal_quantile
from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.models.depression_trials import ACTIVE, HIDDEN, INACTIVE, masked_scores
from ketalab.plots.axes import clock_axis
from ketalab.plots.style import BLACK, BLUE, DRUG, GREEN, GREY, PALE, VERMILION, figure

# The clock ------------------------------------------------------------------------------------------

MARKER = {INACTIVE: "o", ACTIVE: "^", HIDDEN: "s"}
AGAINST = {INACTIVE: "against saline or placebo", ACTIVE: "against midazolam", HIDDEN: "under anaesthesia"}
TICKS = {
    "40 min": 0.667,
    "2 h": 2,
    "1 day": 24,
    "3 days": 72,
    "1 week": 168,
    "4 weeks": 672,
    "end": onset.END_H,
}


def drug_ink(group: str) -> str:
    """The course's colour of a drug, grey for a control group."""
    return DRUG.get(group, GREY)


def onset_clock(axes: Axes) -> None:
    """Hours after the first dose, from 40 minutes to the end of treatment, logarithmic."""
    clock_axis(axes, 2400, ticks={hour: label for label, hour in TICKS.items()}, first=0.45)
    axes.set_xlabel("after the first dose")


def onset_axes(fig: Figure, axes: Axes) -> dict[str, Artist]:
    """Empty artists for the points of each group, and a legend of colours and shapes."""
    artists: dict[str, Artist] = {}
    axes.axhline(0, color=GREY, linewidth=1.4)
    groups = (onset.KETAMINE, onset.ESKETAMINE, onset.ORAL, onset.CONTROL)
    for group in groups:
        ink = drug_ink(group)
        dots = {"linestyle": "none", "color": ink, "markeredgewidth": 2.2, "markersize": 9}
        artists[f"{group} bars"] = axes.vlines([], [], [], color=ink, linewidth=2)
        for control, marker in MARKER.items():
            hollow = axes.plot([], [], marker, markerfacecolor="white", **dots)[0]
            artists[f"{group} {control}"] = hollow
        artists[f"{group} pools"] = axes.plot([], [], "D", **dots)[0]
    shape = {"linestyle": "none", "color": BLACK, "markersize": 9, "markeredgewidth": 2}
    keys = [Line2D([], [], linewidth=6, color=drug_ink(group), label=group) for group in groups]
    keys += [
        Line2D([], [], marker=marker, markerfacecolor="white", label=AGAINST[control], **shape)
        for control, marker in MARKER.items()
    ]
    keys.append(Line2D([], [], marker="D", label="many trials pooled", **shape))
    fig.legend(handles=keys, loc="outside upper left", ncols=3, columnspacing=1.0, handletextpad=0.5)
    return artists


# The masked trial -----------------------------------------------------------------------------------


SHARES = (24, 72, 168)  # hours whose responses are written under the points


def masked() -> Figure:
    """Depression scores of two weeks after an infusion during anaesthesia, ketamine and saline."""
    fig = figure(10.0, 4.9)
    axes = fig.subplots()
    scores = masked_scores()
    for arm, marker, nudge in (("saline", "s", 0.06), ("ketamine", "o", -0.06)):
        rows = scores[scores.arm == arm]
        ink = DRUG["ketamine"] if arm == "ketamine" else GREY
        axes.vlines(rows.day + nudge, rows.low, rows.high, color=ink, linewidth=2.4)
        style = {"markerfacecolor": "white", "markeredgewidth": 2.6, "markersize": 11, "linestyle": "none"}
        axes.plot(rows.day + nudge, rows["mean"], marker, color=ink, label=f"{arm} in anaesthesia", **style)
    answered = table("trial_counts").query(
        "trial == 'lii2023' and outcome == 'response' and poolable == 'yes'"
    )
    for row in answered[answered.time_h.isin(SHARES)].itertuples():
        text = f"{row.percent_active:.0f} : {row.percent_control:.0f}"
        axes.text(row.time_h / 24, 1.2, text, ha="center", fontsize=13, color=BLACK)
    axes.text(7.8, 1.2, "of 100 had their score halved, ketamine : saline", fontsize=13, color=BLACK)
    axes.set(xlim=(-0.7, 14.7), ylim=(0, 36), xlabel="days after the operation")
    axes.set_ylabel("depression score (MADRS), measured")
    axes.set_xticks([0, 1, 2, 3, 5, 7, 14])
    axes.legend(loc="upper right", fontsize=13)
    return fig


# Doses ----------------------------------------------------------------------------------------------

RACEMIC = (0.1, 0.2, 0.5, 1.0)  # mg/kg, the doses of Fava 2018
FAVA = {
    0.1: "=",
    0.2: "=",
    0.5: "▲",
    1.0: "▲",
}  # against midazolam, corrected for four doses: direction only
SPRAY = (28, 56, 84)  # mg
SPRAY_TRIALS = {
    "daly2018": (24, "Daly 2018, day 1", "o"),
    "transform1": (648, "TRANSFORM-1, week 4", "^"),
    "takahashi2021": (648, "Takahashi 2021, week 4", "s"),
    "janik2025": (648, "Janik 2025, week 4", "D"),
}


def spray_doses() -> pd.DataFrame:
    """Points better than placebo spray at each fixed dose of esketamine, with 95 % intervals."""
    rows = table("trial_differences")
    rows = rows[(rows.scale == "MADRS") & (rows.poolable == "yes") & rows.dose.isin(SPRAY)]
    kept = [rows[(rows.trial == trial) & (rows.time_h == at[0])] for trial, at in SPRAY_TRIALS.items()]
    kept = pd.concat(kept)
    printed = kept.level.eq(95).fillna(False).to_numpy(bool)  # else from the standard error
    value, se, low, high = (kept[name].to_numpy(float) for name in ("value", "se", "low", "high"))
    margin = normal_quantile(0.95) * se
    below, above = np.where(printed, -high, -value - margin), np.where(printed, -low, -value + margin)
    return kept.assign(better=-value, below=below, above=above)


def racemic_doses() -> pd.DataFrame:
    """Extra responders in 100 at each dose of the one trial of racemic ketamine with counts by dose."""
    rows = table("trial_counts").query("trial == 'su2017' and outcome == 'response'")
    found = []
    for row in rows.itertuples():
        a, n, c, m = (int(x) for x in (row.events_active, row.n_active, row.events_control, row.n_control))
        found.append((row.dose, 100 * (a / n - c / m), *(100 * x for x in newcombe_interval(a, n, c, m))))
    return pd.DataFrame(found, columns=["dose", "extra", "low", "high"])


def doses() -> Figure:
    """Dose and effect: racemic ketamine (responders, and signs only) and esketamine spray (points)."""
    fig = figure(10.6, 4.9)
    left, right = fig.subplots(1, 2)
    hollow = {"markerfacecolor": "white", "markeredgewidth": 2.4, "markersize": 10, "linestyle": "none"}
    for row in racemic_doses().itertuples():
        left.plot([row.dose] * 2, [row.low, row.high], color=DRUG["ketamine"], linewidth=2.4)
        left.plot(row.dose, row.extra, "o", color=DRUG["ketamine"], **hollow)
    for dose, sign in FAVA.items():
        colour = GREEN if sign == "▲" else VERMILION
        left.text(dose, 76, sign, ha="center", va="center", fontsize=20, color=colour, weight="bold")
    left.text(0.078, 88, "Fava 2018, midazolam (▲ better, = not shown)", fontsize=12.5, va="center")
    left.text(0.078, 56, "Su 2017, saline, measured", fontsize=12.5, va="center", color=BLUE)
    left.set(
        xscale="log", xlim=(0.075, 1.35), ylim=(-12, 94), xlabel="racemic ketamine, one infusion (mg/kg)"
    )
    left.set_xticks(RACEMIC, [f"{dose:g}" for dose in RACEMIC])
    left.set_xticks([], minor=True)
    left.set_ylabel("extra responders in 100")
    left.axhline(0, color=GREY, linewidth=1.4)
    rows = spray_doses()
    inks = (DRUG["esketamine"], BLUE, GREY, GREEN)
    for i, ((trial, (_, label, marker)), ink) in enumerate(zip(SPRAY_TRIALS.items(), inks, strict=True)):
        mine = rows[rows.trial == trial]
        x = mine.dose + 3.6 * (i - 1.5)
        right.vlines(x, mine.below, mine.above, color=ink, linewidth=2.4)
        right.plot(x, mine.better, marker, color=ink, label=label, **hollow)
    right.axhline(0, color=GREY, linewidth=1.4)
    right.set(xlim=(16, 98), ylim=(-6, 26), xlabel="esketamine spray (mg)")
    right.set_ylabel("points better than placebo spray")
    right.set_xticks(SPRAY)
    right.legend(loc="upper left", ncols=1)
    return fig


# Rivals ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rival:
    """A head-to-head trial: extra people in 100 with ketamine or esketamine, and who was blind."""

    label: str
    against: str
    outcome: str
    blind: str
    people: str
    extra: float
    low: float
    high: float
    reference: str


def rivals() -> tuple[Rival, ...]:
    """The trials against something that might work as well, or better hidden, in percentage points."""
    differences = table("trial_differences").set_index("trial")
    printed = differences[differences.measure == "risk difference"]
    elektd = printed.loc["elektd"]
    ketect = printed.loc["ketect"]
    trials = table("trials").set_index("trial")

    def counted(trial: str, outcome: str, hours: float) -> tuple[float, float, float]:
        rows = table("trial_counts")
        row = rows[(rows.trial == trial) & (rows.outcome == outcome) & (rows.time_h == hours)].iloc[0]
        a, n, c, m = (int(x) for x in (row.events_active, row.n_active, row.events_control, row.n_control))
        return 100 * (a / n - c / m), *(100 * x for x in newcombe_interval(a, n, c, m))

    def rival(
        trial: str, against: str, outcome: str, people: str, ends: tuple[float, float, float]
    ) -> Rival:
        row = trials.loc[trial]
        label = row.label.split(" (")[0]
        return Rival(label, against, outcome, row.blinding, people, *ends, row.reference)

    return (
        rival("elektd", "ECT", "response, week 3", "365", (elektd.value, elektd.low, elektd.high)),
        rival("ketect", "ECT", "remission, end", "186", (ketect.value, ketect.low, ketect.high)),
        rival(
            "escapetrd", "quetiapine", "remission, week 8", "676", counted("escapetrd", "remission", 1344)
        ),
        rival(
            "jelovac2025",
            "midazolam x 8",
            "response, week 4",
            "62",
            counted("jelovac2025", "response", 672),
        ),
        rival("lii2023", "saline, asleep", "response, day 1", "40", counted("lii2023", "response", 24)),
    )


def rivals_figure() -> Figure:
    """Each head-to-head as a row: what against, which outcome, who was blind, how many more in 100."""
    fig = figure(11.0, 4.6)
    axes = fig.subplots()
    rows = rivals()
    x = {"label": -184, "against": -148, "outcome": -108, "blind": -66}
    heads = {"label": "Trial", "against": "Against", "outcome": "Outcome", "blind": "Blinding"}
    top = len(rows) - 0.2
    for key, head in heads.items():
        axes.text(x[key], top, head, fontsize=12.5, weight="bold", va="center")
    for i, row in enumerate(rows):
        y = len(rows) - 1 - i
        for key in heads:
            axes.text(x[key], y, getattr(row, key), fontsize=13, va="center")
        colour = GREEN if row.low > 0 else VERMILION if row.high < 0 else BLACK
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2.6)
        axes.plot(row.extra, y, "s", color=colour, markersize=10)
        if i % 2 == 0:
            axes.axhspan(y - 0.5, y + 0.5, color=PALE, alpha=0.35, zorder=0, linewidth=0)
    axes.plot([0, 0], [-0.5, len(rows) - 0.5], color=GREY, linewidth=1.4)
    axes.set(xlim=(-186, 46), ylim=(-0.6, len(rows) + 0.1), yticks=[])
    axes.set_xticks([-40, -20, 0, 20, 40])
    axes.set_xlabel("extra people in 100 with ketamine or esketamine, measured", loc="right")
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_bounds(-42, 46)
    axes.grid(False)
    return fig


def with_verdict(label: str) -> str:
    """A trial's name, and whether it missed its primary endpoint."""
    trials = table("trials")
    result = trials.primary_result[trials.label.str.replace(r" \(.*\)", "", regex=True) == label].item()
    return f"{label}, missed" if result == "null" else label
