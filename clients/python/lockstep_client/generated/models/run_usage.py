from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.usage_below import UsageBelow


T = TypeVar("T", bound="RunUsage")


@_attrs_define
class RunUsage:
    """What the run was charged so far, by the ledger.

    Attributes:
        tokens (int):
        cost_usd (str): decimal dollars
        final (bool): whether the run has ended and the ledger has all of its usage
        below (UsageBelow): What the runs were charged that steps of a run have started, and the runs below these.
    """

    tokens: int
    cost_usd: str
    final: bool
    below: UsageBelow
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = self.tokens

        cost_usd = self.cost_usd

        final = self.final

        below = self.below.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tokens": tokens,
                "cost_usd": cost_usd,
                "final": final,
                "below": below,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.usage_below import UsageBelow  # noqa: PLC0415

        d = dict(src_dict)
        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        final = d.pop("final")

        below = UsageBelow.from_dict(d.pop("below"))

        run_usage = cls(
            tokens=tokens,
            cost_usd=cost_usd,
            final=final,
            below=below,
        )

        run_usage.additional_properties = d
        return run_usage

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
