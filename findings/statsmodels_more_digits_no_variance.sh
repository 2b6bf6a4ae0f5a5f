#!/usr/bin/env bash
# Ask statsmodels for more digits of the variance between trials, and it may answer that there is none.
#
# `combine_effects(method_re="iterated")` looks for the tau2 at which Cochran's Q equals its degrees of freedom.
# It stops five decimals from there. Asked to go on to nine, its last step lands on the root, rounding makes the
# residue a little less than nothing, and a residue below nothing is read as "the trials do not differ".
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.3.5 scipy==1.17.1 pandas==3.1.1 statsmodels==0.15.0
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import statsmodels
from statsmodels.stats.meta_analysis import combine_effects

print(f"statsmodels {statsmodels.__version__}, numpy {np.__version__}")
draw = np.random.default_rng(1)
lost = heterogeneous = 0
for _ in range(500):
    k = draw.integers(3, 16)
    y, v = draw.normal(0, 1, k), draw.uniform(0.05, 0.5, k) ** 2
    own = combine_effects(y, v, method_re="iterated").tau2
    exact = combine_effects(y, v, method_re="iterated", atol=1e-9).tau2
    heterogeneous += own > 0.01
    lost += own > 0.01 and exact == 0
print(f"{heterogeneous} random sets with variance between trials: {lost} of them have none at nine decimals")
assert lost > 10
print("as described")
PYTHON
