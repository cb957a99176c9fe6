"""What a job may reach, and what it tried to reach: from definitions and policies, to the proxy, and back."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from foundation.contracts.egress_hosts import MAX_HOST, pattern_fault
from foundation.contracts.message import Message

MAX_PATTERNS = 100
MAX_ALLOWED = 500
"""Requests that the proxy lets through in one job; each of them is recorded."""
MAX_REFUSALS = 200
"""Refusals that are recorded one by one; those above are counted."""
MAX_TARGET = 200


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


class NetworkPolicy(Message):
    """What one job may reach: hosts that its task names, and that its tenant's policy allows where there is one."""

    hosts: HostPatterns = Field(default=[])
    ceiling: HostPatterns | None = None


class EgressVerdict(StrEnum):
    """`allowed` ended as its two ends wished, `cut` was ended by the proxy, `refused` reached nothing."""

    ALLOWED = "allowed"
    CUT = "cut"
    REFUSED = "refused"


class EgressReason(StrEnum):
    """Why a request was refused or cut."""

    MALFORMED = "malformed"
    HOST_NOT_ALLOWED = "host_not_allowed"
    ABOVE_CEILING = "above_ceiling"
    PORT_NOT_ALLOWED = "port_not_allowed"
    NAME_UNRESOLVED = "name_unresolved"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    UNREACHABLE = "unreachable"
    NOT_TLS = "not_tls"
    SERVER_NAME_MISMATCH = "server_name_mismatch"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    TOO_MANY_REQUESTS = "too_many_requests"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_SLOW = "too_slow"
    PIPELINED = "pipelined"
    JOB_ENDED = "job_ended"


class EgressRecord(Message):
    """One request as the proxy met it; `host` is empty where none could be read. `up` and `down` are bytes."""

    at: datetime
    method: str = Field(default="", max_length=10)
    host: str = Field(default="", max_length=MAX_HOST)
    port: int | None = Field(default=None, ge=0, le=65535)
    target: str = Field(
        default="", max_length=MAX_TARGET, description="what was asked for, where no host could be read"
    )
    verdict: EgressVerdict
    reason: EgressReason | None = None
    address: str | None = Field(default=None, max_length=45, description="the vetted address that was dialled")
    up: int = Field(default=0, ge=0)
    down: int = Field(default=0, ge=0)
    ms: int = Field(default=0, ge=0)


class EgressReport(Message):
    """Everything that a job asked of its proxy; `refusals_left_out` counts those beyond `MAX_REFUSALS`."""

    records: tuple[EgressRecord, ...] = Field(default=(), max_length=MAX_ALLOWED + MAX_REFUSALS)
    refusals_left_out: int = Field(default=0, ge=0)
