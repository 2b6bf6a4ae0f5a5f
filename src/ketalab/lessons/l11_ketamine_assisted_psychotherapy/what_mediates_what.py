"""Trials of a known truth: which analysis can tell a cause from what only goes along with it?"""

from functools import cache

import numpy as np

from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l11_ketamine_assisted_psychotherapy.figures import ANALYSIS_NAMES
from ketalab.models import mediation
from ketalab.models.cascade import Array
from ketalab.models.mediation import ANALYSES, CausalModel
from ketalab.plots.style import BLACK, BLUE, GREY, PALE, PURPLE, figure, legend_above
from ketalab.text import decimals, interval

CAUSES, ACCOMPANIES, HOPE, ALL = "causes it", "accompanies it", "feeds expectancy", "does all three"
NOTHING = "has nothing to do with it"
RISE, SHARED, DRUG_EFFECT = 2.0, 0.8, 0.5
TRIALS = 100
REACH = (-2.6, 4.0)  # SD: every trial of every setting lies inside


def world(how: str, strength: float, measured: float) -> CausalModel:
    """The truth behind a choice: `strength` (SD) of benefit goes the chosen way, `DRUG_EFFECT` past it."""
    share = {ALL: strength / 3, NOTHING: 0.0}.get(how, strength)
    return CausalModel(
        rise=RISE,
        drug=DRUG_EFFECT,
        indirect=share / RISE if how in (CAUSES, ALL) else 0.0,
        confounder=share / (RISE * SHARED) if how in (ACCOMPANIES, ALL) else 0.0,
        expectancy=share / CausalModel(rise=RISE, expectancy=1.0).by_expectancy
        if how in (HOPE, ALL)
        else 0.0,
        loading=SHARED,
        measured=measured,
    )


def what_mediates_what() -> Explorable:
    """Trials of a known truth: which analysis can tell a cause from what only goes along with it?"""
    return Explorable(
        name="what_mediates_what",
        title="What mediates what?",
        controls=(
            Choice(
                "how",
                "In truth, dissociation",
                (CAUSES, ACCOMPANIES, HOPE, ALL, NOTHING),
                CAUSES,
                "Accompanies: a trait makes people dissociate more and gain more. Feeds expectancy: "
                "feeling the drug tells people that they had it, and that helps.",
            ),
            Slider(
                "strength",
                "Benefit that goes this way",
                "SD",
                0.2,
                1.6,
                0.1,
                0.8,
                "Another 0.5 SD always comes from the drug directly.",
                (0.8, 1.6),
            ),
            Slider(
                "people",
                "People in each trial",
                "people",
                40,
                400,
                20,
                100,
                "Half of them get the drug. A hundred such trials are simulated.",
                (40, 100, 400),
            ),
            Slider(
                "measured",
                "How well the trait was measured",
                "%",
                0,
                100,
                10,
                0,
                "How closely the measurement follows the trait; mediation adjusts for what was measured.",
                (0, 50, 100),
                led=True,
            ),
        ),
        stage=_mediation_stage,
        view=_mediation_view,
        presets={
            "It causes the benefit": {},
            "It only accompanies it": {"how": ACCOMPANIES},
            "The same, trait half measured": {"how": ACCOMPANIES, "measured": 50},
            "The same, trait fully measured": {"how": ACCOMPANIES, "measured": 100},
            "It feeds expectancy": {"how": HOPE},
            "It causes it, trial of 40": {"people": 40},
        },
    )


def _mediation_stage() -> Stage:
    fig = figure(7.6, 4.6)
    cloud, rows = fig.subplots(1, 2, width_ratios=(1, 1.25))
    cloud.set(
        xlim=(-2.0, 6.2),
        ylim=(-5.0, 7.0),
        xticks=(0, 2, 4),
        xlabel="dissociation (SD)",
        ylabel="benefit (SD)",
        title="one simulated ketamine arm",
    )
    rows.set(xlim=REACH, ylim=(len(ANALYSES) - 0.5, -0.5), xlabel="credited to dissociation (SD)")
    rows.set_yticks(range(len(ANALYSES)), [ANALYSIS_NAMES[name] for name in ANALYSES])
    rows.set_title("a hundred such trials")
    rows.grid(visible=False, axis="y")
    artists = {
        "people": cloud.plot([], [], ".", color=GREY, markersize=6)[0],
        "line": cloud.plot([], [], color=BLUE)[0],
        "truth": rows.plot([], [], color=BLACK, linewidth=3.5, label="the truth")[0],
    }
    for name in ANALYSES:
        colour = BLUE if name in ("slope", "product") else PURPLE
        artists[f"{name} trials"] = rows.plot([], [], ".", color=colour, alpha=0.3, markersize=6)[0]
        artists[f"{name} range"] = rows.plot([], [], color=colour, linewidth=2.2)[0]
        artists[name] = rows.plot([], [], "D", color=colour, markeredgecolor=BLACK, markersize=10)[0]
    each = rows.plot([], [], ".", color=GREY, markersize=9, label="each trial")[0]
    endless = rows.plot(
        [], [], "D", color=PALE, markeredgecolor=BLACK, markersize=10, label="an endless trial"
    )[0]
    legend_above(fig, [artists["truth"], endless, each], columns=3)
    return Stage(fig, {"cloud": cloud, "rows": rows}, artists)


def _mediation_view(how: str, strength: float, people: float, measured: float) -> View:
    truth = world(how, strength, measured / 100)
    answers = mediation.exact(truth)
    trials = mediation.simulate(truth, int(people), TRIALS)
    felt, gained = trials.experience[0, 1], trials.benefit[0, 1]
    slope = trials.found["slope"][0] / truth.rise
    ends = np.array([felt.min(), felt.max()])
    artists: dict[str, object] = {
        "people": (felt, gained),
        "line": (ends, gained.mean() + slope * (ends - felt.mean())),
        "truth": ([truth.truth, truth.truth], [-0.5, len(ANALYSES) - 0.5]),
    }
    for y, name in enumerate(ANALYSES):
        low, high = np.percentile(trials.found[name], (2.5, 97.5))
        artists[f"{name} trials"] = (trials.found[name], y + 0.22 + _jitter())
        artists[f"{name} range"] = ([low, high], [y, y])
        artists[name] = ([answers[name]], [y])
    r = float(np.corrcoef(felt, gained)[0, 1])
    readings = [
        Reading("correlation in this ketamine arm", decimals(r)),
        Reading("the truth", f"{decimals(truth.truth)} SD"),
        Reading("mediation says, in an endless trial", f"{decimals(answers['product'])} SD"),
        Reading("awake minus asleep says", f"{decimals(answers['masking'])} SD"),
        Reading("richer session says", f"{decimals(answers['enriching'])} SD"),
        Reading("95 of 100 trials of a richer session", _range(trials.found["enriching"])),
    ]
    way = how.replace(" it", " the benefit")
    sentence = (
        f"In truth dissociation {way}: it brings {decimals(truth.truth)} SD, and mediation credits it with "
        f"{decimals(answers['product'])} SD."
    )
    return View(artists, readings, sentence)


@cache
def _jitter() -> Array:
    return 0.12 * np.sin(2.4 * np.arange(TRIALS))


def _range(found: Array) -> str:
    low, high = np.percentile(found, (2.5, 97.5))
    return f"{interval(low, high, 1)} SD"
