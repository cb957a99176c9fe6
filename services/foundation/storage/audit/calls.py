"""The call of the API that is under way, as its audit rows tell of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from foundation.domain.ids import TenantId


@dataclass(slots=True)
class AuditedCall:
    """Filled in as more is known of a call: the door knows where it comes from, the caller's check who it is."""

    request_id: str
    ip: str | None = None
    user_agent: str | None = None
    operation: str | None = None
    permission: str | None = None
    actor: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    """What its path has in the places of its parameters: ids, and names that somebody has given."""
    tenant_id: TenantId | None = None
    operates: bool = False
    access: dict[str, str] = field(default_factory=dict)
    """Of an operator who reads what is a tenant's: by which access, and why it was opened."""
    is_recorded: bool = False
    """Whether what was done has written a row of its own, in the transaction in which it was done."""


_current: ContextVar[AuditedCall | None] = ContextVar("audited_call", default=None)


def current_call() -> AuditedCall | None:
    """None where no call of the API is under way, as in a worker."""
    return _current.get()


@contextmanager
def under_way(call: AuditedCall) -> Iterator[None]:
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def facts() -> dict[str, Any]:
    """The columns of an audit row that are the call's."""
    call = current_call()
    if call is None:
        return dict.fromkeys(("operation", "request_id", "ip", "user_agent"))
    return {
        "operation": call.operation,
        "request_id": call.request_id,
        "ip": call.ip,
        "user_agent": call.user_agent,
    }
