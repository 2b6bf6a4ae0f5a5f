#!/usr/bin/env bash
# After `import PythonMeta`, what a notebook logs stands in a file among the installed packages.
#
# A good guess is that importing a package for meta-analyses adds names and no more. PythonMeta 1.26 sets up the
# logging of the whole program at import: the root logger writes into meta.log in the package's own folder. So a
# warning that a reader saw before is not shown any more, that of other packages neither; a later
# `logging.basicConfig` changes nothing, since it acts only where no handler is; and the file grows with every run.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet numpy==2.4.6 scipy==1.17.1 pandas==2.3.3 statsmodels==0.15.0 \
  matplotlib==3.11.2 PythonMeta==1.26
cd "$folder"
say='import logging, sys
if "with" in sys.argv: import PythonMeta
logging.basicConfig(level=logging.WARNING)
logging.warning("trial C has no variance")'
file=$(echo venv/lib/python3*/site-packages/PythonMeta)/meta.log
MPLBACKEND=agg venv/bin/python -c "$say" 2>without.txt
[ ! -e "$file" ]
MPLBACKEND=agg venv/bin/python -c "$say" with 2>with.txt
echo "PythonMeta $(venv/bin/python -c 'from importlib.metadata import version; print(version("PythonMeta"))')"
echo "shown without it: $(cat without.txt)"
echo "shown with it:    $(grep variance with.txt || echo nothing)"
echo "in the package's folder, meta.log: $(grep -c variance "$file") line, $(grep -o 'WARNING.*' "$file")"
grep -q "trial C has no variance" without.txt
! grep -q "trial C" with.txt
grep -q "trial C has no variance" "$file"
echo "as described"
