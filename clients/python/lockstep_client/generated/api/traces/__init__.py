"""The calls of traces."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.problem import Problem
from ...models.tenant_trace_page import TenantTracePage
from ...models.trace_page import TracePage
from ...types import UNSET, Unset
from . import (
    get_run_trace,
    get_trace,
)


class TracesCalls:
    """The calls of traces; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_run_trace(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 200,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TracePage:
        """What all services did for a run and for those below it, span by span, oldest first

        Args:
            run_id (UUID):
            limit (int | Unset): spans a page Default: 200.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_run_trace.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )

    def get_trace(
        self,
        trace_id: str,
        *,
        limit: int | Unset = 200,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TenantTracePage:
        """Spans of one trace, oldest first: the tenant's own, or for operators all, without tenants' words

        Args:
            trace_id (str): as `trace_id` of a run, an error or a log line
            limit (int | Unset): spans a page Default: 200.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return self._caller.send(
            get_trace.call(
                trace_id=trace_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )


class AsyncTracesCalls:
    """The calls of traces; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def get_run_trace(
        self,
        run_id: UUID,
        *,
        limit: int | Unset = 200,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TracePage:
        """What all services did for a run and for those below it, span by span, oldest first

        Args:
            run_id (UUID):
            limit (int | Unset): spans a page Default: 200.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_run_trace.call(
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )

    async def get_trace(
        self,
        trace_id: str,
        *,
        limit: int | Unset = 200,
        cursor: str | Unset = UNSET,
        break_glass_access: UUID | Unset = UNSET,
    ) -> TenantTracePage:
        """Spans of one trace, oldest first: the tenant's own, or for operators all, without tenants' words

        Args:
            trace_id (str): as `trace_id` of a run, an error or a log line
            limit (int | Unset): spans a page Default: 200.
            cursor (str | Unset): `next_cursor` of the page before
            break_glass_access (UUID | Unset): of an operator: the id of the access by which the
                tenant's is read
        """
        return await self._caller.send(
            get_trace.call(
                trace_id=trace_id,
                limit=limit,
                cursor=cursor,
                break_glass_access=break_glass_access,
            )
        )
