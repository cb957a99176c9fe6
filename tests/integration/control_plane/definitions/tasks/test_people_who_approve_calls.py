"""A task that names people who could not approve the calls of its agent is refused with their places."""

from typing import Any
from uuid import uuid4

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from foundation.domain.ids import new_uuid


def definition(*users: Any) -> dict[str, Any]:
    tool = {"name": "code.python", "approve": {"users": [str(user) for user in users]}}
    step = {"name": "clean", "kind": "agent", "instructions": "Clean.", "tools": [tool]}
    return {"name": f"task-{uuid4().hex[:12]}", "steps": [step]}


async def test_a_member_may_be_named_and_a_stranger_may_not(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as caller:
        assert (await caller.post("/tasks", json=definition(tenant.user_id))).status_code == 201
        refused = await caller.post("/tasks", json=definition(tenant.user_id, new_uuid()))
    assert refused.status_code == 422
    assert [(fault["pointer"], fault["detail"]) for fault in refused.json()["errors"]] == [
        ("/steps/0/tools/0/approve/users/1", "no member of your tenant has this id")
    ]
