from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.certificate_view_claims import CertificateViewClaims
    from ..models.certificate_view_public_key import CertificateViewPublicKey


T = TypeVar("T", bound="CertificateView")


@_attrs_define
class CertificateView:
    """A certificate: a JSON Web Signature in its compact form, what it says, and the key that verifies it.

    Attributes:
        certificate (str):
        claims (CertificateViewClaims):
        public_key (CertificateViewPublicKey): the platform's public key, a JSON Web Key
    """

    certificate: str
    claims: CertificateViewClaims
    public_key: CertificateViewPublicKey
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        certificate = self.certificate

        claims = self.claims.to_dict()

        public_key = self.public_key.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "certificate": certificate,
                "claims": claims,
                "public_key": public_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.certificate_view_claims import CertificateViewClaims  # noqa: PLC0415
        from ..models.certificate_view_public_key import CertificateViewPublicKey  # noqa: PLC0415

        d = dict(src_dict)
        certificate = d.pop("certificate")

        claims = CertificateViewClaims.from_dict(d.pop("claims"))

        public_key = CertificateViewPublicKey.from_dict(d.pop("public_key"))

        certificate_view = cls(
            certificate=certificate,
            claims=claims,
            public_key=public_key,
        )

        certificate_view.additional_properties = d
        return certificate_view

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
