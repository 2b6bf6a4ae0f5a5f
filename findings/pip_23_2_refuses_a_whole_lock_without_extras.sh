#!/usr/bin/env bash
# uv 0.13.9 and pip 23.2.1: a lock that pins every package with its hashes is refused once one of them has a newer version.
#
# The guess: a lock that names every package with == and its hashes says all there is to say. What it was made for can be
# installed with `pip install --require-hashes -r lock` for as long as the index keeps the files.
#
# What happens: `uv pip compile` leaves extras out of a lock unless it is told --no-strip-extras. The line says
# jsonschema==4.24.1, where jupyter-events asks for jsonschema[format-nongpl]>=4.18. pip 23.2.1, which Python
# 3.11.7 brings along, does not apply the pin to the name with the extra: it takes the newest version, and stops, since
# that one has no hash ("all requirements must have their versions pinned with =="). The lock of the newest version
# installs, so nobody sees it on the day the lock is made. pip 25.3 applies the pin. With the extra in the lock both do.
#
# Where seen: a course whose lock went from jsonschema 4.26 to 4.24. It would have come by itself with jsonschema 4.27.
#
# Output of 2026-11-30:
#   uv 0.13.9, jupyter-events 0.12.1, jsonschema 4.24.1 (4.26.0 exists)
#   lock without extras, pip 23.2.1: refused
#   lock without extras, pip 25.3: installed 4.24.1
#   lock with extras, pip 23.2.1: installed 4.24.1
#   lock with extras, pip 25.3: installed 4.24.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m venv tools
tools/bin/python -m pip install --quiet uv==0.13.9
printf 'jupyter-events==0.12.1\njsonschema==4.24.1\n' >wanted.txt
compile=(tools/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header wanted.txt)
"${compile[@]}" -o without.lock
"${compile[@]}" --no-strip-extras -o with.lock

install() { # pip, lock; says what came of it in a new environment
  local said
  python3 -m venv --clear one
  one/bin/python -m pip install --quiet "pip==$1"
  if said=$(one/bin/python -m pip install --quiet --require-hashes -r "$2" 2>&1); then
    one/bin/python -c 'from importlib.metadata import version; print("installed", version("jsonschema"))'
  elif [[ $said == *"must have their versions pinned with =="* ]]; then
    echo refused
  else
    echo "refused otherwise: $said"
  fi
}

echo "uv 0.13.9, jupyter-events 0.12.1, jsonschema 4.24.1 (4.26.0 exists)"
found=()
for lock in without with; do
  for pip in 23.2.1 25.3; do
    found+=("$(install $pip $lock.lock)")
    echo "lock $lock extras, pip $pip: ${found[-1]}"
  done
done
[[ ${found[0]} == refused ]]
for other in 1 2 3; do [[ ${found[other]} == "installed 4.24.1" ]]; done
