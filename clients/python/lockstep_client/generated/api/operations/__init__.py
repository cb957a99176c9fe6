"""The calls of operations."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.alert_list import AlertList
from ...models.approve import Approve
from ...models.breaker import Breaker
from ...models.breaker_list import BreakerList
from ...models.configuration_view import ConfigurationView
from ...models.configuration_whole import ConfigurationWhole
from ...models.get_platform_usage_group_by_item import GetPlatformUsageGroupByItem
from ...models.health import Health
from ...models.list_gateway_configurations_fields_item import (
    ListGatewayConfigurationsFieldsItem,
)
from ...models.list_tenants_lines_fields_item import ListTenantsLinesFieldsItem
from ...models.page_listed_configuration import PageListedConfiguration
from ...models.page_listed_tenants_line import PageListedTenantsLine
from ...models.problem import Problem
from ...models.propose_configuration import ProposeConfiguration
from ...models.reject import Reject
from ...models.tenant_id_order import TenantIdOrder
from ...models.usage_format import UsageFormat
from ...models.usage_page import UsagePage
from ...models.version_order import VersionOrder
from ...models.worker_list import WorkerList
from ...types import UNSET, Unset
from . import (
    approve_gateway_configuration,
    get_breaker,
    get_gateway_configuration,
    get_health,
    get_platform_usage,
    list_alerts,
    list_breakers,
    list_gateway_configurations,
    list_tenants_lines,
    list_workers,
    propose_gateway_configuration,
    reject_gateway_configuration,
    reset_breaker,
)


class OperationsCalls:
    """The calls of operations; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_platform_usage(
        self,
        *,
        group_by: list[GetPlatformUsageGroupByItem],
        from_: datetime.date | Unset = UNSET,
        to: datetime.date | Unset = UNSET,
        tenant_id: UUID | Unset = UNSET,
        provider: str | Unset = UNSET,
        model: str | Unset = UNSET,
        format_: UsageFormat | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> UsagePage:
        """Cost and tokens of all tenants, by up to three dimensions, in pages or as CSV; for operators alone

        Args:
            group_by (list[GetPlatformUsageGroupByItem]): one to three, in order
            from_ (datetime.date | Unset): the first day; a month before `to` when left out
            to (datetime.date | Unset): the last day; tomorrow in UTC when left out
            tenant_id (UUID | Unset):
            provider (str | Unset):
            model (str | Unset):
            format_ (UsageFormat | Unset): What usage is told as: a page, or a file of all groups.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return self._caller.send(
            get_platform_usage.call(
                group_by=group_by,
                from_=from_,
                to=to,
                tenant_id=tenant_id,
                provider=provider,
                model=model,
                format_=format_,
                limit=limit,
                cursor=cursor,
            )
        )

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

    def list_tenants_lines(
        self,
        *,
        tenant_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TenantIdOrder | Unset = UNSET,
        fields: list[ListTenantsLinesFieldsItem] | Unset = UNSET,
    ) -> PageListedTenantsLine:
        """Of which tenants steps run and stand in line, and how many; for operators

        Args:
            tenant_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TenantIdOrder | Unset): By tenant_id; with `-` before it, from the last on.
            fields (list[ListTenantsLinesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `tenant_id` is always
                among them. Without it all
        """
        return self._caller.send(
            list_tenants_lines.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def list_gateway_configurations(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: VersionOrder | Unset = UNSET,
        fields: list[ListGatewayConfigurationsFieldsItem] | Unset = UNSET,
    ) -> PageListedConfiguration:
        """What operators have proposed for the gateway, newest first; for operators

        Args:
            limit (int | Unset): rows a page; fewer where what is shown of `document` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (VersionOrder | Unset): By version; with `-` before it, from the last on.
            fields (list[ListGatewayConfigurationsFieldsItem] | Unset): the members that items are
                shown with: names with commas between them, or the parameter several times; `version` is
                always among them. Without it all but `document`
        """
        return self._caller.send(
            list_gateway_configurations.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def propose_gateway_configuration(
        self,
        *,
        body: ProposeConfiguration,
        idempotency_key: str | Unset = UNSET,
    ) -> ConfigurationView:
        """Propose providers, routes, prices or limits over the gateway's files; another operator approves them

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (ProposeConfiguration): A document in the form of the gateway's files; what it
                defines is served in place of what they define.
        """
        return self._caller.send(
            propose_gateway_configuration.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_gateway_configuration(
        self,
        version: int,
    ) -> ConfigurationWhole:
        """A version, and what it changes; for operators

        Args:
            version (int):
        """
        return self._caller.send(
            get_gateway_configuration.call(
                version=version,
            )
        )

    def approve_gateway_configuration(
        self,
        version: int,
        *,
        body: Approve,
    ) -> ConfigurationView:
        """Have gateways serve what another operator has proposed

        Args:
            version (int):
            body (Approve): Why it is approved, if there is more to say than that it is.
        """
        return self._caller.send(
            approve_gateway_configuration.call(
                version=version,
                body=body,
            )
        )

    def reject_gateway_configuration(
        self,
        version: int,
        *,
        body: Reject,
    ) -> ConfigurationView:
        """End a proposal with a reason; who made it takes it back so

        Args:
            version (int):
            body (Reject): Why it is not served; who proposed it takes it back with this.
        """
        return self._caller.send(
            reject_gateway_configuration.call(
                version=version,
                body=body,
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

    async def get_platform_usage(
        self,
        *,
        group_by: list[GetPlatformUsageGroupByItem],
        from_: datetime.date | Unset = UNSET,
        to: datetime.date | Unset = UNSET,
        tenant_id: UUID | Unset = UNSET,
        provider: str | Unset = UNSET,
        model: str | Unset = UNSET,
        format_: UsageFormat | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
    ) -> UsagePage:
        """Cost and tokens of all tenants, by up to three dimensions, in pages or as CSV; for operators alone

        Args:
            group_by (list[GetPlatformUsageGroupByItem]): one to three, in order
            from_ (datetime.date | Unset): the first day; a month before `to` when left out
            to (datetime.date | Unset): the last day; tomorrow in UTC when left out
            tenant_id (UUID | Unset):
            provider (str | Unset):
            model (str | Unset):
            format_ (UsageFormat | Unset): What usage is told as: a page, or a file of all groups.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
        """
        return await self._caller.send(
            get_platform_usage.call(
                group_by=group_by,
                from_=from_,
                to=to,
                tenant_id=tenant_id,
                provider=provider,
                model=model,
                format_=format_,
                limit=limit,
                cursor=cursor,
            )
        )

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

    async def list_tenants_lines(
        self,
        *,
        tenant_id: UUID | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: TenantIdOrder | Unset = UNSET,
        fields: list[ListTenantsLinesFieldsItem] | Unset = UNSET,
    ) -> PageListedTenantsLine:
        """Of which tenants steps run and stand in line, and how many; for operators

        Args:
            tenant_id (UUID | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (TenantIdOrder | Unset): By tenant_id; with `-` before it, from the last on.
            fields (list[ListTenantsLinesFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `tenant_id` is always
                among them. Without it all
        """
        return await self._caller.send(
            list_tenants_lines.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def list_gateway_configurations(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: VersionOrder | Unset = UNSET,
        fields: list[ListGatewayConfigurationsFieldsItem] | Unset = UNSET,
    ) -> PageListedConfiguration:
        """What operators have proposed for the gateway, newest first; for operators

        Args:
            limit (int | Unset): rows a page; fewer where what is shown of `document` is large: a page
                has 1.5 MB of it, or one row Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (VersionOrder | Unset): By version; with `-` before it, from the last on.
            fields (list[ListGatewayConfigurationsFieldsItem] | Unset): the members that items are
                shown with: names with commas between them, or the parameter several times; `version` is
                always among them. Without it all but `document`
        """
        return await self._caller.send(
            list_gateway_configurations.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def propose_gateway_configuration(
        self,
        *,
        body: ProposeConfiguration,
        idempotency_key: str | Unset = UNSET,
    ) -> ConfigurationView:
        """Propose providers, routes, prices or limits over the gateway's files; another operator approves them

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (ProposeConfiguration): A document in the form of the gateway's files; what it
                defines is served in place of what they define.
        """
        return await self._caller.send(
            propose_gateway_configuration.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_gateway_configuration(
        self,
        version: int,
    ) -> ConfigurationWhole:
        """A version, and what it changes; for operators

        Args:
            version (int):
        """
        return await self._caller.send(
            get_gateway_configuration.call(
                version=version,
            )
        )

    async def approve_gateway_configuration(
        self,
        version: int,
        *,
        body: Approve,
    ) -> ConfigurationView:
        """Have gateways serve what another operator has proposed

        Args:
            version (int):
            body (Approve): Why it is approved, if there is more to say than that it is.
        """
        return await self._caller.send(
            approve_gateway_configuration.call(
                version=version,
                body=body,
            )
        )

    async def reject_gateway_configuration(
        self,
        version: int,
        *,
        body: Reject,
    ) -> ConfigurationView:
        """End a proposal with a reason; who made it takes it back so

        Args:
            version (int):
            body (Reject): Why it is not served; who proposed it takes it back with this.
        """
        return await self._caller.send(
            reject_gateway_configuration.call(
                version=version,
                body=body,
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
