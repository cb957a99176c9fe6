"""What becomes of the tools that a provider would run: bounded where their price is known, else left out and named."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from llm_gateway.content.chat import TOOL_OVERHEAD
from llm_gateway.content.strict import not_covered, refused
from llm_gateway.request import ChatRequest, written
from llm_gateway.routing import Target

_SEARCH = "web_search"


class _Choice(msgspec.Struct):
    type: str | None = None


_choices = msgspec.json.Decoder(_Choice)
_limits = msgspec.json.Decoder(int | None)
_encoder = msgspec.json.Encoder()


def decided(request: ChatRequest, targets: Sequence[Target]) -> ChatRequest:
    """The request with the tools that every target has a price for, and no other that the provider runs.

    Clients offer them beside their own without asking whether there are any; only who insists on one is refused.
    """
    if not request.provider_tools:
        return request
    searches = _searches(request, targets)
    kept = [tool for tool in request.provider_tools if searches and tool.type.startswith(_SEARCH)]
    left_out = tuple(dict.fromkeys(tool.type for tool in request.provider_tools if tool not in kept))
    tools = [*request.own_tools, *(tool.written for tool in kept)]
    _check_choice(request, left_out, has_tools=bool(tools))
    fields = {**request.fields, "tools": msgspec.Raw(_encoder.encode(tools))}
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


def _searches(request: ChatRequest, targets: Sequence[Target]) -> int:
    """How often the provider may search; 0 where a target has no price for it, or does not hear of the tool."""
    prices = [target.price.search for target in targets]
    if any(price is None for price in prices) or any(target.translation is not None for target in targets):
        return 0
    asked: int | None = _limits.decode(written(request.fields, "max_tool_calls") or b"null")
    most = min(price.most_calls for price in prices if price is not None)
    return most if asked is None else max(0, min(most, asked))


def _check_choice(request: ChatRequest, left_out: tuple[str, ...], *, has_tools: bool) -> None:
    choice = written(request.fields, "tool_choice")
    insists = choice.startswith(b"{") and _choices.decode(choice).type in left_out
    if insists or (not has_tools and choice == b'"required"'):
        instead = "leave the choice to the model, or name a tool that you run"
        raise refused([not_covered("/tool_choice", "a tool that the provider runs", instead=instead)])
