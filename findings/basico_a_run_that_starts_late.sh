#!/usr/bin/env bash
# "Start at 10, for 10 minutes" shows one moment; and the next run still starts late.
#
# A good guess is that run_time_course(start_time=10, duration=10) takes the model as it stands, calls this
# moment 10, and runs to 20. The model runs from 0, `duration` counts from 0 as well, and `start_time` says only
# from when on rows are written: of a drug that decays from 100, one row is left, 36.8 at 10. The start stays in
# the model's task: a later run that names none leaves out its first 10 minutes, too.
# (copasi-basico 0.92 with the COPASI that it brings.)
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 pandas==2.3.3 copasi-basico==0.92
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

import basico
import numpy as np

print(f"copasi-basico {version('copasi-basico')}, python-copasi {version('python-copasi')}")
basico.new_model(name="one compartment")
basico.add_species("drug", initial_concentration=100.0)
basico.add_reaction("out", "drug -> ")
basico.set_reaction_parameters("(out).k1", value=0.1)


def run(**how):
    rows = basico.run_time_course(**how)
    print(how, {float(t): round(float(drug), 2) for t, drug in zip(rows.index, rows["drug"])})
    return rows


late = run(start_time=10, duration=10, intervals=2)
after = run(duration=20, intervals=4)
assert list(late.index) == [10.0] and np.isclose(late["drug"].iloc[0], 100 * np.exp(-1), rtol=1e-4)
assert list(after.index) == [10.0, 15.0, 20.0]
again = run(start_time=0, duration=20, intervals=4)
assert list(again.index) == [0.0, 5.0, 10.0, 15.0, 20.0] and np.isclose(again["drug"].iloc[0], 100)
print("as described")
PYTHON
