"""Anthropic's messages, as the gateway serves and speaks them."""

from collections.abc import Mapping

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import CountingEndpoint, Wire
from llm_gateway.wires.messages.errors import write_error_answer, write_error_event
from llm_gateway.wires.messages.events import MessagesReader, read_usage
from llm_gateway.wires.messages.models import list_models, show_model
from llm_gateway.wires.messages.provider_body import write_counting_request, write_request
from llm_gateway.wires.messages.request import read_messages_request

_VERSION = {"anthropic-version": "2023-06-01"}
"""The version of the API whose words the translations speak; other callers send their own."""


def _read_without_limit(body: bytes, headers: Mapping[str, str]) -> ModelRequest:
    return read_messages_request(body, headers, needs_limit=False)


WIRE = Wire(
    dialect=Dialect.MESSAGES,
    vendor="anthropic",
    path="/v1/messages",
    client_header="anthropic-version",
    request_id_headers=("x-request-id", "request-id"),
    read_request=read_messages_request,
    error_answer=write_error_answer,
    error_event=write_error_event,
    list_models=list_models,
    show_model=show_model,
    provider_path="messages",
    credentials=lambda key: {"x-api-key": key},
    # the limit is put in with the bound
    read_translated=lambda body: _read_without_limit(body, _VERSION),
    write_request=write_request,
    read_usage=read_usage,
    new_reader=lambda _wants_usage: MessagesReader(),
    counting=CountingEndpoint(
        path="/v1/messages/count_tokens",
        provider_path="messages/count_tokens",
        read_request=_read_without_limit,
        write_request=write_counting_request,
        write_estimate=lambda tokens: f'{{"input_tokens":{tokens}}}'.encode(),
    ),
)
