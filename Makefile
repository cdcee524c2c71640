# Binglian: what to type. Needs Python 3.11 or newer and make; `make demo` needs nothing else.
#
#   make demo                       try it: prints an address and accounts (ARGS="--port 8001")
#   make test                       the tests (SEED=123 repeats an order, ARGS="-k calendar" chooses)
#
# PYTHON chooses the interpreter, VENV the virtual environment, JOBS the number of test processes.

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
SEED ?=
ARGS ?=

BIN = $(VENV)/bin
export VENV JOBS SEED

.PHONY: help demo test test-long test-long-sample bench bench-timers lint format types contracts frontend wheel clean

help:
	@echo "make demo               start the demonstration: address and accounts are printed; Ctrl-C ends it"
	@echo "make test               run the tests; says loudly what it had to leave out"
	@echo "make test-long          the same with all rounds, and the tests that take minutes"
	@echo "make test-long-sample   only tests with rounds, and about an eighth of those"
	@echo "make bench              measure"
	@echo "make bench-timers       measure deadlines: 10,000, 100,000 and a million open ones"
	@echo "make lint               ruff: rules and formatting (make format mends the latter)"
	@echo "make types              mypy, strict"
	@echo "make contracts          import-linter: which package may import which"
	@echo "make frontend           rebuild webapp/static/vendor from webapp/frontend (needs Node 20 or newer)"
	@echo "make wheel              build the wheel, check what is in it, install it elsewhere"
	@echo "make clean              remove what these targets made, data of local runs excepted"

# A stamp per set of packages: nothing is installed twice until what the project needs changes.
$(BIN)/.ready-demo: setup.cfg pyproject.toml tools/venv.sh
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)" ".[pdf]"
	@touch "$@"

$(BIN)/.ready-test: setup.cfg pyproject.toml tools/venv.sh
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)" ".[test]"
	@touch "$(BIN)/.ready-demo" "$@"

$(BIN)/.ready-dev: setup.cfg pyproject.toml tools/venv.sh
	@sh tools/venv.sh "$(PYTHON)" "$(VENV)" ".[dev]"
	@touch "$(BIN)/.ready-demo" "$(BIN)/.ready-test" "$@"

demo: $(BIN)/.ready-demo
	@"$(BIN)/binglian" demo $(ARGS)

test: $(BIN)/.ready-test
	@sh tools/test.sh $(ARGS)

test-long: $(BIN)/.ready-test
	@sh tools/test.sh --long $(ARGS)

test-long-sample: $(BIN)/.ready-test
	@sh tools/test.sh --long-sample -m "long or rounds" $(ARGS)

bench-timers: $(BIN)/.ready-test
	@"$(BIN)/python" -m bench.timers $(ARGS)

bench: $(BIN)/.ready-test
	@"$(BIN)/python" -m bench $(ARGS)

lint: $(BIN)/.ready-dev
	@"$(BIN)/ruff" check .
	@"$(BIN)/ruff" format --check .

format: $(BIN)/.ready-dev
	@"$(BIN)/ruff" check --fix .
	@"$(BIN)/ruff" format .

types: $(BIN)/.ready-dev
	@"$(BIN)/mypy"

contracts: $(BIN)/.ready-test
	@"$(BIN)/lint-imports" --no-cache

frontend:
	@command -v npm >/dev/null || { echo "npm is missing: install Node 20 or newer" >&2; exit 1; }
	@cd webapp/frontend && npm ci --silent && npm run --silent build

wheel: $(BIN)/.ready-dev
	@"$(BIN)/python" tools/check_wheel.py

clean:
	[ ! -e "$(BIN)/.ready-demo" ] || rm -rf "$(VENV)"
	rm -rf build dist *.egg-info webapp/frontend/node_modules
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
