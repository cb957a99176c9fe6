from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_event_type import RunEventType
from ..models.tenant_event_type import TenantEventType

if TYPE_CHECKING:
    from ..models.run_event_view_data import RunEventViewData


T = TypeVar("T", bound="RunEventView")


@_attrs_define
class RunEventView:
    """One event, the same in a page and in a stream. Those of the tenant itself belong to no run.

    Attributes:
        id (str): its place in every stream that it is in; send it as Last-Event-ID to go on after it
        seq (int | None): its number within its run, from 1 and without gaps; null without a run
        type_ (RunEventType | TenantEventType):
        at (datetime.datetime):
        run_id (None | UUID): null of what happens in the tenant and in no run of it
        step (None | str): the step's name, of events of steps
        step_id (None | UUID):
        item (int | None): of a step with `foreach`, which of its items, from 0
        data (RunEventViewData): what the reference of events lists for its type
    """

    id: str
    seq: int | None
    type_: RunEventType | TenantEventType
    at: datetime.datetime
    run_id: None | UUID
    step: None | str
    step_id: None | UUID
    item: int | None
    data: RunEventViewData
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        seq: int | None
        seq = self.seq

        type_: str
        if isinstance(self.type_, RunEventType):
            type_ = self.type_.value
        else:
            type_ = self.type_.value

        at = self.at.isoformat()

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        step: None | str
        step = self.step

        step_id: None | str
        if isinstance(self.step_id, UUID):
            step_id = str(self.step_id)
        else:
            step_id = self.step_id

        item: int | None
        item = self.item

        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "seq": seq,
                "type": type_,
                "at": at,
                "run_id": run_id,
                "step": step,
                "step_id": step_id,
                "item": item,
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_event_view_data import RunEventViewData  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_seq(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        seq = _parse_seq(d.pop("seq"))

        def _parse_type_(data: object) -> RunEventType | TenantEventType:
            errors: list[Exception] = []
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                type_type_0 = RunEventType(data)

                return type_type_0
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                type_type_1 = TenantEventType(data)

                return type_type_1
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                errors.append(error)
            for told in errors:
                if isinstance(told, KeyError) or (str(told) and "must match const" not in str(told)):
                    raise told
            raise ValueError("; ".join(map(str, errors)))

        type_ = _parse_type_(d.pop("type"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

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

        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))

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

        def _parse_item(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        item = _parse_item(d.pop("item"))

        data = RunEventViewData.from_dict(d.pop("data"))

        run_event_view = cls(
            id=id,
            seq=seq,
            type_=type_,
            at=at,
            run_id=run_id,
            step=step,
            step_id=step_id,
            item=item,
            data=data,
        )

        run_event_view.additional_properties = d
        return run_event_view

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
