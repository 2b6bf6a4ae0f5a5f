"""Let the unknown rates vary and count which conclusions survive."""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l04_mtor_bdnf_and_new_synapses.figures import STEP_NAMES
from ketalab.models import cascade, screening
from ketalab.models.cascade import DAY, Array
from ketalab.plots.axes import clock_axis, first_above, plain_numbers
from ketalab.plots.style import BLACK, GREEN, figure, legend_above

BRAINS = 200
ALL, GAINS, RATES = "all that was not measured", "gains and thresholds only", "speeds and half-lives only"
BANDS = (5, 25, 50, 75, 95)
TOPS = (30.0, 200.0, 1000.0)  # %: few, so that the axis stays while a hand moves


def cascade_fan() -> Explorable:
    """Let the unknown rates vary and count which conclusions survive."""
    return Explorable(
        name="cascade_fan",
        title="What if we do not know the rates?",
        controls=(
            Slider(
                "fold",
                "Each number may vary",
                "fold",
                1,
                100,
                1,
                10,
                "Width of the range of each unknown number, around the course's value; 1 means "
                "that it is known.",
                (1, 3, 10, 30, 100),
            ),
            Choice(
                "which",
                "What is unknown",
                (ALL, GAINS, RATES),
                ALL,
                "Gains and thresholds decide how much, speeds and half-lives decide when.",
            ),
            Choice(
                "step",
                "Step in the picture",
                tuple(STEP_NAMES.values()),
                "spines",
                "The step whose range is drawn; the counts do not depend on it.",
                ("mTORC1", "spines"),
            ),
        ),
        stage=_fan_stage,
        view=_fan_view,
        presets={
            "Tenfold, everything unknown": {},
            "Tenfold, only how much": {"which": GAINS},
            "Tenfold, only when": {"which": RATES, "step": "mTORC1"},
            "A hundredfold": {"fold": 100},
            "As if all were known": {"fold": 1},
        },
    )


def _fan_stage() -> Stage:
    fig = figure(7.6, 4.2)
    main = fig.subplots()
    clock_axis(main)
    main.set(xlabel="time after the dose", ylabel="rise above rest (%)")
    plain_numbers(main.yaxis)
    artists = {
        "wide": main.fill_between(
            [0], [0], color=GREEN, alpha=0.18, linewidth=0, label="90 of 100 model brains"
        ),
        "narrow": main.fill_between([0], [0], color=GREEN, alpha=0.35, linewidth=0, label="50 of 100"),
        "median": main.plot([], [], color=GREEN, label="median, model")[0],
        "course": main.plot(
            [], [], color=BLACK, linestyle="--", linewidth=1.6, label="the course's own values"
        )[0],
    }
    legend_above(fig, list(artists.values()), columns=4)
    return Stage(fig, {"main": main}, artists)


@cache
def _names(which: str) -> tuple[str, ...]:
    names = screening.uncertain(("unknown", "chosen to match"))
    kind = {GAINS: ("surge", "gain", "half_", "saturation"), RATES: ("rate", "life", "fade")}.get(which)
    return tuple(name for name in names if kind is None or name.startswith(kind))


@cache
def _course() -> tuple[Array, dict[str, Array]]:
    return cascade.after_sessions(screening.WATCHED, cascade.parameters())


@cache
def _brains(fold: float, which: str) -> tuple[Array, dict[str, Array], dict[str, float]]:
    """Hours, states of all model brains and the share in which each conclusion holds."""
    hours = _course()[0]
    p = screening.scatter(BRAINS, fold, _names(which))
    run = cascade.simulate(hours, cascade.surge(hours, p), p)
    holds = {name: float(np.mean(check(hours, run))) for name, check in screening.CONCLUSIONS.items()}
    return hours, run, holds


def _fan_view(fold: float, which: str, step: str) -> View:
    name = next(key for key, label in STEP_NAMES.items() if label == step)
    hours, run, holds = _brains(fold, which)
    bands = 100 * (np.percentile(run[name], BANDS, axis=1) - 1)
    low, quarter, median, three_quarters, high = np.maximum(bands, 0)
    course = 100 * (_course()[1][name] - 1)
    artists = {
        "wide": (hours, low, high),
        "narrow": (hours, quarter, three_quarters),
        "median": (hours, median),
        "course": (hours, np.maximum(course, 0)),
    }
    readings = [Reading(claim, f"{100 * share:.0f} in 100") for claim, share in holds.items()]
    ends = 100 * (np.percentile(_spines_on_day_3(fold, which), [5, 95]) - 1)
    low_3, high_3 = (significant(end, 2) for end in ends)
    spread = f"{low_3}%" if low_3 == high_3 else f"{low_3}% to {high_3}%"
    readings.append(Reading("extra spines on day 3", spread))
    sure = sum(share >= 0.95 for share in holds.values())
    varied = {ALL: "everything that was not measured varies"}.get(
        which, f"{which.removesuffix(' only')} vary"
    )
    start = "With every number at the course's value" if fold == 1 else f"If {varied} {fold:.0f}-fold"
    sentence = (
        f"{start}, {sure} of {len(holds)} conclusions {'holds' if sure == 1 else 'hold'} in at least 95 of "
        "100 model brains."
    )
    top = first_above(TOPS, 1.05 * max(high.max(), course.max()))
    return View(artists, readings, sentence, {"main.y": (0, top)})


def _spines_on_day_3(fold: float, which: str) -> Array:
    hours, run, _ = _brains(fold, which)
    after = int(np.searchsorted(hours, 3 * DAY))
    return run["spines"][after]
