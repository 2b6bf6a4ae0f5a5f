#!/usr/bin/env bash
# One table, one library, two odds ratios; and the test named after Fisher prints another than R's.
#
# Ten of 15 respond on a drug, 3 of 15 on placebo: the odds ratio is 8, say most papers. A good guess is that
# scipy's `odds_ratio` returns it, and its `fisher_exact` the one of R's fisher.test. It is the other way
# round: `odds_ratio` returns by default the conditional maximum likelihood estimate, 7.38, which R's
# fisher.test prints as well (so says the documentation of `fisher_exact`, 1.17.1), and `fisher_exact` the
# sample's 8. The smaller the trial, the farther apart: of 2 in 3 against 1 in 3 they make 4 and 3.1.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import scipy
from scipy.optimize import brentq
from scipy.stats import fisher_exact, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

print(f"scipy {scipy.__version__}, numpy {np.__version__}")
for table in ([[10, 5], [3, 12]], [[2, 1], [1, 2]]):
    (a, b), (c, d) = table
    sample = a * d / (b * c)
    mean = lambda odds: nchypergeom_fisher.mean(a + b + c + d, a + b, a + c, odds) - a  # noqa: B023, E731
    conditional = brentq(mean, 1e-3, 1e3)
    print(f"{table}: odds_ratio {odds_ratio(table).statistic:.3f}, fisher_exact {fisher_exact(table).statistic:.3f}; "
          f"by hand: sample {sample:.3f}, conditional {conditional:.3f}")
    assert np.isclose(odds_ratio(table).statistic, conditional, rtol=1e-4)
    assert np.isclose(fisher_exact(table).statistic, sample)
    assert conditional < 0.95 * sample
print("as described")
PYTHON
