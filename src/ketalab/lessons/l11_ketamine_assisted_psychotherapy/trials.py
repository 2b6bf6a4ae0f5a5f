"""Does more dissociation go with more benefit? The printed numbers as correlations that can be pooled.

Papers print three things: a correlation with its P value, a coefficient with its interval, a coefficient
with its P value. Each becomes a correlation, signed so that positive means "more dissociation, more
benefit". A correlation's people are those its P value implies (`effect_size.sample_size_from_p`), since the
abstract that prints 0.35 names more people than were in the sum. The correlations behind coefficients are
partial ones: the regressions hold the score before treatment (and the arm) fixed.
"""

from typing import Literal

import numpy as np
import pandas as pd

from ketalab.data.tables import table
from ketalab.metaanalysis.effect_size import (
    Effects,
    correlation_from_t,
    fisher_z,
    sample_size_from_p,
    standard_error_from_interval,
    standard_error_from_p,
)

COEFFICIENTS = {"mathai2023": 4, "echegaray2025": 2}  # numbers estimated by each regression
LATEST = 200.0  # h: day 7 is the last time used

People = Literal["implied", "printed"]


def correlations(people: People = "implied") -> pd.DataFrame:
    """Every printed link that can be turned into a correlation: study, time_h, r, n, printed n, how.

    Raises ValueError when `people` is neither "implied" nor "printed".
    """
    if people not in ("implied", "printed"):
        raise ValueError(f"people: {people!r} is not allowed; it must be implied or printed")
    rows = table("dissociation_links")
    rows = rows[rows.value.notna() & (rows.time_h < LATEST)]
    return pd.DataFrame([_correlation(row, people) for row in rows.itertuples()])


def _correlation(row, people: People) -> dict:
    printed = float(row.n)
    if row.statistic == "correlation":
        r, how = row.value, "printed"
        n = float(sample_size_from_p(row.value, float(row.p))[0]) if people == "implied" else printed
    else:
        freedom = printed - COEFFICIENTS[row.reference]
        if np.isnan(row.low):
            se, how = standard_error_from_p(row.value, float(row.p), freedom)[0], "from coefficient and P"
        else:
            se, how = standard_error_from_interval(row.low, row.high)[0], "from coefficient and interval"
        r, n = float(correlation_from_t(row.value / se, freedom)[0]), printed
    return {
        "study": row.reference,
        "time_h": row.time_h,
        "r": -float(r),  # a falling score is a benefit
        "n": int(n),
        "printed_n": int(printed),
        "how": how,
    }


def as_effects(found: pd.DataFrame) -> Effects:
    """Correlations as effects on Fisher's scale, ready for `meta_analysis.pool`."""
    return fisher_z(found.r, found.n, study=found.study)
