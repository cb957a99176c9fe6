"""On the running stack: a tenant fetches all that it has, then is deleted with a run under way, and nothing is left."""

import hashlib
import io
import json
import zipfile
from typing import Any

import boto3
import httpx
import psycopg
import pytest
from psycopg import sql

from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

TOOL = {
    "name": "keep",
    "kind": "tool",
    "tool": "code.python",
    "arguments": {"code": "open('/work/out/kept.txt', 'w').write('mine')"},
}
MODEL = {"name": "ask", "kind": "llm", "prompt": "How many penguins?"}
APPROVAL = {"name": "review", "kind": "approval", "message": "May it go on?"}


def test_a_tenant_takes_everything_along_and_goes(stack: Stack) -> None:
    owner, neighbour = new_member(stack), new_member(stack)
    run = owner.ended(owner.start({"steps": [TOOL, MODEL]})["id"])
    assert run["status"] == "COMPLETED", run
    neighbours_run = neighbour.ended(neighbour.start({"steps": [TOOL]})["id"])
    _is_exported(owner, run["id"])
    owner.start({"steps": [APPROVAL]})
    certificate = _is_deleted(stack, owner)
    assert certificate["ledger_rows"] == 1
    assert certificate["removed"]["runs"] == 2
    shown = neighbour.run(neighbours_run["id"])
    assert (shown["status"], shown["output"]) == ("COMPLETED", neighbours_run["output"])
    with neighbour.api() as api:
        [artifact] = api.get(f"/runs/{neighbours_run['id']}/artifacts").json()["items"]
        assert httpx.get(artifact["url"], trust_env=False).content == b"mine"


def _is_exported(owner: Member, run_id: str) -> None:
    with owner.api() as api:
        asked = api.post(f"/tenants/{owner.tenant_id}/export")
        assert asked.status_code == 202, asked.text
        place = asked.headers["location"].removeprefix("/api/v1")
        ready = owner.until(lambda: found if (found := api.get(place).json())["status"] == "ready" else None)
    body = httpx.get(ready["url"], trust_env=False).raise_for_status().content
    assert hashlib.sha256(body).hexdigest() == ready["sha256"]
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        runs = [json.loads(line) for line in archive.read("tables/runs.jsonl").splitlines()]
        assert [one["run_id"] for one in runs] == [run_id]
        kept = [name for name in archive.namelist() if name.startswith("artifacts/")]
        assert [archive.read(name) for name in kept] == [b"mine"]


def _is_deleted(stack: Stack, owner: Member) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {stack['LOCKSTEP_OPERATOR_TOKEN']}"}
    path = f"/tenants/{owner.tenant_id}"
    asked: dict[str, str | int] = {"confirm": f"tenant {owner.tenant_id}", "grace_days": 0}
    with httpx.Client(base_url=f"{stack['LOCKSTEP_API_URL']}/api/v1", headers=headers, timeout=30) as operator:
        assert operator.delete(path, params=asked).status_code == 409
        answer = operator.delete(path, params={**asked, "stop_runs": True})
        assert answer.status_code == 202, answer.text

        def done() -> dict[str, Any] | None:
            found: dict[str, Any] = operator.get(f"{path}/deletion").json()
            return found if found["status"] == "deleted" else None

        deletion = owner.until(done, seconds=120)
        assert deletion is not None, operator.get(f"{path}/deletion").text
        shown = operator.get(f"/deletion-certificates/{deletion['id']}").raise_for_status().json()
    with owner.api() as api:
        assert api.get("/runs").status_code in {401, 403}
    with stack.superuser() as connection:
        assert _tables_with_rows(connection, owner) == {"llm_events", "tenant_deletions"}
    s3 = boto3.client("s3")
    for prefix in ("tenants", "replays"):
        listed = s3.list_objects_v2(Bucket=stack["LOCKSTEP_ARTIFACTS_BUCKET"], Prefix=f"{prefix}/{owner.tenant_id}/")
        assert listed["KeyCount"] == 0
    return dict(shown["claims"])


def _tables_with_rows(connection: "psycopg.Connection[Any]", owner: Member) -> set[str]:
    tables = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"""
    ).fetchall()
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE tenant_id = %s)")
    return {
        table
        for (table,) in tables
        if connection.execute(query.format(sql.Identifier(table)), [owner.tenant_id]).fetchone() == (True,)
    }
