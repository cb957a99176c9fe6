"""Shortens names, ids and users for vendors with lower limits, so that no two become the same."""

import hashlib
import re
from collections.abc import Iterable

from foundation.domain.errors import Fault

CHAT_NAME = 64
"""A function's name has a-z, A-Z, 0-9, underscores and dashes, and 64 of them (openai: types/shared_params)."""
MESSAGES_NAME = 128
"""A tool's name matches ^[a-zA-Z0-9_-]{1,128}$ (Anthropic's API reference)."""
CHAT_CALL_ID = 40
"""OpenAI answers 400 to a longer id of a call: 'string too long. Expected a string with maximum length 40'."""
CHAT_USER = 64
"""OpenAI answers 400 to a longer `user`: 'string too long. Expected a string with maximum length 64'."""
MESSAGES_USER = 256
"""Anthropic answers 400 to a longer metadata.user_id: 'String should have at most 256 characters'."""
CHAT_TOOLS = 128
"""Tools that a request of chat completions may offer."""
CHAT_STOPS = 4
"""Stop sequences that a request of chat completions may have."""
_OTHER = re.compile(r"[^a-zA-Z0-9_-]")
_DIGEST = 16


class Names:
    """The names of a request's tools as the other side takes them, and back."""

    def __init__(self, names: Iterable[str], *, most: int) -> None:
        self._short = {name: short_name(name, most=most) for name in names}
        self._long = {short: name for name, short in self._short.items()}
        self._most = most

    def there(self, name: str) -> str:
        """Also of a name that is no tool's any more, as a history may have it."""
        return self._short.get(name) or short_name(name, most=self._most)

    def back(self, name: str) -> str:
        return self._long.get(name, name)

    def faults(self, *, at: str) -> list[Fault]:
        """A fault when two tools would have the same name after shortening."""
        if len(self._long) == len(self._short):
            return []
        return [Fault(at, f"two names that are the same where a name has {self._most} characters; rename one")]


def short_name(name: str, *, most: int) -> str:
    """The name itself where it may be said; else as much of it as there is room for, and a digest of all of it."""
    allowed = _OTHER.sub("_", name)
    if allowed == name and 0 < len(name) <= most:
        return name
    return f"{allowed[: most - _DIGEST - 1]}_{_digest(name)[:_DIGEST]}"


def short_id(value: str, *, most: int) -> str:
    """The id of a call; the same for the call and for its result."""
    if 0 < len(value) <= most and _OTHER.search(value) is None:
        return value
    return f"call_{_digest(value)[: most - 5]}"


def short_user(value: str, *, most: int) -> str:
    """Whoever it names, it names nobody else."""
    return value if len(value) <= most else _digest(value)[:most]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
