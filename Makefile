# make demo       compile a first network, prove both sources equal, train it
# make test       all that a change must pass: style, types, tests
# make check      the same without tests that import a framework or have thousands of cases: about a minute
# make test-slow  the tests that take too long for every day
# make docs       the site, into docs/_build/html: guide, and the pages that come out of the code
# make bench      the measurements behind the numbers in benchmarks/
# make clean      remove the environment and all caches

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
MADE := $(VENV)/.made
DEMO := $(VENV)/.demo
DEV := $(VENV)/.dev

# Two OpenMP pools on the same cores slow each other down many times over.
export OMP_NUM_THREADS ?= 1
export TF_NUM_INTRAOP_THREADS ?= 1
export TF_NUM_INTEROP_THREADS ?= 1
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: demo test check editor style test-slow docs bench clean

demo: $(DEMO)
	$(BIN)/python -m archc.demo

# Two processes, a file of tests to one: each imports a framework once.
test: style editor
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: style
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not framework and not thorough and not slow"

# The real yaml-language-server and the schema of SARIF; where npm is not to be had, their tests are skipped.
editor:
	-test -d tests/editor/node_modules || ! command -v npm || npm install --prefix tests/editor --no-package-lock --silent

style: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test-slow: $(DEV)
	$(INSTALL) --editable '.[dev,ray,docs]'
	$(BIN)/python -m pytest -m slow

docs: $(DEV)
	$(INSTALL) --editable '.[docs]'
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(DEV)
	set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# The stamps are touched last: a step that was broken off is done again, one that was finished is not.
$(MADE):
	$(PYTHON) -m venv --clear $(VENV)
	touch $@

# pip compiles what it copies; what it links to would be compiled anew by every command where Python may not write.
$(DEMO): $(MADE) pyproject.toml constraints.txt
	$(INSTALL) --editable '.[torch,keras]'
	$(BIN)/python -m compileall -q archc backends
	touch $@

$(DEV): $(MADE) pyproject.toml constraints.txt
	$(INSTALL) --editable '.[dev]'
	$(BIN)/python -m compileall -q archc backends
	touch $(DEMO) $@
