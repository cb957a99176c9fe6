from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.wait_reason import WaitReason
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.doing import Doing


T = TypeVar("T", bound="Wait")


@_attrs_define
class Wait:
    """What an open step (or the run itself, `step` null) waits for, since when, and what ends it at the latest.

    Attributes:
        step (None | str):
        for_ (WaitReason): The reasons for which a step or run waits; for each the platform has something that ends the
            wait.
        since (datetime.datetime):
        ends_by (datetime.datetime | None):
        detail (str):
        doing (Doing | None | Unset): of an agent or a crew that has asked a model, what it does; null for other steps
    """

    step: None | str
    for_: WaitReason
    since: datetime.datetime
    ends_by: datetime.datetime | None
    detail: str
    doing: Doing | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.doing import Doing  # noqa: PLC0415

        step: None | str
        step = self.step

        for_ = self.for_.value

        since = self.since.isoformat()

        ends_by: None | str
        if isinstance(self.ends_by, datetime.datetime):
            ends_by = self.ends_by.isoformat()
        else:
            ends_by = self.ends_by

        detail = self.detail

        doing: dict[str, Any] | None | Unset
        if isinstance(self.doing, Unset):
            doing = UNSET
        elif isinstance(self.doing, Doing):
            doing = self.doing.to_dict()
        else:
            doing = self.doing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "for": for_,
                "since": since,
                "ends_by": ends_by,
                "detail": detail,
            }
        )
        if doing is not UNSET:
            field_dict["doing"] = doing

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.doing import Doing  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))

        for_ = WaitReason(d.pop("for"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        def _parse_ends_by(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ends_by_type_0 = datetime.datetime.fromisoformat(data)

                return ends_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ends_by = _parse_ends_by(d.pop("ends_by"))

        detail = d.pop("detail")

        def _parse_doing(data: object) -> Doing | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                doing_type_0 = Doing.from_dict(data)

                return doing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Doing | None | Unset, data)

        doing = _parse_doing(d.pop("doing", UNSET))

        wait = cls(
            step=step,
            for_=for_,
            since=since,
            ends_by=ends_by,
            detail=detail,
            doing=doing,
        )

        wait.additional_properties = d
        return wait

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
