"""Service accounts as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from control_plane.people.roles.references import HeldRole, RoleReference
from control_plane.requests.answers.readable import Readable
from control_plane.requests.texts import Description, KeptOrGiven, RightsName
from foundation.domain.ids import ApiKeyId, UserId
from foundation.domain.permissions import Permission
from foundation.storage.people.service_accounts import ServiceAccount

_EXAMPLE: dict[str, JsonValue] = {"name": "deployer", "description": "starts the nightly runs", "role": "member"}


class NewServiceAccount(BaseModel):
    """A member that is no person; it calls with the keys that are made for it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: RightsName
    description: Description = ""
    role: RoleReference


class ServiceAccountChange(BaseModel):
    """What is left out stays as it is; `PATCH /members/{id}` gives it another role."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"description": "starts all runs"}]})

    name: Annotated[RightsName | None, KeptOrGiven] = None
    description: Annotated[Description | None, KeptOrGiven] = None


class ServiceAccountView(Readable):
    """A service account; `keys` is how many it has that can be used."""

    READ_BY: ClassVar = Permission.MEMBERS_READ
    CONTENT: ClassVar = frozenset({"description"})

    id: UserId
    name: str
    description: str | None = Field(description="null for who may not read members")
    role: HeldRole
    keys: int
    created_by: UserId | None
    created_at: datetime
    by_key: ApiKeyId | None = Field(description="the key with which it was made")
    version: int

    @classmethod
    def of(cls, account: ServiceAccount) -> Self:
        return cls(
            id=account.user_id,
            name=account.name,
            description=account.description,
            role=HeldRole.of(account.grant),
            keys=account.keys,
            created_by=account.created_by,
            created_at=account.created_at,
            by_key=account.by_key,
            version=account.version,
        )
