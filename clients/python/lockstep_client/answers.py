"""An answer with what stands beside its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a call gives, and the status and headers that it came with."""

    value: T
    status: int
    headers: Mapping[str, str]

    @property
    def etag(self) -> str | None:
        """For `if_match` of the call that changes what was read."""
        return self.headers.get("etag")
