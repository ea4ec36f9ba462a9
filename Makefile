# Two words are enough: `make demo` shows it, `make test` proves it. Needs Python 3.11 or newer with pip, and make.
# Everything lives in .venv; once installed, nothing here needs the network (`make lock` excepted).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --require-hashes --only-binary :all:
UV ?= uv

.DEFAULT_GOAL := help
.PHONY: help demo test check format readme messages bench install install-dev lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: install ## watch the BreezeStyle show on this machine
	$(BIN)/warroom demo

test: install-dev ## every test
	$(BIN)/pytest -n auto --maxprocesses 4

check: install-dev ## style, types, import borders and house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest tests/architecture

format: install-dev ## rewrite the code in the house style
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

readme: install-dev ## write the table of settings into README.md
	$(BIN)/python -m tests.architecture.settings_table

messages: install-dev ## bring the translations in step with what the code says
	$(BIN)/python -m tests.architecture.messages

bench: install-dev ## the performance goals, each against its yardstick
	$(BIN)/warroom bench

install: $(VENV)/.runtime

install-dev: $(VENV)/.dev

# The stamps are newer than what they were made from, so a second call does nothing and asks nobody.
# searoute is the one library published as source only: the locked setuptools goes in first and builds it, so that
# nothing is fetched without a hash.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "This needs Python 3.11 or newer and '$(PYTHON)' is `$(PYTHON) --version 2>/dev/null || echo 'not there'`: name another one, as in 'make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12'." >&2; exit 1; }
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python could not make a virtual environment here: on Debian and Ubuntu 'apt-get install python3-venv' adds the missing part." >&2; exit 1; }
	@awk '/^[a-z]/ { keep = /^setuptools==/ } keep' requirements.lock > $(VENV)/build-backend.txt
	$(INSTALL) --requirement $(VENV)/build-backend.txt
	$(INSTALL) --no-build-isolation --use-pep517 --no-binary searoute --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime tests/requirements.lock
	$(INSTALL) --requirement tests/requirements.lock
	@touch $@

# uv (https://docs.astral.sh/uv/) resolves for every platform at once; installing needs only pip. Pins stay where they
# are unless asked: `make lock UPGRADE=--upgrade`. The second file holds only what the tests add to the first.
COMPILE = $(UV) pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	--custom-compile-command "make lock"

lock: ## resolve the dependencies anew into both lock files
	$(COMPILE) --extra build --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file tests/requirements.lock \
	  $$(sed -nE 's/^([a-z0-9.-]+)==.*/--no-emit-package \1/p' requirements.lock | sort -u) pyproject.toml

clean: ## remove everything made here
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
