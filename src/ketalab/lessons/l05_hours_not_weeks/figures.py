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
from ketalab.metaanalysis.pooling import by_subgroup, pool
from ketalab.models import depression_trials as depression
from ketalab.models.depression_trials import ACTIVE, HIDDEN, INACTIVE, masked_scores
from ketalab.models.pharmacokinetics import DEVICE_MG
from ketalab.plots.axes import clock_axis
from ketalab.plots.forest import forest
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, DRUG, GREEN, GREY, PALE, VERMILION, figure
from ketalab.text import decimals, interval, listed

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


# The lead over the control group ------------------------------------------------------------------


def lead_over_control() -> pd.DataFrame:
    """Extra responders in 100 over control, pooled: ketamine by days, oral antidepressants by weeks."""
    rows = onset.measured(onset.RESPONSE)
    return rows[rows.pool].assign(day=lambda r: r.hours / 24).sort_values(["drug", "day"])


def onset_plot() -> Picture:
    """Two groups of one trial a day after an infusion, and the lead over control as days go by."""
    fig = figure(10.6, 4.7)
    left, right = fig.subplots(1, 2, width_ratios=(1, 1.6))
    hollow = {"markerfacecolor": "white", "markeredgewidth": 2.6, "markersize": 11, "linestyle": "none"}
    alone = onset.measured(onset.ALONE)
    alone = alone[(alone.reference == "murrough2013") & (alone.hours == 24)].set_index("drug")
    names = {onset.CONTROL: "midazolam", onset.KETAMINE: "ketamine"}
    for x, group in enumerate(names):
        row, ink = alone.loc[group], drug_ink(group)
        left.vlines(x, row.low, row.high, color=ink, linewidth=2.4)
        left.plot(x, row.value, "o", color=ink, **hollow)
        left.text(x + 0.12, row.value, f"{row.value:.1f}", fontsize=14, va="center")
    left.set(xlim=(-0.5, 1.6), ylim=(0, 22), ylabel="fall of the score in a day (points)")
    left.set_xticks([0, 1], list(names.values()))
    left.set_title("Each group by itself", loc="left", fontsize=14)
    rows = lead_over_control()
    for drug, label in ((onset.KETAMINE, "one ketamine infusion"), (onset.ORAL, "antidepressant tablets")):
        mine = rows[rows.drug == drug]
        right.plot(mine.day, mine.value, "D", color=drug_ink(drug), label=f"{label}, measured", **hollow)
        for row in mine.iloc[[0, 1, -1]].itertuples():
            right.text(row.day * 1.1, row.value + 0.9, f"{row.value:.0f}", fontsize=13)
    right.set(xscale="log", xlim=(0.8, 60), ylim=(0, 38), ylabel="extra responders in 100, over control")
    right.set_xticks([1, 3, 7, 14, 28, 42], ["1 day", "3", "1 week", "2", "4", "6"])
    right.set_xticks([], minor=True)
    right.set_xlabel("after the first dose")
    right.set_title("The difference: many trials pooled", loc="left", fontsize=14)
    right.legend(loc="upper right", fontsize=13)
    said = "; ".join(
        f"{drug} "
        + listed([f"{r.value:.0f} on day {r.day:.0f}" for r in rows[rows.drug == drug].itertuples()])
        for drug in (onset.KETAMINE, onset.ORAL)
    )
    fell = ", ".join(f"{name} {alone.value[group]:.1f}" for group, name in names.items())
    alt = (
        f"Left: fall of the depression score within a day in one trial, {fell} points. Right: how many "
        f"more people in 100 responded than in the control groups, in many trials pooled: {said}. No "
        "interval was printed for these pools, so none is drawn."
    )
    return Picture(fig, "05_onset", alt)


# Forests ----------------------------------------------------------------------------------------------


def responses() -> Picture:
    """Odds of response in the first days, trial by trial, in blocks by kind of control."""
    found = depression.response_after_a_day()
    together, blocks = pool(found.effects), by_subgroup(found.effects, found.about.control)
    drawn = forest(
        found.effects,
        together,
        by=blocks,
        favours=("control better", "drug better"),
        groups=("Drug", "Control"),
        headings={"estimate": "odds ratio [95% interval]"},
    )
    odds, low, high = np.exp([together.estimate, together.low, together.high])
    alt = (
        f"Forest plot of {together.k} trials: the odds of a response in the first days with ketamine or "
        "esketamine, compared with control, in three blocks by kind of control. All together: odds "
        f"ratio {odds:.2f}, 95% interval {interval(low, high)}."
    )
    return Picture(drawn, "05_response", alt)


def four_weeks() -> Picture:
    """Points on day 28 of esketamine spray against placebo spray, trial by trial."""
    month = depression.points_after_four_weeks()
    spray = pool(month.effects)
    drawn = forest(
        month.effects,
        spray,
        favours=("esketamine better", "placebo spray better"),
        names=with_verdict,
        headings={"estimate": "points [95% interval]"},
    )
    said = "; ".join(
        f"{with_verdict(label)}: {decimals(-value, 1)}"
        for label, value in zip(month.about.label, month.effects.estimate, strict=True)
    )
    alt = (
        f"Forest plot of {spray.k} trials of esketamine spray, MADRS points better than placebo spray on "
        f"day 28. {said}. Pooled {decimals(-spray.estimate, 2)}, 95% interval "
        f"{interval(-spray.high, -spray.low)}."
    )
    return Picture(drawn, "05_four_weeks", alt)


# The masked trial -----------------------------------------------------------------------------------


SHARES = (24, 72, 168)  # hours whose responses are written under the points


def masked() -> Picture:
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
    means = scores.pivot_table(index="arm", columns="day", values="mean")
    said = "; ".join(
        f"day {day:.0f}: {means.loc['ketamine', day]:.1f} and {means.loc['saline', day]:.1f}"
        for day in means.columns
    )
    alt = (
        "Mean MADRS scores with 95% intervals in people given ketamine or saline during an operation, "
        f"from before it (day 0) to 14 days after. Ketamine first, saline second: {said}. The intervals "
        "of the two groups overlap on every day."
    )
    return Picture(fig, "05_masked", alt)


# Doses ----------------------------------------------------------------------------------------------

RACEMIC = (0.1, 0.2, 0.5, 1.0)  # mg/kg, marks on the axis
SPRAY = tuple(devices * DEVICE_MG for devices in (1, 2, 3))  # mg
SPRAY_TRIALS = {
    "daly2018": (24, "Daly 2018, day 1", "o"),
    "transform1": (648, "TRANSFORM-1, week 4", "^"),
    "takahashi2021": (648, "Takahashi 2021, week 4", "s"),
    "janik2025": (648, "Janik 2025, week 4", "D"),
}


def spray_doses() -> pd.DataFrame:
    """Points better than placebo spray at each fixed dose of esketamine, with 95% intervals."""
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


def doses() -> Picture:
    """Dose and effect: racemic ketamine (responders) and esketamine spray (points)."""
    fig = figure(10.6, 4.9)
    left, right = fig.subplots(1, 2)
    hollow = {"markerfacecolor": "white", "markeredgewidth": 2.4, "markersize": 10, "linestyle": "none"}
    for row in racemic_doses().itertuples():
        left.plot([row.dose] * 2, [row.low, row.high], color=DRUG["ketamine"], linewidth=2.4)
        left.plot(row.dose, row.extra, "o", color=DRUG["ketamine"], **hollow)
    left.text(0.078, 66, "Su 2017, against saline, measured", fontsize=12.5, va="center", color=BLUE)
    left.set(
        xscale="log", xlim=(0.075, 1.35), ylim=(-12, 72), xlabel="racemic ketamine, one infusion (mg/kg)"
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
    low, high = racemic_doses().extra.round().astype(int)
    said = "; ".join(
        f"{label}: {listed([decimals(value, 1) for value in rows[rows.trial == trial].better])}"
        for trial, (_, label, _) in SPRAY_TRIALS.items()
    )
    alt = (
        f"Left: one trial of racemic ketamine against saline; {low} more people in 100 responded at 0.2 "
        f"mg/kg and {high} at 0.5 mg/kg, with wide intervals. Right: esketamine spray, points better "
        f"than placebo at rising doses. {said}."
    )
    return Picture(fig, "05_doses", alt)


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
            "midazolam, 8 times",
            "response, week 4",
            "62",
            counted("jelovac2025", "response", 672),
        ),
        rival(
            "lii2023", "saline, anaesthesia", "response, day 1", "40", counted("lii2023", "response", 24)
        ),
    )


def rivals_figure() -> Picture:
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
    said = "; ".join(
        f"{r.label} against {r.against}, {r.blind}, {r.outcome}: {decimals(r.extra, 0)} "
        f"({interval(r.low, r.high, 0)})"
        for r in rows
    )
    alt = (
        f"{len(rows)} trials: how many more people in 100 did well with ketamine or esketamine than with "
        f"the other treatment (fewer if negative), with 95% intervals. {said}."
    )
    return Picture(fig, "05_rivals", alt)


def with_verdict(label: str) -> str:
    """A trial's name, and whether it missed its primary endpoint."""
    trials = table("trials")
    result = trials.primary_result[trials.label.str.replace(r" \(.*\)", "", regex=True) == label].item()
    return f"{label}, missed" if result == "null" else label
