"""The loops of a process that serve webhooks; idle they ask two questions every few seconds."""

import asyncio

from control_plane.webhook_sending.courier import Courier
from control_plane.webhook_sending.fan_out import FanOut
from foundation.domain.errors import LockstepError
from foundation.storage.session.database import Database
from foundation.storage.session.notifications import notices
from foundation.storage.webhooks import deliveries
from foundation.telemetry.background import every, tolerating
from foundation.telemetry.bus.event_bus import EventBus
from foundation.telemetry.bus.subscription import BusClosed
from foundation.telemetry.logs import logger

_PACE_SECONDS = 5.0
_BREATH_SECONDS = 0.25
_FORGET_EVERY_SECONDS = 3600.0
_FORGET_AT_ONCE = 10_000
_TOLERATED = (LockstepError, OSError)

_log = logger(__name__)


async def serve(fan_out: FanOut, courier: Courier, bus: EventBus) -> None:
    """Looks when effects are noticed in the outbox, which most events come with, and every few seconds besides."""

    async def rounds() -> bool:
        # Both, always: what was put on its way just now is due at once.
        told = await fan_out.round()
        return await courier.round() or told

    try:
        with bus.subscribe(notices("outbox"), silent_seconds=float("inf")) as noticed:
            while True:
                busy = await tolerating(_TOLERATED, rounds)
                await asyncio.sleep(_BREATH_SECONDS)
                if not busy:
                    await noticed.take(timeout_seconds=_PACE_SECONDS)
    except BusClosed:
        _log.debug("webhooks are served no more, as the process ends")


async def forget(database: Database, *, days: int) -> None:
    """Removes deliveries that ended long ago, for all tenants."""

    async def once() -> bool:
        async with database.across_tenants(reason="old deliveries are removed for all tenants at once") as tx:
            return await deliveries.forget_old(tx, days=days, most=_FORGET_AT_ONCE) == _FORGET_AT_ONCE

    await every(_FORGET_EVERY_SECONDS, once, tolerate=_TOLERATED, busy_seconds=_BREATH_SECONDS)()
