from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StatementSums")


@_attrs_define
class StatementSums:
    """`total_usd` is `charged_usd` and `corrected_usd` together, to the nano-dollar what the ledger has.

    Attributes:
        attempts (int): calls to providers, failed ones included
        adjustments (int): later corrections
        tokens (int):
        charged_usd (str): what the attempts cost when they were settled
        corrected_usd (str): what later corrections added, or took back where it is negative
        total_usd (str):
    """

    attempts: int
    adjustments: int
    tokens: int
    charged_usd: str
    corrected_usd: str
    total_usd: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        attempts = self.attempts

        adjustments = self.adjustments

        tokens = self.tokens

        charged_usd = self.charged_usd

        corrected_usd = self.corrected_usd

        total_usd = self.total_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "attempts": attempts,
                "adjustments": adjustments,
                "tokens": tokens,
                "charged_usd": charged_usd,
                "corrected_usd": corrected_usd,
                "total_usd": total_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        attempts = d.pop("attempts")

        adjustments = d.pop("adjustments")

        tokens = d.pop("tokens")

        charged_usd = d.pop("charged_usd")

        corrected_usd = d.pop("corrected_usd")

        total_usd = d.pop("total_usd")

        statement_sums = cls(
            attempts=attempts,
            adjustments=adjustments,
            tokens=tokens,
            charged_usd=charged_usd,
            corrected_usd=corrected_usd,
            total_usd=total_usd,
        )

        statement_sums.additional_properties = d
        return statement_sums

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
