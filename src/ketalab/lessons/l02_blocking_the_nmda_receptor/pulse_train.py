"""Synaptic pulses before, in and after a drug: use-dependence, trapping, recovery."""

from dataclasses import replace

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l02_blocking_the_nmda_receptor.shared import MAGNESIUM
from ketalab.models import receptor
from ketalab.plots.axes import ReadAs, read_as
from ketalab.plots.style import BLACK, DRUG, GREY, PALE, VERMILION, figure, legend_above

BEFORE, WITH_DRUG, AFTER, GAP = 5, 30, 40, 8
LINES = {"ketamine": (DRUG["ketamine"], "-"), "memantine": (VERMILION, "--"), "dizocilpine": (BLACK, ":")}


def pulse_train() -> Explorable:
    """Synaptic pulses before, in and after a drug: use-dependence, trapping, recovery."""
    return Explorable(
        name="pulse_train",
        title="Pulses before, during and after a drug",
        controls=(
            Slider(
                "free",
                "Free drug",
                "µM",
                0.1,
                10.0,
                0.1,
                2.0,
                "The same free concentration of each drug, present from pulse 6 to pulse 35.",
                (0.4, 2.0, 10.0),
            ),
            Slider(
                "frequency",
                "Pulses",
                "per s",
                0.2,
                4.0,
                0.2,
                1.0,
                "How often glutamate opens the channels. Block follows the number of pulses, not "
                "the seconds, so "
                "the picture hardly changes.",
                (0.2, 1.0, 4.0),
            ),
            Slider(
                "voltage",
                "Membrane voltage",
                "mV",
                -80,
                40,
                5,
                -70,
                "Held at this value throughout.",
                (-70, -20, 40),
            ),
            replace(
                MAGNESIUM,
                start=0.0,
                help="Most such experiments are done without magnesium; a brain has about 1 mM.",
            ),
            Slider(
                "rest",
                "Pause after the drug",
                "s",
                0,
                120,
                5,
                60,
                "Time without drug and without pulses. Closed gates let nothing out, so the next "
                "pulse hardly changes.",
                led=True,
            ),
        ),
        stage=_train_stage,
        view=_train_view,
        presets={
            "A dish: 2 µM, no magnesium": {},
            "All three drugs at 10 µM": {"free": 10.0},
            "A brain: 0.4 µM, magnesium, at rest": {"free": 0.4, "magnesium": 1.0},
            "A brain, active cell: −20 mV": {"free": 0.4, "magnesium": 1.0, "voltage": -20},
            "Washed at +40 mV": {"free": 10.0, "voltage": 40},
        },
    )


def _train_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(
        xlim=(0, _pulse_axis()[-1] + 1),
        ylim=(0, 108),
        xlabel="pulse",
        ylabel="current (% of the first pulse)",
    )
    main.axvspan(BEFORE + 0.5, BEFORE + WITH_DRUG + 0.5, color=PALE, alpha=0.6, zorder=0)
    main.axvspan(
        BEFORE + WITH_DRUG + 0.5,
        BEFORE + WITH_DRUG + GAP + 0.5,
        color=PALE,
        alpha=0.6,
        hatch="//",
        fill=False,
    )
    main.annotate("drug present", (BEFORE + 1, 103), fontsize=12, color=GREY)
    main.annotate("pause", (BEFORE + WITH_DRUG + 1, 103), fontsize=12, color=GREY)
    main.annotate("drug gone", (BEFORE + WITH_DRUG + GAP + 2, 103), fontsize=12, color=GREY)
    at = [5, 20, 35, 45, 60, 75]
    main.set_xticks([n + GAP * (n > BEFORE + WITH_DRUG) for n in at], at)
    read_as(main.xaxis, ReadAs(value=lambda place: place - GAP * (place > BEFORE + WITH_DRUG)))
    artists = {
        name: main.plot([], [], color=colour, linestyle=style, label=f"{name}, model")[0]
        for name, (colour, style) in LINES.items()
    }
    legend_above(fig, list(artists.values()), columns=3)
    return Stage(fig, {"main": main}, artists)


def _pulse_axis() -> np.ndarray:
    number = np.arange(1, BEFORE + WITH_DRUG + AFTER + 1)
    return number + GAP * (number > BEFORE + WITH_DRUG)


def _train_view(free: float, frequency: float, voltage: float, magnesium: float, rest: float) -> View:
    phases = [
        receptor.PulsePhase(BEFORE, 0.0),
        receptor.PulsePhase(WITH_DRUG, free),
        receptor.PulsePhase(AFTER, 0.0, rest),
    ]
    axis, artists, left = _pulse_axis(), {}, {}
    for name in LINES:
        blocker = receptor.published(name)
        _, current, _ = receptor.pulse_train(phases, blocker, 1 / frequency, voltage, magnesium)
        artists[name] = (axis, 100 * current)
        left[name] = 100 * current[[BEFORE + WITH_DRUG - 1, BEFORE + WITH_DRUG, -1]]
    readings = [Reading(f"{name}, end of the drug", left[name][0], "%", 2) for name in LINES]
    readings += [
        Reading("ketamine, after the pause", left["ketamine"][1], "%", 2),
        Reading("ketamine, last pulse", left["ketamine"][2], "%", 2),
        Reading("dizocilpine, last pulse", left["dizocilpine"][2], "%", 2),
    ]
    pause = f"pulse after a pause of {rest:.0f} s" if rest else "pulse after that, without a pause,"
    sentence = (
        f"{WITH_DRUG} pulses in {free:.1f} µM ketamine leave {readings[0].text} of the current. The first "
        f"{pause} gives {readings[3].text}; after {AFTER} pulses without drug it is {readings[4].text}."
    )
    return View(artists, readings, sentence)
