"""Pictures of the last lesson: every claim with its verdict, two readers, printed numbers, best case."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from ketalab.data.certainty import LEVELS
from ketalab.data.tables import table
from ketalab.data.verdict import Verdict
from ketalab.lessons.l13_the_article_on_trial.trials import agreement, best_case_trials, printed_in_ptsd
from ketalab.metaanalysis.effect_size import Effects
from ketalab.metaanalysis.pooling import pool
from ketalab.plots.forest import forest
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, GREY, figure
from ketalab.text import count, decimals, interval, listed

SECTIONS = {
    "Introduction": "Introduction",
    "Neuroscience: novel mechanism": "Mechanism",
    "Rapid-acting": "Rapid action",
    "Applications: mental health": "Mental health",
    "Applications: chronic pain": "Chronic pain",
    "Anaesthetic use": "Anaesthesia",
    "Comparison table": "Comparison table",
    "Psychotherapy (KAP)": "Psychotherapy",
    "Conclusion": "Conclusion",
}
SHADE = dict(zip(LEVELS, (0.0, 0.3, 0.62, 1.0), strict=True))  # share of the verdict's colour in the box
BOX = 0.86


def shaded(colour: str, level: str) -> tuple[float, float, float]:
    """The verdict's colour, the paler the less sure."""
    share = SHADE[level]
    return tuple(share * part + 1 - share for part in to_rgb(colour))


def whole_verdict() -> Picture:
    """One box a claim: rows are the article's sections, columns the verdicts, shades how sure it is."""
    claims = table("claims")
    fig = figure(9.8, 4.9)
    axes = fig.subplots()
    counts = pd.crosstab(claims.section, claims.verdict)
    left = 0.0
    for verdict, colour in ((each.value, each.colour) for each in Verdict):
        wide = max(counts[verdict].max(), 3.6)
        for y, section in enumerate(SECTIONS):
            rows = claims[(claims.section == section) & (claims.verdict == verdict)]
            for place, row in enumerate(rows.itertuples()):
                _box(axes, left + place, y, row.claim[1:], colour, row.certainty)
        total = int((claims.verdict == verdict).sum())
        name = verdict.replace("partly ", "partly\n") if " " in verdict else verdict
        axes.text(left, -0.75, f"{name} {total}", weight="bold", fontsize=12, va="bottom")
        left += wide + 0.5
    axes.set(xlim=(-0.2, left - 0.4), ylim=(len(SECTIONS) - 0.4, -1.9))
    axes.set_yticks(range(len(SECTIONS)), SECTIONS.values(), fontsize=12)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    handles = [Rectangle((0, 0), 1, 1, facecolor=shaded(BLACK, level), edgecolor=BLACK) for level in LEVELS]
    names = [f"certainty of the verdict: {LEVELS[0]}", *LEVELS[1:]]
    fig.legend(handles, names, loc="outside lower right", ncols=4, handlelength=1.2, columnspacing=1.4)
    return Picture(fig, "13_whole_verdict", _whole_verdict_in_words(claims))


def _whole_verdict_in_words(claims: pd.DataFrame) -> str:
    verdicts = claims.verdict.value_counts()
    surest = claims[claims.certainty == "high"].section.value_counts()
    in_full = claims[claims.verdict == "supported"].section
    none = [name for section, name in SECTIONS.items() if section not in set(in_full)]
    return (
        f"{len(claims)} numbered boxes, one for each claim: rows are the article's sections, columns the "
        f"verdicts: {', '.join(f'{each.value} {verdicts[each.value]}' for each in Verdict)}. "
        f"Darker boxes are surer verdicts; the section with most of the darkest is "
        f"{SECTIONS[surest.index[0]]}, with {surest.iloc[0]} of {surest.sum()}. "
        f"Without a claim supported in full: {listed([name.lower() for name in none])}."
    )


def _box(axes: Axes, x: float, y: float, text: str, colour: str, level: str) -> None:
    face = shaded(colour, level)
    axes.add_patch(
        Rectangle((x, y - BOX / 2), BOX, BOX, facecolor=face, edgecolor=colour, linewidth=1.8, zorder=2)
    )
    dark = sum(weight * part for weight, part in zip((0.3, 0.59, 0.11), face, strict=True)) < 0.5
    ink = "white" if dark else BLACK
    axes.text(x + BOX / 2, y, text, color=ink, fontsize=11, ha="center", va="center_baseline", zorder=3)


def two_readers() -> Picture:
    """How often a second reader came to the same verdict, by how sure the first reader was of it."""
    rows = agreement()
    fig = figure(8.0, 2.9)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        axes.plot([row.low, row.high], [y, y], color=BLACK, linewidth=1.6)
        axes.plot(row.share, y, "o", color=BLACK, markerfacecolor="white", markersize=9)
    labels = [f"{row.certainty}: {row.alike} of {row.claims}" for row in rows.itertuples()]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set(xlim=(0, 100), xlabel="same verdict from the second reader (% of claims, 95% interval)")
    axes.set_ylabel("first reader's certainty")
    axes.grid(visible=False, axis="y")
    said = "; ".join(f"{row.certainty}, {row.alike} of {row.claims}" for row in rows.itertuples())
    alt = (
        "Share of claims to which two readers gave the same verdict, by how sure the first was of it: "
        f"{said}. The intervals are wide."
    )
    return Picture(fig, "13_two_readers", alt)


def impossible() -> Picture:
    """Four printed estimates of PTSD symptoms, each with the interval that was printed beside it."""
    rows = printed_in_ptsd()
    fig = figure(9.0, 3.2)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        axes.plot([row.low, row.high], [y, y], color=BLACK, linewidth=2, solid_capstyle="butt")
        axes.plot(row.estimate, y, "o", color=BLACK, markerfacecolor="white", markersize=10)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_xscale("symlog", linthresh=1, linscale=1.6)
    ticks = (-0.5, 0, 0.5, 1, 2, 5, 10, 20)
    axes.set_xticks(ticks, [decimals(tick, 1) if tick % 1 else decimals(tick, 0) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set(
        xlim=(-0.6, 22), xlabel="as printed: estimate (circle) and 95% interval (line); logarithmic from 1"
    )
    axes.set_yticks(range(len(rows)), rows.label)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    said = "; ".join(
        f"{row.label}, {decimals(row.estimate)} with {interval(row.low, row.high)}"
        for row in rows.itertuples()
    )
    alt = f"Printed estimates of the effect in PTSD, each with its printed 95% interval: {said}."
    return Picture(fig, "13_impossible", alt)


def best_case() -> Picture:
    """Every trial of one dose of racemic ketamine that printed points a day later."""
    trials = best_case_trials()
    pooled = pool(trials)
    fig = forest(
        trials,
        pooled,
        favours=("ketamine better", "control better"),
        headings={"estimate": "points [95% interval]"},
    )
    _, high = trials.interval()
    lean, clear = int((trials.estimate < 0).sum()), int((high < 0).sum())
    alt = (
        f"Forest plot of {count(len(trials.study), 'trial')} of one dose of ketamine: difference from "
        f"control in MADRS points a day later. {lean} favour ketamine, {clear} of them with an interval "
        f"that leaves out zero; together {decimals(pooled.estimate, 1)} points "
        f"({interval(pooled.low, pooled.high, 1)})."
    )
    return Picture(fig, "13_best_case", alt)


def trial_marks(effects: Effects) -> pd.DataFrame:
    """Each trial's benefit in points with its interval: above zero where the drug did better."""
    low, high = effects.interval()
    return pd.DataFrame(
        {"study": effects.study, "benefit": -effects.estimate, "low": -high, "high": -low}
    ).sort_values("benefit", ignore_index=True)
