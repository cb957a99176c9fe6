"""Runs the penguins sample once and prints its timeline, bill and artifacts; run again, it prints the same run.

Reads LOCKSTEP_API_URL and LOCKSTEP_TOKEN (`. .local/env` sets them).
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import yaml

HERE = Path(__file__).parent
DATA = HERE / "penguins.csv"
ENDED = {"COMPLETED", "FAILED", "BUDGET_EXCEEDED", "CANCELLED", "TIMED_OUT"}
WAIT_SECONDS = 900


def definition() -> dict[str, Any]:
    """The definition of the task, with each `@file` replaced by the text of the file."""
    document: dict[str, Any] = yaml.safe_load((HERE / "task.yaml").read_text(encoding="utf-8"))
    for step in document["steps"]:
        code = step.get("arguments", {}).get("code", "")
        if code.startswith("@"):
            step["arguments"]["code"] = (HERE / code[1:]).read_text(encoding="utf-8")
    return document


def ensure_task(api: httpx.Client, document: dict[str, Any]) -> dict[str, Any]:
    """The task with this definition; if there is none, it gets a new version or is created."""
    known = _ok(api.get("/tasks", params={"name": document["name"]}))["items"]
    if not known:
        return _ok(api.post("/tasks", json=document))
    task: dict[str, Any] = known[0]
    if task["definition"]["description"] == document["description"]:
        return task
    return _ok(api.patch(f"/tasks/{task['id']}", json=document, headers={"If-Match": f'"{task["version"]}"'}))


def upload(api: httpx.Client, path: Path) -> dict[str, Any]:
    """Upload the file with a presigned POST; return it as the input of a run names it."""
    body = path.read_bytes()
    wanted = {
        "name": path.name,
        "content_type": "text/csv",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    room = _ok(api.post("/artifacts", json=wanted))
    answer = httpx.post(room["url"], data=room["fields"], files={"file": (path.name, body, "text/csv")}, timeout=60)
    answer.raise_for_status()
    return {"artifact": room["id"], "name": path.name}


def follow(api: httpx.Client, run_id: str) -> dict[str, Any]:
    """Print each change of a step until the run has ended."""
    seen: dict[str, str] = {}
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        run = _ok(api.get(f"/runs/{run_id}"))
        for step in _ok(api.get(f"/runs/{run_id}/steps"))["items"]:
            state = f"{step['status']}{' turn ' + str(step['turn']) if step['kind'] == 'agent' else ''}"
            if seen.get(step["name"]) != state:
                seen[step["name"]] = state
                print(f"  {step['name']:<10} {state}", flush=True)
        if run["status"] in ENDED:
            return run
        time.sleep(0.5)
    raise SystemExit(f"the run {run_id} has not ended after {WAIT_SECONDS} s: see GET /api/v1/runs/{run_id}/explain")


def report(api: httpx.Client, run: dict[str, Any]) -> None:
    """Print the timeline, the bill, the artifacts and the summary."""
    print(f"\nRun {run['id']}: {run['status']}")
    print(f"\n  {'step':<10} {'state':<10} {'attempt':>7} {'turns':>5} {'seconds':>8} {'tokens':>8} {'cost USD':>13}")
    for step in _ok(api.get(f"/runs/{run['id']}/steps"))["items"]:
        seconds = "" if step["duration_ms"] is None else f"{step['duration_ms'] / 1000:.2f}"
        row = f"  {step['name']:<10} {step['status']:<10} {step['attempt']:>7} {step['turn']:>5} {seconds:>8}"
        print(f"{row} {step['tokens']:>8} {step['cost_usd']:>13}")
        if step["error"]:
            print(f"    {step['error']['code']}: {step['error']['detail']}")
    figures = _ok(api.get(f"/runs/{run['id']}/metrics"))
    print("\nBill")
    for model in figures["models"]:
        name = f"{model['provider']} {model['model']}"
        print(f"  {name:<44} {model['calls']:>3} calls {model['tokens']:>8} tokens {model['cost_usd']:>13} USD")
    print(f"  {'total':<44} {'':>9} {figures['tokens']:>8} tokens {figures['cost_usd']:>13} USD")
    print("\nArtifacts")
    for artifact in _ok(api.get(f"/runs/{run['id']}/artifacts"))["items"]:
        print(f"  {artifact['name']} ({artifact['size']} bytes)\n    {artifact['url']}")
    summary = (run["output"] or {}).get("summary")
    if summary:
        print(f"\nSummary\n  {summary['text']}")
    if any(model["provider"] == "simulated" for model in figures["models"]):
        print("\nThe model is simulated: no provider key is set. The tools' figures are real, its words are scripted.")


def settled(api: httpx.Client, run: dict[str, Any]) -> dict[str, Any]:
    """The run, as soon as the ledger has its calls, which are written a moment after they end."""
    deadline = time.monotonic() + 15
    while run["usage"]["tokens"] == 0 and time.monotonic() < deadline:
        time.sleep(0.2)
        run = _ok(api.get(f"/runs/{run['id']}"))
    return run


def _stamped(document: dict[str, Any]) -> dict[str, Any]:
    """The definition with a fingerprint of itself, so that a changed sample becomes a new version of the task."""
    mark = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
    return {**document, "description": f"{document['description']} [{mark}]"}


def _ok(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text}")
    document: dict[str, Any] = answer.json()
    return document


def main() -> None:
    address, token = os.environ.get("LOCKSTEP_API_URL"), os.environ.get("LOCKSTEP_TOKEN")
    if not address or not token:
        raise SystemExit(
            "LOCKSTEP_API_URL and LOCKSTEP_TOKEN are not set: run `make deploy-local`, then `. .local/env`"
        )
    with httpx.Client(base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=30) as api:
        document = _stamped(definition())
        task = ensure_task(api, document)
        key = f"penguins-{task['id']}-{task['version']}"
        standing = _ok(api.get("/runs", params={"task_id": task["id"], "limit": 1}))["items"]
        if standing and standing[0]["task_version"] == task["version"]:
            run = standing[0]
        else:
            body = {"task_id": task["id"], "task_version": task["version"], "input": {"files": [upload(api, DATA)]}}
            run = _ok(api.post("/runs", json=body, headers={"Idempotency-Key": key}))
        print(f"Penguins: run {run['id']}", flush=True)
        run = settled(api, follow(api, run["id"]))
        report(api, run)
    if run["status"] != "COMPLETED":
        sys.exit(1)


if __name__ == "__main__":
    main()
