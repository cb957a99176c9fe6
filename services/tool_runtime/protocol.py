"""What the launcher and a runner say to each other.

A runner is started with a one-time token. It asks once and is given one job (`POST /leases`, held open until there is
one), may ask whether it was cancelled (`GET /leases/{id}/cancellation`, held open), and posts the result. The worker
token is dead after the first lease; the lease has a token of its own.
"""

from pydantic import Field

from foundation.contracts.message import Message
from foundation.contracts.tool_job import ToolJob

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


class RunnerLease(Message):
    """One job for one runner. `token` authorises what is said about this lease, nothing else.

    The secrets of the job are opened in `injections`, for the runner, which is outside the sandbox. `search` is given
    to searches of the web alone.
    """

    lease_id: str
    token: str = Field(repr=False)
    job: ToolJob
    injections: tuple[Injection, ...] = ()
    search: SearchUpstream | None = None
