"""Pictures of the lesson on ketamine and traditional antidepressants."""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.lessons.l10_ketamine_and_traditional_antidepressants import trials as compared
from ketalab.metaanalysis.network import Network
from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.models import pharmacokinetics as pk
from ketalab.models import receptor
from ketalab.models.chain import free_share
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, DRUG, GREEN, GREY, PALE, PURPLE, SKY, YELLOW, figure
from ketalab.text import decimals, real_minus

Array = NDArray[np.float64]
KETAMINE, SPRAY, ORAL = DRUG["ketamine"], DRUG["esketamine"], DRUG["oral antidepressant"]
HALO = [withStroke(linewidth=3, foreground="white")]  # words that a thin line passes behind
DARK_SPRAY = "#1c6ea4"  # the spray's colour, dark enough for text on white
HOURS = {1: "1 h", 4: "4 h", 24: "1 day", 48: "2 days", 168: "1 wk", 336: "2 wk", 672: "4 wk"}
CLASS_NAMES = {
    "hypericum": "St John's wort",
    "reversible MAO-A inhibitor": "moclobemide",
    "low-dose SARI": "low-dose trazodone",
    "NaSSA": "mirtazapine",
    "NRI": "reboxetine",
}


def counted(
    axes: Axes, x: float, y: float, low: float, high: float, colour: str, marker: str = "o", upright=False
) -> None:
    """A measured point with its interval."""
    ends = ([x, x], [low, high]) if upright else ([low, high], [y, y])
    axes.plot(*ends, color=colour, linewidth=2.2, solid_capstyle="butt")
    axes.plot(x, y, marker, color=colour, markersize=9, markeredgecolor="white", markeredgewidth=0.8)


def difference(row: pd.Series) -> tuple[float, float, float]:
    """Active minus control of a row of `trial_counts`, in percentage points, with Newcombe's interval."""
    counts = [int(row[name]) for name in ("events_active", "n_active", "events_control", "n_control")]
    low, high = newcombe_interval(*counts)
    return 100 * (counts[0] / counts[1] - counts[2] / counts[3]), 100 * low, 100 * high


# Two clocks ----------------------------------------------------------------------------------------


@cache
def nmda_block() -> tuple[Array, Array, Array]:
    """Hours after 35 mg over 40 min, and the block of NMDA channels (%) with 1 and 0 mM magnesium.

    Model of lesson 02: 70 kg, the free share of the tables, -70 mV [@simons2022].
    """
    hours = np.geomspace(0.5, 1500, 300)
    patient = pk.published("simons2022").typical(70)
    plasma = pk.concentration(patient, [pk.Dose(35, "iv", duration=40)], hours * 60, "ketamine")[0]
    free = receptor.free_concentration(plasma, *free_share())
    drug = receptor.published("ketamine")
    low, high = (100 * receptor.equilibrium_block(free, drug, -70, mg) for mg in (1.0, 0.0))
    return hours, low, high


def two_clocks() -> Picture:
    """When the target is taken, and when more people respond than without the drug, on one clock."""
    scans, block = table("transporter_occupancy"), nmda_block()
    trials, weekly = compared.responders(), compared.weekly()
    fig = _clocks(scans, block, trials, weekly)
    day = {
        row.who: difference(pd.Series(row._asdict())) for row in trials.query("time_h == 24").itertuples()
    }
    infusion, asleep, spray, both = (day[who] for who in compared.WHO.values())
    return Picture(
        fig,
        "10_two_clocks",
        "Two panels on one logarithmic clock, from an hour to six weeks. Above: most "
        "serotonin transporters "
        "are occupied 4 hours after one tablet, and about 80% on daily tablets; modelled NMDA block peaks "
        f"between {block[1].max():.0f} and {block[2].max():.0f}% and is gone within a day. Below, extra "
        f"responders in 100 people. Day 1: infusion against midazolam {infusion[0]:.0f}, infusion under "
        f"anaesthesia {asleep[0]:.0f} with an interval across zero, spray {spray[0]:.0f}, spray with a new "
        f"tablet {both[0]:.0f}. SSRIs: {weekly.value.iloc[0]:.0f} in week 1, {weekly.value.iloc[1]:.0f} in "
        f"week 2, {weekly.value.iloc[-1]:.0f} in week 6.",
    )


def _clocks(
    scans: pd.DataFrame, block: tuple[Array, Array, Array], trials: pd.DataFrame, weekly: pd.DataFrame
) -> Figure:
    """When the target is taken, and when more people respond than without the drug, on one clock.

    `block` is hours, lower and upper model of NMDA block (%); `trials` rows of `trial_counts` with a
    column `who`; `weekly` the SSRI differences of `pooled_estimates`.
    """
    fig = figure(10.4, 4.9)
    above, below = fig.subplots(2, 1, sharex=True)
    hours, low, high = block
    above.fill_between(hours, low, high, color=KETAMINE, alpha=0.3, linewidth=0)
    for edge in (low, high):
        above.plot(hours, edge, color=KETAMINE, linewidth=1.6)
    above.text(5, 24, "NMDA block by ketamine, model: 1 or 0 mM magnesium", color=KETAMINE)
    for scan in scans.itertuples():
        course = "daily" if scan.course == "daily" else "one"
        middle = scan.value if pd.notna(scan.value) else (scan.low + scan.high) / 2
        ends = (scan.low, scan.high) if pd.notna(scan.low) else (middle, middle)
        counted(above, scan.hours, middle, *ends, ORAL, "o" if course == "one" else "s", upright=True)
    above.text(
        1.4, 93, "SSRI on serotonin transporters,\nmeasured after one tablet", color=ORAL, va="center"
    )
    above.text(500, 96, "daily tablets", color=ORAL, ha="right", va="center")
    for hour, share in ((4, 44.6), (48, 10.3)):
        above.text(hour * 1.15, share, "paroxetine", color=ORAL, va="center")
    above.set(ylim=(0, 106), ylabel="target occupied (%)")
    _benefit(below, trials, weekly)
    below.set_xscale("log")
    below.set_xlim(0.5, 1500)
    below.set_xticks(list(HOURS), list(HOURS.values()))
    below.set_xticks([], minor=True)
    below.set_xlabel("time after the first dose")
    above.tick_params(labelbottom=True)  # it is shown alone at first
    return fig


BENEFIT = {  # colour, marker, and how far apart on the logarithmic clock
    "spray, first week\n(Daly 2018)": (DARK_SPRAY, "D", 0.9),
    "infusion or midazolam\n(Murrough 2013)": (KETAMINE, "o", 1.0),
    "infusion, asleep\n(Lii 2023)": (GREY, "v", 1.12),
    "spray and new tablet\n(TRANSFORM)": (SKY, "D", 1.27),
}


def _benefit(axes: Axes, trials: pd.DataFrame, weekly: pd.DataFrame) -> None:
    """Responders in excess of the control group, per 100, with their intervals where counts allow."""
    axes.axhline(0, color=GREY, linewidth=1)
    for row in trials.itertuples():
        colour, marker, shift = BENEFIT[row.who]
        middle, low, high = difference(pd.Series(row._asdict()))
        counted(axes, row.time_h * shift, middle, low, high, colour, marker, upright=True)
    axes.plot(weekly.time_h, weekly.value, "s", color=ORAL, markersize=8)
    for who, (colour, marker, _) in BENEFIT.items():
        axes.plot([], [], marker, color=colour, markersize=8, label=who)
    axes.plot([], [], "s", color=ORAL, markersize=8, label="SSRI, no interval\nprinted (Taylor 2006)")
    axes.set(ylim=(-36, 62), ylabel="extra responders\nin 100 people")
    axes.figure.legend(loc="outside right lower", handletextpad=0.4, labelspacing=0.3)


# How well, and who stays ---------------------------------------------------------------------------


def plane() -> Picture:
    """Left: classes by odds of response and of leaving, against placebo. Right: drugs head to head."""
    response, lost = (compared.classes(events) for events in ("responders", "lost"))
    drugs = table("antidepressant_network").query("reference == 'mtrank2024'")
    odds = response.frame().set_index("treatment").estimate
    gone = lost.frame().set_index("treatment").estimate
    best, least = drugs.loc[drugs.estimate.idxmax()], drugs.loc[drugs.estimate.idxmin()]
    return Picture(
        _plane(response, lost, drugs),
        "10_plane",
        "Left: classes of tablets by odds of responding and odds of leaving the trial, both "
        "against placebo. "
        f"Responding and leaving: SSRIs {odds['SSRI']:.2f} and {gone['SSRI']:.2f}, tricyclics "
        f"{odds['tricyclic']:.2f} and {gone['tricyclic']:.2f}, St John's wort {odds['hypericum']:.2f} and "
        f"{gone['hypericum']:.2f}. Right: single drugs against fluoxetine, head to head, from "
        f"{best.drug} at "
        f"{best.estimate:.2f} to {least.drug} at {least.estimate:.2f}; most intervals cross 1.",
    )


def _plane(response: Network, lost: Network, drugs: pd.DataFrame) -> Figure:
    fig = figure(10.4, 4.8)
    left, right = fig.subplots(1, 2, width_ratios=(1.15, 1))
    efficacy, leaving = (net.frame().set_index("treatment") for net in (response, lost))
    left.axhline(1, color=GREY, linewidth=1)
    left.axvline(1, color=GREY, linewidth=1)
    for name in efficacy.index.intersection(leaving.index):
        x, y = efficacy.loc[name], leaving.loc[name]
        size = np.sqrt(x.people) / 5
        left.plot([x.low, x.high], [y.estimate] * 2, color=ORAL, linewidth=1, alpha=0.55)
        left.plot([x.estimate] * 2, [y.low, y.high], color=ORAL, linewidth=1, alpha=0.55)
        left.plot(x.estimate, y.estimate, "o", color=ORAL, markersize=max(size, 5), markeredgecolor="white")
        offset, side = LABEL_AT.get(name, ((6, 6), "left"))
        left.annotate(
            CLASS_NAMES.get(name, name), (x.estimate, y.estimate), offset, ha=side,
            textcoords="offset points", fontsize=12, path_effects=HALO,
        )  # fmt: skip
    for axis, ticks in (("x", (0.75, 1, 1.5, 2, 2.5)), ("y", (0.5, 0.75, 1, 1.5, 2, 3))):
        getattr(left, f"set_{axis}scale")("log")
        getattr(left, f"set_{axis}ticks")(ticks, [f"{t:g}" for t in ticks])
        getattr(left, f"set_{axis}ticks")([], minor=True)
    left.set(xlim=(0.62, 2.85), ylim=(0.33, 3.7))
    left.set(xlabel="odds of responding, placebo = 1", ylabel="odds of leaving the trial, placebo = 1")
    look = {"ha": "right", "color": GREEN, "weight": "bold", "path_effects": HALO}
    left.text(2.8, 0.345, "helps more, fewer leave", **look)
    left.set_title("by class, primary care", fontsize=13)
    ordered = drugs.sort_values("estimate").reset_index(drop=True)
    for y, row in ordered.iterrows():
        if pd.isna(row.low):
            right.plot(1, y, "|", color=BLACK, markersize=14, markeredgewidth=3)
        else:
            counted(right, row.estimate, y, row.low, row.high, ORAL)
    right.axvline(1, color=GREY, linewidth=1)
    right.set_xscale("log")
    right.set_xticks((0.5, 0.75, 1, 1.5, 2), ["0.5", "0.75", "1", "1.5", "2"])
    right.set_xticks([], minor=True)
    right.set_yticks(range(len(ordered)), ordered.drug, fontsize=12)
    right.set(xlim=(0.55, 2.9), ylim=(-0.7, len(ordered) - 0.3))
    right.set_xlabel("odds of responding, fluoxetine = 1")
    right.set_title("by drug, head to head", fontsize=13)
    right.grid(False, axis="y")
    return fig


LABEL_AT = {
    "SSRI": ((-8, 8), "right"),
    "tricyclic": ((8, 8), "left"),
    "SNRI": ((8, -18), "left"),
    "low-dose SARI": ((6, -16), "left"),
    "hypericum": ((8, 5), "left"),
    "NaSSA": ((-7, 6), "right"),
    "reversible MAO-A inhibitor": ((-7, -17), "right"),
}


# STAR*D --------------------------------------------------------------------------------------------


def stard() -> Picture:
    """Of 100 who start: who remits, goes on and leaves at each step; and three ways to add it up."""
    courses, totals = compared.step_by_step(), compared.remission_totals()
    shares = [{"remit": row.remit, "go on": row.on, "leave": row.leave} for row in courses]
    one, two, three, four = courses
    printed, counted, again = totals.values()
    return Picture(
        _stard(shares, totals),
        "10_stard",
        f"Left: of 100 people who start step 1 of STAR*D, {one.remit:.0f} remit, {one.on:.0f} go on and "
        f"{one.leave:.0f} leave; at step 2 {two.remit:.0f} remit, {two.on:.0f} go on and {two.leave:.0f} "
        f"leave; steps 3 and 4 together bring {three.remit + four.remit:.1f} remissions. "
        f"Right: three totals "
        f"of remission: {printed:.0f} of 100 if nobody had left, {counted:.0f} with those who left, "
        f"{again:.0f} in the re-analysis.",
    )


def _stard(shares: Sequence[Mapping[str, float]], totals: Mapping[str, float]) -> Figure:
    fig = figure(9.6, 4.7)
    left, right = fig.subplots(1, 2, width_ratios=(1.6, 1))
    colours = {"remit": GREEN, "go on": PALE, "leave": ORAL}
    for i, step in enumerate(shares):
        bottom = 0.0
        for fate, colour in colours.items():
            height = step.get(fate, 0.0)
            left.bar(i, height, 0.68, bottom=bottom, color=colour, label=fate if i == 0 else None)
            if height >= 4:
                text = f"{height:.0f} {'still ill' if i == 3 and fate == 'leave' else fate}"
                white = "white" if fate != "go on" else BLACK
                left.text(
                    i, bottom + height / 2, text, ha="center", va="center", color=white, weight="bold"
                )
            bottom += height
        if bottom < 14:
            left.text(i, bottom + 2, f"{step['remit']:.1f} remit", ha="center", color=BLACK)
    left.set_xticks(range(len(shares)), [f"step {i + 1}" for i in range(len(shares))])
    left.set(ylim=(0, 104), ylabel="of 100 people who start")
    left.grid(False, axis="x")
    for y, (how, share) in enumerate(totals.items()):
        filled = "computed" not in how
        right.plot([0, share], [y, y], color=PALE, linewidth=3, zorder=1)
        right.plot(
            share, y, "o", color=GREEN, markersize=15, markerfacecolor=GREEN if filled else "white",
            markeredgewidth=3,
        )  # fmt: skip
        right.text(share + 5, y, f"{share:.0f}", va="center", weight="bold", fontsize=16)
        right.text(1.5, y - 0.3, how, va="center", fontsize=12.5)
    right.set(xlim=(0, 100), ylim=(len(totals) - 0.5, -0.65), xlabel="of 100 reach remission, any step")
    right.set_yticks([])
    right.grid(False, axis="y")
    return fig


# Relapse -------------------------------------------------------------------------------------------


def relapse() -> Picture:
    """Share that relapsed, drug continued against drug stopped, one line a comparison."""
    rows = compared.relapses()
    told = "; ".join(f"{r.label}, {r.value:g} against {r.comparator_value:g}%" for r in rows.itertuples())
    return Picture(
        _relapse(rows),
        "10_relapse",
        f"Four comparisons of a drug continued with a switch to placebo. Relapse: {told}.",
    )


def _relapse(rows: pd.DataFrame) -> Figure:
    fig = figure(9.6, 4.4)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        colour = DARK_SPRAY if "esketamine" in row.treatment else ORAL
        axes.plot([row.value, row.comparator_value], [y, y], color=PALE, linewidth=6, zorder=1)
        axes.plot(row.value, y, "o", color=colour, markersize=13)
        axes.plot(row.comparator_value, y, "o", color=colour, markersize=13, markerfacecolor="white",
                  markeredgewidth=2.6)  # fmt: skip
        axes.text(row.value - 1.6, y, f"{row.value:g}", ha="right", va="center", weight="bold")
        axes.text(row.comparator_value + 1.6, y, f"{row.comparator_value:g}", va="center", weight="bold")
    axes.set_yticks(range(len(rows)), rows.label)
    axes.set(xlim=(8, 72), ylim=(len(rows) - 0.5, -0.5), xlabel="relapsed (%)")
    axes.grid(False, axis="y")
    for colour, name in ((ORAL, "tablet"), (DARK_SPRAY, "spray")):
        axes.plot([], [], "o", color=colour, markersize=11, label=f"{name} continued")
        axes.plot([], [], "o", color=colour, markersize=11, markerfacecolor="white", markeredgewidth=2.4,
                  label="switched to placebo")  # fmt: skip
    fig.legend(loc="outside upper left", ncols=4, columnspacing=1.2, handletextpad=0.3)
    return fig


# What is not in a label's table --------------------------------------------------------------------


def other_prices() -> Picture:
    """Weight, sexual function, stopping, and suicidal thoughts by age, each with its own comparison."""
    outcomes = table("antidepressant_outcomes")
    weight = outcomes[outcomes.topic == "weight"].set_index("treatment").value
    sexual = outcomes[outcomes.reference == "montejo2001"].set_index("treatment").value
    stop = outcomes[(outcomes.topic == "stopping") & (outcomes.unit == "%")].iloc[0]
    by_age = outcomes[(outcomes.topic == "suicidality") & (outcomes.reference == "janssen2019a")].value
    young, early, middle, old = (f"{abs(v):.0f} {'more' if v > 0 else 'fewer'}" for v in by_age)
    common = sexual.drop(["mirtazapine", "moclobemide"])
    return Picture(
        _other_prices(outcomes),
        "10_other_prices",
        "Four panels on tablets. Weight after six months against sertraline: from "
        f"{weight['escitalopram']:.2f} kilograms more on escitalopram to "
        f"{-weight['fluoxetine']:.2f} less on "
        f"fluoxetine. Sexual problems when people are asked directly: {common.min():.0f} to "
        f"{common.max():.0f}% on SSRIs and venlafaxine, {sexual['mirtazapine']:.0f} on mirtazapine, "
        f"{sexual['moclobemide']:.0f} on moclobemide. After stopping: {stop.value:.0f}% have a symptom, "
        f"{stop.comparator_value:.0f} after placebo. Suicidal thoughts or behaviour per 1,000 "
        f"people, against "
        f"placebo: {young} under 18, {early} from 18 to 24, {middle} from 25 to 64, {old} from 65.",
    )


def _other_prices(outcomes: pd.DataFrame) -> Figure:
    fig = figure(10.4, 5.0)
    (weight, sexual), (stopping, suicidal) = fig.subplots(2, 2)
    _weight(weight, outcomes[outcomes.topic == "weight"])
    _sexual(sexual, outcomes[outcomes.topic == "sexual function"])
    _stopping(stopping, outcomes[outcomes.topic == "stopping"])
    _suicidal(
        suicidal, outcomes[(outcomes.topic == "suicidality") & (outcomes.reference == "janssen2019a")]
    )
    return fig


def _rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(False, axis="y")


def _weight(axes: Axes, rows: pd.DataFrame) -> None:
    for y, row in enumerate(rows.itertuples()):
        counted(axes, row.value, y, row.low, row.high, ORAL)
    axes.axvline(0, color=GREY, linewidth=1)
    _rows(axes, list(rows.treatment))
    axes.set_xlabel("kg at six months, minus sertraline")
    axes.set_title("Weight", fontsize=13)


def _sexual(axes: Axes, rows: pd.DataFrame) -> None:
    asked = rows[rows.reference == "montejo2001"].sort_values("value", ascending=False)
    for y, row in enumerate(asked.itertuples()):
        axes.plot([0, row.value], [y, y], color=PALE, linewidth=3)
        axes.plot(row.value, y, "o", color=ORAL, markersize=9)
        axes.text(row.value + 3, y, f"{row.value:.0f}", va="center")
    _rows(axes, list(asked.treatment))
    axes.set(xlim=(0, 100), xlabel="% with a problem, asked directly")
    axes.set_title("Sexual function, no placebo group", fontsize=13)


def _stopping(axes: Axes, rows: pd.DataFrame) -> None:
    shares = rows[rows.unit == "%"]
    for y, row in enumerate(shares.itertuples()):
        counted(axes, row.value, y - 0.14, row.low, row.high, ORAL)
        axes.plot(row.comparator_value, y + 0.18, "o", color=GREY, markersize=9)
    axes.plot([], [], "o", color=ORAL, label="drug stopped")
    axes.plot([], [], "o", color=GREY, label="placebo stopped")
    _rows(axes, ["any symptom", "severe"])
    axes.set(xlim=(0, 40), xlabel="% of people")
    axes.set_title("After stopping", fontsize=13)
    axes.legend(loc="lower right")


def _suicidal(axes: Axes, rows: pd.DataFrame) -> None:
    names = rows.measure.str.extract(r", (.*)$")[0]
    for y, value in enumerate(rows.value):
        axes.plot([0, value], [y, y], color=PALE, linewidth=6)
        axes.plot(value, y, "o", color=PURPLE, markersize=11)
        side, ha = (1.2, "left") if value > 0 else (-1.2, "right")
        axes.text(value + side, y, decimals(value, 0, sign=True), va="center", weight="bold", ha=ha)
    axes.axvline(0, color=GREY, linewidth=1)
    _rows(axes, [name.replace("years and over", "and over").replace(" years", "") for name in names])
    axes.set(xlim=(-12, 20), xlabel="more or fewer per 1,000 than on placebo", ylabel="age (years)")
    axes.set_title("Suicidal thoughts or behaviour", fontsize=13)


# Is it a fair comparison? --------------------------------------------------------------------------


def fair() -> Picture:
    """Share that did well with the drug and without it, and beside it what each trial compared."""
    rows = compared.designs()
    told = "; ".join(
        f"{r.label}, against {r.against}: {r.control:.0f} and {r.drug:.0f}" for r in rows.itertuples()
    )
    return Picture(
        _fair(rows),
        "10_fair",
        f"Seven comparisons, percentage who did well without the drug and with it. {told}. "
        f"Beside each: what "
        "it was compared with, and what both groups took.",
    )


def _fair(rows: pd.DataFrame) -> Figure:
    fig = figure(9.9, 5.0)
    axes, words = fig.subplots(1, 2, width_ratios=(1.55, 1), sharey=True)
    for y, row in enumerate(rows.itertuples()):
        axes.plot(
            [row.control, row.drug], [y, y], color=YELLOW, linewidth=9, zorder=1, solid_capstyle="butt"
        )
        axes.plot(row.control, y, "o", color=GREY, markersize=11)
        colour = {"tablet": ORAL, "spray": DARK_SPRAY, "infusion": KETAMINE}[row.kind]
        axes.plot(row.drug, y, "o", color=colour, markersize=13)
        difference = real_minus(f"{row.difference:+.0f} ({row.low:.0f} to {row.high:.0f})")
        axes.text(95, y, difference, va="center", ha="right", fontsize=12)
        words.text(0.0, y, row.against, va="center", fontsize=12)
        words.text(0.53, y, row.alongside, va="center", fontsize=12)
    first = rows.iloc[0]
    axes.text(first.control, -0.32, "without", ha="center", va="bottom", color=GREY)
    axes.text(first.drug, -0.32, "with the drug", ha="center", va="bottom", color=KETAMINE)
    top = -0.85
    axes.text(95, top, "difference", ha="right", va="bottom", weight="bold")
    words.text(0.0, top, "against", va="bottom", weight="bold")
    words.text(0.53, top, "taken by both", va="bottom", weight="bold")
    words.set_axis_off()
    axes.set_yticks(range(len(rows)), rows.label)
    axes.set(xlim=(0, 96), ylim=(len(rows) - 0.4, -1.35), xlabel="people who did well (%)")
    axes.set_xticks([0, 20, 40, 60])
    axes.grid(False, axis="y")
    return fig
