"""The calls of retention."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.kept_list import KeptList
from ...models.problem import Problem
from ...models.retention_policy import RetentionPolicy
from ...types import UNSET, Unset
from . import (
    delete_retention_policy,
    get_retention_policy,
    list_retention,
    put_retention_policy,
)


class RetentionCalls:
    """The calls of retention; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_retention(
        self,
    ) -> KeptList:
        """For how many days after a run's end its content is kept, and whose number that is"""
        return self._caller.send(list_retention.call())

    def get_retention_policy(
        self,
    ) -> RetentionPolicy:
        """The days that the tenant set"""
        return self._caller.send(get_retention_policy.call())

    def put_retention_policy(
        self,
        *,
        body: RetentionPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RetentionPolicy:
        """Replace the tenant's own days, between its bounds; what has expired is removed for good

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RetentionPolicy): Days after the end of a run; None for as long as the run is there.
        """
        return self._caller.send(
            put_retention_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_retention_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the tenant's own days, so that only its bounds hold

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_retention_policy.call(
                if_match=if_match,
            )
        )


class AsyncRetentionCalls:
    """The calls of retention; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_retention(
        self,
    ) -> KeptList:
        """For how many days after a run's end its content is kept, and whose number that is"""
        return await self._caller.send(list_retention.call())

    async def get_retention_policy(
        self,
    ) -> RetentionPolicy:
        """The days that the tenant set"""
        return await self._caller.send(get_retention_policy.call())

    async def put_retention_policy(
        self,
        *,
        body: RetentionPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RetentionPolicy:
        """Replace the tenant's own days, between its bounds; what has expired is removed for good

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RetentionPolicy): Days after the end of a run; None for as long as the run is there.
        """
        return await self._caller.send(
            put_retention_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_retention_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the tenant's own days, so that only its bounds hold

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_retention_policy.call(
                if_match=if_match,
            )
        )
