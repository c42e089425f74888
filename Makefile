# Every target sets up .venv by itself; a second call finds the stamp and does no set-up work.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COMPILE := --quiet --universal --python-version 3.11 --no-emit-package torch
export OMP_NUM_THREADS ?= 1
# Where it is set, each of some hundred processes would compile the whole tree anew: five seconds each time.
export PYTHONDONTWRITEBYTECODE :=
# A store waits for the disk at each commit, the tests' some hundred thousand times: where memory has room for files, theirs
# are there. What a killed process has written stays there as it does in the cache of a disk.
IN_MEMORY = $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 8000000 { print "TMPDIR=/dev/shm" }')

.PHONY: run demo test test-all coverage check format eval bench lock embed clean

$(VENV)/bin/uv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements/run.lock pyproject.toml | $(VENV)/bin/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet -r requirements/run.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps -e .
	touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.run
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode -r requirements/dev.lock
	touch $@

# torch first and by pip, which takes a CPU build where one is configured.
$(VENV)/.embed: requirements/embed.lock $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet -r requirements/embed.lock
	touch $@

run: $(VENV)/.run  ## load the sample community and serve it
	$(BIN)/community-copilot demo

test: $(VENV)/.dev  ## the quick tests
	$(BIN)/pytest -n 2 --dist loadfile

# A file is one worker's, so that what its tests share is made once; three workers, as two leave the processors idle while
# they wait for the processes that they started. The longest files go first: see tests/conftest.py.
test-all: $(VENV)/.embed  ## all tests: PostgreSQL, Chroma server, sentence-transformers, crashes, schema fuzzing
	$(IN_MEMORY) $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "slow or not slow" \
		-o tmp_path_retention_policy=failed --durations=40

# Tracing makes the tests take twice as long, so the figure is asked for by itself.
coverage: $(VENV)/.embed  ## all tests, and which lines they reach
	$(BIN)/pytest -n 2 -m "slow or not slow" --cov --cov-report=term:skip-covered

check: $(VENV)/.dev  ## format, lint, types, import directions, prompts, knowledge
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m copilot.prompts check
	$(BIN)/community-copilot knowledge check

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: $(VENV)/.dev  ## offline evaluation with gates
	$(BIN)/python -m eval run
	$(BIN)/python -m eval gate

bench: $(VENV)/.dev  ## timings, side by side in one run, with the bars they must reach
	$(BIN)/python -m eval bench
	$(BIN)/python -m eval gate --run var/eval/bench.json --gates eval/bars.toml

lock: $(VENV)/bin/uv
	$(BIN)/uv pip compile $(COMPILE) pyproject.toml --extra dev --extra postgres -o requirements/dev.lock
	$(BIN)/uv pip compile $(COMPILE) -c requirements/dev.lock pyproject.toml --extra postgres -o requirements/run.lock
	$(BIN)/uv pip compile $(COMPILE) -c requirements/dev.lock --override requirements/no-torch.override requirements/embed.in -o requirements/embed.lock

embed: $(VENV)/.embed

clean:  ## remove everything that was made here, the data in var/ included
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
