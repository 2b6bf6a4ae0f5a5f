"""What the lesson on risks counts: outcomes of the esketamine trials and surveys of bladders."""

from functools import cache

import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.number_needed import wilson_interval
from ketalab.models.benefit_harm import Outcome

YOUNGER, OLDER = "under 65 (TRANSFORM-1 and 2)", "65 and over (TRANSFORM-3)"
RESISTANT = "treatment-resistant depression, with a new oral antidepressant"
SEVERE = "severe or serious reaction"
STOPPED = "stopped for a reaction"


@cache
def outcomes(group: str) -> tuple[Outcome, ...]:
    """Benefit first, then harms, of four weeks of esketamine or placebo spray, each with a new tablet.

    Responses are `trial_counts`, reactions `adverse_reactions` and `after_a_dose`, the severe ones
    `severe_reactions`. For people of 65 and over fewer reactions were found.
    """
    if group not in (YOUNGER, OLDER):
        raise ValueError(f"group: {group!r} is not one of {YOUNGER}, {OLDER}")
    trial = {YOUNGER: "transform12", OLDER: "transform3"}[group]
    counts = table("trial_counts")
    row = counts[(counts.trial == trial) & (counts.outcome == "response") & (counts.time_h == 648)].iloc[0]
    found = [
        Outcome(
            "depression halved",
            True,
            int(row.events_active),
            int(row.n_active),
            int(row.events_control),
            int(row.n_control),
        )
    ]
    if group == YOUNGER:
        reactions = table("adverse_reactions").query("drug == 'esketamine' and population == @RESISTANT")
        reactions = reactions.set_index("reaction")
        for name in ("dissociation", "nausea"):
            found.append(_harm(name, reactions.loc[name], "drug", "placebo"))
    found.append(_harm("pressure up 40 mmHg", rise_of_40(group), None, "control"))
    severe = table("severe_reactions").query("trial == @trial").set_index("outcome")
    for name in (SEVERE, STOPPED):
        found.append(_harm(name, severe.loc[name], "active", "control"))
    return tuple(found)


def rise_of_40(group: str) -> pd.Series:
    """The row of `after_a_dose` that counts a systolic rise of 40 mmHg in this age group."""
    age = group.partition(" (")[0]
    rises = table("after_a_dose").query("definition == 'systolic 40 mmHg up'")
    return rises[rises.people.str.endswith(age)].iloc[0]


def _harm(name: str, row: pd.Series, drug: str | None, control: str) -> Outcome:
    columns = [f"events_{drug}" if drug else "events", f"n_{drug}" if drug else "n"]
    columns += [f"events_{control}", f"n_{control}"]
    return Outcome(name, False, *(int(row[column]) for column in columns))


@cache
def surveys() -> pd.DataFrame:
    """`bladder_surveys` with `value`, `low`, `high` in percent: Wilson's limits where there are counts."""
    rows = table("bladder_surveys").assign(value=lambda frame: frame.percent.astype(float))
    for i, row in rows[rows.events.notna()].iterrows():
        ends = wilson_interval(int(row.events), int(row.n))
        rows.loc[i, ["value", "low", "high"]] = [100 * end for end in ends]
    return rows


def upper_limit(n: int, level: float = 0.95) -> float:
    """Upper limit of a risk (0 to 1) after no event in n people: 1 - (1 - level)^(1/n), nearly 3/n."""
    if n < 1:
        raise ValueError(f"n: {n} is not allowed; it must be 1 or more people")
    return 1 - (1 - level) ** (1 / n)
