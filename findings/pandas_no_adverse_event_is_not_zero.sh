#!/usr/bin/env bash
# A trial's table that says "0 adverse events" comes back as 5.4e-79, and nobody is free of them any more.
#
# Trials are handed to regulators as SAS transport files (XPORT, version 5). A good guess is that a zero written
# by one library is a zero in the other. Transport files store numbers as IBM's mainframes did, where zero is all
# zero bits; pandas 3.1.1 translates these bits with the rule for all other numbers and gets the smallest number
# the format has, 16**-65. Printed with two decimals it looks like zero, `== 0` finds no row, and `astype(bool)`
# calls everyone affected. pyreadstat 1.3.7 reads the same file as it was written.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 pandas==3.1.1 pyreadstat==1.3.7
cd "$folder"
venv/bin/python - <<'PYTHON'
import pandas as pd
import pyreadstat

print(f"pandas {pd.__version__}, pyreadstat {pyreadstat.__version__}")
events = [0.0, 1.0, 0.0, 3.0, 0.0]
pyreadstat.write_xport(pd.DataFrame({"EVENTS": events}), "ae.xpt", file_format_version=5)
same, _ = pyreadstat.read_xport("ae.xpt")
other = pd.read_sas("ae.xpt")
print("written         ", events)
print("pyreadstat reads", list(map(float, same.EVENTS)))
print("pandas reads    ", list(map(float, other.EVENTS)))
print(f"people without an event: {int((same.EVENTS == 0).sum())} and {int((other.EVENTS == 0).sum())}; "
      f"with any: {int(same.EVENTS.astype(bool).sum())} and {int(other.EVENTS.astype(bool).sum())}")
assert list(same.EVENTS) == events
assert (other.EVENTS == 0).sum() == 0
assert set(other.EVENTS) == {16.0**-65, 1.0, 3.0}
print("as described")
PYTHON
