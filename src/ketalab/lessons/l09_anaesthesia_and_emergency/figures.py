"""Pictures of the lesson on anaesthesia and emergencies."""

from functools import cache

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l09_anaesthesia_and_emergency.shared import (
    DRUG_COLOUR,
    HOLLOW,
    half_lives,
    ladder,
    level,
    orders_followed,
)
from ketalab.models import effect_site as es
from ketalab.models import pharmacokinetics as pk
from ketalab.plots.axes import say_sides
from ketalab.plots.show import Picture
from ketalab.plots.style import (
    BLACK,
    BLUE,
    DRUG,
    GREY,
    LEVEL,
    ORANGE,
    PALE,
    VERMILION,
    figure,
    legend_above,
)
from ketalab.text import grouped, interval, real_minus

Array = NDArray[np.float64]

CLOCK = ("propofol", "etomidate", "thiopental", "racemic ketamine")


def induction_clock() -> Picture:
    """From injection to sleep and back: onset and duration of each drug on one axis of time."""
    drugs = table("induction_drugs")
    told = []
    for drug, route in (*((d, "intravenous") for d in CLOCK), ("racemic ketamine", "intramuscular")):
        block = drugs[(drugs.drug == drug) & (drugs.route == route)]
        spans = []
        for what in ("onset", "duration"):
            rows = block[block.quantity == what]
            ends = (
                rows[["value", "low", "high"]].mul(np.where(rows.unit == "min", 60, 1), axis=0).to_numpy()
            )
            spans.append((np.nanmin(ends), np.nanmax(ends)))
        (first, last), (short, long) = spans
        where = " into a muscle" if route == "intramuscular" else ""
        told.append(
            f"{drug.removeprefix('racemic ')}{where}, asleep after "
            f"{f'{first:.0f} to {last:.0f}' if last > first else f'{last:.0f}'} seconds, awake after "
            f"{short / 60:.0f} to {long / 60:.0f} minutes"
        )
    return Picture(
        _induction_clock(drugs), "09_clock", f"Bars on a logarithmic axis of time. {'; '.join(told)}."
    )


def _induction_clock(drugs: pd.DataFrame) -> Figure:
    """From injection to sleep and back: onset and duration of each drug on one axis of time."""
    fig = figure(9.6, 4.4)
    axes = fig.subplots()
    ticks = []
    rows = drugs[drugs.quantity.isin(["onset", "duration"])]
    wanted = [(drug, "intravenous") for drug in CLOCK] + [("racemic ketamine", "intramuscular")]
    for y, (drug, route) in enumerate(wanted):
        block = rows[(rows.drug == drug) & (rows.route == route)]
        ends = block[["value", "low", "high"]].mul(np.where(block.unit == "min", 60, 1), axis=0)
        onset, lasts = (ends[block.quantity == what].to_numpy() for what in ("onset", "duration"))
        spans = ((np.nanmin(onset), np.nanmax(onset), 0.35), (np.nanmin(lasts), np.nanmax(lasts), 0.35))
        for low, high, alpha in (*spans, (spans[0][1], spans[1][0], 1.0)):
            axes.barh(y, high - low, 0.42, low, color=DRUG_COLOUR[drug], alpha=alpha, linewidth=0)
        name = drug.removeprefix("racemic ") + (", into a muscle" if route == "intramuscular" else "")
        ticks.append(name)
    axes.set_yticks(range(len(ticks)), ticks, fontsize=14)
    marks = {15: "15 s", 30: "30 s", 60: "1 min", 180: "3 min", 300: "5 min", 600: "10 min", 1500: "25 min"}
    axes.set(xscale="log", xlim=(15, 1900), xlabel="after the injection")
    axes.set_xticks(list(marks), list(marks.values()))
    axes.set_xticks([], minor=True)
    axes.grid(False, axis="y")
    keys = [
        Patch(color=GREY, label="anaesthetised, all sources agree"),
        Patch(color=GREY, alpha=0.35, linewidth=0, label="falling asleep or waking, sources differ"),
    ]
    legend_above(fig, keys, columns=2)
    return fig


@cache
def bolus() -> tuple[Array, Array, dict[str, Array]]:
    """Minutes, plasma and effect sites (ng/mL) after 2 mg/kg in a minute, arterial, 70 kg [@simons2022]."""
    minutes = np.arange(0, 20.01, 0.05)
    patient = pk.published("simons2022").typical(weight=70)
    dose = [pk.Dose(140, "iv", duration=1)]
    named = {"23 s": "slow_waves", "47 s": "theta_waves", "8.3 min": "pain relief"}
    sites = {
        label: pk.concentration(
            es.with_effect_site(patient, half_lives()[effect]), dose, minutes, es.EFFECT_SITE
        )[0]
        for label, effect in named.items()
    }
    return minutes, pk.concentration(patient, dose, minutes, "ketamine")[0], sites


def delays() -> Picture:
    """One bolus, several delays: the same plasma, and effect sites that follow it in their own time."""
    minutes, plasma, sites = bolus()
    lost, back = level("loss of response"), level("return of response")
    told = []
    for name, site in sites.items():
        if es.minutes_above(minutes, site, lost) > 0:
            out, again = (
                es.first_minute_above(minutes, site, lost),
                es.last_minute_above(minutes, site, back),
            )
            told.append(
                f"with a delay of {name}, response is lost after {60 * out:.0f} seconds and back at "
                f"{again:.1f} minutes"
            )
        else:
            told.append(
                f"with a delay of {name}, the site peaks at {grouped(site.max())} ng/mL at "
                f"{minutes[np.argmax(site)]:.1f} minutes, just short of the level of lost response"
            )
    return Picture(
        _delays(minutes, plasma, sites, orders_followed()),
        "09_delays",
        "Plasma and effect site after 2 milligrams per kilogram in a minute, on a logarithmic axis: "
        f"{'; '.join(told)}. Volunteers followed orders again at {orders_followed().value} minutes.",
    )


def _delays(minutes: NDArray, plasma: NDArray, sites: dict[str, NDArray], waited: pd.Series) -> Figure:
    """One bolus, several delays: the same plasma, and effect sites that follow it in their own time."""
    fig = figure(9.6, 4.8)
    main, side = fig.subplots(1, 2, width_ratios=(4.2, 1), sharey=True)
    main.set(xscale="linear", yscale="log", xlim=(0, 20), ylim=(60, 20000))
    main.plot(minutes, plasma, color=DRUG["ketamine"], linewidth=2, label="plasma, model")
    for (name, curve), style in zip(sites.items(), ("-", (0, (5, 2)), (0, (1, 1.5))), strict=True):
        main.plot(
            minutes,
            curve,
            color=LEVEL["person"],
            linestyle=style,
            label=f"effect site, delay {name}, model",
        )
    back = level("return of response")
    main.plot([waited.low, waited.high], [back, back], color=BLACK, linewidth=2)
    main.plot(waited.value, back, "o", color=BLACK, **HOLLOW, label="orders followed again, measured")
    main.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    main.set(xlabel="minutes after the start of a 60-s injection", ylabel="ketamine (ng/mL)")
    main.yaxis.set_major_formatter(lambda value, _position: grouped(value))
    ladder(side, main)
    fig.legend(loc="outside upper left", ncols=3, columnspacing=1.2, handletextpad=0.6)
    return fig


EVENTS = {
    "low pressure": "low pressure",
    "low oxygen": "low oxygen",
    "breathing stopped": "breathing stopped",
    "breathing helped by hand": "breathing helped",
    "tube needed": "tube needed",
    "spasm of the larynx": "spasm of the larynx",
    "agitation": "agitation on waking",
}


def sedation() -> Picture:
    """Ketamine and propofol side by side: harms in a thousand sedations of children, with intervals."""
    harms = table("sedation_harms")
    rows = harms[harms.study == "bellolio2016"].set_index(["drug", "event"]).value
    told = "; ".join(
        f"{name} {rows['ketamine', event]:g} against {rows['propofol', event]:g}"
        for event, name in EVENTS.items()
    )
    return Picture(
        _sedation(harms),
        "09_sedation",
        f"Harms in a thousand sedations of children, ketamine against propofol, with "
        f"intervals: {told}. Most "
        "intervals overlap.",
    )


def _sedation(harms: pd.DataFrame) -> Figure:
    """Ketamine and propofol side by side: harms in a thousand sedations of children, with intervals."""
    rows = harms[(harms.study == "bellolio2016") & harms.drug.isin(["ketamine", "propofol"])]
    fig = figure(9.6, 4.8)
    axes = fig.subplots()
    for drug, shift in (("ketamine", 0.16), ("propofol", -0.16)):
        block = rows[rows.drug == drug].set_index("event").loc[list(EVENTS)]
        y = np.arange(len(EVENTS))[::-1] + shift
        axes.hlines(y, block.low, block.high, color=DRUG_COLOUR[drug], linewidth=3)
        axes.plot(block.value, y, "o", color=DRUG_COLOUR[drug], markersize=9, label=drug)
        for at, row in zip(y, block.itertuples(), strict=True):
            axes.annotate(
                f"{row.events} of {grouped(row.n)}",
                (row.high, at),
                (8, 0),
                textcoords="offset points",
                va="center",
                fontsize=11.5,
                color=DRUG_COLOUR[drug],
            )
    axes.set_yticks(range(len(EVENTS)), list(EVENTS.values())[::-1], fontsize=13)
    axes.set(
        xlim=(-1, 128),
        xlabel=f"in 1,000 sedations, pooled, with 95% interval ({short_name('bellolio2016')})",
    )
    axes.grid(False, axis="y")
    legend_above(fig, axes.get_lines()[:2], columns=2)
    return fig


EMERGED = [
    ("green2009b", "emergence reaction, clinically important", "children, clinically important"),
    ("green2009b", "emergence reaction", "children, any agitation"),
    ("ketalarlabel", "emergence reaction", "an older Ketalar label"),
    ("masaki2019", "emergence reaction", "women in Kenya, treated for it"),
    ("sener2011", "emergence reaction", "adults, any distress"),
    ("sener2011m", "emergence reaction", "adults, any distress, with midazolam"),
]


def _emerged(harms: pd.DataFrame, study: str, event: str) -> pd.Series:
    """The row of a study and event; a study whose key ends in m added midazolam."""
    rows = harms[(harms.study == study.removesuffix("m")) & (harms.event == event)]
    return rows[rows.drug == ("ketamine with midazolam" if study.endswith("m") else "ketamine")].iloc[0]


def emergence() -> Picture:
    """Emergence reactions: how often, counted in which people and how strictly."""
    harms = table("sedation_harms")
    told = "; ".join(f"{label} {_emerged(harms, study, event).value:g}%" for study, event, label in EMERGED)
    return Picture(
        _emergence(harms),
        "09_emergence",
        f"Percentage of people with an emergence reaction after ketamine, by study. {told}.",
    )


def _emergence(harms: pd.DataFrame) -> Figure:
    """Emergence reactions: how often, counted in which people and how strictly."""
    fig = figure(9.6, 4.4)
    axes = fig.subplots()
    for y, (study, event, _) in enumerate(EMERGED):
        row = _emerged(harms, study, event)
        source, people = short_name(row.reference), "" if pd.isna(row.n) else f", n = {grouped(row.n)}"
        said = "no date, no number of people" if source.endswith("undated") else f"{source}{people}"
        axes.plot([0, row.value], [y, y], color=PALE, linewidth=2, zorder=1)
        style = HOLLOW if study.endswith("m") else {}
        axes.plot(row.value, y, "o", color=BLUE, markersize=11, **style)
        axes.annotate(
            f"{row.value:g}%  {said}",
            (row.value, y),
            (12, 0),
            textcoords="offset points",
            va="center",
            fontsize=12,
        )
    axes.set_yticks(range(len(EMERGED)), [label for _, _, label in EMERGED], fontsize=13)
    axes.set(xlim=(0, 44), xlabel="of people given ketamine (%)", ylim=(-0.6, len(EMERGED) - 0.4))
    axes.grid(False, axis="y")
    return fig


def _paramedics(survey: pd.DataFrame) -> NDArray[np.int64]:
    """Of a hundred paramedics: gave it often, less often, never though allowed, not allowed."""
    rows = survey[survey.reference == "buckland2017"].set_index("question")
    share = rows.events["authorised by protocol to use it"] / rows.n["authorised by protocol to use it"]
    asked = rows.n["authorised, and have never given it"]
    never = rows.events["authorised, and have never given it"] / asked
    few = rows.events["authorised, and have given it less than five times"] / asked
    counts = [100 * share * (1 - never - few), 100 * share * few, 100 * share * never, 100 * (1 - share)]
    whole = np.floor(counts).astype(int)
    for i in np.argsort(np.array(counts) - whole)[::-1][: 100 - whole.sum()]:
        whole[i] += 1
    return whole


def ambulance() -> Picture:
    """Of a hundred paramedics: how many may give ketamine, have given it, have given it often."""
    often, few, never, not_allowed = _paramedics(table("paramedic_survey"))
    return Picture(
        _ambulance(table("paramedic_survey")),
        "09_ambulance",
        f"A hundred squares for a hundred paramedics in the United States. {not_allowed} were "
        f"not allowed to "
        f"give ketamine. Of the {100 - not_allowed} who were, {never} had never given it, "
        f"{few} had given it "
        f"fewer than five times and {often} more often.",
    )


def _ambulance(survey: pd.DataFrame) -> Figure:
    """Of a hundred paramedics: how many may give ketamine, have given it, have given it often."""
    whole = _paramedics(survey)
    names = [
        "allowed, and gave it five times or more",
        "allowed, and gave it fewer than five times",
        "allowed, but never gave it",
        "not allowed",
    ]
    colours = [BLUE, DRUG["esketamine"], ORANGE, PALE]
    fig = figure(9.6, 3.9)
    axes = fig.subplots()
    kinds = np.repeat(np.arange(4), whole)
    for kind in range(4):
        at = np.flatnonzero(kinds == kind)
        axes.plot(
            at // 5,
            4 - at % 5,
            "s",
            color=colours[kind],
            markersize=19,
            label=f"{whole[kind]} {names[kind]}",
        )
    axes.set(xlim=(-0.7, 19.7), ylim=(-0.7, 4.7), aspect="equal")
    axes.axis("off")
    fig.legend(
        loc="outside lower left",
        ncols=2,
        markerscale=0.6,
        fontsize=14,
        columnspacing=2.0,
        title=f"of 100 paramedics in the United States ({short_name('buckland2017')})",
        title_fontsize=14,
        alignment="left",
    )
    return fig


COLLAPSE = {
    "death in hospital by day 28": "death by day 28",
    "cardiovascular collapse": "collapse at intubation",
    "cardiovascular collapse, people with sepsis or septic shock": "collapse, in sepsis",
    "cardiovascular collapse, APACHE II of 20 or more": "collapse, in the sickest",
}


def collapse() -> Picture:
    """The large trial of 2025: ketamine minus etomidate, deaths and collapse, in whom it was worse."""
    rows = table("trial_differences").query("trial == 'casey2025'").set_index("scale").loc[list(COLLAPSE)]
    told = "; ".join(
        f"{name} {real_minus(f'{row.value:+.1f}')} ({interval(row.low, row.high, 1)})"
        for name, row in zip(COLLAPSE.values(), rows.itertuples(), strict=True)
    )
    return Picture(
        _collapse(table("trial_differences")),
        "09_collapse",
        f"Ketamine minus etomidate, in 100 people, with 95% intervals. {told}.",
    )


def _collapse(differences: pd.DataFrame) -> Figure:
    """The large trial of 2025: ketamine minus etomidate, deaths and collapse, in whom it was worse."""
    rows = differences[differences.trial == "casey2025"].set_index("scale").loc[list(COLLAPSE)]
    fig = figure(9.6, 4.2)
    axes = fig.subplots()
    y = np.arange(len(rows))[::-1]
    colours = [BLUE, VERMILION, VERMILION, VERMILION]
    axes.axvline(0, color=GREY, linewidth=1.4)
    axes.hlines(y, rows.low, rows.high, colors=colours, linewidth=4)
    for at, row, colour in zip(y, rows.itertuples(), colours, strict=True):
        axes.plot(row.value, at, "o", color=colour, markersize=12)
        text = real_minus(f"{row.value:+.1f} ({row.low:.1f} to {row.high:.1f})")
        axes.annotate(text, (row.high, at), (12, 0), textcoords="offset points", va="center", fontsize=14)
    axes.set_yticks(y, COLLAPSE.values(), fontsize=14)
    axes.set(xlim=(-6, 24), ylim=(-0.6, 3.6))
    trial = table("trials").set_index("trial").loc["casey2025"]
    what = f"difference from etomidate, in 100 people: {trial.label}, n = {grouped(trial.n_randomised)}"
    say_sides(axes, what, ("fewer with ketamine", "more with ketamine"))
    axes.grid(False, axis="y")
    return fig
