"""Explorables of the lesson on suicidal thoughts: the first two weeks, the pool, a trial on rare events."""

from functools import cache

import numpy as np
from matplotlib.collections import PolyCollection

from ketalab.draw.ideation import FREE
from ketalab.evidence import ideation, table
from ketalab.evidence.effect_size import Effects, join
from ketalab.evidence.meta_analysis import Pooled, pool
from ketalab.evidence.number_needed import people
from ketalab.explore.canvas import Stage
from ketalab.explore.controls import Choice, Slider, Steps
from ketalab.explore.explorable import Explorable, Reading, View, significant
from ketalab.models import rare_events
from ketalab.style import BLACK, DRUG, GREY, ORANGE, PALE, VERMILION, figure, legend_above

OPEN = {"linestyle": "none", "markerfacecolor": "white", "markeredgewidth": 2.4}

# The first two weeks -------------------------------------------------------------------------------

TIMES = {"4 h": 4.0, "day 2": 24.0, "day 3": 48.0, "day 5": 96.0, "day 7": 144.0, "day 14": 312.0}
ALONE, BOTH = "ketamine only", "ketamine and midazolam"
ARMS = (("ketamine", "active", "ketamine", "o", -0.09), ("midazolam", "control", "comparator", "s", 0.09))


def first_two_weeks() -> Explorable:
    """Who was free of suicidal thoughts, look by look, after one infusion."""
    return Explorable(
        name="first_two_weeks",
        title="One infusion: who is free of suicidal thoughts?",
        controls=(
            Steps(
                "time",
                "You look until",
                tuple(TIMES),
                "4 h",
                "How far you have looked. Later counts stay hidden. Day 1 is the day of the infusion.",
            ),
            Choice(
                "arms",
                "Show",
                (ALONE, BOTH),
                ALONE,
                "Look at the ketamine group alone, or beside the group with midazolam.",
            ),
        ),
        stage=_weeks_stage,
        view=_weeks_view,
        presets={
            "The first evening": {},
            "The first evening, both groups": {"arms": BOTH},
            "A week, both groups": {"time": "day 7", "arms": BOTH},
            "Two weeks, ketamine only": {"time": "day 14"},
            "Two weeks, both groups": {"time": "day 14", "arms": BOTH},
        },
    )


def _weeks_stage() -> Stage:
    fig = figure(7.6, 4.4)
    main = fig.subplots()
    main.set(xlim=(-0.5, len(TIMES) - 0.5), ylim=(0, 55), ylabel="free of suicidal thoughts (%)")
    main.set_xticks(range(len(TIMES)), list(TIMES))
    main.grid(False, axis="x")
    artists = {"gap": main.plot([], [], color=ORANGE, linewidth=14, alpha=0.45, solid_capstyle="butt")[0]}
    artists["gap"].set_label("difference")
    for arm, _, ink, marker, _ in ARMS:
        colour = DRUG[ink]
        artists[f"{arm} bars"] = main.vlines([], [], [], color=colour, linewidth=2.4)
        label = f"{arm} (42 people), measured"
        artists[arm] = main.plot([], [], marker, color=colour, markersize=11, label=label, **OPEN)[0]
    legend_above(fig, [artists[name] for name in ("ketamine", "midazolam", "gap")], columns=3)
    return Stage(fig, {"main": main}, artists)


@cache
def _shares() -> dict[str, np.ndarray]:
    """By arm: percent free and the ends of Wilson's 95 % interval, at each time."""
    from statsmodels.stats.proportion import proportion_confint

    rows, found = ideation.course(), {}
    for arm, role, *_ in ARMS:
        events, n = rows[f"events_{role}"].astype(float), rows[f"n_{role}"].astype(float)
        low, high = proportion_confint(events, n, method="wilson")
        found[arm] = 100 * np.array([events / n, low, high])
    return found


def _weeks_view(time: str, arms: str) -> View:
    last = list(TIMES).index(time)
    row, x = ideation.course().iloc[last], np.arange(last + 1)
    artists = {"gap": None, "midazolam": None, "midazolam bars": None}
    for arm, _, _, _, nudge in ARMS if arms == BOTH else ARMS[:1]:
        middle, low, high = _shares()[arm][:, : last + 1]
        at = x + nudge
        artists[f"{arm} bars"] = [[(a, b), (a, c)] for a, b, c in zip(at, low, high, strict=True)]
        artists[arm] = (at, middle)
    when = "4 hours after one infusion" if time == "4 h" else f"On {time}"
    sentence = f"{when}, {row.events_active:.0f} of 42 people with ketamine were free of suicidal thoughts"
    readings = [Reading("ketamine", f"{row.events_active:.0f} of {row.n_active:.0f}")]
    if arms == ALONE:
        return View(artists, readings, f"{sentence}. Without ketamine it might be fewer, or as many.")
    artists["gap"] = ([last, last], [_shares()["midazolam"][0, last], _shares()["ketamine"][0, last]])
    gain = row.gain
    readings += [
        Reading("midazolam", f"{row.events_control:.0f} of {row.n_control:.0f}"),
        Reading("difference", f"{100 * gain.difference:.0f} in 100"),
        Reading("95 % interval", f"{100 * gain.low:.0f} to {100 * gain.high:.0f} in 100"),
        Reading("treated for one more free", people(gain.estimate) if gain.difference else "nobody gains"),
    ]
    return View(artists, readings, f"{sentence}, {row.events_control:.0f} of 42 with midazolam.")


# What the pool sees, and what it does not ----------------------------------------------------------

EVERYBODY, STRATUM, OUT = "everybody", "depressive disorder only", "left out"
ALL, ACTIVE = "midazolam or placebo", "midazolam only"
IN_ACTIVE = np.array([True, True, True, False, False, False, True, True, False, True, False])


def pool_and_silence() -> Explorable:
    """Pool the trials that printed counts; then let those that did not say that they found nothing."""
    return Explorable(
        name="pool_and_silence",
        title="What the pool sees, and what it does not",
        controls=(
            Choice(
                "abbar",
                "Abbar 2022",
                (EVERYBODY, STRATUM, OUT),
                EVERYBODY,
                "The whole trial, its people with a depressive disorder, or without this trial.",
            ),
            Choice(
                "control",
                "Compared with",
                (ALL, ACTIVE),
                ALL,
                "Saline is easily told from ketamine; midazolam is felt, too.",
            ),
            Slider(
                "silent",
                "Silent trials added",
                "trials",
                0,
                5,
                1,
                0,
                "What if: each trial without printed counts, at its real size, as if it had found no "
                "difference.",
                (0, 1, 2, 3, 4, 5),
            ),
        ),
        stage=_pool_stage,
        view=_pool_view,
        presets={
            "What was printed": {},
            "Abbar: the people of most other trials": {"abbar": STRATUM},
            "Midazolam only": {"control": ACTIVE, "abbar": OUT},
            "The four small silent ones": {"silent": 4},
            "All the silent ones": {"silent": 5},
            "The hardest look": {"abbar": STRATUM, "control": ACTIVE, "silent": 5},
        },
    )


@cache
def _rows() -> Effects:
    """The measured trials, then the silent ones."""
    return join(ideation.effects(), ideation.silent())


@cache
def _row_names() -> list[str]:
    about = table("trials").set_index("trial").label
    names = [about[key] for key in ideation.counted().trial]
    names += ["Abbar 2022", "Abbar 2022, depressive"]
    return names + [f"{about[key]}, what if" for key in ideation.SILENT]


def _pool_stage() -> Stage:
    fig = figure(7.6, 4.7)
    main = fig.subplots()
    k = len(_row_names())
    main.set_xscale("log")
    main.set(xlim=(0.08, 60), ylim=(-k - 0.6, 0.6), xlabel="odds ratio of being better with ketamine")
    main.set_xticks([0.1, 0.3, 1, 3, 10, 30], ["0.1", "0.3", "1", "3", "10", "30"])
    main.set_xticks([], minor=True)
    main.set_yticks(-np.arange(k + 1.0), [*_row_names(), "all together"])
    main.get_yticklabels()[-1].set_weight("bold")
    main.axvline(1, color=BLACK, linewidth=1.4)
    main.axhline(-k + 0.5, color=PALE)
    main.grid(False, axis="y")
    artists = {}
    for name, colour, style in (("out", PALE, "-"), ("measured", DRUG["ketamine"], "-"), ("if", GREY, ":")):
        artists[f"{name} bars"] = main.hlines([], [], [], color=colour, linewidth=2.4, linestyle=style)
        marker = "x" if name == "if" else "o"
        artists[name] = main.plot([], [], marker, color=colour, markersize=9, **OPEN)[0]
    for name, label in (("measured", "measured"), ("if", "what if: no difference"), ("out", "left out")):
        artists[name].set_label(label)
    artists["diamond"] = main.add_collection(PolyCollection([], color=BLACK, label="pool"))
    legend_above(fig, [artists[name] for name in ("measured", "if", "out", "diamond")], columns=4)
    return Stage(fig, {"main": main}, artists)


def _included(abbar: str, control: str, silent: float) -> np.ndarray:
    """Which rows are pooled."""
    inside = np.ones(len(_rows()), bool)
    inside[4], inside[5] = abbar == EVERYBODY, abbar == STRATUM
    inside[6:] = np.arange(len(ideation.SILENT)) < silent
    return inside & IN_ACTIVE if control == ACTIVE else inside


def _pool_view(abbar: str, control: str, silent: float) -> View:
    inside = _included(abbar, control, silent)
    pooled = pool(_rows()[inside])
    low, high = np.exp(_rows().interval())
    middle, y = np.exp(_rows().estimate), -np.arange(len(inside), dtype=float)
    spoken = np.arange(len(inside)) < 6
    artists = {"diamond": [_diamond(pooled, -len(inside))]}
    groups = {"measured": inside & spoken, "if": inside & ~spoken, "out": ~inside & spoken}
    for name, which in groups.items():
        artists[name] = (middle[which], y[which])
        ends = zip(low[which], high[which], y[which], strict=True)
        artists[f"{name} bars"] = [[(a, at), (b, at)] for a, b, at in ends]
    n = pooled.natural
    verdict = "leaves out" if pooled.excludes_null else "includes"
    made_up = int((inside & ~spoken).sum())
    with_what = f", {made_up} of them what-ifs," if made_up else ""
    sentence = (
        f"{pooled.k} trials{with_what} give an odds ratio of {n.estimate:.1f}; "
        f"its interval, {n.low:.1f} to {n.high:.1f}, {verdict} 1 (no difference)."
    )
    readings = [
        Reading("odds ratio, pooled", f"{n.estimate:.2f}"),
        Reading("95 % interval", f"{n.low:.2f} to {n.high:.2f}"),
        Reading("true effect in a new trial", _prediction(pooled)),
        Reading("trials measured", str(int((inside & spoken).sum()))),
        Reading("what-ifs", str(made_up)),
    ]
    return View(artists, readings, sentence)


def _diamond(pooled: Pooled, y: float) -> list[tuple[float, float]]:
    n = pooled.natural
    return [(n.low, y), (n.estimate, y + 0.32), (n.high, y), (n.estimate, y - 0.32)]


def _prediction(pooled: Pooled) -> str:
    low, high = pooled.natural.prediction_low, pooled.natural.prediction_high
    return "not known" if np.isnan(low) else f"{significant(low, 2)} to {significant(high, 2)}"


# A trial on rare events ----------------------------------------------------------------------------

SIZES = (40, 80, 230, 500, 1000, 3000, 10_000, 30_000, 100_000)
SIZE = {f"{n:,}": n for n in SIZES}
SO_FAR = {"Grunebaum 2018": 40, "Abbar 2022": 78, "esketamine": 228, "clozapine": 490}
N = np.geomspace(20, 300_000, 160)


def trial_on_events() -> Explorable:
    """How many people would a trial need to show that a rare event became rarer?"""
    return Explorable(
        name="trial_on_events",
        title="Could this trial show it?",
        controls=(
            Choice(
                "event",
                "What is counted",
                tuple(rare_events.measured_risks()),
                "death, 1 year after discharge",
                "How often it happens without the treatment, as counted in a cohort or a control group.",
            ),
            Slider(
                "left",
                "Risk left with treatment",
                "%",
                30,
                95,
                5,
                50,
                "50 % means that the treatment halves the risk. Nobody knows this number for ketamine.",
                (30, 50, 70, 90),
            ),
            Steps(
                "people",
                "People in each group",
                tuple(SIZE),
                "40",
                "The size of the trial you plan: this many with the treatment, as many without.",
                ("40", "230", "1,000", "10,000", "100,000"),
            ),
        ),
        stage=_events_stage,
        view=_events_view,
        presets={
            "As large as the trial of 2018": {},
            "As large as both esketamine trials": {"people": "230"},
            "Ten thousand in each group": {"people": "10,000"},
            "Count attempts instead": {"event": "attempt, 2 years (clozapine trial)", "people": "500"},
            "A fifth fewer events, as a lithium trial": {
                "event": "any event, 1 year (lithium trial)",
                "left": 80,
                "people": "230",
            },
        },
    )


def _events_stage() -> Stage:
    fig = figure(7.6, 4.5)
    main = fig.subplots()
    main.set_xscale("log")
    main.set(
        xlim=(N[0], N[-1]), ylim=(-2, 104), xlabel="people in each group", ylabel="chance to show it (%)"
    )
    main.set_xticks([100, 1000, 10_000, 100_000], ["100", "1,000", "10,000", "100,000"])
    main.set_xticks([], minor=True)
    main.axhspan(80, 104, color=FREE, zorder=0)
    main.text(22, 88, "80 % or more: usually wanted", fontsize=12)
    for n in SO_FAR.values():
        main.axvline(n, ymax=0.05, color=VERMILION, linewidth=3)
    artists = {
        "curve": main.plot([], [], color=BLACK, label="chance, model")[0],
        "stem": main.plot([], [], color=ORANGE, linewidth=1.6, linestyle="--")[0],
        "you": main.plot([], [], "o", color=ORANGE, markersize=12, label="your trial, model")[0],
        "needed": main.plot([], [], "D", color=BLACK, markersize=8, label="80 % chance")[0],
    }
    handles = [artists[name] for name in ("curve", "you", "needed")]
    handles.append(main.plot([], [], "|", color=VERMILION, markersize=14, markeredgewidth=3)[0])
    handles[-1].set_label("sizes of real trials")
    legend_above(fig, handles, columns=4)
    return Stage(fig, {"main": main}, artists)


def _events_view(event: str, left: float, people: str) -> View:
    risk, relative, n = rare_events.measured_risks()[event], left / 100, SIZE[people]
    curve = 100 * rare_events.chance_to_show(N * risk, relative)
    chance = 100 * float(rare_events.chance_to_show(n * risk, relative))
    needed = rare_events.people_needed(risk, relative)
    artists = {
        "curve": (N, curve),
        "stem": ([n, n], [0, chance]),
        "you": ([n], [chance]),
        "needed": ([needed], [80]) if needed <= N[-1] else None,
    }
    shown = f"{significant(chance, 2)} %" if chance >= 1 else "below 1 %"
    often = f"in {shown}" if chance >= 1 else "in fewer than 1 %"
    sentence = (
        f"With {people} people in each group, a risk cut to {left:.0f} % of itself would show up "
        f"{often} of such trials."
    )
    readings = [
        Reading("with an event, untreated", 100 * risk, "%", 2),
        Reading("events to expect, untreated", n * risk, "", 2, least=0.1),
        Reading("events to expect, treated", n * risk * relative, "", 2, least=0.1),
        Reading("chance to show it", shown),
        Reading("in each group for 80 %", needed, "people"),
    ]
    return View(artists, readings, sentence)
