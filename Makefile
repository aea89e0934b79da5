# Everything a contributor does, each as one command. `make` alone lists them.
# Variables: PYTHON (3.11 or newer), TESTS (what to run), PYTEST_ARGS, WORKERS, ONLY (one benchmark),
# LOCK_ARGS (for example --upgrade).

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
TESTS ?= tests
PYTEST_ARGS ?=
WORKERS ?= auto
ONLY ?=
LOCK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKED := $(PIP) install --quiet --no-deps --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" $(LOCK_ARGS) pyproject.toml

export PYTHONUTF8 := 1

.PHONY: help setup dev demo test check chromium bench soak lock clean

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

setup: $(VENV)/.setup ## Install Concord into .venv
	@echo "Concord is ready: $(BIN)/concord --help"

demo: setup ## Serve a filled study from a throw-away folder
	$(BIN)/concord demo

dev: $(VENV)/.dev ## Install what developing and testing needs, too

test: dev chromium check ## Check, then test on SQLite, on PostgreSQL and in Chromium
	CONCORD_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS) $(TESTS)

check: dev ## Lint, types, order of the packages, templates, lock files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(PIP) check

chromium: dev ## Find a Chromium for the tests, or install one
	@$(BIN)/python -m tests.browser.chromium

bench: dev ## Measure speed; ONLY=name measures one figure
	@mkdir -p build
	$(BIN)/python -m tests.bench $(ONLY)

lock: $(BIN)/uv ## Renew the lock files from pyproject.toml
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group build --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock

soak: dev ## Fifty coders sort for ten minutes; SECONDS and CODERS change that
	$(BIN)/python -m tests.soak

clean: ## Remove everything that these commands made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
		"Concord needs Python 3.11 or newer; choose one with: make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments; on Debian, install python3-venv." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The build backend comes from the lock file too, so nothing is fetched without its hash.
$(VENV)/.setup: requirements.lock pyproject.toml | $(BIN)/python
	$(LOCKED) -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.setup
	$(LOCKED) -r requirements-dev.lock
	@touch $@

# Needs no other package, so a lock file that no longer fits pyproject.toml can still be renewed.
$(BIN)/uv: | $(BIN)/python
	sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > $(VENV)/uv.lock
	$(LOCKED) -r $(VENV)/uv.lock
