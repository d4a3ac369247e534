# Every command of the project. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
WORDS := compliance/translations/zh_Hans_CN/LC_MESSAGES/messages
export PORT

.PHONY: help run setup setup-test test check bench soak demo words pictures wheel clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: setup ## Serve the demo association on 127.0.0.1 (PORT, default 5000)
	@exec $(BIN)/compliance run

setup: $(STAMPS)/installed $(WORDS).mo ## Install what running needs

setup-test: setup $(STAMPS)/installed-test ## Install what testing needs, browser and database server included

test: setup-test ## Run every test
	@$(BIN)/pytest -n 2 --dist loadscope $(ARGS)

check: setup-test ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

bench: setup-test ## Measure; one JSON object a line (ONLY=name runs one)
	@$(BIN)/python -m tests.bench $(ONLY)

soak: setup-test ## The long proofs: many more cases, every test on both databases, crashes
	@COMPLIANCE_SOAK=1 timeout 7200 $(BIN)/pytest -n 2 --dist loadscope -m "soak or not browser" --timeout 3600 $(ARGS)

demo: setup ## Throw the demo away and fill it anew
	@$(BIN)/compliance demo --fresh

words: setup-test ## Collect new texts into the Chinese catalogue; fails while one has no Chinese
	@$(BIN)/python -m tests.words

pictures: setup-test ## Take the handbook's pictures from the running product
	@$(BIN)/python -m tests.pictures

wheel: setup-test ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null && ls dist

clean: ## Remove what the commands made (never instance/)
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis $(WORDS).mo

$(STAMPS)/system: .ci/system-packages
	@.ci/system-packages run
	@python3 -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/installed: requirements/run.txt pyproject.toml $(STAMPS)/system
	@echo "Installing the locked Python packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/installed-test: requirements/dev.txt .ci/system-packages $(STAMPS)/installed
	@.ci/system-packages test
	@echo "Installing the locked Python packages for tests ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(WORDS).mo: $(WORDS).po $(STAMPS)/installed
	@$(BIN)/pybabel --quiet compile -i $< -o $@ && touch $@
