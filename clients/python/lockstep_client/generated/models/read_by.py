from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="ReadBy")


@_attrs_define
class ReadBy:
    """The step that has read the server's tools.

    Attributes:
        run_id (UUID):
        step (str):
    """

    run_id: UUID
    step: str

    def to_dict(self) -> dict[str, Any]:
        run_id = str(self.run_id)

        step = self.step

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "run_id": run_id,
                "step": step,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        run_id = UUID(d.pop("run_id"))

        step = d.pop("step")

        read_by = cls(
            run_id=run_id,
            step=step,
        )

        return read_by
