from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.final_output_schema import FinalOutputSchema


T = TypeVar("T", bound="FinalOutput")


@_attrs_define
class FinalOutput:
    """`schema` is what the answer's data must satisfy; a wrong answer is given back to the model so many times.

    Attributes:
        schema (FinalOutputSchema): a JSON Schema of draft 2020-12
        corrections (int | Unset):  Default: 2.
    """

    schema: FinalOutputSchema
    corrections: int | Unset = 2

    def to_dict(self) -> dict[str, Any]:
        schema = self.schema.to_dict()

        corrections = self.corrections

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "schema": schema,
            }
        )
        if corrections is not UNSET:
            field_dict["corrections"] = corrections

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.final_output_schema import FinalOutputSchema  # noqa: PLC0415

        d = dict(src_dict)
        schema = FinalOutputSchema.from_dict(d.pop("schema"))

        corrections = d.pop("corrections", UNSET)

        final_output = cls(
            schema=schema,
            corrections=corrections,
        )

        return final_output
