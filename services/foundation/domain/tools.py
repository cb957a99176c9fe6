"""What a tool's calls are like: what running one twice would mean, what it takes of a machine, where it runs.

And what becomes of a call of which nobody knows what it did.
"""

from enum import StrEnum


class ToolEffect(StrEnum):
    """`pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when its end is unknown."""

    PURE = "pure"
    KEYED = "keyed"
    ONCE = "once"


class ToolSourceKind(StrEnum):
    """What a tenant's own tools are made of: the document of an HTTP API, or what an MCP server shows."""

    OPENAPI = "openapi"
    MCP = "mcp"


class CostClass(StrEnum):
    """What a call takes of the machine that runs it, by which launchers decide how many run beside each other.

    `light` mostly waits or moves a few files, `compute` keeps one processor busy, `heavy` is a tree of programs with
    gigabytes. What a call takes of its tenant's money is another matter, which budgets count.
    """

    LIGHT = "light"
    COMPUTE = "compute"
    HEAVY = "heavy"


class SandboxProfile(StrEnum):
    """The kind of sandbox that a tool's jobs run in: its interpreter, its libraries and its sizes."""

    PYTHON = "python"
    NODE = "node"
    BROWSER = "browser"
    AGENT = "agent"


class ToolCallStatus(StrEnum):
    """How a call of a tool stands."""

    STARTED = "STARTED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    KILLED = "KILLED"
    CANCELLED = "CANCELLED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """Somebody is asked what it did."""


class OutcomeDecision(StrEnum):
    """What is done about a call that was started and whose outcome is unknown.

    It is made once more, or is taken to have happened, or fails its step.
    """

    RETRY = "retry"
    ACCEPT = "accept"
    FAIL = "fail"


class UnknownOutcomePolicy(StrEnum):
    """Who decides about such a call: a person is asked, or the definition has decided before."""

    ASK = "ask"
    RETRY = "retry"
    ACCEPT = "accept"
    FAIL = "fail"
