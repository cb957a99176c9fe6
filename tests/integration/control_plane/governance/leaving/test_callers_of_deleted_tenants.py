"""A caller who is remembered opens nothing of a tenant that another process has deleted, or is deleting."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import operations_of
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid

OF_NOBODYS_TENANT = ("users/me", "trigger-calls", "invitations/accept", "deletion-certificates")
"""What people do for themselves, whichever tenant they belong to."""


def begin_deletion(scratch: ScratchDatabase, tenant: Tenant) -> None:
    with scratch.superuser() as connection:
        connection.execute(
            "INSERT INTO tenant_deletions (tenant_id, deletion_id, status, phase, requested_by, not_before)"
            " VALUES (%s, %s, 'running', 'stopping', 'user:a', now())",
            [tenant.tenant_id, new_uuid()],
        )


def delete(scratch: ScratchDatabase, tenant: Tenant) -> None:
    """As another process does, of which this one hears nothing."""
    begin_deletion(scratch, tenant)
    with scratch.superuser() as connection:
        connection.execute("DELETE FROM api_keys WHERE tenant_id = %s", [tenant.tenant_id])
        connection.execute("DELETE FROM tenants WHERE tenant_id = %s", [tenant.tenant_id])
        connection.execute("DELETE FROM tenant_deletions WHERE tenant_id = %s", [tenant.tenant_id])


@contextmanager
def remembered(api: ApiInProcess) -> Iterator[Any]:
    """Has the process remember again whom it remembers now, whenever what is yielded is called."""
    known = api.app.state.resources.callers._remembered
    before = dict(known)
    yield lambda: known.update(before)


@pytest.mark.parametrize("is_gone", [True, False], ids=["gone", "going"])
async def test_whatever_a_remembered_caller_asks_for_is_refused(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, is_gone: bool
) -> None:
    async with lonely_api.caller(tenant) as owner:
        warmed = await owner.get("/tasks")
        assert warmed.status_code == 200, warmed.text
        with remembered(lonely_api) as remember:
            (delete if is_gone else begin_deletion)(scratch, tenant)
            let_in, refused = [], 0
            for one in operations_of(lonely_api.app):
                if one.public or any(path in one.path for path in OF_NOBODYS_TENANT):
                    continue
                remember()
                path = one.path_with(str(tenant.tenant_id if "/tenants/" in one.path else new_uuid()))
                answer = await owner.request(one.method, f"http://test{path}", json=one.example)
                refused += answer.status_code in {401, 403}
                # While it is going its rows are there, and what is wrong with a call may be seen before any is read.
                if answer.status_code not in ({401, 403} if is_gone else {400, 401, 403, 404, 412, 428, 503}):
                    let_in.append(f"{one.name}: {answer.status_code}")
    # Permissions are the same for everybody; exports stay open to owners of a suspended tenant, and none is begun.
    exports = "/api/v1/tenants/{tenant_id}/export"
    open_still = [] if is_gone else ["GET /api/v1/permissions: 200", f"POST {exports}: 409", f"GET {exports}s: 200"]
    assert let_in == open_still
    assert refused > 100


async def test_what_a_remembered_caller_is_told(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        made = {"name": "t", "steps": [{"name": "a", "kind": "llm", "prompt": "Say hello"}]}
        assert (await owner.post("/tasks", json=made)).status_code == 201
        with remembered(lonely_api) as remember:
            begin_deletion(scratch, tenant)
            body = problem(await owner.post("/tasks", json=made), 403, "tenant_suspended")
            assert "being deleted" in body["detail"]
            with scratch.superuser() as connection:
                connection.execute("DELETE FROM tenant_deletions WHERE tenant_id = %s", [tenant.tenant_id])
            delete(scratch, tenant)
            remember()
            problem(await owner.post("/tasks", json=made), 403, "not_a_member")
            problem(await owner.get("/tasks"), 403, "not_a_member")
