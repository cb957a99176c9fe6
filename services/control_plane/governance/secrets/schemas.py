"""Secrets as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.governance.tenant_policy.suffixes import GivenPatterns
from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.egress.secrets import SecretValue
from foundation.storage.secrets import Secret


class NewSecret(BaseModel):
    """A value, and the hosts that it may ever be sent to, whatever a task says."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"value": "a-token", "hosts": ["api.example.com"]}]}
    )

    value: SecretValue = Field(repr=False)
    hosts: Annotated[GivenPatterns, Field(min_length=1), AfterValidator(distinct)]


class SecretView(BaseModel):
    """A secret without its value."""

    name: str
    hosts: list[str] = Field(description="where it may be sent")
    version: int = Field(description="rises with each value")
    created_at: datetime
    updated_at: datetime
    updated_by: UUID | None = Field(description="the user who gave the present value")

    @classmethod
    def of(cls, secret: Secret) -> Self:
        return cls(
            name=secret.name,
            hosts=secret.hosts,
            version=secret.version,
            created_at=secret.created_at,
            updated_at=secret.updated_at,
            updated_by=secret.updated_by,
        )
