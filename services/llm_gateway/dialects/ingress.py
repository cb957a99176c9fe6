"""How each dialect's callers are read and answered: one entry a dialect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foundation.domain.errors import LockstepError
from llm_gateway.dialects import anthropic_errors, openai_errors, responses_errors
from llm_gateway.dialects.anthropic_request import read_messages_request
from llm_gateway.dialects.base import Dialect
from llm_gateway.dialects.embeddings_request import read_embeddings_request
from llm_gateway.dialects.errors import ErrorAnswer
from llm_gateway.dialects.responses_request import read_responses_request
from llm_gateway.providers.base import UpstreamFailed
from llm_gateway.request import ChatRequest, read_chat_request

Failure = LockstepError | UpstreamFailed


@dataclass(frozen=True, slots=True)
class Ingress:
    read: Callable[[bytes, Mapping[str, str]], ChatRequest]
    error_answer: Callable[[Failure, str], ErrorAnswer]
    """Of the error and the request's id, as is the event."""
    error_event: Callable[[Failure, str], bytes]


INGRESS = {
    Dialect.OPENAI: Ingress(
        lambda body, _headers: read_chat_request(body), openai_errors.error_answer, openai_errors.error_event
    ),
    Dialect.ANTHROPIC: Ingress(read_messages_request, anthropic_errors.error_answer, anthropic_errors.error_event),
    Dialect.RESPONSES: Ingress(
        lambda body, _headers: read_responses_request(body), openai_errors.error_answer, responses_errors.error_event
    ),
    Dialect.EMBEDDINGS: Ingress(
        lambda body, _headers: read_embeddings_request(body), openai_errors.error_answer, openai_errors.error_event
    ),
}
