from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_status import RunStatus

T = TypeVar("T", bound="FiguresBelow")


@_attrs_define
class FiguresBelow:
    """What the calls of one run below came to, without those of the runs below it; `parent_step` has started it.

    Attributes:
        run_id (UUID):
        parent_run_id (UUID):
        parent_step (str):
        status (RunStatus): Where a run is; the last five are final, and a run that has one of them keeps it.
        tokens (int):
        cost_usd (str):
    """

    run_id: UUID
    parent_run_id: UUID
    parent_step: str
    status: RunStatus
    tokens: int
    cost_usd: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        run_id = str(self.run_id)

        parent_run_id = str(self.parent_run_id)

        parent_step = self.parent_step

        status = self.status.value

        tokens = self.tokens

        cost_usd = self.cost_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "run_id": run_id,
                "parent_run_id": parent_run_id,
                "parent_step": parent_step,
                "status": status,
                "tokens": tokens,
                "cost_usd": cost_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        run_id = UUID(d.pop("run_id"))

        parent_run_id = UUID(d.pop("parent_run_id"))

        parent_step = d.pop("parent_step")

        status = RunStatus(d.pop("status"))

        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        figures_below = cls(
            run_id=run_id,
            parent_run_id=parent_run_id,
            parent_step=parent_step,
            status=status,
            tokens=tokens,
            cost_usd=cost_usd,
        )

        figures_below.additional_properties = d
        return figures_below

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
