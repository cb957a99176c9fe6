"""Everything of a list, page by page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

Item_co = TypeVar("Item_co", covariant=True)
Item = TypeVar("Item")
P = ParamSpec("P")


class Page(Protocol[Item_co]):
    """One page of a list; `next_cursor` is None on the last."""

    @property
    def items(self) -> Sequence[Item_co]: ...

    @property
    def next_cursor(self) -> Any: ...


def every(method: Callable[P, Page[Item]], *args: P.args, **kwargs: P.kwargs) -> Iterator[Item]:
    """Each item of a list: `every(client.runs.list_runs, status=RunStatus.FAILED)`.

    The next page is asked for when the last item of the page before was taken. What is added meanwhile may be missed,
    what was there comes once. `limit` is the size of a page, not of the whole.
    """
    more: dict[str, Any] = dict(kwargs)
    while True:
        page = method(*args, **more)
        yield from page.items
        if not page.next_cursor:
            return
        more["cursor"] = page.next_cursor


async def every_async(
    method: Callable[P, Awaitable[Page[Item]]], *args: P.args, **kwargs: P.kwargs
) -> AsyncIterator[Item]:
    """As `every`, of a method of `AsyncClient`."""
    more: dict[str, Any] = dict(kwargs)
    while True:
        page = await method(*args, **more)
        for item in page.items:
            yield item
        if not page.next_cursor:
            return
        more["cursor"] = page.next_cursor
