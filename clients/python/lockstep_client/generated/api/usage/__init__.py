"""The calls of usage."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.dimension import Dimension
from ...models.monthly_statement import MonthlyStatement
from ...models.page_statement_summary import PageStatementSummary
from ...models.problem import Problem
from ...models.request_usage import RequestUsage
from ...models.statement_format import StatementFormat
from ...models.usage_format import UsageFormat
from ...models.usage_page import UsagePage
from ...types import UNSET, Unset
from . import (
    get_statement,
    get_usage,
    get_usage_of_request,
    list_statements,
)


class UsageCalls:
    """The calls of usage; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_usage(
        self,
        *,
        group_by: list[Dimension],
        format_: UsageFormat | Unset = UNSET,
        from_: datetime.date | Unset = UNSET,
        to: datetime.date | Unset = UNSET,
        user_id: UUID | Unset = UNSET,
        api_key_id: UUID | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        task_id: UUID | Unset = UNSET,
        provider: str | Unset = UNSET,
        model: str | Unset = UNSET,
        route: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> UsagePage:
        """Cost and tokens of some days, by up to three dimensions, in pages or as CSV

        Args:
            group_by (list[Dimension]): one to three, in order
            format_ (UsageFormat | Unset): What usage is told as: a page, or a file of all groups.
            from_ (datetime.date | Unset): the first day; a month before `to` when left out
            to (datetime.date | Unset): the last day; today, where the tenant is, when left out
            user_id (UUID | Unset):
            api_key_id (UUID | Unset):
            run_id (UUID | Unset):
            task_id (UUID | Unset):
            provider (str | Unset):
            model (str | Unset):
            route (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            get_usage.call(
                group_by=group_by,
                format_=format_,
                from_=from_,
                to=to,
                user_id=user_id,
                api_key_id=api_key_id,
                run_id=run_id,
                task_id=task_id,
                provider=provider,
                model=model,
                route=route,
                limit=limit,
                cursor=cursor,
            )
        )

    def get_usage_of_request(
        self,
        request_id: UUID,
    ) -> RequestUsage:
        """All attempts of one request, with what was corrected later

        Args:
            request_id (UUID):
        """
        return self._caller.send(
            get_usage_of_request.call(
                request_id=request_id,
            )
        )

    def list_statements(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageStatementSummary:
        """The months in which there was usage, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_statements.call(
                limit=limit,
                cursor=cursor,
            )
        )

    def get_statement(
        self,
        month: str,
        *,
        format_: StatementFormat | Unset = UNSET,
    ) -> MonthlyStatement:
        """What a month cost, by model, task, user and day, as JSON or as PDF

        Args:
            month (str): such as 2026-11
            format_ (StatementFormat | Unset): What a statement is written as.
        """
        return self._caller.send(
            get_statement.call(
                month=month,
                format_=format_,
            )
        )


class AsyncUsageCalls:
    """The calls of usage; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def get_usage(
        self,
        *,
        group_by: list[Dimension],
        format_: UsageFormat | Unset = UNSET,
        from_: datetime.date | Unset = UNSET,
        to: datetime.date | Unset = UNSET,
        user_id: UUID | Unset = UNSET,
        api_key_id: UUID | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        task_id: UUID | Unset = UNSET,
        provider: str | Unset = UNSET,
        model: str | Unset = UNSET,
        route: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> UsagePage:
        """Cost and tokens of some days, by up to three dimensions, in pages or as CSV

        Args:
            group_by (list[Dimension]): one to three, in order
            format_ (UsageFormat | Unset): What usage is told as: a page, or a file of all groups.
            from_ (datetime.date | Unset): the first day; a month before `to` when left out
            to (datetime.date | Unset): the last day; today, where the tenant is, when left out
            user_id (UUID | Unset):
            api_key_id (UUID | Unset):
            run_id (UUID | Unset):
            task_id (UUID | Unset):
            provider (str | Unset):
            model (str | Unset):
            route (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            get_usage.call(
                group_by=group_by,
                format_=format_,
                from_=from_,
                to=to,
                user_id=user_id,
                api_key_id=api_key_id,
                run_id=run_id,
                task_id=task_id,
                provider=provider,
                model=model,
                route=route,
                limit=limit,
                cursor=cursor,
            )
        )

    async def get_usage_of_request(
        self,
        request_id: UUID,
    ) -> RequestUsage:
        """All attempts of one request, with what was corrected later

        Args:
            request_id (UUID):
        """
        return await self._caller.send(
            get_usage_of_request.call(
                request_id=request_id,
            )
        )

    async def list_statements(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageStatementSummary:
        """The months in which there was usage, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_statements.call(
                limit=limit,
                cursor=cursor,
            )
        )

    async def get_statement(
        self,
        month: str,
        *,
        format_: StatementFormat | Unset = UNSET,
    ) -> MonthlyStatement:
        """What a month cost, by model, task, user and day, as JSON or as PDF

        Args:
            month (str): such as 2026-11
            format_ (StatementFormat | Unset): What a statement is written as.
        """
        return await self._caller.send(
            get_statement.call(
                month=month,
                format_=format_,
            )
        )
