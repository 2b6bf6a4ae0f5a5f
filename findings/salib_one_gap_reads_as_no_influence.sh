#!/usr/bin/env bash
# One run of a model that gives no number, and SALib says of every input: no influence, and no doubt about it.
#
# A Sobol analysis of thousands of runs in which one is not a number answers zero for every index, with an interval
# of zero width, which reads like a result.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.3.5 scipy==1.17.1 pandas==3.1.1 matplotlib==3.11.2 salib==1.6.0
"$folder/venv/bin/python" - <<'PYTHON'
import warnings
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol
from SALib.sample import sobol as sampler

warnings.simplefilter("ignore")
print(f"SALib {version('salib')}, numpy {np.__version__}")
problem = {"num_vars": 2, "names": ["strong", "weak"], "bounds": [[0, 1], [0, 1]]}
sample = sampler.sample(problem, 256, calc_second_order=False, seed=1)
result = 10 * sample[:, 0] + sample[:, 1]
answers = {}
for name in ("whole", "one gap"):
    if name == "one gap":
        result[7] = np.nan
    found = sobol.analyze(problem, result, calc_second_order=False, seed=1)
    answers[name] = found
    print(f"{name:<8} S1 {np.round(found['S1'], 2)}, +- {np.round(found['S1_conf'], 2)}, {len(result)} runs")
assert answers["whole"]["S1"][0] > 0.9
assert (answers["one gap"]["S1"] == 0).all() and (answers["one gap"]["S1_conf"] == 0).all()
print("as described")
PYTHON
