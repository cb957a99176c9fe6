"""Breakers and alerts in the contract that other services read."""

from msgspec.structs import asdict
from redis.exceptions import RedisError

from foundation.contracts.gateway.operations import Breaker, OperationsEntry, OperationsKind
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId
from llm_gateway.breakers.alerts import Alerts
from llm_gateway.breakers.board import BreakerView

_MOST_READ = 1000
"""More entries than are ever kept, so that a tenant's own are not missed among those of the others."""


def describe_breaker(view: BreakerView) -> Breaker:
    return Breaker(**asdict(view))


async def read_latest(alerts: Alerts, *, most: int, tenant_id: TenantId | None) -> list[OperationsEntry]:
    """Newest first; with a tenant, what is about breakers or about that tenant, and nothing of others."""
    try:
        entries = await alerts.latest(most=most if tenant_id is None else _MOST_READ)
    except RedisError as error:
        raise DependencyUnavailable("Redis does not answer", retry_after=1) from error
    operations = [OperationsEntry.model_validate(entry) for entry in entries]
    if tenant_id is None:
        return operations
    return [entry for entry in operations if _concerns(entry, tenant_id)][:most]


def _concerns(entry: OperationsEntry, tenant_id: TenantId) -> bool:
    return entry.kind is OperationsKind.BREAKER or (entry.about or {}).get("tenant_id") == str(tenant_id)
