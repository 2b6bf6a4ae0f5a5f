# Two commands matter: `make lab` opens the course, `make test` checks everything.
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=
# In a container the reader is often root, whom JupyterLab refuses until told.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# A reader's install and what is added to it, each with its own lock and its own stamp.
READER := .venv/.reader
EXTRAS := slides classroom develop
# Extras stay in the lock: pip 23.2 does not apply a pin to the name with an extra, takes the newest and refuses it.
LOCK := --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock"
# Python compiles a module when it is first imported, once: doing it for all of them would double the wait.
INSTALL := python -m pip install --no-compile --require-hashes -r requirements.lock

.PHONY: lab test slides site guide figures refresh assignments inventory gain questions cards classroom bench load check mutate lock platforms clean

lab: $(READER)
	@echo "The lab opens in your browser. To stop it, press Ctrl-C here, twice."
	jupyter lab $(AS_ROOT) --ServerApp.root_dir="$(CURDIR)" notebooks/00_start_here.ipynb

# Browser tests wait more than they work: one worker more than there are cores.
test: .venv/.develop
	python -m pytest -n $$(python -c 'import os; print(os.cpu_count() + 1)') \
		--nbval-sanitize-with tests/without_engines.cfg

slides: .venv/.slides
	@echo "Cutting one deck from each lesson: one to two minutes."
	python -m ketalab.publish slides
	@echo "Open dist/slides/index.html by double click."

site: .venv/.slides
	@echo "Making one page of each lesson: less than a minute, and two more where the decks were never cut."
	python -m ketalab.publish site
	@echo "Open dist/site/index.html by double click, or put the folder on any web server."

guide: .venv/.slides
	@echo "Making the guide for teachers: seconds, and a few minutes where the web edition was never made."
	python -m ketalab.publish guide
	@echo "Open dist/guide/index.html by double click. It holds every answer: not for students."

figures: $(READER)
	python -m ketalab.publish figures

refresh: $(READER)
	python -m ketalab.publish refresh

# SEED=autumn draws other numbers for a new class.
assignments: .venv/.classroom
	python -m ketalab.publish assignments $(if $(SEED),--seed "$(SEED)")

inventory: $(READER)
	python -m ketalab.publish inventory

gain: $(READER)
	python -m ketalab.publish gain $(ANSWERS)

# SEED=2027 draws other numbers for the exam set. MathJax, which the decks ship, writes the formulas.
questions: .venv/.slides
	python -m ketalab.publish questions $(SEED)

cards: $(READER)
	python -m ketalab.publish cards

# Students' servers cannot write here, so what they import is compiled before. Files for other Pythons fail.
classroom: .venv/.classroom
	@echo "Compiling what is installed, so that students' servers start quickly: one to two minutes."
	-python -m compileall -qq -j 0 .venv/lib
	@echo "Now, as root: jupyterhub -f deploy/jupyterhub_config.py"

bench: .venv/.develop
	mkdir -p dist
	python -m pytest tests/bench/test_speed.py tests/bench/course_speed.py --benchmark-enable --benchmark-only \
		--benchmark-columns=median,ops,rounds --benchmark-json=dist/measured.json
	PYTHONPATH=src:tests:. python tests/bench/lab_speed.py dist/hand.json
	python tests/bench/results.py dist/measured.json dist/hand.json

load: .venv/.develop
	PYTHONPATH=src:tests:. python tests/bench/class_load.py
	python -m ketalab.publish teaching

check: .venv/.develop
	ruff format --check . && ruff check . && lint-imports --no-logo && python -m ketalab.publish check

# Seeded faults, and which of them the tests catch: about an hour.
mutate: .venv/.develop
	python tests/bench/mutate.py

# Each lock holds what its extra adds to the locks before it, so no version stands twice.
lock: .venv/.develop
	uv pip compile pyproject.toml -c constraints.txt $(LOCK) -o requirements.lock
	@set -e; have=requirements.lock; extras=; for extra in $(EXTRAS); do \
		extras="$$extras --extra $$extra"; \
		uv pip compile pyproject.toml $$extras -c constraints.txt $$(printf -- '-c %s ' $$have) \
			$$(sed -n 's/^\([a-z0-9.-]*\)\(\[.*\]\)*==.*/--no-emit-package \1/p' $$have) \
			$(LOCK) -o requirements-$$extra.lock; \
		have="$$have requirements-$$extra.lock"; \
	done
	npm install --package-lock-only --ignore-scripts

# With a network: can the default install be had from wheels alone, everywhere it is said to?
platforms: .venv/.develop
	python tests/platforms.py

# pip copies the JupyterLab files into .venv: a change in them means installing again.
$(READER): requirements.lock pyproject.toml $(shell find src/ketalab/jupyter -type f -not -name '*.pyc')
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is too old: the course needs Python 3.11 or newer (PYTHON=python3.12 make lab)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { \
		echo "$(PYTHON) cannot make virtual environments (Debian, Ubuntu: apt install python3-venv)."; exit 1; }
	@echo "Installing what the lessons need into .venv, once: up to $$(grep -c '^[a-z]' requirements.lock) packages,"
	@echo "250 MB to fetch, 0.9 GB on disk, one to three minutes. Ctrl-C stops it; make goes on from there."
	$(PYTHON) -m venv .venv
	$(INSTALL)
	python -m pip install --no-compile --no-deps --no-build-isolation --editable .
	@touch $@

# Node builds the decks and runs the hub's proxy. Where the machine has no npm, a Python package brings it.
.venv/.slides: $(READER) requirements-slides.lock package-lock.json
	@command -v npm >/dev/null || { \
		echo "Installing Node.js into .venv, once: 60 MB to fetch, 0.2 GB on disk."; \
		$(INSTALL) -r requirements-slides.lock; }
	@echo "Installing what the decks ship into node_modules, once: 0.1 GB on disk."
	npm ci --ignore-scripts
	@touch $@

.venv/.classroom: .venv/.slides requirements-classroom.lock
	@echo "Installing JupyterHub and nbgrader into .venv, once."
	$(INSTALL) -r requirements-slides.lock -r requirements-classroom.lock
	@touch $@

.venv/.develop: .venv/.classroom requirements-develop.lock
	@echo "Installing what tests and checks need into .venv, once."
	$(INSTALL) $(EXTRAS:%=-r requirements-%.lock)
	@touch $@

# What students handed in and the grade book lie in classroom/, which nothing here removes; an earlier
# version kept them in dist/.
clean:
	@test ! -e dist/assignments/gradebook.db || { echo "dist/assignments holds a grade book: move the folder to classroom first"; exit 1; }
	rm -rf .venv node_modules dist
