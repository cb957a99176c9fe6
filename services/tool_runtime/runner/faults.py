"""What can go wrong around a job and ends it before or after it ran."""

from foundation.contracts.tool_job import JobReason


class JobFaultError(Exception):
    """A job fails for this reason; `retryable` when the same job may well succeed the next time."""

    def __init__(self, reason: JobReason, detail: str, *, retryable: bool) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.retryable = retryable
