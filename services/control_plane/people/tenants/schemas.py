"""Tenants as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, ClassVar, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.people.invitations.schemas import NewInvitationView
from control_plane.requests.answers.readable import Readable
from control_plane.requests.texts import Description, Email, KeptOrGiven, Name
from foundation.domain.ids import TenantId
from foundation.domain.permissions import Permission
from foundation.storage.people.tenants import TenantRecord

_OF_NO_PLACE = frozenset({"localtime", "Factory", "posixrules"})
"""Names that the database of zones has for a machine's own zone, or for none."""


def _zone(name: str) -> str:
    if name not in available_timezones() or name in _OF_NO_PLACE:
        raise ValueError("there is no such time zone; write one of the IANA database, like Europe/Berlin")
    return name


TimeZone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]
"""Of the tenant's calendar: its days and months begin there."""


class NewTenant(BaseModel):
    """A tenant, and the address of the person who is invited to own it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Example AG", "owner_email": "ann@example.com"}]}
    )

    name: Name
    owner_email: Email
    time_zone: TimeZone = "UTC"
    contact_email: Email | None = None


class TenantChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"time_zone": "Europe/Berlin"}]})

    name: Annotated[Name | None, KeptOrGiven] = None
    time_zone: Annotated[TimeZone | None, KeptOrGiven] = None
    contact_email: Email | None = None


class Suspension(BaseModel):
    """Why, for those who ask later."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "the bill is not paid"}]})

    reason: Annotated[Description, Field(min_length=1)]


class TenantView(Readable):
    """A tenant. While it is suspended, no token and no key of it opens anything."""

    READ_BY: ClassVar = Permission.TENANT_READ
    CONTENT: ClassVar = frozenset({"contact_email", "suspended_reason"})

    id: TenantId
    name: str
    time_zone: str
    contact_email: str | None = Field(description="null for who may not read the tenant, as `suspended_reason` is")
    created_at: datetime
    suspended_at: datetime | None
    suspended_reason: str | None
    version: int

    @classmethod
    def of(cls, tenant: TenantRecord) -> Self:
        return cls(
            id=tenant.tenant_id,
            name=tenant.name,
            time_zone=tenant.time_zone,
            contact_email=tenant.contact_email,
            created_at=tenant.created_at,
            suspended_at=tenant.suspended_at,
            suspended_reason=tenant.suspended_reason,
            version=tenant.version,
        )


class NewTenantView(BaseModel):
    """A new tenant, and the invitation of its owner with the token, which is shown this once."""

    tenant: TenantView
    invitation: NewInvitationView
