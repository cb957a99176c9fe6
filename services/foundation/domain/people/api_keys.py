"""The text of an API key, and the only thing that is stored of it: its keyed hash."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

KEY_PREFIX = "lsk_"
_PEPPER_AT_LEAST = 32
_KNOWN_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class KeyDigest:
    """A key's hash, and the pepper that it was made with; None for keys of before there was one."""

    hash: bytes
    pepper: str | None


@dataclass(frozen=True, slots=True)
class Peppers:
    """The secrets with which keys are hashed: the current one makes new hashes, and of the other there still are some.

    Who has the database alone can then not even try whether a key is the right one.
    """

    current: str
    known: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Peppers":
        """Of `{"current": "<name>", "peppers": {"<name>": "<32 bytes in base64>"}}`; ValueError for anything else."""
        try:
            document = json.loads(text)
            known = {str(name): base64.b64decode(value, validate=True) for name, value in document["peppers"].items()}
            current = str(document["current"])
        except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
            raise ValueError("the peppers of API keys are not in their form") from error
        if (
            current not in known
            or len(known) > _KNOWN_AT_ONCE
            or any(len(one) < _PEPPER_AT_LEAST for one in known.values())
        ):
            raise ValueError(
                f"one or two peppers of at least {_PEPPER_AT_LEAST} bytes, of which one is the current one"
            )
        return cls(current, known)

    def digest(self, key: str) -> KeyDigest:
        """As a key is stored from now on."""
        return self._digest(key, self.current)

    def candidates(self, key: str) -> list[KeyDigest]:
        """As the key may be stored, the likeliest first."""
        others = [name for name in self.known if name != self.current]
        plain = KeyDigest(hashlib.sha256(key.encode()).digest(), None)
        return [self.digest(key), *(self._digest(key, name) for name in others), plain]

    def _digest(self, key: str, name: str) -> KeyDigest:
        return KeyDigest(hmac.digest(self.known[name], key.encode(), "sha256"), name)


def new_key() -> str:
    """A key that nobody can guess: 256 bits of chance."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def hint_of(key: str) -> str:
    """By which its owner recognises a key in a list: the first and the last four characters of its random part."""
    random = key.removeprefix(KEY_PREFIX)
    return f"{KEY_PREFIX}{random[:4]}…{random[-4:]}"
