#!/usr/bin/env bash
# Racemic ketamine, spelt in two ways: one canonical name, two keys.
#
# A racemate can start from either of its two mirror images. RDKit's extended canonical SMILES is then the same,
# and InChI, which knows no such groups, gives each spelling the key of the one image it started from.
# Makes a virtual environment in a temporary folder, says which versions it tried and what they did, and ends
# with an error when they no longer do it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet rdkit==2026.9.1 numpy==2.3.5
"$folder/venv/bin/python" - <<'PYTHON'
from rdkit import Chem, RDLogger, rdBase

RDLogger.DisableLog("rdApp.*")
print(f"RDKit {rdBase.rdkitVersion}")
names, keys = set(), set()
for image in ("CN[C@@]1(c2ccccc2Cl)CCCCC1=O |&1:2|", "CN[C@]1(c2ccccc2Cl)CCCCC1=O |&1:2|"):
    molecule = Chem.MolFromSmiles(image)
    Chem.CanonicalizeEnhancedStereo(molecule)
    names.add(Chem.MolToCXSmiles(molecule))
    keys.add(Chem.MolToInchiKey(Chem.MolFromSmiles(image)))
    print(f"{image}: {Chem.MolToInchiKey(Chem.MolFromSmiles(image))}")
print(f"canonical: {', '.join(sorted(names))}")
assert len(names) == 1 and len(keys) == 2
print("as described")
PYTHON
