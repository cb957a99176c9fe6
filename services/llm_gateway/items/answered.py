"""The items that a whole response, or the last event of a stream of one, has in its output."""

import msgspec

from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.sse import data_of

_MOST_UNKNOWN = 1_000_000
"""What an item may take of whose answer the usage was lost."""


class Item(msgspec.Struct):
    """`raw` is the item as it went out; `tokens` is the most that it takes beside its bytes."""

    id: str
    raw: bytes
    tokens: int = 0


class _Response(msgspec.Struct):
    output: list[msgspec.Raw] | None = None


class _Event(msgspec.Struct):
    response: _Response | None = None


class _Head(msgspec.Struct):
    id: str | None = None
    type: str | None = None
    encrypted_content: str | None = None


_responses = msgspec.json.Decoder(_Response)
_events = msgspec.json.Decoder(_Event)
_heads = msgspec.json.Decoder(_Head)


def items_of_body(body: bytes, usage: Usage | None) -> list[Item]:
    """The items of a whole response; none where the body is no response.

    What a model thought or found does not stand in its item, and may take as many tokens as the whole answer did.
    """
    try:
        return _items(_responses.decode(body), usage)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []


def items_of_ending(event: bytes, usage: Usage | None) -> list[Item]:
    """The same of the last event of a stream, which has the whole response in it."""
    try:
        response = _events.decode(data_of(event)).response
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return [] if response is None else _items(response, usage)


def weights_only(items: list[Item]) -> list[Item]:
    """Of an answer that is not to be stored: what its items take, where that does not stand in them."""
    return [Item(item.id, b"", item.tokens) for item in items if item.tokens]


def _items(response: _Response, usage: Usage | None) -> list[Item]:
    items = []
    for raw in response.output or ():
        head = _heads.decode(raw)
        if head.id is None:
            continue
        tokens = 0
        if head.type == "web_search_call":
            tokens = _MOST_UNKNOWN if usage is None else usage.total_tokens
        elif head.type == "reasoning" and not head.encrypted_content:
            tokens = _MOST_UNKNOWN if usage is None else usage.output_tokens
        items.append(Item(head.id, bytes(raw), tokens))
    return items
