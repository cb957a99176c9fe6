# Lockstep: a step is funded, leased, executed and recorded, or it does not happen.
PYTHON ?= python3
VENV := .venv/bin
BOOTSTRAP := PYTHONPATH=localstack $(PYTHON) -m bootstrap
SUPERVISOR := PYTHONPATH=.:localstack $(VENV)/python -m supervisor
# Context of the AWS target: make deploy ENV=dev ACCOUNT=123456789012 REGION=eu-west-1
REGION ?= us-east-1
CDK = $(VENV)/python -m infra.aws

# For `time` around several commands.
SHELL := bash
export TIMEFORMAT = %0R s in all

.DEFAULT_GOAL := help
.PHONY: help prepare prepare-tests codex deploy-local sample stop-local reset-local status sql reconcile audit-verify unit attacks mutants test check verify soak chaos load bench permissions-page client trace-picture alert-files fmt lock synth diff deploy destroy

help: ## list these commands
	@echo "Lockstep on this machine:"; grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

prepare: ## install what is missing; the other commands call it
	@$(BOOTSTRAP)

deploy-local: prepare ## start everything on this machine, run the sample, and print its timeline and bill
	@$(SUPERVISOR) deploy

sample: prepare ## run a sample, and show what it did and cost (NAME=field-report; AGAIN=1 for a new run)
	@$(SUPERVISOR) sample $(NAME) $(if $(AGAIN),--again)

status: ## show which processes run, and where
	@$(SUPERVISOR) status

sql: export STATEMENT = $(value C)
sql: ## open a prompt of the local database (C='SELECT …' runs one statement, LOGIN=lambdas sees what that service sees)
	@$(SUPERVISOR) sql $(if $(LOGIN),--login $(LOGIN)) $(if $(value C),-c "$$STATEMENT")

stop-local: ## stop every process and keep what you made
	@test ! -x $(VENV)/python || $(SUPERVISOR) down

reset-local: ## stop every process and delete all data
	@test ! -x $(VENV)/python || $(SUPERVISOR) reset

reconcile: ## import the provider's usage report and correct the ledger
	@$(SUPERVISOR) reconcile

audit-verify: prepare ## verify every tenant's audit: its chain, and its anchors outside of the database
	@set -a; . .local/env; LOCKSTEP_DATABASE_URL="$$DATABASE_URL_CONTROL_PLANE" PYTHONPATH=services $(VENV)/python -m control_plane.governance.audit.verify

codex: prepare ## install Codex, the second coding agent of the tool code_agent: half a gigabyte
	@$(BOOTSTRAP) codex

prepare-tests: codex

test: prepare-tests ## run every test on the real stack, of large matrices a seeded sample (15 minutes at most)
	@$(SUPERVISOR) test

verify: prepare-tests ## run every test, every matrix in full (80 minutes at most)
	@$(SUPERVISOR) test --full

soak: prepare ## put the platform under load for hours, then check every promise (HOURS, DEATHS=1 has processes die)
	@$(SUPERVISOR) run bench/soak.py $(if $(HOURS),--hours $(HOURS)) $(if $(DEATHS),--deaths)

chaos: prepare ## kill and freeze processes at random while runs go on, then check every promise (SEED, MINUTES, RUNS)
	@$(SUPERVISOR) run bench/chaos.py $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(RUNS),--runs $(RUNS))

load: ## measure the API with a million runs in its tables, on a stack of its own; JSON on standard output (RUNS=20000)
	@$(MAKE) --no-print-directory prepare >&2
	@PYTHONPATH=services:localstack:. $(VENV)/python bench/full_tables.py $(if $(RUNS),--runs $(RUNS))

bench: ## measure; print JSON on standard output, all else on standard error
	@$(MAKE) --no-print-directory prepare >&2
	@$(SUPERVISOR) run bench/run_all.py

unit: prepare ## run unit and architecture tests, and the ports' contracts on their fakes, without stack and network
	@env -i PATH="$$PATH" HOME="$$HOME" $(VENV)/pytest -q -n 2 --dist worksteal -p fixtures.machine.own_sockets -m "not stack" \
		tests/unit tests/architecture tests/contract/ports

attacks: prepare ## try every attack on the sandbox in every language, of pages, and in a task; print a table of what became of each, and of what is left
	@$(VENV)/pytest -q tests/adversarial/tool_runtime/programs/test_attacks_by_language.py \
		tests/adversarial/tool_runtime/programs/test_attacks_by_browser.py \
		tests/adversarial/tool_runtime/programs/test_attacks_in_a_task.py

mutants: prepare ## a seeded sample of small faults in pure code, and which of them no unit test notices (SEED=2 for another)
	@time PYTHONPATH=tests:services $(VENV)/python -m mutation $(if $(SEED),--seed $(SEED))

check: prepare ## check format, lint, types, import directions, and the rules of tests/architecture
	@time { $(VENV)/ruff format --check . && $(VENV)/ruff check . && $(VENV)/mypy && PYTHONPATH=.:services:localstack $(VENV)/lint-imports && \
		$(VENV)/pytest -q tests/architecture; }

permissions-page: prepare ## write the tables of docs/reference/permissions.md, of the routes and roles
	@PYTHONPATH=.:services:localstack:tests $(VENV)/python -m fixtures.api.permissions_page

client: prepare ## write the generated part of clients/python, of the API's document
	@PYTHONPATH=.:services:localstack:tests $(VENV)/python -m fixtures.python_client.generated_client

trace-picture: prepare ## draw the trace of a new run on the running stack into docs/reference/run-trace.svg (RUN: of one of the sample tenant)
	@set -a; . .local/env; PYTHONPATH=.:services:localstack:tests $(VENV)/python -m fixtures.traces.trace_picture $(RUN)

alert-files: prepare ## write what is made of infra/alerting/rules.py: Prometheus rules, dashboards, configuration of CloudWatch's agent
	@$(VENV)/python -m infra.alerting

fmt: prepare ## format the code and fix what can be fixed
	@$(VENV)/ruff format . && $(VENV)/ruff check --fix .

lock: prepare ## compile requirements/*.txt from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@.local/bootstrap/venv/bin/python requirements/lock.py $(UPGRADE)

synth: prepare ## write the CloudFormation templates for AWS (ENV, ACCOUNT, REGION)
	@$(CDK) synth --env $(ENV) --account $(ACCOUNT) --region $(REGION) $(if $(SANDBOX),--sandbox $(SANDBOX))

diff: prepare ## show what a deployment to AWS would change (ENV, ACCOUNT, REGION)
	@$(CDK) diff --env $(ENV) --account $(ACCOUNT) --region $(REGION) $(if $(SANDBOX),--sandbox $(SANDBOX))

deploy: ## deploy to AWS (ENV, ACCOUNT, REGION)
	@$(PYTHON) infra/missing_stacks.py
	@$(MAKE) --no-print-directory prepare
	@$(CDK) deploy --env $(ENV) --account $(ACCOUNT) --region $(REGION) $(if $(SANDBOX),--sandbox $(SANDBOX))

destroy: prepare ## remove from AWS what is not marked to be kept (ENV, ACCOUNT, REGION)
	@$(CDK) destroy --env $(ENV) --account $(ACCOUNT) --region $(REGION) $(if $(SANDBOX),--sandbox $(SANDBOX))
