from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.days_bound import DaysBound


T = TypeVar("T", bound="RetentionBounds")


@_attrs_define
class RetentionBounds:
    """The bounds of each kind of content.

    Attributes:
        prompts (DaysBound | Unset): How long a kind of content is kept at least, and at most; None for no bound.
        answers (DaysBound | Unset): How long a kind of content is kept at least, and at most; None for no bound.
        artifacts (DaysBound | Unset): How long a kind of content is kept at least, and at most; None for no bound.
        events (DaysBound | Unset): How long a kind of content is kept at least, and at most; None for no bound.
    """

    prompts: DaysBound | Unset = UNSET
    answers: DaysBound | Unset = UNSET
    artifacts: DaysBound | Unset = UNSET
    events: DaysBound | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        prompts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.prompts, Unset):
            prompts = self.prompts.to_dict()

        answers: dict[str, Any] | Unset = UNSET
        if not isinstance(self.answers, Unset):
            answers = self.answers.to_dict()

        artifacts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.artifacts, Unset):
            artifacts = self.artifacts.to_dict()

        events: dict[str, Any] | Unset = UNSET
        if not isinstance(self.events, Unset):
            events = self.events.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if prompts is not UNSET:
            field_dict["prompts"] = prompts
        if answers is not UNSET:
            field_dict["answers"] = answers
        if artifacts is not UNSET:
            field_dict["artifacts"] = artifacts
        if events is not UNSET:
            field_dict["events"] = events

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.days_bound import DaysBound  # noqa: PLC0415

        d = dict(src_dict)
        _prompts = d.pop("prompts", UNSET)
        prompts: DaysBound | Unset
        if isinstance(_prompts, Unset):
            prompts = UNSET
        else:
            prompts = DaysBound.from_dict(_prompts)

        _answers = d.pop("answers", UNSET)
        answers: DaysBound | Unset
        if isinstance(_answers, Unset):
            answers = UNSET
        else:
            answers = DaysBound.from_dict(_answers)

        _artifacts = d.pop("artifacts", UNSET)
        artifacts: DaysBound | Unset
        if isinstance(_artifacts, Unset):
            artifacts = UNSET
        else:
            artifacts = DaysBound.from_dict(_artifacts)

        _events = d.pop("events", UNSET)
        events: DaysBound | Unset
        if isinstance(_events, Unset):
            events = UNSET
        else:
            events = DaysBound.from_dict(_events)

        retention_bounds = cls(
            prompts=prompts,
            answers=answers,
            artifacts=artifacts,
            events=events,
        )

        return retention_bounds
