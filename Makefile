# Everything here needs python3 (3.11 or newer) and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
COMPILED := $(VENV)/.compiled
LOG := $(VENV)/install.log
# How the tests are dealt to processes; one process instead: make test PARALLEL=
PARALLEL ?= --numprocesses logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder
DOCS_STAMP := $(VENV)/.installed-docs

.DEFAULT_GOAL := help
.PHONY: demo test results bench matrix docs lint fmt clean help

demo: $(COMPILED) ## simulate a shipped scenario, draw its charts, say what each patron's lever does
	@$(BIN)/sim run honduras-2021
	@echo
	@$(BIN)/sim sweep honduras-2021 --runs 2000

# In a new clone the model is compiled while mypy reads everything for the first time. Bytecode is kept, even where the
# surroundings say otherwise: each process of pytest would compile all tests again, and each `sim` that they start itself.
test: $(STAMP) ## all checks: ruff, mypy, then pytest
	@$(MAKE) --no-print-directory --jobs 2 $(COMPILED) lint
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(PARALLEL)

results: $(STAMP) ## recompute the golden results kept in results/reference
	@$(BIN)/python -m tools.golden

bench: $(STAMP) ## speed of the engines side by side, into benchmarks/latest.json
	@$(BIN)/python -m benchmarks.speed

# Others than those found: make matrix PYTHONS="python3.12 python3.13"
matrix: $(STAMP) ## the wheel on each Python found, at the lowest and the newest versions
	@$(BIN)/python -m tools.matrix $(PYTHONS)

docs: $(DOCS_STAMP) ## the documentation: what follows from the code, then the site, into site/
	@$(BIN)/python -m docs.generate
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@$(BIN)/python -m docs.offline site
	@echo "Read it: site/index.html"

lint: $(STAMP) ## ruff (rules and format) and mypy
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m mypy

fmt: $(STAMP) ## rewrite the code as ruff wants it
	@$(BIN)/python -m ruff check --fix .
	@$(BIN)/python -m ruff format .

clean: ## remove caches and build leftovers; .venv and results stay
	@rm -rf build dist site .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	@find . -path './$(VENV)' -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile

# The stamp is touched last, so an interrupted installation is done again.
$(STAMP): pyproject.toml constraints.txt
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  command -v $(PYTHON) >/dev/null 2>&1 || \
	    { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name it: make PYTHON=..." >&2; exit 1; }; \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	    { echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian, Ubuntu: the package python3-venv)" >&2; exit 1; }; \
	  $(PYTHON) -m venv $(VENV) || exit 1; \
	fi
	@echo "Installing into $(VENV) (a minute or two, once)" >&2
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
	  -c constraints.txt -e '.[dev]' >$(LOG) 2>&1 || { cat $(LOG) >&2; echo "The installation failed; the log above says why" >&2; exit 1; }
	@touch $(STAMP)

# Compiled code lies in the user's cache, named by a digest of the sources: other clones find it there.
$(COMPILED): $(STAMP) $(wildcard sim/model/*.py)
	@echo "Compiling the model (up to a minute, once for these sources)" >&2
	@$(BIN)/python -m tools.kernel
	@touch $(COMPILED)

$(DOCS_STAMP): $(STAMP)
	@echo "Installing what builds the documentation" >&2
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
	  -c constraints.txt -e '.[docs]' >$(LOG) 2>&1 || { cat $(LOG) >&2; echo "The installation failed; the log above says why" >&2; exit 1; }
	@touch $(DOCS_STAMP)
