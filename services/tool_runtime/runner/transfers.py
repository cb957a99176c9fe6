"""Requests to presigned addresses: what their failures mean, and which of them are tried again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import stamina


class TransferFailed(Exception):
    """A file was not transferred. `passing`: the object store was away, so the same transfer may succeed later."""

    def __init__(self, trouble: str, *, passing: bool) -> None:
        super().__init__(trouble)
        self.passing = passing


def _may_pass(error: Exception) -> bool:
    return isinstance(error, TransferFailed) and error.passing


with_tries = stamina.retry(on=_may_pass, attempts=3, timeout=None, wait_initial=0.2)
"""Decorates one transfer: it is tried three times, with growing pauses, while its failure may pass."""


@asynccontextmanager
async def transport_failures() -> AsyncIterator[None]:
    """Within it, a connection that breaks is a `TransferFailed` that may pass."""
    try:
        yield
    except httpx.TransportError as error:
        raise TransferFailed(type(error).__name__, passing=True) from error


def check_status(response: httpx.Response) -> None:
    """Raises `TransferFailed` unless the store answered with a 2xx; only a 5xx may pass."""
    if not response.is_success:
        raise TransferFailed(f"HTTP {response.status_code}", passing=response.is_server_error)
