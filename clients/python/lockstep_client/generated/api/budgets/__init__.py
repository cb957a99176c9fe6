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
from ...models.list_budget_warnings_fields_item import ListBudgetWarningsFieldsItem
from ...models.list_budgets_fields_item import ListBudgetsFieldsItem
from ...models.new_budget import NewBudget
from ...models.page_listed_standing_budget import PageListedStandingBudget
from ...models.page_listed_warning import PageListedWarning
from ...models.problem import Problem
from ...models.scope_order import ScopeOrder
from ...models.standing_budget import StandingBudget
from ...models.warned_at_order import WarnedAtOrder
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
        sort: ScopeOrder | Unset = UNSET,
        fields: list[ListBudgetsFieldsItem] | Unset = UNSET,
    ) -> PageListedStandingBudget:
        """The tenant's budgets, with what is committed and left now

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ScopeOrder | Unset): By scope; with `-` before it, from the last on.
            fields (list[ListBudgetsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `scope` and `scope_id` and
                `period` are always among them. Without it all
        """
        return self._caller.send(
            list_budgets.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
        beside_keys: bool | Unset = False,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> BudgetView:
        """Create or replace a budget; gateways hold to it within five seconds

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            beside_keys (bool | Unset): true: also where keys then spend beside the budget of a key
                that has made or rotated them Default: False.
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewBudget): At least one limit; 0 admits nothing. `window_seconds` is for rolling
                budgets, which need it.
        """
        return self._caller.send(
            put_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                body=body,
                beside_keys=beside_keys,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        beside_keys: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a budget: it limits nothing any more

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            beside_keys (bool | Unset): true: also where keys then spend beside the budget of a key
                that has made or rotated them Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                beside_keys=beside_keys,
                if_match=if_match,
            )
        )

    def list_budget_warnings(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: WarnedAtOrder | Unset = UNSET,
        fields: list[ListBudgetWarningsFieldsItem] | Unset = UNSET,
    ) -> PageListedWarning:
        """Budgets of which four fifths were spent, newest first: once a scope and window

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (WarnedAtOrder | Unset): By warned_at; with `-` before it, from the last on.
            fields (list[ListBudgetWarningsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `scope` and
                `scope_id` and `period` and `window` are always among them. Without it all
        """
        return self._caller.send(
            list_budget_warnings.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> BudgetPolicy:
        """Replace the policy; what is null or left out is as shipped

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (BudgetPolicy): Members of a tenant's settings; null means the default: strict
                bounds, and no call is admitted without Redis.
        """
        return self._caller.send(
            put_budget_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_budget_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped policy

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_budget_policy.call(
                if_match=if_match,
            )
        )


class AsyncBudgetsCalls:
    """The calls of budgets; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_budgets(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: ScopeOrder | Unset = UNSET,
        fields: list[ListBudgetsFieldsItem] | Unset = UNSET,
    ) -> PageListedStandingBudget:
        """The tenant's budgets, with what is committed and left now

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (ScopeOrder | Unset): By scope; with `-` before it, from the last on.
            fields (list[ListBudgetsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `scope` and `scope_id` and
                `period` are always among them. Without it all
        """
        return await self._caller.send(
            list_budgets.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
        beside_keys: bool | Unset = False,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> BudgetView:
        """Create or replace a budget; gateways hold to it within five seconds

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            beside_keys (bool | Unset): true: also where keys then spend beside the budget of a key
                that has made or rotated them Default: False.
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewBudget): At least one limit; 0 admits nothing. `window_seconds` is for rolling
                budgets, which need it.
        """
        return await self._caller.send(
            put_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                body=body,
                beside_keys=beside_keys,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_budget(
        self,
        scope: BudgetScope,
        scope_id: UUID,
        period: BudgetPeriod,
        *,
        beside_keys: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a budget: it limits nothing any more

        Args:
            scope (BudgetScope): The scopes that outlast a run.
            scope_id (UUID):
            period (BudgetPeriod): A day or month of the tenant's calendar, all time, or any interval
                of a given width.
            beside_keys (bool | Unset): true: also where keys then spend beside the budget of a key
                that has made or rotated them Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_budget.call(
                scope=scope,
                scope_id=scope_id,
                period=period,
                beside_keys=beside_keys,
                if_match=if_match,
            )
        )

    async def list_budget_warnings(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: WarnedAtOrder | Unset = UNSET,
        fields: list[ListBudgetWarningsFieldsItem] | Unset = UNSET,
    ) -> PageListedWarning:
        """Budgets of which four fifths were spent, newest first: once a scope and window

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (WarnedAtOrder | Unset): By warned_at; with `-` before it, from the last on.
            fields (list[ListBudgetWarningsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `scope` and
                `scope_id` and `period` and `window` are always among them. Without it all
        """
        return await self._caller.send(
            list_budget_warnings.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
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
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> BudgetPolicy:
        """Replace the policy; what is null or left out is as shipped

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (BudgetPolicy): Members of a tenant's settings; null means the default: strict
                bounds, and no call is admitted without Redis.
        """
        return await self._caller.send(
            put_budget_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_budget_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped policy

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_budget_policy.call(
                if_match=if_match,
            )
        )
