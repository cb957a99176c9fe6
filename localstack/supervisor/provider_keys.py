"""Where the gateway's files say that the providers' keys are: by environment variable, and in which secret."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from supervisor.errors import SupervisorError


def key_references(files: Iterable[Path]) -> dict[str, str | None]:
    """By the variable that a provider's table names (`key = { env = …, secret = … }`), the secret beside it."""
    references: dict[str, str | None] = {}
    for file in files:
        try:
            providers = tomllib.loads(file.read_text(encoding="utf-8")).get("providers", {})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SupervisorError(f"{file}: {error}") from error
        for provider in providers.values():
            # Only the gateway checks its files; what has another form here is refused there, with its line.
            match provider:
                case {"key": {"env": str(name), **others}}:
                    secret = others.get("secret")
                    references[name] = secret if isinstance(secret, str) else None
    return references
