# Every path here is relative, so that the project may lie in a folder with a space in its name.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run demo test attack replay chaos soak check format bench pictures clean

# the first Python that is new enough and can make a virtual environment
PYTHON ?= $(shell for candidate in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$candidate -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)
PIP := .venv/bin/python -m pip -qq --disable-pip-version-check
NPM := PATH="$$PWD/.venv/bin:$$PATH" npm_config_cache="$$PWD/.venv/npm-cache" npm_config_update_notifier=false npm
# a file's tests share what they start; the folders that take longest come first
PYTEST := .venv/bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
PAGE := aiadmin/web/static/vendor/socket.io.esm.min.js

# lets .venv/bin/python -m aiadmin work in every folder
define LINK
import os, site
with open(site.getsitepackages()[0] + "/aiadmin.pth", "w") as link:
    link.write(os.getcwd())
endef
export LINK

# what one start compiles the next one finds: a fifth to a third of what a process costs to start
unexport PYTHONDONTWRITEBYTECODE

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: .venv/installed $(PAGE) ## Install what `make run` needs (it does so by itself)

run: setup ## Start everything on this machine and print the address
	@exec .venv/bin/python -m aiadmin up

demo: setup .venv/installed-dev ## The same against a fake WhatsApp and YClients: no phone, no internet
	@exec .venv/bin/python -m aiadmin demo

scan: .venv/installed ## In another terminal: play the demo's phone that scans the code
	@exec .venv/bin/python -m aiadmin demo scan $${PHONE:+--phone "$$PHONE"}

client: .venv/installed ## Play a client of the demo's salon: make client PHONE=79001112233 SAY=да
	@test -n "$$PHONE" || { echo "Whose phone? make client PHONE=79001112233, and SAY=да to write" >&2; exit 2; }
	@exec .venv/bin/python -m aiadmin demo client $${SAY:+--say "$$SAY"} -- "$$PHONE"

test: setup .venv/installed-dev browser ## Install what tests need and run all of them
	$(PYTEST)
	$(NPM) test --silent

attack: setup .venv/installed-dev ## Attack a running product as a stranger would: a table, and a verdict
	.venv/bin/python -m tests.attacks.run

replay: setup .venv/installed-dev ## Play all conversations with the real services, the sixty also perturbed
	.venv/bin/python -m aiadmin bot replay tests/conversations/lavanda.yaml
	for seed in 1 2 3; do \
		.venv/bin/python -m aiadmin bot replay tests/conversations/lavanda.yaml --perturb $$seed || exit 1; done
	@echo "Those of other salons, of which not all are understood yet:"
	-.venv/bin/python -m aiadmin bot replay $(filter-out %/lavanda.yaml,$(wildcard tests/conversations/*.yaml))

test-fast: setup .venv/installed-dev ## A minute of them: no processes, no fake YClients, no browser, nothing that waits or draws examples
	$(PYTEST) -m "not process and not slow" tests/unit tests/integration

chaos: setup .venv/installed-dev ## The chaos scenarios of the tests at full scale: 200 sessions, some 15 minutes
	CHAOS=full .venv/bin/python -m pytest tests/chaos -s

soak: setup .venv/installed-dev ## Sessions under random faults for ten minutes: a table, and a verdict
	.venv/bin/python -m tests.chaos.soak

check: setup .venv/installed-dev ## Look for mistakes without running anything: style, types, import rules
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv/installed-dev ## Put the code into its one style
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

pictures: setup .venv/installed-dev browser ## Take the pictures of README and docs/img anew, by the pages' own tests
	.venv/bin/python -m tests.pictures

bench: setup .venv/installed-dev ## Measure speed and memory, beside what they are compared with; make bench QUICK=1
	.venv/bin/python -m bench.run $(if $(QUICK),--quick)

clean: ## Remove what can be made again; data and secrets in .aiadmin stay
	rm -rf .venv node_modules aiadmin/web/static/vendor .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its venv module is needed:" \
		"apt-get install python3 python3-venv, or brew install python" >&2; exit 1; }
	@echo "Making a place for packages of its own (.venv)..."
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt | .venv/bin/python
	@echo "Installing packages, which takes half a minute..."
	@$(PIP) install --require-hashes -r requirements.txt
	@.venv/bin/python -c "$$LINK"
	@touch $@

.venv/installed-dev: requirements-dev.txt | .venv/installed
	@echo "Installing what the tests and the demo need, which takes half a minute..."
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

# npm is taken from the machine, or else from a Python package
.venv/npm: requirements-node.txt package.json | .venv/installed
	@command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null \
		|| { echo "Installing npm..."; $(PIP) install --require-hashes -r requirements-node.txt; }
	@touch $@

$(PAGE): package-lock.json package.json | .venv/npm
	@echo "Fetching the page's JavaScript..."
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@$(NPM) run build --silent
	@touch $@

# the page is tested in the machine's Chromium, or the distribution's, or else in one that Playwright fetches
browser: .venv/installed-dev
	@.venv/bin/python -m tests.get_chromium
