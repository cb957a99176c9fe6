from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Rotation")


@_attrs_define
class Rotation:
    """How long the text that it has now is still accepted beside the next one.

    Attributes:
        overlap_seconds (int | Unset):  Default: 0.
        end_overlap (bool | Unset): end the overlap of a rotation before, which is still under way Default: False.
    """

    overlap_seconds: int | Unset = 0
    end_overlap: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        overlap_seconds = self.overlap_seconds

        end_overlap = self.end_overlap

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if overlap_seconds is not UNSET:
            field_dict["overlap_seconds"] = overlap_seconds
        if end_overlap is not UNSET:
            field_dict["end_overlap"] = end_overlap

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        overlap_seconds = d.pop("overlap_seconds", UNSET)

        end_overlap = d.pop("end_overlap", UNSET)

        rotation = cls(
            overlap_seconds=overlap_seconds,
            end_overlap=end_overlap,
        )

        return rotation
