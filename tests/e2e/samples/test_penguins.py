"""The sample from upload to bill, checked against figures computed without pandas and without the platform."""

import csv
import hashlib
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from fixtures.running.stack import Stack, new_member

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[3]
MEASURES = {
    "culmen_length_mm": "Culmen Length (mm)",
    "culmen_depth_mm": "Culmen Depth (mm)",
    "flipper_length_mm": "Flipper Length (mm)",
    "body_mass_g": "Body Mass (g)",
}
MISSING = {"NA", "."}


@pytest.fixture(scope="module")
def sample(stack: Stack) -> dict[str, Any]:
    """The sample's run, in a tenant that nobody else uses."""
    owner = new_member(stack)
    done = subprocess.run(
        [sys.executable, "samples/run.py", "penguins"],
        cwd=ROOT,
        env={**os.environ, "LOCKSTEP_TOKEN": owner.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with owner.api() as api:
        task = api.get("/tasks", params={"name": "penguins"}).json()["items"][0]
        run = api.get("/runs", params={"task_id": task["id"], "limit": 1}).json()["items"][0]
        steps = api.get(f"/runs/{run['id']}/steps").json()["items"]
        artifacts = api.get(f"/runs/{run['id']}/artifacts").json()["items"]
    return {"run": run, "steps": {step["name"]: step for step in steps}, "artifacts": artifacts, "printed": done.stdout}


def expected_groups() -> list[dict[str, Any]]:
    rows = defaultdict(list)
    with (ROOT / "samples/penguins/penguins.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sex = "unknown" if row["Sex"] in MISSING else row["Sex"].lower()
            rows[row["Species"].split()[0], sex].append(row)
    groups = []
    for (species, sex), members in sorted(rows.items()):
        values = {
            short: [float(row[column]) for row in members if row[column] not in MISSING]
            for short, column in MEASURES.items()
        }
        groups.append(
            {
                "species": species,
                "sex": sex,
                "count": len(members),
                "means": {name: statistics.fmean(found) if found else None for name, found in values.items()},
                "missing": {name: len(members) - len(found) for name, found in values.items()},
            }
        )
    return groups


def test_every_step_of_the_sample_succeeds(sample: dict[str, Any]) -> None:
    assert sample["run"]["status"] == "COMPLETED"
    assert {step["status"] for step in sample["steps"].values()} == {"SUCCESS"}


def test_the_figures_are_those_of_the_file(sample: dict[str, Any]) -> None:
    found = sample["steps"]["stats"]["output"]["result"]
    expected = expected_groups()
    assert found["rows"] == sum(group["count"] for group in expected)
    assert len(found["groups"]) == len(expected)
    for got, wanted in zip(found["groups"], expected, strict=True):
        assert {key: got[key] for key in ("species", "sex", "count", "missing")} == {
            key: wanted[key] for key in ("species", "sex", "count", "missing")
        }
        for name, mean in wanted["means"].items():
            assert got["means"][name] == (None if mean is None else pytest.approx(mean, abs=1e-4))


def test_artifacts_open_and_have_the_digest_that_was_recorded(sample: dict[str, Any]) -> None:
    names = [artifact["name"] for artifact in sample["artifacts"]]
    assert "penguins.png" in names
    for artifact in sample["artifacts"]:
        body = httpx.get(artifact["url"]).raise_for_status().content
        assert hashlib.sha256(body).hexdigest() == artifact["sha256"]
        assert len(body) == artifact["size"]
    png = next(artifact for artifact in sample["artifacts"] if artifact["name"] == "penguins.png")
    assert httpx.get(png["url"]).content.startswith(b"\x89PNG\r\n\x1a\n")


def test_the_ledger_is_the_run_s_cost_and_the_provider_s_invoice(stack: Stack, sample: dict[str, Any]) -> None:
    run_id = sample["run"]["id"]
    with stack.superuser() as connection:
        ledger = connection.execute(
            """SELECT sum(cost_nano_usd), sum(total_tokens), array_agg(provider_request_id)
               FROM llm_events WHERE run_id = %s""",
            [run_id],
        ).fetchone()
    assert ledger is not None
    cost, tokens, requests = ledger
    usage = sample["run"]["usage"]
    assert Decimal(usage["cost_usd"]) * 1_000_000_000 == cost
    assert usage["tokens"] == tokens
    assert sum(Decimal(step["cost_usd"]) for step in sample["steps"].values()) == Decimal(usage["cost_usd"])
    assert invoiced(stack, set(requests)) == cost


def invoiced(stack: Stack, requests: set[str]) -> Decimal:
    """Nano-dollars that the simulated provider billed for these requests, from its own usage report."""
    invoice = stack.invoiced()
    return sum((invoice[request] for request in requests), Decimal(0)) * 1_000_000_000


def test_the_execution_enqueues_each_turn_once_and_polls_nothing(stack: Stack, sample: dict[str, Any]) -> None:
    arn = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:") + f":{sample['run']['id']}-1"
    client = boto3.client("stepfunctions")
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
    turns = sum(max(step["turn"], 1) for step in sample["steps"].values())
    assert entered.count("EnqueueStep") == turns
    assert (
        sum(
            event["type"] == "TaskSubmitted" and event["taskSubmittedEventDetails"]["resourceType"] == "sqs"
            for event in events
        )
        == turns
    )
    assert (
        sum(
            event["type"] == "TaskSucceeded" and event["taskSucceededEventDetails"]["resourceType"] == "sqs"
            for event in events
        )
        == turns
    )
    assert not any(event["type"].startswith("Wait") for event in events)


def test_one_trace_runs_through_every_service(sample: dict[str, Any]) -> None:
    trace_id = sample["run"]["trace_id"]
    logs = ROOT / ".local" / "logs"
    spoke = {path.stem for path in logs.glob("*.log") if trace_id in path.read_text(encoding="utf-8", errors="replace")}
    assert {"orchestrator", "tool-runtime"} <= spoke
