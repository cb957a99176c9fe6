"""A tenant's budgets and settings as gateways read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.storage.limits import budget_settings, kill_switches
from foundation.storage.limits.budget_settings import DeclaredBudget
from foundation.storage.limits.kill_switches import EngagedSwitch
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

GATEWAYS_KNOW_SECONDS = 5.0
"""A gateway admits calls by limits that are no older: by then all know of a suspension, or of a kill switch."""


@dataclass(frozen=True, slots=True)
class TenantLimits:
    """One tenant's budgets and settings, and how many gateways share its allowance."""

    time_zone: str
    suspended: bool
    suspended_reason: str | None
    stopped: EngagedSwitch | None
    """A kill switch that stops the tenant."""
    settings: Mapping[str, object]
    """The stored JSON object, of which nothing is validated yet."""
    gateways: int
    """How many gateways are alive."""
    budgets: tuple[DeclaredBudget, ...]


async def read_tenant_limits(tx: Transaction, *, alive_seconds: float) -> TenantLimits | None:
    """The transaction's tenant with all its budgets; None when there is no such tenant.

    `alive_seconds` is how long ago a gateway may have been seen to count as alive.
    """
    tenants = await tx.execute(
        text(
            "SELECT time_zone, suspended_at IS NOT NULL AS suspended, suspended_reason, settings,"
            " (SELECT count(*) FROM gateway_instances g WHERE g.seen_at > now() - make_interval(secs => :alive))"
            " AS gateways, (SELECT row_to_json(k) FROM ("
            "SELECT 'platform' AS scope, reason, engaged_by, engaged_at FROM platform_kill_switch UNION ALL"
            " SELECT 'tenant', reason, engaged_by, engaged_at FROM kill_switches WHERE tenant_id = current_tenant()"
            " LIMIT 1) k) AS stopped FROM tenants WHERE tenant_id = current_tenant()"
        ),
        {"alive": alive_seconds},
    )
    tenant = tenants.first()
    if tenant is None:
        return None
    return TenantLimits(
        time_zone=tenant.time_zone,
        suspended=tenant.suspended,
        suspended_reason=tenant.suspended_reason,
        stopped=None if tenant.stopped is None else kill_switches.of_document(tenant.stopped),
        settings=tenant.settings,
        gateways=tenant.gateways,
        budgets=tuple(await budget_settings.of_current_tenant(tx)),
    )
