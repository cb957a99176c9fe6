"""The calls of events."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.page_run_event_view import PageRunEventView
from ...models.problem import Problem
from ...types import UNSET, Unset
from . import (
    list_run_events,
    list_tenant_events,
)


class EventsCalls:
    """The calls of events; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_run_events(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 100,
        cursor: str | Unset = UNSET,
        last_event_id: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageRunEventView | None:
        """What happened in a run and in those below it, as a page or as a stream

        Args:
            run_id (UUID):
            limit (int | Unset): events a page; fewer where they are large Default: 100.
            cursor (str | Unset): `next_cursor` of the page before
            last_event_id (str | Unset): of a stream: the `id` of the last event that was received; it
                goes on after that
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_run_events.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                last_event_id=last_event_id,
                break_glass_access=break_glass_access,
            )
        )

    def list_tenant_events(
        self,
        *,
        limit: int | Unset = 100,
        cursor: str | Unset = UNSET,
        last_event_id: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageRunEventView:
        """What happened in the tenant, in all its runs and in none, as a page or as a stream

        Args:
            limit (int | Unset): events a page; fewer where they are large Default: 100.
            cursor (str | Unset): `next_cursor` of the page before
            last_event_id (str | Unset): of a stream: the `id` of the last event that was received; it
                goes on after that
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            list_tenant_events.call(
                limit=limit,
                cursor=cursor,
                last_event_id=last_event_id,
                break_glass_access=break_glass_access,
            )
        )


class AsyncEventsCalls:
    """The calls of events; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_run_events(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 100,
        cursor: str | Unset = UNSET,
        last_event_id: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageRunEventView | None:
        """What happened in a run and in those below it, as a page or as a stream

        Args:
            run_id (UUID):
            limit (int | Unset): events a page; fewer where they are large Default: 100.
            cursor (str | Unset): `next_cursor` of the page before
            last_event_id (str | Unset): of a stream: the `id` of the last event that was received; it
                goes on after that
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_run_events.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                last_event_id=last_event_id,
                break_glass_access=break_glass_access,
            )
        )

    async def list_tenant_events(
        self,
        *,
        limit: int | Unset = 100,
        cursor: str | Unset = UNSET,
        last_event_id: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> PageRunEventView:
        """What happened in the tenant, in all its runs and in none, as a page or as a stream

        Args:
            limit (int | Unset): events a page; fewer where they are large Default: 100.
            cursor (str | Unset): `next_cursor` of the page before
            last_event_id (str | Unset): of a stream: the `id` of the last event that was received; it
                goes on after that
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            list_tenant_events.call(
                limit=limit,
                cursor=cursor,
                last_event_id=last_event_id,
                break_glass_access=break_glass_access,
            )
        )
