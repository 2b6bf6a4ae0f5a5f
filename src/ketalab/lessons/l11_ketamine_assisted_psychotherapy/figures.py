"""Pictures of the lesson on ketamine with psychotherapy: protocols, comparisons, causes, losses."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch

from ketalab.data import table
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.trials import as_effects, correlations
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    ODDS_RATIO,
    Effects,
    from_interval,
    standardised,
    standardised_from_difference,
)
from ketalab.metaanalysis.pooling import pool
from ketalab.models.depression_trials import masked_scores
from ketalab.plots.axes import plain_numbers
from ketalab.plots.evidence_map import DIRECTIONS
from ketalab.plots.forest import forest
from ketalab.plots.show import Picture
from ketalab.plots.style import (
    BLACK,
    BLUE,
    DRUG,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    VERMILION,
    figure,
    legend_above,
)
from ketalab.text import grouped, interval, listed

ANALYSIS_NAMES = {
    "slope": "slope in the\nketamine arm",
    "product": "mediation,\nadjusted",
    "masking": "awake minus\nasleep",
    "enriching": "richer session,\nrandomised",
}
WINDOW_COLOUR = {
    "clear enough to talk": BLUE,
    "signalling": PURPLE,
    "synaptic protein": VERMILION,
    "spines": GREEN,
}
PHASES = {
    "preparation": ("preparation", ORANGE),
    "memory": ("recall", VERMILION),
    "dose": ("dose", BLUE),
    "talk": ("talk afterwards", GREEN),
    "training": ("computer training", PURPLE),
}
ASSUMED = {"alpha": 0.55, "hatch": "///"}
ISOLATES = {
    "therapy": "Does therapy add? All had ketamine",
    "drug": "Does ketamine add? All had therapy, education or training",
    "setting": "Does the setting add? All had ketamine",
    "sessions": "Do more sessions of both add?",
}
LEFT = -0.9  # SD, where the axis of the comparisons begins
NO_INTERVAL = 2.25  # right of the scale: the column of comparisons of which only the direction is known


def people_tested() -> list[tuple[float, float]]:
    """From when to when (h after the dose) something changed as hoped in people."""
    rows = (
        table("plasticity_timing").query("species == 'human' and direction == 1").dropna(subset=["from_h"])
    )
    return list(zip(rows.from_h, rows.to_h, strict=True))


# Protocols ----------------------------------------------------------------------------------------


def protocols() -> Picture:
    """Six published protocols on one clock that runs in hours near the dose and in weeks far from it."""
    rows = table("session_protocols")
    after = rows[rows.phase.isin(["talk", "training"])].groupby("label", sort=False).from_h.min()
    early = listed(list(after.index[after < 2]))
    return Picture(
        _protocols(),
        "11_protocols",
        f"{len(after)} protocols on one clock. Some prepare for one or two weeks; all give "
        f"ketamine within an "
        f"hour. Talk within two hours after the dose began: {early}. In all others therapy or training "
        f"begins {after[after >= 2].min():.0f} hours after it, and lasts from one session to "
        f"14 weeks. Hatched "
        "bars have times that were assumed in part.",
    )


def _protocols() -> Figure:
    rows = table("session_protocols")
    names = list(dict.fromkeys(rows.protocol))
    fig = figure(10.4, 5.1)
    axes = fig.subplots()
    axes.set_xscale("symlog", linthresh=1.0, linscale=1.1)
    axes.axvline(0, color=BLACK, linewidth=1)
    for row in rows.itertuples():
        y = names.index(row.protocol)
        look = {"color": PHASES[row.phase][1], "edgecolor": "white", "height": 0.56}
        if row.basis != "printed":
            look |= ASSUMED
        axes.barh(y, row.to_h - row.from_h, left=row.from_h, **look)
    labels = [rows[rows.protocol == name].label.iloc[0].replace(", ", "\n") for name in names]
    axes.set_yticks(range(len(names)), labels)
    ticks = {
        -336: "2 wk\nbefore",
        -24: "1 d",
        -1: "1 h",
        0: "dose",
        1: "1 h",
        6: "6 h",
        24: "1 d",
        120: "5 d",
    }
    ticks |= {672: "4 wk", 2352: "14 wk\nafter"}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set_xticks([], minor=True)
    axes.set(xlim=(-500, 3300), ylim=(len(names) - 0.45, -0.55))
    axes.grid(visible=False, axis="y")
    keys = [Patch(color=colour, label=name) for name, colour in PHASES.values()]
    keys.append(Patch(facecolor=GREY, edgecolor="white", label="times assumed in part", **ASSUMED))
    legend_above(fig, keys, columns=3)
    return fig


# Comparisons --------------------------------------------------------------------------------------


def on_one_scale(row: pd.Series) -> Effects | None:
    """A comparison in standard deviations, better to the right; None where no interval was printed."""
    if row.measure in ("d", "standardised beta"):
        effects = from_interval(row.value, row.low, row.high, HEDGES_G, n=row.n, study=[row.contrast])
    elif row.measure == "odds ratio":
        effects = standardised(
            from_interval(row.value, row.low, row.high, ODDS_RATIO, study=[row.contrast])
        )
    elif row.measure == "percentage points" and not np.isnan(row.low):
        half = (row.n // 2, row.n - row.n // 2)
        effects = standardised_from_difference(row.value, row.low, row.high, *half, study=row.contrast)
    else:
        return None
    if row.better == "positive":
        return effects
    return Effects(
        effects.measure,
        -effects.estimate,
        effects.se,
        effects.study,
        effects.treated,
        effects.control,
        effects.n,
        effects.notes,
    )


def contrasts() -> Picture:
    """Every randomised comparison that changed one thing; a hollow mark has no interval."""
    rows = table("therapy_contrasts").query("finding != 'no result yet'")
    told = []
    for kind, heading in ISOLATES.items():
        part = [pd.Series(row._asdict()) for row in rows[rows.isolates == kind].itertuples(index=False)]
        known = [(row.label, on_one_scale(row)) for row in part]
        printed = ", ".join(f"{label} {e.estimate[0]:.2f}" for label, e in known if e is not None)
        found = pd.Series([row.finding for row in part]).value_counts()
        counted = ", ".join(f"{n} {finding}" for finding, n in found.items())
        told.append(f"{heading}: {counted}" + (f"; with intervals, {printed}" if printed else ""))
    return Picture(
        _contrasts(),
        "11_contrasts",
        f"{len(rows)} randomised comparisons under four headings, in standard deviations. "
        f"{'. '.join(told)}.",
    )


def _contrasts() -> Figure:
    rows = table("therapy_contrasts").query("finding != 'no result yet'")
    fig = figure(10.4, 5.3)
    axes = fig.subplots()
    y, places = 0.0, []
    for kind, heading in ISOLATES.items():
        axes.axhspan(y - 0.5, y + 0.5, color="#ededed", linewidth=0, zorder=2)
        axes.text(LEFT + 0.04, y, heading, va="center", fontsize=13, weight="bold", zorder=3)
        y += 1
        for row in rows[rows.isolates == kind].itertuples(index=False):
            _contrast(axes, y, pd.Series(row._asdict()))
            places.append((y, f"{row.label}, n = {row.n}"))
            y += 1
    axes.axvline(0, color=BLACK, linewidth=1, zorder=1)
    axes.set_yticks([place for place, _ in places], [label for _, label in places], fontsize=12)
    axes.set(xlim=(LEFT, 2.5), ylim=(y - 0.45, -0.6))
    axes.set_xticks(
        [-0.5, 0, 0.5, 1, 1.5, NO_INTERVAL], [*["−0.5", "0", "0.5", "1.0", "1.5"], "direction\nonly"]
    )
    axes.axvspan(2.0, 2.5, color="#f7f7f7", linewidth=0, zorder=0)
    axes.set_xlabel("what was added is better →\n(standard deviations, 95% interval)")
    axes.grid(visible=False, axis="y")
    keys = [
        Line2D([], [], marker=shape, color=colour, linestyle="", markersize=10, label=name)
        for name, (shape, colour) in DIRECTIONS.items()
        if name in ("benefit", "mixed", "no clear difference")
    ]
    hollow = {"markerfacecolor": "white", "markeredgewidth": 2, "linestyle": "", "markersize": 10}
    keys.append(Line2D([], [], marker="o", color=GREY, label="hollow: no interval printed", **hollow))
    legend_above(fig, keys, columns=4)
    return fig


def _contrast(axes: Axes, y: float, row: pd.Series) -> None:
    shape, colour = DIRECTIONS[row.finding]
    effects = on_one_scale(row)
    if effects is None:
        axes.plot(
            NO_INTERVAL, y, shape, color=colour, markerfacecolor="white", markeredgewidth=2, markersize=10
        )
        return
    low, high = (float(end[0]) for end in effects.interval())
    axes.plot([low, high], [y, y], color=colour, linewidth=2.4)
    axes.plot(effects.estimate[0], y, shape, color=colour, markersize=10)


# Causes -------------------------------------------------------------------------------------------

ROADS = {
    "It causes the benefit": (("drug", "felt"), ("felt", "benefit"), ("drug", "benefit")),
    "It accompanies it": (("drug", "felt"), ("trait", "felt"), ("trait", "benefit"), ("drug", "benefit")),
    "It feeds expectancy": (("drug", "felt"), ("felt", "guess"), ("guess", "benefit"), ("drug", "benefit")),
}
PLACES = {
    "drug": (0.0, 1.0, "ketamine"),
    "felt": (1.55, 2.0, "dissociation"),
    "benefit": (3.1, 1.0, "benefit"),
    "trait": (3.1, 2.75, "a trait"),
    "guess": (3.1, 2.75, "“I had the drug”"),
}


def roads() -> Picture:
    """Three truths that give the same correlation, as arrows from cause to effect."""
    return Picture(
        _roads(),
        "11_roads",
        "Three diagrams of arrows. In the first, ketamine causes dissociation and "
        "dissociation causes benefit. "
        "In the second, a hidden trait causes both. In the third, dissociation causes the "
        "belief that one had "
        "the drug, and the belief causes benefit. In all three, ketamine also has an arrow "
        "straight to benefit.",
    )


def _roads() -> Figure:
    fig = figure(10.4, 3.7)
    for axes, (title, arrows) in zip(fig.subplots(1, 3), ROADS.items(), strict=True):
        axes.set(xlim=(-0.75, 3.95), ylim=(0.55, 3.15))
        axes.axis("off")
        axes.set_title(title, fontsize=15)
        for name in dict.fromkeys(sum(arrows, ())):
            x, y, words = PLACES[name]
            hidden = name in ("trait", "guess")
            axes.text(
                x,
                y,
                words,
                ha="center",
                va="center",
                fontsize=13.5,
                bbox={
                    "boxstyle": "round,pad=0.35",
                    "facecolor": "white",
                    "edgecolor": VERMILION if hidden else GREY,
                    "linestyle": "--" if hidden else "-",
                    "linewidth": 1.8,
                },
                zorder=3,
            )
        for start, end in arrows:
            (x0, y0, _), (x1, y1, _) = PLACES[start], PLACES[end]
            straight = (start, end) == ("drug", "benefit")
            axes.add_patch(
                FancyArrowPatch(
                    (x0, y0),
                    (x1, y1),
                    arrowstyle="-|>",
                    mutation_scale=20,
                    linewidth=2.6,
                    color=GREY if straight else BLUE,
                    shrinkA=24 if not straight else 46,
                    shrinkB=30 if not straight else 42,
                )
            )
    return fig


# Under anaesthesia --------------------------------------------------------------------------------


def masked() -> Picture:
    """Depression scores of 40 people under general anaesthesia, with and without ketamine."""
    rows = masked_scores().set_index(["arm", "time_h"])["mean"]
    fell = ", ".join(
        f"with {arm} from {rows[arm, 0]:.1f} before to {rows[arm, 24]:.1f} a day later"
        for arm in ("ketamine", "saline")
    )
    return Picture(
        _masked(),
        "11_asleep",
        f"Depression scores of 40 people under anaesthesia: {fell}. Both groups stay low for "
        f"two weeks, and "
        "their intervals overlap at every time after the infusion.",
    )


def _masked() -> Figure:
    rows = masked_scores()
    fig = figure(9.6, 4.4)
    axes = fig.subplots()
    looks = {"ketamine": (DRUG["ketamine"], "o", -2.5), "saline": (GREY, "s", 2.5)}
    for arm, (colour, shape, shift) in looks.items():
        part = rows[rows.arm == arm].sort_values("time_h")
        margin = part.high - part["mean"]
        hours = part.time_h + shift
        axes.errorbar(
            hours,
            part["mean"],
            margin,
            color=colour,
            fmt=shape,
            markersize=10,
            linestyle=":",
            linewidth=1.4,
            elinewidth=2.2,
            label=f"anaesthesia + {arm}, measured",
        )
    days = (0, 1, 2, 3, 5, 7, 14)
    axes.set_xticks([24 * day for day in days], [f"{day}" if day else "before" for day in days])
    axes.set(xlabel="days after the infusion", ylabel="depression (MADRS points)", ylim=(0, 36))
    axes.legend(loc="upper right", title="Lii 2023, 40 people; mean, 95% interval")
    return fig


# Memories -----------------------------------------------------------------------------------------

MOMENTS = ("week before learning", "day before", "before learning", "before", "during", "after")
MOMENT_WORDS = {
    "week before learning": "a week before\nlearning",
    "day before": "a day before\nextinction",
    "before learning": "before\nlearning",
    "before": "before a\nreminder",
    "during": "during a reminder\nor extinction",
    "after": "after a reminder\nor learning",
}
WORDS = {"stronger": "memory stronger", "no effect": "no effect", "weaker": "memory weaker"}
CAME_BACK = {"stronger": ("^", VERMILION), "no effect": ("o", GREY), "weaker": ("v", GREEN)}


def memories() -> Picture:
    """When ketamine was given about a memory, and how the memory came back: directions only."""
    rows = table("memory_experiments")
    told = "; ".join(
        f"{who}, {row.memory} memory, {row.timing}: {row.direction}"
        for who, species in (("people", "human"), ("rats", "rat"), ("mice", "mouse"))
        for row in rows[rows.species == species].itertuples()
    )
    return Picture(_memories(), "11_memories", f"How a memory came back after ketamine. {told}.")


def _memories() -> Figure:
    rows = table("memory_experiments").copy()
    rows["moment"] = rows.timing.replace({"after learning": "after"})
    fig = figure(10.4, 4.5)
    axes = fig.subplots()
    species = ("human", "rat", "mouse")
    for (moment, who), part in rows.groupby(["moment", "species"], sort=False):
        x0, y = MOMENTS.index(moment), species.index(who)
        spread = 0.24 * (np.arange(len(part)) - (len(part) - 1) / 2)
        for shift, row in zip(spread, part.itertuples(), strict=True):
            shape, colour = CAME_BACK[row.direction]
            axes.plot(x0 + shift, y, shape, color=colour, markersize=15, markeredgecolor=BLACK)
            if row.memory != "fear":
                axes.annotate("alcohol", (x0 + shift, y), (0, -24), textcoords="offset points", ha="center")
    axes.set_xticks(range(len(MOMENTS)), [MOMENT_WORDS[moment] for moment in MOMENTS])
    axes.set_yticks(range(len(species)), ["people", "rats", "mice"])
    axes.set(xlim=(-0.5, len(MOMENTS) - 0.5), ylim=(len(species) - 0.45, -0.6), xlabel="ketamine was given")
    axes.axvspan(3.5, 4.5, color=PALE, alpha=0.6, zorder=0)
    keys = [
        Line2D([], [], marker=shape, color=colour, linestyle="", markersize=13, label=WORDS[word])
        for word, (shape, colour) in CAME_BACK.items()
    ]
    legend_above(fig, [*keys, Patch(color=PALE, label="drug in the blood")], columns=4)
    return fig


# Losses -------------------------------------------------------------------------------------------


def followed() -> Picture:
    """Of everyone treated in eleven clinics, those who were still measured."""
    rows = table("therapy_series").query("study == 'yermus'")
    began = int(rows.started.iloc[0])
    told = ", ".join(
        f"{grouped(row.followed)} ({100 * row.followed / began:.0f}%) after {row.weeks:.0f} weeks"
        for row in rows.itertuples()
    )
    return Picture(
        _followed(),
        "11_followed",
        f"Three bars. {grouped(began)} people were treated in eleven clinics; scores are known of {told}.",
    )


def links() -> Picture:
    """Correlations of dissociation with benefit within a day, and their pool on Fisher's scale."""
    effects = as_effects(correlations().query("time_h <= 24"))
    pooled = pool(effects)
    told = ", ".join(
        f"{np.tanh(r):.2f} in {n:.0f} people" for r, n in zip(effects.estimate, effects.n, strict=True)
    )
    whole = pooled.natural
    return Picture(
        forest(
            effects,
            pooled,
            limits=(-0.3, 0.7),
            favours=("more dissociation, less benefit", "more dissociation, more benefit"),
            headings={"name": "Study", "estimate": "correlation [95% interval]"},
        ),
        "11_links",
        f"Forest plot of three correlations within a day: {told}. The pooled correlation is "
        f"{whole.estimate:.2f}, with an interval from {interval(whole.low, whole.high)}.",
    )


def _followed() -> Figure:
    rows = table("therapy_series").query("study == 'yermus'")
    began = int(rows.started.iloc[0])
    steps = [
        ("treated", began),
        *((f"after {row.weeks:.0f} weeks", row.followed) for row in rows.itertuples()),
    ]
    fig = figure(9.6, 3.4)
    axes = fig.subplots()
    for y, (_, people) in enumerate(steps):
        axes.barh(y, began, height=0.62, color="white", edgecolor=GREY, linestyle=":", linewidth=1.4)
        axes.barh(y, people, height=0.62, color=BLUE)
        words = f"{grouped(people)} people" + (f", {100 * people / began:.0f}%" if people < began else "")
        inside = people > began / 2
        axes.text(
            people - 20 if inside else people + 20,
            y,
            words,
            va="center",
            ha="right" if inside else "left",
            fontsize=15,
            color="white" if inside else BLACK,
        )
    axes.set_yticks(range(len(steps)), [when for when, _ in steps], fontsize=14)
    axes.set(
        xlim=(0, began * 1.02),
        ylim=(len(steps) - 0.5, -0.5),
        xlabel="people whose scores are known (Yermus 2023)",
    )
    plain_numbers(axes.xaxis)
    axes.grid(visible=False)
    return fig
