# Everything runs in .venv, which holds exactly what requirements-dev.txt locks, and this project in editable form.

PYTHON ?= $(firstword $(foreach python,python3.11 python3,$(shell $(python) -c $(CHECK) 2>/dev/null && echo $(python))))
ARGS ?=

VENV := .venv
INSTALLED := $(VENV)/.installed
PIP := -m pip --quiet --quiet --disable-pip-version-check
SITE := $(VENV)/docs
SOURCES = $(wildcard integration integration_command.py steps tests benchmarks examples)

CHECK := 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'
CREDENTIALS := (AZURE_CLOUD_LOCAL_EXECUTION_|AZURE_)?CLIENT_(ID|SECRET)|(AZURE_CLOUD_LOCAL_EXECUTION_)?DIRECTORY_ID|AZURE_TENANT_ID|INTEGRATION_(AZURE_)?ACCESS_TOKEN|INTEGRATION_MANAGED_IDENTITY
LOCK := $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	--custom-compile-command "make lock"
DEMO = $(if $(filter --demo --replay% --event%,$(ARGS)),,--demo)

.PHONY: help run test lint docs docs-check lock build clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Read the tenant that the environment or .env names, or else the demo tenant; ARGS= adds options
	@if { env; cat .env 2>/dev/null; } | grep -Eq "^ *(export +)?($(CREDENTIALS)) *= *[\"']?[^\"' ]"; \
	then $(VENV)/bin/integration run $(ARGS); else $(VENV)/bin/integration run $(DEMO) $(ARGS); fi

# Tests start hundreds of processes: none has to compile what it imports, also where Python may not write bytecode.
test: $(INSTALLED) ## Run all tests, offline, one process more than there are cores; ARGS= adds options for pytest
	@$(VENV)/bin/python -m compileall -q $(SOURCES)
	@$(VENV)/bin/pytest --numprocesses auto --dist worksteal $(ARGS)

lint: $(INSTALLED) ## Check style, formatting and types
	@$(VENV)/bin/ruff check --quiet $(SOURCES)
	@$(VENV)/bin/ruff format --quiet --check $(SOURCES)
	@$(VENV)/bin/mypy --strict $(SOURCES)

docs: $(INSTALLED) $(SITE)/.installed ## Write the generated pages in docs/, and build the site from all pages into site/
	@$(VENV)/bin/python -m integration.docs
	@NO_MKDOCS_2_WARNING=1 $(SITE)/bin/mkdocs build --quiet --strict

docs-check: $(INSTALLED) ## Check that no page is stale, and that links, commands and flags in docs/ are there
	@$(VENV)/bin/python -m integration.docs --check

lock: ## Bring requirements-*.txt up to the newest versions that pyproject.toml allows
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip --quiet --quiet install uv
	@$(LOCK) pyproject.toml --group dev --output-file requirements-dev.txt
	@$(LOCK) --group docs --output-file requirements-docs.txt

build: $(INSTALLED) ## Build the source distribution and the wheel into dist/
	@$(VENV)/bin/hatchling build

clean: ## Remove what make and the tools made; .env and .integration stay
	@rm -rf $(VENV) dist site .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

$(INSTALLED): requirements-dev.txt pyproject.toml
	@$(or $(PYTHON),false) -c $(CHECK) || { echo "make: needs Python 3.11 or newer with its venv module (Debian: python3-venv);" \
		"name it with PYTHON=/path/to/python$(if $(PYTHON),; $(PYTHON) is not one)" >&2; exit 1; }
	@echo "Making $(VENV), once: 1 of 3, an environment for Python"
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "2 of 3, $$(grep -c '==' requirements-dev.txt) locked packages: a minute or two, without a word until it is done"
	@$(VENV)/bin/python $(PIP) install --require-hashes --requirement requirements-dev.txt
	@echo "3 of 3, this project"
	@$(VENV)/bin/python $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "Done. The program is $(VENV)/bin/integration; 'source $(VENV)/bin/activate' lets you leave the folder out."

$(SITE)/.installed: requirements-docs.txt $(INSTALLED)
	@echo "Installing the site's generator into $(SITE)"
	@$(PYTHON) -m venv --clear $(SITE)
	@$(SITE)/bin/python $(PIP) install --require-hashes --requirement requirements-docs.txt
	@touch $@
