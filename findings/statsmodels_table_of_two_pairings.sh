#!/usr/bin/env bash
# Two labelled columns in different orders: the pool goes by the labels, the table of trials by the place.
#
# Effects and variances of the same trials, as pandas Series in two orders. The pooled effect pairs them by label,
# as pandas does; the table beside it shows standard errors and weights in the order in which they came.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.3.5 scipy==1.17.1 pandas==3.1.1 statsmodels==0.15.0
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
import statsmodels
from statsmodels.stats.meta_analysis import combine_effects

print(f"statsmodels {statsmodels.__version__}, pandas {pd.__version__}")
effect = pd.Series({"a": 0.1, "b": 0.5, "c": 0.9})
variance = pd.Series({"a": 0.01, "b": 0.04, "c": 0.25})
together = combine_effects(effect, variance, row_names=list("abc"))
apart = combine_effects(effect, variance[::-1], row_names=list("abc"))
shown = apart.summary_frame()["sd_eff"].loc[list("abc")].to_numpy()
print(f"pooled: {together.mean_effect_fe:.4f} in one order, {apart.mean_effect_fe:.4f} in two")
print(f"standard errors of a, b, c: {np.sqrt(variance.to_numpy())}; shown {shown}")
assert np.isclose(together.mean_effect_fe, apart.mean_effect_fe)
assert np.allclose(shown, np.sqrt(variance.to_numpy())[::-1])
print("as described")
PYTHON
