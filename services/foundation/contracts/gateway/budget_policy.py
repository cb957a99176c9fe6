"""A tenant's settings of how calls are bounded, and of what is admitted while its budgets cannot be checked."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from foundation.contracts.accepted.amounts import DollarsAsSent
from foundation.domain.money import MAX_AMOUNT

_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?")


class BoundKind(StrEnum):
    """Whether a bound can never be exceeded, or was estimated because the tenant asked for that."""

    STRICT = "strict"
    ESTIMATE = "estimate"


def _plain_decimal(value: object) -> object:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        # Decimal would also read 1_0, blanks around a number, and digits of other scripts.
        raise ValueError("write a decimal number in digits")
    return value


class Bounds(BaseModel):
    """An estimate is what is counted times `margin`; of the output, at most `typical_output` tokens a choice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: BoundKind = BoundKind.STRICT
    margin: Annotated[Decimal, Field(ge=1, le=100, max_digits=6, decimal_places=3), BeforeValidator(_plain_decimal)] = (
        Decimal("1.2")
    )
    typical_output: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1024


STRICT = Bounds()


class AwayPolicy(StrEnum):
    """What becomes of calls while Redis, which counts the budgets, cannot be asked."""

    CLOSED = "closed"
    """No call is admitted."""
    BOUNDED_LOCAL = "bounded_local"
    """Each gateway admits calls up to its share of an allowance."""
    OPEN = "open"
    """Every call is admitted."""


class RedisAway(BaseModel):
    """What is admitted while Redis is away; the allowance is shared by all gateways."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: AwayPolicy = AwayPolicy.CLOSED
    tokens: Annotated[int, Field(ge=0, le=MAX_AMOUNT, strict=True)] | None = None
    usd: DollarsAsSent | None = None

    @model_validator(mode="after")
    def _bounded_by_an_allowance(self) -> Self:
        bounded = self.policy is AwayPolicy.BOUNDED_LOCAL
        if (self.tokens is not None, self.usd is not None) != (bounded, bounded):
            raise ValueError("policy bounded_local needs both tokens and usd, its allowance; no other policy has them")
        return self


CLOSED = RedisAway()


class BudgetPolicy(BaseModel):
    """Members of a tenant's settings; null means the default: strict bounds, and no call is admitted without Redis."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "bounds": {"mode": "estimate", "margin": "1.2", "typical_output": 1024},
                    "redis_away": {"policy": "bounded_local", "tokens": 100_000, "usd": "5"},
                }
            ]
        },
    )

    bounds: Bounds | None = None
    redis_away: RedisAway | None = None
