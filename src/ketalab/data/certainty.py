"""How sure the evidence lets anyone be about a claim of the article, by a rule anyone can apply again.

The rule borrows its steps from GRADE, but it grades claims, not outcomes, and it is ours. Documents (for a
claim about a text, a licence or a date) and experiments with a control start at high, observations without
one at low, and where nobody looked it is very low. Each shortcoming costs one step: a doubtful blind or
people lost (bias), good studies that disagree, evidence about something else than the claim (indirect),
and so few people that both answers remain possible (imprecise).

A verdict says which way the evidence points; certainty says how hard. "Unsupported, very low" therefore
means that nobody knows, and not that the claim is false.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ketalab.data.verdict import HOLDS

LEVELS = ("very low", "low", "moderate", "high")
START = {"documents": 4, "experiments": 4, "observation": 2, "none": 1}
SHORTCOMINGS = ("bias", "inconsistent", "indirect", "imprecise")
COMPARISONS = ("none", "control", "active")  # from the easiest to the hardest


def certainty(evidence: str, shortcomings: Mapping[str, bool]) -> str:
    """The level for a kind of evidence and its shortcomings; ValueError when one is not known."""
    if evidence not in START:
        raise ValueError(f"evidence: {evidence!r} is not allowed; it must be one of {', '.join(START)}")
    for name in shortcomings:
        if name not in SHORTCOMINGS:
            raise ValueError(
                f"shortcoming: {name!r} is not allowed; it must be one of {', '.join(SHORTCOMINGS)}"
            )
    return LEVELS[max(1, START[evidence] - sum(map(bool, shortcomings.values()))) - 1]


def by_rule(claims: pd.DataFrame) -> pd.Series:
    """The certainty of each claim as the rule gives it."""
    return pd.Series(
        [
            certainty(row["evidence"], {name: row[name] == "yes" for name in SHORTCOMINGS})
            for row in claims.to_dict("records")
        ],
        index=claims.index,
    )


def surviving(
    claims: pd.DataFrame,
    least: str = "very low",
    comparison: str = "none",
    weeks: float = 0.0,
    partly: bool = True,
) -> NDArray[np.bool_]:
    """Which claims stand when a reader asks for this much.

    `least` is the lowest certainty accepted, `comparison` the easiest comparison, `weeks` how long after
    the start of treatment a controlled difference must still have been found, and `partly` says whether a
    claim that holds in part stands. Claims of no benefit that a trial can test need no comparison, and
    claims to which time does not matter need no weeks.
    """
    for name, value, known in (("least", least, LEVELS), ("comparison", comparison, COMPARISONS)):
        if value not in known:
            raise ValueError(f"{name}: {value!r} is not allowed; it must be one of {', '.join(known)}")
    if not weeks >= 0:
        raise ValueError(f"weeks: {weeks:g} is not allowed; it must be 0 or more")
    holds = claims.verdict.isin(HOLDS if partly else HOLDS[:1])
    sure = claims.certainty.map(LEVELS.index) >= LEVELS.index(least)
    hard = claims.comparator.map(
        lambda name: name == "not needed" or COMPARISONS.index(name) >= COMPARISONS.index(comparison)
    )
    lasts = claims.weeks.isna() | (claims.weeks >= weeks)
    return (holds & sure & hard & lasts).to_numpy()
