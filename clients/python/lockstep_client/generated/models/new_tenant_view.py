from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.new_invitation_view import NewInvitationView
    from ..models.tenant_view import TenantView


T = TypeVar("T", bound="NewTenantView")


@_attrs_define
class NewTenantView:
    """A new tenant, and the invitation of its owner with the token, which is shown this once.

    Attributes:
        tenant (TenantView): A tenant. While it is suspended, no token and no key of it opens anything.
        invitation (NewInvitationView): An invitation with its token, which is shown this once: hand it to the person.
    """

    tenant: TenantView
    invitation: NewInvitationView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tenant = self.tenant.to_dict()

        invitation = self.invitation.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tenant": tenant,
                "invitation": invitation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_invitation_view import NewInvitationView  # noqa: PLC0415
        from ..models.tenant_view import TenantView  # noqa: PLC0415

        d = dict(src_dict)
        tenant = TenantView.from_dict(d.pop("tenant"))

        invitation = NewInvitationView.from_dict(d.pop("invitation"))

        new_tenant_view = cls(
            tenant=tenant,
            invitation=invitation,
        )

        new_tenant_view.additional_properties = d
        return new_tenant_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
