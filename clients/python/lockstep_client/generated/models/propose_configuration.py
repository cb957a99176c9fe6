from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ProposeConfiguration")


@_attrs_define
class ProposeConfiguration:
    """A document in the form of the gateway's files; what it defines is served in place of what they define.

    Attributes:
        document (str): TOML without `version`, which is given; empty: the files alone
        note (str): why, for who approves it and for who reads it later
    """

    document: str
    note: str

    def to_dict(self) -> dict[str, Any]:
        document = self.document

        note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "document": document,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        document = d.pop("document")

        note = d.pop("note")

        propose_configuration = cls(
            document=document,
            note=note,
        )

        return propose_configuration
