from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tenant_quotas import TenantQuotas
    from ..models.user_quotas import UserQuotas


T = TypeVar("T", bound="QuotaPolicy")


@_attrs_define
class QuotaPolicy:
    """The quotas of the tenant as a whole, and those of each of its users.

    Attributes:
        tenant (TenantQuotas | Unset): Of the tenant as a whole; `open_runs` are runs that are open at once.
        user (UserQuotas | Unset): Of each user, in a day of the tenant's calendar, and of all artifacts; None for no
            limit.
    """

    tenant: TenantQuotas | Unset = UNSET
    user: UserQuotas | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        tenant: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tenant, Unset):
            tenant = self.tenant.to_dict()

        user: dict[str, Any] | Unset = UNSET
        if not isinstance(self.user, Unset):
            user = self.user.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if tenant is not UNSET:
            field_dict["tenant"] = tenant
        if user is not UNSET:
            field_dict["user"] = user

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tenant_quotas import TenantQuotas  # noqa: PLC0415
        from ..models.user_quotas import UserQuotas  # noqa: PLC0415

        d = dict(src_dict)
        _tenant = d.pop("tenant", UNSET)
        tenant: TenantQuotas | Unset
        if isinstance(_tenant, Unset):
            tenant = UNSET
        else:
            tenant = TenantQuotas.from_dict(_tenant)

        _user = d.pop("user", UNSET)
        user: UserQuotas | Unset
        if isinstance(_user, Unset):
            user = UNSET
        else:
            user = UserQuotas.from_dict(_user)

        quota_policy = cls(
            tenant=tenant,
            user=user,
        )

        return quota_policy
