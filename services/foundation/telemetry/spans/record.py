"""A span that has ended, and all that a span may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

AttributeValue = str | int | float | bool

MAX_TEXT = 256
"""Characters of an attribute's text."""
MAX_NAME = 128


class SpanAttribute(StrEnum):
    """The attributes that spans have; any other is left out, so that no content of a tenant gets in by a new library.

    Names are OpenTelemetry's where it has one, and begin with `lockstep.` where it has none.
    """

    TENANT_ID = "lockstep.tenant_id"
    RUN_ID = "lockstep.run_id"
    STEP_ID = "lockstep.step_id"
    JOB_ID = "lockstep.job_id"
    STEP_NAME = "lockstep.step.name"
    STEP_KIND = "lockstep.step.kind"
    STEP_ATTEMPT = "lockstep.step.attempt"
    STEP_TURN = "lockstep.step.turn"
    STEP_TICK = "lockstep.step.tick"
    OUTCOME = "lockstep.outcome"
    WAIT_MS = "lockstep.wait_ms"
    ATTEMPT = "lockstep.attempt"
    ATTEMPT_REASON = "lockstep.attempt.reason"
    FIRST_TOKEN_MS = "lockstep.first_token_ms"  # noqa: S105  (a duration)
    COST_NANO_USD = "lockstep.cost_nano_usd"
    USAGE_SOURCE = "lockstep.usage_source"
    SPANS_LEFT_OUT = "lockstep.spans_left_out"
    BYTES_UP = "lockstep.bytes_up"
    BYTES_DOWN = "lockstep.bytes_down"
    ERROR_TYPE = "error.type"
    FUNCTION = "faas.name"
    HTTP_METHOD = "http.request.method"
    HTTP_ROUTE = "http.route"
    HTTP_STATUS = "http.response.status_code"
    SERVER_ADDRESS = "server.address"
    SERVER_PORT = "server.port"
    MESSAGING_SYSTEM = "messaging.system"
    MESSAGING_DESTINATION = "messaging.destination.name"
    MESSAGING_OPERATION = "messaging.operation.type"
    GEN_AI_OPERATION = "gen_ai.operation.name"
    GEN_AI_PROVIDER = "gen_ai.provider.name"
    GEN_AI_REQUEST_MODEL = "gen_ai.request.model"
    GEN_AI_INPUT_TOKENS = "gen_ai.usage.input_tokens"
    GEN_AI_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
    GEN_AI_TOOL_NAME = "gen_ai.tool.name"
    GEN_AI_AGENT_NAME = "gen_ai.agent.name"


_KNOWN = frozenset(attribute.value for attribute in SpanAttribute)


class SpanStatus(StrEnum):
    """How what a span tells of ended; `unset` is the ordinary end."""

    UNSET = "unset"
    ERROR = "error"


class RecordedKind(StrEnum):
    """On which side of a call or message a span stands: OpenTelemetry's kinds of spans."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """A span that has ended. Ids are in lower-case hexadecimal digits, times in nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    kind: RecordedKind
    service: str
    started_ns: int
    ended_ns: int
    attributes: Mapping[str, AttributeValue]
    status: SpanStatus = SpanStatus.UNSET

    def text(self, attribute: SpanAttribute) -> str | None:
        """The attribute as a text; None where the span has none of it."""
        value = self.attributes.get(attribute)
        return None if value is None else str(value)


def known_attributes(attributes: Mapping[str, object]) -> dict[str, AttributeValue]:
    """Those that a span may have, texts without control characters and cut at `MAX_TEXT`."""
    return {
        name: shown(value, MAX_TEXT) if isinstance(value, str) else value
        for name, value in attributes.items()
        if name in _KNOWN and isinstance(value, str | int | float)
    }


def shown(value: str, most: int) -> str:
    """A text that every store takes, at most so many characters long; what it loses is replaced by U+FFFD and `…`."""
    clean = value if value.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in value)
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"
