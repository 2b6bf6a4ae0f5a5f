#!/usr/bin/env bash
# After `import COPASI`, Python opens a text file as ASCII, though the machine, the shell and Python were UTF-8.
#
# Guess: importing an engine of systems biology loads a library and no more.
# What happens: the import sets the locale of the whole process to "C", and open() and Path.read_text(), which ask
# the locale anew for every file, can no longer read a lesson, a table or an SBML file with an accent or a micro
# sign. The sign itself works on in strings, so the error comes far from the import that caused it. libRoadRunner,
# libSBML and Antimony leave the locale as it was.
# Seen with python-copasi 4.48.311 on Linux with LANG=C.UTF-8, by running it.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-copasi==4.48.311 python-libsbml==5.21.2 antimony==3.3.0 \
    libroadrunner==2.10.0
printf 'infusion over 40 min, 0.5 mg/kg at 12.5 \xc2\xb5g/kg/min\n' > "$folder/note.txt"
LANG=C.UTF-8 PYTHONUTF8=0 "$folder/venv/bin/python" - "$folder/note.txt" <<'PYTHON'
import locale
import sys
from importlib.metadata import version
from pathlib import Path

note = Path(sys.argv[1])
packages = ("antimony", "libroadrunner", "python-libsbml", "python-copasi")
print(", ".join(f"{name} {version(name)}" for name in packages))
import antimony, libsbml, roadrunner  # noqa: E401

assert locale.getpreferredencoding(False) == "UTF-8"
print("after antimony, libroadrunner and libsbml:", locale.getpreferredencoding(False), "-", note.read_text().strip())
import COPASI

print("after COPASI:", locale.getpreferredencoding(False))
try:
    note.read_text()
except UnicodeDecodeError as error:
    print("reading the same file again:", error)
else:
    raise SystemExit("the file can still be read")
print("named, the encoding still works:", note.read_text("utf-8").strip())
print("as described")
PYTHON
