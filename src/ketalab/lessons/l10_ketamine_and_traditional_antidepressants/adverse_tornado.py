"""Adverse reactions of two drugs, mirrored, on one scale with intervals."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.explorables.cached_text import stamp
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Steps
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants.figures import DARK_SPRAY, ORAL
from ketalab.metaanalysis.number_needed import newcombe_interval, wilson_interval
from ketalab.plots.style import GREEN, GREY, PURPLE, figure
from ketalab.text import grouped

DRUGS = ("esketamine", "sertraline", "venlafaxine", "desvenlafaxine")
MINUS, ON_DRUG, ON_PLACEBO = "difference", "on the drug", "on placebo"
SCALES = (MINUS, ON_DRUG, ON_PLACEBO)
COUNTED = {MINUS: "more than on placebo", ON_DRUG: "on the drug", ON_PLACEBO: "on placebo alone"}
ROWS = 12
RESISTANT = "treatment-resistant depression, with a new oral antidepressant"
DRUG_COLOUR = {
    "esketamine": DARK_SPRAY,
    "sertraline": ORAL,
    "venlafaxine": PURPLE,
    "desvenlafaxine": GREEN,
}


def adverse_tornado() -> Explorable:
    """Adverse reactions of two drugs, mirrored, on one scale with intervals."""
    return Explorable(
        name="adverse_tornado",
        title="Two labels side by side",
        controls=(
            Choice(
                "one", "Left", DRUGS, "esketamine", "The drug on the left, from its label or pooled trials."
            ),
            Choice("other", "Right", DRUGS, "sertraline", "The drug on the right."),
            Steps(
                "scale",
                "Show",
                SCALES,
                MINUS,
                "On the drug, on placebo, or the difference; only the difference is due to the drug.",
            ),
        ),
        stage=_tornado_stage,
        view=_tornado_view,
        presets={
            "Spray and sertraline": {},
            "Spray and sertraline, placebo not subtracted": {"scale": ON_DRUG},
            "The placebo groups": {"scale": ON_PLACEBO},
            "Spray and venlafaxine": {"other": "venlafaxine"},
            "Two tablets": {"one": "desvenlafaxine", "other": "sertraline"},
        },
    )


def _tornado_stage() -> Stage:
    fig = figure(7.6, 4.9)
    left, right = fig.subplots(1, 2, width_ratios=(55, 92))
    left.set(xlim=(51, -4), xlabel="of 100 people")
    right.set(xlim=(-41, 51), xlabel="of 100 people  (×: not in its table)")
    artists = {}
    for side, ax in (("one", left), ("other", right)):
        ax.set(ylim=(ROWS - 0.5, -1.7), xticks=(0, 20, 40), yticks=())
        ax.grid(False, axis="y")
        ax.spines.left.set_visible(False)
        ax.axvline(0, color=GREY, linewidth=1)
        for drug in DRUGS:
            look = {"colors": DRUG_COLOUR[drug]}
            artists[f"{side} {drug} stem"] = ax.hlines([], [], [], linewidth=10, alpha=0.3, **look)
            artists[f"{side} {drug} whisker"] = ax.hlines([], [], [], linewidth=2, **look)
            artists[f"{side} {drug} dot"] = ax.plot([], [], "o", color=DRUG_COLOUR[drug], markersize=8)[0]
        artists[f"{side} none"] = ax.plot([], [], "x", color=GREY, markersize=6, markeredgewidth=1.4)[0]
        artists[f"{side} name"] = stamp(
            ax, 1, -1.1, ha="right" if side == "one" else "left", va="center", fontsize=14, weight="bold"
        )
    for row in range(ROWS):
        artists[f"label {row}"] = stamp(right, -20.5, row, ha="center", va="center", fontsize=12)
    return Stage(fig, {"one": left, "other": right}, artists)


@cache
def reactions(drug: str, scale: str) -> pd.DataFrame:
    """Reactions of one drug in 100 people with intervals, by reaction: value, low, high."""
    rows = table("adverse_reactions")
    rows = rows[(rows.drug == drug) & ((drug != "esketamine") | (rows.population == RESISTANT))]
    rows = rows[~rows.reaction.str.startswith("stopped")]  # leaving the trial is not a reaction
    found = {}
    for row in rows.itertuples():
        on, off = (int(row.events_drug), int(row.n_drug)), (int(row.events_placebo), int(row.n_placebo))
        if scale == MINUS:
            middle, ends = on[0] / on[1] - off[0] / off[1], newcombe_interval(*on, *off)
        else:
            events, n = on if scale == ON_DRUG else off
            middle, *ends = wilson_interval(events, n)
        found[row.reaction] = (100 * middle, 100 * ends[0], 100 * ends[1])
    return pd.DataFrame.from_dict(found, orient="index", columns=["value", "low", "high"])


@cache
def _tornado_view(one: str, other: str, scale: str) -> View:
    frames = {"one": reactions(one, scale), "other": reactions(other, scale)}
    both = pd.concat([frame.value for frame in frames.values()], axis=1).max(axis=1)
    order = list(both.sort_values(ascending=False, kind="stable").index[:ROWS])
    artists: dict[str, object] = {}
    for side, drug in (("one", one), ("other", other)):
        artists |= _side(side, drug, frames[side].reindex(order))
    for row in range(ROWS):
        artists[f"label {row}"] = _labelled(order[row]) if row < len(order) else ""
    tops = {side: frame.value.idxmax() for side, frame in frames.items()}
    weeks = {d: _people_of(d) for d in (one, other)}
    readings = [
        Reading("most, left", f"{tops['one']}: {frames['one'].value.max():.0f}"),
        Reading("most, right", f"{tops['other']}: {frames['other'].value.max():.0f}"),
        Reading("95% interval, left", _limits(frames["one"].loc[tops["one"]])),
        Reading("95% interval, right", _limits(frames["other"].loc[tops["other"]])),
        Reading("people, left", weeks[one]),
        Reading("people, right", weeks[other]),
    ]
    return View(artists, readings, _tornado_sentence(one, other, scale, frames, tops))


@cache
def _labelled(reaction: str) -> str:
    """The reaction, and whose percentage it is where that is not everybody's."""
    rows = table("adverse_reactions")
    people = rows[rows.reaction == reaction].people.iloc[0]
    return reaction if people == "all" else f"{reaction} ({people})"


def _side(side: str, drug: str, rows: pd.DataFrame) -> dict[str, object]:
    """The marks of one side: stems, intervals and dots for its drug, crosses where it has no row."""
    y = np.arange(len(rows), dtype=float)
    known = rows.value.notna().to_numpy()
    artists: dict[str, object] = {
        f"{side} {d} {what}": None for d in DRUGS for what in ("stem", "whisker", "dot")
    }
    value, low, high = (rows[name].to_numpy()[known] for name in ("value", "low", "high"))
    artists[f"{side} {drug} stem"] = _segments(np.zeros(len(value)), value, y[known])
    artists[f"{side} {drug} whisker"] = _segments(low, high, y[known])
    artists[f"{side} {drug} dot"] = (value, y[known])
    artists[f"{side} none"] = (np.zeros((~known).sum()), y[~known])
    artists[f"{side} name"] = drug
    return artists


def _segments(start: np.ndarray, end: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([np.column_stack([start, y]), np.column_stack([end, y])], axis=1)


def _limits(row: pd.Series) -> str:
    return f"{row.low:.0f} to {row.high:.0f} of 100"


def _people_of(drug: str) -> str:
    rows = table("adverse_reactions")
    row = rows[(rows.drug == drug) & (rows.people == "all")].iloc[0]
    return f"{grouped(int(row.n_drug))} and {grouped(int(row.n_placebo))}"


def _tornado_sentence(one: str, other: str, scale: str, frames, tops) -> str:
    top = frames["one"].value.max(), frames["other"].value.max()
    if one == other:
        found = f"{tops['one']} in {top[0]:.0f} of 100 {COUNTED[scale]}"
        return f"Both sides show {one}: {found}. To compare, choose another drug on one side."
    if scale == ON_PLACEBO:
        return (
            f"On placebo alone {top[0]:.0f} of 100 report {tops['one']} in the trials of {one}, and "
            f"{top[1]:.0f} report {tops['other']} in those of {other}."
        )
    return (
        f"{one.capitalize()}: {tops['one']} in {top[0]:.0f} of 100 {COUNTED[scale]}; "
        f"{other}: {tops['other']} in {top[1]:.0f}. A cross means that the reaction is not in "
        f"that table, not that it never happens."
    )
