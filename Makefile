# Doudi 兜底. On a fresh machine with Python 3.11 (+venv) and make, `make demo` is the whole installation.

PORT ?= 8000
SERVE ?= 1
SCALE ?= 1
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
SPARK := $(VENV)/.spark
ASSETS := doudi/web/ui/static/vendor/.complete

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench bench-rules bench-payments soak docs pictures lock clean install dev assets

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(ASSETS) ## install, load the demo county, serve it (PORT=8000 SERVE=1 SCALE=1)
	@$(PY) manage.py demo --port $(PORT) --scale $(SCALE) $(if $(filter 0,$(SERVE)),--no-serve)

test: $(DEV) $(SPARK) $(ASSETS) ## every test on SQLite and on PostgreSQL, then the browser journeys (ARGS= for pytest)
	@sh scripts/system_packages.sh
	@$(PY) scripts/run_tests.py $(ARGS)

check: $(DEV) ## format, lint, types, import law, migrations, generated docs, guards (under two minutes)
	@$(PY) scripts/check.py

fix: $(DEV) ## mend what a tool can mend: ruff and djlint rewrite the files
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .
	@$(VENV)/bin/djlint doudi --reformat --quiet --allow-empty-input

bench: $(DEV) $(ASSETS) ## measure the demo county and write var/bench/*.json (ARGS= for the command)
	@$(PY) manage.py bench $(ARGS)

bench-rules: $(DEV) ## time the rules against two peers on the same files (ARGS="--large --spark" for more)
	@$(PY) manage.py bench_rules $(ARGS)

bench-payments: $(DEV) $(ASSETS) ## time a month's money, openIMIS beside (ARGS="--awards 40000 --no-peer")
	@$(PY) manage.py bench_payments $(ARGS)

soak: $(DEV) ## the long runs on each database: 2,000 colluding sequences, 200 and 100 kills at 40,000 awards, 20 full disks
	@DOUDI_SEQUENCES=2000 $(PY) -m pytest -q -s --db=sqlite tests/faults/test_collusion.py $(ARGS)
	@DOUDI_SEQUENCES=2000 $(PY) -m pytest -q -s --db=postgres tests/faults/test_collusion.py $(ARGS)
	@DOUDI_KILLS=200 DOUDI_KILL_AWARDS=40000 $(PY) -m pytest -q -s --db=sqlite tests/faults/test_kill.py $(ARGS)
	@DOUDI_KILLS=100 DOUDI_KILL_AWARDS=40000 $(PY) -m pytest -q -s --db=postgres tests/faults/test_kill.py $(ARGS)
	@DOUDI_POINTS=1000 $(PY) -m pytest -q -s --db=postgres tests/faults/test_failpoints.py $(ARGS)
	@DOUDI_DISKS=20 $(PY) -m pytest -q -s --db=sqlite tests/faults/test_disk_full.py $(ARGS)
	@DOUDI_DISKS=20 $(PY) -m pytest -q -s --db=postgres tests/faults/test_disk_full.py $(ARGS)
	@for database in sqlite postgres; do DOUDI_COPIES=100 DOUDI_CUTS=100 DOUDI_CLOCKS=45 DOUDI_RAISE_KILLS=100 \
	  $(PY) -m pytest -q -s --db=$$database tests/faults/test_copies.py tests/faults/test_cuts.py \
	  tests/faults/test_clock.py tests/faults/test_raise_kill.py $(ARGS) || exit 1; done
	@DOUDI_LEDGER_LINES=40000 DOUDI_HISTORIES=5000 DOUDI_DEATHS=1000 $(PY) -m pytest -q -s --db=sqlite \
	  tests/services/test_ledger_long.py tests/services/test_payments_histories.py tests/faults/test_deaths.py $(ARGS)

docs: $(DEV) ## write the generated pages under docs/
	@$(PY) manage.py docs
	@$(PY) scripts/rules_page.py

pictures: $(DEV) $(ASSETS) ## take the guide's pictures again, in a browser
	@sh scripts/system_packages.sh
	@sh scripts/pictures.sh

lock: $(DEV) ## resolve dependencies again and export the hashed lists (for maintainers)
	@sh scripts/lock.sh

clean: ## remove what make made; the records under var/ stay
	@rm -rf $(VENV) node_modules doudi/web/ui/static/vendor var/check var/test .mypy_cache .ruff_cache \
	  .pytest_cache .hypothesis .import_linter_cache
	@find doudi tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(RUNTIME) ## only install what Doudi needs to run
dev: $(DEV) ## only install what developing needs
assets: $(ASSETS) ## only fetch the front-end files

$(RUNTIME): requirements.lock scripts/install.sh
	@sh scripts/install.sh requirements.lock
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	@sh scripts/install.sh requirements-dev.lock
	@touch $@

# An optional extra of some 400 MB: where it cannot be had, its tests are skipped and say so.
$(SPARK): $(DEV) requirements-spark.lock
	@sh scripts/install.sh requirements-spark.lock && touch $@ || echo "Spark 没有装上, 它的测试这次跳过"

$(ASSETS): $(RUNTIME) package-lock.json doudi/web/ui/management/commands/assets.py
	@$(PY) manage.py assets
