"""How a job of the tool runtime calls models: by one name, by the paths of the wires, with a key that opens nothing.

The job's proxy stands between them. It writes the run token and the key of the call into the request, so that a job
spends its step's budget without holding anything that could be spent elsewhere.
"""

from pydantic import Field

from foundation.contracts.message import Message

MODEL_HOST = "llm.gateway.internal"
PLACEHOLDER_KEY = "the-proxy-of-this-job-adds-the-key"
"""What a client that needs a key is given; the proxy drops it."""

CALL_PATHS = frozenset({"/v1/chat/completions", "/v1/responses", "/v1/messages"})
"""By POST: each is a call that is paid for."""
COUNTING_PATHS = frozenset({"/v1/messages/count_tokens"})
"""By POST, and free."""
MODELS_PATH = "/v1/models"
"""By GET, and one segment below it."""

RENEW_SECONDS = 240.0
"""How often the worker that waits for such a job hands in a new run token; one lives ten minutes."""


class ModelGrant(Message):
    """That a job may call models: its step's run token, and the turn of the step whose calls they are."""

    run_token: str = Field(min_length=1, max_length=8192, repr=False)
    turn: int = Field(ge=0)


class RunTokenRenewal(Message):
    """A new run token for a job, from who holds its step."""

    generation: int = Field(ge=1)
    fence: int = Field(ge=0)
    run_token: str = Field(min_length=1, max_length=8192, repr=False)
