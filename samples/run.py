"""Runs a sample once and prints its timeline, bill, files and texts; run again, it follows or prints the same run.

`python samples/run.py <name> [--again]`: with `--again` another run of it is started. The folder of that name has
`task.yaml`, whose `"@file"` as the code of a tool stands for the file's text, and `input.yaml` (`inputs.py`); it may
have a site, which is served while its run goes on (`serving.py`). Reads LOCKSTEP_API_URL and LOCKSTEP_TOKEN
(`. .local/env` sets them), and LOCKSTEP_PORT_SAMPLE_SITE for a site.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import yaml
from inputs import run_input
from serving import CannotServe, served

from lockstep_client import ApiError, Client, RunNotEnded, every
from lockstep_client.generated.models import (
    ApprovalStatus,
    ApprovalView,
    RunStatus,
    RunView,
    StartRun,
    TaskDefinition,
)

SAMPLES = Path(__file__).parent
TURNS = {"agent", "crew"}


def definition(folder: Path) -> dict[str, Any]:
    """The definition of the task, with each `@file` replaced by the text of the file."""
    document: dict[str, Any] = yaml.safe_load((folder / "task.yaml").read_text(encoding="utf-8"))
    for step in document["steps"]:
        code = step.get("arguments", {}).get("code", "")
        if code.startswith("@"):
            step["arguments"]["code"] = (folder / code[1:]).read_text(encoding="utf-8")
    return document


def ensure_task(api: Client, document: dict[str, Any]) -> tuple[UUID, int]:
    """Id and version of the task with this definition; if there is none, it gets a new version or is created."""
    body = TaskDefinition.from_dict(document)
    listed = next(every(api.tasks.list_tasks, name=document["name"]), None)
    if listed is None:
        made = api.tasks.create_task(body=body)
        return made.id, made.version
    known = api.tasks.get_task(listed.id)
    if known.definition["description"] == document["description"]:
        return known.id, known.version
    changed = api.tasks.add_task_version(known.id, body=body, if_match=f'"{known.version}"')
    return changed.id, changed.version


def follow(api: Client, run_id: UUID) -> tuple[RunView, ApprovalView | None]:
    """Print each change of a step until the run has ended, or waits for a person: then with what it asks."""
    shown: dict[str, str] = {}
    # Each event is a reason to look: what is printed is how the steps stand.
    for _ in api.follow_run(run_id):
        run = api.runs.get_run(run_id)
        show_changes(api, run_id, shown)
        request = open_request(api, run_id)
        if run.ended_at is not None or request is not None:
            return run, request
    return api.wait_for_run(run_id), None


def show_changes(api: Client, run_id: UUID, shown: dict[str, str]) -> None:
    """Print the steps that stand otherwise than in `shown`, and keep how they stand there."""
    for step in every(api.runs.list_run_steps, run_id):
        state = f"{step.status}{f' turn {step.turn}' if step.kind in TURNS else ''}"
        if shown.get(step.name) != state:
            shown[step.name] = state
            print(f"  {step.name:<10} {state}", flush=True)


def open_request(api: Client, run_id: UUID) -> ApprovalView | None:
    """A request of the run that nobody has decided on yet."""
    listed = next(every(api.approvals.list_approvals, status=ApprovalStatus.PENDING, run_id=run_id), None)
    return None if listed is None else api.approvals.get_approval(listed.id)


def ask(request: ApprovalView, name: str) -> None:
    """Print what is asked, and how to answer."""
    print(f"\nThe step {request.step} waits for you until {request.expires_at.isoformat(timespec='seconds')}:\n")
    print("\n".join(f"  {line}" for line in (request.message or "").splitlines()))
    print(
        f"""
Decide with

  . .local/env
  curl -sf -H "authorization: Bearer $LOCKSTEP_TOKEN" -H 'content-type: application/json' \\
    -d '{{"decision": "approve", "comment": "…"}}' "$LOCKSTEP_API_URL/api/v1/approvals/{request.id}"

and follow the run to its end: make sample NAME={name}"""
    )


def report(api: Client, run: RunView) -> None:
    """Print the timeline, the bill, the artifacts and the texts of the last steps."""
    print(f"\nRun {run.id}: {run.status}")
    print(f"\n  {'step':<10} {'state':<10} {'attempt':>7} {'turns':>5} {'seconds':>8} {'tokens':>8} {'cost USD':>13}")
    for step in every(api.runs.list_run_steps, run.id):
        seconds = f"{step.duration_ms / 1000:.2f}" if isinstance(step.duration_ms, int) else ""
        row = f"  {step.name:<10} {step.status:<10} {step.attempt:>7} {step.turn:>5} {seconds:>8}"
        print(f"{row} {step.tokens:>8} {step.cost_usd:>13}")
        if step.error:
            print(f"    {step.error['code']}: {step.error['detail']}")
    figures = api.runs.get_run_metrics(run.id)
    print("\nBill")
    for model in figures.models:
        name = f"{model.provider} {model.model}"
        print(f"  {name:<44} {model.calls:>3} calls {model.tokens:>8} tokens {model.cost_usd:>13} USD")
    print(f"  {'total':<44} {'':>9} {figures.tokens:>8} tokens {figures.cost_usd:>13} USD")
    print("\nArtifacts")
    for artifact in every(api.runs.list_run_artifacts, run.id):
        print(f"  {artifact.name} ({artifact.size} bytes)\n    {artifact.url}")
    for name, output in (run.output or {}).items():
        if text := text_of(output):
            print(f"\n{name.capitalize()}")
            print("\n".join(f"  {line}" for line in text.splitlines()))
    if any(model.provider == "simulated" for model in figures.models):
        print("\nThe model is simulated: no provider key is set. The tools' figures are real, its words are scripted.")


def text_of(output: Any) -> str:
    """What a step says: a model's text, or what a program has given if that is one; else nothing."""
    said = (output.get("text") or output.get("result")) if isinstance(output, dict) else None
    return said if isinstance(said, str) else ""


def standing_run(api: Client, task_id: UUID, version: int) -> RunView | None:
    """The newest run of the task, if it is one of this version."""
    newest = api.runs.list_runs(task_id=task_id, limit=1).items
    return api.runs.get_run(newest[0].id) if newest and newest[0].task_version == version else None


def _stamped(document: dict[str, Any]) -> dict[str, Any]:
    """The definition with a fingerprint of itself, so that a changed sample becomes a new version of the task."""
    mark = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
    return {**document, "description": f"{document['description']} [{mark}]"}


def wanted(arguments: list[str]) -> tuple[Path, bool]:
    """The sample's folder, and whether another run of it is asked for."""
    names = sorted(path.parent.name for path in SAMPLES.glob("*/task.yaml"))
    name, *more = arguments or [""]
    if name not in names or more not in ([], ["--again"]):
        raise SystemExit(
            f"say which sample: {', '.join(names)} (make sample NAME={names[0]}, with AGAIN=1 for a new run)"
        )
    return SAMPLES / name, bool(more)


def main() -> None:
    folder, again = wanted(sys.argv[1:])
    address, token = os.environ.get("LOCKSTEP_API_URL"), os.environ.get("LOCKSTEP_TOKEN")
    if not address or not token:
        raise SystemExit(
            "LOCKSTEP_API_URL and LOCKSTEP_TOKEN are not set: run `make deploy-local`, then `. .local/env`"
        )
    try:
        with Client(address, token) as api:
            run = run_through(api, folder, again=again)
    except (ApiError, RunNotEnded, CannotServe) as problem:
        raise SystemExit(str(problem)) from problem
    if run is not None and run.status is not RunStatus.COMPLETED:
        sys.exit(1)


def run_through(api: Client, folder: Path, *, again: bool) -> RunView | None:
    """The sample's run, which its task has in this version, or else (or `again`) a new one, once it has ended.

    None while it waits for a person, who was asked.
    """
    port = int(os.environ.get("LOCKSTEP_PORT_SAMPLE_SITE", "0"))
    task_id, version = ensure_task(api, _stamped(definition(folder)))
    run = None if again else standing_run(api, task_id, version)
    if run is not None:
        given = {} if run.input_ is None else run.input_.to_dict()
    else:
        given = run_input(api, folder, task_id, port=port)
    with served(folder, port, later=bool(given.get("last"))):
        if run is None:
            key = str(uuid4()) if again else f"{folder.name}-{task_id}-{version}"
            body = StartRun.from_dict({"task_id": str(task_id), "task_version": version, "input": given})
            run = api.runs.start_run(body=body, idempotency_key=key)
        print(f"{folder.name.replace('-', ' ').capitalize()}: run {run.id}", flush=True)
        run, request = follow(api, run.id)
    if request is not None:
        ask(request, folder.name)
        return None
    run = api.wait_for_run(run.id, final_bill=True)
    report(api, run)
    return run


if __name__ == "__main__":
    main()
