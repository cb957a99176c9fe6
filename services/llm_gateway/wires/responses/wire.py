"""OpenAI's Responses, as the gateway serves and speaks them."""

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import Server, Wire
from llm_gateway.wires.openai.errors import write_error_answer
from llm_gateway.wires.openai.models import list_models, show_model
from llm_gateway.wires.openai.provider import bearer_credentials, governed_fields
from llm_gateway.wires.responses.errors import write_error_event
from llm_gateway.wires.responses.events import ResponsesReader, read_usage
from llm_gateway.wires.responses.request import read_responses_request

_encoder = msgspec.json.Encoder()


def _write_request(request: ModelRequest, *, model: str, max_output: int, server: Server) -> bytes:
    fields = governed_fields(request, model=model, server=server)
    fields["max_output_tokens"] = msgspec.Raw(str(max_output).encode())
    return _encoder.encode(fields)


WIRE = Wire(
    dialect=Dialect.RESPONSES,
    vendor="openai",
    path="/v1/responses",
    client_header=None,
    request_id_headers=("x-request-id",),
    read_request=lambda body, _headers: read_responses_request(body),
    error_answer=write_error_answer,
    error_event=write_error_event,
    list_models=list_models,
    show_model=show_model,
    provider_path="responses",
    credentials=bearer_credentials,
    read_translated=read_responses_request,
    write_request=_write_request,
    read_usage=read_usage,
    new_reader=lambda _wants_usage: ResponsesReader(),
    counting=None,
)
