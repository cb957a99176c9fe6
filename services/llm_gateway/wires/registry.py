"""How each dialect's callers are read and answered: one entry a dialect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.domain.errors import LockstepError
from llm_gateway.exchange.dialect import Dialect
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.wires import openai_errors
from llm_gateway.wires.chat.request import read_chat_request
from llm_gateway.wires.embeddings.request import read_embeddings_request
from llm_gateway.wires.errors import ErrorAnswer
from llm_gateway.wires.messages import errors as anthropic_errors
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.responses import errors as responses_errors
from llm_gateway.wires.responses.request import read_responses_request

Failure = LockstepError | UpstreamFailed


@dataclass(frozen=True, slots=True)
class Ingress:
    read: Callable[[bytes, Mapping[str, str]], ModelRequest]
    error_answer: Callable[[Failure, str], ErrorAnswer]
    """Of the error and the request's id, as is the event."""
    error_event: Callable[[Failure, str], bytes]


INGRESS = {
    Dialect.CHAT: Ingress(
        lambda body, _headers: read_chat_request(body), openai_errors.error_answer, openai_errors.error_event
    ),
    Dialect.MESSAGES: Ingress(read_messages_request, anthropic_errors.error_answer, anthropic_errors.error_event),
    Dialect.RESPONSES: Ingress(
        lambda body, _headers: read_responses_request(body), openai_errors.error_answer, responses_errors.error_event
    ),
    Dialect.EMBEDDINGS: Ingress(
        lambda body, _headers: read_embeddings_request(body), openai_errors.error_answer, openai_errors.error_event
    ),
}
