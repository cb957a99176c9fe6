"""The calls of approvals."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.approval_status import ApprovalStatus
from ...models.approval_view import ApprovalView
from ...models.new_decision import NewDecision
from ...models.page_approval_view import PageApprovalView
from ...models.problem import Problem
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
    ) -> PageApprovalView:
        """Requests for approval, newest first

        Args:
            status (ApprovalStatus | Unset): `expired` whatever the expiry meant; `cancelled` when the
                step ended in another way.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            list_approvals.call(
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
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
            if_match (str | Unset): the ETag that you have seen
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
    ) -> PageApprovalView:
        """Requests for approval, newest first

        Args:
            status (ApprovalStatus | Unset): `expired` whatever the expiry meant; `cancelled` when the
                step ended in another way.
            run_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            list_approvals.call(
                status=status,
                run_id=run_id,
                limit=limit,
                cursor=cursor,
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
            if_match (str | Unset): the ETag that you have seen
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
