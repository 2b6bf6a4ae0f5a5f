#!/usr/bin/env bash
# Four small trials that happen to agree get an interval a twentieth as wide as their own precision allows.
#
# The standard error that DerSimonian and Laird's method is known by is one over the root of the summed
# weights. A good guess is that PyMARE's estimator of that name reports it, as its weighted least squares do.
# It multiplies it by the factor of Knapp and Hartung, without the floor of 1 that another of its options has:
# where four effects lie closer together than their standard errors, the pooled interval shrinks far below
# what one trial of all their people would have. (The default of `small_sample_correction` in PyMARE's
# documentation, 0.0.13; "knapp-hartung-conservative" keeps the floor, "wald" is the old interval.)
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 PyMARE==0.0.13
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import numpy as np
from pymare import Dataset
from pymare.estimators import DerSimonianLaird, WeightedLeastSquares

print(f"PyMARE {version('PyMARE')}, numpy {np.__version__}")
effect, variance = np.array([0.30, 0.31, 0.29, 0.305]), np.array([0.020, 0.030, 0.025, 0.040])


def pooled(estimator):
    row = estimator.fit_dataset(Dataset(effect[:, None], variance[:, None])).summary().to_df().iloc[0]
    return float(row["se"]), float(row["ci_0.975"] - row["ci_0.025"])


weight = 1 / variance
mean = (weight * effect).sum() / weight.sum()
plain = weight.sum() ** -0.5
factor = (weight * (effect - mean) ** 2).sum() / 3
print(f"by hand: standard error {plain:.4f}; with Knapp and Hartung's factor {plain * factor**0.5:.4f}")
found = {
    "DerSimonianLaird()": pooled(DerSimonianLaird()),
    '... "knapp-hartung-conservative"': pooled(DerSimonianLaird(small_sample_correction="knapp-hartung-conservative")),
    '... "wald"': pooled(DerSimonianLaird(small_sample_correction="wald")),
    "WeightedLeastSquares()": pooled(WeightedLeastSquares()),
}
for name, (error, width) in found.items():
    print(f"{name}: standard error {error:.4f}, interval {width:.3f} wide")
first, floored, wald, least_squares = (error for error, _ in found.values())
assert np.isclose(first, plain * factor**0.5)
assert np.isclose([floored, wald, least_squares], plain).all()
print("as described")
PYTHON
