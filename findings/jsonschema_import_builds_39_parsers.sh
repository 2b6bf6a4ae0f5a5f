#!/usr/bin/env bash
# jsonschema 4.26.0 beside rfc3987-syntax 1.1.0: `import nbformat` builds 39 parsers of addresses.
#
# The guess: a validator's format checks are functions; what checks an international address (IRI) is read when a
# schema names the format "iri", and a program that only reads notebooks never pays for it.
#
# What happens: when jsonschema is imported it looks for a package that knows IRIs. Where JupyterLab is installed there
# is one: jupyter-events asks for jsonschema[format-nongpl], and that for rfc3987-syntax. When it is imported, that
# package builds one parser of lark for every term of RFC 3987, 39 in all; the schema of a notebook names none of them.
# So every process that imports nbformat waits for them (JupyterLab, nbconvert, nbgrader, the workers of a test run), here
# some three seconds of a core. Without that package there is no check for "iri", nobody misses it, and none is built.
#
# Where seen: a test run whose every worker began three seconds late. What helps: jsonschema below 4.25, which does not ask for that package.
#
# Output of 2026-11-30:
#   nbformat 5.11.1, jsonschema 4.26.0, rfc3987-syntax 1.1.0, lark 1.3.1
#   nbformat alone: 0 parsers built, a check for 'iri': False
#   with what JupyterLab brings: 39 parsers built, a check for 'iri': True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nbformat==5.11.1 jsonschema==4.26.0 lark==1.3.1
cat >count.py <<'PYTHON'
import lark

built = 0
plain = lark.Lark.__init__


def counted(self, *given, **named):
    global built
    built += 1
    plain(self, *given, **named)


lark.Lark.__init__ = counted
import jsonschema  # noqa: E402
import nbformat  # noqa: E402

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("A cell.")])
nbformat.validate(notebook)
print(f"{built} parsers built, a check for 'iri': {'iri' in jsonschema.FormatChecker.checkers}")
PYTHON
echo "nbformat 5.11.1, jsonschema 4.26.0, rfc3987-syntax 1.1.0, lark 1.3.1"
alone=$(venv/bin/python count.py)
venv/bin/pip install --quiet --disable-pip-version-check rfc3987-syntax==1.1.0
beside=$(venv/bin/python count.py)
echo "nbformat alone: $alone"
echo "with what JupyterLab brings: $beside"
[[ $alone == "0 parsers built, a check for 'iri': False" && $beside == "39 parsers built, a check for 'iri': True" ]]
