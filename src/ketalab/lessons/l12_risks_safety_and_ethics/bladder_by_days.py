"""Share with a urinary symptom by days of non-medical use, from the odds of one survey."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View, significant
from ketalab.lessons.l12_risks_safety_and_ethics import trials as risks
from ketalab.models import exposure
from ketalab.plots.style import BLACK, DRUG, OPEN, PURPLE, VERMILION, figure, legend_above
from ketalab.text import count, decimals

HALF_YEAR = 180  # days, the window of the survey
DAYS = np.linspace(0, HALF_YEAR, 91)
ASKED = "measured: asked, any of five"
RECENT = "measured: users, last 180 days, any of five"
TOLD = "measured: spray in a trial, not asked"


def bladder_by_days() -> Explorable:
    """Share with a urinary symptom by days of non-medical use, from the odds of one survey."""
    return Explorable(
        name="bladder_by_days",
        title="Bladder symptoms by days of non-medical use",
        controls=(
            Choice(
                "symptom",
                "Symptom",
                tuple(_odds()),
                "frequent urination",
                "Four symptoms of the survey; each has its own odds ratio for one more day of use.",
                tuple(_odds()),
            ),
            Slider(
                "days",
                "Days of use in half a year",
                "days",
                0,
                HALF_YEAR,
                1,
                20,
                "Days on which ketamine was used, outside medicine, in the last 180.",
                (0, 20, 43, 90, 180),
                led=True,
            ),
            Slider(
                "baseline",
                "Share without ketamine",
                "%",
                1,
                30,
                1,
                24,
                "Yours to choose: the abstract gives 24% for any of five symptoms, none for each alone.",
                (5, 24),
                led=True,
            ),
        ),
        stage=_bladder_stage,
        view=_bladder_view,
        presets={
            "A few weekends": {},
            "Every weekend": {"days": 52},
            "Every second day": {"days": 90},
            "Every day": {"days": 180},
            "If it is rare without the drug": {"baseline": 5, "days": 90},
        },
    )


@cache
def _odds() -> dict[str, float]:
    """Odds ratio for one more day of use in 180, by symptom."""
    rows = table("bladder_odds").query("reference == 'cpmc2013'")
    return dict(zip(rows.symptom, rows.odds_ratio, strict=True))


def _bladder_stage() -> Stage:
    fig = figure(7.6, 4.6)
    main = fig.subplots()
    main.set(xlim=(-4, HALF_YEAR + 2), ylim=(0, 100))
    main.set(xlabel="days of use in the last 180", ylabel="people with the symptom (%)")
    main.set_xticks(range(0, HALF_YEAR + 1, 30))
    rows = risks.surveys().set_index("survey")
    asked = _measured(main, rows.loc["online_never"], 0, VERMILION, ASKED)
    recent = rows.loc["online_recent"]
    look = {"color": VERMILION, "alpha": 0.22, "linewidth": 0, "label": RECENT}
    users = main.fill_between([1, HALF_YEAR], recent.low, recent.high, **look)
    told = _measured(main, rows.loc["esketamine_4_weeks"], 8, DRUG["esketamine"], TOLD)
    artists = {
        "curve": main.plot([], [], color=BLACK, label="one symptom, model")[0],
        "stem": main.plot([], [], color=PURPLE, linewidth=1.6, linestyle="--")[0],
        "you": main.plot([], [], "D", color=PURPLE, markersize=10, label="your setting, model")[0],
    }
    legend_above(fig, [artists["curve"], artists["you"], asked, users, told], columns=2)
    return Stage(fig, {"main": main}, artists)


def _measured(axes: Axes, row, x: float, colour: str, label: str):
    ends = [[row.value - row.low], [row.high - row.value]]
    look = {"color": colour, "fmt": "o", "markersize": 10, "elinewidth": 2.4} | OPEN
    return axes.errorbar([x], [row.value], ends, label=label, **look)


def _bladder_view(symptom: str, days: float, baseline: float) -> View:
    rate = _odds()[symptom]
    curve = 100 * exposure.share_after_days(DAYS, baseline / 100, rate)
    share = 100 * float(exposure.share_after_days(days, baseline / 100, rate))
    more = share - baseline if days else 0.0
    artists = {
        "curve": (DAYS, curve),
        "stem": ([days, days], [0, share]),
        "you": ([days], [share]),
    }
    readings = [
        Reading("odds, one more day", f"× {rate:g}"),
        Reading("odds, all these days", f"× {significant(rate**days, 2)}"),
        Reading("without ketamine", f"{baseline:.0f} in 100"),
        Reading("with it", f"{share:.0f} in 100"),
        Reading("more than without", f"{decimals(more, 0 if more == 0 or more >= 1 else 1)} in 100"),
    ]
    has = "has" if round(baseline) == 1 else "have"
    sentence = f"Suppose {baseline:.0f} of 100 people {has} {symptom} without ketamine"
    if days:
        sentence += (
            f". If every day counts the same, {count(int(days), 'day')} of non-medical use in half a year "
            f"{'makes' if days == 1 else 'make'} it {share:.0f}"
        )
    else:
        sentence += "; no day of use adds nothing"
    return View(artists, readings, f"{sentence}.")
