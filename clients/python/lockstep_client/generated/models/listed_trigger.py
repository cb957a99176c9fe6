from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_trigger_input_type_0 import ListedTriggerInputType0
    from ..models.listed_trigger_payload_form_type_0 import ListedTriggerPayloadFormType0


T = TypeVar("T", bound="ListedTrigger")


@_attrs_define
class ListedTrigger:
    """A trigger without its secret; `path` is where its calls go, on the host of this API.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            name (str | Unset):
            path (str | Unset):
            task_id (UUID | Unset):
            task_version (int | None | Unset):
            input_ (ListedTriggerInputType0 | None | Unset): null for who may not read triggers, as `payload_form` is
            payload_as (str | Unset):
            payload_form (ListedTriggerPayloadFormType0 | None | Unset):
            calls_per_minute (int | Unset):
            paused (bool | Unset):
            runs_as (UUID | Unset): with whose rights, and at whose budget, its runs start: who changed it last
            previous_secret_until (datetime.datetime | None | Unset): until when the secret before opens it as well
            created_by (None | Unset | UUID):
            by_key (None | Unset | UUID): the key with which it was made, or its secret was last rotated
            created_at (datetime.datetime | Unset):
            updated_at (datetime.datetime | Unset):
            version (int | Unset):
    """

    id: UUID
    name: str | Unset = UNSET
    path: str | Unset = UNSET
    task_id: UUID | Unset = UNSET
    task_version: int | None | Unset = UNSET
    input_: ListedTriggerInputType0 | None | Unset = UNSET
    payload_as: str | Unset = UNSET
    payload_form: ListedTriggerPayloadFormType0 | None | Unset = UNSET
    calls_per_minute: int | Unset = UNSET
    paused: bool | Unset = UNSET
    runs_as: UUID | Unset = UNSET
    previous_secret_until: datetime.datetime | None | Unset = UNSET
    created_by: None | Unset | UUID = UNSET
    by_key: None | Unset | UUID = UNSET
    created_at: datetime.datetime | Unset = UNSET
    updated_at: datetime.datetime | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.listed_trigger_input_type_0 import ListedTriggerInputType0  # noqa: PLC0415
        from ..models.listed_trigger_payload_form_type_0 import (
            ListedTriggerPayloadFormType0,  # noqa: PLC0415
        )

        id = str(self.id)

        name = self.name

        path = self.path

        task_id: str | Unset = UNSET
        if not isinstance(self.task_id, Unset):
            task_id = str(self.task_id)

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        input_: dict[str, Any] | None | Unset
        if isinstance(self.input_, Unset):
            input_ = UNSET
        elif isinstance(self.input_, ListedTriggerInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        payload_as = self.payload_as

        payload_form: dict[str, Any] | None | Unset
        if isinstance(self.payload_form, Unset):
            payload_form = UNSET
        elif isinstance(self.payload_form, ListedTriggerPayloadFormType0):
            payload_form = self.payload_form.to_dict()
        else:
            payload_form = self.payload_form

        calls_per_minute = self.calls_per_minute

        paused = self.paused

        runs_as: str | Unset = UNSET
        if not isinstance(self.runs_as, Unset):
            runs_as = str(self.runs_as)

        previous_secret_until: None | str | Unset
        if isinstance(self.previous_secret_until, Unset):
            previous_secret_until = UNSET
        elif isinstance(self.previous_secret_until, datetime.datetime):
            previous_secret_until = self.previous_secret_until.isoformat()
        else:
            previous_secret_until = self.previous_secret_until

        created_by: None | str | Unset
        if isinstance(self.created_by, Unset):
            created_by = UNSET
        elif isinstance(self.created_by, UUID):
            created_by = str(self.created_by)
        else:
            created_by = self.created_by

        by_key: None | str | Unset
        if isinstance(self.by_key, Unset):
            by_key = UNSET
        elif isinstance(self.by_key, UUID):
            by_key = str(self.by_key)
        else:
            by_key = self.by_key

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        updated_at: str | Unset = UNSET
        if not isinstance(self.updated_at, Unset):
            updated_at = self.updated_at.isoformat()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if path is not UNSET:
            field_dict["path"] = path
        if task_id is not UNSET:
            field_dict["task_id"] = task_id
        if task_version is not UNSET:
            field_dict["task_version"] = task_version
        if input_ is not UNSET:
            field_dict["input"] = input_
        if payload_as is not UNSET:
            field_dict["payload_as"] = payload_as
        if payload_form is not UNSET:
            field_dict["payload_form"] = payload_form
        if calls_per_minute is not UNSET:
            field_dict["calls_per_minute"] = calls_per_minute
        if paused is not UNSET:
            field_dict["paused"] = paused
        if runs_as is not UNSET:
            field_dict["runs_as"] = runs_as
        if previous_secret_until is not UNSET:
            field_dict["previous_secret_until"] = previous_secret_until
        if created_by is not UNSET:
            field_dict["created_by"] = created_by
        if by_key is not UNSET:
            field_dict["by_key"] = by_key
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_trigger_input_type_0 import ListedTriggerInputType0  # noqa: PLC0415
        from ..models.listed_trigger_payload_form_type_0 import (
            ListedTriggerPayloadFormType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name", UNSET)

        path = d.pop("path", UNSET)

        _task_id = d.pop("task_id", UNSET)
        task_id: UUID | Unset
        if isinstance(_task_id, Unset):
            task_id = UNSET
        else:
            task_id = UUID(_task_id)

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        def _parse_input_(data: object) -> ListedTriggerInputType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = ListedTriggerInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedTriggerInputType0 | None | Unset, data)

        input_ = _parse_input_(d.pop("input", UNSET))

        payload_as = d.pop("payload_as", UNSET)

        def _parse_payload_form(data: object) -> ListedTriggerPayloadFormType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                payload_form_type_0 = ListedTriggerPayloadFormType0.from_dict(data)

                return payload_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedTriggerPayloadFormType0 | None | Unset, data)

        payload_form = _parse_payload_form(d.pop("payload_form", UNSET))

        calls_per_minute = d.pop("calls_per_minute", UNSET)

        paused = d.pop("paused", UNSET)

        _runs_as = d.pop("runs_as", UNSET)
        runs_as: UUID | Unset
        if isinstance(_runs_as, Unset):
            runs_as = UNSET
        else:
            runs_as = UUID(_runs_as)

        def _parse_previous_secret_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                previous_secret_until_type_0 = datetime.datetime.fromisoformat(data)

                return previous_secret_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        previous_secret_until = _parse_previous_secret_until(d.pop("previous_secret_until", UNSET))

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

        def _parse_by_key(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                by_key_type_0 = UUID(data)

                return by_key_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        by_key = _parse_by_key(d.pop("by_key", UNSET))

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        _updated_at = d.pop("updated_at", UNSET)
        updated_at: datetime.datetime | Unset
        if isinstance(_updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = datetime.datetime.fromisoformat(_updated_at)

        version = d.pop("version", UNSET)

        listed_trigger = cls(
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

        listed_trigger.additional_properties = d
        return listed_trigger

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
