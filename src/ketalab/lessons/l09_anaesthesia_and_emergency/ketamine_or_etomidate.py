"""Deaths in the randomised trials of emergency intubation, pooled in the reader's own way."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data import table
from ketalab.explorables.canvas import Stage
from ketalab.explorables.controls import Choice, Slider
from ketalab.explorables.description import Explorable, Reading, View
from ketalab.lessons.l09_anaesthesia_and_emergency import figures as draw
from ketalab.metaanalysis.effect_size import Effects, risk_ratio, treated_risk
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.plots.style import figure
from ketalab.text import decimals, grouped, interval

BEFORE, NOW = "until 2024", "with the trial of 2025"
ALONE, ALL = "ketamine alone, by person", "also clusters and mixtures"
RANDOM, FIXED = "may differ", "is one and the same"
NEWEST = "casey2025"


def ketamine_or_etomidate() -> Explorable:
    """Deaths in the randomised trials of emergency intubation, pooled in the reader's own way."""
    return Explorable(
        name="ketamine_or_etomidate",
        title="Ketamine or etomidate: deaths",
        controls=(
            Choice(
                "until", "Trials", (BEFORE, NOW), NOW, "Leave the large trial out to see what was known."
            ),
            Choice(
                "kind",
                "Which",
                (ALONE, ALL),
                ALONE,
                "All adds two trials: one gave clusters of patients the same drug, one mixed "
                "ketamine with propofol.",
            ),
            Choice(
                "method",
                "The true effect",
                (RANDOM, FIXED),
                RANDOM,
                "May differ between trials: a random-effects pool (Paule-Mandel, Hartung-Knapp). "
                "One and the same in all: a fixed-effect pool.",
            ),
            Slider(
                "risk",
                "Deaths with etomidate",
                "%",
                5,
                50,
                1,
                29,
                "Turns the ratio into people: how many of 1,000 would die with ketamine. It was "
                "29.1% in 2025.",
                (15, 29, 45),
            ),
        ),
        stage=_trials_stage,
        view=_trials_view,
        presets={
            "Everything by person, now": {},
            "What was known in 2024": {"until": BEFORE},
            "All eight trials": {"kind": ALL},
            "All eight, one truth": {"kind": ALL, "method": FIXED},
        },
    )


@cache
def _deaths() -> tuple[pd.DataFrame, Effects]:
    """Deaths in every randomised trial against etomidate: the rows, and their risk ratios."""
    rows = table("trial_counts").query(
        "domain == 'anaesthesia' and control == 'etomidate' and outcome == 'death' and poolable != 'no'"
    )
    label = table("trials").set_index("trial").label
    counts = rows.events_active, rows.n_active, rows.events_control, rows.n_control
    return rows, risk_ratio(*counts, study=rows.trial.map(label))


def _trials_stage() -> Stage:
    fig = figure(7.6, 4.6)
    axes, artists = draw.trials_stage(fig, _deaths()[1])
    return Stage(fig, {"main": axes}, artists)


@cache
def _pooled(until: str, kind: str, method: str) -> tuple[Pooled, np.ndarray, int]:
    """The pool of the trials that are in, which they are, and how many people were in them."""
    rows, effects = _deaths()
    inside = np.ones(len(rows), bool)
    if until == BEFORE:
        inside &= (rows.trial != NEWEST).to_numpy()
    if kind == ALONE:
        inside &= (rows.poolable == "yes").to_numpy()
    people = int(rows[inside][["n_active", "n_control"]].to_numpy().sum())
    return pool(effects[inside], "paule-mandel" if method == RANDOM else "fixed"), inside, people


def _trials_view(until: str, kind: str, method: str, risk: float) -> View:
    pooled, inside, people = _pooled(until, kind, method)
    ratio = pooled.natural
    ends = pooled.estimate, pooled.low, pooled.high
    more = [1000 * (treated_risk(pooled.measure, end, risk / 100) - risk / 100) for end in ends]
    readings = [
        Reading("trials", str(pooled.k)),
        Reading("people", grouped(people)),
        Reading("pooled risk ratio", ratio.estimate, "", 3),
        Reading("its 95% interval", f"{ratio.low:.2f} to {ratio.high:.2f}"),
        Reading("deaths in 1,000, etomidate", f"{10 * risk:.0f}"),
        Reading("with ketamine", f"{decimals(more[0], 0, sign=True)} ({interval(more[1], more[2], 0)})"),
    ]
    dead = [10 * risk + extra for extra in more]
    words = f"{10 * risk:.0f} deaths in 1,000 become {dead[0]:.0f} ({dead[1]:.0f} to {dead[2]:.0f})"
    verdict = (
        "the interval includes no difference" if ratio.low < 1 < ratio.high else "the interval excludes 1"
    )
    sentence = (
        f"{pooled.k} trials, {grouped(people)} people; if the true effect {method}, the risk ratio is "
        f"{ratio.estimate:.2f} "
        f"({ratio.low:.2f} to {ratio.high:.2f}), so {words}: {verdict}."
    )
    return View(draw.place_trials(_deaths()[1], pooled, inside, words), readings, sentence)
