# Pennant. `make` alone lists what can be done.
# Needs make and Python 3.11 or newer; everything else is installed into this folder. Where python3
# is a slow build and a faster one of its version is there, that is taken; PYTHON=... chooses one.

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
FRESH ?=
BIN := .venv/bin
MANAGE := DEBUG=1 $(BIN)/python manage.py
BOOTSTRAP = command -v $(PYTHON) >/dev/null || \
	{ echo "Python 3.11 or newer is needed and there is no $(PYTHON) here." >&2; exit 1; }; \
	$(PYTHON) -I loyalty_site/bootstrap.py
CHOSEN = $(if $(filter file,$(origin PYTHON)),,this)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fast fmt types shell migrations lock env clean

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## Make the environment in .venv from the locked packages, and nothing else
	@$(BOOTSTRAP) dev $(CHOSEN)

demo: ## Run a populated portal: make demo [PORT=8000] [FRESH=1]
	@$(BOOTSTRAP) run $(CHOSEN)
	@exec $(BIN)/python manage.py demo --port $(PORT) $(if $(filter-out 0,$(FRESH)),--fresh)

test: setup ## Run all tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

fast: setup ## Run the tests that need no browser and little time
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow and not browser"

check: setup ## Lint, format, types, import law, migrations, fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(MANAGE) makemigrations --check --dry-run
	$(MAKE) --no-print-directory fast

fmt: setup ## Format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

types: setup ## Check the types
	$(BIN)/mypy

shell: setup ## A Python shell with everything imported
	$(MANAGE) shell

migrations: setup ## Write the migrations that the models need
	$(MANAGE) makemigrations

env: setup ## Write .env.example anew
	$(MANAGE) env_example

lock: setup ## Resolve the packages anew and write the lock files
	$(BIN)/python loyalty_site/locking.py

clean: ## Remove the environment, caches and the demo's data
	@$(PYTHON) -I loyalty_site/cleaning.py
