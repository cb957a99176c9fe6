from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.trigger_change_input_type_0 import TriggerChangeInputType0
    from ..models.trigger_change_payload_form_type_0 import TriggerChangePayloadFormType0


T = TypeVar("T", bound="TriggerChange")


@_attrs_define
class TriggerChange:
    """What is sent is changed, the rest stays.

    Attributes:
        name (None | str | Unset):
        task_id (None | Unset | UUID):
        task_version (int | None | Unset):
        input_ (None | TriggerChangeInputType0 | Unset):
        payload_as (None | str | Unset):
        payload_form (None | TriggerChangePayloadFormType0 | Unset):
        calls_per_minute (int | None | Unset):
        paused (bool | None | Unset):
    """

    name: None | str | Unset = UNSET
    task_id: None | Unset | UUID = UNSET
    task_version: int | None | Unset = UNSET
    input_: None | TriggerChangeInputType0 | Unset = UNSET
    payload_as: None | str | Unset = UNSET
    payload_form: None | TriggerChangePayloadFormType0 | Unset = UNSET
    calls_per_minute: int | None | Unset = UNSET
    paused: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.trigger_change_input_type_0 import TriggerChangeInputType0  # noqa: PLC0415
        from ..models.trigger_change_payload_form_type_0 import (
            TriggerChangePayloadFormType0,  # noqa: PLC0415
        )

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        task_id: None | str | Unset
        if isinstance(self.task_id, Unset):
            task_id = UNSET
        elif isinstance(self.task_id, UUID):
            task_id = str(self.task_id)
        else:
            task_id = self.task_id

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        input_: dict[str, Any] | None | Unset
        if isinstance(self.input_, Unset):
            input_ = UNSET
        elif isinstance(self.input_, TriggerChangeInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        payload_as: None | str | Unset
        if isinstance(self.payload_as, Unset):
            payload_as = UNSET
        else:
            payload_as = self.payload_as

        payload_form: dict[str, Any] | None | Unset
        if isinstance(self.payload_form, Unset):
            payload_form = UNSET
        elif isinstance(self.payload_form, TriggerChangePayloadFormType0):
            payload_form = self.payload_form.to_dict()
        else:
            payload_form = self.payload_form

        calls_per_minute: int | None | Unset
        if isinstance(self.calls_per_minute, Unset):
            calls_per_minute = UNSET
        else:
            calls_per_minute = self.calls_per_minute

        paused: bool | None | Unset
        if isinstance(self.paused, Unset):
            paused = UNSET
        else:
            paused = self.paused

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
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

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trigger_change_input_type_0 import TriggerChangeInputType0  # noqa: PLC0415
        from ..models.trigger_change_payload_form_type_0 import (
            TriggerChangePayloadFormType0,  # noqa: PLC0415
        )

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_task_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                task_id_type_0 = UUID(data)

                return task_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        task_id = _parse_task_id(d.pop("task_id", UNSET))

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        def _parse_input_(data: object) -> None | TriggerChangeInputType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = TriggerChangeInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TriggerChangeInputType0 | Unset, data)

        input_ = _parse_input_(d.pop("input", UNSET))

        def _parse_payload_as(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payload_as = _parse_payload_as(d.pop("payload_as", UNSET))

        def _parse_payload_form(data: object) -> None | TriggerChangePayloadFormType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                payload_form_type_0 = TriggerChangePayloadFormType0.from_dict(data)

                return payload_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TriggerChangePayloadFormType0 | Unset, data)

        payload_form = _parse_payload_form(d.pop("payload_form", UNSET))

        def _parse_calls_per_minute(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        calls_per_minute = _parse_calls_per_minute(d.pop("calls_per_minute", UNSET))

        def _parse_paused(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        paused = _parse_paused(d.pop("paused", UNSET))

        trigger_change = cls(
            name=name,
            task_id=task_id,
            task_version=task_version,
            input_=input_,
            payload_as=payload_as,
            payload_form=payload_form,
            calls_per_minute=calls_per_minute,
            paused=paused,
        )

        return trigger_change
