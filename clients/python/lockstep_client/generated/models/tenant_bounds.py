from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.provider_policy import ProviderPolicy
    from ..models.quota_policy import QuotaPolicy
    from ..models.retention_bounds import RetentionBounds


T = TypeVar("T", bound="TenantBounds")


@_attrs_define
class TenantBounds:
    """What is None, or left out, is not bounded for this tenant.

    Attributes:
        quotas (QuotaPolicy | Unset): The quotas of the tenant as a whole, and those of each of its users.
        retention (RetentionBounds | Unset): The bounds of each kind of content.
        providers (None | ProviderPolicy | Unset): where the tenant's calls may go at most; null for everywhere
    """

    quotas: QuotaPolicy | Unset = UNSET
    retention: RetentionBounds | Unset = UNSET
    providers: None | ProviderPolicy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.provider_policy import ProviderPolicy  # noqa: PLC0415

        quotas: dict[str, Any] | Unset = UNSET
        if not isinstance(self.quotas, Unset):
            quotas = self.quotas.to_dict()

        retention: dict[str, Any] | Unset = UNSET
        if not isinstance(self.retention, Unset):
            retention = self.retention.to_dict()

        providers: dict[str, Any] | None | Unset
        if isinstance(self.providers, Unset):
            providers = UNSET
        elif isinstance(self.providers, ProviderPolicy):
            providers = self.providers.to_dict()
        else:
            providers = self.providers

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if quotas is not UNSET:
            field_dict["quotas"] = quotas
        if retention is not UNSET:
            field_dict["retention"] = retention
        if providers is not UNSET:
            field_dict["providers"] = providers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.provider_policy import ProviderPolicy  # noqa: PLC0415
        from ..models.quota_policy import QuotaPolicy  # noqa: PLC0415
        from ..models.retention_bounds import RetentionBounds  # noqa: PLC0415

        d = dict(src_dict)
        _quotas = d.pop("quotas", UNSET)
        quotas: QuotaPolicy | Unset
        if isinstance(_quotas, Unset):
            quotas = UNSET
        else:
            quotas = QuotaPolicy.from_dict(_quotas)

        _retention = d.pop("retention", UNSET)
        retention: RetentionBounds | Unset
        if isinstance(_retention, Unset):
            retention = UNSET
        else:
            retention = RetentionBounds.from_dict(_retention)

        def _parse_providers(data: object) -> None | ProviderPolicy | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                providers_type_0 = ProviderPolicy.from_dict(data)

                return providers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProviderPolicy | Unset, data)

        providers = _parse_providers(d.pop("providers", UNSET))

        tenant_bounds = cls(
            quotas=quotas,
            retention=retention,
            providers=providers,
        )

        return tenant_bounds
