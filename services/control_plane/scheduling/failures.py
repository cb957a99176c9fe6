"""Counts what goes wrong with a schedule in a row, and tells of it; nothing is stopped for it."""

from datetime import datetime

from control_plane.webhook_sending.tenant_events import tell
from foundation.contracts.moments import told
from foundation.domain.ids import TenantId
from foundation.domain.run_events import TenantEventType
from foundation.domain.starts.schedules import FAULTS, TOLD_AT, FiringReason, is_told
from foundation.domain.states import RunStatus
from foundation.storage.schedules import schedules
from foundation.storage.schedules.schedules import Schedule
from foundation.storage.session.database import Transaction
from foundation.telemetry.logs import logger

_log = logger(__name__)


class Failures:
    """Of one schedule, in one transaction."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._count = schedule.failures
        self._to_tell: list[tuple[TenantEventType, int, str]] = []

    def run_ended(self, status: RunStatus) -> None:
        """A run that somebody cancelled says nothing about the schedule."""
        if status is RunStatus.COMPLETED:
            if self._count >= TOLD_AT:
                self._to_tell.append((TenantEventType.SCHEDULE_RECOVERED, self._count, "a run completed"))
            self._count = 0
        elif status is not RunStatus.CANCELLED:
            self._failed(f"a run ended as {status}")

    def firing_refused(self, reason: FiringReason, detail: str) -> None:
        if reason in FAULTS:
            self._failed(detail)

    def _failed(self, why: str) -> None:
        self._count += 1
        if is_told(self._count):
            self._to_tell.append((TenantEventType.SCHEDULE_FAILING, self._count, why))

    async def store(self, tx: Transaction, tenant_id: TenantId, *, now: datetime) -> None:
        schedule = self._schedule
        if self._count != schedule.failures:
            await schedules.count_failures(tx, tenant_id, schedule.schedule_id, failures=self._count, now=now)
        for kind, count, why in self._to_tell:
            data = {
                "schedule_id": str(schedule.schedule_id),
                "name": schedule.name,
                "task_id": str(schedule.task_id),
                "failures": count,
                "failing_since": None if schedule.failing_since is None else told(schedule.failing_since),
                "last": why,
            }
            _log.info("webhooks are told of a schedule", extra={"event": kind, "failures": count})
            await tell(tx, tenant_id, kind, at=now, data=data)
