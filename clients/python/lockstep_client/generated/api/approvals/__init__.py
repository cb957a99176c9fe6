"""The calls of approvals."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.approval_status import ApprovalStatus
from ...models.approval_view import ApprovalView
from ...models.list_approvals_fields_item import ListApprovalsFieldsItem
from ...models.new_decision import NewDecision
from ...models.page_listed_approval import PageListedApproval
from ...models.problem import Problem
from ...models.requested_at_order import RequestedAtOrder
from ...types import UNSET, Unset
from . import (
    decide_approval,
    get_approval,
    list_approvals,
)


class ApprovalsCalls:
    """The calls of approvals; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_approvals(
        self,
        *,
        status: ApprovalStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: RequestedAtOrder | Unset = UNSET,
        fields: list[ListApprovalsFieldsItem] | Unset = UNSET,
    ) -> PageListedApproval:
        """Requests for approval, newest first

        Args:
            status (ApprovalStatus | Unset): `expired` whatever the expiry meant; `cancelled` when the
                step ended in another way.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `message`, `form`, `data`,
                `call` is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (RequestedAtOrder | Unset): By requested_at; with `-` before it, from the last on.
            fields (list[ListApprovalsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_approvals.call(
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_approval(
        self,
        approval_id: UUID,
    ) -> ApprovalView:
        """A request for approval

        Args:
            approval_id (UUID):
        """
        return self._caller.send(
            get_approval.call(
                approval_id=approval_id,
            )
        )

    def decide_approval(
        self,
        approval_id: UUID,
        *,
        body: NewDecision,
        if_match: str | Unset = UNSET,
    ) -> ApprovalView:
        """Decide a request, once

        Args:
            approval_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewDecision): What somebody says to a request; `data` is asked for by the request's
                form, and by nothing else.
        """
        return self._caller.send(
            decide_approval.call(
                approval_id=approval_id,
                body=body,
                if_match=if_match,
            )
        )


class AsyncApprovalsCalls:
    """The calls of approvals; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_approvals(
        self,
        *,
        status: ApprovalStatus | Unset = UNSET,
        run_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: RequestedAtOrder | Unset = UNSET,
        fields: list[ListApprovalsFieldsItem] | Unset = UNSET,
    ) -> PageListedApproval:
        """Requests for approval, newest first

        Args:
            status (ApprovalStatus | Unset): `expired` whatever the expiry meant; `cancelled` when the
                step ended in another way.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page; fewer where what is shown of `message`, `form`, `data`,
                `call` is large: a page has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (RequestedAtOrder | Unset): By requested_at; with `-` before it, from the last on.
            fields (list[ListApprovalsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_approvals.call(
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_approval(
        self,
        approval_id: UUID,
    ) -> ApprovalView:
        """A request for approval

        Args:
            approval_id (UUID):
        """
        return await self._caller.send(
            get_approval.call(
                approval_id=approval_id,
            )
        )

    async def decide_approval(
        self,
        approval_id: UUID,
        *,
        body: NewDecision,
        if_match: str | Unset = UNSET,
    ) -> ApprovalView:
        """Decide a request, once

        Args:
            approval_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewDecision): What somebody says to a request; `data` is asked for by the request's
                form, and by nothing else.
        """
        return await self._caller.send(
            decide_approval.call(
                approval_id=approval_id,
                body=body,
                if_match=if_match,
            )
        )
