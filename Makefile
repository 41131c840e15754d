# Turnstone: `make run` starts it, `make test` proves it, `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check format openapi bench lock client clean install

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
INSTALLED_DEV := .venv/.installed-dev
CLIENT_INSTALLED := client/node_modules/.installed
CLIENT_BUILT := client/build/index.html
CLIENT_SOURCES := $(shell find client/src client/static -type f 2>/dev/null) \
	client/package-lock.json client/svelte.config.js client/vite.config.ts

help:  ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) $(CLIENT_BUILT)  ## Install, migrate, load the samples, serve on 127.0.0.1:8000
	@TURNSTONE_SAMPLE_MODE=$${TURNSTONE_SAMPLE_MODE:-true} exec $(BIN)/python -m api.supervisor

test: .venv/.tool-check  ## Install what the tests need and run everything
	@bash tests/run.sh

check: $(INSTALLED_DEV) $(CLIENT_INSTALLED)  ## Linters and types only
	@bash tests/run.sh check

format: $(INSTALLED_DEV)  ## Rewrite the Python code in the house style
	$(BIN)/ruff format api migrations tests
	$(BIN)/ruff check --fix api migrations tests

openapi: $(INSTALLED_DEV) $(CLIENT_INSTALLED)  ## Write openapi/openapi.json and the client's types anew
	$(BIN)/turnstone openapi --output openapi/openapi.json
	cd client && npm run --silent api

bench: $(INSTALLED_DEV) $(CLIENT_BUILT)  ## Print the performance ratios, measured side by side
	$(BIN)/python -m tests.bench

lock: $(INSTALLED_DEV)  ## Resolve the Python requirements anew (needs uv)
	uv pip compile -q pyproject.toml --extra embedded --universal --generate-hashes \
		--python-version 3.11 --no-annotate --no-header --upgrade -o requirements.lock
	uv pip compile -q pyproject.toml --extra embedded --extra dev --universal --generate-hashes \
		--python-version 3.11 --no-annotate --no-header --upgrade -c requirements.lock -o requirements-dev.lock

client: $(CLIENT_BUILT)  ## Build the client

install: $(INSTALLED_DEV) $(CLIENT_INSTALLED)  ## Install all that development needs

clean:  ## Remove what was installed and built here; no data
	rm -rf .venv client/node_modules client/build client/.svelte-kit .mypy_cache .ruff_cache .pytest_cache

.venv/.tool-check:
	@bash tests/tools.sh $(PYTHON)
	@$(PYTHON) -m venv .venv
	@touch $@

$(INSTALLED): requirements.lock pyproject.toml | .venv/.tool-check
	@echo "Installing the service's packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(INSTALLED_DEV): requirements-dev.lock $(INSTALLED)
	@echo "Installing the development packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(CLIENT_INSTALLED): client/package-lock.json client/package.json | .venv/.tool-check
	@echo "Installing the client's packages …"
	@cd client && npm ci --silent --no-audit --no-fund
	@touch $@

$(CLIENT_BUILT): $(CLIENT_SOURCES) $(CLIENT_INSTALLED)
	@echo "Building the client …"
	@cd client && npm run --silent build -- --logLevel error
	@touch $@
