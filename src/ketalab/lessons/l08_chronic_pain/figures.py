"""Pictures of the lesson on chronic pain."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ketalab.data.bibliography import short_name
from ketalab.lessons.l08_chronic_pain.trials import INFUSIONS
from ketalab.models import sensitisation
from ketalab.plots.show import Picture
from ketalab.plots.style import BLACK, BLUE, DRUG, GREEN, GREY, LEVEL, ORANGE, PALE, VERMILION, figure
from ketalab.text import count, decimals, grouped, real_minus
from ketalab.text import interval as between


def _said(rows, name, value="value") -> str:
    """Each row in words: its name, its estimate, its interval."""
    return "; ".join(
        f"{name(row)}: {decimals(getattr(row, value))} ({between(row.low, row.high)})" for row in rows
    )


HOLLOW = {"markerfacecolor": "white", "markeredgewidth": 2, "markersize": 9, "zorder": 3}


def interval(axes: Axes, row, where: float, marker: str, colour: str, across: bool = True, **look) -> None:
    """A published estimate with its interval: a marker and a bar, along the axis of the numbers."""
    bar, here = [row.low, row.high], [where, where]
    axes.plot(*((bar, here) if across else (here, bar)), color=colour, linewidth=2.2, zorder=2)
    at = (row.value, where) if across else (where, row.value)
    axes.plot(*at, marker, color=colour, **(HOLLOW | look))


# Acute pain ----------------------------------------------------------------------------------------

PRICE = {
    "plosone2016_1": "dizzy, drowsy, ...\n(neurological)",
    "sandberg2020_1": "agitation",
    "plosone2016_2": "strange or bad\nexperiences\n(psychological)",
}


def acute(pooled: pd.DataFrame) -> Picture:
    """Ketamine against opioids for acute pain, by the clock, and what it costs."""
    rows = pooled.rename(columns={"estimate": "value"}).set_index("estimate_id")
    fig = figure(10.0, 4.6)
    relief, price = fig.subplots(1, 2, width_ratios=(5, 4))
    for row in rows[rows.reference == "shi2024"].itertuples():
        interval(relief, row, 60 * row.time_h, "o", BLUE, across=False)
    relief.axhline(0, color=BLACK, linewidth=1)
    relief.set(xlim=(5, 70), ylim=(-1.8, 0.8), xlabel="minutes after the dose")
    relief.set_ylabel("difference in pain (SMD), measured")
    relief.set_xticks([15, 30, 45, 60])
    relief.annotate("opioid better", (68, 0.68), ha="right", va="top", fontsize=12, color=GREY)
    relief.annotate("ketamine better", (68, -1.7), ha="right", va="bottom", fontsize=12, color=GREY)
    relief.set_title("Pain: much the same", loc="left", fontsize=14)
    for y, key in enumerate(PRICE):
        interval(price, rows.loc[key], y, "o", VERMILION)
    price.set(xscale="log", xlim=(0.7, 60), ylim=(-0.6, 2.6), xlabel="risk ratio, measured")
    price.axvline(1, color=BLACK, linewidth=1)
    price.set_yticks(range(len(PRICE)), PRICE.values())
    price.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    price.set_xticks([], minor=True)
    price.grid(False, axis="y")
    price.set_title("Price: more of these with ketamine", loc="left", fontsize=14)
    left = _said(
        rows[rows.reference == "shi2024"].itertuples(), lambda row: f"{60 * row.time_h:.0f} minutes"
    )
    right = _said(rows.loc[list(PRICE)].itertuples(), lambda row: row.outcome)
    alt = f"Left, pain after ketamine minus after an opioid (SMD), {left}. Right, risk ratios, {right}."
    return Picture(fig, "08_acute", alt)


# Summation -----------------------------------------------------------------------------------------


def summation(constants: pd.DataFrame, neurone: sensitisation.Neurone | None = None) -> Picture:
    """Pain that climbs in people while the heat stays the same, and a neurone's slow potential."""
    by_key = constants.set_index("constant")
    fig = figure(10.0, 4.4)
    people, cell = fig.subplots(1, 2, width_ratios=(3, 4))
    kinds = (("pulses", "o", "heat pulses", BLACK), ("steady", "s", "steady heat", GREY))
    for shift, (kind, marker, name, colour) in zip((-0.06, 0.06), kinds, strict=True):
        first, last = by_key.loc[f"{kind}_first"], by_key.loc[f"{kind}_last"]
        people.plot([shift, 1 + shift], [first.value, last.value], ":", color=colour, linewidth=1.4)
        for place, row in ((shift, first), (1 + shift, last)):
            label = f"{name}, measured" if row is first else None
            interval(people, row, place, marker, colour, across=False, label=label)
    people.set(xlim=(-0.4, 1.4), ylim=(0, 100), ylabel="pain (0 to 100)")
    people.set_xticks([0, 1], ["start", "end"])
    people.set_title("27 people, same heat (bars: SD)", loc="left", fontsize=14)
    handles, labels = people.get_legend_handles_labels()
    people.legend(handles, labels, loc="lower right", fontsize=12)
    cells = neurone or sensitisation.Neurone()
    for gap, colour, style in ((1.0, LEVEL["circuit"], "-"), (5.0, GREY, "-")):
        time, depolarised = sawtooth(cells, gap, 20.0)
        label = "one pulse a second, model" if gap == 1 else f"one pulse every {gap:.0f} s, model"
        cell.plot(time, depolarised, style, color=colour, linewidth=2, label=label)
    cell.axhline(
        cells.threshold,
        color=BLACK,
        linestyle="--",
        linewidth=1.2,
        label="threshold: above it, larger responses",
    )
    cell.set(xlim=(0, 20), ylim=(0, None), xlabel="seconds", ylabel="above rest (mV)")
    cell.set_title("A spinal neuron: each pulse on the last", loc="left", fontsize=14)
    cell.legend(loc="upper left", fontsize=12, frameon=True, framealpha=0.9, edgecolor="none")
    cell.set_ylim(0, 1.45 * cell.dataLim.y1)
    ends = {
        key: by_key.value[key] for key in ("pulses_first", "pulses_last", "steady_first", "steady_last")
    }
    alt = (
        "Left, measured: 27 people rate the same heat at the start and at the end. Heat pulses climb from "
        f"{ends['pulses_first']:g} to {ends['pulses_last']:g} of 100, steady heat from "
        f"{ends['steady_first']:g} to "
        f"{ends['steady_last']:g}. Right, model: the slow potential of a spinal neuron climbs like "
        "a staircase "
        "with one pulse a second, and hardly at all with one every 5 seconds."
    )
    return Picture(fig, "08_summation", alt)


def sawtooth(neurone: sensitisation.Neurone, gap: float, until: float) -> tuple[np.ndarray, np.ndarray]:
    """The slow depolarisation (mV) through time (s), a pulse every `gap` s, up to `until` s."""
    pulses = int(until / gap) + 1
    before = sensitisation.depolarisation(neurone, gap, pulses)
    after = sensitisation.after_volley(neurone, before)
    since = np.linspace(0, gap, 40)
    time = gap * np.arange(pulses)[:, None] + since
    return time.ravel(), (after[:, None] * np.exp(-since / neurone.fade)).ravel()


# Signs ---------------------------------------------------------------------------------------------

GLYPHS = {
    "less": ("▼", GREEN),
    "less, only during the infusion": ("▼", GREEN),
    "more": ("▲", VERMILION),
    "no clear difference": ("=", VERMILION),
    "little change": ("=", VERMILION),
}
MEASURES = {
    "one stimulus": "one\npulse",
    "repeated stimuli": "many\npulses",
    "spread around the injury": "spread",
    "ongoing pain": "ongoing\npain",
}


def experiments(rows: pd.DataFrame) -> Picture:
    """What blockers of the NMDA receptor did to one pulse, to many, to spread and to pain: signs only."""
    shown = rows[rows.measure.isin(MEASURES) & ~rows.drug.isin(["morphine", "alfentanil"])]
    lines = list(dict.fromkeys(zip(shown.population, shown.drug, shown.reference, strict=True)))
    fig = figure(10.0, 5.3)
    axes = fig.subplots()
    axes.axis("off")
    places = dict(zip(MEASURES, (0.7, 0.79, 0.88, 0.97), strict=True))
    for measure, x in places.items():
        axes.text(x, 0.2, MEASURES[measure], ha="center", va="bottom", fontsize=12, weight="bold")
    for i, (population, drug, reference) in enumerate(lines):
        y = -(i + 0.5)
        if i % 2 == 0:
            axes.axhspan(y - 0.5, y + 0.5, color=PALE, alpha=0.35, linewidth=0, xmax=1.08, clip_on=False)
        axes.text(0.0, y, population.split(" under")[0], fontsize=12, va="center")
        axes.text(0.43, y, drug, fontsize=12, va="center")
        axes.text(1.04, y, short_name(reference), fontsize=12, va="center", color=GREY)
        here = shown[
            (shown.population == population) & (shown.drug == drug) & (shown.reference == reference)
        ]
        for measure, signs in here.groupby("measure"):
            mixed = len(set(signs.sign)) > 1
            text, colour = ("▼ =", ORANGE) if mixed else GLYPHS[signs.sign.iloc[0]]
            axes.text(places[measure], y, text, fontsize=16, ha="center", va="center", color=colour)
    axes.text(0, 0.2, "▼ less   = no clear difference", fontsize=13, va="bottom")
    axes.set(xlim=(0, 1.34), ylim=(-len(lines), 1.6))
    said = []
    for measure, words in MEASURES.items():
        signs = shown[shown.measure == measure].sign.value_counts()
        said.append(
            words.replace("\n", " ") + ", " + ", ".join(f"{sign} {n} times" for sign, n in signs.items())
        )
    alt = f"Experiments with blockers of the NMDA receptor, signs only. {'; '.join(said)}."
    return Picture(fig, "08_experiments", alt.replace(" 1 times", " once"))


# Over weeks ----------------------------------------------------------------------------------------

WINDOWS = {
    "macsphere2024_1": 0,
    "macsphere2024_2": 1,
    "macsphere2024_3": 2,
    "michelet2018_1": 3,
    "michelet2018_2": 4,
    "macsphere2024_4": 5,
    "michelet2018_3": 5,
    "macsphere2024_5": 6,
    "michelet2018_4": 7,
    "michelet2018_5": 8,
}
COLUMNS = ("30 min", "1 to 3 h", "3 to 7 d", "1 wk", "2 wk", "3 to 5 wk", "after 5 wk", "8 wk", "12 wk")
REVIEWS = {
    "michelet2018": ("o", BLUE, "6 trials (Michelet 2018)"),
    "macsphere2024": ("s", ORANGE, "network of 38 trials (thesis, 2024)"),
}


def weeks(pooled: pd.DataFrame, relevant: float) -> Picture:
    """Pooled differences from placebo in chronic pain by time, from two reviews."""
    rows = pooled.rename(columns={"estimate": "value"}).set_index("estimate_id")
    fig = figure(10.0, 4.6)
    axes = fig.subplots()
    named = set()
    for key, column in WINDOWS.items():
        row = rows.loc[key]
        marker, colour, name = REVIEWS[row.reference]
        both = column == 5
        place = column + (0.13 if row.reference == "macsphere2024" else -0.13) * both
        label = None if name in named else f"{name}, measured"
        named.add(name)
        interval(axes, row, place, marker, colour, across=False, label=label)
    axes.axhline(0, color=BLACK, linewidth=1)
    axes.axhline(-relevant, color=GREY, linestyle="--", linewidth=1.4)
    axes.annotate(
        "what one person calls much improved",
        (8.45, -relevant),
        (0, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=12,
        color=GREY,
    )
    axes.set(xlim=(-0.5, 8.5), ylim=(-3.2, 0.6), ylabel="points of 10, ketamine minus placebo")
    axes.set_xticks(range(len(COLUMNS)), COLUMNS)
    fig.legend(loc="outside upper left", ncols=2)
    drawn = rows.loc[list(WINDOWS)].assign(place=[COLUMNS[column] for column in WINDOWS.values()])
    said = _said(drawn.itertuples(), lambda row: f"{row.place}, {short_name(row.reference)}")
    much = f"A line at minus {relevant:g}: much improved."
    alt = f"Ketamine minus placebo, points of 10, by time. {said}. {much}"
    return Picture(fig, "08_weeks", alt)


TRIALS = {
    "sigtermans2009": "regional pain, 100 h",
    "amr2010": "spinal cord, 7 d of 5 h",
    "amr2011": "spinal cord, epidural once",
    "noppers2011": "fibromyalgia, 30 min once",
    "pickering2020": "nerve pain, once",
    "hardy2012": "cancer, under the skin, 5 d",
}
LANDMARKS = {1 / 24: "1 h", 1: "1 d", 7: "1 wk", 28: "4 wk", 84: "12 wk"}


def fading(followup: pd.DataFrame) -> Picture:
    """When each trial still saw less pain than with the control, and when not: signs on a clock."""
    fig = figure(10.0, 4.2)
    axes = fig.subplots()
    looks = {
        "better": ("v", GREEN, "less pain than control, measured"),
        "no clear difference": ("s", VERMILION, "no significant difference, measured"),
    }
    for y, trial in enumerate(reversed(TRIALS)):
        rows = followup[followup.trial == trial]
        axes.plot([rows.days.min(), rows.days.max()], [y, y], color=PALE, linewidth=3, zorder=1)
        for sign, (marker, colour, name) in looks.items():
            at = rows.days[rows.sign == sign]
            label = name if y == len(TRIALS) - 1 else None
            axes.plot(
                at, np.full(len(at), y), marker, color=colour, label=label, **(HOLLOW | {"markersize": 12})
            )
    names = [f"{short_name(trial)}: {TRIALS[trial]}" for trial in reversed(TRIALS)]
    axes.set_yticks(range(len(TRIALS)), names)
    axes.set(xscale="log", xlim=(0.02, 130), ylim=(-0.6, len(TRIALS) - 0.4), xlabel="after the start")
    axes.set_xticks(list(LANDMARKS), LANDMARKS.values())
    axes.set_xticks([], minor=True)
    axes.grid(False, axis="y")
    fig.legend(loc="outside upper left", ncols=2)
    said = []
    for trial, words in TRIALS.items():
        rows = followup[followup.trial == trial].sort_values("days")
        seen = {"better": "less pain", "no clear difference": "not significant"}
        visits = ", ".join(f"day {row.days:.2g} {seen[row.sign]}" for row in rows.itertuples())
        said.append(f"{short_name(trial)}, {words}: {visits}")
    return Picture(fig, "08_fading", f"Six trials on a logarithmic clock. {'; '.join(said)}.")


# Opioids -------------------------------------------------------------------------------------------

SAVINGS = {
    "assouline_use": "surgery, pain pumps, 24 h",
    "nielsen_use": "dependent on opioids, spine, 24 h",
    "brinck_use": "spine, highest of three doses, 24 h",
    "zhou_use": "spine, 30 trials, 48 h",
    "loftus_use_6w": "dependent on opioids, spine, 6 weeks",
    "nielsen_use_1y": "dependent on opioids, spine, 1 year",
    "stubhaug_use": "kidney donors, 72 h",
    "sveticic_use": "orthopaedic surgery",
    "ferraro_use": "chronic pain, 67 trials",
}


def savings(rows: pd.DataFrame) -> Picture:
    """Opioid with ketamine minus without: intervals where printed, signs where only a direction was."""
    by_key = rows.set_index("row")
    fig = figure(10.0, 5.0)
    axes = fig.subplots()
    labels = []
    for y, key in enumerate(reversed(SAVINGS)):
        row = by_key.loc[key]
        if row.measure == "sign":
            text, colour = GLYPHS.get(row.sign, ("no data", GREY))
            axes.text(4.5, y, text, fontsize=14 if row.sign in GLYPHS else 12, color=colour, va="center")
        else:
            interval(axes, row, y, "D" if row.kind == "pooled" else "o", BLUE)
        labels.append(f"{SAVINGS[key]} ({short_name(row.reference)})")
    axes.axvline(0, color=BLACK, linewidth=1)
    axes.set_yticks(range(len(SAVINGS)), labels)
    axes.set(xlim=(-65, 14), ylim=(-0.6, len(SAVINGS) - 0.4))
    axes.set_xlabel("mg in 24 hours, measured (morphine; Brinck: oxycodone)")
    axes.set_title(
        "▼ less   = no clear difference; only the direction was printed", loc="right", fontsize=12
    )
    axes.grid(False, axis="y")
    chosen = by_key.loc[list(SAVINGS)].assign(name=SAVINGS.values())
    sized = _said(chosen[chosen.measure != "sign"].itertuples(), lambda row: row.name)
    signs = chosen[chosen.measure == "sign"].itertuples()
    signed = "; ".join(f"{row.name}: {row.sign}" for row in signs)
    alt = f"Opioid with ketamine minus without, mg in 24 hours. {sized}. Direction only: {signed}."
    return Picture(fig, "08_savings", real_minus(alt))


# Doses ---------------------------------------------------------------------------------------------


def doses(guidelines: pd.DataFrame, regimens: pd.DataFrame) -> Picture:
    """What guidelines allow as an infusion, and what the trials gave."""
    by_key = guidelines.set_index("item")
    fig = figure(10.0, 4.6)
    axes = fig.subplots()
    top = len(INFUSIONS) + len(regimens) - 1
    labels = []
    for i, (key, says) in enumerate(INFUSIONS.items()):
        row = by_key.loc[key]
        low = 0.05 if np.isnan(row.low) else row.low
        axes.barh(top - i, row.high - low, left=low, height=0.5, color=PALE, edgecolor=GREY)
        axes.text(row.high * 1.06, top - i, f"{row.high:g}", va="center", fontsize=12)
        labels.append(f"guideline, {row.setting.removesuffix(' pain')}: {says}")
    for i, row in enumerate(regimens.sort_values("total_mg", ascending=False).itertuples()):
        y, rate = top - len(INFUSIONS) - i, row.rate_mg_h / 70
        drug = "S-ketamine" if row.drug == "esketamine" else "racemic"
        axes.plot(
            rate, y, "o", color=DRUG["esketamine" if row.drug == "esketamine" else "ketamine"], **HOLLOW
        )
        course = f"{row.hours_a_day:g} h on {count(int(row.days), 'day')}"
        if row.hours_a_day == 24:  # four days may be 100 hours
            course = f"{row.total_mg / row.rate_mg_h:g} h without a break"
        course += f": {grouped(row.total_mg)} mg in all"
        axes.text(rate * 1.12, y, course, va="center", fontsize=12)
        labels.append(f"{short_name(row.trial)}, {drug}")
    axes.set_yticks(range(top, -1, -1), labels)
    axes.set(
        xscale="log",
        xlim=(0.05, 5),
        ylim=(-0.6, top + 0.6),
        xlabel="infusion rate (mg/kg/h): bars guidelines, markers trials",
    )
    axes.set_xticks([0.05, 0.1, 0.2, 0.5, 1, 2], ["0.05", "0.1", "0.2", "0.5", "1", "2"])
    axes.set_xticks([], minor=True)
    axes.grid(False, axis="y")
    given = "; ".join(
        f"{short_name(row.trial)}: {row.rate_mg_h / 70:.2g} mg/kg/h, {grouped(row.total_mg)} mg in all"
        for row in regimens.itertuples()
    )
    acute, chronic = by_key.loc["acute_infusion"], by_key.loc["chronic_infusion"]
    alt = (
        f"Infusion rates on a logarithmic axis. Guidelines: acute pain at most {acute.high:g}, "
        "chronic pain "
        f"{chronic.low:g} to {chronic.high:g} mg/kg/h. Trials: {given}."
    )
    return Picture(fig, "08_doses", alt)
