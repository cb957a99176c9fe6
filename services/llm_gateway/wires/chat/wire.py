"""OpenAI's chat completions, as the gateway serves and speaks them."""

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.wires.base import Wire
from llm_gateway.wires.chat.events import CompletionsReader, read_usage
from llm_gateway.wires.chat.provider_body import write_request
from llm_gateway.wires.chat.request import read_chat_request
from llm_gateway.wires.openai.errors import write_error_answer, write_error_event
from llm_gateway.wires.openai.models import list_models, show_model
from llm_gateway.wires.openai.provider import bearer_credentials

WIRE = Wire(
    dialect=Dialect.CHAT,
    vendor="openai",
    path="/v1/chat/completions",
    client_header=None,
    request_id_headers=("x-request-id",),
    read_request=lambda body, _headers: read_chat_request(body),
    error_answer=write_error_answer,
    error_event=write_error_event,
    list_models=list_models,
    show_model=show_model,
    provider_path="chat/completions",
    credentials=bearer_credentials,
    read_translated=read_chat_request,
    write_request=write_request,
    read_usage=read_usage,
    new_reader=lambda wants_usage: CompletionsReader(wants_usage=wants_usage),
    counting=None,
)
