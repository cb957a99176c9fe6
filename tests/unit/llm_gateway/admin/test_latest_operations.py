"""A tenant reads about breakers and itself, never about another tenant; operators read everything."""

from typing import Any

import pytest
from redis.exceptions import ConnectionError as NotConnected

from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.admin.operations import read_latest

TENANT, OTHER = TenantId(new_uuid()), TenantId(new_uuid())
BREAKER = {"at_ms": 1, "kind": "breaker", "name": "provider/model", "state": "open"}
OWN = {"at_ms": 2, "kind": "alert", "name": "usage_above_bound", "about": {"tenant_id": str(TENANT)}}
OTHERS = {"at_ms": 3, "kind": "alert", "name": "usage_above_bound", "about": {"tenant_id": str(OTHER)}}
NOBODYS = {"at_ms": 4, "kind": "alert", "name": "configuration_refused", "about": {"why": "no"}}


class KeptAlerts:
    def __init__(self, *entries: dict[str, Any]) -> None:
        self._entries = entries
        self.failure: Exception | None = None

    async def latest(self, *, most: int) -> list[dict[str, Any]]:
        if self.failure is not None:
            raise self.failure
        return list(self._entries[:most])


async def moments(*, most: int, tenant: bool) -> list[int]:
    alerts: Any = KeptAlerts(NOBODYS, OTHERS, OWN, BREAKER)
    return [entry.at_ms for entry in await read_latest(alerts, most=most, tenant_id=TENANT if tenant else None)]


async def test_a_tenant_reads_of_breakers_and_itself_only() -> None:
    assert await moments(most=10, tenant=True) == [2, 1]


async def test_others_alerts_take_no_place_of_a_tenants_own() -> None:
    assert await moments(most=1, tenant=True) == [2]


async def test_without_a_tenant_everything_is_read_up_to_the_bound() -> None:
    assert await moments(most=3, tenant=False) == [4, 3, 2]


async def test_while_redis_is_away_the_answer_is_503() -> None:
    alerts: Any = KeptAlerts()
    alerts.failure = NotConnected()
    with pytest.raises(DependencyUnavailable):
        await read_latest(alerts, most=1, tenant_id=None)
