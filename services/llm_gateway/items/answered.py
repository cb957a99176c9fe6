"""The items that a whole response, or the last event of a stream of one, has in its output."""

import msgspec

from llm_gateway.providers.sse import data_of


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


def is_kept(fields: dict[str, msgspec.Raw]) -> bool:
    """Whether the caller may count on the answer's items: unless it says that nothing is to be stored."""
    return bytes(fields.get("store", msgspec.Raw())) != b"false"


def items_of_body(body: bytes, *, output_tokens: int) -> list[Item]:
    """What a model thought may take as much as its whole answer did, and does not stand in the item."""
    try:
        return _items(_responses.decode(body), output_tokens)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []


def items_of_ending(event: bytes, *, output_tokens: int) -> list[Item]:
    try:
        response = _events.decode(data_of(event)).response
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return [] if response is None else _items(response, output_tokens)


def _items(response: _Response, output_tokens: int) -> list[Item]:
    found = []
    for raw in response.output or ():
        head = _heads.decode(raw)
        if head.id is not None:
            stands_elsewhere = head.type == "reasoning" and not head.encrypted_content
            found.append(Item(head.id, bytes(raw), output_tokens if stands_elsewhere else 0))
    return found
