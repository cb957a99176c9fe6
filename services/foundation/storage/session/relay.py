"""Sends the effects in the outbox at least once; each service sends only its own kinds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

from foundation.domain.errors import LockstepError
from foundation.storage.session import outbox
from foundation.storage.session.database import Database, Transaction
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


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of the effects of one batch."""

    delivered: Sequence[int] = ()
    failed: Sequence[tuple[Due, str]] = ()
    """Each with what went wrong."""


class Relay:
    """Works through the outbox after each notification, and every five seconds in case one was lost."""

    def __init__(self, database: Database, wakeups: Wakeups, senders: Mapping[OutboxKind, EffectSender]) -> None:
        self._database = database
        self._wakeups = wakeups
        self._senders = senders

    async def run(self) -> None:
        """Relays until cancelled; a database that is away is waited for.

        What was sent is deleted in the transaction that takes the next batch, or at the end.
        """
        sent = _Sent()
        try:
            while True:
                try:
                    due = await self._take(sent)
                except (LockstepError, OSError) as error:
                    _log.warning("the outbox cannot be read", extra={"error": type(error).__name__})
                    await asyncio.sleep(1)
                    continue
                sent = await self._send(due)
                if not due:
                    await self._wakeups.wait("outbox", timeout_seconds=_IDLE_SECONDS)
                # Effects that commit at about the same time are sent in one batch.
                await asyncio.sleep(_GATHER_SECONDS)
        finally:
            if sent.delivered:
                with suppress(LockstepError, OSError):
                    await self._note(sent)

    async def relay_once(self) -> bool:
        """Sends one batch of due effects; returns whether there were any."""
        due = await self._take(_Sent())
        sent = await self._send(due)
        if due:
            await self._note(sent)
        return bool(due)

    async def _note(self, sent: _Sent) -> None:
        async with self._transaction() as tx:
            await outbox.delete(tx, sent.delivered)
            await _postpone(tx, sent)

    def _transaction(self) -> AbstractAsyncContextManager[Transaction]:
        return self._database.across_tenants(reason="the relay sends for every tenant")

    async def _take(self, sent: _Sent) -> list[Due]:
        """Notes what became of the last batch, and takes the next one."""
        async with self._transaction() as tx:
            await _postpone(tx, sent)
            return await outbox.lease_due(
                tx,
                list(self._senders),
                ahead_kinds=[kind for kind, sender in self._senders.items() if sender.ahead],
                limit=BATCH,
                lease_seconds=_LEASE_SECONDS,
                ahead_seconds=_AHEAD_SECONDS,
                delivered=sent.delivered,
            )

    async def _send(self, due: Sequence[Due]) -> _Sent:
        delivered: list[int] = []
        failed: list[tuple[Due, str]] = []
        for kind in dict.fromkeys(effect.kind for effect in due):
            effects = [effect for effect in due if effect.kind is kind]
            error = "refused by the receiver"
            try:
                left = list(await self._senders[kind].deliver(effects))
            except LockstepError as raised:
                left, error = effects, raised.detail
            except OSError as raised:
                left, error = effects, type(raised).__name__
            ids = {effect.outbox_id for effect in left}
            delivered += [effect.outbox_id for effect in effects if effect.outbox_id not in ids]
            failed += [(effect, error) for effect in left]
            if left:
                extra = {"kind": kind.value, "count": len(left), "error": error}
                _log.warning("effects could not be sent and will be tried again", extra=extra)
        return _Sent(delivered, failed)


async def _postpone(tx: Transaction, sent: _Sent) -> None:
    for effect, error in sent.failed:
        pause = min(0.5 * 2**effect.attempts, _MAX_PAUSE_SECONDS)
        await outbox.postpone(tx, effect.outbox_id, seconds=pause, error=error)
