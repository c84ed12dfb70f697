# Two commands: `make run` works the sample launch out and says where the report lies; `make test` proves the program.
# Both set up what they need in .venv from the locked requirements; the second time that is already there.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $(name))))
VENV := .venv
RUN := $(VENV)/bin/python
DEMO ?= out/demo
WORKERS ?= auto

.PHONY: run test lint types bench lock clean need-python

run: $(VENV)/run-ready
	@$(RUN) -m sincerity demo "$(DEMO)" $(ARGS)

test: lint types
	$(RUN) -m pytest -n $(WORKERS) $(ARGS)

lint: $(VENV)/test-ready
	$(RUN) -m ruff check .

types: $(VENV)/test-ready
	$(RUN) -m mypy

bench: $(VENV)/test-ready
	$(RUN) -m tests.bench

# Needs uv. Writes the two locks anew from pyproject.toml; they name versions and hashes, no host and no path.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --quiet --upgrade
lock:
	$(LOCK) --group dev --output-file requirements-dev.lock
	$(LOCK) --constraints requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/run-ready: requirements.lock | $(RUN)
	@echo "Installing the locked requirements into $(VENV) (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/test-ready: requirements-dev.lock | $(RUN)
	@echo "Installing the locked requirements for the tests into $(VENV) (once) ..."
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@ $(VENV)/run-ready

$(RUN): | need-python
	@$(PYTHON) -m venv $(VENV)

need-python:
	@test -n "$(PYTHON)" || { \
	  echo "Python 3.11 or newer is needed and was not found."; \
	  echo "  Debian, Ubuntu: apt install python3 python3-venv    macOS: brew install python    Fedora: dnf install python3"; \
	  exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) has no module venv, which keeps the program's packages to itself."; \
	  echo "  Debian, Ubuntu: apt install python3-venv"; \
	  exit 1; }
