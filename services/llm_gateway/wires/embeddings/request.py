"""A request of OpenAI's embeddings: it has an input and no output that costs."""

from typing import Annotated, Any

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, Fault
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.allow_lists import decode_listed
from llm_gateway.wires.fields import find_unlisted
from llm_gateway.wires.overheads import REQUEST_OVERHEAD

_MOST_INPUTS = 2048
_INPUT_OVERHEAD = 4
_KNOWN = frozenset({"model", "input", "dimensions", "encoding_format", "user"})
"""Fields that cost nothing beside the tokens that are counted; any other is refused unless the provider declares it."""


class _Body(msgspec.Struct):
    """What decides about money and form; the input is looked at as bytes."""

    model: str
    input: msgspec.Raw
    dimensions: int | None = None


_bodies = msgspec.json.Decoder(_Body)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Tokens = Annotated[list[Annotated[int, msgspec.Meta(ge=0)]], msgspec.Meta(min_length=1)]
_heads = msgspec.json.Decoder(list[msgspec.Raw])
_inputs: dict[bytes, msgspec.json.Decoder[Any]] = {
    b'"': msgspec.json.Decoder(list[str]),
    b"[": msgspec.json.Decoder(list[_Tokens]),
}
_tokens = msgspec.json.Decoder(_Tokens)


def read_embeddings_request(raw: bytes) -> ModelRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        body = _bodies.decode(raw)
        fields = _fields.decode(raw)
        inputs = _count(bytes(body.input))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not an embeddings request: {error}") from error
    if not 1 <= inputs <= _MOST_INPUTS:
        raise _refused("/input", f"from 1 to {_MOST_INPUTS} texts or lists of tokens")
    if body.dimensions is not None and body.dimensions < 1:
        raise _refused("/dimensions", "at least 1")
    return ModelRequest(
        dialect=Dialect.EMBEDDINGS,
        model=body.model,
        streamed=False,
        wants_usage=True,
        choices=1,
        max_output=0,
        # a token given as a number is at least one digit and a comma
        text_tokens=REQUEST_OVERHEAD + _INPUT_OVERHEAD * inputs + len(bytes(body.input)),
        cache_writes=CacheWrites.NONE,
        fields=fields,
        unlisted=find_unlisted(fields, _KNOWN),
    )


def _count(raw: bytes) -> int:
    if raw.startswith(b'"'):
        return 1 if len(raw) > len(b'""') else 0
    parts = _heads.decode(raw)
    if not parts:
        return 0
    listed = _inputs.get(bytes(parts[0])[:1])
    decode_listed(listed or _tokens, raw, at="/input")
    return 1 if listed is None else len(parts)


def _refused(pointer: str, detail: str) -> BadRequest:
    return BadRequest(f"{pointer[1:]}: {detail}", faults=(Fault(pointer, detail),))
