from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RetentionPolicy")


@_attrs_define
class RetentionPolicy:
    """Days after the end of a run; None for as long as the run is there.

    Attributes:
        prompts (int | None | Unset): inputs, requests to models, items of lists, checkpoints
        answers (int | None | Unset): outputs, answers of models, decisions, checkpoints
        artifacts (int | None | Unset): files, and results of tools
        events (int | None | Unset): events and traces
    """

    prompts: int | None | Unset = UNSET
    answers: int | None | Unset = UNSET
    artifacts: int | None | Unset = UNSET
    events: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        prompts: int | None | Unset
        if isinstance(self.prompts, Unset):
            prompts = UNSET
        else:
            prompts = self.prompts

        answers: int | None | Unset
        if isinstance(self.answers, Unset):
            answers = UNSET
        else:
            answers = self.answers

        artifacts: int | None | Unset
        if isinstance(self.artifacts, Unset):
            artifacts = UNSET
        else:
            artifacts = self.artifacts

        events: int | None | Unset
        if isinstance(self.events, Unset):
            events = UNSET
        else:
            events = self.events

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
        d = dict(src_dict)

        def _parse_prompts(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        prompts = _parse_prompts(d.pop("prompts", UNSET))

        def _parse_answers(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        answers = _parse_answers(d.pop("answers", UNSET))

        def _parse_artifacts(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        artifacts = _parse_artifacts(d.pop("artifacts", UNSET))

        def _parse_events(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        events = _parse_events(d.pop("events", UNSET))

        retention_policy = cls(
            prompts=prompts,
            answers=answers,
            artifacts=artifacts,
            events=events,
        )

        return retention_policy
