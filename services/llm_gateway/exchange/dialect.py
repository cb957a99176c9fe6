"""The dialects: a request is read in one, a provider speaks one or more."""

from enum import StrEnum


class Dialect(StrEnum):
    """The languages of vendors, each with a wire of its own (`wires/`)."""

    CHAT = "chat"
    """OpenAI's chat completions."""
    MESSAGES = "messages"
    """Anthropic's messages."""
    RESPONSES = "responses"
    """OpenAI's Responses."""
    EMBEDDINGS = "embeddings"
    """OpenAI's embeddings."""
