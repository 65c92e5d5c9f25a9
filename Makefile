# Two commands do everything on a fresh machine: `make run` and `make test`.
VENV := .venv
PYTHON := $(VENV)/bin/python
# What does not need one another is done side by side: system packages beside Python's, one check beside another.
MAKEFLAGS += --jobs=2
# Dozens of processes import the same files: Python keeps them compiled, even where the shell tells it not to.
unexport PYTHONDONTWRITEBYTECODE
# Debian installs the browser that the browser tests drive; other systems name theirs in CHROMIUM.
CHROMIUM ?= $(or $(shell command -v chromium),/usr/bin/chromium)
export CHROMIUM
# Material for MkDocs advertises its successor at every build.
export NO_MKDOCS_2_WARNING = 1
# Debian's PostgreSQL, on which the tests run the journal beside SQLite.
POSTGRES := $(or $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb)),/usr/lib/postgresql)
# Before two processes of the app, as in production.
NGINX := $(or $(shell command -v nginx),/usr/sbin/nginx)
# Apache Spark, which one module of tests starts, runs on Java.
JAVA := $(or $(shell command -v java),/usr/bin/java)

# Compiled when they are first imported: most files of these packages never are.
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile

CHECKS := types lint format imports workflows pages
.PHONY: run test check $(CHECKS) docs screens screenshot demo benchmark mlflow
.DEFAULT_GOAL := run

run: $(VENV)/.installed-serving ## serve the app on the bundled artifact (or on ARTIFACT and APPLICANTS)
	$(PYTHON) app.py

test: check $(CHROMIUM) $(JAVA) $(POSTGRES) $(NGINX) ## check, then run every test, the browser ones too
	$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: $(CHECKS) ## lint, format, types, import rules, workflows, links of the documentation

$(CHECKS): $(VENV)/.installed-dev

types:
	$(VENV)/bin/mypy

lint:
	$(VENV)/bin/ruff check .

format:
	$(VENV)/bin/ruff format --check .

imports:
	$(VENV)/bin/lint-imports

workflows:
	$(VENV)/bin/actionlint -shellcheck=

pages:
	$(VENV)/bin/mkdocs build --strict --quiet

docs: $(VENV)/.installed-dev ## build the documentation as a site in site/; a broken link fails it
	$(VENV)/bin/mkdocs build --strict

screens: $(VENV)/.installed-dev $(CHROMIUM) ## take pictures of every view: both languages, light and dark, desk and phone
	$(PYTHON) -m benchmarks.screens

screenshot: $(VENV)/.installed-dev $(CHROMIUM) ## take the picture of the screen for README and docs again
	$(PYTHON) -m benchmarks.screenshot

demo: $(VENV)/.installed-dev ## make the bundled artifact again, from made-up data
	$(PYTHON) -m training synthesize --applicants 20000 --seed 1 --out data/demo
	$(PYTHON) -m training train --data data/demo --out artifacts/demo --version demo-6
	$(PYTHON) -m training synthesize --applicants 3000 --seed 2 --out data/demo-applicants
	$(PYTHON) -m training applicants --data data/demo-applicants --out artifacts/demo-applicants.parquet
	$(PYTHON) -m training synthesize --applicants 3000 --seed 3 --out data/demo-later
	rm data/demo-later/application_test.parquet
	$(PYTHON) -m training drift --reference data/demo --current data/demo-later --artifact artifacts/demo \
		--outcomes data/demo-later/application_train.parquet --out artifacts/demo-drift
	rm artifacts/demo-drift/drift.html
	$(PYTHON) -m training validate --artifact artifacts/demo --out artifacts/demo-validation
	rm artifacts/demo-validation/validation.html artifacts/demo-validation/validation.xlsx

benchmark: $(VENV)/.installed-dev ## print the performance figures, as ratios within one run
	$(PYTHON) -m benchmarks

sbom: $(VENV)/.installed-dev ## list what serving installs in sbom.json, as CycloneDX, for a release
	$(VENV)/bin/cyclonedx-py requirements requirements.lock --output-reproducible --of JSON -o sbom.json

mlflow: export MLFLOW_DISABLE_TELEMETRY = true
mlflow: $(VENV)/.installed-dev ## open the tracked comparisons, on this machine only
	mkdir -p runs
	$(VENV)/bin/mlflow ui --host 127.0.0.1 --workers 1 --backend-store-uri $(or $(MLFLOW_TRACKING_URI),sqlite:///runs/mlflow.db)

$(PYTHON):
	python3 -m venv $(VENV)

$(VENV)/.installed-serving: requirements.txt | $(PYTHON)
	$(INSTALL) -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements.txt requirements-training.txt requirements-spark.txt requirements-dev.txt | $(PYTHON)
	$(INSTALL) -r requirements-dev.txt
	touch $@

# One after the other: only one process at a time may install system packages.
/usr/bin/chromium:
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium

/usr/lib/postgresql: | $(CHROMIUM)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql

/usr/bin/java: | $(POSTGRES)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless
