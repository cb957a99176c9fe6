"""The calls of limits."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.concurrency_policy import ConcurrencyPolicy
from ...models.egress_policy import EgressPolicy
from ...models.new_egress_policy import NewEgressPolicy
from ...models.problem import Problem
from ...models.provider_policy import ProviderPolicy
from ...models.quota_list import QuotaList
from ...models.quota_policy import QuotaPolicy
from ...models.rate_limits import RateLimits
from ...models.resource_list import ResourceList
from ...models.tenant_bounds import TenantBounds
from ...types import UNSET, Unset
from . import (
    delete_concurrency,
    delete_egress_policy,
    delete_limits,
    delete_provider_policy,
    delete_quota_policy,
    delete_tenant_bounds,
    get_concurrency,
    get_egress_policy,
    get_limits,
    get_provider_policy,
    get_quota_policy,
    get_tenant_bounds,
    list_quotas,
    list_resources,
    put_concurrency,
    put_egress_policy,
    put_limits,
    put_provider_policy,
    put_quota_policy,
    put_tenant_bounds,
)


class LimitsCalls:
    """The calls of limits; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def get_limits(
        self,
    ) -> RateLimits:
        """What the tenant changed of the shipped limits"""
        return self._caller.send(get_limits.call())

    def put_limits(
        self,
        *,
        body: RateLimits,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RateLimits:
        """Change the shipped limits; null means no limit, what is left out stays as shipped

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RateLimits): The limits of a tenant, of each of its users, and of each of its keys.
        """
        return self._caller.send(
            put_limits.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_limits(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped limits

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_limits.call(
                if_match=if_match,
            )
        )

    def get_concurrency(
        self,
    ) -> ConcurrencyPolicy:
        """How many of the tenant's steps may run at once, and the capacities that it set"""
        return self._caller.send(get_concurrency.call())

    def put_concurrency(
        self,
        *,
        body: ConcurrencyPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ConcurrencyPolicy:
        """Limit the steps that run at once, and set the capacities of resources

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ConcurrencyPolicy): What a tenant lets run at once, over all workers; None for no
                limit on its steps.

                `resources` are capacities by name: of the shipped resources, and of such as the tenant
                names itself.
        """
        return self._caller.send(
            put_concurrency.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_concurrency(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped capacities, without a limit on steps

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_concurrency.call(
                if_match=if_match,
            )
        )

    def get_egress_policy(
        self,
    ) -> EgressPolicy:
        """The hosts that the tenant's tasks may name; null where they may name any public one"""
        return self._caller.send(get_egress_policy.call())

    def put_egress_policy(
        self,
        *,
        body: NewEgressPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> EgressPolicy:
        """Bound the hosts that the tenant's tasks may name and reach; those that run are held to it at once

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewEgressPolicy): A bound. To have none, a policy is deleted: nobody opens every
                host by leaving something out.
        """
        return self._caller.send(
            put_egress_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_egress_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Let the tenant's tasks name any public host again

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_egress_policy.call(
                if_match=if_match,
            )
        )

    def list_resources(
        self,
    ) -> ResourceList:
        """What the tenant's steps share: how much there is, how much is taken, how many wait for it"""
        return self._caller.send(list_resources.call())

    def list_quotas(
        self,
        *,
        user_id: UUID | Unset = UNSET,
    ) -> QuotaList:
        """What may be open at once or begin in a day, for the tenant and a user, and how much of it is used up

        Args:
            user_id (UUID | Unset): a member of the tenant; by default whoever calls
        """
        return self._caller.send(
            list_quotas.call(
                user_id=user_id,
            )
        )

    def get_quota_policy(
        self,
    ) -> QuotaPolicy:
        """The quotas that the tenant set for itself and for each of its users"""
        return self._caller.send(get_quota_policy.call())

    def put_quota_policy(
        self,
        *,
        body: QuotaPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> QuotaPolicy:
        """Replace the tenant's own quotas, up to its bounds; what is null or left out is not limited

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (QuotaPolicy): The quotas of the tenant as a whole, and those of each of its users.
        """
        return self._caller.send(
            put_quota_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_quota_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the tenant's own quotas, so that only its bounds hold

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_quota_policy.call(
                if_match=if_match,
            )
        )

    def get_provider_policy(
        self,
    ) -> ProviderPolicy:
        """The providers of models, and the regions, that the tenant allows its calls; null for every one"""
        return self._caller.send(get_provider_policy.call())

    def put_provider_policy(
        self,
        *,
        body: ProviderPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ProviderPolicy:
        """Allow the tenant's calls these providers and regions alone, within its bounds

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ProviderPolicy): None allows every provider, or every region; an empty list allows
                none.

                A region is what the operator has declared for a provider. With a list of regions a
                provider that has none declared
                is not allowed.
        """
        return self._caller.send(
            put_provider_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_provider_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Allow the tenant's calls every provider that its bounds allow

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_provider_policy.call(
                if_match=if_match,
            )
        )

    def get_tenant_bounds(
        self,
        tenant_id: UUID,
    ) -> TenantBounds:
        """Within which bounds your tenant chooses, or any for operators

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            get_tenant_bounds.call(
                tenant_id=tenant_id,
            )
        )

    def put_tenant_bounds(
        self,
        tenant_id: UUID,
        *,
        body: TenantBounds,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> TenantBounds:
        """Replace the bounds of a tenant (operators)

        Args:
            tenant_id (UUID):
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TenantBounds): What is None, or left out, is not bounded for this tenant.
        """
        return self._caller.send(
            put_tenant_bounds.call(
                tenant_id=tenant_id,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_tenant_bounds(
        self,
        tenant_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the bounds of a tenant (operators)

        Args:
            tenant_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_tenant_bounds.call(
                tenant_id=tenant_id,
                if_match=if_match,
            )
        )


class AsyncLimitsCalls:
    """The calls of limits; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def get_limits(
        self,
    ) -> RateLimits:
        """What the tenant changed of the shipped limits"""
        return await self._caller.send(get_limits.call())

    async def put_limits(
        self,
        *,
        body: RateLimits,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RateLimits:
        """Change the shipped limits; null means no limit, what is left out stays as shipped

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (RateLimits): The limits of a tenant, of each of its users, and of each of its keys.
        """
        return await self._caller.send(
            put_limits.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_limits(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped limits

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_limits.call(
                if_match=if_match,
            )
        )

    async def get_concurrency(
        self,
    ) -> ConcurrencyPolicy:
        """How many of the tenant's steps may run at once, and the capacities that it set"""
        return await self._caller.send(get_concurrency.call())

    async def put_concurrency(
        self,
        *,
        body: ConcurrencyPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ConcurrencyPolicy:
        """Limit the steps that run at once, and set the capacities of resources

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ConcurrencyPolicy): What a tenant lets run at once, over all workers; None for no
                limit on its steps.

                `resources` are capacities by name: of the shipped resources, and of such as the tenant
                names itself.
        """
        return await self._caller.send(
            put_concurrency.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_concurrency(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Go back to the shipped capacities, without a limit on steps

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_concurrency.call(
                if_match=if_match,
            )
        )

    async def get_egress_policy(
        self,
    ) -> EgressPolicy:
        """The hosts that the tenant's tasks may name; null where they may name any public one"""
        return await self._caller.send(get_egress_policy.call())

    async def put_egress_policy(
        self,
        *,
        body: NewEgressPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> EgressPolicy:
        """Bound the hosts that the tenant's tasks may name and reach; those that run are held to it at once

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewEgressPolicy): A bound. To have none, a policy is deleted: nobody opens every
                host by leaving something out.
        """
        return await self._caller.send(
            put_egress_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_egress_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Let the tenant's tasks name any public host again

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_egress_policy.call(
                if_match=if_match,
            )
        )

    async def list_resources(
        self,
    ) -> ResourceList:
        """What the tenant's steps share: how much there is, how much is taken, how many wait for it"""
        return await self._caller.send(list_resources.call())

    async def list_quotas(
        self,
        *,
        user_id: UUID | Unset = UNSET,
    ) -> QuotaList:
        """What may be open at once or begin in a day, for the tenant and a user, and how much of it is used up

        Args:
            user_id (UUID | Unset): a member of the tenant; by default whoever calls
        """
        return await self._caller.send(
            list_quotas.call(
                user_id=user_id,
            )
        )

    async def get_quota_policy(
        self,
    ) -> QuotaPolicy:
        """The quotas that the tenant set for itself and for each of its users"""
        return await self._caller.send(get_quota_policy.call())

    async def put_quota_policy(
        self,
        *,
        body: QuotaPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> QuotaPolicy:
        """Replace the tenant's own quotas, up to its bounds; what is null or left out is not limited

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (QuotaPolicy): The quotas of the tenant as a whole, and those of each of its users.
        """
        return await self._caller.send(
            put_quota_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_quota_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the tenant's own quotas, so that only its bounds hold

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_quota_policy.call(
                if_match=if_match,
            )
        )

    async def get_provider_policy(
        self,
    ) -> ProviderPolicy:
        """The providers of models, and the regions, that the tenant allows its calls; null for every one"""
        return await self._caller.send(get_provider_policy.call())

    async def put_provider_policy(
        self,
        *,
        body: ProviderPolicy,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> ProviderPolicy:
        """Allow the tenant's calls these providers and regions alone, within its bounds

        Args:
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ProviderPolicy): None allows every provider, or every region; an empty list allows
                none.

                A region is what the operator has declared for a provider. With a list of regions a
                provider that has none declared
                is not allowed.
        """
        return await self._caller.send(
            put_provider_policy.call(
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_provider_policy(
        self,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Allow the tenant's calls every provider that its bounds allow

        Args:
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_provider_policy.call(
                if_match=if_match,
            )
        )

    async def get_tenant_bounds(
        self,
        tenant_id: UUID,
    ) -> TenantBounds:
        """Within which bounds your tenant chooses, or any for operators

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            get_tenant_bounds.call(
                tenant_id=tenant_id,
            )
        )

    async def put_tenant_bounds(
        self,
        tenant_id: UUID,
        *,
        body: TenantBounds,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> TenantBounds:
        """Replace the bounds of a tenant (operators)

        Args:
            tenant_id (UUID):
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TenantBounds): What is None, or left out, is not bounded for this tenant.
        """
        return await self._caller.send(
            put_tenant_bounds.call(
                tenant_id=tenant_id,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_tenant_bounds(
        self,
        tenant_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove the bounds of a tenant (operators)

        Args:
            tenant_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_tenant_bounds.call(
                tenant_id=tenant_id,
                if_match=if_match,
            )
        )
