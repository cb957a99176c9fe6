"""Runs a sample once and prints its timeline, bill, files and texts; run again, it follows or prints the same run.

`python samples/run.py <name>`: the folder of that name has `task.yaml`, whose `"@file"` as the code of a tool stands
for the file's text, and `input.yaml`, whose `"@file"` is uploaded and stands for the artifact. Reads LOCKSTEP_API_URL
and LOCKSTEP_TOKEN (`. .local/env` sets them).
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

SAMPLES = Path(__file__).parent
ENDED = {"COMPLETED", "FAILED", "BUDGET_EXCEEDED", "CANCELLED", "TIMED_OUT"}
TURNS = {"agent", "crew"}
WAIT_SECONDS = 900


def definition(folder: Path) -> dict[str, Any]:
    """The definition of the task, with each `@file` replaced by the text of the file."""
    document: dict[str, Any] = yaml.safe_load((folder / "task.yaml").read_text(encoding="utf-8"))
    for step in document["steps"]:
        code = step.get("arguments", {}).get("code", "")
        if code.startswith("@"):
            step["arguments"]["code"] = (folder / code[1:]).read_text(encoding="utf-8")
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


def run_input(api: httpx.Client, folder: Path) -> dict[str, Any]:
    """The run's input, with each file uploaded."""
    document: dict[str, Any] = yaml.safe_load((folder / "input.yaml").read_text(encoding="utf-8"))
    return {name: [upload(api, folder / file[1:]) for file in files] for name, files in document.items()}


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
    """Print each change of a step until the run has ended, or waits for a person."""
    seen: dict[str, str] = {}
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        run = _ok(api.get(f"/runs/{run_id}"))
        for step in _ok(api.get(f"/runs/{run_id}/steps"))["items"]:
            state = f"{step['status']}{' turn ' + str(step['turn']) if step['kind'] in TURNS else ''}"
            if seen.get(step["name"]) != state:
                seen[step["name"]] = state
                print(f"  {step['name']:<10} {state}", flush=True)
        if run["status"] in ENDED or asked(api, run_id):
            return run
        time.sleep(0.5)
    raise SystemExit(f"the run {run_id} has not ended after {WAIT_SECONDS} s: see GET /api/v1/runs/{run_id}/explain")


def asked(api: httpx.Client, run_id: str) -> list[dict[str, Any]]:
    """The requests of the run that nobody has decided on yet."""
    requests: list[dict[str, Any]] = _ok(api.get("/approvals", params={"status": "pending", "run_id": run_id}))["items"]
    return requests


def ask(request: dict[str, Any], name: str) -> None:
    """Print what is asked, and how to answer."""
    print(f"\nThe step {request['step']} waits for you until {request['expires_at']}:\n")
    print("\n".join(f"  {line}" for line in request["message"].splitlines()))
    print(
        f"""
Decide with

  . .local/env
  curl -sf -H "authorization: Bearer $LOCKSTEP_TOKEN" -H 'content-type: application/json' \\
    -d '{{"decision": "approve", "comment": "…"}}' "$LOCKSTEP_API_URL/api/v1/approvals/{request["id"]}"

and follow the run to its end: make sample NAME={name}"""
    )


def report(api: httpx.Client, run: dict[str, Any]) -> None:
    """Print the timeline, the bill, the artifacts and the texts of the last steps."""
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
    for name, output in (run["output"] or {}).items():
        if isinstance(output, dict) and output.get("text"):
            print(f"\n{name.capitalize()}")
            print("\n".join(f"  {line}" for line in output["text"].splitlines()))
    if any(model["provider"] == "simulated" for model in figures["models"]):
        print("\nThe model is simulated: no provider key is set. The tools' figures are real, its words are scripted.")


def settled(api: httpx.Client, run: dict[str, Any]) -> dict[str, Any]:
    """The run, as soon as the ledger has its calls, which are written a moment after they end."""
    deadline = time.monotonic() + 15
    while run["usage"]["tokens"] == 0 and time.monotonic() < deadline:
        time.sleep(0.2)
        run = _ok(api.get(f"/runs/{run['id']}"))
    return run


def start(api: httpx.Client, folder: Path) -> dict[str, Any]:
    """The sample's run: the one that its task has in this version, or else a new one."""
    document = _stamped(definition(folder))
    task = ensure_task(api, document)
    standing: list[dict[str, Any]] = _ok(api.get("/runs", params={"task_id": task["id"], "limit": 1}))["items"]
    if standing and standing[0]["task_version"] == task["version"]:
        return standing[0]
    body = {"task_id": task["id"], "task_version": task["version"], "input": run_input(api, folder)}
    key = f"{folder.name}-{task['id']}-{task['version']}"
    return _ok(api.post("/runs", json=body, headers={"Idempotency-Key": key}))


def _stamped(document: dict[str, Any]) -> dict[str, Any]:
    """The definition with a fingerprint of itself, so that a changed sample becomes a new version of the task."""
    mark = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
    return {**document, "description": f"{document['description']} [{mark}]"}


def _ok(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise SystemExit(f"{answer.request.method} {answer.request.url} answered {answer.status_code}: {answer.text}")
    document: dict[str, Any] = answer.json()
    return document


def folder_of(arguments: list[str]) -> Path:
    names = sorted(path.parent.name for path in SAMPLES.glob("*/task.yaml"))
    if len(arguments) != 1 or arguments[0] not in names:
        raise SystemExit(f"say which sample: {', '.join(names)} (make sample NAME={names[0]})")
    return SAMPLES / arguments[0]


def main() -> None:
    folder = folder_of(sys.argv[1:])
    address, token = os.environ.get("LOCKSTEP_API_URL"), os.environ.get("LOCKSTEP_TOKEN")
    if not address or not token:
        raise SystemExit(
            "LOCKSTEP_API_URL and LOCKSTEP_TOKEN are not set: run `make deploy-local`, then `. .local/env`"
        )
    with httpx.Client(base_url=f"{address}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=30) as api:
        run = start(api, folder)
        print(f"{folder.name.replace('-', ' ').capitalize()}: run {run['id']}", flush=True)
        run = follow(api, run["id"])
        if run["status"] not in ENDED:
            for request in asked(api, run["id"]):
                ask(request, folder.name)
            return
        run = settled(api, run)
        report(api, run)
    if run["status"] != "COMPLETED":
        sys.exit(1)


if __name__ == "__main__":
    main()
