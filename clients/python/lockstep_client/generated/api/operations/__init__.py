"""The calls of operations."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.alert_list import AlertList
from ...models.breaker import Breaker
from ...models.breaker_list import BreakerList
from ...models.health import Health
from ...models.problem import Problem
from ...models.worker_list import WorkerList
from ...types import UNSET, Unset
from . import (
    get_breaker,
    get_health,
    list_alerts,
    list_breakers,
    list_workers,
    reset_breaker,
)


class OperationsCalls:
    """The calls of operations; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_breakers(
        self,
    ) -> BreakerList:
        """Breakers of the models that the tenant called, or of all, as one gateway has them"""
        return self._caller.send(list_breakers.call())

    def get_breaker(
        self,
        provider: str,
        model: str,
    ) -> Breaker:
        """One breaker

        Args:
            provider (str):
            model (str):
        """
        return self._caller.send(
            get_breaker.call(
                provider=provider,
                model=model,
            )
        )

    def reset_breaker(
        self,
        provider: str,
        model: str,
    ) -> Breaker:
        """Close a breaker, in every gateway; for operators alone

        Args:
            provider (str):
            model (str):
        """
        return self._caller.send(
            reset_breaker.call(
                provider=provider,
                model=model,
            )
        )

    def list_alerts(
        self,
        *,
        limit: int | Unset = 100,
    ) -> AlertList:
        """Alerts of the tenant's calls and changes of its models' breakers, or all; newest first

        Args:
            limit (int | Unset): how many at most Default: 100.
        """
        return self._caller.send(
            list_alerts.call(
                limit=limit,
            )
        )

    def list_workers(
        self,
    ) -> WorkerList:
        """Workers that live: all for operators, those that hold its steps for a tenant's administrators"""
        return self._caller.send(list_workers.call())

    def get_health(
        self,
    ) -> Health:
        """The service and each thing that it stands on"""
        return self._caller.send(get_health.call())


class AsyncOperationsCalls:
    """The calls of operations; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_breakers(
        self,
    ) -> BreakerList:
        """Breakers of the models that the tenant called, or of all, as one gateway has them"""
        return await self._caller.send(list_breakers.call())

    async def get_breaker(
        self,
        provider: str,
        model: str,
    ) -> Breaker:
        """One breaker

        Args:
            provider (str):
            model (str):
        """
        return await self._caller.send(
            get_breaker.call(
                provider=provider,
                model=model,
            )
        )

    async def reset_breaker(
        self,
        provider: str,
        model: str,
    ) -> Breaker:
        """Close a breaker, in every gateway; for operators alone

        Args:
            provider (str):
            model (str):
        """
        return await self._caller.send(
            reset_breaker.call(
                provider=provider,
                model=model,
            )
        )

    async def list_alerts(
        self,
        *,
        limit: int | Unset = 100,
    ) -> AlertList:
        """Alerts of the tenant's calls and changes of its models' breakers, or all; newest first

        Args:
            limit (int | Unset): how many at most Default: 100.
        """
        return await self._caller.send(
            list_alerts.call(
                limit=limit,
            )
        )

    async def list_workers(
        self,
    ) -> WorkerList:
        """Workers that live: all for operators, those that hold its steps for a tenant's administrators"""
        return await self._caller.send(list_workers.call())

    async def get_health(
        self,
    ) -> Health:
        """The service and each thing that it stands on"""
        return await self._caller.send(get_health.call())
