"""One limit for bodies: it counts what comes, whatever the sender has declared."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from foundation.domain.errors import PayloadTooLarge
from foundation.http.request_limits import BodyLimit

LIMIT = BodyLimit(8, "send less")


def sending(*parts: bytes, leaves: bool = False) -> Callable[[], Awaitable[dict[str, Any]]]:
    last = len(parts) - (0 if leaves else 1)
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": at < last} for at, part in enumerate(parts)
    ]
    messages += [{"type": "http.disconnect"}] if leaves else []
    coming = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(coming)

    return receive


@pytest.mark.parametrize("parts", [(b"",), (b"12345678",), (b"123", b"", b"45678")])
async def test_a_body_within_the_limit_is_read_whole(parts: tuple[bytes, ...]) -> None:
    assert await LIMIT.read(sending(*parts)) == b"".join(parts)


@pytest.mark.parametrize(("parts", "declared"), [((b"123456789",), None), ((b"1234", b"56789"), None), ((b"123",), 2)])
async def test_a_body_above_the_limit_or_its_declared_length_is_refused(
    parts: tuple[bytes, ...], declared: int | None
) -> None:
    with pytest.raises(PayloadTooLarge, match="over the limit of 8 bytes") as refused:
        await LIMIT.read(sending(*parts), declared=declared)
    assert refused.value.remedy == "send less"


async def test_a_declared_length_does_not_raise_the_limit() -> None:
    with pytest.raises(PayloadTooLarge):
        await LIMIT.read(sending(b"123456789"), declared=100)


async def test_a_sender_that_leaves_has_sent_nothing() -> None:
    assert await LIMIT.read(sending(b"123", leaves=True)) is None
