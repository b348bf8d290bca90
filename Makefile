# What you can do here: `make help`. Needs Python 3.11 and make, nothing else.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-more screenshots lint fix fuzz faults bench lock

PIP_INSTALL := -m pip install -qq --no-input --disable-pip-version-check --require-hashes --no-deps
PYTEST := .venv/bin/pytest -q -n 2 --dist loadgroup
# Groups of tests that need more than the locked packages (tests/conftest.py says what).
MORE := chromium schemathesis generated clickhouse spark faults long
BASE := .venv/.base-installed
DEV := .venv/.dev-installed
MAILMAN := .venv-mailman/.installed
SPARK := .venv/.spark-installed

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

setup: $(DEV) $(MAILMAN) ## make .venv and .venv-mailman from the locked requirements
	@echo "Everything is installed."

run: $(BASE) ## start everything on PORT (8000): pages, queue, worker; Ctrl-C stops it
	@exec .venv/bin/python -m config.launch

demo: $(BASE) $(if $(QUICK),,$(MAILMAN)) ## the main job once, on 23,570 real customers (QUICK=1: without Mailman)
	@exec .venv/bin/python -m demo.cdnow.main_job $(if $(QUICK),--quick)

test: $(DEV) $(MAILMAN) ## all tests on SQLite, then those on both databases again on PostgreSQL
	@echo "On SQLite:"
	@$(PYTEST) -m "not more"
	@echo "On PostgreSQL:"
	@$(PYTEST) -m "both_databases and not more" --database postgres

test-more: $(DEV) $(SPARK) ## the tests that make test leaves out, group by group
	@for group in $(MORE); do \
	  echo "Group $$group:"; \
	  $(PYTEST) -m "$$group" || { \
	    code=$$?; [[ $$code != 5 ]] || echo "make test-more: group $$group ran no test" >&2; exit $$code; }; \
	done

screenshots: $(DEV) ## the main pages as pictures, into docs/screens (needs Debian's chromium)
	@.venv/bin/python -m tests.journeys.screenshots

lint: $(DEV) ## style, types, import directions, migrations, templates
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --quiet --check || { echo "Formatting differs: run make fix." >&2; exit 1; }
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo
	@.venv/bin/python manage.py makemigrations --check --dry-run --settings config.settings.test
	@! ls {catalogue,integrations}/migrations/*_auto_* 2>/dev/null || { echo "Give these migrations a name." >&2; exit 1; }
	@.venv/bin/djlint catalogue/templates --lint --quiet

fix: $(DEV) ## put style and formatting right where a tool can
	@.venv/bin/ruff check --quiet --fix || true
	@.venv/bin/ruff format --quiet

fuzz: $(DEV) ## compare both engines on 100,000 new definitions, an hour or so (FUZZ_SEED: those of an earlier run)
	@seed=$${FUZZ_SEED:-$$(date +%s)}; echo "FUZZ_SEED=$$seed"; \
	FUZZ_SEED=$$seed HYPOTHESIS_EXAMPLES=$${HYPOTHESIS_EXAMPLES:-1140} \
	  $(PYTEST) tests/generative -k "test_both_engines_hold_the_same_members and not first"

faults: $(DEV) ## syncs to every fake tool under 3,000 faults (SMOKE=1: some 300; MUTANTS=1: planted bugs; SEED)
	@exec .venv/bin/python -m tests.faults $(if $(SMOKE),--smoke) $(if $(MUTANTS),--mutants) $(if $(SEED),--seed $(SEED))

bench: $(DEV) ## how fast it is here (SIZE=small, full or huge): one JSON line for each measurement
	@code=0; for script in tests/benchmarks/*.py; do \
	  .venv/bin/python -m tests.benchmarks.$$(basename $$script .py) || code=1; \
	done; exit $$code

lock: $(DEV) ## resolve requirements/*.in anew into the locked *.txt
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	@for name in base dev mailman spark; do \
	  uv pip compile --quiet --python-version 3.11 --no-header --no-emit-index-url --generate-hashes \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

.venv/bin/python .venv-mailman/bin/python:
	@for python in python3.11 python3 python; do \
	  $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue; \
	  exec $$python -m venv $(@D:/bin=); \
	done; echo "Python 3.11 is needed, and neither python3.11 nor python3 is it." >&2; exit 1

$(BASE): requirements/base.txt | .venv/bin/python
	@echo "Installing the locked packages into .venv …"
	@.venv/bin/python $(PIP_INSTALL) -r $<
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@echo "Installing what tests and tools need into .venv …"
	@.venv/bin/python $(PIP_INSTALL) -r $<
	@touch $@

$(SPARK): requirements/spark.txt $(DEV)
	@echo "Installing Apache Spark into .venv …"
	@.venv/bin/python $(PIP_INSTALL) -r $<
	@touch $@

$(MAILMAN): requirements/mailman.txt | .venv-mailman/bin/python
	@echo "Installing GNU Mailman into .venv-mailman …"
	@.venv-mailman/bin/python $(PIP_INSTALL) -r $<
	@touch $@
