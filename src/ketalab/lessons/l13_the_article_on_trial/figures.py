"""Pictures of the last lesson: every claim with its verdict and certainty, and printed numbers."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ketalab.data.certainty import LEVELS
from ketalab.data.verdict import Verdict
from ketalab.metaanalysis.effect_size import Effects
from ketalab.plots.style import BLACK, BLUE, GREY, VERMILION, figure

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


def whole_verdict(claims: pd.DataFrame) -> Figure:
    """One box a claim: rows are the article's sections, columns the verdicts, shades the certainty."""
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
    names = [f"certainty {LEVELS[0]}", *LEVELS[1:]]
    fig.legend(handles, names, loc="outside lower right", ncols=4, handlelength=1.2, columnspacing=1.4)
    return fig


def _box(axes: Axes, x: float, y: float, text: str, colour: str, level: str) -> None:
    face = shaded(colour, level)
    axes.add_patch(
        Rectangle((x, y - BOX / 2), BOX, BOX, facecolor=face, edgecolor=colour, linewidth=1.8, zorder=2)
    )
    dark = sum(weight * part for weight, part in zip((0.3, 0.59, 0.11), face, strict=True)) < 0.5
    ink = "white" if dark else BLACK
    axes.text(x + BOX / 2, y, text, color=ink, fontsize=11, ha="center", va="center_baseline", zorder=3)


def impossible(rows: pd.DataFrame) -> Figure:
    """Printed estimates on their printed intervals; one of them lies outside."""
    fig = figure(9.0, 3.2)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        fits = row.low <= row.estimate <= row.high
        colour = BLUE if fits else VERMILION
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=2.4, solid_capstyle="butt")
        axes.plot(row.estimate, y, "o" if fits else "X", color=colour, markersize=12)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_yticks(range(len(rows)), rows.label)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("as printed: estimate (mark) and 95 % interval (line)")
    axes.grid(visible=False, axis="y")
    return fig


def trial_marks(effects: Effects) -> pd.DataFrame:
    """Each trial's benefit in points with its interval: above zero where the drug did better."""
    low, high = effects.interval()
    return pd.DataFrame(
        {"study": effects.study, "benefit": -effects.estimate, "low": -high, "high": -low}
    ).sort_values("benefit", ignore_index=True)
