"""The calls of budgets."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.budget_list import BudgetList
from ...models.budget_period import BudgetPeriod
from ...models.budget_policy import BudgetPolicy
from ...models.budget_scope import BudgetScope
from ...models.budget_view import BudgetView
from ...models.new_budget import NewBudget
from ...models.page_standing_budget import PageStandingBudget
from ...models.page_warning_view import PageWarningView
from ...models.problem import Problem
from ...models.standing_budget import StandingBudget
from ...types import UNSET, Unset
from . import (
    delete_budget,
    delete_budget_policy,
    get_budget,
    get_budget_policy,
    list_budget_warnings,
    list_budgets,
    list_budgets_of_scope,
    put_budget,
    put_budget_policy,
)


class BudgetsCalls:
    """The calls of budgets; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_budgets(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageStandingBudget:
        """The tenant's budgets, with what is committed, app and left now

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_budgets.call(
                limit=limit,
                cursor=cursor,
            )
        )

    def list_budgets_of_scope(
        self,
        scope: BudgetScope,
        scope_id: UUID,
    ) -> BudgetList:
        """The budgets of the tenant, of one user or of one key

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
        """
        return self._caller.send(
            list_budgets_of_scope.call(
                scope=scope,
                scope_id=scope_id,
            )
        )

    def get_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
    ) -> StandingBudget:
        """One budget

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
        """
        return self._caller.send(
            get_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
            )
        )

    def put_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        body: NewBudget,
        if_match: str | Unset = UNSET,
    ) -> BudgetView:
        """Create or replace a budget; gateways hold to it within five seconds

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            if_match (str | Unset): the ETag that you have seen
            body (NewBudget): At least one limit; 0 admits nothing. `window_seconds` is for rolling
                budgets, which need it.
        """
        return self._caller.send(
            put_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                body=body,
                if_match=if_match,
            )
        )

    def delete_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a budget: it limits nothing any more

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            if_match (str | Unset): the ETag that you have seen
        """
        return self._caller.send(
            delete_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                if_match=if_match,
            )
        )

    def list_budget_warnings(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageWarningView:
        """Budgets of which four fifths were spent, newest first: once a scope and window

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_budget_warnings.call(
                limit=limit,
                cursor=cursor,
            )
        )

    def get_budget_policy(
        self,
    ) -> BudgetPolicy:
        """How calls are bounded, and what holds while budgets cannot be checked"""
        return self._caller.send(get_budget_policy.call())

    def put_budget_policy(
        self,
        *,
        body: BudgetPolicy,
    ) -> BudgetPolicy:
        """Replace the policy; what is null or left out is as shipped

        Args:
            body (BudgetPolicy): Members of a tenant's settings; null means the default: strict
                bounds, and no call is admitted without Redis.
        """
        return self._caller.send(
            put_budget_policy.call(
                body=body,
            )
        )

    def delete_budget_policy(
        self,
    ) -> None:
        """Go back to the shipped policy"""
        return self._caller.send(delete_budget_policy.call())


class AsyncBudgetsCalls:
    """The calls of budgets; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_budgets(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageStandingBudget:
        """The tenant's budgets, with what is committed, app and left now

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_budgets.call(
                limit=limit,
                cursor=cursor,
            )
        )

    async def list_budgets_of_scope(
        self,
        scope: BudgetScope,
        scope_id: UUID,
    ) -> BudgetList:
        """The budgets of the tenant, of one user or of one key

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
        """
        return await self._caller.send(
            list_budgets_of_scope.call(
                scope=scope,
                scope_id=scope_id,
            )
        )

    async def get_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
    ) -> StandingBudget:
        """One budget

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
        """
        return await self._caller.send(
            get_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
            )
        )

    async def put_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        body: NewBudget,
        if_match: str | Unset = UNSET,
    ) -> BudgetView:
        """Create or replace a budget; gateways hold to it within five seconds

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            if_match (str | Unset): the ETag that you have seen
            body (NewBudget): At least one limit; 0 admits nothing. `window_seconds` is for rolling
                budgets, which need it.
        """
        return await self._caller.send(
            put_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                body=body,
                if_match=if_match,
            )
        )

    async def delete_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a budget: it limits nothing any more

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            if_match (str | Unset): the ETag that you have seen
        """
        return await self._caller.send(
            delete_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                if_match=if_match,
            )
        )

    async def list_budget_warnings(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> PageWarningView:
        """Budgets of which four fifths were spent, newest first: once a scope and window

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_budget_warnings.call(
                limit=limit,
                cursor=cursor,
            )
        )

    async def get_budget_policy(
        self,
    ) -> BudgetPolicy:
        """How calls are bounded, and what holds while budgets cannot be checked"""
        return await self._caller.send(get_budget_policy.call())

    async def put_budget_policy(
        self,
        *,
        body: BudgetPolicy,
    ) -> BudgetPolicy:
        """Replace the policy; what is null or left out is as shipped

        Args:
            body (BudgetPolicy): Members of a tenant's settings; null means the default: strict
                bounds, and no call is admitted without Redis.
        """
        return await self._caller.send(
            put_budget_policy.call(
                body=body,
            )
        )

    async def delete_budget_policy(
        self,
    ) -> None:
        """Go back to the shipped policy"""
        return await self._caller.send(delete_budget_policy.call())
