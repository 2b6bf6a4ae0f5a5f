#!/usr/bin/env bash
# The logarithm of a hundred is 4.6 in Antimony and 2 in a rule given to libRoadRunner.
#
# Both are written log(100), and both run in one and the same engine: Antimony's log is natural, as in Python,
# and the formulas that libRoadRunner takes itself read log as decimal.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet antimony==3.3.0 libroadrunner==2.10.0 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
import antimony
import roadrunner

print(f"antimony {antimony.__version__}, libRoadRunner {roadrunner.__version__}")
assert antimony.loadAntimonyString("model m\n  inside := log(100); outside = 0; late = 0\nend") >= 0
engine = roadrunner.RoadRunner(antimony.getSBMLString("m"))
engine.addAssignmentRule("outside", "log(100)")
inside, outside = engine["inside"], engine["outside"]
print(f"log(100) in the Antimony model: {inside:.4f}; in a rule added by libRoadRunner: {outside:.4f}")
assert abs(inside - 4.6052) < 1e-3 and abs(outside - 2) < 1e-9
print("as described")
PYTHON
