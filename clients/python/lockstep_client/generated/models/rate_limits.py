from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.scope_rates import ScopeRates


T = TypeVar("T", bound="RateLimits")


@_attrs_define
class RateLimits:
    """The limits of a tenant, of each of its users, and of each of its keys.

    Attributes:
        tenant (ScopeRates | Unset): The limits of one scope; None for no limit.
        user (ScopeRates | Unset): The limits of one scope; None for no limit.
        key (ScopeRates | Unset): The limits of one scope; None for no limit.
    """

    tenant: ScopeRates | Unset = UNSET
    user: ScopeRates | Unset = UNSET
    key: ScopeRates | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        tenant: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tenant, Unset):
            tenant = self.tenant.to_dict()

        user: dict[str, Any] | Unset = UNSET
        if not isinstance(self.user, Unset):
            user = self.user.to_dict()

        key: dict[str, Any] | Unset = UNSET
        if not isinstance(self.key, Unset):
            key = self.key.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if tenant is not UNSET:
            field_dict["tenant"] = tenant
        if user is not UNSET:
            field_dict["user"] = user
        if key is not UNSET:
            field_dict["key"] = key

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.scope_rates import ScopeRates  # noqa: PLC0415

        d = dict(src_dict)
        _tenant = d.pop("tenant", UNSET)
        tenant: ScopeRates | Unset
        if isinstance(_tenant, Unset):
            tenant = UNSET
        else:
            tenant = ScopeRates.from_dict(_tenant)

        _user = d.pop("user", UNSET)
        user: ScopeRates | Unset
        if isinstance(_user, Unset):
            user = UNSET
        else:
            user = ScopeRates.from_dict(_user)

        _key = d.pop("key", UNSET)
        key: ScopeRates | Unset
        if isinstance(_key, Unset):
            key = UNSET
        else:
            key = ScopeRates.from_dict(_key)

        rate_limits = cls(
            tenant=tenant,
            user=user,
            key=key,
        )

        return rate_limits
