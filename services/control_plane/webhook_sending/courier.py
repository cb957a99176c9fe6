"""Sends what is due, a few messages at once, and records what became of each."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from control_plane.webhook_sending import figures
from control_plane.webhook_sending.backoff import DISABLED_AFTER_SECONDS, pause_after, rest_after
from control_plane.webhook_sending.post import TIMEOUT_SECONDS, PostAnswer, Posting, place_of
from control_plane.webhook_sending.signatures import WebhookSecrets, message_id
from foundation.contracts.egress.hosts import allows
from foundation.contracts.egress.policy import ceiling_of
from foundation.domain.errors import LockstepError
from foundation.domain.ids import TenantId
from foundation.domain.states import DeliveryStatus, WebhookStatus
from foundation.storage.people import audit, tenant_settings
from foundation.storage.session.database import Database, Transaction
from foundation.storage.webhooks import deliveries, subscriptions
from foundation.storage.webhooks.deliveries import ClaimedDelivery
from foundation.telemetry.background import TaskSet
from foundation.telemetry.logs import logger

_LEASE_SECONDS = 4 * TIMEOUT_SECONDS
_TENANTS = 50
_OF_TENANT, _OF_WEBHOOK = 10, 5
_GONE = 410

_log = logger(__name__)


@dataclass
class Courier:
    """One process's; several share the work, as a delivery that one has taken is leased to it."""

    database: Database
    posting: Posting
    secrets: WebhookSecrets
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _sending: TaskSet = field(default_factory=TaskSet)
    _busy: set[TenantId] = field(default_factory=set)

    async def round(self) -> bool:
        """Begins to send what is due of every tenant that is not being served yet; whether there was anything."""
        async with self.database.across_tenants(reason="which tenants have deliveries that are due") as tx:
            due = await deliveries.tenants_with_due(tx, most=_TENANTS)
        free = [tenant_id for tenant_id in due if tenant_id not in self._busy]
        for tenant_id in free:
            # Each tenant is served beside the others, so that slow receivers of one delay nobody else's.
            self._busy.add(tenant_id)
            self._sending.start(self._serve(tenant_id), name="webhooks of a tenant")
        return bool(free)

    async def finish(self) -> None:
        """Returns when all that was begun has ended."""
        await self._sending.wait()

    async def close(self) -> None:
        """Breaks off; what was under way is sent again when its lease has ended, under the same id."""
        await self._sending.cancel()

    async def _serve(self, tenant_id: TenantId) -> None:
        try:
            async with self.database.tenant(tenant_id) as tx:
                claimed = await deliveries.claim(
                    tx, tenant_id, most=_OF_TENANT, most_of_webhook=_OF_WEBHOOK, lease_seconds=_LEASE_SECONDS
                )
                ceiling = ceiling_of((await tenant_settings.read(tx, tenant_id)).get("egress"))
            async with asyncio.TaskGroup() as group:
                for one in claimed:
                    group.create_task(self._deliver(tenant_id, one, ceiling))
        except* (LockstepError, OSError) as failure:
            # The lease ends by itself, and the message goes out again.
            _log.debug("deliveries wait for what they depend on", exc_info=failure)
        finally:
            self._busy.discard(tenant_id)

    async def _deliver(self, tenant_id: TenantId, one: ClaimedDelivery, ceiling: list[str] | None) -> None:
        answer = await self._answer(tenant_id, one, ceiling)
        figures.DELIVERIES.labels("delivered" if answer.is_good else "failed").inc()
        async with self.database.tenant(tenant_id) as tx:
            await _record(tx, tenant_id, one, answer)

    async def _answer(self, tenant_id: TenantId, one: ClaimedDelivery, ceiling: list[str] | None) -> PostAnswer:
        host, _ = place_of(one.url)
        if ceiling is not None and not allows(ceiling, host):
            return PostAnswer(None, f"the tenant's egress policy does not allow {host}, so that nothing was sent", 0)
        at, body, of = self.now(), one.body.encode(), message_id(one.delivery_id)
        versions = [one.secret_version, *([one.secret_version - 1] if one.signs_twice else [])]
        signature = self.secrets.signed(tenant_id, one.webhook_id, versions, of=of, at=at, body=body)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": of,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        return await self.posting.post(one.url, body, headers)


async def _record(tx: Transaction, tenant_id: TenantId, one: ClaimedDelivery, answer: PostAnswer) -> None:
    pause = None if answer.is_good else pause_after(one.attempts, retry_after=answer.retry_after)
    if answer.is_good:
        status = DeliveryStatus.DELIVERED
    else:
        status = DeliveryStatus.FAILED if pause is None else DeliveryStatus.PENDING
    await deliveries.record(
        tx,
        tenant_id,
        one,
        status=status,
        answer_status=answer.status,
        error=answer.error,
        answered_in_ms=answer.ms,
        again_in_seconds=pause,
    )
    if answer.is_good:
        await subscriptions.succeeded(tx, tenant_id, one.webhook_id)
    else:
        await _count_failure(tx, tenant_id, one, answer)


async def _count_failure(tx: Transaction, tenant_id: TenantId, one: ClaimedDelivery, answer: PostAnswer) -> None:
    failing = await subscriptions.failed(tx, tenant_id, one.webhook_id)
    if failing is None or failing.status is not WebhookStatus.ACTIVE:
        return
    if answer.status == _GONE:
        reason = "it answered 410 Gone"
    elif failing.seconds > DISABLED_AFTER_SECONDS:
        reason = f"it has answered nothing well for {failing.seconds / 86_400:.0f} days; the last time {answer.error}"
    else:
        rest = max(rest_after(failing.failures), answer.retry_after or 0.0)
        await subscriptions.hold_back(tx, tenant_id, one.webhook_id, seconds=rest)
        return
    if await subscriptions.disable(tx, tenant_id, one.webhook_id, reason=reason):
        figures.DISABLED.inc()
        await audit.record(
            tx,
            tenant_id,
            actor="service:control_plane",
            action="webhook.disable",
            target=str(one.webhook_id),
            detail={"reason": reason},
        )
