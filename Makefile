# make run and make test do the whole job on a fresh machine; the rest is for who works on hostdeck.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test check testhost bench screenshots lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

run: ## install what is missing and start hostdeck on this host (ARGS="--demo")
	@.ci/setup.sh run
	@.ci/start.sh $(ARGS)

test: ## install what the tests need and run everything (ARGS="-k name")
	@.ci/setup.sh test
	@.ci/test.sh $(ARGS)

check: ## the fast part: style, types, layers, unit and UI tests
	@.ci/setup.sh check
	@.ci/check.sh all

testhost: ## make the virtual machine of the host tests
	@.ci/setup.sh test
	@tests/host/testhost/build.sh

bench: ## measure what hostdeck costs: a table and JSON in benchmarks/build
	@.ci/setup.sh test
	@.venv/bin/python -m benchmarks $(ARGS)

screenshots: ## make screenshots/ from the running app
	@.ci/setup.sh check
	@.venv/bin/python -m tests.ui.screenshots

lock: ## choose the locked versions anew from pyproject.toml
	@.ci/setup.sh check
	@.ci/lock.sh

clean: ## delete what was made here (not the virtual machine in ~/.cache)
	@rm -rf .venv .setup build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache snapshot_report.html
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
