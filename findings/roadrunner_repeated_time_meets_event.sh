#!/usr/bin/env bash
# The same output time twice is fine for libRoadRunner, until a dose falls on it.
#
# Measured times often repeat (two samples at hour 4). The list is accepted and answered; with an event at that
# very hour the same list ends in an error.
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
roadrunner.Logger.disableLogging()
ended = {}
for name, hour in (("no dose", 90), ("a dose at hour 2", 2), ("a dose at hour 4", 4)):
    text = f"model m\n  lose: drug => ; 0.1*drug\n  drug = 10\n  at (time >= {hour}): drug = drug + 10\nend"
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    engine = roadrunner.RoadRunner(antimony.getSBMLString("m"))
    try:
        ended[name] = f"{len(engine.simulate(times=[0.0, 4.0, 4.0, 8.0]))} rows"
    except RuntimeError as error:
        ended[name] = f"{type(error).__name__}: {str(error)[:90]}"
    print(f"{name}: {ended[name]}")
    antimony.clearPreviousLoads()
assert ended["no dose"] == "4 rows" and "Error" in ended["a dose at hour 4"]
print("as described")
PYTHON
