"""What a job may reach: the hosts that its task names, and those that its tenant allows."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from foundation.contracts.egress.hosts import MAX_HOST, pattern_fault
from foundation.contracts.egress.secrets import MAX_SECRETS, SealedSecret
from foundation.contracts.message import Message

MAX_PATTERNS = 100


def _pattern(text: str) -> str:
    lowered = text.lower()
    if fault := pattern_fault(lowered):
        raise ValueError(fault)
    return lowered


HostPattern = Annotated[
    str,
    Field(max_length=MAX_HOST + 2, json_schema_extra={"description": "a host, or `*.` and the name above its hosts"}),
    AfterValidator(_pattern),
]
HostPatterns = Annotated[list[HostPattern], Field(max_length=MAX_PATTERNS)]


class EgressPolicy(Message):
    """The hosts that a tenant's tasks may name at all; null for any public ones, an empty list for none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hosts": ["api.example.com", "*.wikipedia.org"]}]})

    hosts: HostPatterns | None = None


def ceiling_of(stored: object) -> list[str] | None:
    """The hosts that a tenant's stored policy allows, for what is about to reach one: None for any public ones.

    A policy that cannot be read allows nothing.
    """
    try:
        return EgressPolicy.model_validate(stored or {}).hosts
    except ValidationError:
        return []


class NetworkPolicy(Message):
    """What one job may reach: hosts that its task names, and that its tenant's policy allows where there is one."""

    hosts: HostPatterns = Field(default=[])
    ceiling: HostPatterns | None = None
    secrets: tuple[SealedSecret, ...] = Field(
        default=(), max_length=MAX_SECRETS, description="what the proxy adds to requests, closed to everybody else"
    )
