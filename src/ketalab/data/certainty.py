"""How sure anyone can be about a claim of the article, by rules anyone can apply again.

A verdict is graded on what the article's sentence asserts, hedges included. A sentence with *can* or *may*
is almost impossible to prove wrong, as one case is enough. So it is read as saying that the thing happens
in some of the people named, more often than without the drug; *studies suggest* and *has shown promise* as
saying that controlled studies point that way; *is thought* and *is considered* as a report of an opinion
with what it takes for granted; and a sentence without a hedge as saying that it is so as a rule.

Two certainties belong to a claim, and they can differ widely. That of the **verdict** says how sure we
are of our own grade. It starts at high, and each doubt costs a step: the verdict hangs on one study, the
sentence can be read in two ways, or what would decide it was not read. That of the **effect** borrows its
steps from GRADE, although GRADE rates an outcome and this rates a claim. Experiments with a control start
at high, observations without one at low, and where nobody looked it is very low. A doubtful blind or
people lost (bias), good studies that disagree (inconsistent), evidence about something else than the
claim (indirect) and so few people that both answers remain possible (imprecise) cost a step each. A claim
about documents has no effect.

So "unsupported", sure of the verdict and very unsure of the effect, means: we searched, and nobody knows.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ketalab.checks import at_least, one_of
from ketalab.data.tables import data_folder, table
from ketalab.data.verdict import HOLDS

LEVELS = ("very low", "low", "moderate", "high")
SHORTCOMINGS = ("bias", "inconsistent", "indirect", "imprecise")
DOUBTS = ("one_study", "two_readings", "not_read")
COMPARISONS = ("none", "inert", "active placebo", "treatment")  # from the easiest to the hardest


def weaker(claims: pd.DataFrame) -> pd.Series:
    """The lower of a claim's two certainties; that of the verdict where the claim is about documents."""
    return pd.Series([LEVELS[at] for at in _weaker(claims)], claims.index)


def _weaker(claims: pd.DataFrame) -> NDArray[np.intp]:
    """The same as places in `LEVELS`."""
    verdict = [LEVELS.index(level) for level in claims["certainty"].tolist()]
    known = claims["certainty_effect"].tolist()
    effect = [LEVELS.index(level) if level else len(LEVELS) for level in known]
    return np.minimum(verdict, effect)


def asked(claims: pd.DataFrame, comparison: str = "none", weeks: float = 0.0) -> NDArray[np.bool_]:
    """Which claims can be asked for this comparison and this time.

    Only a claim of benefit can be asked what the benefit has beaten or how long it lasted, and a claim of
    speed or of relief in the hour of treatment is not a question of time. A claim that cannot be asked is
    not counted, and never passes.
    """
    one_of("comparison", comparison, COMPARISONS)
    at_least("weeks", weeks, 0)
    can = np.ones(len(claims), bool)
    if comparison != "none" or weeks > 0:
        can &= [benefit != "none" for benefit in claims["benefit"].tolist()]
    if weeks > 0:
        can &= [time == "asked" for time in claims["time"].tolist()]
    return can


def surviving(
    claims: pd.DataFrame,
    least: str = "very low",
    comparison: str = "none",
    weeks: float = 0.0,
    partly: bool = True,
    tests: pd.DataFrame | None = None,
) -> NDArray[np.bool_]:
    """Which claims stand when a reader asks for this much.

    `least` is the lowest certainty accepted, of the verdict and of the effect; `comparison` the easiest
    comparison; `weeks` how long after randomisation a controlled difference must still have been found; and
    `partly` says whether a claim that holds in part stands. One row of `tests` (the table claim_tests where
    none are given), so one trial, must carry both the comparison and the time. A claim that cannot be asked
    (see `asked`) does not stand. ValueError for a level, a comparison or a time that is not allowed.
    """
    one_of("least", least, LEVELS)
    can = asked(claims, comparison, weeks)
    accepted = HOLDS if partly else HOLDS[:1]
    holds = np.array([verdict in accepted for verdict in claims["verdict"].tolist()], bool)
    stands = can & holds & (_weaker(claims) >= LEVELS.index(least))
    if comparison != "none" or weeks > 0:
        carried = set(carrying(comparison, weeks, tests)["claim"].tolist())
        stands &= np.array([claim in carried for claim in claims["claim"].tolist()], bool)
    return stands


def carrying(
    comparison: str = "none", weeks: float = 0.0, tests: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows of claim_tests in which one trial meets both the comparison and the time (weeks)."""
    one_of("comparison", comparison, COMPARISONS)
    if tests is None:
        return _carrying(data_folder(), comparison, weeks)
    hard = tests.level.map(COMPARISONS.index) >= COMPARISONS.index(comparison)
    return tests[hard & (tests.weeks >= weeks)]


@cache
def _carrying(_folder: Path, comparison: str, weeks: float) -> pd.DataFrame:
    return carrying(comparison, weeks, table("claim_tests"))
