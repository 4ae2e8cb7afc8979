# Every target sets up what it needs: only Python 3.11 or newer and the network are wanted.
# With another Python than python3:  make PYTHON=python3.12 ...

.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
SOURCES := airflow_provider_covage docs example_dags tests tools

# Supported besides the newest Airflow, which .venv has.
OLDEST := 3.1
OLDER := $(OLDEST) 3.2

# Tests that say the same on every Airflow, and those that take a browser or try the tools of this repository.
WITHOUT_AIRFLOW := api polling
ONCE := chaos e2e tools

# What shows within two minutes that the package works on an Airflow: all that Airflow calls, and one whole DAG.
ENOUGH := dags/test_choose_offer.py distribution hooks operators parsing sensors triggers
ON_OLDEST = $(if $(BRIEF),$(addprefix tests/,$(ENOUGH)),$(addprefix --ignore=tests/,$(WITHOUT_AIRFLOW) $(ONCE)))

# On two cores, file by file: the tests of one file share what they start.
PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder

# What is set for another Python only harms this one.
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV

.PHONY: help setup demo up chaos test test-oldest test-lowest test-matrix lint format types docs linkcheck browser \
    pytest test-e2e screenshots constraints audit dist clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv, or mend it; every other target does this first
	@$(PYTHON) tools/bootstrap.py

demo: setup ## Order lines from quote to order against the sandbox, on Airflow (SPEED=20)
	@$(BIN)/python -m tools.demo $(if $(SPEED),--speed $(SPEED))

up: setup ## Run both sandboxes and a complete Airflow until Ctrl-C (PORT=8080 SPEED=1)
	@$(BIN)/python -m tools.up $(if $(PORT),--port $(PORT)) $(if $(SPEED),--speed $(SPEED))

test: ## Everything that is checked: style, types, documentation, all tests
	@$(MAKE) --no-print-directory -j 2 lint types docs
	@$(MAKE) --no-print-directory pytest

test-oldest: ## Run the tests that depend on Airflow on the oldest one (BRIEF=1: enough of them)
	@$(PYTHON) tools/bootstrap.py $(OLDEST)
	.venvs/$(OLDEST)/bin/python -m pytest $(PARALLEL) $(ON_OLDEST) $(ARGS)

test-lowest: ## Run the tests with the lowest of all that the package requires (ARGS="tests/api")
	@$(PYTHON) tools/bootstrap.py lowest
	.venvs/lowest/bin/python -m pytest $(PARALLEL) $(addprefix --ignore=tests/,$(ONCE)) $(ARGS)

test-matrix: pytest ## Run the tests on every Airflow that is supported
	@for version in $(OLDER); do \
	    $(PYTHON) tools/bootstrap.py $$version && \
	    .venvs/$$version/bin/python -m pytest $(PARALLEL) $(ON_OLDEST) $(ARGS) || exit; \
	done

lint: setup ## Check style, format and which module may import which
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/lint-imports --no-logo --no-cache

format: setup ## Mend style and format
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

types: setup ## Check types
	$(BIN)/mypy
	$(BIN)/mypy --strict tools

docs: setup ## Build the documentation into build/docs; a link that leads nowhere is an error
	@$(BIN)/python -m tools.docs

linkcheck: setup ## Ask the sites that the documentation links to; needs the network
	@$(BIN)/python -m tools.docs --links

browser: setup ## Install Chromium unless it is there, for the tests that click
	@$(BIN)/python -m tools.browser

pytest: browser ## Run the tests only (ARGS="-k trace tests/api")
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

test-e2e: browser ## Run the tests on a complete Airflow and in a browser only
	$(BIN)/python -m pytest tests/e2e $(ARGS)

screenshots: browser ## Make the pictures of the documentation anew
	SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/e2e -k browser

chaos: setup ## Disturb every request, kill tasks: nothing twice, nothing lost (ARGS="--full --workers 2")
	@$(BIN)/python -m tools.chaos $(ARGS)

constraints: setup ## Pin the newest versions of everything anew (ARGS=--keep: only what must change)
	@$(BIN)/python -m tools.pins $(OLDER) $(ARGS)

# Without the lowest, which are old on purpose.
audit: setup ## Look the pins up among known vulnerabilities; what cannot be looked up is an error
	@for file in constraints.txt constraints/airflow-*.txt; do \
	    UV_SYSTEM_CERTS=true $(BIN)/uv tool run pip-audit --strict --disable-pip --no-deps --requirement $$file || exit; \
	done

dist: setup ## Build the wheel and the source archive into dist
	@rm -rf dist
	@$(BIN)/hatchling build

clean: ## Remove all that was made here, .venv included
	rm -rf .venv .venvs .airflow dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
