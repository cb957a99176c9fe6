"""The words of the ledger's rows: what was attempted, how it ended, and how what it cost is known."""

from enum import StrEnum


class Dialect(StrEnum):
    """The languages of vendors in which a call is made."""

    CHAT = "chat"
    """OpenAI's chat completions."""
    MESSAGES = "messages"
    """Anthropic's messages."""
    RESPONSES = "responses"
    """OpenAI's Responses."""
    EMBEDDINGS = "embeddings"
    """OpenAI's embeddings."""


class AttemptReason(StrEnum):
    """Why an attempt was made."""

    FIRST = "first"
    RETRY = "retry"
    FAILOVER = "failover"
    HEDGE = "hedge"
    CHEAPER = "cheaper"


class LedgerKind(StrEnum):
    """What a row is of."""

    ATTEMPT = "attempt"
    ADJUSTMENT = "adjustment"
    """A later correction, whose amounts are added to those of its attempt."""


class LedgerStatus(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CUT = "cut"
    """Its answer broke off."""
    LOST = "lost"
    """The gateway that made it ended before it did."""
    ADJUSTED = "adjusted"
    """Of an adjustment."""


class UsageSource(StrEnum):
    """From where it is known what an attempt used."""

    PROVIDER = "provider"
    COUNTED = "counted"
    BOUND = "bound"
    """Nobody has told: the most that it can have used."""
    NONE = "none"
    REPORT = "report"
    """The provider's report, later."""


class ScopeKind(StrEnum):
    """What a call is counted in: the tenant, user or key that outlasts the call's run, the run, and the step."""

    TENANT = "tenant"
    USER = "user"
    KEY = "key"
    RUN = "run"
    STEP = "step"

    @property
    def windowed(self) -> bool:
        """Whether the scope outlives a day, so that it may have daily and monthly limits."""
        return self in {ScopeKind.TENANT, ScopeKind.USER, ScopeKind.KEY}
