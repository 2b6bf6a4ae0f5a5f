"""What the trials outside depression left open, each as one estimate on one scale.

A row is an estimate with its interval as a standardised mean difference g, above 0 where ketamine was
better, so that a response counted, a score measured and days abstinent can stand beside each other. How it
came to that scale is said in `how`: printed so, from an odds ratio [@chinn2000], or from a printed
difference and its interval. Two rows on depression are there as a yardstick.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from ketalab.data.tables import renamed, table
from ketalab.metaanalysis import next_trial
from ketalab.metaanalysis.effect_size import (
    HEDGES_G,
    ODDS_RATIO,
    Effects,
    from_interval,
    odds_ratio,
    standardised,
    standardised_from_difference,
)
from ketalab.metaanalysis.pooling import Pooled, pool
from ketalab.metaanalysis.small_study import Egger, TrimAndFill, egger, trim_and_fill
from ketalab.models.depression_trials import response_after_a_day
from ketalab.text import decimals, interval

YARDSTICK = "depression"
CONDITIONS = ("PTSD", "anxiety", "OCD", "alcohol", YARDSTICK)
PRINTED, ODDS, DIFFERENCE = "printed", "from an odds ratio", "from a difference"


@dataclass(frozen=True, eq=False)
class OpenQuestion:
    """One estimate: `effects` holds it on the scale of g; `n` people behind it (NaN where not printed)."""

    key: str
    name: str
    condition: str
    n: float
    effects: Effects
    how: str
    reference: str

    @property
    def estimate(self) -> float:
        return float(self.effects.estimate[0])

    @property
    def interval(self) -> tuple[float, float]:
        low, high = self.effects.interval()
        return float(low[0]), float(high[0])

    @property
    def width(self) -> float:
        """From one end of the 95% interval to the other, in g."""
        low, high = self.interval
        return high - low


@cache
def open_questions() -> dict[str, OpenQuestion]:
    """The estimates by key, in the order of `CONDITIONS`."""
    found = [
        _pooled("ptsd_corrected", "PTSD, all trials, bias-corrected", "PTSD", "borgogna_corrected"),
        _pooled("ptsd_passive", "PTSD, against inactive controls", "PTSD", "borgogna_24h_passive"),
        _pooled("ptsd_active", "PTSD, against active controls", "PTSD", "borgogna_24h_active"),
        _difference("ptsd_repeated", "PTSD, six infusions", "PTSD", "feder2021", "CAPS-5", "Cohen d"),
        _counts("anxiety_rater", "social anxiety, as rated", "anxiety", "taylor2018", "rater"),
        _counts("anxiety_self", "social anxiety, as felt", "anxiety", "taylor2018", "self"),
        _counts("ocd_response", "OCD, response at a week", "OCD", "rodriguez2013", "Y-BOCS"),
        _difference(
            "alcohol_days", "alcohol, days abstinent", "alcohol", "grabski2022", "days abstinent", ""
        ),
        _difference(
            "alcohol_relapse", "alcohol, no relapse", "alcohol", "grabski2022", "confirmed relapse", ""
        ),
        _counts("alcohol_abstinent", "alcohol, abstinent 3 weeks", "alcohol", "dakwar2020", "alcohol"),
        _pooled("depression_placebo", "depression, against placebo", YARDSTICK, "dean_placebo_score"),
        _pooled("depression_midazolam", "depression, against midazolam", YARDSTICK, "dean_midazolam_score"),
    ]
    return {question.key: question for question in found}


def _pooled(key: str, name: str, condition: str, estimate_id: str) -> OpenQuestion:
    """A published pool; where below 0 favours the drug, turned round."""
    row = table("pooled_estimates").set_index("estimate_id").loc[estimate_id]
    numbers = [row.estimate, row.low, row.high]
    if row.favours_drug == "below":
        numbers = [-row.estimate, -row.high, -row.low]
    n = float(row.n) if pd.notna(row.n) else float("nan")
    effects = from_interval(*numbers, HEDGES_G, study=[row.reference])
    return OpenQuestion(key, name, condition, n, effects, PRINTED, row.reference)


def _difference(key: str, name: str, condition: str, trial: str, scale: str, measure: str) -> OpenQuestion:
    """A difference a trial printed: standardised already, an odds ratio, or in the units of the scale."""
    rows = table("trial_differences")
    rows = rows[(rows.trial == trial) & (rows.scale == scale) & rows.low.notna()]
    row = next(r for r in rows.itertuples() if measure in r.measure and r.poolable == "yes")
    n = float(row.n_active + row.n_control)
    if row.measure == "Cohen d":
        effects, how = from_interval(row.value, row.low, row.high, HEDGES_G, study=[trial]), PRINTED
    elif row.measure == "odds ratio":  # of an event nobody wants, so turned round
        ratio = from_interval(1 / row.value, 1 / row.high, 1 / row.low, ODDS_RATIO, study=[trial])
        effects, how = standardised(ratio), ODDS
    else:
        people = int(row.n_active), int(row.n_control)
        effects = standardised_from_difference(row.value, row.low, row.high, *people, study=trial)
        how = DIFFERENCE
    return OpenQuestion(key, name, condition, n, effects, how, row.reference)


def _counts(key: str, name: str, condition: str, trial: str, definition: str) -> OpenQuestion:
    """Responders counted in both groups; people in both arms of a crossover count once."""
    rows = table("trial_counts")
    row = next(
        r
        for r in rows.itertuples()
        if r.trial == trial and definition in r.definition and pd.notna(r.n_control)
    )
    counts = (row.events_active, row.n_active, row.events_control, row.n_control)
    effects = standardised(odds_ratio(*([float(value)] for value in counts), study=[trial]))
    people = row.n_active if row.crossover == "yes" else row.n_active + row.n_control
    return OpenQuestion(key, name, condition, float(people), effects, ODDS, row.reference)


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
    return pd.DataFrame(
        {
            "trial": rows.trial,
            "indication": rows.indication,
            "design": rows.control,
            "n": rows.n_randomised,
            "direction": rows.direction,
            "interval": rows.interval,
            "reference": rows.reference,
        }
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
    """The pool as printed and with the trials that trim-and-fill imagines (odds ratio of response)."""
    found = day_one()
    rows = {"as printed": found.pooled, "with imagined trials": found.filled.pooled}
    return pd.DataFrame(
        {
            "trials": [p.k for p in rows.values()],
            "odds ratio": [f"{p.natural.estimate:.1f}" for p in rows.values()],
            "95% interval": [interval(p.natural.low, p.natural.high, 1) for p in rows.values()],
        },
        index=pd.Index(rows, name="depression, a day"),
    )
