"""What the launcher says to a runner, and to an egress service.

A runner is started with a one-time token. It asks once and is given one job (`POST /leases`, held open until there is
one), may ask whether it was cancelled (`GET /leases/{id}/cancellation`, held open), tells what its job prints (`POST
/leases/{id}/lines`), asks for the run token of a call of a model (`GET /leases/{id}/run-token`), and posts the result.
The worker token is dead after the first lease; the lease has a token of its own.

An egress service tells where it is (`PUT /egress/services/{id}`, again and again), exchanges the token that a runner
has shown to it for what the job may (`POST /egress/services/{id}/grants`, once a job), asks whether the job is over
(`GET /egress/grants/{id}/end`, held open) and for run tokens (`GET /egress/grants/{id}/run-token`), and tells what the
job has asked for (`POST /egress/grants/{id}/records`).
"""

from typing import Annotated

from pydantic import Field

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.records import MAX_ALLOWED, MAX_REFUSALS, EgressRecord
from foundation.contracts.message import Message
from foundation.contracts.tool_job import MAX_LINE, MAX_LINES, ToolJob
from foundation.domain.ids import JobId, RunId, StepId, TenantId
from foundation.domain.tools import SandboxProfile

POLL_SECONDS = 25.0
EGRESS_SEEN_SECONDS = 15.0
"""An egress service that has said nothing for so long is taken to be gone."""
EXIT_NO_SANDBOX = 69  # EX_UNAVAILABLE: the runner could not build a sandbox
EXIT_FAILED = 70  # EX_SOFTWARE: a fault of ours


class Injection(Message):
    """A header that the job's proxy writes into each request to one host; `name` is that of the secret in it.

    With a `path` only what asks for it and nothing else of that host gets the header.
    """

    name: str
    host: str
    path: str | None = None
    header: str
    text: str = Field(repr=False)


class SearchUpstream(Message):
    """Whom a search of the web asks, and where."""

    provider: str
    url: str


class ModelUpstream(Message):
    """Where the calls of models of a job go, the turn of its step that they belong to, and what they may be."""

    url: str
    turn: int
    model: str
    most_calls: int


class RunToken(Message):
    """The token that the latest holder of a job's step has handed in."""

    token: str = Field(repr=False)


class ToldLines(Message):
    """Lines that a job has printed, in their order; `left_out` counts those before them that are not told."""

    lines: tuple[Annotated[str, Field(max_length=MAX_LINE)], ...] = Field(max_length=MAX_LINES)
    left_out: int = Field(default=0, ge=0)


class EgressServicePlace(Message):
    """Where an egress service takes connections of jobs, and the certificate (PEM) by which it is known there."""

    address: Annotated[
        str, Field(max_length=255), WrittenAs(r"^[^\s:]+:[0-9]{1,5}$", "an address is needed, as in 10.0.0.1:8443")
    ]
    certificate: str = Field(max_length=8192)


class EgressLink(Message):
    """How the connections of a job leave by an egress service; `service` is None where none has told that it is there.

    `token` shows the service whose they are. The job never sees it, and it opens nothing of the launcher's.
    """

    token: str = Field(repr=False)
    service: EgressServicePlace | None


class GrantRequest(Message):
    """The token that a runner has shown to an egress service."""

    token: str = Field(repr=False, max_length=200)


class EgressGrant(Message):
    """What the connections of one job may, for whoever is its proxy: all that the proxy knows of the job.

    `models` is given to jobs that call some. The grant is good for `seconds`, or until the
    job is over.
    """

    grant_id: str = ""
    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    job_id: JobId
    profile: SandboxProfile
    network: NetworkPolicy
    injections: tuple[Injection, ...] = ()
    models: ModelUpstream | None = None
    traceparent: str | None = None
    seconds: float = Field(gt=0)


class EgressTold(Message):
    """Requests of a job that are over, in the order in which they ended, after the first `after` that were told before.

    `refusals_left_out` counts those that have no record until now; with `is_last` the job asks for nothing more.
    """

    after: int = Field(ge=0)
    records: tuple[EgressRecord, ...] = Field(max_length=MAX_ALLOWED + MAX_REFUSALS)
    refusals_left_out: int = Field(default=0, ge=0)
    is_last: bool = False


class RunnerLease(Message):
    """One job for one runner. `token` authorises what is said about this lease, nothing else.

    With `egress` the job leaves by an egress service: then its network, its secrets and the way to models are told to
    that service alone. Without it the runner is the job's proxy: the secrets of the job are opened in `injections`, for
    the runner, which is outside the sandbox. `search` is given to searches of the web alone, `models` to jobs that call
    some: the run token is asked for when there is a call.
    """

    lease_id: str
    token: str = Field(repr=False)
    job: ToolJob
    injections: tuple[Injection, ...] = ()
    search: SearchUpstream | None = None
    models: ModelUpstream | None = None
    egress: EgressLink | None = None
