#!/usr/bin/env bash
# The function named "one tail" plans a trial with two, and with a quarter more people.
#
# How many people does a trial need to tell 50% responders from 30%, with one-sided 5% and a power of 80%? A
# good guess is that statsmodels' `samplesize_proportions_2indep_onetail` answers that when it is called with
# these numbers. It answers for two sides, since its `alternative` is "two-sided" unless another is given: 93
# people an arm, where one side needs 74. The name means that the other tail's tiny part of the power is left
# out of the sum (its docstring, statsmodels 0.15.0). Both numbers are computed again below from the formula.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 statsmodels==0.15.0
"$folder/venv/bin/python" - <<'PYTHON'
from math import ceil, isclose, sqrt

import statsmodels
from scipy.stats import norm
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail as people


def by_hand(one: float, two: float, tail: float, power: float) -> float:
    pooled, each = (one + two) / 2, one * (1 - one) + two * (1 - two)
    root = norm.isf(tail) * sqrt(2 * pooled * (1 - pooled)) + norm.ppf(power) * sqrt(each)
    return (root / (one - two)) ** 2


print(f"statsmodels {statsmodels.__version__}")
for one, two in ((0.5, 0.3), (0.6, 0.2)):
    plain = people(one - two, two, power=0.8, alpha=0.05)
    asked = people(one - two, two, power=0.8, alpha=0.05, alternative="larger")
    print(f"{one:.0%} against {two:.0%}: {ceil(plain)} an arm; with alternative='larger' {ceil(asked)}")
    assert isclose(plain, by_hand(one, two, 0.025, 0.8), rel_tol=1e-9)
    assert isclose(asked, by_hand(one, two, 0.05, 0.8), rel_tol=1e-9)
    assert 1.2 < plain / asked < 1.34
print("as described")
PYTHON
