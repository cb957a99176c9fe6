"""The bodies that a messages provider gets: the caller's fields, with those that the gateway governs put in."""

import msgspec

from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import Server

_encoder = msgspec.json.Encoder()
_STANDARD_TIER = msgspec.Raw(b'"standard_only"')


def write_request(request: ModelRequest, *, model: str, max_output: int, server: Server) -> bytes:
    fields = dict(request.fields)
    fields["model"] = msgspec.Raw(_encoder.encode(model))
    fields["max_tokens"] = msgspec.Raw(str(max_output).encode())
    if server.is_vendors_own:
        fields["service_tier"] = _STANDARD_TIER
    return _encoder.encode(fields)


def write_counting_request(request: ModelRequest, model: str) -> bytes:
    return _encoder.encode({**request.fields, "model": msgspec.Raw(_encoder.encode(model))})
