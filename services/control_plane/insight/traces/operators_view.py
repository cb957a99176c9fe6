"""A span as an operator sees it without an access to its tenant: what the platform did, and no word of the tenant's.

Both lists are written out, so that whoever adds an attribute has to decide: one that stands in neither is not shown,
and a test names it.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from foundation.contracts.tools.catalogue import TOOLS
from foundation.storage.spans.reading import StoredSpan
from foundation.telemetry.spans.record import AttributeValue, SpanAttribute

SHOWN = frozenset(
    {
        SpanAttribute.TENANT_ID,
        SpanAttribute.RUN_ID,
        SpanAttribute.STEP_ID,
        SpanAttribute.JOB_ID,
        SpanAttribute.STEP_KIND,
        SpanAttribute.STEP_ATTEMPT,
        SpanAttribute.STEP_TURN,
        SpanAttribute.STEP_TICK,
        SpanAttribute.OUTCOME,
        SpanAttribute.WAIT_MS,
        SpanAttribute.ATTEMPT,
        SpanAttribute.ATTEMPT_REASON,
        SpanAttribute.FIRST_TOKEN_MS,
        SpanAttribute.COST_NANO_USD,
        SpanAttribute.USAGE_SOURCE,
        SpanAttribute.SPANS_LEFT_OUT,
        SpanAttribute.BYTES_UP,
        SpanAttribute.BYTES_DOWN,
        SpanAttribute.ERROR_TYPE,
        SpanAttribute.FUNCTION,
        SpanAttribute.HTTP_METHOD,
        SpanAttribute.HTTP_ROUTE,
        SpanAttribute.HTTP_STATUS,
        SpanAttribute.MESSAGING_SYSTEM,
        SpanAttribute.MESSAGING_DESTINATION,
        SpanAttribute.MESSAGING_OPERATION,
        SpanAttribute.GEN_AI_OPERATION,
        SpanAttribute.GEN_AI_PROVIDER,
        SpanAttribute.GEN_AI_REQUEST_MODEL,
        SpanAttribute.GEN_AI_INPUT_TOKENS,
        SpanAttribute.GEN_AI_OUTPUT_TOKENS,
        SpanAttribute.GEN_AI_TOOL_NAME,
    }
)
WITHHELD = frozenset(
    {
        SpanAttribute.STEP_NAME,
        SpanAttribute.GEN_AI_AGENT_NAME,
        SpanAttribute.SERVER_ADDRESS,
        SpanAttribute.SERVER_PORT,
    }
)
"""Names that the tenant has given, and the hosts that its jobs ask for."""

_GATEWAY = "llm_gateway"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "other"})
_CODE = re.compile(r"[A-Za-z0-9_.]{1,64}")
_WHOLE = frozenset({"start run", "start execution", "take step"})
"""Names of spans that hold nothing else than what the platform does."""
_DOES = frozenset({"invoke_agent", "step", "chat", "execute_tool", "launch", "run", "egress"})
"""First words of those that go on with a name; what it is a name of stands among the attributes, if it may be seen."""

_ONLY: dict[SpanAttribute, Callable[[StoredSpan, AttributeValue], bool]] = {
    # What a task asks for is its author's word; at a gateway's attempt it is a model of the platform's.
    SpanAttribute.GEN_AI_REQUEST_MODEL: lambda span, _: span.service == _GATEWAY,
    SpanAttribute.GEN_AI_TOOL_NAME: lambda _, value: value in TOOLS,
    SpanAttribute.HTTP_METHOD: lambda _, value: value in _METHODS,
    SpanAttribute.ERROR_TYPE: lambda _, value: _CODE.fullmatch(str(value)) is not None,
}
"""Of these only values that are the platform's."""


def without_words(span: StoredSpan) -> StoredSpan:
    """The span without what its tenant has written, chosen or asked for by name."""
    shown: dict[str, Any] = {}
    for attribute in SHOWN:
        value = span.attributes.get(attribute.value)
        if value is not None and _ONLY.get(attribute, _any)(span, value):
            shown[attribute.value] = value
    return replace(span, name=_name(span, shown), attributes=shown)


def _any(_span: StoredSpan, _value: AttributeValue) -> bool:
    return True


def _name(span: StoredSpan, shown: dict[str, Any]) -> str:
    """`…` stands for what is left out, so that nobody takes the rest for the whole name."""
    parts = [shown.get(SpanAttribute.HTTP_METHOD.value), shown.get(SpanAttribute.HTTP_ROUTE.value)]
    if span.name in {*_WHOLE, shown.get(SpanAttribute.FUNCTION.value), " ".join(map(str, parts))}:
        return span.name
    does, _, about = span.name.partition(" ")
    if does not in _DOES:
        return "…"
    if not about:
        return does
    if does == "step":
        return f"step {shown.get(SpanAttribute.STEP_KIND.value, '')} …".replace("  ", " ")
    named = (shown.get(SpanAttribute.GEN_AI_TOOL_NAME.value), shown.get(SpanAttribute.GEN_AI_REQUEST_MODEL.value))
    return span.name if about in named else f"{does} …"
