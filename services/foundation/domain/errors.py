"""Every error that the platform raises on purpose, under one root.

LockstepError
├── BadRequest            the caller sent something that cannot mean anything here
│   ├── InvalidDefinition
│   ├── InvalidCursor
│   ├── UnknownFields
│   ├── PayloadTooLarge
│   ├── UnsupportedMediaType
│   ├── VersionRequired   a change that is made under If-Match alone, without it
│   └── ValueNotStorable  a value that PostgreSQL cannot hold, found by PostgreSQL
├── Unauthenticated       who is calling is not proven
├── Forbidden             known, but not allowed
│   └── NoApprover        may not decide this request
├── NotFound              also: belongs to another tenant, or was removed at this moment
├── Conflict              the world is not in the state that the call needs
│   ├── VersionMismatch
│   ├── IllegalTransition
│   ├── ApprovalClosed    the request has been decided, or ended in another way
│   ├── DeadLetterClosed  the dead letter was redriven or discarded
│   └── KillSwitchEngaged nothing of the tenant begins
├── IdempotencyConflict   the key was used for another request
├── QuotaExceeded         a limit on count or rate
├── BudgetExceeded        a limit on money or tokens
├── LeaseLost             another worker holds the step now
├── RunClosed             the run takes no more work
├── DatabaseRefused       PostgreSQL refuses a statement for good: a fault of ours
└── DependencyUnavailable a service that we depend on does not answer
    ├── DatabaseUnavailable   PostgreSQL is away, or asks to try again
    │   ├── DatabaseBusy      it had no connection or no time for us, and was waited for
    │   └── TransactionCollided   it ended the transaction, as another one stood in its way
    └── SandboxUnavailable
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

OURS_TO_MEND = "tell whoever operates the platform, whose log has the cause"
"""The remedy of an error that is no fault of whoever meets it."""
_Numbers = Mapping[str, int | str] | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One place in the caller's input: a JSON pointer, what is wrong there, and what to do about it."""

    pointer: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.detail}" if self.pointer else self.detail


class LockstepError(Exception):
    """The root: `code` is the stable name for programs; `retryable` is whether the same call may succeed later."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False
    usual_remedy: ClassVar[str | None] = None
    """What the caller can do about any error of this kind, where whoever raises it has nothing closer to say."""

    def __init__(self, detail: str, *, remedy: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = self.usual_remedy if remedy is None else remedy
        self.retry_after = retry_after

    def data(self) -> Mapping[str, object]:
        """Further members of the problem document."""
        return {}


class BadRequest(LockstepError):
    """The request itself is wrong; `faults` are the places in it that have to be changed."""

    code = "bad_request"

    def __init__(self, detail: str, *, faults: tuple[Fault, ...] = (), remedy: str | None = None) -> None:
        super().__init__(detail, remedy=remedy)
        self.faults = faults

    def data(self) -> Mapping[str, object]:
        return {"errors": [{"pointer": f.pointer, "detail": f.detail} for f in self.faults]} if self.faults else {}


class InvalidDefinition(BadRequest):
    """A task's definition cannot be run; `faults` name the places."""

    code = "invalid_definition"


class InvalidCursor(BadRequest):
    """A page was asked for with a cursor that this list has not given."""

    code = "invalid_cursor"


class UnknownFields(BadRequest):
    """A list was asked to show its items with members that they do not have."""

    code = "unknown_fields"


class PayloadTooLarge(BadRequest):
    """The body, or a file, has more bytes than are taken."""

    code = "payload_too_large"


class UnsupportedMediaType(BadRequest):
    """The body is not of a type, encoding or charset that is read."""

    code = "unsupported_media_type"


class VersionRequired(BadRequest):
    """The caller named no version of what is changed under a condition alone (If-Match)."""

    code = "version_required"


class ValueNotStorable(BadRequest):
    """PostgreSQL found a value that it cannot hold, such as U+0000, which no check before had refused."""

    code = "value_not_storable"


class Unauthenticated(LockstepError):
    """There is no credential, or it proves nothing: unknown, expired, or signed by somebody else."""

    code = "unauthenticated"
    usual_remedy = "send a credential that is valid here, as a Bearer token"


class Forbidden(LockstepError):
    """The caller is known and may not do this."""

    code = "forbidden"


class NoApprover(Forbidden):
    """The caller is none of those who may decide; `approval` is the request's outcome so far."""

    code = "no_approver"

    def __init__(self, detail: str, *, approval: Mapping[str, object], remedy: str | None = None) -> None:
        super().__init__(detail, remedy=remedy)
        self.approval = dict(approval)

    def data(self) -> Mapping[str, object]:
        return {"approval": self.approval}


class NotFound(LockstepError):
    """There is no such thing for this caller; what belongs to another tenant is told in the same words."""

    code = "not_found"


class Conflict(LockstepError):
    """What the call needs is not the state of things now."""

    code = "conflict"


class VersionMismatch(Conflict):
    """The caller named a version of what it wants to change (If-Match) that is not the present one."""

    code = "version_mismatch"


class IllegalTransition(Conflict):
    """The run or step is in a state from which it cannot get into the one that is asked for."""

    code = "illegal_transition"


class ApprovalClosed(Conflict):
    """The request takes no decision any more; `approval` is its outcome."""

    code = "approval_closed"
    usual_remedy = "nothing is left to decide; the outcome stands in `approval`"

    def __init__(self, detail: str, *, approval: Mapping[str, object]) -> None:
        super().__init__(detail)
        self.approval = dict(approval)

    def data(self) -> Mapping[str, object]:
        return {"approval": self.approval}


class DeadLetterClosed(Conflict):
    """Nothing is left to be done about the dead letter; `dead_letter` is its outcome."""

    code = "dead_letter_closed"
    usual_remedy = "nothing is left to do; the outcome stands in `dead_letter`"

    def __init__(self, detail: str, *, dead_letter: Mapping[str, object]) -> None:
        super().__init__(detail)
        self.dead_letter = dict(dead_letter)

    def data(self) -> Mapping[str, object]:
        return {"dead_letter": self.dead_letter}


class KillSwitchEngaged(Conflict):
    """A kill switch stops the tenant: its own or the platform's (`scope`). Once it is lifted, the call may succeed."""

    code = "kill_switch_engaged"
    retryable = True

    def __init__(self, detail: str, *, scope: str | None = None, remedy: str | None = None) -> None:
        super().__init__(detail, remedy=remedy, retry_after=60)
        self.scope = scope

    def data(self) -> Mapping[str, object]:
        return {} if self.scope is None else {"scope": self.scope}


class IdempotencyConflict(LockstepError):
    """One key was used for two different requests."""

    code = "idempotency_key_reused"


class QuotaExceeded(LockstepError):
    """A limit on count or rate is reached; once others have ended or time has passed, the call may succeed."""

    code = "quota_exceeded"
    retryable = True
    usual_remedy = "send it again after the time that Retry-After names"


class LeaseLost(LockstepError):
    """A later holder has the step: whoever gets this stops and records nothing."""

    code = "stale_lease"
    usual_remedy = "stop, and record nothing: the later holder of the step goes on"


class RunClosed(LockstepError):
    """The run has ended, or is about to; no further call of it is admitted."""

    code = "run_closed"
    usual_remedy = "start a new run"


class DependencyUnavailable(LockstepError):
    """A service that is needed does not answer; the same call may succeed later."""

    code = "dependency_unavailable"
    retryable = True
    usual_remedy = "send it again in a moment"


class DatabaseRefused(LockstepError):
    """PostgreSQL refused a statement for good; whoever raises it has logged which, and what PostgreSQL said."""

    code = "database_error"
    usual_remedy = OURS_TO_MEND


class DatabaseUnavailable(DependencyUnavailable):
    """The same transaction may succeed when it is run again."""


class DatabaseBusy(DatabaseUnavailable):
    """The same transaction may succeed later; an immediate retry would only add to PostgreSQL's load."""


class TransactionCollided(DatabaseUnavailable):
    """A deadlock or a serialization failure: nothing of the transaction stays, and run again at once it may succeed."""


class SandboxUnavailable(DependencyUnavailable):
    """No isolated place to run a job can be had, so the job does not run at all."""

    code = "sandbox_unavailable"


class BudgetExceeded(LockstepError):
    """A scope's limit is spent, or the call can never fit it.

    `budget` is how that limit stood: `{period, unit, limit, spent, held, asked}`.
    """

    code = "budget_exceeded"
    usual_remedy = "ask for a shorter answer, or have the budget raised"

    def __init__(
        self, detail: str, *, scope: str, remaining: _Numbers = None, budget: _Numbers = None, remedy: str | None = None
    ) -> None:
        super().__init__(detail, remedy=remedy)
        self.scope = scope
        self.remaining = dict(remaining or {})
        self.budget = dict(budget or {})

    def data(self) -> Mapping[str, object]:
        return {"scope": self.scope, "remaining": self.remaining, "budget": self.budget}
