from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.held_role import HeldRole


T = TypeVar("T", bound="ServiceAccountView")


@_attrs_define
class ServiceAccountView:
    """A service account; `keys` is how many it has that can be used.

    Attributes:
        id (UUID):
        name (str):
        description (None | str): null for who may not read members
        role (HeldRole): The role that somebody has; `id` is null for a built-in one.
        keys (int):
        created_by (None | UUID):
        created_at (datetime.datetime):
        by_key (None | UUID): the key with which it was made
        version (int):
    """

    id: UUID
    name: str
    description: None | str
    role: HeldRole
    keys: int
    created_by: None | UUID
    created_at: datetime.datetime
    by_key: None | UUID
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        description: None | str
        description = self.description

        role = self.role.to_dict()

        keys = self.keys

        created_by: None | str
        if isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        created_at = self.created_at.isoformat()

        by_key: None | str
        if isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "role": role,
                "keys": keys,
                "created_by": created_by,
                "created_at": created_at,
                "by_key": by_key,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.held_role import HeldRole  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

        role = HeldRole.from_dict(d.pop("role"))

        keys = d.pop("keys")

        def _parse_created_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                created_by_type_0 = UUID(data)

                return created_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        created_by = _parse_created_by(d.pop("created_by"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_by_key(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                by_key_type_0 = UUID(data)

                return by_key_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        by_key = _parse_by_key(d.pop("by_key"))

        version = d.pop("version")

        service_account_view = cls(
            id=id,
            name=name,
            description=description,
            role=role,
            keys=keys,
            created_by=created_by,
            created_at=created_at,
            by_key=by_key,
            version=version,
        )

        service_account_view.additional_properties = d
        return service_account_view

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
