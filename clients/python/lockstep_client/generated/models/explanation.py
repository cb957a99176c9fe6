from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_status import RunStatus

if TYPE_CHECKING:
    from ..models.blocked_step import BlockedStep
    from ..models.resume_point import ResumePoint
    from ..models.wait import Wait


T = TypeVar("T", bound="Explanation")


@_attrs_define
class Explanation:
    """Why a run is where it is, in a few sentences and as data; a run that has ended waits for nothing.

    Attributes:
        status (RunStatus): Where a run is; the last five are final, and a run that has one of them keeps it.
        summary (str):
        stuck (bool): something that should have happened has not, or what it waits for cannot come
        waits (list[Wait]):
        blocked (list[BlockedStep]):
        resume_from (list[ResumePoint]): of a run that ended early, where `POST /runs/{id}/retry` goes on; what is below
            follows
    """

    status: RunStatus
    summary: str
    stuck: bool
    waits: list[Wait]
    blocked: list[BlockedStep]
    resume_from: list[ResumePoint]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        summary = self.summary

        stuck = self.stuck

        waits = []
        for waits_item_data in self.waits:
            waits_item = waits_item_data.to_dict()
            waits.append(waits_item)

        blocked = []
        for blocked_item_data in self.blocked:
            blocked_item = blocked_item_data.to_dict()
            blocked.append(blocked_item)

        resume_from = []
        for resume_from_item_data in self.resume_from:
            resume_from_item = resume_from_item_data.to_dict()
            resume_from.append(resume_from_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "summary": summary,
                "stuck": stuck,
                "waits": waits,
                "blocked": blocked,
                "resume_from": resume_from,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.blocked_step import BlockedStep  # noqa: PLC0415
        from ..models.resume_point import ResumePoint  # noqa: PLC0415
        from ..models.wait import Wait  # noqa: PLC0415

        d = dict(src_dict)
        status = RunStatus(d.pop("status"))

        summary = d.pop("summary")

        stuck = d.pop("stuck")

        waits = []
        _waits = d.pop("waits")
        for waits_item_data in _waits:
            waits_item = Wait.from_dict(waits_item_data)

            waits.append(waits_item)

        blocked = []
        _blocked = d.pop("blocked")
        for blocked_item_data in _blocked:
            blocked_item = BlockedStep.from_dict(blocked_item_data)

            blocked.append(blocked_item)

        resume_from = []
        _resume_from = d.pop("resume_from")
        for resume_from_item_data in _resume_from:
            resume_from_item = ResumePoint.from_dict(resume_from_item_data)

            resume_from.append(resume_from_item)

        explanation = cls(
            status=status,
            summary=summary,
            stuck=stuck,
            waits=waits,
            blocked=blocked,
            resume_from=resume_from,
        )

        explanation.additional_properties = d
        return explanation

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
