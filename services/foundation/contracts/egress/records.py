"""What jobs asked of their proxy, and what became of it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from foundation.contracts.egress.hosts import MAX_HOST
from foundation.contracts.egress.secrets import MAX_SECRETS, SecretName
from foundation.contracts.message import Message

MAX_ALLOWED = 500
"""Requests that the proxy lets through in one job; each of them is recorded."""
MAX_REFUSALS = 200
"""Refusals that are recorded one by one; those above are counted."""
MAX_TARGET = 200


class EgressVerdict(StrEnum):
    """`allowed` ended as its two ends wished, `cut` was ended by the proxy, `refused` reached nothing."""

    ALLOWED = "allowed"
    CUT = "cut"
    REFUSED = "refused"


class EgressReason(StrEnum):
    """Why a request was refused or cut; of one to models that was let through, that the gateway found no budget."""

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
    TOO_MANY_MODEL_CALLS = "too_many_model_calls"
    MODEL_NOT_ALLOWED = "model_not_allowed"
    PATH_NOT_ALLOWED = "path_not_allowed"
    BUDGET_EXCEEDED = "budget_exceeded"
    TOO_SLOW = "too_slow"
    PIPELINED = "pipelined"
    JOB_ENDED = "job_ended"
    TLS_FAILED = "tls_failed"
    SECRET_NEEDS_TLS = "secret_needs_tls"  # noqa: S105  (a reason, no secret)
    PROXY_UNAVAILABLE = "proxy_unavailable"
    JOURNAL_LOST = "journal_lost"


class EgressRecord(Message):
    """One request as the proxy met it; `host` is empty where none could be read. `up` and `down` are bytes."""

    at: datetime
    method: str = Field(default="", max_length=10)
    host: str = Field(default="", max_length=MAX_HOST)
    port: int | None = Field(default=None, ge=0, le=65535)
    target: str = Field(
        default="",
        max_length=MAX_TARGET,
        description="what was asked for without its path, where no host could be read",
    )
    verdict: EgressVerdict
    reason: EgressReason | None = None
    address: str | None = Field(default=None, max_length=45, description="the vetted address that was dialled")
    secrets: tuple[SecretName, ...] = Field(
        default=(), max_length=MAX_SECRETS, description="names of the secrets that the proxy added"
    )
    up: int = Field(default=0, ge=0)
    down: int = Field(default=0, ge=0)
    ms: int = Field(default=0, ge=0)


class EgressReport(Message):
    """Everything that a job asked of its proxy; `refusals_left_out` counts those beyond `MAX_REFUSALS`."""

    records: tuple[EgressRecord, ...] = Field(default=(), max_length=MAX_ALLOWED + MAX_REFUSALS)
    refusals_left_out: int = Field(default=0, ge=0)

    def joined(self, other: "EgressReport") -> "EgressReport":
        """Both in one, in the order in which requests began; refusals beyond the bound of one report are counted."""
        records = sorted((*self.records, *other.records), key=lambda record: record.at)
        left_out = self.refusals_left_out + other.refusals_left_out
        while len(records) > MAX_ALLOWED + MAX_REFUSALS:
            last = max(at for at, record in enumerate(records) if record.verdict is EgressVerdict.REFUSED)
            del records[last]
            left_out += 1
        return EgressReport(records=tuple(records), refusals_left_out=left_out)
