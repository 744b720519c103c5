# RYLA by one command each; `make` lists them. Only a Python is needed: the rest is fetched
# into .venv, checked against the hashes in requirements/.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.NOTPARALLEL:
.PHONY: help run test chaos lint format bench bench-gallery lighthouse lock clean

# What a shell carries from other work must not steer this project's Python.
unexport DJANGO_SETTINGS_MODULE PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONSAFEPATH VIRTUAL_ENV CONDA_PREFIX

# The first that is new enough; none at all is said by the recipe that needs it.
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -E -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$python; break; }; done)
ARGS :=
ROUNDS := 1000
VENV_PYTHON := .venv/bin/python
BOOTSTRAP = @test -n "$(PYTHON)" \
	|| { echo "Python 3.11 or newer is needed, and there is none on the PATH." >&2; exit 1; }; \
	$(PYTHON) ryla/local/bootstrap.py

help: ## this list
	@echo "RYLA"
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: ## run everything on this machine (PORT=9000, ARGS="--no-demo --check" if wanted)
	$(BOOTSTRAP) local
	@exec $(VENV_PYTHON) manage.py local $(ARGS)

test: ## format, lint, imports, types, collection, migrations, deploy checks, tests (ARGS go to pytest)
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m ryla.local.quality $(ARGS)

chaos: ## kill -9 at every step of a picture's way (ROUNDS=1000, ARGS="--seed 7" if wanted)
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m tests.chaos.rounds --rounds $(ROUNDS) $(ARGS)

lint: ## what `make test` does, without the tests
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m ryla.local.quality --no-tests

format: ## rewrite the code in its own style
	$(BOOTSTRAP) dev
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m ruff check --fix .

bench: ## measure (ARGS go to the benchmarks)
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m benchmarks $(ARGS)

bench-gallery: ## measure the gallery up to a million pictures (ARGS="--sizes 10000,100000" for a quick try)
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m benchmarks.gallery $(ARGS)

lighthouse: ## what Lighthouse says of the main pages (needs Node; ARGS="--rounds 3" for medians)
	$(BOOTSTRAP) dev
	@exec $(VENV_PYTHON) -m benchmarks.lighthouse $(ARGS)

lock: ## compile requirements/*.in to *.txt with hashes (ARGS=--upgrade for newer versions)
	$(BOOTSTRAP) lock $(ARGS)

clean: ## delete what can be made again; your data in .local stay
	@echo "Deleting .venv .boot build staticfiles test-results and the caches of the tools."
	@echo "Your data in .local stay; 'rm -r .local' would delete them."
	@rm -rf .venv .boot build staticfiles test-results
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.local/*' -prune -exec rm -rf {} +
