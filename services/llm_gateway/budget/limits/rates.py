"""The sliding windows and slots of a call, made from a tenant's rate limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.rate_limits import RateLimits, ScopeRates
from foundation.domain.ids import TenantId
from llm_gateway.budget.redis import keys

MINUTE_US = 60_000_000
_BURST_MINUTES = 10
"""With a burst, one minute may pass its limit, but ten minutes together may not pass ten times the limit."""

NO_CHANGES = RateLimits()
SHIPPED_LIMITS = RateLimits(tenant=ScopeRates(requests_a_minute=100), user=ScopeRates(requests_a_minute=20))


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """One sliding window: any interval of its width admits no more than its limit."""

    scope: ScopeKind
    key: str
    counts_tokens: bool
    width_us: int
    limit: int

    @property
    def unit(self) -> str:
        return "tokens" if self.counts_tokens else "requests"


@dataclass(frozen=True, slots=True)
class CallSlots:
    """How many calls of a scope may be open at once; `scope_number` is its place among the call's scopes."""

    scope_number: int
    key: str
    limit: int


@dataclass(frozen=True, slots=True)
class CallLimits:
    """The windows and slots that one call must pass."""

    rates: tuple[SlidingWindow, ...] = ()
    slots: tuple[CallSlots, ...] = ()
    arguments: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """As reserve.lua takes them; made once, since they are used for many calls."""
    keys: tuple[str, ...] = field(init=False, repr=False, compare=False)
    lines: str = field(init=False, repr=False, compare=False)
    """The part that a hold keeps: the logs whose tokens its settlement corrects, and the slots that it frees."""

    def __post_init__(self) -> None:
        rates = [part for rate in self.rates for part in (int(rate.counts_tokens), rate.width_us, rate.limit)]
        slots = [part for one in self.slots for part in (one.scope_number + 1, one.limit)]
        object.__setattr__(self, "arguments", (*rates, *slots))
        object.__setattr__(self, "keys", (*(rate.key for rate in self.rates), *(one.key for one in self.slots)))
        logs = [f"tokens {rate.key}" for rate in self.rates if rate.counts_tokens]
        object.__setattr__(self, "lines", "\n".join(logs + [f"slots {slots.key}" for slots in self.slots]))


NO_LIMITS = CallLimits()


class SlidingWindowState(msgspec.Struct, frozen=True):
    """What a window has left, and in how many microseconds all of it is free again."""

    rate: SlidingWindow
    left: int
    reset_us: int


def call_limits(
    tenant_id: TenantId, scopes: Mapping[ScopeKind, UUID], limits: RateLimits, *, uncounted: frozenset[ScopeKind]
) -> CallLimits:
    """The limits of a call in its scopes; in the `uncounted` ones its tokens and slots count, but not the request."""
    rates: list[SlidingWindow] = []
    slots: list[CallSlots] = []
    for number, (kind, scope_id) in enumerate(scopes.items()):
        own: ScopeRates = getattr(limits, kind.value)
        prefix = keys.limit(keys.bucket_of(tenant_id), tenant_id, kind, scope_id)
        if kind not in uncounted:
            rates += _sliding_windows(kind, prefix, own.requests_a_minute, own.request_burst, counts_tokens=False)
        rates += _sliding_windows(kind, prefix, own.tokens_a_minute, own.token_burst, counts_tokens=True)
        if own.at_once is not None:
            slots.append(CallSlots(number, f"{prefix}:slots", own.at_once))
    return CallLimits(tuple(rates), tuple(slots))


def _sliding_windows(
    kind: ScopeKind, prefix: str, limit: int | None, burst: int, *, counts_tokens: bool
) -> list[SlidingWindow]:
    if limit is None:
        return []
    unit = "tokens" if counts_tokens else "requests"
    windows = [(MINUTE_US, limit + burst)]
    if burst:
        windows.append((_BURST_MINUTES * MINUTE_US, _BURST_MINUTES * limit))
    return [SlidingWindow(kind, f"{prefix}:{unit}:{width}", counts_tokens, width, most) for width, most in windows]
