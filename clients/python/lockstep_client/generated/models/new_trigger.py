from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_trigger_input import NewTriggerInput
    from ..models.new_trigger_payload_form_type_0 import NewTriggerPayloadFormType0


T = TypeVar("T", bound="NewTrigger")


@_attrs_define
class NewTrigger:
    """What a call starts. The run's input is `input`, and the call's body below `payload_as`.

    Attributes:
        name (str):
        task_id (UUID):
        task_version (int | None | Unset): null for the newest at each call
        input_ (NewTriggerInput | Unset):
        payload_as (str | Unset): the member of the run's input that has the body Default: 'payload'.
        payload_form (NewTriggerPayloadFormType0 | None | Unset):
        calls_per_minute (int | Unset):  Default: 60.
        paused (bool | Unset):  Default: False.
    """

    name: str
    task_id: UUID
    task_version: int | None | Unset = UNSET
    input_: NewTriggerInput | Unset = UNSET
    payload_as: str | Unset = "payload"
    payload_form: NewTriggerPayloadFormType0 | None | Unset = UNSET
    calls_per_minute: int | Unset = 60
    paused: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_trigger_payload_form_type_0 import NewTriggerPayloadFormType0  # noqa: PLC0415

        name = self.name

        task_id = str(self.task_id)

        task_version: int | None | Unset
        if isinstance(self.task_version, Unset):
            task_version = UNSET
        else:
            task_version = self.task_version

        input_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_, Unset):
            input_ = self.input_.to_dict()

        payload_as = self.payload_as

        payload_form: dict[str, Any] | None | Unset
        if isinstance(self.payload_form, Unset):
            payload_form = UNSET
        elif isinstance(self.payload_form, NewTriggerPayloadFormType0):
            payload_form = self.payload_form.to_dict()
        else:
            payload_form = self.payload_form

        calls_per_minute = self.calls_per_minute

        paused = self.paused

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "task_id": task_id,
            }
        )
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
        from ..models.new_trigger_input import NewTriggerInput  # noqa: PLC0415
        from ..models.new_trigger_payload_form_type_0 import NewTriggerPayloadFormType0  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        task_id = UUID(d.pop("task_id"))

        def _parse_task_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        task_version = _parse_task_version(d.pop("task_version", UNSET))

        _input_ = d.pop("input", UNSET)
        input_: NewTriggerInput | Unset
        if isinstance(_input_, Unset):
            input_ = UNSET
        else:
            input_ = NewTriggerInput.from_dict(_input_)

        payload_as = d.pop("payload_as", UNSET)

        def _parse_payload_form(data: object) -> NewTriggerPayloadFormType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                payload_form_type_0 = NewTriggerPayloadFormType0.from_dict(data)

                return payload_form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewTriggerPayloadFormType0 | None | Unset, data)

        payload_form = _parse_payload_form(d.pop("payload_form", UNSET))

        calls_per_minute = d.pop("calls_per_minute", UNSET)

        paused = d.pop("paused", UNSET)

        new_trigger = cls(
            name=name,
            task_id=task_id,
            task_version=task_version,
            input_=input_,
            payload_as=payload_as,
            payload_form=payload_form,
            calls_per_minute=calls_per_minute,
            paused=paused,
        )

        return new_trigger
