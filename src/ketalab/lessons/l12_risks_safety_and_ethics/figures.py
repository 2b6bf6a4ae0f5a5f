"""Pictures of the lesson on risks: how often and counted how, bladders, lasting harms, gates, access."""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ketalab.data import table
from ketalab.data.bibliography import short_name
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.plots.show import Picture
from ketalab.plots.style import (
    BLACK,
    BLUE,
    DRUG,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    VERMILION,
    figure,
    legend_above,
)
from ketalab.text import grouped, listed

MARK = {"linestyle": "", "markersize": 11}
HOLLOW = {"markerfacecolor": "white", "markeredgewidth": 2.4}


Ends = tuple[float, float]


def _measured(
    axes: Axes, y: float, value: float, ends: Ends | None, ink: str, shape: str = "o", face: str = "white"
) -> None:
    """A marker, hollow unless it has a face, on its interval where it has one."""
    if ends:
        axes.plot(ends, [y, y], color=ink, linewidth=2.4)
    axes.plot(value, y, shape, color=ink, markersize=11, **HOLLOW | {"markerfacecolor": face})


# Counted how ---------------------------------------------------------------------------------------

EFFECTS = ("dissociation", "sedation", "blood pressure")
HOW = {
    "scale": ("measured: scale or cuff", BLUE, "o"),
    "told": ("reported: adverse event", ORANGE, "s"),
    "form": ("ticked on a form, per session", GREY, "D"),
}
SHORT = {
    "CADSS above 4 and above the value before": "score on a scale",
    "reported as an adverse event": "an adverse event",
    "ticked on the monitoring form": "ticked on a form",
    "MOAA/S below the value before": "less awake on a scale",
    "MOAA/S 0": "no response at all",
    "systolic 40 mmHg up": "systolic up by 40 mmHg",
    "systolic 180 mmHg or more": "systolic 180 mmHg or more",
    "165/100 mmHg or more at least once in the course": "165/100 mmHg or more, infusions",
    "increased, ticked on the monitoring form": "ticked on a form",
}


def counted() -> Picture:
    """One effect, several percentages: it depends on who looks, how, and what one person or session is."""
    rows = table("after_a_dose").query("unit == '%' and definition in @SHORT")
    rows = rows[rows.quantity.str.startswith("share")]
    fig = figure(10.4, 5.3)
    axes = fig.subplots()
    labels, y = [], 0.0
    for effect in EFFECTS:
        kinds = (effect, "loss of consciousness") if effect == "sedation" else (effect,)
        for row in rows[rows.effect.isin(kinds)].itertuples():
            _share(axes, y, row)
            name = "pressure" if effect == "blood pressure" else effect
            labels.append((y, f"{name}: {SHORT[row.definition]}{_age(row.people).rstrip(',')}"))
            y += 1
        axes.axhline(y - 0.5, color=PALE)
    axes.set_yticks([place for place, _ in labels], [label for _, label in labels], fontsize=13)
    axes.set(
        xlim=(-2, 100),
        ylim=(y - 0.5, -0.5),
        xlabel="in 100 people, or in 100 sessions (diamonds); bars: range over trials",
    )
    axes.grid(False, axis="y")
    keys = [
        Line2D([], [], marker=shape, color=ink, label=label, **MARK, **HOLLOW)
        for label, ink, shape in HOW.values()
    ]
    legend_above(fig, keys, columns=3)
    return Picture(fig, "12_counted", _counted_in_words(rows))


def _counted_in_words(rows: pd.DataFrame) -> str:
    parts = []
    for effect in EFFECTS:
        kinds = (effect, "loss of consciousness") if effect == "sedation" else (effect,)
        said = []
        for row in rows[rows.effect.isin(kinds)].itertuples():
            share = f"{row.low:g} to {row.high:g}" if pd.isna(row.value) else f"{row.value:g}"
            said.append(f"{SHORT[row.definition]}{_age(row.people)} {share}")
        parts.append(f"{effect}: {', '.join(said)}")
    return f"Percentages of three effects, each counted in several ways. {'; '.join(parts)}."


def _age(people: str) -> str:
    return next((f", {age}," for age in ("under 65", "65 and over") if people.endswith(age)), "")


def _share(axes: Axes, y: float, row) -> None:
    """A marker with the interval of its count, or a bar where trials give a range."""
    kind = "form" if row.quantity.endswith("sessions") else "told" if "event" in row.definition else "scale"
    _, ink, shape = HOW[kind]
    if pd.isna(row.value):
        axes.plot([row.low, row.high], [y, y], color=ink, linewidth=9, solid_capstyle="butt")
        axes.text(max(row.high, 1) + 1.5, y, f"{row.low:g} to {row.high:g}", va="center", fontsize=13)
        return
    ends = None if pd.isna(row.events) else _wilson(row.events, row.n)[1:]
    _measured(axes, y, row.value, ends, ink, shape)
    axes.text(ends[1] + 2.5 if ends else row.value + 3.2, y, f"{row.value:g}", va="center", fontsize=13)


# Bladders ------------------------------------------------------------------------------------------

SETTING = {
    "no ketamine": ("no ketamine", GREY),
    "non-medical": ("outside medicine", VERMILION),
    "medical": ("in treatment", DRUG["esketamine"]),
}
ASKED = {
    "asked": ("asked", "o"),
    "examined": ("examined", "s"),
    "reported": ("reported unasked", "^"),
    "recalled by clinics": ("recalled by clinics", "D"),
}


def surveys() -> Picture:
    """Every share with a urinary trouble that we found, by setting, and how it was asked."""
    rows = risks.surveys()
    fig = figure(10.4, 5.6)
    axes = fig.subplots()
    places = []
    for y, row in enumerate(rows.itertuples()):
        ink, shape = SETTING[row.setting][1], ASKED[row.asked][1]
        face = ink if row.chosen == "no" else "white"
        _measured(axes, y, row.value, (row.low, row.high), ink, shape, face)
        places.append(row.label if pd.isna(row.n) else f"{row.label}, n = {grouped(row.n)}")
    axes.set_yticks(range(len(rows)), places, fontsize=12.5)
    for y in np.flatnonzero(rows.setting != rows.setting.shift())[1:]:
        axes.axhline(y - 0.5, color=PALE)
    axes.set(
        xlim=(-2, 100), ylim=(len(rows) - 0.5, -0.5), xlabel="people with urinary trouble (%, 95% interval)"
    )
    axes.grid(False, axis="y")
    keys = [Line2D([], [], marker="o", color=ink, label=label, **MARK) for label, ink in SETTING.values()]
    keys.append(
        Line2D([], [], marker="o", color=BLACK, label="chosen for use or bladder", **MARK, **HOLLOW)
    )
    keys += [
        Line2D([], [], marker=shape, color=BLACK, label=label, **MARK) for label, shape in ASKED.values()
    ]
    legend_above(fig, keys, columns=4)
    return Picture(fig, "12_surveys", _surveys_in_words(rows))


def _surveys_in_words(rows: pd.DataFrame) -> str:
    parts = []
    for setting, (name, _) in SETTING.items():
        some = rows[rows.setting == setting]
        said = [
            f"{row.label} {row.value:.0f}" if row.value >= 1 else f"{row.label} {row.value:.1f}"
            for row in some.itertuples()
        ]
        parts.append(f"{name}: {', '.join(said)}")
    return f"Percentages of people with a urinary trouble, by setting. {'; '.join(parts)}."


# Lasting harms -------------------------------------------------------------------------------------

TOPICS = ("bladder", "liver", "thinking", "dependence", "psychosis", "death", "any harm")
READS = {
    "harm seen": ("^", VERMILION),
    "mixed": ("D", ORANGE),
    "no harm seen": ("o", GREEN),
}
COLUMNS = {"medical": (0.0, "in treatment or a study"), "non-medical": (5.75, "outside medicine")}
APART = 1.3
RIGHT = 11.7  # where the axis ends, past the fifth report


def lasting() -> Picture:
    """What was reported of harms that last, by topic, in treatment and outside it: directions only."""
    rows = table("lasting_harms")
    fig = figure(10.4, 6.2)
    axes = fig.subplots()
    for (topic, setting), part in rows.groupby(["topic", "setting"], sort=False):
        start, y = COLUMNS[setting][0], TOPICS.index(topic)
        for i, row in enumerate(part.itertuples()):
            shape, ink = READS[row.reads]
            x = start + APART * i
            axes.plot(x, y - 0.23, shape, color=ink, markersize=14, markeredgecolor=BLACK)
            axes.text(x, y + 0.21, _name(row.reference), ha="center", va="center", fontsize=11)
    for topic in TOPICS[1:]:
        axes.axhline(TOPICS.index(topic) - 0.5, color=PALE)
    axes.axvline(4.95, color=GREY)
    axes.set_yticks(range(len(TOPICS)), TOPICS)
    ticks = [start + 0.65 for start, _ in COLUMNS.values()]
    axes.set_xticks(ticks, [label for _, label in COLUMNS.values()], fontsize=14)
    axes.tick_params(axis="x", length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set(xlim=(-0.7, RIGHT), ylim=(len(TOPICS) - 0.4, -0.55))
    axes.grid(False)
    keys = [
        Line2D([], [], marker=shape, color=ink, linestyle="", markersize=12, label=label)
        for label, (shape, ink) in READS.items()
    ]
    legend_above(fig, keys, columns=3)
    return Picture(fig, "12_lasting", _lasting_in_words(rows))


def _lasting_in_words(rows: pd.DataFrame) -> str:
    parts = []
    for setting, (_, name) in COLUMNS.items():
        said = []
        for topic in TOPICS:
            reads = rows[(rows.setting == setting) & (rows.topic == topic)].reads.value_counts()
            counts = [f"{reads[kind]} {kind}" for kind in READS if kind in reads]
            if counts:
                said.append(f"{topic} {listed(counts)}")
        parts.append(f"{name}: {'; '.join(said)}")
    said = ". ".join(part[:1].upper() + part[1:] for part in parts)
    return f"A map of reports on harms that may last. {said}."


def _name(reference: str) -> str:
    """First author and, on a line of its own, the year."""
    name = short_name(reference).replace(" et al.", "")
    return "\n".join(name.replace("Associated Press", "AP").rsplit(" ", 1))


# Gates ---------------------------------------------------------------------------------------------

GATES = {
    "must not have it": ("must not", VERMILION),
    "not advised": ("not advised", ORANGE),
    "take care": ("take care", BLUE),
}
PLACES = {"United States": ("o", "label, United States"), "European Union": ("s", "label, European Union")}


def gates() -> Picture:
    """Who should not have the spray, and who needs care first, as two labels say it."""
    rows = table("safeguards").query("kind in @GATES and drug == 'esketamine spray'")
    fig = figure(10.4, 5.4)
    axes = fig.subplots()
    for y, row in enumerate(rows.itertuples()):
        x, ink = list(GATES).index(row.kind), GATES[row.kind][1]
        axes.hlines(y, -0.3, x, color=PALE, linewidth=1, zorder=1)  # to the mark: words are not struck out
        axes.plot(x, y, PLACES[row.place][0], color=ink, markersize=16, markeredgecolor=BLACK)
        if not pd.isna(row.why):
            axes.text(x + 0.13, y, fill(row.why, 32), va="center", fontsize=12.5, color=GREY)
    axes.set_yticks(range(len(rows)), [fill(what, 46) for what in rows.what], fontsize=12.5)
    axes.set_xticks(range(3), [label for label, _ in GATES.values()], fontsize=15)
    axes.tick_params(axis="x", length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.set(xlim=(-0.3, 3.4), ylim=(len(rows) - 0.2, -0.5))
    axes.grid(False)
    keys = [
        Line2D([], [], marker=shape, color=GREY, linestyle="", markersize=13, label=label)
        for shape, label in PLACES.values()
    ]
    legend_above(fig, keys, columns=2)
    return Picture(fig, "12_gates", _gates_in_words(rows))


def _gates_in_words(rows: pd.DataFrame) -> str:
    parts = []
    for kind, (name, _) in GATES.items():
        some = rows[rows.kind == kind].itertuples()
        said = [row.what + (" (European text)" if row.place == "European Union" else "") for row in some]
        parts.append(f"{name[:1].upper()}{name[1:]}: {'; '.join(said)}")
    return f"People who should not have the esketamine spray, or need care first. {'. '.join(parts)}."


# Access --------------------------------------------------------------------------------------------


def access() -> Picture:
    """Who starts the spray by distance, and who is given either drug by race and ethnicity."""
    rows = table("decision_facts")
    fig = figure(10.4, 4.6)
    left, right = fig.subplots(1, 2)
    far = rows[rows.topic == "distance"]
    left.barh(range(len(far)), 100 - far.value, height=0.62, color=BLUE)
    for y, value in enumerate(100 - far.value):
        left.text(value + 1.5, y, f"{value:.0f}", va="center", fontsize=14)
    left.set_yticks(range(len(far)), far.group)
    left.set(xlim=(0, 105), ylim=(len(far) - 0.4, -0.6), xlabel="start, for 100 who live within 10 miles")
    left.set_title("Distance to the clinic")
    left.grid(False, axis="y")
    groups = rows[rows.topic == "background"]
    for y, row in enumerate(groups.itertuples()):
        ink = DRUG["ketamine" if row.measure == "given ketamine" else "esketamine"]
        _measured(right, y, row.value, (row.low, row.high), ink)
    names = [
        f"{row.group.removesuffix(' patients')}, {row.measure.removeprefix('given ')}"
        for row in groups.itertuples()
    ]
    right.axvline(1, color=BLACK, linewidth=1.4)
    right.set_xscale("log")
    right.set_xticks([0.5, 0.7, 1, 1.4, 2], ["0.5", "0.7", "1", "1.4", "2"])
    right.set_xticks([], minor=True)
    right.set_yticks(range(len(groups)), names)
    right.set(xlim=(0.45, 2.1), ylim=(len(groups) - 0.4, -0.6), xlabel="given it, ratio to white patients")
    right.set_title("Race and ethnicity")
    right.grid(False, axis="y")
    return Picture(fig, "12_access", _access_in_words(far, groups))


def _access_in_words(far: pd.DataFrame, groups: pd.DataFrame) -> str:
    starts = [f"{100 - row.value:.0f} at {row.group}" for row in far.itertuples()]
    given = [
        f"{row.group.removesuffix(' patients')}, {row.measure} {row.value:g}" for row in groups.itertuples()
    ]
    return (
        "Left: of 100 who would start the spray if they lived within 10 miles of a clinic, "
        f"{listed(starts)}. "
        f"Right: ratios to white patients: {'; '.join(given)}."
    )


# Outside the programme -----------------------------------------------------------------------------


def clinics() -> Picture:
    """What ketamine clinics say they do, and what their advertisements say: counts with intervals."""
    rows = table("decision_facts")
    fig = figure(10.4, 4.4)
    left, right = fig.subplots(1, 2, width_ratios=(1.35, 1))
    said = rows[rows.topic == "clinics"]
    for y, row in enumerate(said.itertuples()):
        if pd.isna(row.value):
            _open_end(left, y, row.low, row.high)
        else:
            _counted(left, y, round(row.value * row.n / 100), row.n, BLUE)
    _name_rows(left, said.measure, 26)
    left.set_title("A survey, and a look at websites")
    left.set_xlabel("clinics (%)")
    adverts = rows[(rows.topic == "advertising") & (rows.measure != "advertise it for depression")]
    for y, row in enumerate(adverts.itertuples()):
        _counted(right, y, int(row.value), row.n, VERMILION)
    _name_rows(right, adverts.measure, 17)
    right.set_title("17 clinics of one state")
    right.set_xlabel("advertisers (%)")
    return Picture(fig, "12_clinics", _clinics_in_words(said, adverts))


def _clinics_in_words(said: pd.DataFrame, adverts: pd.DataFrame) -> str:
    shares = []
    for row in said.itertuples():
        share = f"over {row.low:g}" if not pd.isna(row.low) else f"fewer than {row.high:g}"
        shares.append(f"{row.measure} {share if pd.isna(row.value) else f'{row.value:.0f}'}")
    counts = [f"{row.measure} {row.value:.0f}" for row in adverts.itertuples()]
    return (
        f"Left, ketamine clinics of the United States, in percent: {'; '.join(shares)}. "
        f"Right, of 17 advertisers in Maryland: {'; '.join(counts)}."
    )


def _counted(axes: Axes, y: float, events: int, n: int, ink: str) -> None:
    share, *ends = _wilson(events, n)
    _measured(axes, y, share, tuple(ends), ink)


def _wilson(events: float, n: float) -> tuple[float, float, float]:
    """A share with Wilson's interval, in percent."""
    return tuple(100 * part for part in wilson_interval(int(events), int(n)))


def _open_end(axes: Axes, y: float, low: float, high: float) -> None:
    """Only "over" or "fewer than" is printed: an arrow from the limit."""
    start, way = (low, 1) if pd.isna(high) else (high, -1)
    axes.annotate(
        "",
        (start + 13 * way, y),
        (start, y),
        arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 2.4, "mutation_scale": 18},
    )
    axes.plot(start, y, "|", color=GREY, markersize=16, markeredgewidth=2.4)
    word = "over" if way > 0 else "below"
    axes.text(
        start - 3 * way, y, f"{word} {start:g}", ha="right" if way > 0 else "left", va="center", fontsize=13
    )


def _name_rows(axes: Axes, names: pd.Series, width: int) -> None:
    axes.set_yticks(range(len(names)), [fill(name, width) for name in names], fontsize=12.5)
    axes.set(xlim=(0, 100), ylim=(len(names) - 0.4, -0.6))
    axes.grid(False, axis="y")
