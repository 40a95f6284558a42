# Every habit of this project. On a fresh machine only python3 (with venv) and make are needed.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
PROOFS := dirty quiet least plan stock reference foreign kill

.PHONY: demo test check bench prove texts clean $(addprefix prove-,$(PROOFS))

demo: $(STAMP)
	$(BIN)/syncer demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered

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
	$(BIN)/python -m tests.prove.$*

texts: $(STAMP)
	$(BIN)/pybabel -q extract -o syncer/locale/syncer.pot --no-location --sort-output --project=marketplace-syncer syncer
	$(BIN)/pybabel -q update -i syncer/locale/syncer.pot -d syncer/locale -D syncer -l id --no-fuzzy-matching --ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d syncer/locale -D syncer

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(STAMP)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
