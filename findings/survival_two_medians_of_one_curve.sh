#!/usr/bin/env bash
# The same four relapses have a median of 2 days in one library and of 3 in another.
#
# Four people relapse on days 1, 2, 3 and 4. From day 2 until day 3 exactly half are well. A good guess is that
# the median time to relapse is a definition on which libraries agree. lifelines takes the first day on which
# no more than half are well (2), statsmodels the first on which fewer than half are (3); the middle of the
# stretch, 2.5, is given by neither. Whenever a curve lies at 50% for a while, which it easily does in a small
# trial, the two differ by the whole length of that stretch: with one person lost and four who relapse on days
# 5, 10, 40 and 60, the median is 10 or 40 days.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 statsmodels==0.15.0 lifelines==0.30.3
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import lifelines
import numpy as np
import statsmodels
from lifelines import KaplanMeierFitter
from statsmodels.duration.survfunc import SurvfuncRight

print(f"lifelines {lifelines.__version__}, statsmodels {statsmodels.__version__}, numpy {np.__version__}")
found = {}
for what, days, relapsed in (
    ("relapse on days 1, 2, 3 and 4", [1, 2, 3, 4], [1, 1, 1, 1]),
    ("one of five lost on day 1, the others relapse on 5, 10, 40 and 60", [1, 5, 10, 40, 60], [0, 1, 1, 1, 1]),
    ("relapse on days 1, 2 and 3", [1, 2, 3], [1, 1, 1]),
):
    curve = SurvfuncRight(days, relapsed)
    found[what] = KaplanMeierFitter().fit(days, relapsed).median_survival_time_, curve.quantile(0.5)
    print(f"{what}: lifelines {found[what][0]:g}, statsmodels {found[what][1]:g}; share well {curve.surv_prob.round(3)}")
one, lost, odd = found.values()
assert one == (2.0, 3)
assert lost == (10.0, 40)
assert odd == (2.0, 2)
print("as described")
PYTHON
