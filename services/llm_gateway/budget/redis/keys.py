"""The names of Redis keys: those of one tenant share a hash tag, so that one script may touch them together."""

import hashlib
import zlib
from functools import lru_cache
from uuid import UUID

from foundation.domain.ids import TenantId

BUCKETS = 64


@lru_cache(maxsize=10_000)
def bucket_of(tenant_id: TenantId) -> int:
    return zlib.crc32(str(tenant_id).encode()) % BUCKETS


_PREFIXES = tuple(f"ls2:{{b{bucket:02d}}}:" for bucket in range(BUCKETS))
"""The number is that of the layout: counters that an older one left are not read but counted anew from the ledger."""


def prefix(bucket: int) -> str:
    return _PREFIXES[bucket]


def epoch(bucket: int) -> str:
    return prefix(bucket) + "epoch"


def leases(bucket: int) -> str:
    return prefix(bucket) + "leases"


def stream(bucket: int) -> str:
    return prefix(bucket) + "events"


def rebuild_lock(bucket: int) -> str:
    return prefix(bucket) + "rebuilding"


def hold(bucket: int, reservation_id: UUID | str) -> str:
    return f"{prefix(bucket)}hold:{reservation_id}"


def call_marker(bucket: int, tenant_id: TenantId, call_key: str) -> str:
    return f"{prefix(bucket)}call:{hashlib.sha256(f'{tenant_id}:{call_key}'.encode()).hexdigest()}"


def adjustment(bucket: int, event_id: UUID) -> str:
    return f"{prefix(bucket)}adjustment:{event_id}"


def scope(bucket: int, tenant_id: TenantId, kind: str, scope_id: UUID) -> str:
    return f"{prefix(bucket)}scope:{tenant_id}:{kind}:{scope_id}"


def read_scope(key: str) -> tuple[TenantId, str, UUID]:
    """The tenant, kind and id that a scope's key names."""
    tenant_id, kind, scope_id = key.rpartition("scope:")[2].split(":")
    return TenantId(UUID(tenant_id)), kind, UUID(scope_id)


def limit(bucket: int, tenant_id: TenantId, kind: str, scope_id: UUID) -> str:
    return f"{prefix(bucket)}limit:{tenant_id}:{kind}:{scope_id}"


def items(bucket: int, tenant_id: TenantId) -> str:
    """The index of the items that are kept for a tenant; beside it, under `:bytes`, how many bytes they have."""
    return f"{prefix(bucket)}items:{tenant_id}"


def scope_pattern(bucket: int) -> str:
    return _as_pattern(bucket) + "scope:*"


def tenant_patterns(tenant_id: TenantId) -> tuple[str, ...]:
    """What every key matches that names the tenant; those of calls and holds name it by a digest, and lapse."""
    begun = _as_pattern(bucket_of(tenant_id))
    return f"{begun}scope:{tenant_id}:*", f"{begun}limit:{tenant_id}:*", f"{begun}items:{tenant_id}*"


def _as_pattern(bucket: int) -> str:
    return prefix(bucket).replace("{", "[{]").replace("}", "[}]")
