"""How much better than their control groups people were, and when: ketamine, esketamine, tablets.

`measured` gives one row a point: what was measured (`measure`), for which drug, against which kind of
control, at which hour, with interval and source. All are counted as benefit, above zero is better:

- RESPONSE: percentage points more people whose score halved, with Newcombe's interval;
- POINTS: points of the rating scale (MADRS; Hamilton for oral antidepressants) better than control;
- SMD: standard deviations better than control, as printed, mostly pooled;
- ALONE: points better than before in each group by itself, which is not an effect of anything.

A number printed without an interval has none here. Pools are marked, since they hold trials shown beside.
"""

from functools import cache

import numpy as np
import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import (
    against_one_control,
    normal_quantile,
    standard_error_from_interval,
)
from ketalab.metaanalysis.number_needed import newcombe_interval
from ketalab.metaanalysis.pooling import pool
from ketalab.models import depression_trials as depression
from ketalab.models import relapse
from ketalab.models.depression_trials import ACTIVE, CONTROLS, HIDDEN, INACTIVE, masked_scores
from ketalab.text import decimals, interval

RESPONSE = "response: extra people in 100"
POINTS = "points better than control"
SMD = "standard deviations better than control"
ALONE = "points better than before, each group alone"
MEASURES = (RESPONSE, POINTS, SMD, ALONE)

KETAMINE, ESKETAMINE, ORAL, CONTROL = "ketamine", "esketamine", "oral antidepressant", "control group"
DRUGS = {"racemic ketamine": KETAMINE, "esketamine": ESKETAMINE}
EIGHT_WEEKS_H = 1344.0
END_H = 1680.0  # where "at the end of treatment" stands, when no week was printed
COLUMNS = ["measure", "drug", "control", "hours", "value", "low", "high", "label", "pool", "reference"]

PRINTED_SPREADS = (
    "dean_placebo_score",
    "dean_midazolam_score",
    "wilkinson_midazolam",
    "wilkinson_saline",
    "price_day1",
    "price_day7",
    "kryst_repeated_1",
    "kryst_repeated_2",
    "munkholm_smd",
)
COMPARED = {"placebo": INACTIVE, "saline": INACTIVE, "midazolam": ACTIVE, "any control": INACTIVE}


@cache
def _measured() -> pd.DataFrame:
    parts = [_responses(), _points(), _spreads(), _alone()]
    rows = pd.concat([pd.DataFrame(part, columns=COLUMNS) for part in parts], ignore_index=True)
    return rows[(rows.hours > 0) & ((rows.hours <= EIGHT_WEEKS_H) | (rows.hours == END_H))]


def measured(measure: str | None = None) -> pd.DataFrame:
    """The points of one measure, or all of them, as a fresh table."""
    rows = _measured()
    return (rows if measure is None else rows[rows.measure == measure]).copy()


def _trials() -> pd.DataFrame:
    trials = table("trials").set_index("trial")
    return trials.assign(
        control=trials.comparator.map(CONTROLS),
        drug=trials.drug.map(DRUGS),
        label=trials.label.str.replace(r" \(.*\)", "", regex=True),
    )


def _who(trials: pd.DataFrame, trial: str) -> tuple[str, str, str]:
    row = trials.loc[trial]
    return row.drug, row.control, row.label


# Response -----------------------------------------------------------------------------------------


def _responses() -> list[tuple]:
    rows = table("trial_counts")
    rows = rows[
        (rows.domain == "depression")
        & (rows.outcome == "response")
        & rows.poolable.isin(["yes", "sensitivity"])
    ]
    trials = _trials()
    found = []
    for (trial, hours), arms in rows.groupby(["trial", "time_h"], sort=False):
        drug, control, label = _who(trials, trial)
        both_in_one = trial == "transform12" and hours > 24  # its parts stand by themselves by then
        if pd.isna(control) or both_in_one:
            continue
        a, n = int(arms.events_active.sum()), int(arms.n_active.sum())
        c, m = int(arms.events_control.iloc[0]), int(arms.n_control.iloc[0])
        low, high = newcombe_interval(a, n, c, m)
        percent = 100 * np.array([a / n - c / m, low, high])
        found.append((RESPONSE, drug, control, hours, *percent, label, False, arms.reference.iloc[0]))
    return found + _pooled_responses()


def _pooled_responses() -> list[tuple]:
    pools = table("pooled_estimates").set_index("estimate_id")
    found = []
    for hours in (24, 72, 168):
        gain = pools.estimate[f"han_rate_ketamine_{hours}h"] - pools.estimate[f"han_rate_placebo_{hours}h"]
        found.append(
            (RESPONSE, KETAMINE, INACTIVE, float(hours), gain, np.nan, np.nan, "9 trials", True, "han2016")
        )
    for row in pools[(pools.reference == "taylor2006") & (pools.measure == "RD")].itertuples():
        found.append(
            (
                RESPONSE,
                ORAL,
                INACTIVE,
                row.time_h,
                row.estimate,
                np.nan,
                np.nan,
                "5 trials",
                True,
                row.reference,
            )
        )
    return found


# Points -------------------------------------------------------------------------------------------


def _points() -> list[tuple]:
    rows = table("trial_differences")
    rows = rows[
        (rows.scale == "MADRS") & (rows.measure == "mean difference") & (rows.poolable == "yes")
    ].copy()
    trials = _trials()
    found = []
    for (trial, hours), arms in rows.groupby(["trial", "time_h"], sort=False):
        drug, control, label = _who(trials, trial)
        if pd.isna(control):
            continue
        errors = [
            arm.se
            if pd.notna(arm.se)
            else float(standard_error_from_interval(arm.low, arm.high, arm.level / 100)[0])
            for arm in arms.itertuples()
        ]
        value, error = float(arms.value.iloc[0]), errors[0]
        if len(arms) > 1:
            joined = against_one_control(arms.value, errors, arms.n_active, int(arms.n_control.iloc[0]))
            value, error = float(joined.estimate[0]), float(joined.se[0])
        found.append(_benefit(POINTS, drug, control, hours, value, error, label, arms.reference.iloc[0]))
    return found + _masked_points() + _unweighed_points() + _oral_points()


def _benefit(measure, drug, control, hours, value, error, label, reference) -> tuple:
    """A row from a difference in scores, where below zero is better."""
    margin = normal_quantile(0.95) * error
    ends = (-value, -value - margin, -value + margin)
    return (measure, drug, control, hours, *ends, label, False, reference)


def _masked_points() -> list[tuple]:
    """The infusion under anaesthesia, after the first day, from its printed means and SDs."""
    scores = table("trial_scores").query("trial == 'lii2023' and scale == 'MADRS' and time_h > 24")
    found = []
    for hours, pair in scores.groupby("time_h"):
        pair = pair.set_index("role")
        error = float(np.hypot(*(pair.sd / np.sqrt(pair.n.astype(float)))))
        value = float(pair["mean"].active - pair["mean"].control)
        found.append(_benefit(POINTS, KETAMINE, HIDDEN, hours, value, error, "Lii 2023", "lii2023"))
    return found


def _unweighed_points() -> list[tuple]:
    """Repeated infusions against saline on day 15: the abstract gives no number of people an arm."""
    scores = table("trial_scores").query("trial == 'singh2016' and time_h == 336")
    often = scores.arm.str.replace(r"^(ketamine|saline) ", "", regex=True)
    found = []
    for name, part in scores.groupby(often):
        mean = part.set_index("role")["mean"]
        gain = float(mean.control - mean.active)
        label = f"Singh 2016, {name}"
        found.append((POINTS, KETAMINE, INACTIVE, 336.0, gain, np.nan, np.nan, label, False, "singh2016"))
    return found


def _oral_points() -> list[tuple]:
    pools = table("pooled_estimates").set_index("estimate_id")
    found = []
    for key in ("taylor2006_8", "taylor2006_9", "munkholm_points"):
        row = pools.loc[key]
        hours = END_H if pd.isna(row.time_h) else row.time_h
        label = "SSRI trials" if key.startswith("taylor") else f"{row.k} trials"
        found.append(
            (POINTS, ORAL, INACTIVE, hours, -row.estimate, -row.high, -row.low, label, True, row.reference)
        )
    return found


# Standard deviations ------------------------------------------------------------------------------


def _spreads() -> list[tuple]:
    rows = table("trial_differences").query("measure == 'Cohen d' and scale == 'MADRS'")
    trials = _trials()
    found = [
        (
            SMD,
            KETAMINE,
            INACTIVE,
            row.time_h,
            row.value,
            row.low,
            row.high,
            trials.label[row.trial],
            False,
            row.reference,
        )
        for row in rows.itertuples()
    ]
    pools = table("pooled_estimates").set_index("estimate_id")
    for key in PRINTED_SPREADS:
        row = pools.loc[key]
        sign = 1 if row.favours_drug == "above" else -1
        ends = sorted((sign * row.low, sign * row.high))
        drug = ORAL if row.drug == "oral antidepressant" else KETAMINE
        hours = END_H if pd.isna(row.time_h) else row.time_h
        label = f"{row.k:.0f} trials" if pd.notna(row.k) else "pool"
        found.append(
            (
                SMD,
                drug,
                COMPARED[row.comparator],
                hours,
                sign * row.estimate,
                *ends,
                label,
                True,
                row.reference,
            )
        )
    return found


# Each group by itself -----------------------------------------------------------------------------


def _alone() -> list[tuple]:
    scores = table("trial_scores").query("domain == 'depression' and scale == 'MADRS'")
    trials = _trials()
    found = []
    for row in _changes(scores).itertuples():
        drug, control, label = _who(trials, row.trial)
        if pd.isna(control) or "period 2" in row.arm or "women" in row.arm or "men" in row.arm.split():
            continue
        group = drug if row.role == "active" else CONTROL
        margin = normal_quantile(0.95) * row.error
        ends = (-row.change, -row.change - margin, -row.change + margin)
        found.append(
            (ALONE, group, control, row.time_h, *ends, f"{label}, {row.arm}", False, row.reference)
        )
    return found


def _changes(scores: pd.DataFrame) -> pd.DataFrame:
    """Changes as printed; where only scores were printed, the score less that before."""
    rows = scores[scores.kind.isin(["change", "ls change"]) & scores.role.isin(["active", "control"])]
    errors = rows.se.fillna(rows.sd / np.sqrt(rows.n.astype(float)))
    printed = rows.assign(change=rows["mean"], error=errors)
    masked = scores[(scores.trial == "lii2023") & (scores.kind == "score")]
    before = masked[masked.time_h == 0].set_index("role")["mean"]
    after = masked[masked.time_h > 0]
    derived = after.assign(change=after["mean"] - after.role.map(before), error=np.nan)
    return pd.concat([printed, derived])


# Tables of the lesson -----------------------------------------------------------------------------

PAYERS = {
    "company": "maker",
    "public": "public money",
    "charity": "charity",
    "academic": "not found (academic sponsor)",
    "none": "nobody",
    "not found": "not found",
}


def earliest() -> pd.DataFrame:
    """What was measured within four hours, as differences from control, a row a trial and measure."""
    rows = measured()
    rows = rows[(rows.hours <= 4) & (rows.measure != ALONE)].sort_values(["hours", "value"])
    unit = {RESPONSE: ("people in 100", 0), POINTS: ("points", 1), SMD: ("standard deviations", 2)}
    return pd.DataFrame(
        {
            "trial": rows.label,
            "drug": rows.drug,
            "hours": [f"{hours:.2g}" for hours in rows.hours],
            "better than control by": [
                decimals(r.value, unit[r.measure][1]) + " " + unit[r.measure][0] for r in rows.itertuples()
            ],
            "95% interval": [interval(r.low, r.high, unit[r.measure][1]) for r in rows.itertuples()],
        }
    ).set_index("trial")


def two_trials_three_ways() -> pd.DataFrame:
    """The two trials against midazolam, a day after one infusion, and three ways to pool them (points)."""
    day = depression.points_after_a_day()
    two = day.effects[day.where(control=ACTIVE)]
    margin = normal_quantile(0.95) * two.se
    rows = {
        label: (value, value - m, value + m)
        for label, value, m in zip(two.study, two.estimate, margin, strict=True)
    }
    weight = 1 / two.se**2
    fixed, error = float((weight * two.estimate).sum() / weight.sum()), float(weight.sum() ** -0.5)
    half = normal_quantile(0.95) * error
    rows["pooled, one true effect assumed"] = (fixed, fixed - half, fixed + half)
    for name, how in (("normal", "normal"), ("Hartung and Knapp", "hartung-knapp")):
        found = pool(two, interval=how)
        rows[f"pooled, true effects may differ; {name} interval"] = (found.estimate, found.low, found.high)
    return pd.DataFrame(
        {
            "points, ketamine minus midazolam": [decimals(value, 1) for value, _, _ in rows.values()],
            "95% interval": [interval(low, high, 1) for _, low, high in rows.values()],
        },
        index=list(rows),
    )


def masked_falls() -> pd.DataFrame:
    """Mean depression scores of the trial under anaesthesia, and by how much each group fell (points)."""
    scores = masked_scores().pivot_table(index="day", columns="arm", values="mean")
    falls = scores.iloc[0] - scores
    return pd.DataFrame(
        {
            "ketamine, score": scores.ketamine,
            "saline, score": scores.saline,
            "ketamine, fell by": falls.ketamine.round(1),
            "saline, fell by": falls.saline.round(1),
        }
    ).rename(index=lambda day: f"day {day:.0f}")


def followed() -> pd.DataFrame:
    """People who were well, followed without further ketamine: when they relapsed, by course."""
    rows = table("trial_durability").query("domain == 'depression'")
    kept = {
        ("ibrahim2012", "responding"),
        ("mathew2010", "relapsed"),
        ("murrough2013b", "median time to relapse"),
        ("albott2018", "median time to relapse"),
        ("ketect", "median time in remission"),
        ("ketect", "relapsed"),
    }
    rows = rows[[(r.trial, r.measure) in kept for r in rows.itertuples()]]
    rows = rows[~rows.group.str.contains("on riluzole")]
    trials = table("trials").set_index("trial").label
    days = np.where(rows.unit == "day", rows.value, rows.time_h / 24)
    gone = np.where(
        rows.unit == "day", 50.0, np.where(rows.measure == "responding", 100 - rows.value, rows.value)
    )
    return pd.DataFrame(
        {
            "people who were well": rows.group.to_numpy(),
            "course": rows.course.to_numpy(),
            "day": [f"{day:.0f}" for day in days],
            "relapsed (%)": [f"{share:.0f}" for share in gone],
        },
        index=pd.Index([trials[t] for t in rows.trial], name="trial"),
    )


def well_after_a_year() -> pd.DataFrame:
    """The model: of people half of whom relapse in 57 days, how many are well after a year (%)."""
    rows = {
        f"people alike (variance {spread:g})"
        if spread == 0
        else f"people differ (variance {spread:g})": 100
        * float(relapse.still_well(365, relapse.hazard_from_median(57, spread), spread=spread))
        for spread in (0.0, 1.0, 3.5)
    }
    return pd.DataFrame({"well after a year (%), model": {k: f"{v:.0f}" for k, v in rows.items()}})


def sprays() -> pd.DataFrame:
    """The six four-week trials of the spray: points better than placebo spray, result, payer."""
    month = depression.points_after_four_weeks()
    trials = table("trials").set_index("trial").loc[month.about.trial]
    margin = normal_quantile(0.95) * month.effects.se
    return pd.DataFrame(
        {
            "points better": [decimals(-value, 1) for value in month.effects.estimate],
            "95% interval": [
                interval(-value - m, -value + m, 1)
                for value, m in zip(month.effects.estimate, margin, strict=True)
            ],
            "primary endpoint": trials.primary_result.map({"positive": "met", "null": "missed"}).to_numpy(),
            "paid by": trials.funder.map(PAYERS).to_numpy(),
        },
        index=pd.Index(month.about.label, name="trial"),
    )
