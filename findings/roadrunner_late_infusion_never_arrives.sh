#!/usr/bin/env bash
# An infusion of eight hours that begins at hour 20 never arrives, though a row of the output is asked for every
# hour.
#
# Until then nothing happens, so the integrator takes ever longer steps, and at last one over the whole infusion;
# the rows are read off afterwards and do not stop it. Two events, on and off, do.
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
roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
WAYS = {
    "a condition": "rate := piecewise(5, time >= 20 && time <= 28, 0)",
    "two events": "rate = 0; at (time >= 20): rate = 5; at (time >= 28): rate = 0",
}
got = {}
for name, infusion in WAYS.items():
    antimony.clearPreviousLoads()
    text = f"model m\n  {infusion}\n  given: => drug; rate\n  drug = 0\nend"
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    for rows in ([0, 100], list(range(101))):
        engine = roadrunner.RoadRunner(antimony.getSBMLString("m"))
        got[name, len(rows)] = float(engine.simulate(times=[float(t) for t in rows])[-1][1])
        print(f"{name:<11} {len(rows):>3} rows: {got[name, len(rows)]:4.1f} of 40 mg arrive")
assert all(got["a condition", rows] < 1 for rows in (2, 101))
assert all(abs(got["two events", rows] - 40) < 0.01 for rows in (2, 101))
print("as described")
PYTHON
