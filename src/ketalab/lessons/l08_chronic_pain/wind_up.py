"""Sixteen pulses to the skin: how a spinal neurone responds, with and without a channel blocker."""

import numpy as np

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.models import sensitisation as model
from ketalab.plots.axes import first_above
from ketalab.plots.style import BLACK, DRUG, GREY, figure, legend_above

PULSES = 16
GAPS = np.linspace(0.5, 6, 56)  # s
LONGEST = 6.0
TOPS = (2.0, 5.0, 10.0, 20.0, 40.0)  # few, so that the axes stay while a hand moves
BELOW_WORDS = 0.77  # of the height: where the words beside the dotted line end


def wind_up() -> Explorable:
    """Sixteen pulses to the skin: how a spinal neurone responds, with and without a channel blocker."""
    return Explorable(
        name="wind_up",
        title="Sixteen pulses to the skin",
        controls=(
            Slider(
                "interval",
                "One pulse every",
                "s",
                0.5,
                6.0,
                0.1,
                1.0,
                "Time between two pulses. One a second is what two experiments in people used.",
                (0.5, 1.0, 2.0, 3.0, 5.0),
                led=True,
            ),
            Slider(
                "block",
                "NMDA channels blocked",
                "%",
                0,
                100,
                1,
                50,
                "By ketamine. Lesson 02 found estimates from a few percent to more than half for one dose.",
                (0, 20, 50, 100),
            ),
            Slider(
                "fade",
                "Slow potential fades with",
                "s",
                1.0,
                20.0,
                0.5,
                5.0,
                "Its time constant; the part that lasts 1 to 20 s was seen in the spinal cord of rats.",
                (2.0, 5.0, 10.0),
            ),
            Slider(
                "share",
                "Part through NMDA channels",
                "%",
                0,
                60,
                5,
                40,
                "Share of the slow potential at rest. No source gave it, so move it.",
            ),
            Slider(
                "jump",
                "Added by one pulse",
                "mV",
                1.0,
                6.0,
                0.5,
                5.0,
                "Slow depolarisation that one pulse adds at rest. No source gave it, so move it.",
            ),
            Slider(
                "threshold",
                "Threshold",
                "mV",
                2.0,
                15.0,
                0.5,
                6.5,
                "Depolarisation above which the cell responds more. We set it so that the build-up "
                "starts at 3 s, as in people.",
            ),
        ),
        stage=_wind_up_stage,
        view=_wind_up_view,
        presets={
            "One pulse a second, half blocked": {},
            "Too slow to sum: every 5 s": {"interval": 5.0},
            "Every 2 s, a fifth blocked": {"interval": 2.0, "block": 20},
            "Depolarisation that fades in 2 s": {"fade": 2.0},
            "All NMDA channels blocked": {"block": 100},
        },
    )


def _wind_up_stage() -> Stage:
    fig = figure(7.6, 4.6)
    train, rates = fig.subplots(1, 2, width_ratios=(3, 2))
    train.set(xlim=(1, PULSES), xlabel="pulse", ylabel="response (first pulse: 1)")
    train.set_xticks([1, 4, 8, 12, 16])
    rates.set(xlim=(0, LONGEST), xlabel="one pulse every ... s", ylabel="response to pulse 16")
    rates.set_xticks([0, 1, 2, 3, 4, 5, 6])
    people = table("pain_constants").set_index("constant").value["summation_interval"]
    rates.axvline(people, color=BLACK, linestyle=":", linewidth=1.6, zorder=0)
    rates.annotate(
        "pain builds\nup to here,\nmeasured",
        (people, 1),
        (14, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        fontsize=12,
    )
    artists = {
        "free": train.plot([], [], color=GREY, linestyle="--", label="no drug, model")[0],
        "blocked": train.plot([], [], color=DRUG["ketamine"], label="NMDA channels blocked, model")[0],
        "free_rates": rates.plot([], [], color=GREY, linestyle="--")[0],
        "blocked_rates": rates.plot([], [], color=DRUG["ketamine"])[0],
        "here": rates.plot([], [], color=GREY, linewidth=1.6, zorder=0)[0],
    }
    legend_above(fig, [artists["free"], artists["blocked"]], columns=2)
    return Stage(fig, {"train": train, "rates": rates}, artists)


def _wind_up_view(
    interval: float, block: float, fade: float, share: float, jump: float, threshold: float
) -> View:
    neurone = model.Neurone(fade, jump, share / 100, threshold)
    blocks = np.array([[0.0], [block / 100]])
    before = model.depolarisation(neurone, np.append(GAPS, interval), PULSES, blocks)
    answers, ends = model.answers(neurone, before), before[:, :-1, -1]
    (free, blocked), rates = answers[:, -1], answers[:, :-1, -1]
    pulses, top = np.arange(1, PULSES + 1), first_above(TOPS, 1.05 * free[-1])
    high = first_above(TOPS, 1.05 * rates[0, 0])
    artists = {
        "here": ([interval, interval], [0, BELOW_WORDS * high]),  # under the curves
        "free": (pulses, free),
        "blocked": (pulses, blocked),
        "free_rates": (GAPS, rates[0]),
        "blocked_rates": (GAPS, rates[1]),
    }
    taken = 100 * (free[-1] - blocked[-1]) / (free[-1] - 1) if free[-1] > 1 else 0.0
    readings = [
        Reading("pulse 16, no drug", free[-1], "times the first", 2),
        Reading("pulse 16, blocked", blocked[-1], "times the first", 2),
        Reading("build-up prevented", f"{taken:.0f}%" if free[-1] > 1 else "nothing builds up"),
        Reading("pulse 1, blocked", "unchanged (built in)"),
        Reading("longest gap with build-up, no drug", _summing(ends[0], threshold)),
        Reading("longest gap with build-up, blocked", _summing(ends[1], threshold)),
    ]
    blocking = f"{block:.0f}% of the NMDA channels blocked"
    sentence = (
        f"With one pulse every {interval:.1f} s the last response is {readings[0].text}; with {blocking} "
        f"it is {readings[1].text}."
    )
    if free[-1] <= 1:
        sentence = f"With one pulse every {interval:.1f} s nothing builds up, nor does it with {blocking}."
    return View(artists, readings, sentence, {"train.y": (0, top), "rates.y": (0, high)})


def _summing(ends: np.ndarray, threshold: float) -> str:
    """The longest interval at which the last pulse finds the cell above its threshold, in words."""
    if ends[0] <= threshold:
        return "none"
    if ends[-1] > threshold:
        return f"more than {LONGEST:.0f} s"
    return f"{np.interp(-threshold, -ends, GAPS):.1f} s"
