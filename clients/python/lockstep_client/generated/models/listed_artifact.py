from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.listed_artifact_status import ListedArtifactStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedArtifact")


@_attrs_define
class ListedArtifact:
    """An artifact that is READY never changes: its bytes are those of its digest.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            status (ListedArtifactStatus | Unset): PENDING until the file that was announced is uploaded; EXPIRED when its
                bytes are gone: deleted, never uploaded, or by the tenant's retention
            name (str | Unset):
            size (int | Unset):
            content_type (str | Unset):
            sha256 (str | Unset):
            url (None | str | Unset): presigned; opens without credentials for some minutes; null unless READY, and for
                operators
            expired_at (datetime.datetime | None | Unset):
            created_at (datetime.datetime | Unset):
            run_id (None | Unset | UUID): whose tool has left it; null of an upload
            step_id (None | Unset | UUID):
    """

    id: UUID
    status: ListedArtifactStatus | Unset = UNSET
    name: str | Unset = UNSET
    size: int | Unset = UNSET
    content_type: str | Unset = UNSET
    sha256: str | Unset = UNSET
    url: None | str | Unset = UNSET
    expired_at: datetime.datetime | None | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    run_id: None | Unset | UUID = UNSET
    step_id: None | Unset | UUID = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        name = self.name

        size = self.size

        content_type = self.content_type

        sha256 = self.sha256

        url: None | str | Unset
        if isinstance(self.url, Unset):
            url = UNSET
        else:
            url = self.url

        expired_at: None | str | Unset
        if isinstance(self.expired_at, Unset):
            expired_at = UNSET
        elif isinstance(self.expired_at, datetime.datetime):
            expired_at = self.expired_at.isoformat()
        else:
            expired_at = self.expired_at

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        run_id: None | str | Unset
        if isinstance(self.run_id, Unset):
            run_id = UNSET
        elif isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        step_id: None | str | Unset
        if isinstance(self.step_id, Unset):
            step_id = UNSET
        elif isinstance(self.step_id, UUID):
            step_id = str(self.step_id)
        else:
            step_id = self.step_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if name is not UNSET:
            field_dict["name"] = name
        if size is not UNSET:
            field_dict["size"] = size
        if content_type is not UNSET:
            field_dict["content_type"] = content_type
        if sha256 is not UNSET:
            field_dict["sha256"] = sha256
        if url is not UNSET:
            field_dict["url"] = url
        if expired_at is not UNSET:
            field_dict["expired_at"] = expired_at
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if step_id is not UNSET:
            field_dict["step_id"] = step_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        _status = d.pop("status", UNSET)
        status: ListedArtifactStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ListedArtifactStatus(_status)

        name = d.pop("name", UNSET)

        size = d.pop("size", UNSET)

        content_type = d.pop("content_type", UNSET)

        sha256 = d.pop("sha256", UNSET)

        def _parse_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        url = _parse_url(d.pop("url", UNSET))

        def _parse_expired_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                expired_at_type_0 = datetime.datetime.fromisoformat(data)

                return expired_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        expired_at = _parse_expired_at(d.pop("expired_at", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        def _parse_run_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        run_id = _parse_run_id(d.pop("run_id", UNSET))

        def _parse_step_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                step_id_type_0 = UUID(data)

                return step_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        step_id = _parse_step_id(d.pop("step_id", UNSET))

        listed_artifact = cls(
            id=id,
            status=status,
            name=name,
            size=size,
            content_type=content_type,
            sha256=sha256,
            url=url,
            expired_at=expired_at,
            created_at=created_at,
            run_id=run_id,
            step_id=step_id,
        )

        listed_artifact.additional_properties = d
        return listed_artifact

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
