from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.retry_cause import RetryCause
from ..types import UNSET, Unset

T = TypeVar("T", bound="Retry")


@_attrs_define
class Retry:
    """How often a step is tried in all, and after which failures; without `on`, after those that pass by themselves.

    Attributes:
        attempts (int | Unset):  Default: 5.
        on (list[RetryCause] | Unset):
    """

    attempts: int | Unset = 5
    on: list[RetryCause] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attempts = self.attempts

        on: list[str] | Unset = UNSET
        if not isinstance(self.on, Unset):
            on = []
            for on_item_data in self.on:
                on_item = on_item_data.value
                on.append(on_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if attempts is not UNSET:
            field_dict["attempts"] = attempts
        if on is not UNSET:
            field_dict["on"] = on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        attempts = d.pop("attempts", UNSET)

        _on = d.pop("on", UNSET)
        on: list[RetryCause] | Unset = UNSET
        if _on is not UNSET:
            on = []
            for on_item_data in _on:
                on_item = RetryCause(on_item_data)

                on.append(on_item)

        retry = cls(
            attempts=attempts,
            on=on,
        )

        return retry
