"""The port behind Redis: a script runs whole, on its keys and arguments, and answers its caller."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Argument = str | int


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text, and the digest by which Redis knows it."""

    source: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest())


class ScriptRunner(Protocol):
    """Redis as the scripts need it."""

    async def run(self, script: Script, *, script_keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """The script's answer; a `RedisError` when it is not known whether it ran."""
        ...
