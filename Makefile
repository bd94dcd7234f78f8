# What can be done with a checkout. `make` alone lists it; nothing needs to be installed before
# but Python 3.11 or later (with its venv module) and make.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
TESTS ?=

DATABASE := $(or $(value DATABASE_URL),$(value CITYREVIEW_DATABASE_URL),sqlite:///$(CURDIR)/var/cityreview.sqlite)
VENV := .venv
RUN_SET := $(VENV)/.run-set
TEST_SET := $(VENV)/.test-set
PROJECT := $(VENV)/.project
ASSETS := webapp/static/built/site.css
# Where compiled Python may not be kept, every start would compile everything again: seconds.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := $(VENV)/bin/uv pip install -q -p $(VENV)/bin/python
LOCK := $(VENV)/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --only-binary :all: --no-emit-index-url \
	--no-emit-find-links --no-header --group build

# A demonstration on this machine: invented figures, plain HTTP, everything in var/.
run demo-reset screenshots: export CITYREVIEW_DEMO = 1
run demo-reset screenshots: export CITYREVIEW_COOKIE_SECURE = 0
run demo-reset screenshots: export CITYREVIEW_EVIDENCE_FOLDER ?= $(CURDIR)/var/evidence
run demo-reset screenshots: export CITYREVIEW_DATABASE_URL = $(DATABASE)
run demo-reset screenshots: export CITYREVIEW_TRUSTED_HOSTS ?= 127.0.0.1,localhost,$(HOST)
run demo-reset screenshots: export CITYREVIEW_SECRET_KEY ?= $(shell cat var/secret-key 2>/dev/null)

.PHONY: help run test soak check demo-reset screenshots lock clean chromium

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
		| awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: $(PROJECT) $(ASSETS) var/secret-key ## Start the demonstration on http://127.0.0.1:8000 (HOST=, PORT= change that)
	@echo "Bringing the database up to date; building the demonstration, if it is not there yet"
	@$(VENV)/bin/cityreview demo --upgrade --quiet
	@echo "Starting on http://$(HOST):$(PORT) - stop with Ctrl-C"
	@exec $(VENV)/bin/cityreview serve --host $(HOST) --port $(PORT)

test: $(TEST_SET) $(PROJECT) $(ASSETS) chromium ## Run the tests (TESTS= chooses some: TESTS="tests/models -x")
	@$(VENV)/bin/python -m pytest $(or $(TESTS),-n auto)

# About forty minutes: 100,000 saves through the verbs and a fourth of it over HTTP, and a
# server killed 200 times, on SQLite and on PostgreSQL; 200 rounds by lot that give nobody away; and,
# where LibreOffice is installed, a form that it has opened and saved.
soak: export SOAK_SAVES ?= 100000
soak: export SOAK_KILLS ?= 200
soak: export SOAK_WORLDS ?= 200
soak: $(TEST_SET) $(PROJECT) ## The long form of the tests that save at once and kill the server (SOAK_SAVES=, SOAK_KILLS=)
	@$(VENV)/bin/python -m pytest tests/faults tests/benchmarks/test_audit.py tests/webapp/workbooks/test_libreoffice.py -rs

check: $(TEST_SET) $(PROJECT) ## Style, types, layers and templates
	@echo "ruff: style and mistakes"
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@echo "mypy: types"
	@$(VENV)/bin/mypy
	@echo "import-linter: who may use whom"
	@$(VENV)/bin/lint-imports
	@echo "djlint: templates"
	@$(VENV)/bin/djlint --lint --quiet templates

demo-reset: $(PROJECT) $(ASSETS) var/secret-key ## Throw the demonstration's data away and build it again
	@case "$$CITYREVIEW_DATABASE_URL" in "sqlite:///$(CURDIR)/var/"*) ;; *) \
		echo "demo-reset only empties var/, but the database is elsewhere: unset DATABASE_URL" >&2; exit 2;; esac
	@echo "Deleting the database and the evidence in var/"
	@rm -rf var/evidence var/cityreview.sqlite var/cityreview.sqlite-wal var/cityreview.sqlite-shm
	@echo "Building the demonstration"
	@$(VENV)/bin/cityreview demo --upgrade

screenshots: $(TEST_SET) $(PROJECT) $(ASSETS) var/secret-key chromium ## The README's pictures (WALK=1: every page of every person, in var/walk)
	@$(VENV)/bin/cityreview demo --upgrade --quiet
	@$(VENV)/bin/python .ci/screenshots.py $(if $(WALK),var/walk --all,docs/screenshots)

lock: $(RUN_SET) ## Write the lock files again (UPGRADE=1 takes newer versions)
	@$(LOCK) $(if $(UPGRADE),--upgrade) -o requirements.lock
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group test -c requirements.lock -o requirements-test.lock
	@! grep -nE 'https?://|file://|^-' requirements.lock requirements-test.lock

clean: ## Remove what was installed and built; the data in var/ stays
	rm -rf $(VENV) node_modules webapp/static/built dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The files below say "done" with their date; each is remade only when what it depends on changes.
$(RUN_SET): requirements-uv.lock requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed; say which with PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "Python lacks its venv module; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what the application needs into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install -q --require-hashes --only-binary :all: -r requirements-uv.lock
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(TEST_SET): $(RUN_SET) requirements-test.lock
	@echo "Installing what the tests need"
	@$(INSTALL) --require-hashes --only-binary :all: -r requirements-test.lock
	@touch $@

$(PROJECT): $(RUN_SET) pyproject.toml
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(ASSETS): assets/build $(wildcard assets/*.scss assets/*.svg) package.json package-lock.json | $(RUN_SET)
	@echo "Building the style sheet"
	@assets/build $(VENV)/bin

var/secret-key:
	@mkdir -p var
	@umask 077; $(PYTHON) -c 'import secrets; print(secrets.token_hex(32))' > $@

# As in a fresh Debian; on other systems install Chromium yourself, so that `chromium` starts it.
chromium:
	@command -v chromium >/dev/null || { \
		echo "Installing Chromium"; \
		apt-get -q -o DPkg::Lock::Timeout=300 update >/dev/null && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
			install -y --no-install-recommends chromium >/dev/null; }
