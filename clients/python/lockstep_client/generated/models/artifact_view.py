from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.artifact_view_status import ArtifactViewStatus

T = TypeVar("T", bound="ArtifactView")


@_attrs_define
class ArtifactView:
    """An artifact that is READY never changes: its bytes are those of its digest.

    Attributes:
        id (UUID):
        status (ArtifactViewStatus): PENDING until the file that was announced is uploaded; EXPIRED when its bytes are
            gone: deleted, never uploaded, or by the tenant's retention
        name (str):
        size (int):
        content_type (str):
        sha256 (str):
        url (None | str): presigned; opens without credentials for some minutes; null unless READY, and for operators
        expired_at (datetime.datetime | None):
        created_at (datetime.datetime):
        run_id (None | UUID): whose tool has left it; null of an upload
        step_id (None | UUID):
    """

    id: UUID
    status: ArtifactViewStatus
    name: str
    size: int
    content_type: str
    sha256: str
    url: None | str
    expired_at: datetime.datetime | None
    created_at: datetime.datetime
    run_id: None | UUID
    step_id: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        status = self.status.value

        name = self.name

        size = self.size

        content_type = self.content_type

        sha256 = self.sha256

        url: None | str
        url = self.url

        expired_at: None | str
        if isinstance(self.expired_at, datetime.datetime):
            expired_at = self.expired_at.isoformat()
        else:
            expired_at = self.expired_at

        created_at = self.created_at.isoformat()

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        step_id: None | str
        if isinstance(self.step_id, UUID):
            step_id = str(self.step_id)
        else:
            step_id = self.step_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "name": name,
                "size": size,
                "content_type": content_type,
                "sha256": sha256,
                "url": url,
                "expired_at": expired_at,
                "created_at": created_at,
                "run_id": run_id,
                "step_id": step_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = ArtifactViewStatus(d.pop("status"))

        name = d.pop("name")

        size = d.pop("size")

        content_type = d.pop("content_type")

        sha256 = d.pop("sha256")

        def _parse_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        url = _parse_url(d.pop("url"))

        def _parse_expired_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                expired_at_type_0 = datetime.datetime.fromisoformat(data)

                return expired_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expired_at = _parse_expired_at(d.pop("expired_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run_id = _parse_run_id(d.pop("run_id"))

        def _parse_step_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                step_id_type_0 = UUID(data)

                return step_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        step_id = _parse_step_id(d.pop("step_id"))

        artifact_view = cls(
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

        artifact_view.additional_properties = d
        return artifact_view

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
