"""Two readings of the article: how far two readers, each blind to the other, came to the same verdicts.

Both first grades are stored in the table second_reading as they were before either reader saw the other's:
the second reader had the sources alone. Where the second's reasons then convinced the first, the ledger has
the verdict they share (`revised`); where they still differ it keeps the first's. Agreement is counted on
the first grades, never on what came of comparing them. Agreement beyond chance is Cohen's kappa
[@cohen1960], over the verdicts as they are named and, with linear weights, over the three steps that have
an order: a claim holds, holds in part, or does not hold. The intervals are those for large samples (the
delta method on the table of shares); with 61 claims they are rough.
"""

from dataclasses import dataclass
from math import nan

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ketalab.checks import one_of
from ketalab.data.certainty import LEVELS
from ketalab.data.tables import table
from ketalab.data.verdict import HOLDS, VERDICTS

GRADES = (*VERDICTS, "contradicted")  # the second reader's scale had one word more
STEPS = ("holds", "holds in part", "does not hold")
STEP = dict.fromkeys(GRADES, STEPS[2]) | dict(zip(HOLDS, STEPS, strict=False))


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance: counts (rows the first reader, columns the second), kappa, 95% interval."""

    counts: pd.DataFrame
    kappa: float
    low: float
    high: float

    @property
    def agreed(self) -> int:
        return int(self.counts.to_numpy().trace())

    @property
    def graded(self) -> int:
        return int(self.counts.to_numpy().sum())

    def __repr__(self) -> str:
        between = f"{self.low:.2f} to {self.high:.2f}"
        return f"{self.agreed} of {self.graded} alike, kappa {self.kappa:.2f} (95% interval {between})"


def kappa(first: pd.Series, second: pd.Series, names: tuple[str, ...], linear: bool = False) -> Kappa:
    """Cohen's kappa of two judges' grades, in the same order, of the same things.

    `names` are the grades that exist; with `linear` they are in order, and near misses count in part.
    Not a number where both gave one and the same grade to everything: chance alone would make them agree.
    ValueError for a grade that is none of them, for two lists of different length, and for none at all.
    """
    if not len(first) or len(first) != len(second):
        raise ValueError(
            f"grades: {len(first)} and {len(second)} are not allowed; give 1 or more, as many each"
        )
    for grade in (*first, *second):
        one_of("grade", grade, names)
    pairs = pd.crosstab(pd.Series(list(first)), pd.Series(list(second)))
    counts = pairs.reindex(index=list(names), columns=list(names), fill_value=0)
    place = np.arange(len(names))
    apart = np.abs(place[:, None] - place)
    near = 1 - apart / max(apart.max(), 1) if linear else (apart == 0).astype(float)
    share = counts.to_numpy() / len(first)
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    agreed, chance = (share * near).sum(), rows @ near @ columns
    if chance > 1 - 1e-12:
        return Kappa(counts, nan, nan, nan)
    value = (agreed - chance) / (1 - chance)
    # how kappa answers to each cell of the table, and from that its standard error
    slope = (near - (1 - value) * ((near @ columns)[:, None] + rows @ near)) / (1 - chance)
    variance = max((share * slope**2).sum() - (share * slope).sum() ** 2, 0) / len(first)
    half = ndtri(0.975) * np.sqrt(variance)
    return Kappa(counts, float(value), float(value - half), float(value + half))


def readings() -> pd.DataFrame:
    """Every claim with both readers' grades side by side, and what came of comparing them.

    Columns: claim, statement, lesson, first and second (verdicts before comparing), certainty_first and
    certainty_second (of the verdict), ledger (the verdict now), reason_second, revised (the first reader's
    verdict after reading the second's reason, empty where they agreed or the difference stays open) and
    discussion.
    """
    both = table("claims").merge(table("second_reading"), on="claim", suffixes=("_now", "_second"))
    names = {
        "first_verdict": "first",
        "verdict_second": "second",
        "first_certainty": "certainty_first",
        "verdict_now": "ledger",
    }
    wanted = (
        "claim statement lesson first second certainty_first certainty_second ledger reason_second revised "
        "discussion"
    )
    return both.rename(columns=names)[wanted.split()]


def disagreements() -> pd.DataFrame:
    """The rows of `readings` in which the verdicts differ."""
    both = readings()
    return both[both["first"] != both["second"]].reset_index(drop=True)


def kappa_of_verdicts() -> Kappa:
    """Agreement on the verdicts as they are named."""
    both = readings()
    return kappa(both["first"], both["second"], GRADES)


def kappa_of_steps() -> Kappa:
    """Agreement on whether a claim holds, holds in part or does not, with linear weights."""
    both = readings()
    return kappa(both["first"].map(STEP), both["second"].map(STEP), STEPS, linear=True)


def kappa_of_certainties() -> Kappa:
    """Agreement on how sure each reader is of the verdict, with linear weights."""
    both = readings()
    return kappa(both.certainty_first, both.certainty_second, LEVELS, linear=True)
