"""What the launcher and a runner say to each other.

A runner is started with a one-time token. It asks once and is given one job (`POST /leases`, held open until there is
one), may ask whether it was cancelled (`GET /leases/{id}/cancellation`, held open), tells what its job prints (`POST
/leases/{id}/lines`), asks for the run token of a call of a model (`GET /leases/{id}/run-token`), and posts the result.
The worker token is dead after the first lease; the lease has a token of its own.
"""

from typing import Annotated

from pydantic import Field

from foundation.contracts.message import Message
from foundation.contracts.tool_job import MAX_LINE, MAX_LINES, ToolJob

POLL_SECONDS = 25.0
EXIT_NO_SANDBOX = 69  # EX_UNAVAILABLE: the runner could not build a sandbox
EXIT_FAILED = 70  # EX_SOFTWARE: a fault of ours


class Injection(Message):
    """A header that the job's proxy writes into each request to one host; `name` is that of the secret in it."""

    name: str
    host: str
    header: str
    text: str = Field(repr=False)


class SearchUpstream(Message):
    """Whom a search of the web asks, and where."""

    provider: str
    url: str


class ModelUpstream(Message):
    """Where the calls of models of a job go, and the turn of its step that they belong to."""

    url: str
    turn: int


class RunToken(Message):
    """The token that the latest holder of a job's step has handed in."""

    token: str = Field(repr=False)


class ToldLines(Message):
    """Lines that a job has printed, in their order; `left_out` counts those before them that are not told."""

    lines: tuple[Annotated[str, Field(max_length=MAX_LINE)], ...] = Field(max_length=MAX_LINES)
    left_out: int = Field(default=0, ge=0)


class RunnerLease(Message):
    """One job for one runner. `token` authorises what is said about this lease, nothing else.

    The secrets of the job are opened in `injections`, for the runner, which is outside the sandbox. `search` is given
    to searches of the web alone, `models` to jobs that call some: the run token is asked for when there is a call.
    """

    lease_id: str
    token: str = Field(repr=False)
    job: ToolJob
    injections: tuple[Injection, ...] = ()
    search: SearchUpstream | None = None
    models: ModelUpstream | None = None
