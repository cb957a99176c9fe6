"""The body that a chat completions provider gets: the caller's fields, with those that the gateway governs put in."""

import msgspec

from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import Server
from llm_gateway.wires.openai.provider import governed_fields

_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
_INCLUDE_USAGE = msgspec.Raw(b'{"include_usage":true}')
_encoder = msgspec.json.Encoder()


def write_request(request: ModelRequest, *, model: str, max_output: int, server: Server) -> bytes:
    """Whatever the caller calls the limit, the server gets it once, under the name that it knows.

    The vendor's own models know the newer name only, other servers (vLLM, llama.cpp, Ollama) may know the older only.
    """
    fields = governed_fields(request, model=model, server=server)
    for name in _LIMIT_NAMES:
        fields.pop(name, None)
    limit_name = server.limit_name or ("max_completion_tokens" if server.is_vendors_own else "max_tokens")
    fields[limit_name] = msgspec.Raw(str(max_output).encode())
    if request.streamed:
        fields["stream_options"] = _INCLUDE_USAGE
    return _encoder.encode(fields)
