"""What calls of models may take: asked before any of them is made, by how long their requests and answers can be."""

from pydantic import Field

from foundation.contracts.message import Message
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.money import Amount

MAX_SHAPES = 500
"""Kinds of calls in one question."""
_MOST_BYTES = 2**40


class TextBytes(Message):
    """Bytes of all that a model is shown; `most` None is as much as the gateway takes in one request.

    `smooth` is the most of a request about which nothing is out of the ordinary.
    """

    least: int = Field(ge=0, le=_MOST_BYTES)
    most: int | None = Field(ge=0, le=_MOST_BYTES)
    smooth: int = Field(ge=0, le=_MOST_BYTES)


class CallShape(Message):
    """A kind of call: its model, the lengths of its request and of its answer. `messages` None: nobody knows how many.

    `least` bytes are those of the texts alone, the others those of the whole messages and tools as they are sent.
    """

    model: str = Field(min_length=1, max_length=1_000)
    text: TextBytes
    messages: int | None = Field(default=None, ge=1, le=1_000_000)
    tools: int = Field(default=0, ge=0, le=1_000)
    max_output: int = Field(ge=1, le=1_000_000)


class CallBounds(Message):
    """Tokens and nano-dollars of one call: at least, at most with all its attempts, and at most if the first answers.

    `refused` says why no provider would be asked, so that the call would cost nothing; None where one would.
    """

    least: Amount
    most: Amount
    smooth: Amount
    refused: str | None = None
    refused_code: str | None = None
    """The stable name of that refusal."""


class CallEstimates(Message):
    """The bounds of each kind of call, in the order of the question."""

    calls: list[CallBounds]


class CallsInQuestion(Message):
    """The kinds of calls that a question is about."""

    calls: list[CallShape] = Field(max_length=MAX_SHAPES)
    rules: ProviderRules | None = None
    """Where the tenant's calls may go that asks; None for everywhere."""
