from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Retry")


@_attrs_define
class Retry:
    """How often a step is tried in all, and after which failures; without `on`, after those that pass by themselves.

    Which names stand in `on` depends on the step: its kind's causes, and the codes of the tool that it runs.

        Attributes:
            attempts (int | Unset):  Default: 5.
            on (list[str] | Unset):
    """

    attempts: int | Unset = 5
    on: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attempts = self.attempts

        on: list[str] | Unset = UNSET
        if not isinstance(self.on, Unset):
            on = self.on

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

        on = cast(list[str], d.pop("on", UNSET))

        retry = cls(
            attempts=attempts,
            on=on,
        )

        return retry
