from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_kind import StepKind
from ..models.step_status import StepStatus

if TYPE_CHECKING:
    from ..models.time_parts import TimeParts


T = TypeVar("T", bound="StepTimes")


@_attrs_define
class StepTimes:
    """A step's time from its creation to its end, or until now; null where a fork took the step over.

    Attributes:
        id (UUID):
        name (str):
        kind (StepKind): The kinds that a definition may name; each has one engine.
        status (StepStatus): Where a step is.
        began_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        wall_ms (int | None):
        parts (None | TimeParts):
    """

    id: UUID
    name: str
    kind: StepKind
    status: StepStatus
    began_at: datetime.datetime
    ended_at: datetime.datetime | None
    wall_ms: int | None
    parts: None | TimeParts
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.time_parts import TimeParts  # noqa: PLC0415

        id = str(self.id)

        name = self.name

        kind = self.kind.value

        status = self.status.value

        began_at = self.began_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        wall_ms: int | None
        wall_ms = self.wall_ms

        parts: dict[str, Any] | None
        if isinstance(self.parts, TimeParts):
            parts = self.parts.to_dict()
        else:
            parts = self.parts

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "kind": kind,
                "status": status,
                "began_at": began_at,
                "ended_at": ended_at,
                "wall_ms": wall_ms,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.time_parts import TimeParts  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        kind = StepKind(d.pop("kind"))

        status = StepStatus(d.pop("status"))

        began_at = datetime.datetime.fromisoformat(d.pop("began_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_wall_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        wall_ms = _parse_wall_ms(d.pop("wall_ms"))

        def _parse_parts(data: object) -> None | TimeParts:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                parts_type_0 = TimeParts.from_dict(data)

                return parts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TimeParts, data)

        parts = _parse_parts(d.pop("parts"))

        step_times = cls(
            id=id,
            name=name,
            kind=kind,
            status=status,
            began_at=began_at,
            ended_at=ended_at,
            wall_ms=wall_ms,
            parts=parts,
        )

        step_times.additional_properties = d
        return step_times

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
