"""OpenAI's embeddings, as the gateway serves and speaks them."""

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires.base import Server, Wire
from llm_gateway.wires.embeddings.request import read_embeddings_request
from llm_gateway.wires.embeddings.usage import read_usage
from llm_gateway.wires.openai.errors import write_error_answer, write_error_event
from llm_gateway.wires.openai.models import list_models, show_model
from llm_gateway.wires.openai.provider import bearer_credentials

_encoder = msgspec.json.Encoder()


def _write_request(request: ModelRequest, *, model: str, max_output: int, server: Server) -> bytes:  # noqa: ARG001
    """An embedding has no length that could be limited, and embeddings have no service tiers."""
    return _encoder.encode({**request.fields, "model": msgspec.Raw(_encoder.encode(model))})


WIRE = Wire(
    dialect=Dialect.EMBEDDINGS,
    vendor="openai",
    path="/v1/embeddings",
    client_header=None,
    request_id_headers=("x-request-id",),
    read_request=lambda body, _headers: read_embeddings_request(body),
    error_answer=write_error_answer,
    error_event=write_error_event,
    list_models=list_models,
    show_model=show_model,
    provider_path="embeddings",
    credentials=bearer_credentials,
    read_translated=read_embeddings_request,
    write_request=_write_request,
    read_usage=read_usage,
    new_reader=None,
    counting=None,
)
