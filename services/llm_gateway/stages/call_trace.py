"""The spans of a model call: one of the request, and one of each attempt at a provider below it.

They are told when they have ended, in one step, because a call of the SDK for each costs a multiple of that.
"""

import time
from typing import Self

from foundation.telemetry.spans.buffer import KEPT, SpanSink
from foundation.telemetry.spans.record import (
    MAX_NAME,
    AttributeValue,
    RecordedKind,
    SpanAttribute,
    SpanRecord,
    SpanStatus,
    known_attributes,
    shown,
)
from foundation.telemetry.traces import TraceParent, new_span_id, parse_traceparent
from llm_gateway.accounting.usage_event import UsageEvent
from llm_gateway.exchange.caller import Caller

_SERVICE = "llm_gateway"
_SUCCEEDED = "succeeded"
_REFUSED = 400
_OPERATIONS = {"embeddings": "embeddings"}


class CallTrace:
    """A request that came with a `traceparent`; one without makes no spans."""

    __slots__ = ("_about", "_sink", "_started_ns", "error_type", "parent", "span_id")

    def __init__(self, parent: TraceParent, sink: SpanSink) -> None:
        self.parent = parent
        self.span_id = new_span_id()
        self.error_type: str | None = None
        self._sink = sink
        self._started_ns = time.time_ns()
        self._about: dict[str, AttributeValue] = {}

    @classmethod
    def below(cls, traceparent: str | None, *, sink: SpanSink = KEPT) -> Self | None:
        """The trace of a request with this header; None without one, and for one that is malformed."""
        parent = parse_traceparent(traceparent)
        return None if parent is None else cls(parent, sink)

    @property
    def trace_id(self) -> str:
        return self.parent.trace_id

    def of_caller(self, caller: Caller) -> None:
        """Says whose it is. A request of nobody has no spans."""
        self._about = {f"lockstep.{name}": value for name, value in caller.names.items()}

    def attempted(self, event: UsageEvent) -> None:
        """Tells of an attempt that has ended."""
        started_ns = int(event.started_at.timestamp() * 1_000_000_000)
        operation = _OPERATIONS.get(event.dialect, "chat")
        about: dict[str, AttributeValue | None] = {
            **self._about,
            SpanAttribute.GEN_AI_OPERATION.value: operation,
            SpanAttribute.GEN_AI_PROVIDER.value: event.provider,
            SpanAttribute.GEN_AI_REQUEST_MODEL.value: event.model,
            SpanAttribute.GEN_AI_INPUT_TOKENS.value: event.input_tokens,
            SpanAttribute.GEN_AI_OUTPUT_TOKENS.value: event.output_tokens,
            SpanAttribute.COST_NANO_USD.value: event.cost_nano_usd,
            SpanAttribute.USAGE_SOURCE.value: event.usage_source,
            SpanAttribute.ATTEMPT.value: event.attempt,
            SpanAttribute.ATTEMPT_REASON.value: event.reason.value,
            SpanAttribute.FIRST_TOKEN_MS.value: event.first_token_ms,
            SpanAttribute.HTTP_STATUS.value: event.http_status,
            SpanAttribute.ERROR_TYPE.value: event.error_code,
        }
        self._sink.add(
            SpanRecord(
                trace_id=self.trace_id,
                span_id=new_span_id(),
                parent_span_id=self.span_id,
                name=shown(f"{operation} {event.model}", MAX_NAME),
                kind=RecordedKind.CLIENT,
                service=_SERVICE,
                started_ns=started_ns,
                ended_ns=started_ns + (event.latency_ms or 0) * 1_000_000,
                attributes=known_attributes(about),
                status=SpanStatus.UNSET if event.status == _SUCCEEDED else SpanStatus.ERROR,
            )
        )

    def answered(self, path: str, status: int) -> None:
        """Tells of the request, which has its answer, or whose client has left."""
        about: dict[str, AttributeValue | None] = {
            **self._about,
            SpanAttribute.HTTP_METHOD.value: "POST",
            SpanAttribute.HTTP_ROUTE.value: path,
            SpanAttribute.HTTP_STATUS.value: status,
            SpanAttribute.ERROR_TYPE.value: self.error_type,
        }
        self._sink.add(
            SpanRecord(
                trace_id=self.trace_id,
                span_id=self.span_id,
                parent_span_id=self.parent.span_id,
                name=f"POST {path}",
                kind=RecordedKind.SERVER,
                service=_SERVICE,
                started_ns=self._started_ns,
                ended_ns=time.time_ns(),
                attributes=known_attributes(about),
                status=SpanStatus.UNSET if status < _REFUSED else SpanStatus.ERROR,
            )
        )
