"""One call of the API as data, and what can send it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import httpx

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request that was not sent yet, and how its answer is read.

    `keyed` says that it takes an `Idempotency-Key`: with one, it may be sent again and is done once.
    """

    method: str
    url: str
    parse: Callable[[httpx.Response], T]
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    keyed: bool = False


class Caller(Protocol):
    """Sends a call, and waits for its answer."""

    def send(self, call: Call[T]) -> T: ...


class AsyncCaller(Protocol):
    """Sends a call, and is awaited for its answer."""

    async def send(self, call: Call[T]) -> T: ...
