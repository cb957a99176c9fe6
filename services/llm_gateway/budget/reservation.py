"""A reservation: all that is needed to hold, settle, restore or lapse the bound of one attempt."""

from datetime import date
from functools import cached_property
from uuid import UUID

import msgspec

from foundation.domain.ids import TenantId
from foundation.domain.money import Amount
from llm_gateway.budget.redis import keys


class ScopeKey(msgspec.Struct, frozen=True):
    """The key of a scope's counters, and whether it counts days and months."""

    key: str
    windowed: bool


class Reservation(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One attempt's hold; its id is the id of the usage event that it ends in.

    `lost_event` is the event that is written if nobody settles: it charges the bound. A Struct, not a
    dataclass: it is written to the journal for every attempt.
    """

    reservation_id: UUID
    tenant_id: TenantId
    bound_tokens: int
    bound_nano_usd: int
    day: str
    month: str
    scopes: tuple[ScopeKey, ...]
    lost_event: str
    call_marker: str | None = None
    limited: str = ""
    """The lines of `CallLimits`."""
    is_estimate: bool = False
    """Its usage may be above its bound."""
    is_local: bool = False
    """It was admitted without Redis, which may hold nothing for it."""

    @cached_property
    def name(self) -> str:
        """Its id as it is written."""
        return str(self.reservation_id)

    @property
    def bound(self) -> Amount:
        return Amount(self.bound_tokens, self.bound_nano_usd)

    @property
    def bucket(self) -> int:
        return keys.bucket_of(self.tenant_id)

    @cached_property
    def hold_key(self) -> str:
        return keys.hold(self.bucket, self.name)

    @property
    def marker_key(self) -> str:
        """The call marker's key; the hold's own where a script needs some key of the bucket."""
        return self.call_marker or self.hold_key

    @cached_property
    def scope_names(self) -> list[str]:
        """The keys of its scopes."""
        return [scope.key for scope in self.scopes]

    @property
    def event_day(self) -> date:
        return date.fromisoformat(self.day)

    def scope_lines(self) -> str:
        return "\n".join(f"{int(scope.windowed)}{scope.key}" for scope in self.scopes)
