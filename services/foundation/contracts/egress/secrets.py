"""A secret as a task uses it: which one, to which host, in which header, and how the header is written.

The value is in none of it. What a job carries of it is sealed (`sealing`) until its proxy writes the header.
"""

import base64
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.egress.hosts import MAX_HOST, is_host
from foundation.contracts.message import Message

MAX_SECRETS = 20
"""Of one task."""
MAX_VALUE = 8192
MAX_SEALED = 32 * 1024
VALUE, BASE64 = "{value}", "{base64}"
"""What a format has in the place of the value, or of its base64 (RFC 7617 has `user:password` in that form)."""

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PRINTABLE = re.compile(r"[ -~]+")
_NOT_OURS = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade"),
        *("expect", "content-type", "content-encoding", "range"),
    }
)
"""Headers that say where a request ends, whom it reaches or how its body is read."""


def _host(text: str) -> str:
    lowered = text.lower()
    if is_host(lowered.removesuffix(".")) and lowered.endswith("."):
        raise ValueError("leave out the dot at the end of the host")
    if not is_host(lowered):
        raise ValueError("write one whole host, such as api.example.com: a secret goes to no pattern of hosts")
    return lowered


def _header(text: str) -> str:
    lowered = text.lower()
    if not _HEADER.fullmatch(text) or lowered in _NOT_OURS or lowered.startswith("proxy-"):
        raise ValueError("write the name of a header that carries a credential, such as authorization or x-api-key")
    return lowered


def _format(text: str) -> str:
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("write printable ASCII, as a header carries it")
    if text.count(VALUE) + text.count(BASE64) != 1 or re.search(r"[{}]", text.replace(VALUE, "").replace(BASE64, "")):
        raise ValueError(
            f"write {VALUE} where the value stands, once, or {BASE64} for its base64; no other braces stand in it"
        )
    return text


_NAME_FORM = r"[a-z][a-z0-9_-]{0,62}"
_VALUE_FORM = r"[!-~]([ -~]*[!-~])?"

SecretName = Annotated[
    str,
    Field(description="by which tasks name the secret"),
    WrittenAs(
        _NAME_FORM,
        "a secret's name begins with a letter from a to z and has such letters, digits, _ and -, 63 in all",
    ),
]
SecretValue = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_VALUE,
        description="printable ASCII, as a header carries it; no blank around it",
    ),
    WrittenAs(_VALUE_FORM, "a secret's value is printable ASCII, as a header carries it, without blanks at its ends"),
]


class TaskSecret(Message):
    """One secret of the tenant's in one header of every request that a task's jobs make to one host."""

    name: SecretName
    host: Annotated[str, Field(max_length=MAX_HOST), AfterValidator(_host)]
    header: Annotated[str, Field(max_length=100), AfterValidator(_header)] = "authorization"
    format: Annotated[str, Field(max_length=200), AfterValidator(_format)] = f"Bearer {VALUE}"

    def text(self, value: str) -> str:
        """The header's text with the secret in it."""
        encoded = base64.b64encode(value.encode()).decode()
        return self.format.replace(VALUE, value) if VALUE in self.format else self.format.replace(BASE64, encoded)


class SealedSecret(TaskSecret):
    """The same on its way to the proxy, with its value closed to everybody who passes it on."""

    sealed: str = Field(max_length=MAX_SEALED, repr=False)


def doubled(secrets: list[TaskSecret]) -> list[int]:
    """The places of those that would write a header which one before them writes already."""
    seen: set[tuple[str, str]] = set()
    places = []
    for place, secret in enumerate(secrets):
        if (secret.host, secret.header) in seen:
            places.append(place)
        seen.add((secret.host, secret.header))
    return places
