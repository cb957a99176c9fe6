"""The dialects: a request is read in one, a provider speaks one or more."""

from enum import StrEnum


class Dialect(StrEnum):
    OPENAI = "openai"
    """Chat completions."""
    ANTHROPIC = "anthropic"
    """Messages."""
    RESPONSES = "responses"
    EMBEDDINGS = "embeddings"
