"""The rate and concurrency limits that a tenant may set, in the shape in which gateways read them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_MOST = 1_000_000_000

PerMinute = Annotated[int, Field(ge=1, le=_MOST)]
Burst = Annotated[int, Field(ge=0, le=_MOST)]


class ScopeRates(BaseModel):
    """The limits of one scope; None for no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    requests_a_minute: PerMinute | None = None
    request_burst: Burst = 0
    tokens_a_minute: PerMinute | None = None
    token_burst: Burst = 0
    at_once: Annotated[int, Field(ge=1, le=10_000)] | None = None


class RateLimits(BaseModel):
    """The limits of a tenant, of each of its users, and of each of its keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"tenant": {"requests_a_minute": 600, "at_once": 50}, "user": {"requests_a_minute": None}}]
        },
    )

    tenant: ScopeRates = ScopeRates()
    user: ScopeRates = ScopeRates()
    key: ScopeRates = ScopeRates()

    def changed_by(self, given: "RateLimits") -> "RateLimits":
        """These limits with those that were given, also the ones given as null."""
        merged = {}
        for name in RateLimits.model_fields:
            own, other = getattr(self, name), getattr(given, name)
            merged[name] = own.model_copy(update={field: getattr(other, field) for field in other.model_fields_set})
        return RateLimits(**merged)
