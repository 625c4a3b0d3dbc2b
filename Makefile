# The only entry for people: `make` prints what there is. Every target makes the environment first (0.1 s when it is right).

PY := .venv/bin/python
# Suites and tools that live below tests/ are packages there (infra, bench, new_service …).
IN_TESTS := PYTHONPATH=tests $(PY)
# One service's tests: make test SERVICE=identity. Not from the environment, where the name may mean something else.
ifeq ($(origin SERVICE),command line)
TESTED := services/$(SERVICE)
endif
WORKERS ?= 2

# Where bytecode may not be written, every start compiles every library again (5 s).
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run up test unit faults bench lint images new-service install lock schema

help: ## this help
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2} \
	  /^#:/ {printf "  %-19s %s\n", "", substr($$0, 4)}' $(MAKEFILE_LIST)

##@ Run
run: install ## the product in one process, with its own PostgreSQL; PORT=8000 DATA_DIR=data DEMO=1
	@exec $(PY) -m crm_embedded

up: install ## the full system: one process per service, PostgreSQL, RabbitMQ, Elasticsearch, MinIO
	@exec $(PY) -m crm_full

##@ Test
test: install ## the whole suite against real servers
#: make test SERVICE=identity runs one service's tests
	@exec $(PY) -m pytest -n $(WORKERS) --dist loadscope $(TESTED)

unit: install ## the tests that need no server (no socket is allowed in them)
	@exec $(PY) -m pytest -m "not infra" $(TESTED)

faults: install ## kills, restarts and cut connections at named points
	@exec env CRM_SEEDS=20 $(PY) -m pytest tests/faults

bench: install ## the measured workloads, written to docs/benchmarks.md
	@exec env $(IN_TESTS) -m bench

##@ Change
lint: install ## format, rules, types, dependency rules, lock; says everything that is wrong
	@sh deploy/install/lint.sh

new-service: install ## a service of the house's shape: make new-service NAME=warehouse
	@test -n "$(NAME)" || { echo "say which: make new-service NAME=warehouse" >&2; exit 2; }
	@exec env $(IN_TESTS) -m new_service $(NAME)

schema: install ## print gateway/schema.graphql again
	@exec $(PY) -m gateway schema

##@ Build
install: ## the environment in .venv, from requirements.lock
	@sh deploy/install/install.sh

lock: install ## requirements.lock from requirements.in; UPGRADE=1 takes newer releases
	@$(PY) deploy/install/lock.py write $(if $(UPGRADE),--upgrade)

images: ## container images of all services and the gateway (needs Docker)
	@exec sh deploy/install/images.sh
