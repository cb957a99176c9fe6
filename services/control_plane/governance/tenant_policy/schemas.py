"""What a tenant's steps share, as the API shows it; the bound of what they reach, as it is given."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from control_plane.governance.tenant_policy.suffixes import GivenPatterns
from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.egress.policy import EgressPolicy
from foundation.contracts.message import Message


class NewEgressPolicy(Message):
    """A bound. To have none, a policy is deleted: nobody opens every host by leaving something out."""

    model_config = EgressPolicy.model_config

    hosts: Annotated[GivenPatterns, AfterValidator(distinct)]


class ResourceView(BaseModel):
    """A resource, or `concurrency:tenant` for the tenant's running steps in all."""

    name: str
    capacity: int | None = Field(description="units that may be taken at once; null for no limit")
    taken: int = Field(description="units that running steps hold now")
    waiting: int = Field(description="steps that stand in line for it")


class ResourceList(BaseModel):
    """All of them, so that there is no next page."""

    items: list[ResourceView]
    next_cursor: None = None
