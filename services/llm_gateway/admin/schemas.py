"""The bodies of the internal routes that no contract has."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from foundation.domain.ids import TenantId


class CloseRun(BaseModel):
    """Calls of the run up to `generation` are refused from now on; without it, calls of every generation are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant_id: TenantId
    generation: Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)] | None = None
