"""An answer that is sent while it is still being made."""

from collections.abc import AsyncIterator


async def begun(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same once its first part is there, so that what goes wrong before is still an answer with its status."""
    first = await anext(body)

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for part in body:
            yield part

    return whole()
