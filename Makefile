# Two commands for a newcomer: `make demo` and `make test`. Each sets up all it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=

.PHONY: help setup demo test lint bench lock browser clean

help: ## Say what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | column -t -s '|'

$(READY): requirements.lock pyproject.toml package-lock.json tools/setup.sh
	@bash tools/setup.sh $(VENV)
	@touch $(READY)

setup: $(READY) ## Make the virtual environment and build the front end

demo: $(READY) ## Run the whole line with three invented neighbourhoods (ARGS=--once runs to the end)
	@$(BIN)/buurtsignaal demo $(ARGS)

browser: $(READY)
	@bash tools/browser.sh

# Journeys and browsers get the machine for themselves; everything else uses all cores.
JOURNEYS := tests/journey
BROWSERS := tests/dashboard -m browser

test: $(READY) browser ## Run all tests (ARGS="tests/core -k place" runs some of them)
ifeq ($(strip $(ARGS)),)
	@$(BIN)/python -m pytest -n auto -m "not browser" --ignore=$(JOURNEYS)
	@$(BIN)/python -m pytest $(JOURNEYS)
	@$(BIN)/python -m pytest $(BROWSERS)
else
	@$(BIN)/python -m pytest $(ARGS)
endif

lint: $(READY) ## Check style, types and floors
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports

bench: $(READY) browser ## Run the benchmarks and the long fault tests (ratios in one run)
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(READY) ## Resolve the dependencies anew into requirements.lock
	@bash tools/lock.sh $(VENV)

clean: ## Remove what was built here (not your data in var/)
	@rm -rf $(VENV) node_modules dashboard/static/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis
