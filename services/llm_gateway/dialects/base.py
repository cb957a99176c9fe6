"""The dialects: a request is read in one, a provider speaks one."""

from enum import StrEnum


class Dialect(StrEnum):
    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    RESPONSES = "responses"
