"""Triggers: what becomes of a signed call."""

from enum import StrEnum


class CallStatus(StrEnum):
    """Whether a call that was signed well has started its run."""

    STARTED = "started"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    """Why a call that was signed well has started no run."""

    PAUSED = "paused"
    PAYLOAD_REFUSED = "payload_refused"
    NOT_PERMITTED = "not_permitted"
    TENANT_SUSPENDED = "tenant_suspended"
    TASK_GONE = "task_gone"
    TASK_REFUSED = "task_refused"
    OPEN_RUNS = "open_runs"
    QUOTA = "quota"
    KILL_SWITCH = "kill_switch"
