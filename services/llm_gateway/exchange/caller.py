"""Who makes a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from foundation.contracts.gateway.run_token import RunClaims
from foundation.domain.ids import ApiKeyId, TenantId, UserId


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a step of a run by its token, or a tenant by an API key. A run that a key has asked for has both."""

    tenant_id: TenantId
    user_id: UserId | None = None
    api_key_id: ApiKeyId | None = None
    run: RunClaims | None = None
    names: Mapping[str, str] = field(init=False, repr=False, compare=False)
    """Of its tenant, run and step, as logs and figures have them; made once, since a caller makes many calls."""

    def __post_init__(self) -> None:
        names: dict[str, UUID] = {"tenant_id": self.tenant_id}
        if self.run is not None:
            names |= {"run_id": self.run.run_id, "step_id": self.run.step_id}
        object.__setattr__(self, "names", {field: str(value) for field, value in names.items()})
