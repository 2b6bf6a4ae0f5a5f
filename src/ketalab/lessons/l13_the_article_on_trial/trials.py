"""The last lesson's tables, and the trials that would change a verdict, each with the size it needs.

Every row is a proposal of this course and not a registered trial. Sizes are people in each of two groups
for a chance of 80% to tell them apart, from `next_trial.power` or, for events, from
`rare_events.people_needed`. The effect that is worth finding is a judgement and stands in its row.
"""

from collections.abc import Callable

import pandas as pd

from ketalab.data.certainty import COMPARISONS, LEVELS, asked, surviving
from ketalab.data.readings import (
    STEP,
    STEPS,
    Kappa,
    disagreements,
    kappa_of_certainties,
    kappa_of_steps,
    kappa_of_verdicts,
    readings,
)
from ketalab.data.tables import renamed, table
from ketalab.data.verdict import VERDICTS
from ketalab.metaanalysis import consistency
from ketalab.metaanalysis.effect_size import HEDGES_G, MEAN_DIFFERENCE, Effects, Measure
from ketalab.metaanalysis.next_trial import power, standard_error_of_trial
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.metaanalysis.pooling import pool
from ketalab.metaanalysis.rare_events import people_needed
from ketalab.models.depression_trials import points_after_a_day
from ketalab.models.open_questions import open_questions
from ketalab.models.suicide_risk import measured_risks

CHANCE = 0.8
DISCHARGE = "death, 3 months after discharge"
PAYERS = {"company": "maker", "public": "public money", "academic": "not found (academic sponsor)"}


def people_for_power(effect: float, se_of: Callable[[int], float], chance: float = CHANCE) -> int:
    """Fewest people in each group for this chance to find a known true effect.

    Raises ValueError for an effect of 0, which no number finds, or a chance outside 0.05 to 1.
    """
    if effect == 0:
        raise ValueError(
            "effect: 0 is not allowed; no number of people finds a difference that is not there"
        )
    if not 0.05 < chance < 1:
        raise ValueError(f"chance: {chance:g} is not allowed; it must be between 0.05 and 1, both excluded")
    few, many = 1, 2
    while power(effect, se_of(many)) < chance:
        few, many = many, 2 * many
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if power(effect, se_of(middle)) >= chance else (middle, many)
    return many


def spread_of_points() -> float:
    """Standard deviation of MADRS points a day after the dose, from the trial under anaesthesia."""
    rows = table("trial_differences")
    row = rows[(rows.trial == "lii2023") & (rows.time_h == 24) & (rows.scale == "MADRS")].iloc[0]
    return float(row.se / (1 / row.n_active + 1 / row.n_control) ** 0.5)


COLUMNS = (
    "claim",
    "question",
    "groups",
    "check of the blinding",
    "outcome",
    "effect",
    "people in each group",
)
# The measure of the effect worth finding and its size; without a measure, the share of the risk left.
PROPOSALS: tuple[tuple[str, str, str, str, str, Measure | None, float], ...] = (
    (
        "C14",
        "How much of it is the drug, how much expectancy?",
        "ketamine or saline, both asleep under anaesthesia",
        "guesses of patients and raters, printed",
        "MADRS after a day",
        MEAN_DIFFERENCE,
        3.0,
    ),
    (
        "C16",
        "Does a course still help at six months?",
        "eight infusions of ketamine or midazolam",
        "guesses after the first and the last infusion",
        "MADRS at 26 weeks",
        MEAN_DIFFERENCE,
        3.0,
    ),
    (
        "C22",
        "Does it help in PTSD?",
        "repeated ketamine or midazolam, same therapy",
        "guesses; raters who never see the patient",
        "CAPS-5 at 12 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C27",
        "Do fewer people relapse?",
        "three infusions, ketamine or an active placebo",
        "guesses; drinking checked in blood",
        "relapse at 12 months",
        HEDGES_G,
        0.3,
    ),
    (
        "C29",
        "Is chronic pain better after three months?",
        "a long infusion, ketamine or midazolam",
        "guesses each week",
        "pain at 12 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C49",
        "Does therapy add to ketamine?",
        "ketamine, with therapy or with as many hours of friendly talk",
        "raters blind; patients not told which is expected to win",
        "MADRS at 26 weeks",
        HEDGES_G,
        0.3,
    ),
    (
        "C54",
        "Is there a best hour?",
        "the same therapy one day or seven days after a dose",
        "raters blind to the day",
        "MADRS at 26 weeks",
        HEDGES_G,
        0.2,
    ),
    (
        "C55",
        "Does it save lives?",
        "esketamine or usual care, at discharge from hospital",
        "registers count deaths, which need no blind",
        "deaths by suicide in three months",
        None,
        0.5,
    ),
)


def next_decade() -> pd.DataFrame:
    """What would have to be shown: claim, question, groups, check of the blinding, and the rest."""
    rows = [(*said, *_effect_and_people(measure, size)) for *said, measure, size in PROPOSALS]
    return pd.DataFrame(rows, columns=COLUMNS)


def _effect_and_people(measure: Measure | None, size: float) -> tuple[str, int]:
    """The effect in words, and the people it takes in each group."""
    if measure is None:
        # Deaths in three months after discharge: the highest risk for which this course has a source.
        return "risk halved", int(round(people_needed(measured_risks()[DISCHARGE], size), -2))
    sd = spread_of_points() if measure is MEAN_DIFFERENCE else None
    people = people_for_power(size, lambda n: standard_error_of_trial(measure, n, effect=size, sd=sd))
    return f"{size:g} points" if measure is MEAN_DIFFERENCE else f"g {size:g}", people


# Tables of the lesson ---------------------------------------------------------------------------------

PRINTED_IN_PTSD = {
    "borgogna_all": "pool A, all times",
    "borgogna_corrected": "pool A, corrected for small-study bias",
    "borgogna_24h_active": "pool A, after 24 h, active controls",
    "almeida_ptsd": "pool B, 1 to 4 weeks",
}


def certainties() -> pd.DataFrame:
    """How many claims have each verdict (rows) at each certainty of the effect (columns)."""
    claims = table("claims")
    effect = claims.certainty_effect.replace("", "about documents").rename("certainty of the effect")
    counts = pd.crosstab(claims.verdict, effect)
    return counts.reindex(index=list(VERDICTS), columns=[*LEVELS, "about documents"], fill_value=0)


def standards(weeks: tuple[int, ...] = (0, 1, 4, 26, 52)) -> pd.DataFrame:
    """How many claims of benefit stand, by how long (weeks) and against what the same trial must have shown
    it, and how many can be judged."""
    claims = table("claims")
    rows = [
        {"weeks": time, "can be judged": int(asked(claims, "inert", time).sum())}
        | {
            f"beat: {each}": int(surviving(claims, "very low", each, time).sum())
            for each in COMPARISONS[1:]
        }
        for time in weeks
    ]
    return pd.DataFrame(rows).set_index("weeks")


def agreement() -> pd.DataFrame:
    """How often the second reader came to the first's verdict, by the first's certainty: certainty, claims,
    alike, share, low and high (%, Wilson's 95% interval)."""
    both = readings()
    same = both["first"] == both["second"]
    rows = []
    for level in reversed(LEVELS):
        here = same[both.certainty_first == level]
        if len(here):
            _, low, high = wilson_interval(int(here.sum()), len(here))
            rows.append((level, len(here), int(here.sum()), 100 * here.mean(), 100 * low, 100 * high))
    return pd.DataFrame(rows, columns=["certainty", "claims", "alike", "share", "low", "high"])


def kappas() -> pd.DataFrame:
    """Agreement of the two readers: on what, on how many of 61, Cohen's kappa and its 95% interval."""

    def row(what: str, found: Kappa) -> tuple[str, str, float, str]:
        between = f"{found.low:.2f} to {found.high:.2f}"
        return what, f"{found.agreed} of {found.graded}", round(found.kappa, 2), between

    rows = [
        row("verdict, word for word", kappa_of_verdicts()),
        row("holds, in part or not; a near miss counts in part", kappa_of_steps()),
        row("certainty of the verdict; a near miss counts in part", kappa_of_certainties()),
    ]
    return pd.DataFrame(rows, columns=["two readers on", "alike", "kappa", "95% interval"]).set_index(
        "two readers on"
    )


def two_readings() -> pd.DataFrame:
    """Claims by whether they hold, in part or not, for the first (rows) and second reader (columns)."""
    both = readings()
    first, second = (both[name].map(STEP).rename(f"{name} reader") for name in ("first", "second"))
    return pd.crosstab(first, second).reindex(index=list(STEPS), columns=list(STEPS), fill_value=0)


def differences() -> pd.DataFrame:
    """The claims on which the readers differed, with what came of it."""
    rows = disagreements()
    return pd.DataFrame(
        {
            "claim": rows.claim,
            "first reader": rows["first"],
            "second reader": rows["second"],
            "first reader now": rows.revised.replace("", "as before"),
            "why": rows.discussion,
        }
    )


def printed_in_ptsd() -> pd.DataFrame:
    """Four printed estimates of PTSD symptoms: label, estimate, low, high and what does not fit."""
    rows = table("pooled_estimates").set_index("estimate_id").loc[list(PRINTED_IN_PTSD)]
    found = [consistency.check(row.estimate, row.low, row.high, HEDGES_G) for row in rows.itertuples()]
    return pd.DataFrame(
        {
            "label": list(PRINTED_IN_PTSD.values()),
            "estimate": rows.estimate.to_numpy(),
            "low": rows.low.to_numpy(),
            "high": rows.high.to_numpy(),
            "what does not fit": [" ".join(each.words for each in some) or "nothing" for some in found],
        }
    )


def which_benefit() -> pd.DataFrame:
    """Two outcomes of one trial in alcohol use disorder, as g in favour of ketamine."""
    asked_of = open_questions()
    rows = [
        (asked_of[key].name, asked_of[key].estimate, *asked_of[key].interval)
        for key in ("alcohol_days", "alcohol_relapse")
    ]
    return pd.DataFrame(rows, columns=["outcome", "g", "low", "high"]).round(2).set_index("outcome")


def best_case_trials() -> Effects:
    """Points of the MADRS a day after one dose of racemic ketamine: what C14 is about."""
    day = points_after_a_day()
    return day.effects[day.where(drug="racemic ketamine")]


def best_case_payers() -> pd.DataFrame:
    """Each trial of the forest: how the drug was given, against what, in how many people, and who paid."""
    day = points_after_a_day()
    about = day.about[day.where(drug="racemic ketamine")]
    its = table("trials").set_index("trial").loc[about.trial]
    return pd.DataFrame(
        {
            "given": its.route.map({"intravenous": "infusion", "nasal": "nasal spray"}).to_numpy(),
            "against": its.comparator.to_numpy(),
            "people": (about.n / (1 + (its.design == "crossover").to_numpy())).astype(int).to_numpy(),
            "paid by": its.funder.map(PAYERS).to_numpy(),
        },
        index=pd.Index(about.label, name="trial"),
    )


def best_case_pools() -> pd.DataFrame:
    """The trials of one dose by what was given: trials, pooled points of the MADRS and 95% interval."""
    day = points_after_a_day()
    rows = []
    for name, inside in (
        ("ketamine itself", day.where(drug="racemic ketamine")),
        ("esketamine spray", day.where(drug="esketamine")),
        ("both together", day.where(drug=["racemic ketamine", "esketamine"])),
    ):
        found = pool(day.effects[inside])
        rows.append(
            (name, int(inside.sum()), *(round(x, 1) for x in (found.estimate, found.low, found.high)))
        )
    return pd.DataFrame(rows, columns=["one dose of", "trials", "points", "low", "high"]).set_index(
        "one dose of"
    )


def important_differences() -> pd.DataFrame:
    """Changes within one person that correspond to a step on a doctor's scale, with the sources."""
    names = {"scale": "scale", "anchor": "compared with", "level": "called", "points": "points"}
    names |= {"active": "reached with esketamine (%)", "control": "reached with placebo (%)"}
    return renamed(table("important_differences"), names | {"note": "note", "reference": "source"})


def under_way() -> pd.DataFrame:
    """Trials that are registered: people planned, people in each arm, control and status."""
    rows = table("trials_under_way")
    names = {
        "label": "trial",
        "control": "control",
        "n_planned": "people planned",
        "per_arm": "in each arm",
        "status": "status",
    }
    return renamed(rows, names).set_index("trial")


def readers() -> pd.DataFrame:
    """What each reader of the dial believes after the trials: points and the chance (%) of any benefit."""
    from ketalab.lessons import explorable

    dial = explorable("readers_dial")
    rows = []
    for name, values in dial.presets.items():
        shown = {reading.label: reading.text for reading in dial.at(**values).readings}
        rows.append((name, shown["you expect now"], shown["chance of any benefit, after"]))
    return pd.DataFrame(rows, columns=["reader", "expects now", "any benefit"]).set_index("reader")
