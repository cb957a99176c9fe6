from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.bound_kind import BoundKind
from ..types import UNSET, Unset

T = TypeVar("T", bound="Bounds")


@_attrs_define
class Bounds:
    """An estimate is what is counted times `margin`; of the output, at most `typical_output` tokens a choice.

    Attributes:
        mode (BoundKind | Unset): Whether a bound can never be exceeded, or was estimated because the tenant asked for
            that.
        margin (float | str | Unset):  Default: 1.2.
        typical_output (int | Unset):  Default: 1024.
    """

    mode: BoundKind | Unset = UNSET
    margin: float | str | Unset = 1.2
    typical_output: int | Unset = 1024

    def to_dict(self) -> dict[str, Any]:
        mode: str | Unset = UNSET
        if not isinstance(self.mode, Unset):
            mode = self.mode.value

        margin: float | str | Unset
        if isinstance(self.margin, Unset):
            margin = UNSET
        else:
            margin = self.margin

        typical_output = self.typical_output

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if mode is not UNSET:
            field_dict["mode"] = mode
        if margin is not UNSET:
            field_dict["margin"] = margin
        if typical_output is not UNSET:
            field_dict["typical_output"] = typical_output

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _mode = d.pop("mode", UNSET)
        mode: BoundKind | Unset
        if isinstance(_mode, Unset):
            mode = UNSET
        else:
            mode = BoundKind(_mode)

        def _parse_margin(data: object) -> float | str | Unset:
            if isinstance(data, Unset):
                return data
            return cast(float | str | Unset, data)

        margin = _parse_margin(d.pop("margin", UNSET))

        typical_output = d.pop("typical_output", UNSET)

        bounds = cls(
            mode=mode,
            margin=margin,
            typical_output=typical_output,
        )

        return bounds
