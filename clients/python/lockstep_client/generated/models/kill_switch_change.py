from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KillSwitchChange")


@_attrs_define
class KillSwitchChange:
    """`engaged: true` stops everything and says why; `engaged: false` has it go on.

    Attributes:
        engaged (bool):
        reason (None | str | Unset): required to engage it; everybody who is refused reads it
    """

    engaged: bool
    reason: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        engaged = self.engaged

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "engaged": engaged,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        engaged = d.pop("engaged")

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        kill_switch_change = cls(
            engaged=engaged,
            reason=reason,
        )

        return kill_switch_change
