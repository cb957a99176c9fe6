"""Whom a process lets in from memory: their transactions see whether the tenant is there still, as they begin.

A caller is remembered for a while. Meanwhile another process may have deleted their tenant, and then nothing that is
read or written in its name would be true. Each transaction of it asks in the round trip that begins it, so that no
route has to think of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from foundation.domain.ids import TenantId
from foundation.domain.people.admission import NotAMember, TenantSuspended

_GOING = "it is being deleted"


@dataclass(slots=True)
class RememberedCaller:
    """Somebody who acts as a member of a tenant; `refused` once a transaction has found that it is not there."""

    tenant_id: TenantId
    while_suspended: bool
    refused: bool = False

    def admit(self, *, is_there: bool, is_going: bool) -> None:
        """`NotAMember` of a tenant that is gone, and `TenantSuspended` of one whose deletion runs."""
        if is_there and (self.while_suspended or not is_going):
            return
        self.refused = True
        raise TenantSuspended(_GOING) if is_there else NotAMember


_acting: ContextVar[RememberedCaller | None] = ContextVar("lockstep_acting", default=None)


@contextmanager
def as_member_of(tenant_id: TenantId, *, while_suspended: bool = False) -> Iterator[RememberedCaller]:
    """Transactions of this tenant within it, in this task and those it starts, find out whether it is there."""
    acting = RememberedCaller(tenant_id, while_suspended)
    token = _acting.set(acting)
    try:
        yield acting
    finally:
        _acting.reset(token)


def acting_for(tenant_id: TenantId) -> RememberedCaller | None:
    """Whoever acts now, where it is as a member of this tenant."""
    acting = _acting.get()
    return acting if acting is not None and acting.tenant_id == tenant_id else None
