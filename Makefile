# Two commands from nothing to a ranked list and a capped score: `make`, then `make serve`.
# Needs GNU make and Python 3.11; everything else goes into .venv.

.DEFAULT_GOAL := all
.PHONY: all test soak soak-ledger soak-openapi soak-server serve nightly doctor check bench test-real real map clean lock spark deps docs help dvc-ready rollback unpin \
  mlflow examples words explain simulate-report oracle-report simulate search

WORKSPACE ?= .
WORKERS ?= 2
MLFLOW_PORT ?= 5000

HOST_PATH := $(PATH)
BIN := $(CURDIR)/.venv/bin
RUN := "$(BIN)/python" -m

# Stages call `python`: it must be the environment's.
export PATH := $(BIN):$(PATH)
# Nothing here speaks to the network or counts its users.
export DVC_NO_ANALYTICS := 1
export DO_NOT_TRACK := true
export MLFLOW_DISABLE_TELEMETRY := true
# Imported once, compiled once: without bytecode every stage would compile its imports anew.
unexport PYTHONDONTWRITEBYTECODE
# Threads that share busy cores cost more than they give, and sums must not depend on their number.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
# MLflow works without a git program; it need not warn that there is none.
export GIT_PYTHON_REFRESH := quiet

all: .venv/.ready dvc-ready ## set up if needed, run the pipeline, say what it found
	@$(RUN) dvc repro
	@$(RUN) pipelines.summary

# In the order of the folders: whole runs first, so that at the end nobody waits long for anybody.
test: .venv/.ready ## every test, in parallel file by file (WORKERS=2)
	@$(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: soak-ledger soak-openapi soak-server ## soak-ledger, soak-openapi and soak-server, one after the other

soak-ledger: .venv/.ready ## after make: 200,000 writes of money raced, 200 kills; then events and simulations (SHARE=0.05 RESULT=1)
	@SHARE="$(or $(SHARE),1)" RESULT="$(RESULT)" $(RUN) tests.money_race
	@HOLDFAST_SEEDS="$(or $(SEEDS),2000)" HOLDFAST_KILLS="$(or $(KILLS),20)" $(RUN) pytest -q -s \
	  tests/integration/test_ledger_simulation.py tests/integration/test_event_stores.py tests/integration/test_killed_server.py

soak-openapi: .venv/.ready ## after make: schemathesis over every call, on data/serving (EXAMPLES=200)
	@HOLDFAST_EXAMPLES="$(or $(EXAMPLES),200)" HOLDFAST_CONTRACT_OF="$${HOLDFAST_SERVING_DIR:-$(CURDIR)/data/serving}" \
	  $(RUN) pytest tests/integration/test_server_schemathesis.py

soak-server: .venv/.ready ## after make: a server under load while its release is exchanged (SECONDS=600)
	@SECONDS="$(or $(SECONDS),600)" PYTHONPATH=. "$(BIN)/python" benchmarks/serving_soak.py

# Another business has other money and other customers: a workspace keeps its own ledger and events.
serve: .venv/.ready ## answer over HTTP from data/serving (WORKSPACE=. or var/workspaces/<source>)
	@HOLDFAST_SERVING_DIR="$${HOLDFAST_SERVING_DIR:-$(WORKSPACE)/data/serving}" \
	  HOLDFAST_LEDGER_URL="$${HOLDFAST_LEDGER_URL:-sqlite:///$(WORKSPACE)/var/ledger.db}" \
	  HOLDFAST_STORE_URL="$${HOLDFAST_STORE_URL:-sqlite:///$(WORKSPACE)/var/events.db}" $(RUN) serving

nightly: .venv/.ready dvc-ready ## run unattended; the exit code says fresh, refused, failed or busy (SOURCE=name FILE=path)
	@$(RUN) pipelines.nightly $(if $(SOURCE),"$(SOURCE)" "$(FILE)")

# Both look, and what either finds wrong counts.
doctor: .venv/.ready ## look at what a run and a server need: disk, time zones, mapping, data, keys, locks, port
	@(cd "$(WORKSPACE)" && $(RUN) pipelines.doctor); found=$$?; \
	  HOLDFAST_SERVING_DIR="$${HOLDFAST_SERVING_DIR:-$(WORKSPACE)/data/serving}" $(RUN) serving doctor && exit $$found

check: .venv/.ready ## lint, format, types, layers, and the code that each stage lists
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy
	@"$(BIN)/python" -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(RUN) pipelines.code_deps --check

bench: .venv/.ready ## each benchmark with its peers, the soak apart; results go to benchmarks/results
	@set -- benchmarks/*.py; [ -e "$$1" ] || { echo "no benchmarks yet"; exit 0; }; \
	for script; do case "$$script" in *_soak.py) continue;; esac; echo "$$script"; PYTHONSAFEPATH=1 PYTHONPATH=. "$(BIN)/python" "$$script" || exit 1; done

simulate: .venv/.ready ## write a simulated world to files (OUT=folder CUSTOMERS=200000 SEED=7 FORMAT=parquet or persian)
	@$(RUN) pipelines.simulate \
	  $(foreach answer,OUT CUSTOMERS SEED FORMAT,$(if $(findstring command,$(origin $(answer))),"$(answer)=$($(answer))"))

simulate-report: .venv/.ready ## published facts beside what the embedded simulator shows of them
	@$(RUN) pipelines.simulate_report

test-real: .venv/.ready ## the tests that need real logs (HOLDFAST_REAL_DATA=folder)
	@if [ -z "$$HOLDFAST_REAL_DATA" ]; then \
	  echo "Set HOLDFAST_REAL_DATA to the folder of the real logs: make test-real HOLDFAST_REAL_DATA=/path" >&2; exit 2; \
	fi
	@HOLDFAST_REAL_DATA="$$HOLDFAST_REAL_DATA" $(RUN) pytest -m real

real: .venv/.ready ## a source of your own in a workspace of its own (SOURCE=online_retail FILE=path)
	@$(RUN) pipelines.workspace "$(SOURCE)" "$(FILE)"

# Only what stands on the command line is an answer: an environment may have a NAME of its own.
ANSWERS := NAME YES CURRENCY UNIT TIMEZONE CALENDAR DATE_ORDER DECIMAL_MARK MARGIN CONSENT PHONE_COUNTRY AS_OF \
  LABEL DROP KEEP

map: .venv/.ready ## propose how your own files are read (FILES="sales.csv tickets.xlsx folder" NAME=shop UNIT=… YES=1)
	@$(RUN) pipelines.map_files $(FILES) \
	  $(foreach answer,$(ANSWERS),$(if $(findstring command,$(origin $(answer))),"$(answer)=$($(answer))"))

examples: .venv/.ready ## exports of an invented shop and telephone company, to try the walk-throughs on
	@$(RUN) pipelines.example_files

oracle-report: .venv/.ready ## after make, on the simulator: every estimate beside the truth of its world
	@$(RUN) pipelines.oracle_report

explain: .venv/.ready ## print the arithmetic behind one customer's answer (CUSTOMER=id)
	@$(RUN) pipelines.explain "$(CUSTOMER)"

search: .venv/.ready ## after make: propose settings of churn by closed cuts, apply nothing (TRIALS=20 SEED=0)
	@$(RUN) pipelines.search \
	  $(foreach answer,TRIALS SEED,$(if $(findstring command,$(origin $(answer))),"$(answer)=$($(answer))"))

rollback: .venv/.ready dvc-ready ## put a kept release back, pin it, and rerun what depends on it (RELEASE=id)
	@$(RUN) pipelines.rollback "$(RELEASE)"
	@$(RUN) dvc repro
	@$(RUN) pipelines.summary

unpin: .venv/.ready dvc-ready ## let the gate decide again after a rollback
	@$(RUN) pipelines.rollback --unpin
	@$(RUN) dvc repro
	@$(RUN) pipelines.summary

# One process is enough for one person, and nothing is run for them.
mlflow: .venv/.ready ## MLflow's pages on what was trained and went live (WORKSPACE=., MLFLOW_PORT=5000)
	@if [ ! -e "$(WORKSPACE)/data/mlflow.db" ]; then \
	  echo "There is no $(WORKSPACE)/data/mlflow.db: run make, or name a workspace that ran." >&2; exit 2; \
	fi
	@cd "$(WORKSPACE)" && MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false $(RUN) mlflow server --workers 1 \
	  --host 127.0.0.1 --port $(MLFLOW_PORT) --backend-store-uri sqlite:///data/mlflow.db

clean: ## remove environment, caches and workspaces; results, registry and a server's stores stay
	@rm -rf .venv .dvc/cache .dvc/tmp .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var/workspaces
	@find models pipelines serving tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The project's own dependencies, which the second lock need not repeat.
LOCKED_ALREADY := numpy pyarrow pyyaml

lock: ## choose versions anew within pyproject.toml's ranges (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 2; }
	@uv pip compile pyproject.toml --quiet --upgrade --python-version 3.11 --universal \
	  --extra pipeline --extra serve --extra warehouse --extra postgres --group test --group e2e --group lint --group notebooks --group bench \
	  --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' -o requirements.lock
	@uv pip compile pyproject.toml --quiet --upgrade --python-version 3.11 --universal \
	  --extra spark --constraints requirements.lock $(foreach package,$(LOCKED_ALREADY),--no-emit-package $(package)) \
	  --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' -o requirements-spark.lock
	@$(RUN) tests.serving_lock

# Its source archive is built here, by the setuptools of the first lock.
spark: .venv/.ready ## add PySpark, for features on a cluster (needs Java 17; docs/cluster.md)
	@if ! PATH="$(HOST_PATH)" java -version >/dev/null 2>&1; then \
	  echo "Spark needs Java 17, and there is no java here." >&2; \
	  echo "Install it (Debian: apt-get install openjdk-17-jre-headless), then make spark again." >&2; exit 2; \
	fi
	@$(RUN) pip install $(PIP_OPTIONS) --use-pep517 --no-build-isolation -r requirements-spark.lock

deps: .venv/.ready ## write into dvc.yaml the code that each stage imports
	@$(RUN) pipelines.code_deps

docs: .venv/.ready ## write docs/{features,data-dictionary,event-types,policy}.md and docs/openapi.json from what declares them
	@$(RUN) models.features.catalogue
	@$(RUN) models.contract.dictionary
	@$(RUN) models.contract.event_dictionary
	@$(RUN) tests.policy_page
	@$(RUN) serving openapi > docs/openapi.json

words: .venv/.ready ## bring the catalogues of languages up to date with the code, and compile them
	@$(RUN) tests.catalogues

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

# The lock is complete, so nothing is resolved, and modules are compiled when first imported: half the time.
PIP_OPTIONS := --quiet --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile

# On Linux LightGBM's library is linked to it; elsewhere the names differ, and LightGBM says what it misses.
FIND_OPENMP := import ctypes, sys; sys.platform != "linux" or ctypes.CDLL("libgomp.so.1")

# The stamp is the last thing written, so an interrupted set-up is taken up again where it stopped.
.venv/.ready: requirements.lock
	@set -e; python=; \
	for candidate in $(or $(PYTHON),python3.11 python3); do \
	  if PATH="$(HOST_PATH)" "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; \
	  then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Holdfast needs Python 3.11; none was found as: $(or $(PYTHON),python3.11 python3)." >&2; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 2; \
	fi; \
	if ! PATH="$(HOST_PATH)" "$$python" -c '$(FIND_OPENMP)' 2>/dev/null; then \
	  echo "LightGBM needs the OpenMP runtime, libgomp.so.1, which this machine lacks." >&2; \
	  echo "Install it (Debian, Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp), then make again." >&2; exit 2; \
	fi; \
	if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	  rm -rf .venv; PATH="$(HOST_PATH)" "$$python" -m venv .venv; \
	fi
	@echo "Setting up .venv from requirements.lock, every package checked against its hash (about two minutes, once)."
	@$(RUN) pip install $(PIP_OPTIONS) -r requirements.lock
	@echo "Compiling the feature kernel (about ten seconds, once)."
	@$(RUN) models.features.warm
	@touch $@

# A downloaded archive has no git history: DVC must be told so, and told again when a history begins.
dvc-ready: .venv/.ready
	@if [ ! -e .git ]; then \
	  grep -qs 'no_scm = true' .dvc/config.local || $(RUN) dvc config --quiet --local core.no_scm true; \
	elif grep -qs 'no_scm = true' .dvc/config.local; then \
	  $(RUN) dvc config --quiet --local --unset core.no_scm; \
	fi
