# Two commands matter: `make lab` opens the course, `make test` checks everything.
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
READY := .venv/.ready
# In a container the reader is often root, whom JupyterLab refuses until told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
LOCK := --all-extras --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

.PHONY: lab test slides figures refresh assignments bench load check mutate lock clean

lab: $(READY)
	jupyter lab $(AS_ROOT) --ServerApp.root_dir="$(CURDIR)" notebooks/00_start_here.ipynb

# Browser tests wait more than they work: one worker more than there are cores.
test: $(READY)
	python -m pytest -n $$(python -c 'import os; print(os.cpu_count() + 1)') --dist loadgroup

slides: $(READY)
	python -m ketalab.publish slides

figures: $(READY)
	python -m ketalab.publish figures

refresh: $(READY)
	python -m ketalab.publish refresh

assignments: $(READY)
	python -m ketalab.publish assignments

bench: $(READY)
	mkdir -p dist
	python -m pytest tests/bench/test_speed.py tests/bench/course_speed.py --benchmark-enable --benchmark-only \
		--benchmark-columns=median,ops,rounds --benchmark-json=dist/measured.json
	python tests/bench/results.py dist/measured.json

load: $(READY)
	PYTHONPATH=src:tests:. python tests/bench/class_load.py
	python -m ketalab.publish teaching

check: $(READY)
	ruff format --check . && ruff check . && lint-imports --no-logo && python -m ketalab.publish check

# Seeded faults, and which of them the tests catch: about an hour.
mutate: $(READY)
	python tests/bench/mutate.py

lock: $(READY)
	uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	npm install --package-lock-only --ignore-scripts

# pip copies the JupyterLab files into .venv: a change in them means installing again.
$(READY): requirements.lock pyproject.toml package-lock.json $(shell find src/ketalab/jupyter -type f)
	$(PYTHON) -m venv .venv
	python -m pip install --quiet --require-hashes -r requirements.lock
	python -m pip install --quiet --no-deps --no-build-isolation --editable .
	npm ci --ignore-scripts --silent
	touch $(READY)

# What students handed in and the grade book lie in classroom/, which nothing here removes; an earlier
# version kept them in dist/.
clean:
	@test ! -e dist/assignments/gradebook.db || { echo "dist/assignments holds a grade book: move the folder to classroom first"; exit 1; }
	rm -rf .venv node_modules dist
