# Two commands matter: `make demo` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := .tools/bin/uv
export QINGSHOU_HOME ?= $(CURDIR)/var

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak system lock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet uv

$(VENV)/.base: $(UV) requirements/base.txt pyproject.toml
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --system-certs --quiet --python $(BIN)/python --require-hashes -r requirements/base.txt
	@$(UV) pip install --system-certs --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@$(UV) pip install --system-certs --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.base ## bring everything up on real data and serve it on loopback (DATABASE_URL=... uses a given server)
	@QINGSHOU_MODE=demo DATABASE_URL="$(DATABASE_URL)" $(BIN)/qingshou demo

system: ## install the browser, fonts and Java runtime the tests need, where missing
	@tests/install-system.sh

test: $(VENV)/.dev system ## all checks and all tests, browser journeys and faults included
	@tests/run-all.sh

check: $(VENV)/.dev ## style, types, import contracts, tidiness; says how many failed
	@tests/check.sh

bench: $(VENV)/.dev ## the figures of benchmarks/README.md, as ratios in one run
	@$(BIN)/qingshou bench

lock: $(UV) ## write the pinned requirements with hashes anew
	@$(UV) pip compile --system-certs --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/base.txt
	@$(UV) pip compile --system-certs --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra spark --group dev pyproject.toml -o requirements/dev.txt

clean: ## remove what was built (not the data in var/)
	@rm -rf $(VENV) .tools node_modules src/qingshou/interfaces/web/node_modules src/qingshou/interfaces/web/static/built
