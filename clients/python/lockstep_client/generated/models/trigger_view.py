from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trigger_view_input_type_0 import TriggerViewInputType0
    from ..models.trigger_view_payload_form_type_0 import TriggerViewPayloadFormType0


T = TypeVar("T", bound="TriggerView")


@_attrs_define
class TriggerView:
    """A trigger without its secret; `path` is where its calls go, on the host of this API.

    Attributes:
        id (UUID):
        name (str):
        path (str):
        task_id (UUID):
        task_version (int | None):
        input_ (None | TriggerViewInputType0): null for who may not read triggers, as `payload_form` is
        payload_as (str):
        payload_form (None | TriggerViewPayloadFormType0):
        calls_per_minute (int):
        paused (bool):
        runs_as (UUID): with whose rights, and at whose budget, its runs start: who changed it last
        previous_secret_until (datetime.datetime | None): until when the secret before opens it as well
        created_by (None | UUID):
        by_key (None | UUID): the key with which it was made, or its secret was last rotated
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        version (int):
    """

    id: UUID
    name: str
    path: str
    task_id: UUID
    task_version: int | None
    input_: None | TriggerViewInputType0
    payload_as: str
    payload_form: None | TriggerViewPayloadFormType0
    calls_per_minute: int
    paused: bool
    runs_as: UUID
    previous_secret_until: datetime.datetime | None
    created_by: None | UUID
    by_key: None | UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.trigger_view_input_type_0 import TriggerViewInputType0  # noqa: PLC0415
        from ..models.trigger_view_payload_form_type_0 import (
            TriggerViewPayloadFormType0,  # noqa: PLC0415
        )

        id = str(self.id)

        name = self.name

        path = self.path

        task_id = str(self.task_id)

        task_version: int | None
        task_version = self.task_version

        input_: dict[str, Any] | None
        if isinstance(self.input_, TriggerViewInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        payload_as = self.payload_as

        payload_form: dict[str, Any] | None
        if isinstance(self.payload_form, TriggerViewPayloadFormType0):
            payload_form = self.payload_form.to_dict()
        else:
            payload_form = self.payload_form

        calls_per_minute = self.calls_per_minute

        paused = self.paused

        runs_as = str(self.runs_as)

        previous_secret_until: None | str
        if isinstance(self.previous_secret_until, datetime.datetime):
            previous_secret_until = self.previous_secret_until.isoformat()
        else:
            previous_secret_until = self.previous_secret_until

        created_by: None | str
        if isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        by_key: None | str
        if isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "path": path,
                "task_id": task_id,
                "task_version": task_version,
                "input": input_,
                "payload_as": payload_as,
                "payload_form": payload_form,
                "calls_per_minute": calls_per_minute,
                "paused": paused,
                "runs_as": runs_as,
                "previous_secret_until": previous_secret_until,
                "created_by": created_by,
                "by_key": by_key,
                "created_at": created_at,
                "updated_at": updated_at,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trigger_view_input_type_0 import TriggerViewInputType0  # noqa: PLC0415
        from ..models.trigger_view_payload_form_type_0 import (
            TriggerViewPayloadFormType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        path = d.pop("path")

        task_id = UUID(d.pop("task_id"))

        def _parse_task_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        task_version = _parse_task_version(d.pop("task_version"))

        def _parse_input_(data: object) -> None | TriggerViewInputType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = TriggerViewInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TriggerViewInputType0, data)

        input_ = _parse_input_(d.pop("input"))

        payload_as = d.pop("payload_as")

        def _parse_payload_form(data: object) -> None | TriggerViewPayloadFormType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                payload_form_type_0 = TriggerViewPayloadFormType0.from_dict(data)

                return payload_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TriggerViewPayloadFormType0, data)

        payload_form = _parse_payload_form(d.pop("payload_form"))

        calls_per_minute = d.pop("calls_per_minute")

        paused = d.pop("paused")

        runs_as = UUID(d.pop("runs_as"))

        def _parse_previous_secret_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                previous_secret_until_type_0 = datetime.datetime.fromisoformat(data)

                return previous_secret_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        previous_secret_until = _parse_previous_secret_until(d.pop("previous_secret_until"))

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

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        version = d.pop("version")

        trigger_view = cls(
            id=id,
            name=name,
            path=path,
            task_id=task_id,
            task_version=task_version,
            input_=input_,
            payload_as=payload_as,
            payload_form=payload_form,
            calls_per_minute=calls_per_minute,
            paused=paused,
            runs_as=runs_as,
            previous_secret_until=previous_secret_until,
            created_by=created_by,
            by_key=by_key,
            created_at=created_at,
            updated_at=updated_at,
            version=version,
        )

        trigger_view.additional_properties = d
        return trigger_view

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
