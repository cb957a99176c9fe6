"""A status that is no answer is the provider's failure for the caller, however it was asked."""

import httpx
import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.gateways.wires import Wire, body_of, check_error, headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("status", [201, 204, 206, 301])
async def test_a_status_below_400_that_is_no_200_is_told_as_502_and_charged_as_what_it_may_be(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, status: int, *, streamed: bool
) -> None:
    # each has a breaker of its own
    model = f"fault-status={status}+chunks={4 if streamed else 3}"
    body = body_of(Wire.CHAT, model, streamed=streamed)
    answer = await client.post(Wire.CHAT.path, json=body, headers=headers_of(tenant))
    assert (answer.status_code, answer.headers["x-should-retry"]) == (502, "true")
    check_error(Wire.CHAT, answer.status_code, answer.content)
    [event, *_] = await recorded_events(database, tenant.tenant_id, count=1)
    # a body behind a 204 may break the connection before its status is read
    assert event["http_status"] in ({status, None} if status == 204 else {status})
    at_bound = event["bound_nano_usd"] if status < 300 else 0
    assert event["cost_nano_usd"] == at_bound
