"""Says of an ended run that its usage is final, once the ledger has all that the gateway committed for it."""

import asyncio

from control_plane.gateway_client.client import GatewayClient
from foundation.domain.errors import DependencyUnavailable
from foundation.storage.ledger import final_usage
from foundation.storage.session.database import Database
from foundation.storage.session.outbox import Due
from foundation.telemetry.logs import logger

_log = logger(__name__)

_LOOKS, _BETWEEN_SECONDS = 5, 0.2
# At half a minute each: longer than any hold stays open. What is not equal by then is for the reconciliation.
_MOST_TRIES = 120


class FinalUsage:
    """The sender of `confirm_usage`."""

    def __init__(self, database: Database, gateway: GatewayClient) -> None:
        self._database = database
        self._gateway = gateway

    async def confirm(self, effect: Due) -> None:
        """Marks the run's usage final; `DependencyUnavailable` while calls are open or events are on their way.

        Nothing is marked for a run that a retry has opened again: its next end has this confirmed anew.
        """
        for _ in range(_LOOKS):
            money = await self._gateway.run_money(effect.tenant_id, effect.run_id)
            async with self._database.tenant(effect.tenant_id) as tx:
                if not await final_usage.is_ended(tx, effect.tenant_id, effect.run_id):
                    return
                charged = await final_usage.in_ledger(tx, effect.tenant_id, effect.run_id)
                if money.is_closed_at(charged):
                    await final_usage.mark(tx, effect.tenant_id, effect.run_id)
                    return
            await asyncio.sleep(_BETWEEN_SECONDS)
        if effect.attempts < _MOST_TRIES:
            raise DependencyUnavailable("the ledger does not have all of the run's usage yet")
        _log.critical("a run's usage did not become final", extra={"committed": money.model_dump(mode="json")})
