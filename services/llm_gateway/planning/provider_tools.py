"""Decides which of the tools that a provider would run are sent: those with a known price; the others are left out."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.routing.routes import Target
from llm_gateway.wires.allow_lists import decode_listed, not_covered, refused
from llm_gateway.wires.fields import field_bytes
from llm_gateway.wires.overheads import TOOL_OVERHEAD
from llm_gateway.wires.responses.content import SEARCHES


class _Choice(msgspec.Struct):
    """A tool choice. Where it allows only some tools, `mode` is whether the model must call one of them."""

    type: str | None = None
    mode: str | None = None
    tools: list[msgspec.Raw] | None = None


_ALLOWED = "allowed_tools"
_choices = msgspec.json.Decoder(_Choice)
_limits = msgspec.json.Decoder(int | None)
_encoder = msgspec.json.Encoder()


def decide_provider_tools(request: ModelRequest, targets: Sequence[Target]) -> ModelRequest:
    """The request with the tools that every target has a price for, and no other that the provider runs.

    Clients offer them beside their own without asking whether there are any; only who insists on one is refused.
    """
    if not request.provider_tools:
        return request
    searches = _searches(request, targets)
    kept = [tool for tool in request.provider_tools if searches and tool.type in SEARCHES]
    left_out = tuple(dict.fromkeys(tool.type for tool in request.provider_tools if tool not in kept))
    tools = [*request.own_tools, *(tool.written for tool in kept)]
    fields = {**request.fields, **_choice(request, left_out, has_tools=bool(tools))}
    fields["tools"] = msgspec.Raw(_encoder.encode(tools))
    if not tools:
        for name in ("tools", "tool_choice", "parallel_tool_calls"):
            fields.pop(name, None)
    # it counts what the provider runs
    fields.pop("max_tool_calls", None)
    if kept:
        fields["max_tool_calls"] = msgspec.Raw(str(searches).encode())
    more = sum(len(bytes(tool.written)) + TOOL_OVERHEAD for tool in kept)
    return replace(
        request,
        fields=fields,
        text_tokens=request.text_tokens + more,
        searches=searches if kept else 0,
        left_out=left_out,
    )


def _searches(request: ModelRequest, targets: Sequence[Target]) -> int:
    """How often the provider may search; 0 where a target has no price for it, or is not sent the tool."""
    prices = [target.price.search for target in targets]
    if any(price is None for price in prices) or any(target.translation is not None for target in targets):
        return 0
    wanted: int | None = _limits.decode(field_bytes(request.fields, "max_tool_calls") or b"null")
    most = min(price.most_calls for price in prices if price is not None)
    return most if wanted is None else max(0, min(most, wanted))


def _choice(request: ModelRequest, left_out: tuple[str, ...], *, has_tools: bool) -> dict[str, msgspec.Raw]:
    """The choice to send instead, since a provider refuses a choice that names a tool which it was not sent."""
    raw = field_bytes(request.fields, "tool_choice")
    if raw == b'"required"' and not has_tools:
        raise _insists()
    if not raw.startswith(b"{"):
        return {}
    choice = decode_listed(_choices, raw, at="/tool_choice")
    if choice.type in left_out:
        raise _insists()
    if choice.type != _ALLOWED or not choice.tools:
        return {}
    allowed = [
        tool for tool in choice.tools if decode_listed(_choices, bytes(tool), at="/tool_choice").type not in left_out
    ]
    if allowed:
        return {"tool_choice": msgspec.Raw(_encoder.encode({"type": _ALLOWED, "mode": choice.mode, "tools": allowed}))}
    if choice.mode == "required":
        raise _insists()
    return {"tool_choice": msgspec.Raw(b'"none"')}


def _insists() -> BadRequest:
    instead = "leave the choice to the model, or name a tool that you run"
    return refused([not_covered("/tool_choice", "a tool that the provider runs", instead=instead)])
