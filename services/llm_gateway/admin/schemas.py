"""What the internal routes take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.spending import Money


class CloseRun(BaseModel):
    """`generation`: calls up to it are refused from now on; without it those of every generation are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant_id: UUID
    generation: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] | None = None


class ScopeMoney(BaseModel):
    """What a scope has committed and holds."""

    scope: str
    scope_id: UUID
    committed: Money
    held: Money


class RunMoney(BaseModel):
    run_id: UUID
    scopes: list[ScopeMoney]
