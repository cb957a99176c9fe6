"""What a tenant has declared for the time in which Redis is away, and so no budget can be checked."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from foundation.domain.money import MAX_AMOUNT, nano_usd
from llm_gateway.budget.scopes import Amount


class AwayPolicy(StrEnum):
    CLOSED = "closed"
    """No call is admitted."""
    BOUNDED_LOCAL = "bounded_local"
    """Each gateway admits calls up to its share of an allowance."""
    OPEN = "open"
    """Every call is admitted."""


def _not_negative(dollars: str) -> str:
    if nano_usd(dollars) < 0:
        raise ValueError("an allowance is not negative")
    return dollars


class RedisAway(BaseModel):
    """The member `redis_away` of a tenant's settings; the allowance is that of all gateways together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: AwayPolicy = AwayPolicy.CLOSED
    tokens: Annotated[int, Field(ge=0, le=MAX_AMOUNT, strict=True)] | None = None
    usd: Annotated[str, Field(strict=True), AfterValidator(_not_negative)] | None = None

    @model_validator(mode="after")
    def _bounded_by_an_allowance(self) -> Self:
        bounded = self.policy is AwayPolicy.BOUNDED_LOCAL
        if (self.tokens is not None, self.usd is not None) != (bounded, bounded):
            raise ValueError("bounded_local has an allowance of tokens and usd, and no other policy has one")
        return self

    def share(self, gateways: int) -> Amount:
        """What one of so many gateways may admit."""
        gateways = max(1, gateways)
        return Amount((self.tokens or 0) // gateways, nano_usd(self.usd or "0") // gateways)


CLOSED = RedisAway()
