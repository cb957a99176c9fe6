"""The local references of an OpenAPI document, followed within bounds. Nothing outside of the document is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.domain.words.quoting import quoted

MOST_STEPS = 16
"""References that lead to each other before one counts as a circle."""


class DocumentFault(Exception):
    """A place of the document that cannot be taken, and why; `whole` says that it speaks against all of it."""

    def __init__(self, at: Sequence[str | int], reason: str, *, whole: bool = False) -> None:
        super().__init__(reason)
        self.pointer = pointer_of(at)
        self.reason = reason
        self.whole = whole


def component(reference: Any, at: Sequence[str | int]) -> tuple[str, str]:
    """The kind and the name of the component that a reference names. Raises `DocumentFault` for any other."""
    parts = reference.split("/") if isinstance(reference, str) else []
    if len(parts) != 4 or parts[:2] != ["#", "components"] or not all(parts[2:]):  # noqa: PLR2004
        what = quoted(reference[:200]) if isinstance(reference, str) else "what stands here"
        raise DocumentFault(
            at, f"{what} is not read: a reference names #/components/<kind>/<name> of this document", whole=True
        )
    return parts[2], parts[3].replace("~1", "/").replace("~0", "~")


class Components:
    """What a document has below `/components`."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        found = document.get("components")
        self._all = found if isinstance(found, Mapping) else {}

    def get(self, kind: str, name: str, at: Sequence[str | int]) -> Any:
        """Raises `DocumentFault` where there is none."""
        of_kind = self._all.get(kind)
        if not isinstance(of_kind, Mapping) or name not in of_kind:
            raise DocumentFault(at, f"there is no #/components/{kind[:50]}/{name[:100]}")
        return of_kind[name]

    def resolved(self, value: Any, at: Sequence[str | int]) -> Mapping[str, Any]:
        """The object itself, or the one that its reference leads to. Raises `DocumentFault`."""
        for _ in range(MOST_STEPS):
            if not isinstance(value, Mapping):
                raise DocumentFault(at, "an object is needed here")
            if "$ref" not in value:
                return value
            value = self.get(*component(value["$ref"], (*at, "$ref")), (*at, "$ref"))
        raise DocumentFault((*at, "$ref"), "the reference leads to itself, or through more than 16 others", whole=True)
