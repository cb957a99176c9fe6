from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.defined_task_definition import DefinedTaskDefinition
    from ..models.definition_warning import DefinitionWarning
    from ..models.worst_case_view import WorstCaseView


T = TypeVar("T", bound="DefinedTask")


@_attrs_define
class DefinedTask:
    """A task with what was noticed when this version was made.

    Attributes:
        id (UUID):
        name (str):
        version (int):
        definition (DefinedTaskDefinition):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        archived_at (datetime.datetime | None):
        warnings (list[DefinitionWarning]):
        worst_case (WorstCaseView): The most that a run can take by the definition alone; null where only an estimate
            can tell, or nobody.
    """

    id: UUID
    name: str
    version: int
    definition: DefinedTaskDefinition
    created_at: datetime.datetime
    updated_at: datetime.datetime
    archived_at: datetime.datetime | None
    warnings: list[DefinitionWarning]
    worst_case: WorstCaseView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        version = self.version

        definition = self.definition.to_dict()

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        archived_at: None | str
        if isinstance(self.archived_at, datetime.datetime):
            archived_at = self.archived_at.isoformat()
        else:
            archived_at = self.archived_at

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        worst_case = self.worst_case.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "version": version,
                "definition": definition,
                "created_at": created_at,
                "updated_at": updated_at,
                "archived_at": archived_at,
                "warnings": warnings,
                "worst_case": worst_case,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.defined_task_definition import DefinedTaskDefinition  # noqa: PLC0415
        from ..models.definition_warning import DefinitionWarning  # noqa: PLC0415
        from ..models.worst_case_view import WorstCaseView  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        version = d.pop("version")

        definition = DefinedTaskDefinition.from_dict(d.pop("definition"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_archived_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                archived_at_type_0 = datetime.datetime.fromisoformat(data)

                return archived_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        archived_at = _parse_archived_at(d.pop("archived_at"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = DefinitionWarning.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        worst_case = WorstCaseView.from_dict(d.pop("worst_case"))

        defined_task = cls(
            id=id,
            name=name,
            version=version,
            definition=definition,
            created_at=created_at,
            updated_at=updated_at,
            archived_at=archived_at,
            warnings=warnings,
            worst_case=worst_case,
        )

        defined_task.additional_properties = d
        return defined_task

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
