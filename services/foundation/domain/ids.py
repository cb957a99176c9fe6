"""Typed identifiers, ordered by the time they were made."""

import os
import time
from typing import NewType
from uuid import UUID, uuid5

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
RoleId = NewType("RoleId", UUID)
InvitationId = NewType("InvitationId", UUID)
TaskId = NewType("TaskId", UUID)
RunId = NewType("RunId", UUID)
StepId = NewType("StepId", UUID)
ArtifactId = NewType("ArtifactId", UUID)
JobId = NewType("JobId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
DeadLetterId = NewType("DeadLetterId", UUID)
MessageId = NewType("MessageId", UUID)
WebhookId = NewType("WebhookId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
ScheduleId = NewType("ScheduleId", UUID)
TriggerId = NewType("TriggerId", UUID)
TriggerCallId = NewType("TriggerCallId", UUID)
ExportId = NewType("ExportId", UUID)
DeletionId = NewType("DeletionId", UUID)
BreakGlassId = NewType("BreakGlassId", UUID)

_JOB_NAMESPACE = UUID("6a0b5d7e-0d0c-5c55-9d3f-3c1f1f7a9b10")


def new_uuid() -> UUID:
    """A version 7 UUID: 48 bits of milliseconds, then randomness, so that ids sort by birth."""
    milliseconds = time.time_ns() // 1_000_000
    # RFC 9562, 5.7: 48 bits of time; then 4 bits say the version and, after 12 more of chance, 2 say the variant.
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def tool_job_id(step_id: StepId, *, turn: int, tool_call_id: str) -> JobId:
    """The id of the one job that a tool call may become, however often it is submitted."""
    return JobId(uuid5(_JOB_NAMESPACE, f"{step_id}:{turn}:{tool_call_id}"))
