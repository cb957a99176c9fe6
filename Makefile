# Lockstep: a step is funded, leased, executed and recorded, or it does not happen.
PYTHON ?= python3
VENV := .venv/bin
SUPERVISOR := PYTHONPATH=.:localstack $(VENV)/python -m supervisor
# Context of the AWS target: make deploy ENV=dev ACCOUNT=123456789012 REGION=eu-west-1
REGION ?= us-east-1
CDK = $(VENV)/python -m infra.aws

# For `time` around several commands.
SHELL := bash
export TIMEFORMAT = %0R s in all

.DEFAULT_GOAL := help
.PHONY: help prepare prepare-tests deploy-local stop-local reset-local status sql reconcile unit test check verify soak chaos bench fmt lock synth diff deploy destroy

help: ## this story
	@echo "Lockstep on this machine:"; grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

prepare: ## install what is missing (the others call it)
	@$(PYTHON) localstack/bootstrap.py

deploy-local: prepare ## bare machine -> running platform -> finished sample run, with its bill
	@$(SUPERVISOR) deploy

status: ## what runs, and where
	@$(SUPERVISOR) status

sql: export STATEMENT = $(value C)
sql: ## a prompt of the local database (C='SELECT …' for one statement, LOGIN=lambdas for a service's own view)
	@$(SUPERVISOR) sql $(if $(LOGIN),--login $(LOGIN)) $(if $(value C),-c "$$STATEMENT")

stop-local: ## stop every process; nothing that you made is lost
	@test ! -x $(VENV)/python || $(SUPERVISOR) down

reset-local: ## stop, and forget all data
	@test ! -x $(VENV)/python || $(SUPERVISOR) reset

reconcile: ## import the provider's usage report and correct the ledger
	@$(SUPERVISOR) reconcile

prepare-tests: prepare
	@$(PYTHON) localstack/bootstrap.py codex

test: prepare-tests ## everything on the real stack, large matrices as a seeded sample (15 minutes at most)
	@$(SUPERVISOR) test

verify: prepare-tests ## all of it, every matrix in full (80 minutes at most)
	@$(SUPERVISOR) test --full

soak: prepare ## hours under load
	@$(SUPERVISOR) run bench/soak.py

chaos: prepare ## processes killed at random while runs go on
	@$(SUPERVISOR) run bench/chaos.py

bench: ## measure; JSON on standard output, all else on standard error
	@$(MAKE) --no-print-directory prepare >&2
	@$(SUPERVISOR) run bench/run.py

unit: prepare ## unit and architecture tests, and the ports' contracts on their fakes: no stack, no network
	@env -i PATH="$$PATH" HOME="$$HOME" $(VENV)/pytest -q -n 2 --dist worksteal -p fixtures.own_sockets -m "not stack" \
		tests/unit tests/architecture tests/contract/ports

check: prepare ## format, lint, types, import directions, and the rules of tests/architecture
	@time { $(VENV)/ruff format --check . && $(VENV)/ruff check . && $(VENV)/mypy && PYTHONPATH=.:services:localstack $(VENV)/lint-imports && \
		$(VENV)/pytest -q tests/architecture; }

fmt: prepare ## format and fix what can be fixed
	@$(VENV)/ruff format . && $(VENV)/ruff check --fix .

lock: prepare ## compile requirements/*.txt from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@.local/bootstrap/venv/bin/python requirements/lock.py $(UPGRADE)

synth: prepare ## CloudFormation templates for AWS (ENV, ACCOUNT, REGION)
	@$(CDK) synth --env $(ENV) --account $(ACCOUNT) --region $(REGION)

diff: prepare ## what a deployment to AWS would change
	@$(CDK) diff --env $(ENV) --account $(ACCOUNT) --region $(REGION)

deploy: ## deploy to AWS
	@$(PYTHON) infra/missing_stacks.py
	@$(MAKE) --no-print-directory prepare
	@$(CDK) deploy --env $(ENV) --account $(ACCOUNT) --region $(REGION)

destroy: prepare ## remove from AWS what is not retained
	@$(CDK) destroy --env $(ENV) --account $(ACCOUNT) --region $(REGION)
