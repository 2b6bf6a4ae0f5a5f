"""How many people would a trial need to show that a rare event became rarer?"""

import numpy as np

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider, Steps
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l06_suicidal_ideation_and_thinking.figures import FREE
from ketalab.metaanalysis import rare_events
from ketalab.models.suicide_risk import measured_risks
from ketalab.plots.style import BLACK, ORANGE, VERMILION, figure, legend_above
from ketalab.text import grouped

SIZES = (40, 80, 230, 490, 1000, 3000, 10_000, 30_000, 100_000)
SIZE = {grouped(n): n for n in SIZES}
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
                tuple(measured_risks()),
                "death, 1 year after discharge",
                "How often the event happens without the treatment, as counted in a cohort or a "
                "control group.",
            ),
            Slider(
                "left",
                "Risk left with treatment",
                "%",
                30,
                95,
                5,
                50,
                "50% means that the treatment halves the risk. Nobody knows this number for ketamine.",
                (30, 50, 70, 90),
            ),
            Steps(
                "people",
                "People in each group",
                tuple(SIZE),
                "40",
                "The size of the trial you plan: this many with the treatment and as many without.",
                ("40", "230", "1,000", "10,000", "100,000"),
            ),
        ),
        stage=_events_stage,
        view=_events_view,
        presets={
            "As large as the trial of 2018": {},
            "As large as both esketamine trials": {"people": "230"},
            "Ten thousand in each group": {"people": "10,000"},
            "Count attempts instead": {"event": "attempt, 2 years (clozapine trial)", "people": "490"},
            "Count the lithium trial's events, a fifth fewer": {
                "event": "any event, 1 year (lithium trial)",
                "left": 80,
                "people": "230",
            },
        },
    )


def _so_far() -> list[float]:
    """People in each group of real trials: half of those who were randomised."""
    trials = table("trials").set_index("trial").n_randomised
    esketamine = table("pooled_estimates").set_index("estimate_id").n["canuso_24h"]
    clozapine = table("suicide_events").set_index("event").n["clozapine_attempts"]
    return [n / 2 for n in (trials["grunebaum2018"], trials["abbar2022"], esketamine, clozapine)]


def _events_stage() -> Stage:
    fig = figure(7.6, 4.5)
    main = fig.subplots()
    main.set_xscale("log")
    main.set(
        xlim=(N[0], N[-1]),
        ylim=(-2, 118),
        xlabel="people in each group",
        ylabel="chance of detecting it (%)",
    )
    main.set_xticks([100, 1000, 10_000, 100_000], ["100", "1,000", "10,000", "100,000"])
    main.set_xticks([], minor=True)
    main.set_yticks(range(0, 101, 20))
    main.axhspan(80, 118, color=FREE, zorder=0)
    main.text(22, 106, "80% or more: what trials usually aim for", fontsize=12)
    for n in _so_far():
        main.axvline(n, ymax=0.05, color=VERMILION, linewidth=3)
    artists = {
        "curve": main.plot([], [], color=BLACK, label="chance, model")[0],
        "stem": main.plot([], [], color=ORANGE, linewidth=1.6, linestyle="--")[0],
        "you": main.plot([], [], "o", color=ORANGE, markersize=12, label="your trial, model")[0],
        "needed": main.plot([], [], "D", color=BLACK, markersize=8, label="80% chance")[0],
    }
    handles = [artists[name] for name in ("curve", "you", "needed")]
    handles.append(main.plot([], [], "|", color=VERMILION, markersize=14, markeredgewidth=3)[0])
    handles[-1].set_label("sizes of real trials")
    legend_above(fig, handles, columns=4)
    return Stage(fig, {"main": main}, artists)


def _events_view(event: str, left: float, people: str) -> View:
    risk, relative, n = measured_risks()[event], left / 100, SIZE[people]
    curve = 100 * rare_events.chance_to_show(N * risk, relative)
    chance = 100 * float(rare_events.chance_to_show(n * risk, relative))
    needed = rare_events.people_needed(risk, relative)
    artists = {
        "curve": (N, curve),
        "stem": ([n, n], [0, chance]),
        "you": ([n], [chance]),
        "needed": ([needed], [80]) if needed <= N[-1] else None,
    }
    shown = f"{significant(chance, 2)}%" if chance >= 1 else "below 1%"
    often = f"in {shown}" if chance >= 1 else "in fewer than 1%"
    what = "halves the risk" if left == 50 else f"leaves {left:.0f}% of the risk"
    sentence = (
        f"With {people} people in each group, a treatment that {what} would be detected {often} of "
        "such trials."
    )
    readings = [
        Reading("risk of the event without treatment", f"{significant(100 * risk, 2)}%"),
        Reading("events expected, control group", n * risk, "", 2, least=0.1),
        Reading("events expected, treated group", n * risk * relative, "", 2, least=0.1),
        Reading("chance of detecting it", shown),
        Reading("people in each group for an 80% chance", needed, "people"),
    ]
    return View(artists, readings, sentence)
