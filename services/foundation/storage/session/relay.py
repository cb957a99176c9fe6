"""Sends the effects in the outbox at least once; each service sends only its own kinds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from foundation.domain.errors import LockstepError
from foundation.storage.session import outbox
from foundation.storage.session.database import Database
from foundation.storage.session.notifications import Wakeups
from foundation.storage.session.outbox import Due, OutboxKind
from foundation.telemetry.logs import logger

_log = logger(__name__)

BATCH = 100
_LEASE_SECONDS = 60.0
_IDLE_SECONDS = 5.0
_GATHER_SECONDS = 0.005
_AHEAD_SECONDS = 600.0
_MAX_PAUSE_SECONDS = 30.0

Deliver = Callable[[Sequence[Due]], Awaitable[Sequence[Due]]]
"""Sends effects of one kind and returns those that could not be sent; raises when none could."""


@dataclass(frozen=True, slots=True)
class EffectSender:
    """How one kind is sent; an `ahead` kind may be sent before its time, with the rest of the wait in the message."""

    deliver: Deliver
    ahead: bool = False


class Relay:
    """Works through the outbox after each notification, and every five seconds in case one was lost."""

    def __init__(self, database: Database, wakeups: Wakeups, senders: Mapping[OutboxKind, EffectSender]) -> None:
        self._database = database
        self._wakeups = wakeups
        self._senders = senders

    async def run(self) -> None:
        """Relays until cancelled; a database that is away is waited for."""
        while True:
            try:
                busy = await self.relay_once()
            except (LockstepError, OSError) as error:
                _log.warning("the outbox cannot be read", extra={"error": type(error).__name__})
                busy = False
                await asyncio.sleep(1)
            if not busy:
                await self._wakeups.wait("outbox", timeout_seconds=_IDLE_SECONDS)
                # Effects that commit at about the same time are sent in one batch.
                await asyncio.sleep(_GATHER_SECONDS)

    async def relay_once(self) -> bool:
        """Sends one batch of due effects; returns whether there were any."""
        async with self._database.across_tenants(reason="the relay sends for every tenant") as tx:
            due = await outbox.lease_due(
                tx,
                list(self._senders),
                ahead_kinds=[kind for kind, sender in self._senders.items() if sender.ahead],
                limit=BATCH,
                lease_seconds=_LEASE_SECONDS,
                ahead_seconds=_AHEAD_SECONDS,
            )
        for kind in dict.fromkeys(effect.kind for effect in due):
            await self._send([effect for effect in due if effect.kind is kind], self._senders[kind])
        return bool(due)

    async def _send(self, effects: Sequence[Due], sender: EffectSender) -> None:
        error = "refused by the receiver"
        try:
            failed = list(await sender.deliver(effects))
        except LockstepError as raised:
            failed, error = list(effects), raised.detail
        left = {effect.outbox_id for effect in failed}
        sent = [effect.outbox_id for effect in effects if effect.outbox_id not in left]
        async with self._database.across_tenants(reason="the relay sends for every tenant", just_used=True) as tx:
            if sent:
                await outbox.delivered(tx, sent)
            for effect in failed:
                pause = min(0.5 * 2**effect.attempts, _MAX_PAUSE_SECONDS)
                await outbox.postpone(tx, effect.outbox_id, seconds=pause, error=error)
        if failed:
            _log.warning(
                "effects could not be sent and will be tried again",
                extra={"kind": effects[0].kind.value, "count": len(failed), "error": error},
            )
