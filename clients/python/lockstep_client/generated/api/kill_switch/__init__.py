"""The calls of kill_switch."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.kill_switch_change import KillSwitchChange
from ...models.kill_switch_view import KillSwitchView
from ...models.problem import Problem
from ...models.tenant_switch_view import TenantSwitchView
from ...types import UNSET, Unset
from . import (
    get_kill_switch,
    get_platform_kill_switch,
    set_kill_switch,
    set_platform_kill_switch,
)


class KillSwitchCalls:
    """The calls of kill_switch; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_kill_switch(
        self,
    ) -> TenantSwitchView:
        """Whether the tenant is stopped, by its own kill switch or by the platform's"""
        return self._caller.send(get_kill_switch.call())

    def set_kill_switch(
        self,
        *,
        body: KillSwitchChange,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> TenantSwitchView:
        """Stop everything that the tenant runs, without losing any of it, or have it go on

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KillSwitchChange): `engaged: true` stops everything and says why; `engaged: false`
                has it go on.
        """
        return self._caller.send(
            set_kill_switch.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def get_platform_kill_switch(
        self,
    ) -> KillSwitchView:
        """Whether all tenants are stopped; for operators alone"""
        return self._caller.send(get_platform_kill_switch.call())

    def set_platform_kill_switch(
        self,
        *,
        body: KillSwitchChange,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> KillSwitchView:
        """Stop everything that all tenants run, or have it go on; for operators alone

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KillSwitchChange): `engaged: true` stops everything and says why; `engaged: false`
                has it go on.
        """
        return self._caller.send(
            set_platform_kill_switch.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )


class AsyncKillSwitchCalls:
    """The calls of kill_switch; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def get_kill_switch(
        self,
    ) -> TenantSwitchView:
        """Whether the tenant is stopped, by its own kill switch or by the platform's"""
        return await self._caller.send(get_kill_switch.call())

    async def set_kill_switch(
        self,
        *,
        body: KillSwitchChange,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> TenantSwitchView:
        """Stop everything that the tenant runs, without losing any of it, or have it go on

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KillSwitchChange): `engaged: true` stops everything and says why; `engaged: false`
                has it go on.
        """
        return await self._caller.send(
            set_kill_switch.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def get_platform_kill_switch(
        self,
    ) -> KillSwitchView:
        """Whether all tenants are stopped; for operators alone"""
        return await self._caller.send(get_platform_kill_switch.call())

    async def set_platform_kill_switch(
        self,
        *,
        body: KillSwitchChange,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> KillSwitchView:
        """Stop everything that all tenants run, or have it go on; for operators alone

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KillSwitchChange): `engaged: true` stops everything and says why; `engaged: false`
                has it go on.
        """
        return await self._caller.send(
            set_platform_kill_switch.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )
