from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_task_version_definition import ListedTaskVersionDefinition


T = TypeVar("T", bound="ListedTaskVersion")


@_attrs_define
class ListedTaskVersion:
    """A version of a task, which never changes.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            version (int):
            name (str | Unset): of the task, as it was called in this version
            created_at (datetime.datetime | Unset):
            created_by (None | Unset | UUID): the user who made it
            definition (ListedTaskVersionDefinition | Unset):
    """

    version: int
    name: str | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    created_by: None | Unset | UUID = UNSET
    definition: ListedTaskVersionDefinition | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        name = self.name

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        created_by: None | str | Unset
        if isinstance(self.created_by, Unset):
            created_by = UNSET
        elif isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        definition: dict[str, Any] | Unset = UNSET
        if not isinstance(self.definition, Unset):
            definition = self.definition.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if created_by is not UNSET:
            field_dict["created_by"] = created_by
        if definition is not UNSET:
            field_dict["definition"] = definition

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_task_version_definition import ListedTaskVersionDefinition  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        name = d.pop("name", UNSET)

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        def _parse_created_by(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                created_by_type_0 = UUID(data)

                return created_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        created_by = _parse_created_by(d.pop("created_by", UNSET))

        _definition = d.pop("definition", UNSET)
        definition: ListedTaskVersionDefinition | Unset
        if isinstance(_definition, Unset):
            definition = UNSET
        else:
            definition = ListedTaskVersionDefinition.from_dict(_definition)

        listed_task_version = cls(
            version=version,
            name=name,
            created_at=created_at,
            created_by=created_by,
            definition=definition,
        )

        listed_task_version.additional_properties = d
        return listed_task_version

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
