#!/usr/bin/env bash
# One trial without an event changes all the others, and each only by half.
#
# The usual correction for an empty cell adds a half to each of its four cells, in that trial. statsmodels adds
# it to the events of every trial of the set, and not to the number of people: 19 of 20 counts as 19.5 of 20.
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
from statsmodels.stats.meta_analysis import effectsize_2proportions

print(f"statsmodels {statsmodels.__version__}, numpy {np.__version__}")
one, two = np.array([19.0, 3.0]), np.array([12.0, 5.0])
people = np.array([20.0, 20.0])
log_odds = lambda a, b, n: np.log(a * (n - b) / (b * (n - a)))  # noqa: E731
alone, _ = effectsize_2proportions(one, people, two, people, statistic="odds-ratio")
beside = (np.append(one, 0.0), np.append(people, 20.0), np.append(two, 4.0), np.append(people, 20.0))
changed, _ = effectsize_2proportions(*beside, statistic="odds-ratio", zero_correction=0.5)
print(f"19 of 20 against 12 of 20 alone:                  log odds ratio {alone[0]:.3f}")
print(f"the same beside a trial with 0 of 20 against 4:   log odds ratio {changed[0]:.3f}")
print(f"19.5 of 20 against 12.5 of 20, by hand:           log odds ratio {log_odds(19.5, 12.5, 20):.3f}")
print(f"19.5 of 21 against 12.5 of 21, the usual cure:    log odds ratio {log_odds(19.5, 12.5, 21):.3f}")
assert np.isclose(alone[0], log_odds(19, 12, 20))
assert np.isclose(changed[0], log_odds(19.5, 12.5, 20)) and not np.isclose(changed[0], alone[0])
print("as described")
PYTHON
