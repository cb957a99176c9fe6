"""Texts as CrewAI gets them: without the characters that it would read as marks of its own.

CrewAI replaces `{input}`, `{tools}` and others wherever they stand in a prompt that has been put together already, and
takes what follows `Action:` or `Final Answer:` in an answer for a command. Tenants' texts and models' answers are
neither template nor command, so these two characters go in as others and come out as they were.
"""

from typing import Any

_ESCAPE = "\ue000"
_WRITTEN = {_ESCAPE: f"{_ESCAPE}e", "{": f"{_ESCAPE}b", ":": f"{_ESCAPE}c"}
_INTO = str.maketrans(_WRITTEN)


def escaped(text: str) -> str:
    return text.translate(_INTO)


def unescaped(text: str) -> str:
    """What was escaped, wherever it stands in a text that was not."""
    return text.replace(_WRITTEN["{"], "{").replace(_WRITTEN[":"], ":").replace(_WRITTEN[_ESCAPE], _ESCAPE)


def escaped_values(value: Any) -> Any:
    """JSON with every text in it escaped, keys as well."""
    return _mapped(value, escaped)


def unescaped_values(value: Any) -> Any:
    return _mapped(value, unescaped)


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _mapped(member, change) for key, member in value.items()}
    return [_mapped(item, change) for item in value] if isinstance(value, list) else value
