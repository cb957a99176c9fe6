"""Spans of a tool job, which travel with its result: neither launcher nor runner reaches a database or a collector."""

from typing import Annotated, Literal

from pydantic import Field

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.message import Message

MOST_SPANS = 64
"""Of one job; the span of the job says how many more there were."""

SpanId = Annotated[str, WrittenAs(r"^[0-9a-f]{16}$", "a span's id is 16 digits from 0 to 9 and a to f")]


class JobSpan(Message):
    """A span that has ended. Whose it is, and of which trace, the worker says that asked for the job."""

    span_id: SpanId
    parent_span_id: SpanId
    name: str = Field(min_length=1, max_length=128)
    kind: Literal["internal", "server", "client"]
    service: Literal["tool_runtime", "tool_runtime.runner"]
    started_ns: int = Field(ge=0, lt=2**63, description="nanoseconds since 1970")
    ended_ns: int = Field(ge=0, lt=2**63)
    failed: bool = False
    attributes: dict[str, str | int | float | bool] = Field(default_factory=dict, max_length=64)
