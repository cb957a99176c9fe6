"""For how long each kind of content of a tenant is kept."""

from collections.abc import Mapping

from foundation.contracts.policy.retention import kept, retention_of
from foundation.domain.ids import TenantId
from foundation.domain.policy.retention import ContentKind, DaysKept
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

Rules = Mapping[ContentKind, DaysKept]


async def read(tx: Transaction, tenant_id: TenantId) -> Rules | None:
    """None where what is stored cannot be read: nothing is removed then."""
    row = (
        await tx.execute(
            text(
                """SELECT settings -> 'retention' AS own, settings -> 'operator_bounds' -> 'retention' AS bounds
                   FROM tenants WHERE tenant_id = :tenant_id"""
            ),
            {"tenant_id": tenant_id},
        )
    ).first()
    found = None if row is None else retention_of(row.own, row.bounds)
    return None if found is None else {kind: kept(*found, kind) for kind in ContentKind}
