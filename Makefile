# Every habit of this project. On a fresh machine only python3 (with venv) and make are needed.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PROOFS := dirty quiet least plan stock reference foreign foreign-lazada foreign-tiktokshop troubles wheel signatures alone \
	report lease daemon reaction pacing kill adopt first-contact drift-free structure

.DEFAULT_GOAL := help
.PHONY: help demo test check bench prove papers texts constraints clean $(addprefix prove-,$(PROOFS))

help:
	@echo 'make demo         the whole story against the sandbox: no account, no network'
	@echo 'make test         the tests, with coverage'
	@echo 'make check        ruff, mypy --strict, import-linter, then the tests'
	@echo 'make prove        the larger proofs in turn; make prove-NAME one of: $(PROOFS)'
	@echo 'make bench        the measurements'
	@echo 'make papers       docs/marketplaces checked against the code, its tables brought up to date'
	@echo 'make texts        the Indonesian texts brought up to date with the code'
	@echo 'make constraints  the exact versions, from a fresh environment'

demo: $(STAMP)
	$(BIN)/syncer demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: $(STAMP)
	$(BIN)/python -m tests.bench.sandbox

prove: $(addprefix prove-,$(PROOFS))

$(addprefix prove-,$(PROOFS)): prove-%: $(STAMP)
	$(BIN)/python -m tests.prove.$(subst -,_,$*)

# Strangers' clients of every marketplace that has one.
prove-foreign: prove-foreign-lazada prove-foreign-tiktokshop

# What each call and each trap rests on: refused while a paper names code or tests that are not there.
papers: $(STAMP)
	$(BIN)/python -m tests.papers

# Texts without a translation are left empty: a test names them, nothing guesses them.
texts: $(STAMP)
	$(BIN)/pybabel -q extract -k kept -k sentence -k Assumption:3 -k _open:3 -o syncer/locale/syncer.pot \
		--no-location --project=marketplace-syncer --sort-output -w 120 syncer adapters
	$(BIN)/pybabel -q update -i syncer/locale/syncer.pot -d syncer/locale -D syncer -l id -w 120 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d syncer/locale -D syncer
	rm syncer/locale/syncer.pot

# The installed versions of a fresh environment: what the next one is held to. Everything is looked up anew.
constraints:
	rm -rf .venv-fresh
	$(PYTHON) -m venv .venv-fresh
	.venv-fresh/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev,postgres]'
	.venv-fresh/bin/python -m pip freeze --exclude-editable > constraints.txt
	rm -rf .venv-fresh

# Quick the second time, done again when a version or a dependency changes, and whole again after an interruption.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed; name one: make PYTHON=python3.12'; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

clean:
	rm -rf .venv .venv-fresh .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* dist build
