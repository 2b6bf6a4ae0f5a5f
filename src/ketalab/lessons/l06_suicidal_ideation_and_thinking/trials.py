"""What the trials on suicidal thoughts counted, ready to be drawn, moved and pooled."""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.bibliography import short_name
from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import ODDS_RATIO, Effects, from_interval, join, odds_ratio
from ketalab.metaanalysis.number_needed import NumberNeeded, number_needed_to_treat
from ketalab.metaanalysis.rare_events import people_needed
from ketalab.models.suicide_risk import measured_risks
from ketalab.text import grouped, interval, significant

DEPRESSIVE = "ketamine x 2, depressive"
BASE_SHARE = 0.2  # free of thoughts without ketamine: 12 of 82 to 25 of 79 in the trials; for what-ifs only
COUNTED = (("murrough2013", 24.0), ("grunebaum2018", 24.0), ("su2023", 24.0), ("domany2022", 4.0))
VISITS = ("4 h", "day 2", "day 3", "day 5", "day 7", "day 14")
SILENT = ("grunebaum2017", "murrough2015", "ionescu2019", "barzkar2025", "aspire12")


@cache
def course() -> pd.DataFrame:
    """People free of suicidal thoughts in one trial (su2023), by time, and the `gain` over midazolam."""
    rows = table("trial_counts").query("trial == 'su2023' and outcome == 'remission of ideation'")
    rows = rows.sort_values("time_h").reset_index(drop=True)
    return rows.assign(gain=[_gain(row) for row in rows.itertuples()])


def _gain(row) -> NumberNeeded:
    counts = (row.events_active, row.n_active, row.events_control, row.n_control)
    return number_needed_to_treat(*map(int, counts))


@cache
def counted() -> pd.DataFrame:
    """The trials whose people can be counted, one row each, with their comparator."""
    counts = table("trial_counts").query("domain == 'suicidal ideation'")
    about = table("trials").set_index("trial")
    rows = [counts[(counts.trial == trial) & (counts.time_h == hour)].iloc[0] for trial, hour in COUNTED]
    found = pd.DataFrame(rows).reset_index(drop=True)
    return found.assign(comparator=found.trial.map(about.comparator))


@cache
def effects() -> Effects:
    """Odds ratios: the counted trials, then Abbar 2022 whole and in its depressive stratum, as printed."""
    rows = counted()
    numbers = rows[["events_active", "n_active", "events_control", "n_control"]].to_numpy(float).T
    printed = table("trial_differences").query("trial == 'abbar2022' and time_h == 72")
    printed = printed.set_index("active").loc[["ketamine x 2", DEPRESSIVE]]
    names = ["abbar2022", "abbar2022, depressive disorder"]
    abbar = from_interval(printed.value, printed.low, printed.high, ODDS_RATIO, study=names)
    return join(odds_ratio(*numbers, study=list(rows.reference)), abbar)


@cache
def silent() -> Effects:
    """What if: trials that printed no counts, each as if it had found no difference at all.

    Their size is real, their result is not: the odds ratio is 1 by decree, and the standard error is that
    of two equal groups in which a fifth is free of suicidal thoughts.
    """
    people = table("trials").set_index("trial").n_randomised.loc[list(SILENT)].to_numpy(float)
    variance = 2 * (1 / (BASE_SHARE * people / 2) + 1 / ((1 - BASE_SHARE) * people / 2))
    half = 1.959964 * np.sqrt(variance)
    return from_interval(np.ones(len(people)), np.exp(-half), np.exp(half), ODDS_RATIO, study=SILENT)


# Tables as a lesson shows them ------------------------------------------------------------------------


def course_table() -> pd.DataFrame:
    """Visit by visit, people free of suicidal thoughts and the difference of the shares (in 100)."""
    rows = course()
    gain = rows.gain
    return pd.DataFrame(
        {
            "ketamine, of 42": rows.events_active.astype(int).to_numpy(),
            "midazolam, of 42": rows.events_control.astype(int).to_numpy(),
            "difference (people in 100)": [round(100 * g.difference) for g in gain],
            "95% interval": [interval(100 * g.low, 100 * g.high, 0) for g in gain],
        },
        index=pd.Index(VISITS, name="visit"),
    )


def needed_table() -> pd.DataFrame:
    """People in each group for a chance of 80%, by what is counted and the share of risk that is left."""
    risks = measured_risks()
    frame = pd.DataFrame(
        {"risk without treatment (%)": [significant(100 * risk, 2) for risk in risks.values()]},
        index=pd.Index(risks, name="what is counted"),
    )
    for left in (0.5, 0.7, 0.8):
        needed = [float(f"{people_needed(risk, left):.3g}") for risk in risks.values()]
        frame[f"people per group, {left:.0%} left"] = [grouped(n) for n in needed]
    return frame


def alone_table() -> pd.DataFrame:
    """A group without a control (shivanekar2022): mean on the Columbia scale (0 to 5) and people left."""
    rows = table("trial_scores").query("trial == 'shivanekar2022' and scale == 'C-SSRS ideation'")
    return pd.DataFrame(
        {"mean score, 0 to 5": rows["mean"].to_numpy(), "people": rows.n.astype(int).to_numpy()},
        index=pd.Index((rows.time_h / 24).round().astype(int), name="day"),
    )


def ratios_table() -> pd.DataFrame:
    """Each trial with counts: what it counted, against what, and its odds ratio."""
    about, rows, found = table("trials").set_index("trial"), counted(), effects()
    low, high = np.exp(found.interval())
    names = [*about.label[rows.trial], "Abbar 2022", "Abbar 2022, depressive disorder"]
    against = [*rows.comparator, about.comparator["abbar2022"], about.comparator["abbar2022"]]
    return pd.DataFrame(
        {
            "counted as better": [
                *rows.outcome.replace({"no ideation": "free of ideation"}),
                *2 * ["remission of ideation"],
            ],
            "against": against,
            "odds ratio": np.exp(found.estimate).round(1),
            "95% interval": [interval(a, b, 1) for a, b in zip(low, high, strict=True)],
        },
        index=pd.Index(names, name="trial"),
    )


def silent_table() -> pd.DataFrame:
    """The trials that printed no counts: people, first outcome, what it showed."""
    rows = table("trials").set_index("trial").loc[list(SILENT)].set_index("label")
    return pd.DataFrame(
        {
            "people": rows.n_randomised.astype(int),
            "against": rows.comparator,
            "main outcome": rows.primary_outcome,
            "result": rows.primary_result.map({"null": "no clear difference", "positive": "a difference"}),
        }
    ).rename_axis("trial")


def pools_table() -> pd.DataFrame:
    """What reviews pooled: drug, time, comparison, fall of suicidal thoughts in standard deviations."""
    pooled = table("pooled_estimates")
    rows = pooled[pooled.reference.isin(["wilkinson2018", "xiong2020", "ndt2023", "pnpbp2025", "ejcp2024"])]
    rows = rows[rows.estimate_id != "ejcp_depression"].sort_values("drug", ascending=False, kind="stable")
    known, sign = rows.low.notna(), np.where(rows.estimate < 0, -1, 1)  # towards fewer thoughts
    ends = np.sort(np.vstack([sign * rows.low, sign * rows.high]), axis=0).T
    return pd.DataFrame(
        {
            "drug": rows.drug,
            "when": rows.time.replace("", "days 1 to 7"),
            "against": rows.comparator.replace("", "not clear"),
            "fall (SD)": [f"{abs(x):g}" for x in rows.estimate],
            "95% interval": [
                interval(*both) if there else "not printed" for both, there in zip(ends, known, strict=True)
            ],
            "review": rows.reference.map(short_name),
        }
    ).set_index("review")
