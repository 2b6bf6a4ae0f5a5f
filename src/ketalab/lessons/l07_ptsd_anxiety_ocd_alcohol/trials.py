"""Frames of the lesson on other conditions: the map of trials, what is open, memories, small trials."""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ketalab.data.tables import renamed, table
from ketalab.metaanalysis import next_trial
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    Effects,
    from_interval,
)
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.metaanalysis.small_study import Egger, TrimAndFill, egger, trim_and_fill
from ketalab.models.depression_trials import response_after_a_day
from ketalab.models.open_questions import CONDITIONS, open_questions
from ketalab.text import decimals, interval

# The map ------------------------------------------------------------------------------------------

SALINE, ACTIVE, NOT_RANDOMISED = "against saline", "against another drug", "no randomisation seen"
COLUMNS = (SALINE, ACTIVE, NOT_RANDOMISED)
PAIN = "dadabayev2020"  # people with chronic pain, some of them with PTSD: not a trial in PTSD
DIRECTION = {
    "positive": "benefit",
    "mixed": "mixed",
    "null": "no clear difference",
    "negative": "no clear difference",
}


def mapped_trials() -> pd.DataFrame:
    """Trials in PTSD, anxiety, OCD and alcohol for the evidence map: one row a trial.

    The columns of the map are what ketamine was compared with. `interval` says whether we read an
    interval, or the counts for one, of a symptom or of drinking. A trial in chronic pain of which some had
    PTSD is left out.
    """
    trials = table("trials")
    drinking = trials.population.str.contains("alcohol|drinking")
    rows = trials[
        (trials.domain.isin(["PTSD", "anxiety", "OCD"]) | drinking) & (trials.trial != PAIN)
    ].copy()
    rows["indication"] = rows.domain.where(~drinking, "alcohol")
    rows["interval"] = rows.trial.isin(_with_interval())
    randomised = ~rows.design.isin(["single arm", "cohort"])
    against = rows.comparator.map(lambda name: SALINE if name == "saline" else ACTIVE)
    rows["control"] = against.where(randomised, NOT_RANDOMISED)
    alone = rows.design == "single arm"
    rows["direction"] = rows.primary_result.map(DIRECTION).where(~alone, "no comparison")
    order = {name: place for place, name in enumerate(CONDITIONS)}
    rows = rows.sort_values("indication", key=lambda names: names.map(order), kind="stable")
    return renamed(
        rows,
        {
            "trial": "trial",
            "indication": "indication",
            "control": "design",
            "n_randomised": "n",
            "direction": "direction",
            "interval": "interval",
            "reference": "reference",
        },
    ).reset_index(drop=True)


def _with_interval() -> set[str]:
    """Trials that print an interval for a comparison, or the counts in both groups."""
    differences, counts = table("trial_differences"), table("trial_counts")
    printed = differences[differences.low.notna() & (differences.reason != "brain measure")]
    return set(printed.trial) | set(counts[counts.n_control.notna()].trial)


# Tables as the lesson shows them --------------------------------------------------------------------


def randomised_table() -> pd.DataFrame:
    """By condition: randomised trials, people in all, in the median and in the largest trial."""
    rows = mapped_trials()
    groups = rows[rows.design != NOT_RANDOMISED].groupby("indication", sort=False).n
    return pd.DataFrame(
        {
            "randomised trials": groups.size(),
            "people in all": groups.sum().astype(int),
            "median trial": groups.median().round().astype(int),
            "largest trial": groups.max().astype(int),
        }
    ).rename_axis("condition")


def controls_table() -> pd.DataFrame:
    """PTSD a day after the drug, by the kind of control, and the difference between the two pools (g)."""
    pools = table("pooled_estimates").set_index("estimate_id")
    rows = pools.loc[["borgogna_24h_passive", "borgogna_24h_active"]]
    se = float((from_interval(rows.estimate, rows.low, rows.high, HEDGES_G).se ** 2).sum() ** 0.5)
    gap = float(rows.estimate.iloc[0] - rows.estimate.iloc[1])
    ends = [*zip(rows.low, rows.high, strict=True), (gap - 1.96 * se, gap + 1.96 * se)]
    return pd.DataFrame(
        {
            "g": [decimals(value) for value in (*rows.estimate, gap)],
            "95% interval": [interval(low, high) for low, high in ends],
        },
        index=pd.Index(
            ["inactive control", "another drug", "difference between the two"], name="PTSD, a day"
        ),
    )


def assurance_table() -> pd.DataFrame:
    """Power if today's estimate is true, and assurance, for trials of a planned size (%)."""
    rows = {}
    for key, group in (
        ("ptsd_corrected", 54),
        ("ptsd_repeated", 54),
        ("ocd_response", 53),
        ("alcohol_relapse", 140),
    ):
        question = open_questions()[key]
        se = next_trial.standard_error_of_trial(HEDGES_G, group, effect=question.estimate)
        today = next_trial.predictive(pool(question.effects), tau=0.1)
        chances = next_trial.power(question.estimate, se), next_trial.assurance(today, se).same
        rows[question.name] = [group, *(f"{chance:.0%}" for chance in chances)]
    columns = ["people in each group", "power", "assurance"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("question")


def widest_table() -> pd.DataFrame:
    """The pool in social anxiety (whittaker2021): odds ratio and interval, upper over lower end."""
    row = table("pooled_estimates").set_index("estimate_id").loc["whittaker2021_1"]
    values = {"odds ratio": row.estimate, "lower end": row.low, "upper end": row.high}
    values["upper over lower"] = round(row.high / row.low)
    return pd.DataFrame([values], index=pd.Index(["social anxiety"], name="pool"))


def under_way_table() -> pd.DataFrame:
    """The trials that had no result on the day of the search."""
    rows = table("trials_under_way").set_index("label")
    return pd.DataFrame(
        {"condition": rows.domain, "against": rows.control, "people": rows.n_planned, "status": rows.status}
    ).rename_axis("trial")


def memories_table() -> pd.DataFrame:
    """What ketamine did to a memory: directions only."""
    rows = table("memory_experiments").set_index("label")
    names = {"timing": "drug given", "session": "session", "memory": "memory", "direction": "came back"}
    return renamed(rows, names).rename_axis("experiment")


# Do small trials shine? -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SmallStudies:
    """Trials on one question, their pool, Egger's line, and the pool that trim-and-fill makes of them."""

    effects: Effects
    pooled: Pooled
    line: Egger
    filled: TrimAndFill


@cache
def day_one() -> SmallStudies:
    """Response in depression in the first days, ketamine or esketamine against any control but anaesthesia:
    the only question of the course with enough trials for a funnel."""
    found = response_after_a_day()
    inside = found.about.control.notna().to_numpy() & (found.about.control != "anaesthesia").to_numpy()
    effects = found.effects[inside]
    effects = effects[effects.informative]
    return SmallStudies(effects, pool(effects), egger(effects), trim_and_fill(effects))


def funnel_table() -> pd.DataFrame:
    """Odds ratios of response: the published trials alone, and with those that trim-and-fill adds."""
    found = day_one()
    rows = {"published trials alone": found.pooled, "with added trials": found.filled.pooled}
    return pd.DataFrame(
        {
            "trials": [p.k for p in rows.values()],
            "odds ratio": [f"{p.natural.estimate:.1f}" for p in rows.values()],
            "95% interval": [interval(p.natural.low, p.natural.high, 1) for p in rows.values()],
        },
        index=pd.Index(rows, name="depression, a day"),
    )
