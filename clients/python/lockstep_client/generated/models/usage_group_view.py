from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.tokens import Tokens
    from ..models.usage_group_view_group import UsageGroupViewGroup


T = TypeVar("T", bound="UsageGroupView")


@_attrs_define
class UsageGroupView:
    """Exact sums with all corrections; `bound_charges` are attempts that were charged at their bound at first.

    Attributes:
        group (UsageGroupViewGroup): null where events have none, as calls outside runs
        attempts (int):
        failures (int):
        bound_charges (int):
        adjustments (int):
        tokens (Tokens): `cached_input` and `cache_write` are part of `input`, `reasoning` is part of `output`.
        cost_usd (str):
    """

    group: UsageGroupViewGroup
    attempts: int
    failures: int
    bound_charges: int
    adjustments: int
    tokens: Tokens
    cost_usd: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        group = self.group.to_dict()

        attempts = self.attempts

        failures = self.failures

        bound_charges = self.bound_charges

        adjustments = self.adjustments

        tokens = self.tokens.to_dict()

        cost_usd = self.cost_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "group": group,
                "attempts": attempts,
                "failures": failures,
                "bound_charges": bound_charges,
                "adjustments": adjustments,
                "tokens": tokens,
                "cost_usd": cost_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tokens import Tokens  # noqa: PLC0415
        from ..models.usage_group_view_group import UsageGroupViewGroup  # noqa: PLC0415

        d = dict(src_dict)
        group = UsageGroupViewGroup.from_dict(d.pop("group"))

        attempts = d.pop("attempts")

        failures = d.pop("failures")

        bound_charges = d.pop("bound_charges")

        adjustments = d.pop("adjustments")

        tokens = Tokens.from_dict(d.pop("tokens"))

        cost_usd = d.pop("cost_usd")

        usage_group_view = cls(
            group=group,
            attempts=attempts,
            failures=failures,
            bound_charges=bound_charges,
            adjustments=adjustments,
            tokens=tokens,
            cost_usd=cost_usd,
        )

        usage_group_view.additional_properties = d
        return usage_group_view

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
