"""How a tenant's calls are bounded: strictly, or by an estimate where it has given up that no limit is ever passed."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from llm_gateway.usage import BoundKind


class Bounds(BaseModel):
    """The member `bounds` of a tenant's settings.

    An estimate is what is counted times `margin`; of the output, no more than `typical_output` tokens a choice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: BoundKind = BoundKind.STRICT
    margin: Annotated[Decimal, Field(ge=1, le=100, max_digits=6, decimal_places=3)] = Decimal("1.2")
    typical_output: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1024


STRICT = Bounds()
