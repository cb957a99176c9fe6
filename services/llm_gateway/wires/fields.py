"""The fields of a request as its caller wrote them: which are listed, and which may have one value only."""

import msgspec

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.wires.allow_lists import not_covered, refused

_SPACE = b" \t\r\n"


def field_bytes(fields: dict[str, msgspec.Raw], name: str) -> bytes:
    """A field as the request has it; empty when it is absent."""
    return bytes(fields[name]) if name in fields else b""


def find_unlisted(fields: dict[str, msgspec.Raw], known: frozenset[str]) -> tuple[str, ...]:
    """The fields that no list has; one that is null asks for nothing, and is passed over."""
    if fields.keys() <= known:
        return ()
    return tuple(name for name, value in fields.items() if name not in known and bytes(value) != b"null")


def check_free_values(
    fields: dict[str, msgspec.Raw], only: dict[str, tuple[frozenset[bytes], str]], faults: list[Fault]
) -> None:
    """A fault for each of these fields that has another value than those that cost nothing."""
    for name, (free, why) in only.items():
        if name in fields and bytes(fields[name]).translate(None, _SPACE) not in free | {b"null"}:
            faults.append(Fault(f"/{name}", f"not supported: {why}"))


def refuse_unlisted(names: tuple[str, ...]) -> BadRequest:
    """What the caller is told of fields that no bound covers."""
    instead = "leave it out, or let the provider's table in gateway.toml declare it in `fields`"
    return refused([not_covered(f"/{name}", f"the field {name!r}", instead=instead) for name in names])
