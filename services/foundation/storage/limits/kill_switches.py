"""Kill switches: a tenant's and the platform's, and which runs are to be parked, or go on, because of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

MAX_REASON = 500
"""Characters."""


class SwitchScope(StrEnum):
    """Whose switch it is."""

    TENANT = "tenant"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class EngagedSwitch:
    """A switch that is engaged."""

    scope: SwitchScope
    reason: str
    engaged_by: str
    engaged_at: datetime

    def in_words(self) -> str:
        whose = "the tenant" if self.scope is SwitchScope.TENANT else "the platform"
        return f"the kill switch of {whose} is engaged: {self.reason}"

    def lifted_by(self) -> str:
        """Who may lift it."""
        if self.scope is SwitchScope.TENANT:
            return "whoever holds kill_switch:write in the tenant lifts it: PUT /api/v1/kill-switch {engaged: false}"
        return "only an operator of the platform lifts it"


def of_document(document: dict[str, str]) -> EngagedSwitch:
    """A switch that was read as a part of something else."""
    at = datetime.fromisoformat(document["engaged_at"])
    return EngagedSwitch(SwitchScope(document["scope"]), document["reason"], document["engaged_by"], at)


async def engaged(tx: Transaction, tenant_id: TenantId) -> list[EngagedSwitch]:
    """Those that stop the tenant now, the platform's first."""
    rows = await tx.execute(
        text(
            """SELECT 'platform' AS scope, reason, engaged_by, engaged_at FROM platform_kill_switch
               UNION ALL
               SELECT 'tenant', reason, engaged_by, engaged_at FROM kill_switches WHERE tenant_id = :tenant_id"""
        ),
        {"tenant_id": tenant_id},
    )
    return [EngagedSwitch(SwitchScope(row.scope), row.reason, row.engaged_by, row.engaged_at) for row in rows]


async def platforms(tx: Transaction) -> EngagedSwitch | None:
    """The platform's; None while it is not engaged."""
    row = (await tx.execute(text("SELECT reason, engaged_by, engaged_at FROM platform_kill_switch"))).first()
    return EngagedSwitch(SwitchScope.PLATFORM, row.reason, row.engaged_by, row.engaged_at) if row else None


async def lock(tx: Transaction, tenant_id: TenantId | None) -> None:
    """Has whoever else changes the tenant's switch, or with None the platform's, wait for the transaction's end."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('kill switch of ' || CAST(:whose AS text), 0))"),
        {"whose": "the platform" if tenant_id is None else str(tenant_id)},
    )


async def engage(tx: Transaction, tenant_id: TenantId, *, reason: str, by: str) -> bool:
    """Whether it was not engaged before; if it was, it has the new reason."""
    rows = await tx.execute(
        text(
            """INSERT INTO kill_switches AS k (tenant_id, reason, engaged_by) VALUES (:tenant_id, :reason, :by)
               ON CONFLICT (tenant_id) DO UPDATE SET reason = EXCLUDED.reason RETURNING xmax = 0 AS is_new"""
        ),
        {"tenant_id": tenant_id, "reason": reason, "by": by},
    )
    return bool(rows.scalar_one())


async def lift(tx: Transaction, tenant_id: TenantId) -> bool:
    """Whether it was engaged."""
    rows = await tx.execute(
        text("DELETE FROM kill_switches WHERE tenant_id = :tenant_id RETURNING 1"), {"tenant_id": tenant_id}
    )
    return rows.first() is not None


async def engage_platforms(tx: Transaction, *, reason: str, by: str) -> None:
    await tx.execute(
        text(
            """INSERT INTO platform_kill_switch (reason, engaged_by) VALUES (:reason, :by)
               ON CONFLICT (is_engaged) DO UPDATE SET reason = EXCLUDED.reason"""
        ),
        {"reason": reason, "by": by},
    )


async def lift_platforms(tx: Transaction) -> None:
    await tx.execute(text("DELETE FROM platform_kill_switch"))


async def to_park(tx: Transaction, *, most: int) -> list[tuple[TenantId, RunId]]:
    """Open runs of any tenant that a switch stops and that are not paused."""
    rows = await tx.execute(text("SELECT tenant_id, run_id FROM runs_to_park(:most)"), {"most": most})
    return [(TenantId(row.tenant_id), RunId(row.run_id)) for row in rows]


async def to_go_on(tx: Transaction, *, most: int) -> list[tuple[TenantId, RunId]]:
    """Runs of any tenant that a switch has parked and that none stops any more."""
    rows = await tx.execute(text("SELECT tenant_id, run_id FROM runs_to_go_on(:most)"), {"most": most})
    return [(TenantId(row.tenant_id), RunId(row.run_id)) for row in rows]
